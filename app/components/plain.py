"""Plain text, never Markdown: errors, notes and names may contain text from other people's files and links."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st

from app.words.glossary import split


def alert(text: str) -> None:
    """Show an error, which screen readers announce at once."""
    _show("alert", text, 'role="alert"')


def sentence(text: str) -> None:
    """Show text of the usual size; the browser explains words of the glossary in it."""
    _show("sentence", text, explains=True)


def heading(text: str, more: str) -> None:
    """Show the heading of the whole page, on phones its first word; `more` ends it for screen readers alone."""
    first, space, rest = text.partition(" ")
    shown = f'{html.escape(first)}<span class="plain-rest">{html.escape(space + rest)}</span>'
    st.html(f'<h1 class="plain-heading">{shown}<span class="unseen"> · {html.escape(more)}</span></h1>')


def title(text: str) -> None:
    """Show a bold heading for the controls or plots below it."""
    _show("title", text)


def caption(text: str) -> None:
    """Show small text that belongs to a control or picture; the browser explains words of the glossary in it."""
    _show("caption", text, explains=True)


def definitions(explained: Mapping[str, str]) -> None:
    """Show words with their explanations, as a list."""
    pairs = "".join(f"<dt>{html.escape(word)}</dt><dd>{html.escape(text)}</dd>" for word, text in explained.items())
    st.html(f'<dl class="plain-words">{pairs}</dl>')


def _show(kind: str, text: str, attributes: str = "", explains: bool = False) -> None:
    sendable = text.encode(errors="replace").decode()  # JSON can hold half a surrogate pair, a message can't
    shown = "".join(_part(*part) for part in split(sendable)) if explains else html.escape(sendable)
    st.html(f'<p class="plain-{kind}" {attributes}>{shown}</p>')


def _part(text: str, word: str) -> str:
    return f'<span class="term" data-term="{html.escape(word)}">{html.escape(text)}</span>' if word else html.escape(text)
