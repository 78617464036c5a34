"""What is read off a simulation agrees with counting by hand: intervals, weights that spikes meet, weights that lead to a neuron."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from snncore.experiment.layers import NEURON_SPECS, LIFSpec
from snncore.experiment.recognition import digits, digits_convolution
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, DropoutSpec, FlattenSpec, LinearSpec
from snncore.layers import StatefulLayer
from snncore.run.bptt import train
from snncore.run.labelled import FIRST_TESTED, Answerer
from snncore.run.measures import (
    all_operations,
    incoming_weights,
    operations_into,
    operations_of,
    operations_per_epoch,
    per_sample,
    spike_intervals,
    synaptic_operations,
)
from snncore.run.simulation import simulate

Layer = dict[str, Any]

LIF = {"kind": "LIF", "tau_mem": 8.0}
DROPOUT = {"kind": "Dropout"}
POOL = {"kind": "AvgPool2d", "kernel_size": 2}
CONVOLUTION = {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 2}


def linear(inputs: int, outputs: int) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


# ---------------------------------------------------------------------------------------------------------- intervals


@pytest.mark.parametrize(
    ("trains", "intervals"),
    [
        ([[1, 0, 1, 0, 1], [0, 1, 1, 0, 0]], [2, 2, 1]),
        ([[1, 0, 0, 0, 0], [0, 0, 0, 0, 1]], []),
        ([[1, 0, 0, 0, 1], [1, 0, 0, 1, 0]], [4, 3]),
        ([[3, 0, 2]], [2]),
        ([[0, 0, 0], [0, 0, 0]], []),
        ([[1, 1, 1]], [1, 1]),
        ([[1]], []),
    ],
    ids=["two neurons", "none across neurons", "each its own", "several spikes are one step", "silent", "every step", "one step"],
)
def test_intervals_are_the_steps_between_a_neurons_spikes(trains, intervals):
    assert spike_intervals(np.array(trains, dtype=np.float32).T).tolist() == intervals


@given(st.integers(1, 20), st.integers(0, 19), st.integers(1, 100), st.integers(1, 5))
def test_intervals_of_regular_trains_are_their_period(period, first, steps, neurons):
    spikes = np.zeros((steps, neurons), dtype=np.float32)
    spikes[first::period] = 1
    in_each = max(len(range(first, steps, period)) - 1, 0)
    assert spike_intervals(spikes).tolist() == [period] * in_each * neurons


# ------------------------------------------------------------------------------------------------ synaptic operations


def spikes_of(shape: tuple[int, ...], seed: int) -> np.ndarray[Any, Any]:
    return np.random.default_rng(seed).integers(0, 3, shape).astype(np.float32)


@given(st.sampled_from([(2, 4, 3), (1, 5, 2, 4, 3), (3, 1, 1)]), st.integers(1, 6), st.booleans(), st.integers(0, 99))
def test_operations_of_a_linear_layer_count_the_weights_that_each_spike_meets(shape, neurons, bias, seed):
    received = spikes_of(shape, seed)
    met = torch.nn.functional.linear(torch.tensor(received), torch.ones(neurons, shape[-1])).flatten(2).sum(2)
    layer = LinearSpec(in_features=shape[-1], out_features=neurons, bias=bias)
    assert np.array_equal(synaptic_operations(layer, received), met.numpy())


@given(
    kernel_size=st.integers(1, 4),
    stride=st.integers(1, 5),
    padding=st.integers(0, 4),
    sides=st.tuples(st.integers(4, 8), st.integers(4, 8)),
    channels=st.tuples(st.integers(1, 3), st.integers(1, 3)),
    seed=st.integers(0, 99),
)
def test_operations_of_a_convolution_count_the_weights_that_each_spike_meets(kernel_size, stride, padding, sides, channels, seed):
    inputs, outputs = channels
    received = spikes_of((2, 3, inputs, *sides), seed)
    ones = torch.ones(outputs, inputs, kernel_size, kernel_size)
    met = torch.nn.functional.conv2d(torch.tensor(received).flatten(0, 1), ones, stride=stride, padding=padding)
    layer = Conv2dSpec(in_channels=inputs, out_channels=outputs, kernel_size=kernel_size, stride=stride, padding=padding)
    assert np.array_equal(synaptic_operations(layer, received), met.sum(dim=(1, 2, 3)).unflatten(0, (2, 3)).numpy())


def test_operations_of_one_spike_by_hand():
    received = np.zeros((1, 2, 1, 4, 4), dtype=np.float32)
    received[0, 0, 0, 0, 0] = 1  # a corner is under one place of the kernel
    received[0, 1, 0, 1, 2] = 2  # two spikes off the centre, each under 2 × 2 places
    layer = Conv2dSpec(in_channels=1, out_channels=5, kernel_size=3)
    operations = synaptic_operations(layer, received)
    assert operations is not None
    assert operations.tolist() == [[1 * 5, 2 * 4 * 5]]


@pytest.mark.parametrize("value", [0.5, -1.0, 1e-7])
def test_there_are_no_operations_where_the_input_is_no_spikes(value):
    received = spikes_of((1, 4, 2, 3, 3), seed=0)
    received[0, 2, 1, 0, 0] = value
    assert synaptic_operations(LinearSpec(in_features=3, out_features=2), received) is None
    assert synaptic_operations(Conv2dSpec(in_channels=2, out_channels=2, kernel_size=2), received) is None


WEIGHTLESS = [AvgPool2dSpec(kernel_size=2), FlattenSpec(), DropoutSpec(), LIFSpec(tau_mem=5.0)]


@pytest.mark.parametrize("layer", WEIGHTLESS, ids=[layer.kind for layer in WEIGHTLESS])
def test_there_are_no_operations_in_layers_without_weights(layer):
    assert synaptic_operations(layer, spikes_of((1, 4, 2, 4, 4), seed=0)) is None


def test_operations_need_no_more_of_a_run_than_its_input_and_the_spikes_of_its_neurons():
    made = ten_spikes().replace({"network.1.spike_threshold": 0.2})
    (simulation,) = simulate(made)
    without_outputs = replace(simulation, outputs=simulation.outputs[:1])
    for layer in range(4):
        expected, found = operations_of(simulation, layer), operations_of(without_outputs, layer)
        assert (found is None) == (expected is None) == (layer in (1, 3))
        assert found is None or np.array_equal(found, expected)
    kinds = made.model_dump()["network"]
    (dropped,) = simulate(made.replace({"network": [*kinds[:2], DROPOUT, *kinds[2:]]}))
    assert operations_of(replace(dropped, outputs=()), 3) is None


def test_operations_of_epochs_are_those_of_their_forward_passes():
    made = ten_spikes().replace({"training.epochs": 35})
    records = list(train(made))
    found = operations_per_epoch(made, [records[0], *(record.reduced() for record in records[1:])], made.make_input().numpy())
    assert found is not None
    for record, operations in zip(records, found, strict=True):
        assert operations == all_operations(simulate(made, parameters=record.parameters)[0])
    assert len(set(found)) > 1


def test_operations_of_epochs_are_not_told_where_they_depend_on_places():
    shape = (1, 12, 2, 6, 6)
    convolution = {"kind": "Conv2d", "in_channels": 2, "out_channels": 2, "kernel_size": 3, "padding": 1}
    one = Experiment(
        network=[convolution, {"kind": "LIF", "tau_mem": 4.0}], input={"shape": shape, "probability": 0.4}, training={"epochs": 2}
    )
    two = one.replace({"network": [*one.model_dump()["network"], convolution, {"kind": "LIF", "tau_mem": 4.0}]})
    for made, is_told in ((one, True), (two, False)):
        records = list(train(made))
        found = operations_per_epoch(made, records, made.make_input().numpy())
        assert (found is not None) == is_told
        if found is not None:
            assert found[0] == all_operations(simulate(made)[0])


# --------------------------------------------------------------------------------------------------- incoming weights


def experiment(*layers: Layer, shape: tuple[int, ...] = (1, 1, 5)) -> Experiment:
    """One step, in which a weight acts on its own neuron alone, and every input is 1."""
    return Experiment(network=layers, input={"kind": "step_current", "shape": shape, "amplitude": 1.0})


def current_into(model: nn.Sequential, made: Experiment, layer: int, neuron: tuple[int, ...]) -> float:
    """What a neuron receives in the step: its layer's input, or where it has one, the recurrent current that the step makes."""
    received = []
    module = model.get_submodule(str(layer))
    assert isinstance(module, StatefulLayer)
    module.reset_states()
    module.record_states = True
    handle = module.register_forward_pre_hook(lambda _module, arguments: received.append(arguments[0]))
    model(made.make_input())
    handle.remove()
    z = received[0].unflatten(0, (1, 1)) if made.is_folded else received[0]
    return float(module.recordings.get("i_rec", z)[(0, 0, *neuron)])


