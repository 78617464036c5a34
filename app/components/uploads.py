"""Forgets a file that the browser refused as soon as the next one comes."""

from __future__ import annotations

from app.components.assets import component

_component = component("uploads")


def forget_refused_files() -> None:
    """Add once to a page."""
    _component(key="uploads")
