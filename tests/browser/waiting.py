"""Waits for what a test is about to assert."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import FloatRect, Locator, Page, expect


def until(page: Page, condition: Callable[[], bool], told: Callable[[], str], patience: float = 30.0) -> None:
    """Wait until `condition` holds.

    Args:
        told: says what the page shows, where it was waited in vain.
        patience: seconds to wait.
    """
    for _ in range(int(patience * 20)):
        if condition():
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"waited {patience:g} s in vain; {told()}")


def box_of(node: Locator) -> FloatRect:
    """Where something lies, once it is seen: a view that is drawn anew has no place for a moment."""
    for _ in range(20):
        expect(node).to_be_visible()
        box = node.bounding_box()
        if box:
            return box
    raise AssertionError(f"{node} comes and goes")
