"""Projector mode: larger type, no controls but on request. A state of the browser, of which Python knows nothing."""

from __future__ import annotations

from app.components.assets import component

_component = component("projector")


def projector_mode(drawn: int) -> None:
    """Add its switch to a page, in the header, and the key P. Call once.

    Args:
        drawn: number of the page's drawing; with each new one the view looks again whether the controls are shown.
    """
    _component(key="projector", data=drawn)
