"""Moves the focus into popovers as they open, so that keys act where the eye is."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("focus", js=source("focus", "focus.js"), isolate_styles=False)


def focus(key: str) -> None:
    """Put this first in a popover: its first button gets the focus when it opens."""
    _component(key=key)
