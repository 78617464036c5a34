"""A neuron taken out of a network does alone, on the input that it received there, exactly what it did there."""

import dataclasses
import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from snncore.arrays import Array
from snncore.errors import ExperimentError, ParameterError
from snncore.experiment.layers import NEURON_SPECS, NeuronSpec
from snncore.experiment.spec import Experiment
from snncore.io.recordings import content_hash
from snncore.run.bptt import train
from snncore.run.simulation import Simulation, simulate
from snncore.run.single_neuron import lone_neuron
from tests.length import examples
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT

Layer = dict[str, Any]

LIF = {"kind": "LIF", "tau_mem": 8.0, "spike_threshold": 0.2}
CONVOLUTION = {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": 1}


def linear(inputs: int, outputs: int) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


def neurons(kind: str, count: int = 4) -> Layer:
    """A layer of a kind that spikes on weak input."""
    usual = {"tau_mem": 8.0, "tau_syn": 3.0, "tau_adapt": 20.0, "spike_threshold": 0.2, "rec_connect": linear(count, count)}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}}


def experiment(*layers: Layer, shape: tuple[int, ...] = (2, 40, 4), **more: Any) -> Experiment:
    return Experiment(network=layers, **{"input": {"shape": shape, "probability": 0.5}, **more})


def alone(lone: NeuronSpec, received: Array) -> Simulation:
    data = received[None, :, None]
    digest = content_hash(data)
    source = {"kind": "file", "name": "received", "digest": digest, "shape": data.shape}
    return simulate(Experiment(network=[lone], input=source), {digest: data})[0]


def assert_does_the_same(simulation: Simulation, layer: int, neuron: int, sample: int, parameters: Any = None) -> None:
    lone, received = lone_neuron(simulation, layer, neuron, sample, parameters)
    assert (received.dtype, received.shape) == (np.float32, simulation.input.shape[1:2])
    record, found = simulation.records[layer], alone(lone, received).records[0]
    for quantity in ("u", "v", "spikes"):
        expected = getattr(record, quantity).reshape(*simulation.input.shape[:2], -1)[sample, :, neuron]
        assert np.array_equal(getattr(found, quantity)[0, :, 0], expected), quantity


# ---------------------------------------------------------------------------------------------------------- as it was made


@pytest.mark.parametrize("kind", NEURON_SPECS)
def test_every_neuron_of_a_row_does_the_same_alone(kind):
    (simulation,) = simulate(experiment(linear(4, 4), neurons(kind), linear(4, 3), LIF))
    assert simulation.outputs[1].any()
    for layer, count in ((1, 4), (3, 3)):
        for neuron in range(count):
            assert_does_the_same(simulation, layer, neuron, neuron % 2)


@pytest.mark.parametrize("kind", NEURON_SPECS)
def test_a_neuron_between_convolutions_does_the_same_alone(kind):
    made = experiment(CONVOLUTION, neurons(kind), {"kind": "Flatten"}, linear(72, 5), LIF, shape=(3, 20, 2, 6, 4))
    (simulation,) = simulate(made)
    assert simulation.outputs[1].any()
    for neuron in (0, 31, 71):
        assert_does_the_same(simulation, 1, neuron, 2)
    assert_does_the_same(simulation, 4, 3, 1)


@examples(60)
@given(neuron_layers((*MODELS, *RECURRENT), 5), st.integers(0, 4), st.integers(0, 2), st.integers(0, 2**32))
def test_a_neuron_with_any_parameters_does_the_same_alone(layer, neuron, sample, seed):
    (simulation,) = simulate(experiment(linear(4, 5), layer, shape=(3, 30, 4), seeds={"weights": seed}))
    assert_does_the_same(simulation, 1, neuron, sample)
    lone, _ = lone_neuron(simulation, 1, neuron, sample)
    assert lone.kind == layer["kind"].removesuffix("Recurrent")
    for name in ("tau_mem", "tau_syn", "tau_adapt", "adapt_scale", "spike_threshold", "min_v_mem"):
        value = layer.get(name)
        if value is not None:
            own = value[neuron] if isinstance(value, list) else value
            assert np.float32(getattr(lone, name)) == np.float32(own), name


def test_a_parameter_is_told_in_as_few_digits_as_it_has():
    made = experiment({**LIF, "tau_mem": [5.3, 7.1, 9.7, 20.0], "spike_threshold": 0.1, "train_alphas": True})
    lone, _ = lone_neuron(simulate(made)[0], 0, 2)
    assert (lone.tau_mem, lone.spike_threshold) == (9.7, 0.1)


def test_one_parameter_for_each_channel_is_that_of_the_neuron_in_it():
    made = experiment({**LIF, "tau_mem": [[[5.0]], [[9.0]]]}, shape=(1, 20, 2, 3, 4))
    (simulation,) = simulate(made)
    assert [lone_neuron(simulation, 0, neuron)[0].tau_mem for neuron in (0, 11, 12, 23)] == [5.0, 5.0, 9.0, 9.0]


# ---------------------------------------------------------------------------------------------------------------- its input


def test_a_neuron_receives_what_reached_its_layer():
    (simulation,) = simulate(experiment(linear(4, 3), LIF))
    _, received = lone_neuron(simulation, 1, 2, 1)
    assert np.array_equal(received, simulation.outputs[0][1, :, 2])
    received[:] = 7
    assert not (simulation.outputs[0] == 7).any(), "it is a copy"


