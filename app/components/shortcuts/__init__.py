"""Keys that press a page's buttons while one of its plots has the focus."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.components.assets import source

_component = st.components.v2.component("shortcuts", js=source("shortcuts", "shortcuts.js"), isolate_styles=False)


def shortcuts(key: str, buttons: Mapping[str, str]) -> None:
    """Let keys press buttons: `buttons` maps the browser's name of a key to a button's Streamlit key."""
    _component(key=key, data=dict(buttons))
