"""Redraws the page when the visitor changes the theme: Streamlit recolours the page but not the figures."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("theme", css=source("theme", "theme.css"), js=source("theme", "theme.js"), isolate_styles=False)


def follow_theme() -> None:
    """Add once to a page. `st.context.theme` is the new one when the page runs again."""
    _component(key="theme", on_changed_change=lambda: None)
