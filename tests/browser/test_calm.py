"""How much a page shows at first sight: few buttons, few controls, little prose. The rest is a gesture away."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from app.server.link import to_parameter
from app.state.presets import presets
from snncore.experiment.recognition import digits
from tests.browser.everywhere import opened
from tests.browser.server import Server

MOST_BUTTONS = 6
"""In the head; a select is no button."""

MOST_CONTROLS = 5
"""Rows of a name and its widgets beside the plots of the Training page."""

MOST_WORDS = 45

PROSE = (
    ".headline-status, .headline-more, .plain-sentence, .plain-caption, .plain-alert, .rows-sentence, .ribbon-caption, .neuron-note, "
    ".neuron-difference, .stCaptionContainer, .conversion-sentence, .conversion-quiet, .conversion-cost"
)
"""What is written to be read: sentences, captions and notes. No prose are names of things, such as labels, buttons, headings with their
numbers, axes, and legends that say which line is which; nor equations with the readings below them.
"""

SEEN = """nodes => nodes.filter(node => node.checkVisibility({ visibilityProperty: true })).map(node => node.innerText.trim())"""

SPIKE_TIMES = next(preset.experiment for preset in presets() if preset.title == "Spike times")
PLACES = {
    "training": "",
    "the other task": "",
    "labelled data": "",
    "network": "network",
    "neuron": "neuron",
    "conversion": "conversion",
}
QUERIES = {"the other task": f"?x={to_parameter(SPIKE_TIMES)}", "labelled data": f"?x={to_parameter(digits())}"}


@pytest.fixture(params=PLACES)
def page(request: pytest.FixtureRequest, visitors: Callable[..., Page], server: Server) -> Page:
    return opened(visitors, server, PLACES[request.param], QUERIES.get(request.param, ""))


def test_a_page_is_calm_at_first_sight(page: Page) -> None:
    buttons = page.locator(".st-key-buttons button:not([tabindex='-1'])").evaluate_all(SEEN)
    assert 0 < len(buttons) <= MOST_BUTTONS, buttons
    if page.locator(".plot").count():
        controls = page.locator(".st-key-controls .control").evaluate_all(SEEN)
        assert 0 < len(controls) <= MOST_CONTROLS, controls
    words = [word for text in page.locator(PROSE).evaluate_all(SEEN) for word in text.split() if any(map(str.isalnum, word))]
    assert len(words) <= MOST_WORDS, " ".join(words)
