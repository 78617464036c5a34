"""Buttons that save the page's figures as pictures, made in the browser."""

from __future__ import annotations

from app.components.assets import component

_component = component("pictures")


def pictures(key: str) -> None:
    """Show two buttons: a PNG of all plots and rows at twice their size, and an SVG of the plots' curves."""
    _component(key=key)
