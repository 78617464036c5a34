"""The page tells how the training goes: what is asked, the first spike, why it came, and three things to do next that it then does."""

from __future__ import annotations

from playwright.sync_api import expect

from snncore.activation import SURROGATES
from tests.browser.conftest import Open


def test_whoever_has_reached_ten_is_led_back_to_the_first_spike_and_on(open_page: Open) -> None:
    page = open_page()
    below = page.page.locator(".headline-below")
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    expect(below).to_contain_text("The hidden layer woke (5 spikes, then 402) and the output weights learned to use it.")
    page.page.get_by_role("button", name="Look back at the first spike").click()
    page.until(lambda: page.epoch == 32 and page.spikes == 1)
    expect(below).to_contain_text("28 hidden neurons had fired before now, and exactly their 28 weights to neuron 2 have changed")
    page.page.get_by_role("button", name="Ask for 40 spikes").click()
    page.until(lambda: page.status.startswith("40 spikes after ") and page.spikes == 40)
    page.page.get_by_role("button", name="Open neuron 2").click()
    expect(page.page.locator(".neuron[data-drawn]")).to_be_visible(timeout=60_000)


def test_all_surrogates_are_tried_from_below_the_sentence(open_page: Open) -> None:
    page = open_page()
    page.choose_speed("full speed")
    page.train()
    page.wait_for_ten()
    page.page.get_by_role("button", name="Look back at the first spike").click()
    page.page.get_by_role("button", name="Which surrogate learns fastest?").click()
    page.until(lambda: f"{len(SURROGATES)} of {len(SURROGATES)} done" in page.said)
