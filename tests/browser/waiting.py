"""Waits for what a test is about to assert."""

from __future__ import annotations

import contextlib
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


def press_until(press: Callable[[], object], there: Callable[[float], object]) -> None:
    """Presses what opens or closes a menu until it did: on a busy machine a press is lost where the page is drawn anew at that moment.

    Args:
        there: waits so many milliseconds for what the press brings, and raises an AssertionError where it doesn't come.
    """
    for patience in (3_000, 6_000):
        press()
        with contextlib.suppress(AssertionError):
            there(patience)
            return
    press()
    there(30_000)


def open_by(button: Locator, inside: Locator) -> None:
    """Clicks a button until the menu that it opens holds what is looked for in it."""
    press_until(button.click, lambda patience: expect(inside.locator("visible=true").first).to_be_visible(timeout=patience))


def box_of(node: Locator) -> FloatRect:
    """Where something lies, once it is seen: a view that is drawn anew has no place for a moment."""
    for _ in range(20):
        expect(node).to_be_visible()
        box = node.bounding_box()
        if box:
            return box
    raise AssertionError(f"{node} comes and goes")
