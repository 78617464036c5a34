"""Keeps a double click from pressing the button that replaced the first one."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("clicks", js=source("clicks", "clicks.js"), isolate_styles=False)


def guard_double_clicks() -> None:
    """Add once to a page."""
    _component(key="clicks")
