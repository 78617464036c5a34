"""What is said of a network without one of a spike's causes is what that network does, and as few spikes are named as are enough."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
import torch

from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.spec import Experiment
from snncore.explain import Cause, causes, needed, without
from snncore.run.simulation import Simulation, simulate
from tests.snncore.lively_networks import STEPS, linear, lively, spikes_of


@pytest.mark.parametrize(
    "neurons",
    [
        {},
        {"tau_syn": 5.0},
        {"reset_fn": {"kind": "MembraneReset"}},
        {"kind": "ALIF", "tau_adapt": 10.0},
        {"min_v_mem": -0.05},
    ],
    ids=str,
)
def test_without_a_cause_the_network_does_what_is_said_unless_an_earlier_spike_changes(neurons: dict[str, Any]) -> None:
    simulation = simulate(lively(**neurons))[0]
    agreed = 0
    for sample, step, neuron in spikes_of(simulation, 3)[:30]:
        found = causes(simulation, 3, neuron, step, sample)
        for cause in found.ranked("input", "bias")[:2]:
            again = without(simulation, found, [cause])
            assert again.subtracted == pytest.approx(found.u - cause.value)
            if again.changed or found.ended_by == "bound" or "bound" in found.parts:
                continue
            agreed += 1
            assert again.u == pytest.approx(again.subtracted, abs=1e-6)
            assert again.fires == (again.u >= found.threshold)
    assert agreed or "min_v_mem" in neurons


def test_what_is_run_again_is_the_network_without_that_spike() -> None:
    experiment = lively()
    simulation = simulate(experiment)[0]
    sample, step, neuron = next(place for place in spikes_of(simulation, 3) if place[1] > 10)
    found = causes(simulation, 3, neuron, step, sample)
    cause = found.ranked("input")[0]
    hidden = simulation.outputs[1].copy()
    assert hidden[sample, cause.step, cause.sender] > 0
    hidden[sample, cause.step, cause.sender] = 0
    model = experiment.build().eval()
    layer = model.get_submodule("3")
    layer.record_states = True
    with torch.no_grad():
        spikes = layer(model.get_submodule("2")(torch.from_numpy(hidden))).numpy()
    again = without(simulation, found, [cause])
    assert again.u == layer.recordings["u"][sample, step, neuron]
    assert again.fires == (spikes[sample, step, neuron] > 0)
    differing = np.argwhere(spikes[sample, :step] != simulation.outputs[3][sample, :step])
    assert again.changed == tuple(map(tuple, differing))


def test_without_a_reset_the_potential_keeps_what_it_took() -> None:
    simulation = simulate(lively())[0]
    tried = 0
    for sample, step, neuron in spikes_of(simulation, 1):
        found = causes(simulation, 1, neuron, step, sample)
        for cause in found.ranked("reset")[:1]:
            again = without(simulation, found, [cause])
            assert again.subtracted > found.u
            if not again.changed:
                assert again.u == pytest.approx(again.subtracted, abs=1e-6)
                tried += 1
    assert tried


@pytest.mark.parametrize("kind", ["LIFRecurrent", "ALIFRecurrent", "IAFRecurrent"])
def test_a_spike_that_is_fed_back_can_be_left_out(kind: str) -> None:
    connection = {"rec_connect": {"in_features": 5, "out_features": 5}}
    layer = {"kind": kind, "spike_threshold": 0.2, **connection}
    layer |= {} if kind == "IAFRecurrent" else {"tau_mem": 8.0}
    layer |= {"tau_adapt": 10.0} if kind == "ALIFRecurrent" else {}
    experiment = Experiment(network=[linear(5, 5), layer], input=RandomSpikes(shape=(2, STEPS, 5), probability=0.4), seeds={"weights": 3})
    simulation = simulate(experiment)[0]
    agreed = 0
    for sample, step, neuron in spikes_of(simulation, 1)[:40]:
        found = causes(simulation, 1, neuron, step, sample)
        assert found.total == pytest.approx(found.u, abs=1e-6)
        for cause in found.ranked("recurrence")[:1]:
            again = without(simulation, found, [cause])
            if not again.changed:
                assert again.u == pytest.approx(again.subtracted, abs=2e-6)
                agreed += 1
    assert agreed


def driven_by_itself(kind: str = "LIFRecurrent", **more: Any) -> Simulation:
    layer = {"kind": kind, "spike_threshold": 0.05, "tau_mem": 8.0, "rec_connect": {"in_features": 12, "out_features": 12}, **more}
    experiment = Experiment(network=[linear(5, 12), layer], input=RandomSpikes(shape=(2, STEPS, 5), probability=0.4), seeds={"weights": 3})
    return simulate(experiment)[0]


@pytest.mark.parametrize("more", [{}, {"tau_syn": 4.0}, {"kind": "ALIFRecurrent", "tau_adapt": 10.0}, {"min_v_mem": -0.1}], ids=str)
def test_several_spikes_that_are_fed_back_go_as_in_a_run_step_by_step(more: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = driven_by_itself(**{"spike_threshold": 0.2, **more})
    changed = 0
    for sample, step, neuron in spikes_of(simulation, 1)[-20:]:
        found = causes(simulation, 1, neuron, step, sample)
        for count in (2, 9):
            left_out = found.ranked("recurrence", "input")[:count]
            again = without(simulation, found, left_out)
            with monkeypatch.context() as stepwise:
                stepwise.setattr("snncore.explain.left_out.is_summed_in_order", lambda *_: False)
                expected = without(simulation, found, left_out)
            assert again.u == pytest.approx(expected.u, abs=2e-6)
            assert (again.fires, again.changed) == (expected.fires, expected.changed)
            changed += len(again.changed)
    assert changed


def test_with_recurrence_as_many_as_are_named_are_enough() -> None:
    simulation = driven_by_itself()
    told = []
    for sample, step, neuron in spikes_of(simulation, 1)[-20:]:
        found = causes(simulation, 1, neuron, step, sample)
        fewest = needed(simulation, found)
        speaking = [cause for cause in found.ranked("input", "recurrence") if cause.value > 0]
        if fewest is None:
            assert without(simulation, found, speaking).fires
            continue
        told.append(fewest.count)
        assert fewest.causes == tuple(speaking[: fewest.count])
        assert not without(simulation, found, fewest.causes).fires
        assert fewest.count == 1 or without(simulation, found, fewest.causes[:-1]).fires, "one less isn't enough"
    assert max(told) > 2


def test_squeezed_layers_are_run_again_too() -> None:
    convolution = {"kind": "Conv2d", "in_channels": 1, "out_channels": 2, "kernel_size": 3}
    neurons = {"kind": "LIF", "tau_mem": 8.0, "spike_threshold": 0.1}
    network = [convolution, neurons, {"kind": "Flatten"}, linear(18, 3), neurons]
    simulation = simulate(
        Experiment(network=network, input=RandomSpikes(shape=(2, STEPS, 1, 5, 5), probability=0.5), seeds={"weights": 1})
    )[0]
    tried = 0
    for layer, (sample, step, neuron) in ((4, place) for place in spikes_of(simulation, 4)[:20]):
        found = causes(simulation, layer, neuron, step, sample)
        again = without(simulation, found, [*found.ranked("input")[:1], *found.ranked("bias")[:1]])
        if not again.changed:
            assert again.u == pytest.approx(again.subtracted, abs=1e-6)
            tried += 1
    assert tried


# ----------------------------------------------------------------------------------------------- how many must go


def driven_by_spikes() -> Simulation:
    thresholds = {"network.1.spike_threshold": 0.05, "network.3.spike_threshold": 0.02}
    return simulate(lively(weights=10, spike_fn="SingleSpike").replace({"network.0.bias": False, "network.2.bias": False, **thresholds}))[0]


def test_the_fewest_spikes_are_found_and_are_enough() -> None:
    simulation = driven_by_spikes()
    counts = []
    for sample, step, neuron in spikes_of(simulation, 3)[:12]:
        found = causes(simulation, 3, neuron, step, sample)
        fewest = needed(simulation, found)
        assert fewest
        counts.append(fewest.count)
        assert fewest.is_minimum
        assert not without(simulation, found, fewest.causes).fires
        for fewer in itertools.combinations(found.ranked("input"), fewest.count - 1):
            assert without(simulation, found, fewer).fires
    assert max(counts) > 2


def test_a_spike_that_a_bias_drives_needs_no_spikes() -> None:
    simulation = simulate(lively(weights=2))[0]
    for sample, step, neuron in spikes_of(simulation, 3)[:5]:
        found = causes(simulation, 3, neuron, step, sample)
        assert needed(simulation, found) is None
        speaking = [cause for cause in found.ranked("input") if cause.value > 0]
        assert without(simulation, found, speaking).fires


def test_a_search_in_small_portions_finds_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = driven_by_spikes()
    monkeypatch.setattr("snncore.explain.left_out.MOST_TRIED", 1)  # else smaller sets would be found where the first search misses
    found = [causes(simulation, 3, neuron, step, sample) for sample, step, neuron in spikes_of(simulation, 3)[:12]]
    at_once = [needed(simulation, each) for each in found]
    assert any(fewest and fewest.count > 3 for fewest in at_once)
    monkeypatch.setattr("snncore.explain.left_out.MOST_VALUES", 1)
    assert [needed(simulation, each) for each in found] == at_once


def test_a_larger_set_than_can_be_tried_is_called_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    simulation = driven_by_spikes()
    monkeypatch.setattr("snncore.explain.left_out.MOST_TRIED", 1)
    for sample, step, neuron in spikes_of(simulation, 3)[:12]:
        found = causes(simulation, 3, neuron, step, sample)
        fewest = needed(simulation, found)
        assert fewest
        received = np.count_nonzero(found.parts["input"])
        assert fewest.is_minimum == (fewest.count == 1 or received == 1)


def test_neurons_that_begin_above_zero_are_run_again_from_there() -> None:
    experiment = lively(weights=10, spike_fn="SingleSpike", initial_v_mem=0.9)
    simulation = simulate(experiment.replace({"network.0.bias": False, "network.2.bias": False}))[0]
    tried = 0
    for layer, (sample, step, neuron) in ((of, place) for of in (1, 3) for place in spikes_of(simulation, of)[:6]):
        found = causes(simulation, layer, neuron, step, sample)
        assert found.parts["initial"].any() or found.history_from
        fewest = needed(simulation, found)
        if fewest is None:
            everything = [cause for cause in found.ranked("input") if cause.value > 0]
            assert without(simulation, found, everything).fires
        else:
            tried += 1
            assert not without(simulation, found, fewest.causes).fires
    assert tried


def test_a_spike_that_gave_nothing_changes_no_bit_when_it_is_left_out() -> None:
    layer = {"kind": "LIFRecurrent", "tau_mem": 8.0, "spike_threshold": 0.2, "rec_connect": {"in_features": 40, "out_features": 40}}
    experiment = Experiment(network=[linear(5, 40), layer], input=RandomSpikes(shape=(1, STEPS, 5), probability=0.4), seeds={"weights": 3})
    simulation = simulate(experiment)[0]
    step_before, silent = map(int, np.argwhere(simulation.records[1].spikes[0] == 0)[0])
    for _, step, neuron in spikes_of(simulation, 1)[-12:]:
        found = causes(simulation, 1, neuron, step)
        again = without(simulation, found, [Cause("recurrence", step_before, silent, 0.0)])
        assert again.u == found.u
        assert not again.changed
