"""A button that copies the page's address, in which the page's Experiment is."""

from __future__ import annotations

from app.components.assets import component

_component = component("copy_link")


def copy_link(key: str) -> None:
    """Show the button. Where the browser doesn't let a page write to the clipboard, the address stands below it, selected."""
    _component(key=key)
