"""What a page shows where its code fails: one sentence, in place of Streamlit's own, which speaks of its makers' services."""

from __future__ import annotations

from streamlit.elements import exception

from app.words.failures import UNEXPECTED


def use_own_words() -> None:
    """Show our sentence for every unexpected exception. Its details are in the server's log alone."""
    setattr(exception, "_GENERIC_UNCAUGHT_EXCEPTION_TEXT", UNEXPECTED)  # noqa: B010  (Streamlit has no setting for it)
