"""Buttons that save what a page shows, one for each format."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

import app.export  # noqa: F401  (registers the formats)
from app.export.formats import Format, Formats, Subject


def export_buttons(formats: Formats[Subject], subject: Callable[[], Subject]) -> None:
    """Show a button for each format that has something to save; a press calls `subject` again."""
    present = subject()
    for offered in (each for each in formats if each.is_there(present)):
        st.download_button(
            offered.label,
            partial(_made, offered, subject),
            offered.file_name,
            key=f"save {offered.file_name}",
            on_click="ignore",
            width="stretch",
            help=offered.note,
        )


def _made(offered: Format[Subject], subject: Callable[[], Subject]) -> str | bytes:
    return offered.make(subject())
