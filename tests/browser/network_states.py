"""States of the Network page beyond those that all pages have: A beside it, rates out of their band, values by neuron, time folded."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import expect

from app.server.link import to_parameter
from snncore.experiment.spec import convolution
from tests.browser.everywhere import until_unfolded
from tests.browser.network_page import NetworkPage

CONVOLUTION = f"?x={to_parameter(convolution().draft)}"


def compared_states(page: NetworkPage) -> Iterator[str]:
    """Brings the ten-spike network into its states and yields their names."""
    said, browser = page.page.locator(".st-key-messages"), page.page
    page.open_menu("Compare")
    page.button("Pin this network as A").click()
    expect(said).to_contain_text("Same as A so far")
    tau = browser.get_by_role("textbox", name="Membrane time constant")
    tau.fill("10 ± 2")
    tau.press("Enter")
    expect(browser.locator(".control-became").first).to_contain_text("64 values: ")
    expect(said).to_contain_text("Differs from A: τ_mem of LIF 2 10 → 64 values.")
    yield "A beside it, a value for each neuron"
    browser.locator("summary").filter(has_text="More parameters").click()
    until_unfolded(browser)
    band = browser.get_by_role("textbox", name="Target rates")
    band.fill("5 to 20")
    band.press("Enter")
    expect(browser.locator('.rows-group[data-outside="below"]')).to_have_count(2)
    expect(browser.locator(".headline-status")).to_contain_text("Target rates 5 to 20 Hz")
    browser.mouse.move(0, 0)  # it rests where rows have come up, and an explanation would cover others
    expect(browser.locator(".tip:popover-open")).to_have_count(0)
    yield "layers outside the target rates"
    page.button("Unpin A").click()
    expect(said).not_to_contain_text("Differs from A")


def folded_states(page: NetworkPage) -> Iterator[str]:
    """On `CONVOLUTION`: what squeeze and a wrong batch size do."""
    page.button("unsqueeze").click()
    expect(page.button("Fold into B·T = 800")).to_be_visible()
    yield "time given back"
    size = page.page.get_by_label("Try a wrong batch size")
    size.fill("4")
    size.press("Enter")
    expect(page.page.locator(".ribbon-mark-carried").first).to_be_visible()
    page.page.wait_for_timeout(800)  # the marks appear
    yield "a wrong batch size"


STATES = {"compared": ("", compared_states), "folded": (CONVOLUTION, folded_states)}
"""What a link opens, and what brings it into its states, by name."""
