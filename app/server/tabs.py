"""Tells which of Streamlit's sessions still have a browser tab."""

from __future__ import annotations

from streamlit.runtime import exists, get_instance


def is_open(session: str) -> bool:
    """Return True if a tab shows the session; without a server, always."""
    return not exists() or get_instance().is_active_session(session)
