"""A conversion is handed on with its weights, and what a page can't take is refused in a sentence, with nothing lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.torch
import torch
from torch import nn

from app.server.limits import check
from app.state.composition import Composition
from app.state.conversion import MOST_STEPS, ConversionState
from app.state.desk import CONVERSION_PAGE, Desk
from snncore.convert.artificial import with_weights
from snncore.errors import ExperimentError, SNNCoreError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.labelled import answer
from snncore.run.simulation import simulate
from tests.app.conversion_page import CONVOLUTIONAL, SMALL, begun, own_network, settled, weights_file

pytestmark = pytest.mark.usefixtures("as_in_the_app")


@pytest.fixture
def state() -> ConversionState:
    return begun()


# ------------------------------------------------------------------------------------------------------------- handed on


def test_the_converted_network_is_handed_over_with_its_weights(state: ConversionState) -> None:
    composition = Composition(state.files)
    composition.start_from(state.converted())
    assert composition.experiment is not None
    assert composition.experiment.conversion is None
    assert composition.experiment.checkpoint is not None
    state.pick(1, 0, 0)
    own = state.neuron()
    assert own is not None
    shape = composition.experiment.input.shape
    handed = simulate(composition.experiment.replace({"input.index": 0}), state.files)[0]
    np.testing.assert_array_equal(handed.records[1].spikes, own[0].records[1].spikes[:, : shape[1]])


def test_the_training_page_begins_where_the_conversion_ended(state: ConversionState) -> None:
    handed = Experiment(**dict(state.converted()))
    handed.check_trainable()
    assert state.shown is not None
    assert answer(handed, state.files).accuracy == state.shown.accuracies[15]


def test_a_desk_keeps_the_conversion_for_a_reload() -> None:
    held = Desk()
    held.turn_to(CONVERSION_PAGE)
    assert not held.holds_more_than_its_link
    held.attempt(lambda: held.conversion.ask_for_steps(9))
    assert held.query
    held.undo()
    assert held.query == {}
    assert held.holds_more_than_its_link


# --------------------------------------------------------------------------------------------------------------- refused


def with_batch_norms() -> nn.Module:
    """The preset's layers with batch norms between."""
    hidden = [part for one, other in ((64, 128), (128, 64)) for part in (nn.Linear(one, other), nn.BatchNorm1d(other), nn.ReLU())]
    return nn.Sequential(*hidden, nn.Linear(64, 10))


def not_finite() -> nn.Module:
    model = own_network(64, 128, 64, 10)
    with torch.no_grad():
        model[0].weight[0, 0] = torch.nan
    return model


@pytest.mark.parametrize("preset", [SMALL, CONVOLUTIONAL], ids=["dense", "convolutional"])
@pytest.mark.parametrize("bias", [True, False])
def test_an_own_network_of_linears_brings_its_layers_and_converts(preset: Experiment, bias: bool) -> None:
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(64, 50), nn.ReLU(), nn.Linear(50, 30, bias=bias), nn.ReLU(), nn.Dropout(), nn.Linear(30, 10)).eval()
    state = Desk().conversion
    state.start_from(preset.draft)
    state.edit_neurons({"spike_threshold": 1.25})
    edited = state.present.network
    state.bring("own.pt", weights_file(model))
    assert [layer.kind for layer in state.present.network] == ["Linear", "IAF", "Linear", "IAF", "Linear"]
    assert state.present.network[1].spike_threshold == 1.25, "neurons stay as they were set"
    assert state.present.input.shape == (1, 16, 64)
    settled(state)
    assert state.artificial is not None
    assert state.shown is not None
    values = state.experiment.training.task.data.make({}).test.values.flatten(1)
    with torch.no_grad():
        torch.testing.assert_close(with_weights(state.experiment, state.artificial.weights)(values), model(values))
    state.undo()
    assert state.present.network == edited


def test_an_own_network_with_the_layers_that_are_there_leaves_them(state: ConversionState) -> None:
    network = state.present.network
    state.bring("own.pt", weights_file(own_network(64, 128, 64, 10)))
    assert state.present.network == network


