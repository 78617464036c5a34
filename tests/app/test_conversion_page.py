"""The Conversion page shows both networks with their faults, and does what it is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from torch import nn

from app.figures.conversion import conversion_figure
from app.server.link import from_parameter
from app.state.conversion import ConversionState
from app.state.desk import Desk
from app.words.conversion import ENERGY_SYNOP, NOT_COUNTED, PLANTED, fault_in_words, mended_in_words, remedy_in_words
from snncore.convert import artificial_network, compare, faults, train_artificial
from snncore.errors import ExperimentError
from tests.app.conversion_page import CONVOLUTIONAL, SMALL, VIEW, begun, own_network, page_of, settled, weights_file
from tests.app.pages import desk, fields, press, received_by, run, told

pytestmark = pytest.mark.usefixtures("as_in_the_app")

NO_NEWS: Any = {"status": "", "alert": "", "findings": [], "mended": "", "weights": "", "actions": []}


@pytest.fixture
def state() -> ConversionState:
    return begun()


# --------------------------------------------------------------------------------------------------------- what it shows


def test_the_page_shows_both_networks_at_every_number_of_steps() -> None:
    header, arrays = received_by(page_of(), VIEW)
    found = header["comparison"]
    assert (found["samples"], found["steps"], found["asked"]) == (360, 64, 16)
    assert len(arrays[found["accuracies"]]) == 64
    assert [layer["title"] for layer in found["layers"]] == ["IAF 2", "IAF 4", "Linear 5"]
    for layer in found["layers"]:
        sums = arrays[layer["sums"]].reshape(-1, 64)
        assert len(sums) == len(arrays[layer["activations"]])
        if layer["spikes"]:
            assert (np.diff(sums.astype(int), axis=1) >= 0).all()
    assert header["news"]["weights"] == "ANN trained here from seed 0, 12 epochs."
    assert header["news"]["alert"] == ""


def test_the_convolutional_preset_is_converted_too() -> None:
    experiment = CONVOLUTIONAL.replace({"training.epochs": 4})
    found = begun(experiment)
    assert found.shown is not None
    assert [layer.place for layer in found.shown.layers] == [1, 4, 6]


def test_a_training_that_is_watched_shows_its_epochs(state: ConversionState) -> None:
    assert len(state.work.progress) == 13 or state.artificial is not None
    figure = conversion_figure(None, state.artificial.epochs if state.artificial else (), state.experiment, None, NO_NEWS, True, "light")
    assert len(figure.arrays[figure.header["epochs"]]) == 13
    assert figure.header["comparison"] is None


# ---------------------------------------------------------------------------------------------------------------- faults


@pytest.mark.parametrize("kind", PLANTED)
def test_a_planted_fault_is_named_alone_and_its_button_says_by_how_much_agreement_rose(kind: Any) -> None:
    page = page_of()
    state = desk(page).conversion
    state.plant(kind)
    settled(state)
    header, _ = received_by(run(page), VIEW)
    (finding,) = header["news"]["findings"]
    assert finding["words"].lower().startswith(kind)
    before = state.shown.agreement if state.shown else 0
    page = told(page, VIEW, {"do": "mend", "kind": finding["kind"]})
    settled(state)
    header, _ = received_by(run(page), VIEW)
    assert kind not in " ".join(each["words"].lower() for each in header["news"]["findings"])
    assert state.shown is not None
    assert state.shown.agreement > before
    assert header["news"]["mended"].startswith(f"Agreement rose by {100 * (state.shown.agreement - before):.1f} points")


@pytest.mark.parametrize("kind", PLANTED)
def test_a_fault_is_planted_in_place_of_all_that_was_set_before(kind: Any) -> None:
    usual, other = Desk().conversion, Desk().conversion
    neurons = {"reset_fn": "MembraneReset", "spike_fn": "MultiSpike", "spike_threshold": 2.0, "initial_v_mem": 0.0}
    other.edit_neurons(neurons)
    other.edit({"training.task.encoding": {"kind": "rate"}, "conversion.percentile": 80.0, "input.shape": [1, 3, 64]})
    usual.plant(kind)
    other.plant(kind)
    assert other.present == usual.present


@pytest.fixture(scope="module")
def convolutional() -> nn.Sequential:
    model = artificial_network(CONVOLUTIONAL)
    list(train_artificial(CONVOLUTIONAL, model))
    return model


@pytest.mark.parametrize(
    ("kind", "fields"), [*((kind, None) for kind in PLANTED), ("slow", {"spike_threshold": 2.0}), ("start", {"initial_v_mem": 0.9})]
)
def test_a_fault_of_the_convolutional_preset_is_named_alone_with_what_mends_it(
    kind: Any, fields: dict[str, float] | None, convolutional: nn.Sequential
) -> None:
    state = Desk().conversion
    state.open(CONVOLUTIONAL.draft)
    if fields is None:
        state.plant(kind)
    else:
        state.edit({f"network.{place}.{name}": value for place in (1, 4) for name, value in fields.items()})
    found = compare(state.experiment, convolutional, steps=64)
    assert found is not None
    (fault,) = faults(found)
    assert fault_in_words(found, fault).lower().startswith(kind)
    assert remedy_in_words(fault)
    mended = compare(found.experiment.replace(fault.changes), convolutional, steps=64)
    assert mended is not None
    assert mended.agreement > found.agreement
    assert faults(mended) == ()


def test_a_remedy_that_came_too_late_changes_nothing(state: ConversionState) -> None:
    present = state.present
    with pytest.raises(ExperimentError, match="no longer needed"):
        state.mend("silent")
    assert state.present == present


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (0.5, 0.75, "Agreement rose by 25.0 points, from 50.0% to 75.0%."),
        (0.75, 0.73, "Agreement fell by 2.0 points, from 75.0% to 73.0%."),
        (0.7503, 0.75, "Agreement stayed at 75.0%."),
    ],
)
def test_what_a_remedy_did_is_said_as_it_is(before: float, after: float, said: str) -> None:
    assert mended_in_words(before, after) == said


def test_what_the_energies_leave_out_is_said() -> None:
    assert "memory" in NOT_COUNTED
    assert "at every step: its constant current and bias" in NOT_COUNTED
    assert NOT_COUNTED in ENERGY_SYNOP.note


# ------------------------------------------------------------------------------------------------------ what may be done


def test_a_dragged_number_of_steps_is_the_experiments_and_undone() -> None:
    page = told(page_of(), VIEW, {"do": "steps", "steps": 5})
    state = desk(page).conversion
    assert state.present.input.shape == (1, 5, 64)
    assert fields(page)["steps"].value == 5
    assert from_parameter(page.query_params["x"]) == state.present
    page = press(page, "Undo")
    assert desk(page).conversion.present.input.shape == (1, 16, 64)


def test_controls_set_all_layers_of_neurons() -> None:
    page = page_of()
    fields(page)["spike_threshold"].set_value(2.0)
    page = run(page)
    assert [layer.spike_threshold for layer in desk(page).conversion.experiment.network if layer.kind == "IAF"] == [2.0, 2.0]
    fields(page)["conversion.percentile"].set_value(0)
    page = run(page)
    header, _ = received_by(page, VIEW)
    assert "Percentile" in header["news"]["alert"]
    assert desk(page).conversion.conversion.percentile == 99.9


def test_a_picked_neuron_is_shown_with_the_input_it_received() -> None:
    page = told(page_of(), VIEW, {"do": "pick", "place": 3, "neuron": 7, "sample": 11})
    header, arrays = received_by(page, VIEW)
    neuron = header["neuron"]
    assert neuron["title"].startswith("IAF 4, neuron 7, test sample 11")
    z, u, v, s = (arrays[neuron[name]] for name in ("z", "u", "v", "s"))
    np.testing.assert_allclose(u, np.append(0.5, v[:-1]) + z, atol=1e-5)
    np.testing.assert_array_equal(s, (u >= 1).astype(float))
    page = press(page, "Open on the Neuron page")
    tuned = desk(page).neuron
    assert tuned.layer.initial_v_mem == 0.5
    np.testing.assert_array_equal(tuned.simulation().records[0].spikes.ravel(), s)


def test_energies_change_the_cost_and_nothing_is_computed_again() -> None:
    page = page_of()
    shown = desk(page).conversion.shown
    desk(page).conversion.edit({"conversion.energy_synop": 2.5})
    header, _ = received_by(run(page), VIEW)
    assert header["comparison"]["cost"]["energySynop"] == 2.5
    assert desk(page).conversion.shown is shown


def test_a_pinned_curve_stays(state: ConversionState) -> None:
    state.pin()
    pinned = state.pinned
    state.edit_neurons({"reset_fn": "MembraneReset"})
    settled(state)
    assert state.pinned is pinned is not state.shown
    assert pinned is not None
    assert state.shown is not None
    assert not np.array_equal(state.shown.accuracies, pinned.accuracies)


# ----------------------------------------------------------------------------------------------------------- its weights


def test_own_weights_act_and_the_page_says_so() -> None:
    page = page_of()
    state = desk(page).conversion
    model = own_network(64, 128, 64, 10)
    state.bring("own.pt", weights_file(model))
    settled(state)
    header, _ = received_by(run(page), VIEW)
    assert header["news"]["weights"] == "ANN from own.pt."
    assert state.artificial is not None
    np.testing.assert_array_equal(state.artificial.weights["2.weight"], model[2].weight.detach().numpy())
    page = told(page, VIEW, {"do": "weights"})
    assert desk(page).conversion.present.checkpoint is None


def test_a_link_to_own_weights_says_that_they_are_not_here_and_offers_others() -> None:
    named = {"name": "own.pt", "digest": "0" * 32}
    page = page_of(SMALL.replace({"checkpoint": named}))
    header, _ = received_by(page, VIEW)
    assert "links carry no weights" in header["news"]["alert"]
    assert header["news"]["actions"] == [{"label": "Train one here instead", "do": "weights"}]
    settled(desk(told(page, VIEW, {"do": "weights"})).conversion)
    header, _ = received_by(run(page), VIEW)
    assert header["news"]["alert"] == ""
    assert header["comparison"] is not None
