"""Leaves keys pressed with Alt, Ctrl or Meta to the browser: Alt+← would move Streamlit's sliders, tags and button groups."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("chords", js=source("chords", "chords.js"), isolate_styles=False)


def leave_chords() -> None:
    """Add once to a page."""
    _component(key="chords")
