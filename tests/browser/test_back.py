"""Back and Forward go from page to page, preset to preset and lesson to lesson, past all edits; Ctrl+Z undoes on every page."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

import pytest
from playwright.sync_api import Page, expect

from app.server.link import to_parameter
from app.state.discoveries import DISCOVERIES
from app.state.presets import presets
from app.state.tuned_neuron import DEFAULT
from tests.browser.conftest import Open, OpenNetwork, OpenNeuron
from tests.browser.network_page import TEN_SPIKES, NetworkPage
from tests.browser.neuron_page import NeuronPage
from tests.browser.server import Server
from tests.browser.training_page import ENDLESS, TrainingPage

LESSON = DISCOVERIES[0].title
LIGHT_PRESET = next(preset for preset in presets() if preset.title == "Winner-take-all")
"""One that is simulated in a moment."""

LINK = f"?x={to_parameter(DEFAULT.replace({'network.0.tau_mem': 7.0}))}"


Opened = TypeVar("Opened", NeuronPage, TrainingPage)


def turn_to(page: Page, name: str) -> None:
    page.get_by_role("link", name=name, exact=True).click()


def seen_as(kind: type[Opened], page: Page) -> Opened:
    """The page that is on display already, as one of the app's."""
    made = kind.__new__(kind)
    made.page = page
    return made


def edit_neuron(page: NeuronPage) -> None:
    """Three edits: the threshold goes from 1 to 1.15."""
    for value in ("1.05", "1.1", "1.15"):
        before = page.page.url
        page.handle("threshold").press("ArrowUp")
        expect(page.handle("threshold")).to_have_attribute("aria-valuetext", value)
        page.until(lambda before=before: page.page.url != before)


def edit_network(page: NetworkPage) -> list[str]:
    """Three edits of the stack, and the chips after them."""
    for count in (6, 7, 8):
        before = page.page.url
        page.button("Duplicate").click(position={"x": 3 + count, "y": 5})
        expect(page.page.locator(".ribbon-chip")).to_have_count(count)
        page.until(lambda before=before: page.page.url != before)
    return page.chips()


def shows_threshold(page: NeuronPage, value: str) -> None:
    expect(page.handle("threshold")).to_have_attribute("aria-valuetext", value)


def shows_lesson(page: Page, title: str = LESSON) -> None:
    expect(page.locator(".plain-sentence").filter(has_text=f"{title}.")).to_be_visible()


def test_three_edits_and_a_lesson_on_the_neuron_page_take_one_back_each(open_page: Open) -> None:
    training = open_page()
    page = training.page
    turn_to(page, "Neuron")
    neuron = seen_as(NeuronPage, page)
    neuron.wait()
    edit_neuron(neuron)
    edited = page.url
    neuron.open("Explain", LESSON)
    page.get_by_role("button", name=LESSON, exact=True).click()
    shows_lesson(page)
    page.wait_for_function("edited => location.href !== edited", arg=edited)  # its entry is made a moment after it is shown
    page.go_back()
    shows_threshold(neuron, "1.15")
    expect(page.get_by_text(f"{LESSON}.")).to_have_count(0)
    page.go_forward()
    shows_lesson(page)
    page.go_back()
    shows_threshold(neuron, "1.15")
    page.go_back()
    expect(training.button("Train them")).to_be_visible()
    page.go_forward()
    shows_threshold(neuron, "1.15")
    page.wait_for_function("new URL(location).searchParams.has('x')")  # it is written a moment after the page
    page.reload()
    shows_threshold(neuron, "1.15")
    page.go_back()
    expect(training.button("Train them")).to_be_visible()


def test_three_edits_and_a_preset_on_the_network_page_take_one_back_each(open_network: OpenNetwork) -> None:
    network = open_network(through_training=True)
    chips = edit_network(network)
    edited = network.page.url
    preset = LIGHT_PRESET
    network.start_from(preset.title)
    network.until(lambda: network.page.get_by_text(f"Start from: {preset.title}").count() == 1)
    network.until(lambda: len(network.chips()) == 1 + len(preset.experiment.network))
    preset_chips = network.chips()
    assert preset_chips != chips
    network.page.wait_for_function("edited => location.href !== edited", arg=edited)  # its entry is made a moment after it is shown
    network.page.go_back()
    network.until(lambda: network.chips() == chips)
    network.page.go_forward()
    network.until(lambda: network.chips() == preset_chips)
    network.page.reload()
    network.until(lambda: network.chips() == preset_chips)
    network.page.go_back()
    network.until(lambda: network.chips() == chips)
    network.page.go_back()
    expect(network.button("Train them")).to_be_visible()


