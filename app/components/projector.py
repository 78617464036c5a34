"""Projector mode: larger type, no controls. A state of the browser, of which Python knows nothing."""

from __future__ import annotations

from app.components.assets import component

_component = component("projector")


def projector_mode() -> None:
    """Add its switch to a page, in the header, and the key P. Call once."""
    _component(key="projector")
