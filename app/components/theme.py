"""Redraws the page when the visitor changes the theme: Streamlit recolours the page but not the figures."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from app.components.assets import component
from app.figures.style import Theme

_component = component("theme")


class DrawnTheme(TypedDict):
    """Data of the view: the theme in which the page's figures were drawn."""

    theme: Theme


def follow_theme() -> None:
    """Add once to a page. `st.context.theme` is the new one when the page runs again."""
    _component(key="theme", data=DrawnTheme(theme=st.context.theme.type or "light"), on_changed_change=lambda: None)