def weights_that_matter(made: Experiment, layer: int, neuron: tuple[int, ...], parameter: str) -> torch.Tensor:
    """Which entries of a parameter change what the neuron receives when they are changed: a mask."""
    model = made.build().eval()
    weight = model.get_parameter(parameter)
    matters = torch.zeros(weight.shape, dtype=torch.bool)
    with torch.no_grad():
        before = current_into(model, made, layer, neuron)
        for entry in np.ndindex(*weight.shape):
            old = weight[entry].item()
            weight[entry] = old + 1
            matters[entry] = current_into(model, made, layer, neuron) != before
            weight[entry] = old
    return matters


IMAGE = (1, 1, 2, 5, 5)
FEEDFORWARD = {
    "Linear": (experiment(linear(5, 4), LIF), [(0,), (3,)]),
    "Linear behind a layer": (experiment(LIF | {"norm_input": False}, linear(5, 4), LIF), [(2,)]),
    "Linear through dropout": (experiment(linear(5, 4), DROPOUT, DROPOUT, LIF), [(1,)]),
    "Linear over the rows of a picture": (experiment(linear(5, 4), LIF, shape=IMAGE), [(1, 2, 3), (0, 4, 0)]),
    "Conv2d": (experiment(CONVOLUTION, LIF, shape=IMAGE), [(0, 0, 0), (2, 3, 1)]),
    "Conv2d through pooling": (experiment(CONVOLUTION, POOL, LIF, shape=IMAGE), [(1, 0, 1)]),
    "Conv2d through dropout and pooling": (experiment(CONVOLUTION, DROPOUT, POOL, DROPOUT, LIF, shape=IMAGE), [(2, 1, 0)]),
    "the last of two": (experiment(linear(5, 4), linear(4, 3), LIF), [(2,)]),
}


