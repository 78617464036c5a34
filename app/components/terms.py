"""Explains the glossary's words wherever the page marks them."""

from __future__ import annotations

from app.components.assets import component

_component = component("terms")


def explain_terms() -> None:
    """Add once to a page."""
    _component(key="terms")