def test_a_recurrent_neuron_receives_the_spikes_of_the_step_before_too():
    connection = {**linear(2, 2), "weights": {"kind": "constant", "value": 0.5}, "bias": False}
    made = experiment({"kind": "IAFRecurrent", "rec_connect": connection}, shape=(1, 30, 2))
    (simulation,) = simulate(made)
    _, received = lone_neuron(simulation, 0, 1)
    spikes = simulation.records[0].spikes[0].sum(axis=1)
    assert spikes.any()
    assert received[0] == simulation.input[0, 0, 1]
    assert np.array_equal(received[1:], simulation.input[0, 1:, 1] + 0.5 * spikes[:-1])


# ------------------------------------------------------------------------------------------------------------------ trained


@pytest.mark.slow
@pytest.mark.parametrize("kind", [kind for kind in NEURON_SPECS if kind != "ExpLeak"])
@pytest.mark.parametrize("alphas", [False, True])
def test_a_trained_neuron_does_the_same_alone(kind, alphas):
    layer = neurons(kind)
    if alphas and "train_alphas" in NEURON_SPECS[kind].model_fields:
        layer["train_alphas"] = True
    layer["learns"] = list(NEURON_SPECS[kind](**layer).learnable)
    made = experiment(linear(4, 4), layer, training={"task": {"target": 2000}, "lr": 0.02, "optimiser": "Adam"})
    record = next(record for record in train(made) if record.epoch == 8)
    (simulation,) = simulate(made, parameters=record.parameters)
    for neuron in range(4):
        assert_does_the_same(simulation, 1, neuron, 1, record.parameters)
    lone, _ = lone_neuron(simulation, 1, 0, parameters=record.parameters)
    assert lone.spike_threshold != layer["spike_threshold"]
    assert lone.tau_syn != layer.get("tau_syn")


def built_alpha(lone: NeuronSpec) -> float:
    return float(lone.build(torch.Generator(), torch.Generator()).alpha_mem_calculated.detach())


@given(st.floats(0.2, 1e6))
def test_a_trained_alpha_is_met_from_two_steps_on_and_nearly_below(tau):
    alpha = np.float32(math.exp(-1 / tau))
    made = experiment({**LIF, "train_alphas": True}, shape=(1, 2, 1))
    parameters = {**parameters_of(made), "0.alpha_mem": np.array(alpha)}
    (simulation,) = simulate(made, parameters=parameters)
    lone, _ = lone_neuron(simulation, 0, 0, parameters=parameters)
    assert abs(built_alpha(lone) - float(alpha)) <= (0 if tau >= 2 else 2**-25)
    assert lone.tau_mem == pytest.approx(tau, rel=0.1)


@pytest.mark.parametrize(
    ("name", "value", "tau"), [("alpha_mem", -0.1, 0.1), ("alpha_mem", 1.2, 2.0**24), ("tau_mem", 0.01, 0.1), ("tau_mem", 1e9, 2.0**24)]
)
def test_a_time_constant_that_was_trained_out_of_its_range_is_the_one_in_force(name, value, tau):
    made = experiment({**LIF, "train_alphas": name == "alpha_mem"}, shape=(1, 20, 1))
    parameters = {**parameters_of(made), f"0.{name}": np.array(value, np.float32)}
    (simulation,) = simulate(made, parameters=parameters)
    lone, received = lone_neuron(simulation, 0, 0, parameters=parameters)
    assert lone.tau_mem == pytest.approx(tau)
    assert np.array_equal(received, simulation.input[0, :, 0])


def parameters_of(made: Experiment) -> dict[str, Array]:
    return {name: value.detach().numpy().copy() for name, value in made.build().named_parameters()}


def test_a_threshold_that_was_trained_below_zero_is_refused():
    made = experiment(LIF, shape=(1, 2, 1))
    parameters = {**parameters_of(made), "0.spike_threshold": np.array(-0.5, np.float32)}
    with pytest.raises(ParameterError, match=r"LIF: spike_threshold is -0.5; it must be a finite number above 0"):
        simulate(made, parameters=parameters)


# ------------------------------------------------------------------------------------------------------------------ refused


@pytest.mark.parametrize(
    ("place", "neuron", "sample", "words"),
    [
        (0, 0, 0, r"Linear 1 has no neurons; choose a layer of neurons"),
        (1, 3, 0, r"LIF 2 has no neuron 3 in sample 0; it has 3 neurons in 2 samples, from 0 on"),
        (1, -1, 0, "has no neuron -1 in sample 0"),
        (1, 0, 2, "has no neuron 0 in sample 2"),
    ],
)
def test_a_neuron_that_is_not_there_is_refused(place, neuron, sample, words):
    (simulation,) = simulate(experiment(linear(4, 3), LIF))
    with pytest.raises(ExperimentError, match=words):
        lone_neuron(simulation, place, neuron, sample)


@pytest.mark.parametrize("place", [0, 2])
def test_a_run_that_does_not_hold_what_its_layers_received_is_refused(place):
    (simulation,) = simulate(experiment(LIF, linear(4, 3), LIF))
    reduced = dataclasses.replace(simulation, outputs=())
    with pytest.raises(ExperimentError, match=f"What LIF {place + 1} received was not kept; simulate the network once more"):
        lone_neuron(reduced, place, 0)
