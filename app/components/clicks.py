"""Keeps clicks, keys and focus right when one button replaces another."""

from __future__ import annotations

from app.components.assets import component

_component = component("clicks")


def guard_replaced_buttons() -> None:
    """Add once to a page."""
    _component(key="clicks")