@pytest.mark.parametrize(("made", "neurons"), FEEDFORWARD.values(), ids=FEEDFORWARD)
def test_incoming_weights_are_those_that_change_what_the_neuron_receives(made, neurons):
    layer = len(made.network) - 1
    simulation = simulate(made)[0]
    for neuron in neurons:
        (found,) = incoming_weights(simulation, layer, neuron)
        matters = weights_that_matter(made, layer, neuron, f"{found.source}.weight")
        assert matters.sum() == found.values.size
        weight = torch.tensor(simulation.weights[f"{found.source}.weight"])
        assert np.array_equal(weight[matters].numpy(), found.values.ravel())


@pytest.mark.parametrize("kind", [kind for kind in NEURON_SPECS if kind.endswith("Recurrent")])
@pytest.mark.parametrize("shape", [(1, 1, 5), IMAGE])
def test_recurrent_weights_are_those_that_change_what_the_neuron_gets_back(kind, shape):
    usual = {"tau_mem": 1.0, "tau_adapt": 50.0, "spike_threshold": 0.01, "rec_connect": linear(5, 5)}
    recurrent = {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}}
    identity = {**linear(5, 5), "weights": {"kind": "diagonal"}}
    made = experiment(identity, recurrent, shape=shape)
    simulation = simulate(made)[0]
    for neuron in [(3,), (0,)] if len(shape) == 3 else [(1, 4, 2)]:
        feedforward, back = incoming_weights(simulation, 1, neuron)
        assert (feedforward.source, back.source) == (0, 1)
        assert np.array_equal(feedforward.values, np.eye(5)[neuron[-1]])
        matters = weights_that_matter(made, 1, neuron, "1.rec_connect.weight")
        assert matters.sum() == back.values.size
        assert np.array_equal(torch.tensor(simulation.weights["1.rec_connect.weight"])[matters].numpy(), back.values)