def test_an_answer_for_the_page_that_back_has_left_comes_too_late_to_turn_to_it_again(open_page: Open) -> None:
    page = open_page().page
    turn_to(page, "Network")
    expect(page.get_by_role("button", name="Train this network")).to_be_visible()
    expect(page).to_have_url(re.compile("/network"))
    lefts = [page.url]
    turn_to(page, "Neuron")
    seen_as(NeuronPage, page).wait()
    lefts.append(page.url)
    for _ in lefts:
        page.go_back()
    for left in lefts:
        page.evaluate("left => history.pushState({}, '', left)", left)  # as Streamlit does when such an answer comes
    assert not re.search("network|neuron", page.url)
    page.go_forward()
    expect(page.get_by_role("button", name="Train this network")).to_be_visible()
    page.go_forward()  # there still is where to
    shows_threshold(seen_as(NeuronPage, page), "1")
    page.wait_for_function("location.pathname.endsWith('/neuron')")
    page.go_back()
    expect(page.get_by_role("button", name="Train this network")).to_be_visible()
    turn_to(page, "Neuron")
    page.wait_for_function("location.pathname.endsWith('/neuron')")
    seen_as(NeuronPage, page).wait()


PRESS = "[...document.querySelectorAll('button')].find(button => button.innerText === 'New input').click()"
"""A script's click on a page that is being left, which tells the server something as a poll does: it is no act of the visitor's."""


def test_what_is_told_after_back_does_not_bring_the_page_again(open_network: OpenNetwork) -> None:
    page = open_network(through_training=True).page
    page.evaluate(f"() => {{ addEventListener('popstate', () => setTimeout(() => {PRESS}), {{ once: true }}); history.back(); }}")
    expect(page.get_by_role("button", name="Train them")).to_be_visible()
    assert "network" not in page.url


@pytest.mark.parametrize(("left", "link", "button"), [("", "Network", "Train this network"), ("network", "Training", "Train them")])
def test_what_is_told_after_a_link_was_pressed_does_not_bring_the_page_again(
    left: str, link: str, button: str, visitors: Callable[..., Page], server: Server
) -> None:
    page = visitors(server)
    page.goto(f"{server.url}{left}")
    expect(page.get_by_role("link", name=link, exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="New input")).to_be_enabled()
    page.wait_for_function("history.state?.place")  # entries are kept from now on
    entries = page.evaluate("history.length")
    page.get_by_role("link", name=link, exact=True).evaluate(f"link => {{ link.click(); {PRESS}; }}")
    expect(page.get_by_role("button", name=button)).to_be_visible()
    page.wait_for_function("left => location.pathname !== `/${left}`", arg=left)
    assert page.evaluate("history.length") == entries + 1


def test_a_preset_that_was_undone_costs_no_press_of_its_own(open_network: OpenNetwork) -> None:
    network = open_network(through_training=True)
    network.start_from(LIGHT_PRESET.title)
    network.until(lambda: network.chips() != TEN_SPIKES)
    network.page.wait_for_function("new URL(location).searchParams.has('x')")
    network.page.keyboard.press("Control+z")
    network.page.wait_for_function("!new URL(location).searchParams.has('x')")
    network.until(lambda: network.chips() == TEN_SPIKES)
    expect(network.button("Redo")).to_be_enabled()
    network.page.go_back()
    expect(network.button("Train them")).to_be_visible()


def test_back_from_a_link_returns_to_the_training_with_its_epochs(open_page: Open) -> None:
    training = open_page(f"?x={to_parameter(ENDLESS)}")
    for epoch in (1, 2, 3):
        training.press("+1 epoch")
        training.until(lambda epoch=epoch: training.epoch == epoch)
    training.until(lambda: "run=" in training.page.url)
    neuron = NeuronPage(training.page, training.page.url.split("?")[0], LINK)
    expect(neuron.slider("τ_mem")).to_have_value("7")
    training.page.go_back()
    expect(training.page.locator(".headline-unit")).to_contain_text("epoch 3")
    training.page.go_forward()
    neuron.wait()
    expect(neuron.slider("τ_mem")).to_have_value("7")


