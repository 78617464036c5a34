"""Keeps a double click from pressing the button that replaced the first one."""

from __future__ import annotations

from app.components.assets import component

_component = component("clicks")


def guard_double_clicks() -> None:
    """Add once to a page."""
    _component(key="clicks")
