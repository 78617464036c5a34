"""Whether somebody still looks: which of Streamlit's sessions have a browser tab."""

from __future__ import annotations

from streamlit.runtime import exists, get_instance


def is_open(session: str) -> bool:
    """Return True if a tab shows the session; always without a server."""
    return not exists() or get_instance().is_active_session(session)
