"""An Experiment names the weights that it loads, and keeps them through every edit that does not touch them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.layers import LIFSpec
from snncore.experiment.loaded_weights import weight_shapes
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.io.checkpoint import Checkpoint, read, save
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from tests.snncore.trained_networks import NAME, linear

# ---------------------------------------------------------------------------------------- weights that are named


@pytest.fixture
def loaded(tensors: dict[str, Array]) -> Checkpoint:
    """The ten-spike network with other weights than its own."""
    return read(NAME, save(ten_spikes(), {**tensors, "0.weight": tensors["0.weight"] * 2}))


def test_an_experiment_names_its_weights_through_json(loaded: Checkpoint) -> None:
    for compact in (False, True):
        assert Experiment.from_json(loaded.experiment.to_json(compact=compact)) == loaded.experiment


def test_other_weights_have_another_name(loaded: Checkpoint, content: bytes, tensors: dict[str, Array]) -> None:
    assert loaded.experiment.checkpoint != read(NAME, content).experiment.checkpoint
    slower = {**tensors, "1.tau_mem": np.array(30, np.float32)}
    assert read(NAME, save(ten_spikes(), slower)).experiment.checkpoint == read(NAME, content).experiment.checkpoint


def test_a_time_constant_may_be_changed_under_the_same_weights(loaded: Checkpoint) -> None:
    slower = loaded.experiment.replace({"network.1.tau_mem": 30.0}).build(loaded.files)
    assert slower.get_parameter("1.tau_mem") == 30
    np.testing.assert_array_equal(slower.get_parameter("0.weight").detach().numpy(), loaded.weights["0.weight"])


def test_weights_that_are_not_here_are_missed(loaded: Checkpoint) -> None:
    for run in (lambda: loaded.experiment.build(), lambda: simulate(loaded.experiment), lambda: next(train(loaded.experiment))):
        with pytest.raises(
            ExperimentError, match=r"^The weights in 'weights\.safetensors' are not here: .* Load them again where they came from"
        ):
            run()


def test_weights_of_another_network_are_refused(loaded: Checkpoint) -> None:
    named = loaded.experiment.checkpoint
    assert named is not None
    resized = ten_spikes().replace({"network.2.out_features": 7, "checkpoint": named.model_dump()})
    message = (
        "The weights in 'weights.safetensors' don't fit: the weight of Linear 3 has the shape (4, 64), but the network takes "
        "(7, 64). Draw new weights, or load a file that fits."
    )
    with pytest.raises(ExperimentError) as caught:
        resized.build(loaded.files)
    assert str(caught.value) == message
    with pytest.raises(ExperimentError, match=r"the bias of Linear 1|the network has no '0\.bias'"):
        ten_spikes().replace({"network.0.bias": False, "checkpoint": named.model_dump()}).build(loaded.files)


def test_a_weight_that_the_file_does_not_have_is_missed(loaded: Checkpoint) -> None:
    named = loaded.experiment.checkpoint
    assert named is not None
    for takes, problem in (
        ([["0.weight", "7.weight"]], "the file has no 7.weight"),
        ([["4.weight", "0.weight"]], "the network has no '4.weight'"),
        ([["2.weight", "0.weight"]], r"the weight of Linear 3 has the shape \(64, 16\)"),
    ):
        with pytest.raises(ExperimentError, match=f"don't fit: {problem}"):
            ten_spikes().replace({"checkpoint": {**named.model_dump(), "takes": takes}}).build(loaded.files)


def test_a_draft_keeps_the_name_of_its_weights(loaded: Checkpoint) -> None:
    assert Draft(**dict(loaded.experiment)).checkpoint == loaded.experiment.checkpoint
    assert loaded.experiment.draft.replace({"training.lr": 0.1}).checkpoint == loaded.experiment.checkpoint


# ---------------------------------------------------------------------------------- weights in an edited network


def _without_bias(draft: Draft) -> Draft:
    return draft.replace({"network.2.bias": False})


Edited = tuple[Callable[[Draft], Draft], list[int | None], tuple[str, ...]]
EDITS: dict[str, Edited] = {
    "append": (lambda draft: stack.insert(draft, 4, "Dropout"), [0, 1, 2, 3, None], ()),
    "append weights": (lambda draft: stack.insert(draft, 4, "Linear"), [0, 1, 2, 3, None], ("4.",)),
    "append recurrence": (lambda draft: stack.insert(draft, 4, "LIFRecurrent"), [0, 1, 2, 3, None], ("4.",)),
    "with bias again": (lambda draft: _without_bias(draft).replace({"network.2.bias": True}), [0, 1, 2, 3], ("2.bias",)),
    "insert": (lambda draft: stack.insert(draft, 1, "Dropout"), [0, None, 1, 2, 3], ()),
    "insert weights": (lambda draft: stack.insert(draft, 0, "Linear"), [None, 0, 1, 2, 3], ("0.",)),
    "remove": (lambda draft: stack.remove(draft, 0), [1, 2, 3], ()),
    "duplicate": (lambda draft: stack.duplicate(draft, 2), [0, 1, 2, 2, 3], ()),
    "move": (lambda draft: stack.move(draft, 2, 0), [2, 0, 1, 3], ()),
    "one after another": (lambda draft: stack.insert(stack.remove(draft, 1), 0, "IAF"), [None, 0, 2, 3], ()),
    "another neuron": (lambda draft: stack.put(draft, 1, LIFSpec(tau_mem=3.0)), [0, 1, 2, 3], ()),
    "time constant": (lambda draft: draft.replace({"network.1.tau_mem": 3.0}), [0, 1, 2, 3], ()),
    "without bias": (lambda draft: draft.replace({"network.2.bias": False}), [0, 1, 2, 3], ()),
    "gain": (lambda draft: draft.replace({"network.0.weights.gain": 2.0}), [0, 1, 2, 3], ("0.",)),
    "first weights": (lambda draft: draft.replace({"network.2.weights": {"kind": "diagonal"}}), [0, 1, 2, 3], ("2.",)),
    "recurrent gain": (lambda draft: draft.replace({"network.1.rec_connect.weights.gain": 0.5}), [0, 1, 2, 3], ("1.rec_connect.",)),
    "width": (lambda draft: draft.replace({"network.2.out_features": 5}), [0, 1, 2, 3], ("2.",)),
    "mended": (lambda draft: stack.mend(draft.replace({"input.shape": (1, 3, 7)}), 0), [0, 1, 2, 3], ("0.",)),
}
"""Each with the place that every layer had before, and the names of the weights that can't stay."""


