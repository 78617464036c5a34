"""The desk of Streamlit's session, and the browser address that names the desk and the page's draft."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime import exists
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.server.link import from_parameter
from app.state.desk import Desk, desks

LINK_PARAMETER = "x"
"""Address parameter for the page's draft."""

DESK_PARAMETER = "run"
"""Address parameter for the desk's id, if the desk holds more than the draft."""


def enter(page: str) -> None:
    """Note the page on display, by its path in the address, before it runs."""
    desk(page).page = page


def desk(page: str = "") -> Desk:
    """Return the session's desk: found again after a reload, started from the page's link, or new."""
    if "desk" not in st.session_state:
        context = get_script_run_ctx()
        session = context.session_id if context else ""
        found = desks.claim(st.query_params.get(DESK_PARAMETER, ""), _browser(), session)
        made = found or Desk(_browser(), session)
        linked = st.query_params.get(LINK_PARAMETER)
        if not found:
            if linked:
                made.open(page, lambda: from_parameter(linked))
            if exists():
                desks.keep(made)
        st.session_state.desk = made
    held: Desk = st.session_state.desk
    return held


def write_link() -> None:
    """Put the page's draft into the address, and the desk's id if it holds more than that."""
    held = desk()
    if held.complaint:
        return  # an unreadable address stays, so that the visitor can check it
    model = held.seen
    _write(LINK_PARAMETER, model.address.parameter(model.present))
    _write(DESK_PARAMETER, held.id if exists() and held.holds_more_than_its_link else "")


def _write(name: str, value: str) -> None:
    if value == st.query_params.get(name, ""):
        return
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def _browser() -> str:
    """Return the browser's secret from Streamlit's cookie against forged requests; empty without a cookie.

    The cookie is `2|mask|masked secret|time`, with a new mask for every page.
    """
    try:
        _, mask, masked, _ = st.context.cookies.get("_streamlit_xsrf", "").split("|")
        key, hidden = bytes.fromhex(mask), bytes.fromhex(masked)
    except ValueError:
        return ""
    return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(hidden)).hex() if key else ""
