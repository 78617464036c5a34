"""A diagnosis holds where its numbers say so and nowhere else, and each remedy that it offers does what it is offered for."""

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject
from hypothesis import strategies as st

from snncore.diagnosis.layers import Clipped, LongMemory, Saturated, Silent, diagnose
from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment
from snncore.run.simulation import Simulation, simulate
from tests.length import examples
from tests.snncore.diagnosed import Layer, back, changed, current, decay, findings, found, is_lessened, linear, neurons, run, spikes
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT

# -------------------------------------------------------------------------------------------------- all in order


def test_every_neuron_layer_is_diagnosed_by_its_place_and_nothing_is_said_where_all_is_well():
    made = spikes(linear(3, 3, kind="diagonal"), neurons(spike_threshold=0.3), {"kind": "Dropout"}, neurons("ExpLeak"))
    assert diagnose(run(made)) == {1: (), 3: ()}


# --------------------------------------------------------------------------------------------------- long memory


def test_a_memory_far_longer_than_the_run_is_told_and_shortened():
    made = current(neurons(tau_mem=601.0), amplitude=0.0)
    memory = found(made, LongMemory)
    assert memory == LongMemory(601.0, pytest.approx(decay(601)), 60, ({"tau_mem": 6.0},))
    assert is_lessened(memory, changed(made, memory.changes[0]), 0)


@pytest.mark.parametrize(
    "layer", [neurons(tau_mem=600.0), neurons("IAF"), neurons(tau_mem=[1e4, 1.0, 1.0])], ids=["shorter", "no leak", "each"]
)
def test_a_memory_of_the_order_of_the_run_or_without_leak_is_none_too_long(layer):
    assert not any(isinstance(finding, LongMemory) for finding in findings(current(layer)))


def test_a_run_of_one_step_has_a_remedy_too():
    made = current(neurons("ExpLeak", tau_mem=50.0), shape=(1, 1, 3))
    memory = found(made, LongMemory)
    assert is_lessened(memory, changed(made, memory.changes[0]), 0)


# ----------------------------------------------------------------------------------------------------- at random


@st.composite
def networks(draw: st.DrawFn) -> Experiment:
    """One or two layers of neurons with any parameters, under spikes or currents of any strength."""
    layers: list[Layer] = []
    for _ in range(draw(st.integers(1, 2))):
        layers.append(linear(3, 3, kind="random", gain=draw(st.sampled_from([0.1, 1.0, 10.0]))))
        layer = draw(neuron_layers((*MODELS, *RECURRENT), 3))
        if "rec_connect" in layer:
            layer["rec_connect"] = back(3, kind="random", gain=draw(st.sampled_from([0.1, 1.0, 10.0])))
        if draw(st.booleans()) and "spike_threshold" in layer:
            layer["spike_threshold"] = draw(st.sampled_from([0.01, 10.0]))
        layers.append(layer)
    shape = (draw(st.integers(1, 2)), draw(st.sampled_from([1, 5, 40])), 3)
    random, constant = {"probability": 0.5}, {"kind": "step_current", "amplitude": draw(st.sampled_from([-1.0, 0.1, 1.0, 10.0]))}
    return Experiment(
        network=layers, input={"shape": shape, **draw(st.sampled_from([random, constant]))}, seeds={"weights": draw(st.integers(0, 99))}
    )


