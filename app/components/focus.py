"""Moves the focus into what opens, a popover or an insight, so that keys act where the eye is."""

from __future__ import annotations

from app.components.assets import component

_component = component("focus")


def focus(key: str) -> None:
    """Put this first in a popover or insight: its first button gets the focus when it opens."""
    _component(key=key)
