"""The task of naming classes: what is read, lost, scored, and which inputs and outputs don't fit."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import torch

from snncore.errors import ExperimentError
from snncore.experiment.edits import encode
from snncore.experiment.encodings import ENCODING_KINDS
from snncore.experiment.randomness import randomness
from snncore.experiment.readouts import first_spike, largest_potential, mean_potential, spike_count
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks.classification import Classification

LINEAR = {"kind": "Linear", "in_features": 64, "out_features": 10}
LIF = {"kind": "LIF", "tau_mem": 10.0}


def classifying(*network: dict[str, Any], shape: tuple[int, ...] = (1, 20, 64), given: Any = None, **task: Any) -> Experiment:
    """An Experiment with labelled data; without a network, with one layer of as many neurons as it has inputs."""
    fed = given or {"kind": "sample", "shape": shape}
    return Experiment(network=network or (LIF,), input=fed, training={"task": {"kind": "classification", **task}})


# ------------------------------------------------------------------------------------------------------------ reading

OUTPUT = torch.tensor([[[0.0, 1.0, 0.0], [2.0, 0.0, 0.0], [1.0, 1.0, 0.0]]])


@pytest.mark.parametrize(
    ("read", "values"),
    [(spike_count, [3, 2, 0]), (first_spike, [2, 3, 0]), (mean_potential, [1, 2 / 3, 0]), (largest_potential, [2, 1, 0])],
)
def test_a_readout_is_what_it_says(read: Any, values: list[float]) -> None:
    torch.testing.assert_close(read(OUTPUT), torch.tensor([values], dtype=torch.float32))


def test_the_first_spike_alone_has_a_gradient_and_every_step_of_a_silent_output() -> None:
    output = torch.tensor([[[0.0, 0.0], [1.0, 0.0], [1.0, 0.0]]], requires_grad=True)
    first_spike(output).sum().backward()
    assert (output.grad[0, :, 0] > 0).tolist() == [False, True, False]  # type: ignore[index]  # it has a gradient now
    assert (output.grad[0, :, 1] > 0).all()  # type: ignore[index]


def test_what_comes_before_the_cue_is_not_read() -> None:
    task = Classification(data={"kind": "remember", "delay": 5, "shown": 2, "asked": 3}, encoding={"kind": "given"})
    output = torch.ones(1, 10, 2)
    assert task.read(output).tolist() == [[3.0, 3.0]]


def test_outputs_beyond_the_classes_are_not_read() -> None:
    assert Classification().read(torch.ones(2, 5, 3, 4)).shape == (2, 10)


def test_cross_entropy_is_torchs_and_counts_are_squared_distances() -> None:
    readouts, labels = torch.tensor([[1.0, 2.0, 0.0]]), torch.tensor([1])
    by_hand = -math.log(math.exp(2) / (math.exp(1) + math.exp(2) + 1))
    assert Classification().loss_of(readouts, labels).item() == pytest.approx(by_hand)
    counts = Classification(criterion="counts", right=5, others=1)
    assert counts.loss_of(readouts, labels).item() == pytest.approx((0 + 9 + 1) / 3)


def test_the_penalty_is_on_the_mean_rates_of_the_spiking_layers() -> None:
    readouts, labels, rates = torch.zeros(1, 10), torch.tensor([0]), [torch.tensor(0.25), torch.tensor(0.5)]
    plain, fined = Classification(), Classification(penalty=2.0)
    assert fined.loss_of(readouts, labels, rates).item() == pytest.approx(plain.loss_of(readouts, labels, rates).item() + 1.5)


def test_silence_costs_what_guessing_costs() -> None:
    assert Classification().silent_loss((1, 20, 10)) == pytest.approx(math.log(10))


# ------------------------------------------------------------------------------------------------------------ encoding


@pytest.mark.parametrize("kind", [kind for kind in ENCODING_KINDS if kind != "given"])
def test_an_encoding_makes_what_its_shape_says_and_is_random_where_a_seed_changes_it(kind: str) -> None:
    made = classifying(encoding={"kind": kind}, shape=(3, 20, 128 if kind == "on_off" else 64))
    one, same, other = (made.replace({"seeds.input": seed}).make_input() for seed in (0, 0, 1))
    assert one.shape == made.input.shape
    assert one.any()
    assert torch.equal(one, same)
    assert torch.equal(one, other) != randomness(made).input


RECURRENT = {"kind": "LIFRecurrent", "tau_mem": 10.0, "rec_connect": {"in_features": 64, "out_features": 64}}
POOL, FLATTEN = {"kind": "AvgPool2d", "kernel_size": 2}, {"kind": "Flatten"}


@pytest.mark.parametrize(
    ("network", "shape"),
    [
        ([LINEAR, LIF], (64,)),
        ([LINEAR | {"weights": {"kind": "constant", "value": 0.1}}, LIF], (64,)),
        ([{"kind": "Dropout"}, LINEAR, LIF], (64,)),
        ([RECURRENT, LINEAR, LIF], (64,)),
        ([{"kind": "Conv2d", "in_channels": 1, "out_channels": 3, "kernel_size": 3}, LIF], (1, 8, 8)),
        ([POOL, FLATTEN, LINEAR | {"in_features": 16}, LIF], (1, 8, 8)),
        ([FLATTEN, LINEAR, LIF], (8, 8)),
    ],
)
def test_another_encoding_leads_to_a_network_that_fits_and_back_again(network: list[Any], shape: tuple[int, ...]) -> None:
    made = classifying(*network, shape=(1, 20, *shape), encoding={"kind": "current"})
    there = Experiment(**dict(encode(made.draft, "on_off")))
    assert len(there.input.shape) == 2 + (1 if len(shape) == 1 else 3), "in a row, or in planes, as before"
    assert there.make_input().shape == there.input.shape
    assert there.output_shape == made.output_shape
    back = Experiment(**dict(encode(there.draft, "current")))
    assert back.network == made.network


def test_an_encoding_that_cannot_take_the_samples_says_so_and_one_without_labelled_data_too() -> None:
    points = classifying(data={"kind": "yin_yang"}, encoding={"kind": "latency"}, shape=(1, 20, 5))
    with pytest.raises(ExperimentError, match="takes images"):
        encode(points.draft, "on_off")
    with pytest.raises(ExperimentError, match="has no labelled data to encode"):
        encode(ten_spikes().draft, "on_off")


def test_a_constant_current_is_the_value_at_every_step() -> None:
    made = classifying(encoding={"kind": "current", "amplitude": 2.0})
    digit = made.training.task.data.make().test.values[0].flatten()  # type: ignore[attr-defined]  # a classification's
    assert torch.equal(made.make_input()[0], (2 * digit).expand(20, 64))


def test_the_input_shows_the_samples_of_a_half_one_after_the_other() -> None:
    made = classifying(encoding={"kind": "current"}, shape=(2, 20, 64)).replace({"input.index": 359})
    tested = made.training.task.data.make().test.values.flatten(1)  # type: ignore[attr-defined]  # a classification's
    assert torch.equal(made.make_input()[:, 0], tested[[359, 0]])
    assert made.input.words == "test samples from no. 359 on"


def test_an_experiment_with_labelled_data_returns_from_json_as_it_was() -> None:
    made = classifying(data={"kind": "yin_yang", "seed": 3}, encoding={"kind": "latency"}, shape=(1, 30, 5), readout="first_spike")
    for compact in (False, True):
        assert Experiment.from_json(made.to_json(compact=compact)) == made
    assert json.loads(made.to_json(compact=True))["training"]["task"]["data"] == {"kind": "yin_yang", "seed": 3}


# --------------------------------------------------------------------------------------------------- what doesn't fit

MISFITS: dict[str, tuple[Any, str]] = {
    "values": (
        lambda: classifying(shape=(1, 20, 63)),
        "With the encoding “Rate code”, samples of “Handwritten digits” have the shape (8, 8) at each step, but the input",
    ),
    "steps": (
        lambda: classifying(shape=(1, 20, 12), data={"kind": "remember"}, encoding={"kind": "given"}),
        "Samples of “Remember” have 240 time steps, but the input has 20; give it 240.",
    ),
    "another task": (
        lambda: Experiment(network=[LIF], input={"kind": "sample", "shape": (1, 20, 64)}),
        "The input is a sample of labelled data, but the task spike_count has none; choose another input.",
    ),
    "data with time": (
        lambda: classifying(data={"kind": "remember"}),
        "the encoding “Rate code” gives samples time, but those of “Remember” have it already; use “As given”.",
    ),
    "data without time": (
        lambda: classifying(encoding={"kind": "given"}),
        "needs samples with time, but those of “Handwritten digits” have none; use “Rate code” or “Latency code”.",
    ),
    "no image": (lambda: classifying(data={"kind": "yin_yang"}, encoding={"kind": "on_off"}), "The on_off encoding takes images"),
    "unknown data": (lambda: classifying(data={"kind": "mnist"}), "'mnist' is not a known data set; use one of digits, file, remember"),
    "unknown encoding": (lambda: classifying(encoding={"kind": "morse"}), "'morse' is not a known encoding; use one of rate, latency"),
    "a field of the data": (lambda: classifying(data={"kind": "remember", "delay": -1}), "training.task.data.delay is -1"),
    "a field of the encoding": (lambda: classifying(encoding={"kind": "rate", "rate": -1}), "training.task.encoding.rate is -1"),
}


@pytest.mark.parametrize(("make", "sentence"), MISFITS.values(), ids=MISFITS)
def test_what_does_not_fit_is_refused_in_one_sentence(make: Any, sentence: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        make()
    assert sentence in str(refused.value)


UNTRAINABLE: dict[str, tuple[Any, str]] = {
    "too few outputs": (
        lambda: classifying({**LINEAR, "out_features": 9}, LIF),
        "“Handwritten digits” has 10 classes, but the network has 9 outputs; give it 10.",
    ),
    "another input": (
        lambda: classifying({**LINEAR, "in_features": 5}, LIF, given={"kind": "random_spikes", "shape": (1, 20, 5), "probability": 0.5}),
        "samples of “Handwritten digits” have the shape (8, 8) at each step, but the input has (5,); give it 64 values",
    ),
    "no spikes": (lambda: classifying(LINEAR), "Linear 1 doesn't spike, so it has no spike count; end the network with"),
}


@pytest.mark.parametrize(("make", "sentence"), UNTRAINABLE.values(), ids=UNTRAINABLE)
def test_what_cannot_be_trained_is_said_in_one_sentence(make: Any, sentence: str) -> None:
    with pytest.raises(ExperimentError) as refused:
        make().check_trainable()
    assert sentence in str(refused.value)


def test_a_potential_is_read_of_any_last_layer() -> None:
    for last in (LIF, {"kind": "ExpLeak", "tau_mem": 10.0}):
        classifying(LINEAR, last, readout="mean_potential").check_trainable()


@pytest.mark.parametrize(("outputs", "kind"), [(12, "digits"), (10, "digits"), (3, "yin_yang"), (2, "remember")])
def test_a_fitting_task_has_data_that_the_outputs_can_tell_apart(outputs: int, kind: str) -> None:
    task = Classification.fitting((1, 20, outputs))
    assert task.data.kind == kind
    assert task.misfit((1, 20, outputs)) is None
