"""The Network page: how it opens, what it starts from, and what it keeps through an undo, a refusal, another session."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.figures.stages import stages
from app.server.link import from_parameter
from app.state.network_view import NO_OVERLAY, SHUFFLED
from app.state.presets import Preset, presets
from app.words.input_parameters import INPUT_PARAMETERS
from app.words.layer_parameters import LAYER_PARAMETERS
from snncore.experiment import edits as stack
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft, convolution, ten_spikes
from snncore.run.simulation import simulate
from tests.app import pages
from tests.app.network_page import (
    MISFIT,
    ORDINARY,
    STILL_SHOWN,
    TEN,
    as_npy,
    captions,
    change,
    draft,
    fields,
    group,
    network_with,
    opened,
    own_fields,
    raster,
    spikes,
    upload,
    view,
)
from tests.app.pages import NETWORK, data_of, desk, press, received_by, run, shown, told
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app

# -------------------------------------------------------------------------------------------------- how it opens


def test_the_page_opens_on_the_ten_spike_net_with_its_first_neurons_selected() -> None:
    page = opened()
    assert draft(page) == TEN
    assert "x" not in page.query_params
    assert [stage["name"] for stage in data_of(page, "ribbon")["stages"]] == [stage["name"] for stage in stages(TEN)]
    assert data_of(page, "ribbon")["selected"] == 1
    assert "LIF 2" in said(page, "title")
    (simulation,) = simulate(ten_spikes())
    assert np.array_equal(raster(page, "input"), simulation.input[0].T)
    assert np.array_equal(raster(page, "1"), simulation.records[1].spikes[0].T)


def test_the_headline_counts_the_output_spikes() -> None:
    page = opened(TEN.replace({"network.3.spike_threshold": 0.1}))
    spikes = simulate(desk(page).composition.experiment)[0].outputs[-1].sum()
    assert spikes > 0
    assert data_of(page, "count")["number"] == f"{spikes:g}"
    page = opened(convolution().draft)
    assert data_of(page, "count")["unit"] == "mean output · 8 samples × 100 steps · 4,151,456 synaptic operations"


@pytest.mark.parametrize("made", [TEN.replace({"network.1.tau_mem": 17.0}), convolution().draft, MISFIT], ids=["edited", "maps", "misfit"])
def test_a_link_opens_its_draft(made: Draft) -> None:
    page = opened(made)
    assert draft(page) == made
    assert complaints(page) == []
    assert from_parameter(page.query_params["x"]) == made


def test_a_link_to_a_misfit_says_what_is_wrong_and_offers_the_remedy() -> None:
    page = opened(MISFIT)
    (wrong,) = (stage for stage in data_of(page, "ribbon")["stages"] if stage["problem"])
    assert (wrong["layer"], wrong["remedy"]) == (2, "Set in_features to 65")
    assert "rows" not in [element.key for element in page.get("bidi_component")], "no network of somebody else's"
    assert complaints(page) == []
    told(page, "ribbon", {"do": "remedy", "layer": 2})
    assert draft(page) == stack.mend(MISFIT, 2)
    assert desk(page).composition.experiment.network[2].in_features == 65
    assert STILL_SHOWN not in captions(page)


def test_a_broken_link_opens_the_ten_spike_net_with_a_message() -> None:
    page = pages.opened(NETWORK, "nonsense")
    assert len(complaints(page)) == 1
    assert draft(page) == TEN
    assert page.query_params["x"] == "nonsense"


# ------------------------------------------------------------------------------------------- what it starts from


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.title)
def test_every_preset_can_be_started_from_and_says_what_to_watch(preset: Preset) -> None:
    page = opened(TEN.replace({"seeds.noise": 77}), layer=3, sample=2, opened={1}, overlay=SHUFFLED, taus=(5.0,))
    assert page.menu_button(key="preset").label == "Start from: own network"
    page.menu_button(key="preset").click(preset.title)
    run(page)
    assert draft(page) == preset.experiment.draft
    assert desk(page).composition.experiment == preset.experiment
    assert page.menu_button(key="preset").label == f"Start from: {preset.title}"
    assert preset.watch in captions(page)
    seen = view(page)
    assert (seen.sample, seen.opened, seen.overlay, seen.taus) == (0, set(), NO_OVERLAY, ())
    press(page, "Undo")
    assert draft(page) == TEN.replace({"seeds.noise": 77})


def test_an_edit_makes_a_preset_an_own_network_and_taking_it_back_makes_it_the_preset_again() -> None:
    page = opened()
    page.menu_button(key="preset").click("Convolution")
    run(page)
    fields(page, "")["network.1.tau_mem"].set_value(33.0)
    assert shown(page.run()).menu_button(key="preset").label == "Start from: own network", "drawn anew at once"
    fields(page, "network.1")["network.1.tau_mem"].set_value(20.0)
    assert shown(page.run()).menu_button(key="preset").label == "Start from: Convolution"


# ------------------------------------------------------------------------------------------------- undo and redo


def test_every_step_can_be_undone_and_done_again() -> None:
    page = opened()
    assert [button.disabled for button in page.button if button.label in ("Undo", "Redo")] == [True, True]
    steps = [draft(page)]
    for act in ("New weights", "Duplicate", "New input", "Remove"):
        press(page, act)
        steps.append(draft(page))
    for step in steps[-2::-1]:
        press(page, "Undo")
        assert draft(page) == step
        assert desk(page).composition.experiment.draft == step
    assert next(button for button in page.button if button.label == "Undo").disabled
    for step in steps[1:]:
        press(page, "Redo")
        assert draft(page) == step
    assert next(button for button in page.button if button.label == "Redo").disabled


def test_a_misfit_is_undone_and_done_again_over_the_old_simulation() -> None:
    page = opened(layer=0)
    before = received_by(page, "rows")[0]["groups"]
    change(page, "network.0.out_features", 65)
    assert draft(page) == MISFIT
    for act, made in (("Undo", TEN), ("Redo", MISFIT), ("Undo", TEN)):
        press(page, act)
        assert draft(page) == made
        assert desk(page).composition.experiment == ten_spikes()
        assert (STILL_SHOWN in captions(page)) == (made == MISFIT)
        groups = received_by(page, "rows")[0]["groups"]
        assert [group["rows"] for group in groups] == [group["rows"] for group in before]
        remedies = [remedy for group in groups for remedy in group.get("notes", {}).get("remedies", [])]
        assert bool(remedies) == (made == TEN), "a remedy is for the layers that are seen"
        assert fields(page, "network.0")["network.0.out_features"].value == made.network[0].out_features


def test_a_misfit_keeps_the_old_simulation_and_says_so() -> None:
    page = opened(layer=0)
    simulation = desk(page).composition.simulations[1, False][0]
    change(page, "network.0.out_features", 65)
    assert desk(page).composition.simulations[1, False][0] is simulation
    assert STILL_SHOWN in captions(page)
    assert complaints(page) == []
    press(page, "New input")
    assert desk(page).composition.simulations[1, False][0] is simulation, "also after another edit"


# ----------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("network.2.out_features", 10**6, "The network has 64,001,024 weights; this server takes up to 4,000,000. Use smaller layers."),
        ("network.1.surrogate_grad_fn.grad_width", 0.0, "Width: '0' is out of range; write a number above 0."),
        ("input.shape.0", 0, "Samples: '0' is out of range; write a whole number of at least 1."),
        ("input.shape.0", -5, "Samples: '-5' is out of range; write a whole number of at least 1."),
        ("input.shape.0", 10**9, "this server keeps up to 256 MB"),
        ("input.shape.1", 10**9, "The input has 1,000,000,000 time steps; this page takes up to 20,000. Use fewer."),
        ("input.shape.2", "", "Channels are ''; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "abc", "Channels are 'abc'; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "1e9", "Channels are '1e9'; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "2×-8", "Channels are '2×-8'; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "0", "input: shape is (1, 100, 0); every axis of (batch, time, ...) must be at least 1."),
        ("seeds.weights", -1, "Seed: weights: '-1' is out of range; write a whole number of at least 0."),
        ("dt", 0.0, "Time step: '0' is out of range; write a number from 1e-06 to 1000000000."),
        ("dt", -1.0, "Time step: '-1' is out of range; write a number from 1e-06 to 1000000000."),
    ],
)
def test_what_is_refused_is_said_in_one_sentence_and_changes_nothing(path: str, value: Any, message: str) -> None:
    page = opened(
        layer=int(path.split(".")[1]) if path.startswith("network") else 1, panel="Layer" if path.startswith("network") else "Input"
    )
    before, simulation, steps = fields(page, "")[path].value, desk(page).composition.simulations[1, False][0], page.query_params.get("x")
    change(page, path, value)
    assert len(complaints(page)) == 1
    assert message in complaints(page)[0]
    assert draft(page) == TEN
    assert desk(page).composition.simulations[1, False][0] is simulation
    assert not desk(page).composition.history.can_undo
    assert fields(page, "")[path].value == before, "the value in force"
    assert page.query_params.get("x") == steps
    press(page, "New input")
    assert complaints(page) == [], "gone with the next input"


# ------------------------------------------------------------------------------------------------------ sessions


def test_the_edits_of_one_session_do_not_touch_another() -> None:
    one, other = opened(), opened()
    change(one, "network.1.tau_mem", 44.0)
    told(one, "rows", {"do": "toggle", "layer": 1, "what": "open"})
    upload(opened(panel="Input"), "mine.npy", as_npy(spikes(50, 16)))
    run(other)
    assert draft(other) == TEN
    assert fields(other, "")["network.1.tau_mem"].value == 10.0
    assert not group(other, 1)["open"]
    assert desk(other).files == {}
    press(other, "New weights")
    run(one)
    assert draft(one) == TEN.replace({"network.1.tau_mem": 44.0})


def test_no_parameter_is_without_words() -> None:
    for kind in LAYER_KINDS:
        assert own_fields(network_with(kind).network[0]) <= set(LAYER_PARAMETERS)
    for kind in ORDINARY:
        assert own_fields(stack.feed(TEN, kind).input) <= set(INPUT_PARAMETERS)
    for parameter in (*LAYER_PARAMETERS.values(), *INPUT_PARAMETERS.values()):
        assert parameter.label
        assert parameter.note.endswith(".")
