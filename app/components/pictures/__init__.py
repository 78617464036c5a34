"""Buttons that save the page's figures as pictures, made in the browser."""

from __future__ import annotations

import streamlit as st

from app.components.assets import source

SOURCES = ("svg_context.js", "pictures.js")
"""One module, in this order."""

_component = st.components.v2.component(
    "pictures",
    css=source("pictures", "pictures.css"),
    js="\n".join(source("pictures", file) for file in SOURCES),
    isolate_styles=False,
)


def pictures(key: str) -> None:
    """Show two buttons: a PNG of all plots and rows at twice their size, and an SVG of the plots' curves."""
    _component(key=key)