def test_back_leaves_a_neuron_that_was_opened_and_its_link_shows_it_elsewhere(open_network: OpenNetwork, open_neuron: OpenNeuron) -> None:
    network = open_network(through_training=True)
    network.page.get_by_role("button", name="Open neuron").click()
    neuron = seen_as(NeuronPage, network.page)
    neuron.wait()
    network.page.wait_for_function("new URL(location).searchParams.has('input')")
    spikes = neuron.shown()["s"]
    query = f"?{network.page.url.split('?')[1].split('&run=')[0]}"
    network.page.go_back()
    network.until(lambda: network.chips() == TEN_SPIKES)
    network.page.go_forward()
    neuron.wait()
    neuron.until(lambda: neuron.shown()["s"] == spikes)
    elsewhere = open_neuron(query)
    assert elsewhere.shown()["s"] == spikes
    assert elsewhere.alerts() == []


def test_on_the_training_page_back_leaves_after_three_edits_and_undo_brings_the_epochs(open_network: OpenNetwork) -> None:
    network = open_network()
    turn_to(network.page, "Training")
    training = seen_as(TrainingPage, network.page)
    expect(training.button("Train them")).to_be_visible()
    training.press("+1 epoch")
    training.until(lambda: training.epoch == 1)
    for _ in range(3):
        before = training.page.url
        training.slide("τ_mem", "ArrowRight")
        training.until(lambda before=before: training.page.url != before)
    training.until(lambda: training.epoch == 0)
    for _ in range(3):
        before = training.page.url
        training.page.locator(".rows").first.press("Control+z")
        training.until(lambda before=before: training.page.url != before)
    training.until(lambda: training.epoch == 1)
    training.page.locator(".rows").first.press("Meta+Shift+z")
    training.until(lambda: training.epoch == 0)
    network.page.go_back()
    network.until(lambda: network.chips() == TEN_SPIKES)
    expect(network.button("Train this network")).to_be_visible()


@pytest.mark.parametrize(("undo", "redo"), [("Control+z", "Control+y"), ("Meta+z", "Meta+Shift+z")])
def test_keys_undo_and_redo_on_the_neuron_page(open_neuron: OpenNeuron, undo: str, redo: str) -> None:
    neuron = open_neuron()
    edit_neuron(neuron)
    neuron.handle("threshold").press(undo)
    neuron.handle("threshold").press(undo)
    shows_threshold(neuron, "1.05")
    neuron.handle("threshold").press(redo)
    shows_threshold(neuron, "1.1")


def test_in_a_field_for_text_the_keys_are_those_of_the_field(open_network: OpenNetwork) -> None:
    network = open_network()
    network.button("Duplicate").click()
    expect(network.page.locator(".ribbon-chip")).to_have_count(6)
    network.open_menu("Compare")
    field = network.page.get_by_role("textbox", name="Hold τ_mem at")
    field.press_sequentially("12")
    field.press("Control+z")
    expect(field).not_to_have_value("12")
    expect(network.page.locator(".ribbon-chip")).to_have_count(6)
    network.page.locator(".rows").press("Control+z")
    expect(network.page.locator(".ribbon-chip")).to_have_count(5)


def test_an_address_that_turns_the_page_has_nothing_of_the_page_before(open_network: OpenNetwork) -> None:
    """Streamlit keeps the parameters that a page wrote last, and turns to the next one with them where they come after the click."""
    page = open_network().page
    page.evaluate("() => history.pushState({}, '', `${location.pathname.replace('network', 'neuron')}?rates=5-50&of=network`)")
    assert page.evaluate("location.pathname + location.search") == "/neuron"


def test_an_address_that_streamlit_writes_late_leads_to_no_entry_before(open_network: OpenNetwork) -> None:
    page = open_network()
    page.start_from(LIGHT_PRESET.title)
    page.until(lambda: "x=" in page.page.url and page.chips() != TEN_SPIKES)
    address, chips = page.page.url, page.chips()
    page.page.evaluate(
        "() => history.pushState({}, '', location.pathname)"
    )  # as a page turns whose server doesn't know the present one yet
    page.page.evaluate("() => new Promise(requestAnimationFrame)")
    assert page.page.url == address
    page.button("Train this network").click()
    page.page.wait_for_url(lambda url: "network" not in url)
    page.page.go_back()
    page.until(lambda: page.page.url.startswith(address.split("&")[0]) and page.chips() == chips)
