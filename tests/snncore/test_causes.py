"""The causes of a potential add up to it, and what is said of them is what a network does that runs without them."""

from __future__ import annotations

import itertools
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import torch
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
from tests.snncore.models import MODELS, RECURRENT

STEPS = 40


def linear(senders: int, receivers: int) -> dict[str, Any]:
    return {"kind": "Linear", "in_features": senders, "out_features": receivers}


def lively(weights: int = 0, **neurons: Any) -> Experiment:
    """Five inputs to four neurons to three, which fire often."""
    layer = {"kind": "LIF", "tau_mem": 8.0, "spike_threshold": 0.1, **neurons}
    return Experiment(
        network=[linear(5, 4), layer, linear(4, 3), layer],
        input=RandomSpikes(shape=(2, STEPS, 5), probability=0.4),
        seeds={"weights": weights},
    )


def spikes_of(simulation: Simulation, layer: int) -> list[tuple[int, int, int]]:
    """(sample, step, neuron) of a layer's spikes."""
    return [tuple(map(int, place)) for place in np.argwhere(simulation.records[layer].spikes)]


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


# ------------------------------------------------------------------------------------------------------ without it


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
        assert_adds_up(simulation, 1, neuron, step, sample)
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