@pytest.mark.parametrize(
    ("made", "neuron"),
    [
        (experiment(LIF), (2,)),
        (experiment(DROPOUT, LIF), (2,)),
        (experiment(linear(5, 4), LIF, LIF), (2,)),
        (experiment(CONVOLUTION, LIF, {"kind": "Flatten"}, LIF, shape=IMAGE), (40,)),
        (experiment(linear(5, 4), POOL, LIF, shape=IMAGE), (1, 1, 1)),
    ],
    ids=["first layer", "after dropout alone", "after neurons", "after a Flatten", "a mean of several neurons of a Linear"],
)
def test_there_are_no_incoming_weights_where_no_single_row_of_weights_feeds_the_neuron(made, neuron):
    assert incoming_weights(simulate(made)[0], len(made.network) - 1, neuron) == ()


def test_operations_of_a_sample_are_those_of_what_is_between_and_untold_behind_pools():
    def labelled(*between):
        layers = [linear(64, 32), {**LIF, "norm_input": False}, *between, linear(32, 10), {"kind": "ExpLeak", "tau_mem": 8.0}]
        return digits().replace({"network": layers, "training.epochs": 1})

    def cost(experiment):
        (record,) = train(experiment)
        return per_sample(experiment, record)

    plain, dropped = cost(labelled()), cost(labelled(DROPOUT))
    assert plain.operations == plain.spikes * 10 > 0
    assert dropped == plain  # epoch 0 is a test, in which nothing is dropped
    conv = {"kind": "Conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": 3, "padding": 1}
    layers = [conv, {**LIF, "norm_input": False}, POOL, {"kind": "Flatten"}, linear(32, 10), {"kind": "ExpLeak", "tau_mem": 8.0}]
    pooled = cost(digits_convolution().replace({"network": layers, "training.epochs": 1}))
    assert pooled.spikes > 0
    assert pooled.operations is None


RECURRENT = {"kind": "LIFRecurrent", "tau_mem": 8.0, "norm_input": False, "rec_connect": linear(32, 32)}


def test_a_spike_that_returns_to_its_layer_is_an_operation_for_each_neuron_there():
    made = ten_spikes().replace({"network.1.norm_input": False})
    network = made.model_dump()["network"]
    recurrent = made.replace({"network": [network[0] | {"out_features": 32}, RECURRENT, linear(32, 4), network[3]], "training.epochs": 3})
    (simulation,) = simulate(recurrent)
    spikes = simulation.records[1].spikes
    assert spikes.any()
    assert operations_into(simulation, 1).tolist() == (32 * simulation.input.sum(axis=2) + 32 * spikes.sum(axis=2)).tolist()
    assert all_operations(simulation) == 32 * simulation.input.sum() + (32 + 4) * spikes.sum()
    records = list(train(recurrent))
    found = operations_per_epoch(recurrent, records, recurrent.make_input().numpy())
    assert found.tolist() == [all_operations(simulate(recurrent, parameters=record.parameters)[0]) for record in records]


def test_operations_of_a_sample_count_recurrent_connections():
    made = digits().replace({"network": [linear(64, 32), RECURRENT, linear(32, 10), {"kind": "ExpLeak", "tau_mem": 8.0}]})
    cost = per_sample(made, next(train(made)))
    assert cost.operations == pytest.approx(cost.spikes * (32 + 10))
    assert cost.spikes > 0


@pytest.mark.parametrize("padding", [0, 1])
@pytest.mark.parametrize("between", [(), (DROPOUT,)], ids=["", "through a dropout"])
def test_operations_of_a_sample_count_what_its_spikes_meet_in_a_convolution_by_their_places(padding, between):
    first = {"kind": "Conv2d", "in_channels": 1, "out_channels": 4, "kernel_size": 3, "padding": padding}
    second, side = {**first, "in_channels": 4, "out_channels": 3}, 8 if padding else 4
    firing = {**LIF, "norm_input": False}
    layers = [first, firing, *between, second, firing, {"kind": "Flatten"}, linear(3 * side**2, 10), {"kind": "ExpLeak", "tau_mem": 8.0}]
    made = digits_convolution().replace({"network": layers, "training.epochs": 2})
    untrained, trained = train(made)
    answerer = Answerer(made)
    values = answerer.halves.train.values[:FIRST_TESTED]
    _, outputs = answerer.activity(answerer.encoded(values), untrained.parameters)
    place = 3 + len(between)
    met = [synaptic_operations(made.network[place - 1], outputs[1]).sum(dtype=np.float64), outputs[place].sum(dtype=np.float64) * 10]
    assert per_sample(made, untrained).operations == pytest.approx(sum(met) / len(values), rel=1e-4)
    assert per_sample(made, trained).operations > 0
