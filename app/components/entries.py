"""Gives each page, preset and lesson one entry of the browser's history, however often it is edited."""

from __future__ import annotations

from app.components.assets import component

_component = component("entries")


def keep_entries() -> None:
    """Add once to a page."""
    _component(key="entries")
