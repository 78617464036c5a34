"""Leaves keys pressed with Alt, Ctrl or Meta to the browser: Alt+← would move Streamlit's sliders, tags and button groups."""

from __future__ import annotations

from app.components.assets import component

_component = component("chords")


def leave_chords() -> None:
    """Add once to a page."""
    _component(key="chords")
