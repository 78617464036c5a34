"""Where a visitor brings a file, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import streamlit as st

from app.widgets.session import desk

Take = Callable[[str, bytes], object]
"""Takes a file's name and content; may be refused."""


def upload(key: str, label: str, take: Take, endings: Sequence[str] | None, most_megabytes: int, note: str | None = None) -> None:
    """Show where a file is brought.

    Args:
        endings: those of names that are taken, without a dot; None for any.
        note: shown on hover.
    """
    st.file_uploader(label, type=endings, key=key, on_change=take_upload, args=(key, take), max_upload_size=most_megabytes, help=note)


def take_upload(key: str, take: Take) -> None:
    """Take the file that is in an uploader. Once it is taken away, why it was refused is no longer told."""
    given, held = st.session_state.get(key), desk()
    if given is None:
        held.drop_complaint()
    else:
        held.attempt(lambda: take(given.name, given.getvalue()))