def test_constants_and_states_of_neurons_in_a_file_are_no_other_network(state: ConversionState) -> None:
    of_sinabs = {f"{place}.{name}": torch.tensor(1.0) for place in (1, 3, 5) for name in ("spike_threshold", "min_v_mem", "v_mem")}
    state.bring("sinabs.safetensors", safetensors.torch.save({**own_network(64, 128, 64, 10).state_dict(), **of_sinabs}))
    assert state.present.checkpoint is not None


def test_a_threshold_in_a_file_acts_as_the_table_says(state: ConversionState) -> None:
    weights = {**own_network(64, 128, 64, 10).state_dict(), "1.spike_threshold": torch.tensor(1.5)}
    state.bring("own.safetensors", safetensors.torch.save(weights))
    assert state.present.network[1].spike_threshold == 1.5


def test_other_pages_refuse_a_conversion_and_say_where_it_opens() -> None:
    with pytest.raises(ExperimentError, match="open it on the Conversion page"):
        check(SMALL.draft)
    composition = Composition()
    with pytest.raises(ExperimentError, match="open it on the Conversion page"):
        composition.start_from(SMALL.draft)
    assert composition.present == ten_spikes().draft


def test_a_file_of_a_conversion_is_refused_on_the_training_page_and_nothing_is_lost() -> None:
    held = Desk()
    with pytest.raises(ExperimentError, match="open it on the Conversion page"):
        held.training.bring_back("conversion.json", SMALL.to_json().encode())
    assert held.composition.present == ten_spikes().draft


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.pt", lambda: b"these are no weights", "neither a .pt file of torch nor a safetensors file"),
        (
            "few.pt",
            lambda: weights_file(own_network(64, 128, 64, 9)),
            "another network: .*as the weight of Linear 5, since .* from 64 values to 10 classes",
        ),
        (
            "wide.pt",
            lambda: weights_file(own_network(65, 128, 10)),
            "another network: '0.weight' isn't taken as the weight of Linear 1, since its shape .* from 64 values to 10 classes",
        ),
        ("one.pt", lambda: weights_file(own_network(64, 10)), "two or more Linear layers"),
        (
            "images.pt",
            lambda: weights_file(nn.Sequential(nn.Conv2d(1, 12, 3), nn.ReLU())),
            "Nothing in 'images.pt' matches .* choose the preset",
        ),
        (
            "norms.pt",
            lambda: weights_file(with_batch_norms()),
            r"another network: '1\.weight' is left over, since it belongs to a batch norm; fold it with snncore\.convert\.normalize",
        ),
        (
            "longer.pt",
            lambda: weights_file(own_network(64, 128, 64, 10, 5)),
            r"another network: '6\.weight' is left over, since the network has no such name\. Load .* to 10 classes",
        ),
        ("large.pt", lambda: weights_file(own_network(64, 60_000, 10)), "this server takes up to"),
        ("deep.pt", lambda: weights_file(own_network(*[64] * 300, 10)), r"use at most 500\.$"),
        ("nan.pt", lambda: weights_file(not_finite()), "finite"),
        ("lif.json", lambda: ten_spikes().to_json().encode(), "labelled samples"),
        ("none.json", lambda: b"{", "not valid JSON"),
    ],
)
def test_bad_files_are_refused_in_a_sentence_and_nothing_is_lost(
    name: str, content: Callable[[], bytes], message: str, state: ConversionState
) -> None:
    present, shown = state.present, state.shown
    with pytest.raises(SNNCoreError, match=message) as refused:
        state.bring(name, content())
    assert str(refused.value).endswith(".")
    assert (state.present, state.shown) == (present, shown)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"input.shape": [1, MOST_STEPS + 1, 64]}, "takes up to 256"),
        ({"training.epochs": 1_000_000}, "Use fewer epochs"),
        ({"input.shape": [2, 16, 64]}, "batch of 1"),
    ],
)
def test_what_is_too_much_for_the_server_is_refused_before_it_begins(changes: dict[str, Any], message: str, state: ConversionState) -> None:
    present = state.present
    with pytest.raises(ExperimentError, match=message):
        state.edit(changes)
    assert state.present == present


def test_what_the_page_looks_after_leaves_the_last_complaint() -> None:
    held = Desk()
    held.attempt(lambda: held.conversion.ask_for_steps(MOST_STEPS + 1))
    complaint = held.complaint
    held.guard.look_after(held.conversion.prepare)
    assert complaint
    assert held.complaint == complaint
    held.leave()
