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
    expect(below).to_contain_text("The hidden layer woke (5 spikes at first, 402 at epoch 32) and the output weights learned to use it.")
    expect(page.page.locator(".st-key-drive button:visible")).to_have_text("Look back at the first spike")
    page.page.locator(".st-key-drive button:visible").click()
    page.until(lambda: page.epoch == 32 and page.spikes == 1)
    expect(page.page.locator(".st-key-drive button:visible")).to_have_text("Goal reached")
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


def test_the_first_spike_is_guessed_on_the_curve_and_told_with_what_came_of_it(open_page: Open) -> None:
    page = open_page()
    below = page.page.locator(".headline-below")
    expect(page.page.locator(".headline-network")).to_have_text("Input 16 → hidden 64 → output 4 · Weights from seed 0.")
    page.press("+1 epoch")
    expect(below).to_contain_text("When will the first spike come?")
    page.until(lambda: page.place_of_epoch(60) is not None)
    at = page.place_of_epoch(40)
    assert at
    page.page.mouse.click(*at)
    expect(below).to_contain_text("You said that the first spike comes at epoch 40.")
    page.choose_speed("16 epochs/s")
    page.train()
    page.until(lambda: "You said epoch 40; it came at 32." in below.inner_text())


def test_a_guess_needs_no_pointer(open_page: Open) -> None:
    page = open_page()
    page.press("+1 epoch")
    guess = page.page.get_by_role("button", name="epoch 25", exact=True)
    guess.focus()
    guess.press("Enter")
    expect(page.page.locator(".headline-below")).to_contain_text("You said that the first spike comes at epoch 25.")


def test_the_network_in_words_points_at_its_rows(open_page: Open) -> None:
    page = open_page()
    page.page.locator(".headline-part", has_text="output 4").hover()
    expect(page.page.locator(".rows .pointed")).to_have_attribute("data-layer", "3")
    page.page.mouse.move(5, 5)
    expect(page.page.locator(".rows .pointed")).to_have_count(0)
