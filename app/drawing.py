"""What of a page is drawn anew after something was done to it: some of its parts, each a fragment with a name, or all of it.

Before Streamlit runs a whole page, it drops whatever of the run before wasn't sent yet, since it will all be said again; before it runs
parts, only what those drew. So a run of the whole page has to draw all of it: would it turn into one of some parts, a button could go on
showing what was true two clicks ago. What a widget outside the parts does is therefore always answered by the whole page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NoReturn

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.desk import desk


def note_drawn(around: Callable[[], object]) -> None:
    """The whole page is being drawn.

    Args:
        around: tells what it shows outside its parts.
    """
    held = desk()
    held.around, held.drawn_for = around, around()


def is_drawn() -> bool:
    """Whether the page, outside its parts, shows what is."""
    held = desk()
    return held.around is not None and held.around() == held.drawn_for


def draw(*parts: str) -> NoReturn:
    """Ends what a widget does: these parts are drawn anew, or the whole page where what is around them is another now."""
    st.rerun(list(parts) if _runs_parts() and is_drawn() else "app")


def _runs_parts() -> bool:
    """Whether this is no run of the whole page."""
    context = get_script_run_ctx()
    return context is not None and bool(context.fragment_ids_this_run)
