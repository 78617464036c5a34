"""The causes of a potential add up to it, and what is said of them is what a network does that runs without them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snncore.errors import ExperimentError
from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.explain import Cause, causes, needed, without
from snncore.run.bptt import train
from snncore.run.simulation import Simulation, simulate
from tests.length import examples
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.lively_networks import STEPS, linear, lively, spikes_of
from tests.snncore.models import MODELS, RECURRENT


def assert_adds_up(simulation: Simulation, layer: int, neuron: int, step: int, sample: int) -> None:
    found = causes(simulation, layer, neuron, step, sample)
    record = simulation.records[layer]
    assert found.u == record.u[sample, step].reshape(-1)[neuron]
    scale = max(1.0, sum(np.abs(part).sum() for part in found.parts.values()))
    assert abs(found.total - found.u) <= 1e-6 * scale
    assert found.missing == found.threshold - found.u
    assert all(len(part) == step + 1 for part in found.parts.values())
    assert sum(cause.value for cause in found.ranked()) == pytest.approx(found.total, rel=1e-9, abs=1e-12)


@given(
    layers=st.tuples(neuron_layers((*MODELS, *RECURRENT), 4), neuron_layers((*MODELS, *RECURRENT), 3)),
    weights=st.integers(0, 99),
    runs=st.integers(1, 2),
    data=st.data(),
)
@examples(60, deadline=None)
def test_causes_of_any_network_add_up_to_the_potential(layers: Any, weights: int, runs: int, data: st.DataObject) -> None:
    experiment = Experiment(
        network=[linear(5, 4), layers[0], linear(4, 3), layers[1]],
        input=RandomSpikes(shape=(2, STEPS, 5), probability=0.5),
        seeds={"weights": weights},
    )
    simulation = simulate(experiment, runs=runs)[-1]
    for layer, neurons in ((1, 4), (3, 3)):
        place = data.draw(st.tuples(st.integers(0, neurons - 1), st.integers(0, STEPS - 1), st.integers(0, 1)))
        assert_adds_up(simulation, layer, *place)


def test_causes_are_those_of_trained_parameters() -> None:
    *_, last = itertools.islice(train(ten_spikes()), 8)
    simulation = simulate(ten_spikes(), parameters=last.parameters)[0]
    assert simulation.parameters["1.tau_mem"] != np.float32(10)
    for layer, step in itertools.product((1, 3), (0, 40, 99)):
        assert_adds_up(simulation, layer, 2, step, 0)


def test_causes_go_through_convolutions() -> None:
    experiment = convolution().replace({"network.1.spike_threshold": 0.1})
    simulation = simulate(experiment)[0]
    assert simulation.records[1].spikes.any()
    for layer, neuron in ((1, 100), (3, 77)):
        assert_adds_up(simulation, layer, neuron, 60, 3)
    found = causes(simulation, 3, 77, 60, 3)
    assert found.sender == 1
    assert np.count_nonzero(found.parts["input"].any(axis=0)) <= 16 * 9


def test_an_input_alone_gives_what_the_leak_and_the_synapse_leave_of_it() -> None:
    """w (1-α) Σ α^(t-m) β^(m-t'+1), for one spike of one sender."""
    experiment = lively(tau_syn=4.0, spike_threshold=100.0)
    simulation = simulate(experiment)[0]
    found = causes(simulation, 1, 2, 30)
    alpha, beta = np.exp(-1 / 8), np.exp(-1 / 4)
    step, sender = 17, int(simulation.input[0, 17].argmax())
    weight = simulation.weights["0.weight"][2, sender]
    expected = weight * (1 - alpha) * sum(alpha ** (30 - m) * beta ** (m - step + 1) for m in range(step, 31))
    assert found.parts["input"][step, sender] == pytest.approx(expected, rel=1e-5)
    assert found.history_from == 0
    assert found.ended_by is None
    assert set(found.parts) == {"input", "bias", "reset", "initial"}


def test_the_largest_causes_are_the_first_of_all() -> None:
    simulation = simulate(lively())[0]
    found = causes(simulation, 1, 2, 35)
    everything = found.ranked()
    sizes = [abs(cause.value) for cause in everything]
    assert sizes == sorted(sizes, reverse=True)
    assert len(everything) == sum(np.count_nonzero(part) for part in found.parts.values())
    assert found.ranked(most=10) == everything[:10]
    assert found.ranked("bias", most=3) == [cause for cause in everything if cause.source == "bias"][:3]
    assert found.ranked(most=10_000) == everything


def test_a_hard_reset_ends_the_history() -> None:
    simulation = simulate(lively(reset_fn={"kind": "MembraneReset", "reset_value": 0.03}))[0]
    sample, step, neuron = next(place for place in spikes_of(simulation, 1) if place[1] > 5)
    found = causes(simulation, 1, neuron, step + 3, sample)
    earlier = [at for _, at, who in spikes_of(simulation, 1) if who == neuron and at < step + 3 and _ == sample]
    assert found.ended_by == "reset"
    assert found.history_from == earlier[-1] + 1
    assert not found.parts["input"][: found.history_from].any()
    assert np.count_nonzero(found.parts["reset"]) == 1
    assert found.parts["reset"][earlier[-1], 0] == pytest.approx(0.03 * np.exp(-(step + 3 - earlier[-1]) / 8), rel=1e-5)


def test_the_synaptic_current_survives_a_hard_reset() -> None:
    simulation = simulate(lively(tau_syn=6.0, reset_fn={"kind": "MembraneReset"}))[0]
    sample, step, neuron = next(place for place in spikes_of(simulation, 1) if place[1] > 5)
    found = causes(simulation, 1, neuron, step + 1, sample)
    assert found.history_from == step + 1
    assert found.parts["input"][:step].any()
    assert_adds_up(simulation, 1, neuron, step + 1, sample)


def test_the_lower_bound_ends_the_history() -> None:
    simulation = simulate(lively(min_v_mem=-0.01))[0]
    sample, step, neuron = map(int, np.argwhere(simulation.records[3].v[:, :-1] == np.float32(-0.01))[0])
    found = causes(simulation, 3, neuron, step + 1, sample)
    assert found.ended_by == "bound"
    assert found.parts["bound"][step, 0] == pytest.approx(-0.01 * np.exp(-1 / 8), rel=1e-5)
    assert_adds_up(simulation, 3, neuron, step + 1, sample)


def test_resets_before_the_bound_no_longer_count() -> None:
    simulation = simulate(lively(weights=4, min_v_mem=-0.01))[0]
    tried = 0
    for layer, sample, neuron in itertools.product((1, 3), range(2), range(3)):
        found = causes(simulation, layer, neuron, STEPS - 1, sample)
        fired = np.flatnonzero(simulation.records[layer].spikes[sample, : found.history_from, neuron])
        tried += len(fired)
        assert not found.parts["reset"][: found.history_from].any()
        assert_adds_up(simulation, layer, neuron, STEPS - 1, sample)
    assert tried


def test_a_second_run_begins_with_what_the_first_left() -> None:
    first, second = simulate(lively(tau_syn=5.0), runs=2)
    assert not causes(first, 1, 2, 10).parts["initial"].any()
    found = causes(second, 1, 2, 0)
    alpha, beta = np.exp(-1 / 8), np.exp(-1 / 5)
    left = alpha * first.records[1].v[0, -1, 2] + (1 - alpha) * beta * first.records[1].i_syn[0, -1, 2]
    assert found.parts["initial"][0, 0] == pytest.approx(left, rel=1e-4)


# ------------------------------------------------------------------------------------------------------ bad input


def test_what_is_not_there_is_refused() -> None:
    simulation = simulate(lively())[0]
    with pytest.raises(ExperimentError, match="Layer 2 of the network has no neurons; layers with neurons are 1, 3"):
        causes(simulation, 2, 0, 0)
    for wrong in ({"neuron": 3}, {"step": STEPS}, {"sample": 2}):
        (name,) = wrong
        with pytest.raises(ExperimentError, match=f"There is no {name} {wrong[name]}"):
            causes(simulation, 3, **{"neuron": 0, "step": 0, "sample": 0, **wrong})
    found = causes(simulation, 3, 0, 0)
    if not found.spikes:
        with pytest.raises(ExperimentError, match="doesn't fire at step 0"):
            needed(simulation, found)
    with pytest.raises(ExperimentError, match="holds the output of its last layer alone"):
        causes(replace(simulation, outputs=simulation.outputs[-1:]), 3, 0, 0)
    with pytest.raises(ExperimentError, match="The lower bound is no event"):
        without(simulation, found, [Cause("bound", 0, 0, 1.0)])


def test_a_run_that_goes_on_from_another_is_not_run_again_alone() -> None:
    _, second = simulate(lively(), runs=2)
    found = causes(second, 1, 2, 3)
    with pytest.raises(ExperimentError, match="began from the state that another left"):
        without(second, found, found.ranked("input")[:1])
    sample, step, neuron = spikes_of(second, 1)[-1]
    with pytest.raises(ExperimentError, match="began from the state that another left"):
        needed(second, causes(second, 1, neuron, step, sample))


def test_a_model_of_ones_own_is_refused(own_neuron: ModuleType) -> None:
    simulation = simulate(lively(kind="RefractoryLIF"))[0]
    with pytest.raises(ExperimentError, match="The potential of RefractoryLIF isn't known to be a sum; causes are told of LIF, IAF, "):
        causes(simulation, 1, 0, 0)
