"""The main number of a page, what is happening in one sentence, and milestones said aloud to screen readers."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component(
    "headline", css=source("headline", "headline.css"), js=source("headline", "headline.js"), isolate_styles=False
)


def headline(
    key: str, number: str, unit: str, status: str, milestone: str, action: str = "", on_action: Callable[[], None] = lambda: None
) -> None:
    """Shows `number` large with its `unit`, and `status` beside it; `milestone` is announced when it changes.

    Args:
        action: label of a button after the status, if there is one; `on_action` is called where it was pressed.
    """
    data = {"number": number, "unit": unit, "status": status, "milestone": milestone, "action": action}
    _component(key=key, data=data, on_acted_change=on_action)
