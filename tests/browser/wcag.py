"""What of a page violates WCAG 2.2 AA, as axe-core finds it, and which of it is too small to be pressed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG_2_2_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

LEFT_OUT: dict[tuple[str, str], str] = {
    (
        "target-size",
        ".tip",
    ): "axe takes a tooltip for covered by what it lies above: it doesn't know the top layer. The sizes are measured below.",
    ("color-contrast", ".stCode"): "Streamlit's highlighting of code has colours of its own",
    ("scrollable-region-focusable", ".stCode"): "Streamlit's code scrolls sideways; its button copies all of it",
}
"""Why a rule isn't asked of what lies within a selector."""

LEAST_TARGET = 24
"""Pixels each way, of WCAG's criterion 2.5.8."""

SMALL = """least => [...document.querySelectorAll(":is(.stMainBlockContainer, .stPopoverBody, [data-testid=stPopoverBody]) :is(a[href], "
    + "button, input, select, textarea, summary, [tabindex], [role=button])")]
    .filter(node => node.tabIndex >= 0 && node.checkVisibility({ opacityProperty: true, visibilityProperty: true }))
    .map(node => [node, (node.labels?.[0] ?? node).getBoundingClientRect()])
    .filter(([, { width, height }]) => width && Math.min(width, height) < least - 0.5)
    .map(([node, { width, height }]) => `${node.outerHTML.slice(0, 120)} is ${width.toFixed(1)} × ${height.toFixed(1)}`)"""
"""A label is pressed for its field."""


IS_ASKED = """([target, without]) => {
    const node = document.querySelector(target);
    return node !== null && !without.some(selector => node.closest(selector));
}"""
"""Whether a node is still there, and in none of the places that are left out."""


def violations(page: Page) -> list[str]:
    """What violates them at two looks in a row: while something fades in, its colours are none of the page's."""
    seen, before = list(_seen(page)), None
    while seen and seen != before:
        page.wait_for_timeout(500)
        seen, before = list(_seen(page)), seen
    return seen


def _seen(page: Page) -> Iterator[str]:
    found: Any = Axe().run(page, options={"runOnly": {"type": "tag", "values": WCAG_2_2_AA}, "resultTypes": ["violations"]})
    for rule in found.response["violations"]:
        for node in rule["nodes"]:
            within = [selector for name, selector in LEFT_OUT if name == rule["id"]]
            (target,) = node["target"]
            if page.evaluate(IS_ASKED, [target, within]):
                yield f"{rule['id']}: {node['html'][:200]} {node['failureSummary']}"
