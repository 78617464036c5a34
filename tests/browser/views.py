"""What a view of the page holds, as its module's own JavaScript reads it."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Locator, Page

from app.components.assets import web_url


def of_view(node: Locator, function: str) -> Any:
    """What a function of JavaScript, given as its text, returns for the view whose outermost node this is. The answer travels as one text,
    since Playwright takes a long time for many numbers.
    """
    call = f"""async (node, address) => {{
        const {{ viewAt }} = await import(new URL(address, document.baseURI));
        return JSON.stringify(({function})(viewAt(node.parentElement)));
    }}"""
    return json.loads(node.evaluate(call, f"{web_url()}/lib/view.js"))


def until_there(page: Page, key: str) -> None:
    """Waits until the component under a key has its view: what it draws says nothing, as it draws nothing."""
    page.wait_for_function(
        """async ([places, address]) => {
            const { viewAt } = await import(new URL(address, document.baseURI));
            return [...document.querySelectorAll(places)].some(viewAt);
        }""",
        arg=[f".st-key-{key} *", f"{web_url()}/lib/view.js"],
    )
