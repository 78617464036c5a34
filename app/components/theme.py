"""Redraws the page when the visitor changes the theme: Streamlit recolours the page but not the figures."""

from __future__ import annotations

from typing import TypedDict

import streamlit as st

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.figures.acts import RedrawAct
from app.figures.style import Theme

_component = component("theme")

KEY = "theme"


class DrawnTheme(TypedDict):
    """Data of the view: the theme in which the page's figures were drawn."""

    theme: Theme
    answered: int


def follow_theme() -> None:
    """Add once to a page. `st.context.theme` is the new one when the page runs again."""
    data = DrawnTheme(theme=st.context.theme.type or "light", answered=last_answered(KEY))
    _component(key=KEY, data=data, on_acts_change=answering(KEY, RedrawAct, lambda act: None))
