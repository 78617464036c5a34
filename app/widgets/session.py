"""The desk of Streamlit's session, and the address in the browser that names it and what its page edits."""

from __future__ import annotations

import streamlit as st
from streamlit.runtime import exists
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.server.link import from_parameter
from app.state.desk import Desk, desks

LINK_PARAMETER = "x"
"""Of the address: what the page edits."""

DESK_PARAMETER = "run"
"""Of the address: the desk's id, where it holds more than that."""


def enter(page: str) -> None:
    """Note which page is seen, by its path in the address, before anything of it runs."""
    desk(page).page = page


def desk(page: str = "") -> Desk:
    """The session's desk: that of before a reload; else with what the link of the `page` names, or as every visitor finds it."""
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
    """Let the address bar name what the page edits, and the desk where it holds more than that."""
    held = desk()
    if held.complaint:
        return  # an address that couldn't be read stays, to be looked at
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
    """The secret that Streamlit gives each browser against forged requests, in a cookie `2|mask|masked secret|time`; empty where there is
    none. Every page comes with another mask.
    """
    try:
        _, mask, masked, _ = st.context.cookies.get("_streamlit_xsrf", "").split("|")
        key, hidden = bytes.fromhex(mask), bytes.fromhex(masked)
    except ValueError:
        return ""
    return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(hidden)).hex() if key else ""
