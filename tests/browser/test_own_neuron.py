"""A server with a plugin: its neuron model is added, seen, trained, saved, opened again; without it one sentence says what is missing."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from app.server.link import from_parameter, to_parameter
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.run.simulation import simulate
from tests.browser.network_page import NetworkPage
from tests.browser.server import Server, serve
from tests.browser.training_page import TrainingPage

OWN = {"kind": "RefractoryLIF", "tau_mem": 10.0, "rest": 2, "spike_threshold": 0.2}
TEN_SPIKES = ["Input", "Linear 1, 16→64", "LIF 2", "Linear 3, 64→4", "LIF 4"]
WITH_OWN = ["Input", "Linear 1, 16→64", "RefractoryLIF 2", "Linear 3, 64→4", "LIF 4"]
NO_STEP = "RefractoryLIF has no step in the browser, so the Neuron page can't show it; it shows LIF, IAF, ExpLeak or ALIF."

Visit = Callable[..., Page]


@pytest.fixture(scope="module")
def plugged() -> Iterator[Server]:
    """A server whose owner adds the example."""
    with serve(SNN_PLUGINS="examples.own_neuron") as running:
        yield running
        assert running.complaints() == []


def with_own() -> Experiment:
    """The ten-spike task with the example's neurons in its hidden layer."""
    data = ten_spikes().model_dump()
    data["network"] = (data["network"][0], OWN, *data["network"][2:])
    return Experiment(**data)


def link(draft: Draft) -> str:
    return f"?x={to_parameter(draft)}"


def linked(url: str) -> Draft:
    """What an address names."""
    return from_parameter(parse_qs(urlparse(url).query)["x"][0])


def test_it_is_added_by_the_menu_shows_its_words_and_spikes_as_snncore_computes(
    plugged: Server, visitors: Visit, own_neuron: ModuleType
) -> None:
    page = NetworkPage(visitors(plugged), plugged.url)
    page.select(2)
    page.button("Remove").click()
    page.until(lambda: len(page.chips()) == len(TEN_SPIKES) - 1)
    page.select(1)
    page.add("RefractoryLIF")
    page.until(lambda: page.chips() == WITH_OWN)
    expect(page.page.get_by_text("LIF that rests after each spike, so its rate has a limit.")).to_be_visible()
    page.slide("Spike threshold θ", "Home")
    page.slide("Refractory period t_ref (steps)", "ArrowRight", times=2)
    page.until(lambda: "x=" in page.page.url and linked(page.page.url).network[1].rest == 7)
    draft = linked(page.page.url)
    assert draft.network[1].spike_threshold == 0.05
    spikes = simulate(Experiment(**dict(draft)))[0].records[1].spikes[0]
    assert spikes.any()
    page.until(lambda: page.figure()["rasters"][1] == spikes.T.tolist())


def test_it_is_trained_and_its_link_opens_again(plugged: Server, visitors: Visit, own_neuron: ModuleType) -> None:
    page = TrainingPage(visitors(plugged), plugged.url + link(with_own()))
    page.press("+1 epoch")
    page.until(lambda: page.epoch == 1)
    expect(page.page.get_by_role("alert")).to_have_count(0)
    page.page.wait_for_url(re.compile("run="))
    page.page.reload()
    page.until(lambda: page.epoch == 1)
    page.page.get_by_role("link", name="Network", exact=True).click()
    expect(page.page.locator(".ribbon-chip").nth(2)).to_have_text("RefractoryLIF 2")
    assert NetworkPage(visitors(plugged), plugged.url, link(with_own())).chips() == WITH_OWN


@pytest.mark.parametrize("name", ["Experiment (JSON)", "Trained weights (safetensors)"])
def test_what_is_saved_opens_again_and_without_the_plugin_says_what_is_missing(
    name: str, plugged: Server, server: Server, visitors: Visit, own_neuron: ModuleType, tmp_path: Path
) -> None:
    page = TrainingPage(visitors(plugged), plugged.url + link(with_own()))
    page.press("+1 epoch")
    page.until(lambda: page.epoch == 1)
    spikes = page.spikes
    page.open("Share")
    with page.page.expect_download() as download:
        page.press(name)
    saved = tmp_path / download.value.suggested_filename
    download.value.save_as(saved)

    other = TrainingPage(visitors(plugged), plugged.url)
    other.open("Share")
    other.page.locator("input[type=file]").set_input_files(saved)
    other.page.wait_for_url(lambda url: "x=" in url and linked(url).network[1].kind == "RefractoryLIF")
    other.until(lambda: other.epoch == 0 and (name == "Experiment (JSON)" or other.spikes == spikes))

    without = TrainingPage(visitors(server), server.url)
    without.open("Share")
    without.page.locator("input[type=file]").set_input_files(saved)
    expect(without.page.get_by_role("alert").filter(has_text="'RefractoryLIF' is not a known layer")).to_be_visible()
    without.page.keyboard.press("Escape")
    expect(without.button("Train them")).to_be_enabled()
    without.press("+1 epoch")
    without.until(lambda: without.epoch == 1)


def test_the_neuron_page_says_that_it_has_no_step_of_it_and_the_network_stays(
    plugged: Server, visitors: Visit, own_neuron: ModuleType
) -> None:
    page = NetworkPage(visitors(plugged), plugged.url, link(with_own()))
    page.select(2)
    page.page.get_by_role("button", name="on the Neuron page").click()
    page.until(lambda: page.alerts() == [NO_STEP])
    assert page.chips() == WITH_OWN
    assert "/network" in page.page.url


def test_a_link_to_the_neuron_page_says_so_too_and_no_other_models_equations_are_drawn_for_it(
    plugged: Server, visitors: Visit, own_neuron: ModuleType
) -> None:
    alone = Experiment(network=[OWN], input={"kind": "step_current", "shape": (1, 200, 1), "amplitude": 1.5, "start": 20})
    page = visitors(plugged)
    page.goto(f"{plugged.url}neuron{link(alone)}")
    expect(page.get_by_role("alert")).to_have_text(NO_STEP)
    expect(page.get_by_role("radio", name="ALIF")).to_have_count(1)
    expect(page.get_by_role("radio", name="RefractoryLIF")).to_have_count(0)


def test_without_the_plugin_a_link_says_which_kind_is_unknown_and_the_address_stays(
    server: Server, visitors: Visit, own_neuron: ModuleType
) -> None:
    query = link(with_own())
    page = NetworkPage(visitors(server), server.url, query)
    assert len(page.alerts()) == 1
    assert "Layer 2: 'RefractoryLIF' is not a known layer; use one of Linear, LIF, " in page.alerts()[0]
    assert page.chips() == TEN_SPIKES
    assert page.page.url.endswith(query)
    page.add("ALIF")  # and goes on from what it shows
    page.until(lambda: "ALIF 3" in page.chips() and page.alerts() == [])
