"""Keys pressed with Alt, Ctrl or Meta stay the browser's: Streamlit's sliders, tags and button groups would move by Alt+←."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("chords", js=source("chords", "chords.js"), isolate_styles=False)


def leave_chords() -> None:
    """Put once on a page."""
    _component(key="chords")
