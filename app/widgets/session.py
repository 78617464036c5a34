"""The desk of Streamlit's session, the browser address that names the desk and the page's draft, and how one page turns to another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime import exists
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.server.tabs import is_open
from app.state.address import PARAMETERS
from app.state.desk import Desk, desks

DESK_PARAMETER = "run"
"""Address parameter for the desk's id, if the desk holds more than the draft."""

NEW_ENTRY, PAGE = "new", "of"
"""Address parameters that `app/web/entries` takes out again: the first has the browser's history get another entry; the second names the
page whose address it is, since what a page has written may arrive after Back or Forward has left it."""


def enter(page: str) -> None:
    """Note the page on display, by its path in the address, before it runs; after Back or Forward, restore what it showed.

    If a button asked for another page, turn to that one, also where the run that began with the click was interrupted.
    """
    held, context = desk(page), get_script_run_ctx()
    came_back = bool(context and context.is_history_navigation)
    if not came_back:
        turn(page)
    held.turn_to(page)
    if came_back:
        held.come_back(_query())


def file_of(page: str) -> str:
    """The file of a page, for Streamlit; the page is named by its path in the address."""
    return f"views/{page or 'training'}.py"


def turning_button(label: str, act: Callable[[], object], page: str, **looks: Any) -> None:
    """Show a button that does an act and, unless that is refused, turns to another page, by its path in the address.

    Args:
        looks: further arguments of `st.button`.
    """
    is_pressed = st.button(label, on_click=go_after, args=(act, page), **looks)
    turn(desk().page)  # in a part of a page, whose runs don't begin with `enter`
    if is_pressed:
        st.rerun()  # the page says why not


def go_after(act: Callable[[], object], page: str) -> None:
    """Do an act, as the callback of a widget, and unless it is refused have the next run turn to a page, by its path in the address."""
    desk().turn_after(act, page)


def turn(left: str) -> None:
    """Turn from a page to the one that was asked for there, if one was.

    The address stays until the other page writes its own, so that Back returns to this one as it is.
    """
    page = desk().asked_for(left)
    if page is not None:
        st.switch_page(file_of(page), query_params=_without_marks(st.query_params.to_dict()))


def attempt(act: Callable[[], object]) -> None:
    """Do an act, as the callback of a widget; if it is refused, the page says why."""
    desk().attempt(act)


def undo() -> None:
    """Take back the last edit on the present page."""
    held = desk()
    held.attempt(held.undo)


def redo() -> None:
    """Do again what was taken back last on the present page."""
    held = desk()
    held.attempt(held.redo)


def desk(page: str = "") -> Desk:
    """Return the session's desk: found again after a reload, started from the page's link, or new."""
    if "desk" not in st.session_state:
        context = get_script_run_ctx()
        session = context.session_id if context else ""
        found = desks.claim(st.query_params.get(DESK_PARAMETER, ""), _browser(), session)
        made = found or Desk(_browser(), session, is_open=is_open)
        made.turn_to(page)
        if found:
            found.reload(_query())
        else:
            if query := _query():
                made.open(page, query)
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
    present = _without_marks(st.query_params.to_dict())
    others = {name: value for name, value in present.items() if name not in (*PARAMETERS, DESK_PARAMETER)}
    own = {DESK_PARAMETER: held.id} if exists() and held.holds_more_than_its_link else {}
    query = {**others, **held.query, **own}
    begins = {NEW_ENTRY: "1"} if held.seen.address.takes_entry(held.seen.history.origin) else {}
    if begins or query != present:
        st.query_params.from_dict({**query, PAGE: held.page, **begins})


def _without_marks(query: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in query.items() if name not in (NEW_ENTRY, PAGE)}


def _query() -> dict[str, str]:
    """Return the parameters of the address that a page's model reads."""
    return {name: st.query_params[name] for name in PARAMETERS if name in st.query_params}


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
