"""Bad input in the browser: one sentence says what is wrong, and what was on screen stays."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_a_learning_rate_of_zero_is_refused_and_the_run_stays(open_page: Open) -> None:
    page = open_page()
    page.press("+1 epoch")
    page.until(lambda: page.epoch == 1)
    before = page.figure()
    page.enter("Learning rate", "0")
    said = page.page.get_by_role("alert").filter(has_text="needs")
    expect(said).to_have_text("Learning rate needs a number above 0, not “0”; it stays 0.001.")
    assert page.epoch == 1
    assert page.figure() == before
    page.enter("Learning rate", "0.01")
    expect(said).to_have_count(0)


def test_broken_json_is_refused_and_stays_to_be_mended(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_text("More", exact=True).click()
    text = page.page.get_by_role("textbox", name="Experiment (JSON)")
    expect(text).to_have_value(re.compile('"LIF"'))
    broken = text.input_value().replace('"LIF"', '"LeakyIF"', 1)
    text.fill(broken)
    page.press("Apply")
    expect(page.page.get_by_role("alert")).to_contain_text("Layer 2: 'LeakyIF' is not a known layer; use one of Linear, LIF, IAF, ")
    assert text.input_value() == broken
    assert page.spikes == 0


def test_a_damaged_link_says_so_and_opens_the_ten_spike_task(open_page: Open) -> None:
    page = open_page("?x=eJxFjk")
    expect(page.page.get_by_role("alert")).to_contain_text("The link's Experiment")
    assert page.epoch == 0


def test_a_training_that_diverges_stops_and_keeps_the_last_good_epoch(open_page: Open) -> None:
    page = open_page()
    page.enter("Learning rate", "1e30")
    page.page.wait_for_url("**/?x=*")
    page.train()
    alert = page.page.get_by_role("alert")
    expect(alert).to_contain_text("Training diverged at epoch")
    expect(alert).to_contain_text("of LIF 4 ")
    expect(alert).to_contain_text("the last one with a finite loss.")
    assert page.epoch == 0
    expect(page.button("+1 epoch")).to_be_disabled()
    page.enter("Learning rate", "0.001")
    expect(alert).to_have_count(0)
    expect(page.button("+1 epoch")).to_be_enabled()
