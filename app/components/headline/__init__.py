"""The main number of a page, what is happening in one sentence, and milestones said aloud to screen readers."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component(
    "headline", css=source("headline", "headline.css"), js=source("headline", "headline.js"), isolate_styles=False
)


def headline(key: str, number: str, unit: str, status: str, milestone: str) -> None:
    """Shows `number` large with its `unit`, and `status` beside it; `milestone` is announced when it changes."""
    _component(key=key, data={"number": number, "unit": unit, "status": status, "milestone": milestone})