@examples(100, suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_every_remedy_does_what_it_is_offered_for(made):
    try:
        simulation = run(made)
    except ExperimentError:
        reject()  # spikes without end; there is nothing to diagnose
    for index, layer in diagnose(simulation).items():
        up_to_it = Experiment(**{**dict(made), "network": made.network[: index + 1]})
        for finding in layer:
            for changes in finding.changes:
                assert is_lessened(finding, changed(up_to_it, changes), index), (index, finding, changes)


@examples(150, suppress_health_check=[HealthCheck.filter_too_much])
@given(networks())
def test_every_number_of_a_finding_is_that_of_the_neurons_and_steps_that_it_names(made):
    try:
        simulation = run(made)
    except ExperimentError:
        reject()
    for index, layer in diagnose(simulation).items():
        for finding in layer:
            if isinstance(finding, Saturated):
                assert_saturated(finding, simulation, index)
            if isinstance(finding, Silent):
                assert_silent(finding, simulation, index)
            if isinstance(finding, Clipped):
                assert_clipped(finding, simulation, index)


def assert_saturated(finding: Saturated, simulation: Simulation, index: int) -> None:
    """One neuron after another: in which of the steps that count does it spike, and how often?"""
    record = simulation.records[index]
    received = simulation.received(index)
    recurrent = f"{index}.rec_connect.weight" in simulation.weights
    named = []
    for neuron in range(record.spikes.shape[2]):
        counts, driven = [], []
        for sample in range(len(record.spikes)):
            steps = np.flatnonzero(received[sample, :, neuron])
            span = slice(None) if recurrent else slice(steps[0], steps[-1] + 1) if len(steps) else slice(0, 0)
            counts.extend(record.spikes[sample, :, neuron])
            driven.extend(record.spikes[sample, span, neuron])
        of_all = np.mean(np.array(counts) > 0)
        of_driven = np.mean(np.array(driven) > 0) if len(driven) >= 20 * len(record.spikes) else 0.0
        if max(of_all, of_driven) >= 0.95:
            named.append((of_all, counts, driven))
    assert finding.saturated == len(named)
    whole = all(of_all >= 0.95 for of_all, _, _ in named)
    counted = np.concatenate([counts if whole else driven for _, counts, driven in named])
    assert finding.share == pytest.approx(np.mean(counted > 0))
    assert finding.rate == pytest.approx(np.mean(counted))
    assert finding.while_driven == (len(counted) < len(named) * len(named[0][1]))


def assert_silent(finding: Silent, simulation: Simulation, index: int) -> None:
    """What is said to make it spike does, and where v is said to tend it tends."""
    layer, received = simulation.experiment.network[index], simulation.received(index)
    record = simulation.records[index]
    assert not record.spikes.any()
    assert finding.largest_u / finding.threshold == pytest.approx(record.largest_u_over_threshold, rel=1e-6)
    if finding.sufficient_gain is not None:
        assert fed(layer, received * np.float32(finding.sufficient_gain)).spikes.any()
    if finding.steady_state is None:
        return
    reach = record.u / record.threshold
    sample, _, neuron = np.unravel_index(reach.argmax(), reach.shape)
    own = np.trim_zeros(received[sample, :, neuron])
    assert len(own) >= 20
    assert len(set(own.tolist())) == 1
    slowest = max(float(np.max(getattr(layer, name, None) or 0.0)) for name in ("tau_mem", "tau_syn"))
    held = np.full((1, min(int(20 * slowest) + 100, 20_000), received.shape[2]), own[0], np.float32)
    high = layer.model_copy(update={"spike_threshold": 1e30, "initial_v_mem": 0.0})
    tends = fed(high, held).v[0, -1, neuron]
    assert tends == pytest.approx(finding.steady_state, rel=0.01, abs=1e-6) or slowest > 1000


def assert_clipped(finding: Clipped, simulation: Simulation, index: int) -> None:
    layer, record = simulation.experiment.network[index], simulation.records[index]
    if finding.by == "spike_fn":
        most = getattr(layer.spike_fn, "max_num_spikes_per_bin", 1)
        wanted = np.trunc(np.maximum(record.u / record.threshold, 0))
        assert finding.share == pytest.approx(np.mean((wanted > most)[record.spikes > 0]))
        assert finding.largest == pytest.approx((record.u / record.threshold).max())
    else:
        assert (finding.lowest, finding.largest) == (np.min(layer.min_v_mem), np.max(layer.min_v_mem))
        at_bound = record.v == np.asarray(layer.min_v_mem, np.float32)
        assert finding.share <= np.mean(at_bound) + 1e-6


def fed(layer: Any, received: np.ndarray[Any, Any]) -> Any:
    """The record of a layer alone, fed with values (batch, time, neurons)."""
    values = np.ascontiguousarray(received, np.float32)
    given = {"kind": "file", "name": "received", "digest": "0" * 32, "shape": values.shape}
    return simulate(Experiment(network=(layer,), input=given), {"0" * 32: values})[0].records[0]
