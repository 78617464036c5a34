"""The main number of a page, its status in one sentence, and milestones for screen readers."""

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
    """Show `number` large with its `unit`, and `status` beside it. Screen readers announce `milestone` when it changes.

    Args:
        action: label of a button after the status, if any; pressing it calls `on_action`.
    """
    data = {"number": number, "unit": unit, "status": status, "milestone": milestone, "action": action}
    _component(key=key, data=data, on_acted_change=on_action)