@pytest.fixture(scope="module")
def marked() -> Checkpoint:
    """A network whose layers are equally wide, and in which each parameter has a value of its own."""
    neurons = {"kind": "LIFRecurrent", "tau_mem": 8.0, "rec_connect": linear(6, 6)}, {"kind": "LIF", "tau_mem": 5.0}
    experiment = Experiment(network=[linear(6, 6), neurons[0], linear(6, 6), neurons[1]], input={"shape": (1, 3, 6), "probability": 0.5})
    shapes = {name: parameter.shape for name, parameter in experiment.build().named_parameters()}
    return read(
        NAME, save(experiment, {name: np.full(shape, 10 + value, np.float32) for value, (name, shape) in enumerate(shapes.items())})
    )


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_keeps_every_weight_that_it_does_not_touch(marked: Checkpoint, edit: str) -> None:
    act, origins, touched = EDITS[edit]
    edited = act(marked.experiment.draft)
    assert edited.checkpoint is not None
    kept = edited.checkpoint.sources(edited.network)
    for name in weight_shapes(edited.network):
        place, _, rest = name.partition(".")
        source = f"{origins[int(place)]}.{rest}"
        assert kept.get(name) == (None if (name.startswith(touched) and touched) or source not in marked.weights else source), name
    if edited.first_misfit is None:
        drawn = dict(Experiment(**dict(edited.replace({"checkpoint": None}))).build().named_parameters())
        for name, parameter in Experiment(**dict(edited)).build(marked.files).named_parameters():
            expected = torch.tensor(marked.weights[kept[name]]) if name in kept else drawn[name]
            torch.testing.assert_close(parameter, expected, rtol=0, atol=0, msg=name, check_stride=False)


def test_what_an_edit_keeps_goes_through_json(marked: Checkpoint) -> None:
    edited = stack.insert(marked.experiment.draft, 1, "Dropout")
    for compact in (False, True):
        assert Draft.from_json(edited.to_json(compact=compact)) == edited


def test_a_network_that_has_lost_its_last_weight_of_a_file_names_none(marked: Checkpoint) -> None:
    draft = marked.experiment.draft
    for _ in range(3):
        draft = stack.remove(draft, 0)
    assert draft.checkpoint is None


def test_weights_that_an_edit_lets_go_of_are_gone_at_every_epoch(loaded: Checkpoint) -> None:
    changed = loaded.experiment.changed(3, {"training.lr": 0.1})
    assert changed.replace({"seeds.weights": 5}).in_force(4).checkpoint is None
    assert changed.replace({"seeds.weights": 5}).settled.checkpoint is None


def test_another_weight_seed_draws_all_weights(marked: Checkpoint) -> None:
    for draft in (marked.experiment.draft, stack.insert(marked.experiment.draft, 1, "Dropout")):
        assert draft.replace({"seeds.weights": 0}) == draft
        assert draft.replace({"seeds.weights": 1}).checkpoint is None


@pytest.mark.parametrize("changes", [{"seeds.input": 9}, {"seeds.noise": 9}, {"network.1.tau_mem": 4.0}, {"training.lr": 0.5}])
def test_other_edits_keep_the_weights(loaded: Checkpoint, changes: dict[str, Any]) -> None:
    assert loaded.experiment.replace(changes).checkpoint == loaded.experiment.checkpoint
    assert stack.feed(loaded.experiment.draft, "latency").checkpoint == loaded.experiment.checkpoint
