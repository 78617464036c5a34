"""What opens over the page takes the focus, so that the keyboard is where the eye is."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("focus", js=source("focus", "focus.js"), isolate_styles=False)


def focus(key: str) -> None:
    """Put first into a popover: its first button has the focus when it opens."""
    _component(key=key)
