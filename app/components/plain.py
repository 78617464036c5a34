"""Text as it stands, never Markdown: errors, notes and names hold what others wrote into files and links."""

from __future__ import annotations

import html

import streamlit as st


def alert(text: str) -> None:
    """What was wrong; screen readers say it at once."""
    _show("alert", text, 'role="alert"')


def sentence(text: str) -> None:
    """Of the usual size."""
    _show("sentence", text)


def title(text: str) -> None:
    """Bold, for what the controls or plots below it belong to."""
    _show("title", text)


def caption(text: str) -> None:
    """Small, for what belongs to a control or picture."""
    _show("caption", text)


def _show(kind: str, text: str, attributes: str = "") -> None:
    sendable = text.encode(errors="replace").decode()  # no half of a surrogate pair, which JSON can hold and a message can't
    st.html(f'<p class="plain-{kind}" {attributes}>{html.escape(sendable)}</p>')
