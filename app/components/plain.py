"""Plain text, never Markdown: errors, notes and names may contain text from other people's files and links."""

from __future__ import annotations

import html
from collections.abc import Mapping

import streamlit as st


def alert(text: str) -> None:
    """Show an error, which screen readers announce at once."""
    _show("alert", text, 'role="alert"')


def sentence(text: str) -> None:
    """Show text of the usual size."""
    _show("sentence", text)


def title(text: str) -> None:
    """Show a bold heading for the controls or plots below it."""
    _show("title", text)


def caption(text: str) -> None:
    """Show small text that belongs to a control or picture."""
    _show("caption", text)


def definitions(explained: Mapping[str, str]) -> None:
    """Show words with their explanations, as a list."""
    pairs = "".join(f"<dt>{html.escape(word)}</dt><dd>{html.escape(text)}</dd>" for word, text in explained.items())
    st.html(f'<dl class="plain-words">{pairs}</dl>')


def _show(kind: str, text: str, attributes: str = "") -> None:
    sendable = text.encode(errors="replace").decode()  # JSON can hold half a surrogate pair, a message can't
    st.html(f'<p class="plain-{kind}" {attributes}>{html.escape(sendable)}</p>')
