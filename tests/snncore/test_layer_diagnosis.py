"""A diagnosis holds where its numbers say so and nowhere else, and each remedy that it offers does what it is offered for."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, reject
from hypothesis import strategies as st

from snncore.diagnosis.layers import Changes, Clipped, Finding, LongMemory, Saturated, Silent, diagnose
from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment
from snncore.run.simulation import Simulation, simulate
from tests.length import examples
from tests.snncore.models import MODELS, RECURRENT
from tests.snncore.test_spec import neuron_layers

Layer = dict[str, Any]

SINGLE, MULTI = {"kind": "SingleSpike"}, {"kind": "MultiSpike"}


def linear(inputs: int, outputs: int, **weights: Any) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs, **({"weights": weights} if weights else {})}


def back(neurons: int, **weights: Any) -> Layer:
    return {**linear(neurons, neurons, **weights), "bias": False}


def neurons(kind: str = "LIF", count: int = 3, **parameters: Any) -> Layer:
    """A layer of a kind; recurrent ones are without recurrence, if not told otherwise."""
    usual = {"tau_mem": 10.0, "tau_adapt": 50.0, "rec_connect": back(count, kind="constant", value=0.0)}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}, **parameters}


def current(*layers: Layer, amplitude: float = 1.0, shape: tuple[int, ...] = (1, 60, 3)) -> Experiment:
    """A network under a constant current."""
    return Experiment(network=layers, input={"kind": "step_current", "shape": shape, "amplitude": amplitude})


def spikes(*layers: Layer, probability: float = 0.5, shape: tuple[int, ...] = (2, 60, 3)) -> Experiment:
    return Experiment(network=layers, input={"shape": shape, "probability": probability})


def run(made: Experiment) -> Simulation:
    return simulate(made)[0]


def findings(made: Experiment, layer: int = -1) -> tuple[Finding, ...]:
    return list(diagnose(run(made)).values())[layer]


def found(made: Experiment, kind: type[Any], layer: int = -1) -> Any:
    """The one finding of a kind of a neuron layer."""
    (finding,) = (finding for finding in findings(made, layer) if isinstance(finding, kind))
    return finding


def changed(made: Experiment, changes: Changes, place: int | None = None) -> Experiment:
    """The Experiment with the changes in a layer, the last one by default."""
    place = len(made.network) - 1 if place is None else place
    return made.replace({f"network.{place}.{name}": value for name, value in changes.items()})


def is_lessened(finding: Finding, made: Experiment, index: int) -> bool:
    """Whether a layer is rid of a finding."""
    simulation = run(made)
    if isinstance(finding, Silent):
        return bool(simulation.records[index].spikes.any())
    left = diagnose(simulation)[index]
    if isinstance(finding, Clipped):
        return not any(isinstance(other, Clipped) and other.by == finding.by for other in left)
    return not any(isinstance(other, type(finding)) for other in left)


def decay(tau: float) -> float:
    return math.exp(-1 / tau)


# --------------------------------------------------------------------------------------------------------- all in order


def test_every_neuron_layer_is_diagnosed_by_its_place_and_nothing_is_said_where_all_is_well():
    made = spikes(linear(3, 3, kind="diagonal"), neurons(spike_threshold=0.3), {"kind": "Dropout"}, neurons("ExpLeak"))
    assert diagnose(run(made)) == {1: (), 3: ()}


# --------------------------------------------------------------------------------------------------------------- silence


def test_silence_is_told_with_its_numbers():
    silent = found(current(neurons(), amplitude=0.5), Silent)
    assert silent.largest_u == pytest.approx(0.5 * (1 - decay(10) ** 60), rel=1e-5)
    assert silent.threshold == 1.0
    assert silent.steady_state == pytest.approx(0.5)
    assert silent.gets_input
    assert silent.lower_threshold == 0.49
    assert silent.changes == ({"spike_threshold": 0.49}, {"norm_input": False})


def test_a_layer_of_which_one_neuron_spikes_once_is_not_silent():
    made = current(linear(3, 3, kind="diagonal"), neurons(spike_threshold=[0.9, 5.0, 5.0]), shape=(1, 26, 3))
    assert run(made).records[1].spikes.sum() == 1
    assert findings(made) == ()
    assert found(changed(made, {"spike_threshold": [0.95, 5.0, 5.0]}), Silent)


def test_a_layer_that_cannot_spike_is_not_silent():
    assert findings(current(neurons("ExpLeak"))) == ()


def test_silence_is_that_of_the_neuron_that_comes_closest_to_its_own_threshold():
    made = current(neurons(spike_threshold=[4.0, 2.0, 8.0], tau_mem=[2.0, 10.0, 2.0]))
    silent = found(made, Silent)
    assert silent.threshold == 2.0
    assert silent.largest_u == pytest.approx(1 - decay(10) ** 60, rel=1e-5)


SILENT: dict[str, Experiment] = {
    "LIF": current(neurons(), amplitude=0.5),
    "LIF without normalisation": current(neurons(norm_input=False), amplitude=0.05),
    "LIF with synapse": current(neurons(tau_syn=4.0), amplitude=0.1),
    "LIF between": spikes(linear(3, 4), neurons(count=4, spike_threshold=2.0), linear(4, 3), neurons()),
    "IAF": current(neurons("IAF", spike_threshold=100.0)),
    "ALIF": current(neurons("ALIF"), amplitude=0.5),
    "ALIF of several spikes": current(neurons("ALIF", spike_fn=MULTI), amplitude=0.5),
    "a threshold for each": current(neurons(spike_threshold=[2.0, 3.0, 4.0])),
    "a time constant for each": spikes(neurons(tau_mem=[3.0, 30.0, 300.0], spike_threshold=[2.0, 3.0, 0.9])),
    "a lower bound": current(neurons(min_v_mem=-0.1), amplitude=0.5),
    "single spikes": current(neurons(spike_fn=SINGLE), amplitude=0.5),
    "hard reset": current(neurons(reset_fn={"kind": "MembraneReset", "reset_value": 0.2}), amplitude=0.5),
    "very weak": current(neurons(), amplitude=1e-30),
    "very strong": current(neurons(spike_threshold=1e30), amplitude=1e28),
    "a picture": spikes(
        {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3}, neurons(spike_threshold=5.0), shape=(2, 20, 2, 6, 5)
    ),
    "thresholds of a picture": spikes(
        {"kind": "Dropout"}, neurons(spike_threshold=[[[2.0]], [[3.0]]]), {"kind": "Flatten"}, shape=(2, 20, 2, 3, 4)
    ),
    **{kind: current(neurons(kind, rec_connect=back(3), spike_threshold=1000.0)) for kind in NEURON_SPECS if kind.endswith("Recurrent")},
    "recurrent, strong": current(neurons("LIFRecurrent", rec_connect=back(3, kind="constant", value=5.0)), amplitude=0.5),
    "recurrent, with strong normalisation": current(
        neurons("LIFRecurrent", rec_connect=back(3, kind="constant", value=0.5), tau_mem=40.0), amplitude=0.5
    ),
}


@pytest.mark.parametrize("made", SILENT.values(), ids=SILENT)
def test_each_remedy_makes_a_silent_layer_spike(made):
    simulation = run(made)
    index, silent = next((index, f) for index, layer in diagnose(simulation).items() for f in layer if isinstance(f, Silent))
    record = simulation.records[index]
    assert silent.lower_threshold == silent.changes[0]["spike_threshold"]
    assert 0.9 * silent.largest_u <= silent.lower_threshold <= silent.largest_u < silent.threshold
    assert silent.largest_u / silent.threshold == pytest.approx(record.largest_u_over_threshold)
    for changes in silent.changes:
        assert is_lessened(silent, changed(made, changes, index), index), changes


def test_normalisation_is_blamed_only_where_the_layer_spikes_without_it():
    for amplitude in (0.05, 0.09, 0.094, 0.097, 0.1, 0.2):
        made = current(neurons(), amplitude=amplitude, shape=(1, 200, 3))
        offered = {"norm_input": False} in found(made, Silent).changes
        assert offered == bool(run(changed(made, {"norm_input": False})).records[0].spikes.any()), amplitude


def test_normalisation_is_not_blamed_where_there_is_none_or_no_leak():
    for layer in (neurons(norm_input=False), neurons("IAF")):
        silent = found(current(layer, amplitude=0.01), Silent)
        assert [list(changes) for changes in silent.changes] == [["spike_threshold"]]


def test_normalisation_is_not_blamed_for_what_a_lower_bound_holds_up():
    made = current(neurons(min_v_mem=0.9), amplitude=0.0)
    silent = found(made, Silent)
    assert silent.largest_u == pytest.approx(0.9 * decay(10))
    assert not run(changed(made, {"norm_input": False})).records[0].spikes.any()
    assert silent.changes == ({"spike_threshold": 0.81},)


def test_normalisation_by_a_leak_that_is_mostly_rounding_is_not_blamed_in_vain():
    for tau in (1e6, 3e6, 1e7, 1.6e7):
        for scale in (0.15, 0.155, 0.16, 0.165, 0.167, 0.17, 0.2):
            made = current(neurons(tau_mem=tau, spike_threshold=10.0), amplitude=scale)
            for changes in found(made, Silent).changes:
                assert is_lessened(found(made, Silent), changed(made, changes), 0), (tau, scale, changes)


@pytest.mark.parametrize("kind", [kind for kind, spec in NEURON_SPECS.items() if "spike_fn" in spec.model_fields])
def test_silence_for_want_of_input_has_no_remedy_in_the_layer(kind):
    silent = found(current(neurons(kind), amplitude=0.0), Silent)
    assert not silent.gets_input
    assert silent.largest_u == 0
    assert silent.lower_threshold is None
    assert silent.changes == ()


@pytest.mark.parametrize("kind", [kind for kind, spec in NEURON_SPECS.items() if "spike_fn" in spec.model_fields])
def test_inhibition_has_no_threshold_that_would_help(kind):
    silent = found(current(neurons(kind), amplitude=-1.0), Silent)
    assert silent.gets_input
    assert silent.largest_u < 0
    assert silent.lower_threshold is None
    assert silent.changes == ()


@pytest.mark.slow
@pytest.mark.parametrize("norm_input", [True, False])
@pytest.mark.parametrize("tau_syn", [None, 5.0, [2.0, 5.0, 9.0]])
@pytest.mark.parametrize("tau_mem", [0.5, 10.0, [3.0, 10.0, 30.0]])
@pytest.mark.parametrize("kind", ["LIF", "ALIF", "LIFRecurrent"])
def test_steady_state_is_where_a_long_constant_input_leads(kind, tau_mem, tau_syn, norm_input):
    layer = neurons(kind, tau_mem=tau_mem, tau_syn=tau_syn, norm_input=norm_input, spike_threshold=[1e4, 2e4, 1e5])
    made = current(layer, amplitude=0.3, shape=(2, 600, 3))
    simulation = run(made)
    silent = found(made, Silent)
    record = simulation.records[0]
    closest = (record.u / record.threshold).max(axis=(0, 1)).argmax()
    assert silent.steady_state == pytest.approx(record.v[0, -1, closest], rel=1e-4)


def test_there_is_no_steady_state_of_an_input_that_varies_or_is_a_pulse():
    assert found(spikes(linear(3, 4), neurons(count=4, spike_threshold=50.0)), Silent).steady_state is None
    assert found(current(neurons(), amplitude=0.5).replace({"input.start": 20, "input.stop": 21}), Silent).steady_state is None
    bursts = Experiment(network=[neurons()], input={"kind": "spike_bursts", "shape": (1, 60, 3), "period": 60, "first": 5})
    assert found(bursts, Silent).steady_state is None


def test_steady_state_is_no_lower_than_the_bound():
    made = current(neurons(min_v_mem=0.5, spike_threshold=2.0), amplitude=0.2, shape=(1, 300, 3))
    assert found(made, Silent).steady_state == run(made).records[0].v[0, -1, 0] == 0.5


def test_steady_state_is_that_of_an_input_while_it_lasts():
    made = current(neurons(), amplitude=0.5).replace({"input.start": 20, "input.stop": 40})
    assert found(made, Silent).steady_state == pytest.approx(0.5)


def test_there_is_no_steady_state_without_leak():
    assert found(current(neurons("IAF"), amplitude=0.01), Silent).steady_state is None


# ------------------------------------------------------------------------------------------------------------ saturation


def test_saturation_is_told_with_its_numbers():
    made = current(neurons("IAF", spike_threshold=[1.0, 1.0, 10.0]), amplitude=3.0)
    saturated = found(made, Saturated)
    assert (saturated.saturated, saturated.neurons) == (2, 3)
    assert (saturated.share, saturated.rate, saturated.while_driven) == (1.0, 3.0, False)


def test_saturated_neurons_are_counted_once_whatever_the_batch():
    made = current(neurons("IAF", spike_threshold=[1.0, 1.0, 10.0]), amplitude=3.0, shape=(4, 60, 3))
    saturated = found(made, Saturated)
    assert (saturated.saturated, saturated.neurons) == (2, 3)


def test_saturation_while_an_input_lasts_is_told_and_mended_though_it_ends_early():
    made = current(neurons("IAF"), amplitude=3.0, shape=(2, 100, 3)).replace({"input.start": 20, "input.stop": 60})
    saturated = found(made, Saturated)
    assert saturated.saturated == 3
    assert is_lessened(saturated, changed(made, saturated.changes[0]), 0)


def test_a_short_strong_pulse_saturates_nothing():
    made = current(neurons("IAF"), amplitude=3.0, shape=(1, 100, 3)).replace({"input.start": 20, "input.stop": 30})
    assert findings(made) == ()


def test_a_layer_is_saturated_from_half_of_its_neurons_on():
    thresholds = [1.0, 1.0, 3.0, 3.0]
    half = current(neurons("IAF", count=4, spike_threshold=thresholds), shape=(1, 60, 4))
    assert found(half, Saturated).saturated == 2
    assert findings(changed(half, {"spike_threshold": [1.0, 3.0, 3.0, 3.0]})) == ()


def test_a_neuron_that_spikes_in_most_steps_but_not_in_all_is_not_saturated():
    assert found(current(neurons("IAF"), amplitude=0.99), Saturated)  # pauses once in a hundred steps
    assert findings(current(neurons("IAF"), amplitude=0.9)) == ()


SATURATED: dict[str, Experiment] = {
    "IAF": current(neurons("IAF"), amplitude=3.0),
    "IAF just so": current(neurons("IAF")),
    "LIF": current(neurons(), amplitude=30.0),
    "LIF of short memory": current(neurons(tau_mem=2.0), amplitude=30.0),
    "LIF without normalisation": current(neurons(norm_input=False), amplitude=3.0),
    "LIF with synapse": current(neurons(tau_syn=5.0), amplitude=10.0),
    "ALIF": current(neurons("ALIF", adapt_scale=0.1), amplitude=30.0),
    "noisy input": spikes(linear(3, 4, kind="constant", value=0.5), neurons("IAF", count=4, spike_threshold=0.1), probability=0.9),
    "a threshold for each": current(neurons("IAF", spike_threshold=[1.0, 0.1, 0.01])),
    "single spikes": current(neurons("IAF", spike_fn=SINGLE), amplitude=100.0),
    "at most two spikes": current(neurons("IAF", spike_fn={"kind": "MaxSpike", "max_num_spikes_per_bin": 2}), amplitude=100.0),
    "single spikes and hard reset": current(neurons("IAF", spike_fn=SINGLE, reset_fn={"kind": "MembraneReset"}), amplitude=100.0),
    "hard reset": current(neurons("IAF", reset_fn={"kind": "MembraneReset"}), amplitude=100.0),
    "reset to above the threshold": current(neurons("LIF", reset_fn={"kind": "MembraneReset", "reset_value": 20.0}), amplitude=30.0),
    "little is subtracted": current(neurons("IAF", reset_fn={"kind": "MembraneSubtract", "subtract_value": 0.1}), amplitude=3.0),
    "held above the threshold": current(neurons("LIF", min_v_mem=20.0), amplitude=30.0),
    "inhibits itself": current(neurons("IAFRecurrent", rec_connect=back(3, kind="constant", value=-0.3)), amplitude=100.0),
    "inhibits itself over a synapse": current(
        neurons("LIFRecurrent", tau_syn=4.0, rec_connect=back(3, kind="constant", value=-3.0)), amplitude=100.0
    ),
    "excites itself": current(neurons("IAFRecurrent", rec_connect=back(3, kind="constant", value=0.3)), amplitude=3.0),
    "very strong": current(neurons("IAF"), amplitude=1e37),
    "a picture": spikes(
        {"kind": "Dropout"}, neurons("IAF", spike_threshold=0.1), {"kind": "Flatten"}, probability=1.0, shape=(2, 20, 2, 3, 4)
    ),
}


@pytest.mark.parametrize("made", SATURATED.values(), ids=SATURATED)
def test_the_remedy_ends_saturation(made):
    simulation = run(made)
    index, saturated = next((index, f) for index, layer in diagnose(simulation).items() for f in layer if isinstance(f, Saturated))
    assert saturated.changes
    for changes in saturated.changes:
        mended = run(changed(made, changes, index))
        assert is_lessened(saturated, mended.experiment, index), changes
        assert 0 < mended.records[index].spikes.mean() <= 0.25, changes


@pytest.mark.parametrize(
    "made",
    [
        current(neurons(min_v_mem=20.0)),
        current(neurons("IAF", min_v_mem=20.0), amplitude=0.0),
        current(neurons("IAF", reset_fn={"kind": "MembraneSubtract", "subtract_value": -1.0}), shape=(1, 10, 3)),
        current(neurons(tau_mem=0.1), amplitude=5.0),
        spikes(neurons(tau_mem=0.1, spike_threshold=0.5), probability=0.97, shape=(2, 200, 3)),
        current(linear(3, 3, kind="diagonal"), neurons("ALIF", tau_mem=[0.1, 1.0, 100.0], norm_input=False), amplitude=50.0),
    ],
    ids=["by a bound", "by a bound alone", "by resets", "without memory", "without memory, with pauses", "of unlike neurons"],
)
def test_saturation_that_no_threshold_turns_into_a_moderate_rate_is_ended_too(made):
    saturated = found(made, Saturated)
    assert is_lessened(saturated, changed(made, saturated.changes[0]), len(made.network) - 1)


# -------------------------------------------------------------------------------------------------------------- clipping


def test_clipping_by_a_lower_bound_is_told_with_its_share():
    made = current(linear(3, 4, kind="constant", value=-1.0), neurons(count=4, min_v_mem=-0.5), shape=(2, 40, 3))
    simulation = run(made)
    clipped = found(made, Clipped)
    assert clipped == Clipped("min_v_mem", clipped.share, -0.5, ({"min_v_mem": None},), -0.5)
    assert clipped.share == pytest.approx((simulation.records[1].v == -0.5).mean())
    assert clipped.share == pytest.approx(39 / 40)  # -3 leads to -0.28 in the first step, and to less than -0.5 in the next


@pytest.mark.parametrize(("bound", "holds"), [(-2.0, True), (-2.9, True), (-3.1, False), (None, False)])
def test_a_bound_that_is_not_reached_clips_nothing(bound, holds):
    made = current(linear(3, 4, kind="constant", value=-1.0), neurons("ExpLeak", count=4, norm_input=True, min_v_mem=bound))
    assert [type(finding) for finding in findings(made)] == [Clipped] * holds


@pytest.mark.parametrize(
    "layer",
    [neurons(min_v_mem=0.0), neurons("IAF", min_v_mem=0.0, reset_fn={"kind": "MembraneReset"}), neurons("ExpLeak", min_v_mem=0.0)],
    ids=["LIF", "hard reset", "ExpLeak"],
)
@pytest.mark.parametrize("period", [100, 2])
def test_a_potential_that_rests_at_its_lower_bound_is_not_clipped(layer, period):
    source = {"kind": "spike_bursts", "shape": (1, 60, 3), "period": period, "first": 20}
    made = Experiment(network=(layer,), input=source)
    assert (run(made).records[0].v == 0).any()
    assert not any(isinstance(finding, Clipped) for finding in findings(made))


def test_a_bound_that_resets_meet_clips():
    made = current(neurons("IAF", min_v_mem=-0.5, reset_fn={"kind": "MembraneSubtract", "subtract_value": 3.0}), amplitude=1.0)
    clipped = found(made, Clipped)
    assert clipped.share == pytest.approx((run(made).records[0].v == -0.5).mean())


def test_clipping_by_the_spike_function_is_told_with_its_share():
    made = current(
        neurons(spike_fn=SINGLE, norm_input=False, reset_fn={"kind": "MembraneReset"}, spike_threshold=[1.0, 1.0, 2.0]), amplitude=3.0
    )
    clipped = found(made, Clipped)
    assert clipped == Clipped("spike_fn", 2 / 3, 3.0, ({"spike_fn": MULTI},))


@pytest.mark.parametrize(
    ("spike_fn", "amplitude", "holds"),
    [
        (SINGLE, 1.9, False),
        (SINGLE, 2.0, True),
        ({"kind": "MaxSpike", "max_num_spikes_per_bin": 3}, 3.9, False),
        ({"kind": "MaxSpike", "max_num_spikes_per_bin": 3}, 4.0, True),
        ({"kind": "MaxSpike"}, 400.0, False),
        (MULTI, 400.0, False),
    ],
)
def test_a_spike_function_clips_where_more_spikes_would_fit(spike_fn, amplitude, holds):
    made = current(neurons("IAF", spike_fn=spike_fn, reset_fn={"kind": "MembraneReset"}), amplitude=amplitude)
    assert [finding.by for finding in findings(made) if isinstance(finding, Clipped)] == ["spike_fn"] * holds


CLIPPED: dict[str, Experiment] = {
    "bound": current(neurons(min_v_mem=-0.5), amplitude=-2.0),
    "bound for each": current(neurons(min_v_mem=[-0.5, -5.0, -5.0]), amplitude=-2.0),
    "bound of a leak": current(neurons("ExpLeak", min_v_mem=-0.5), amplitude=-2.0),
    "bound of a picture": current(neurons(min_v_mem=-0.5), {"kind": "Flatten"}, amplitude=-2.0, shape=(1, 20, 2, 3, 4)),
    "single spikes": current(neurons(spike_fn=SINGLE), amplitude=30.0),
    "single spikes of an adaptive layer": current(neurons("ALIF"), amplitude=300.0),
    "at most two spikes": current(neurons("IAF", spike_fn={"kind": "MaxSpike", "max_num_spikes_per_bin": 2}), amplitude=5.0),
    "single spikes, recurrent": current(
        neurons("IAFRecurrent", spike_fn=SINGLE, rec_connect=back(3, kind="constant", value=0.3)), amplitude=3.0
    ),
    "single spikes and a bound": spikes(
        linear(3, 8), neurons(count=8, spike_fn=SINGLE, min_v_mem=-0.1, norm_input=False, spike_threshold=0.1)
    ),
}


@pytest.mark.parametrize("made", CLIPPED.values(), ids=CLIPPED)
def test_each_remedy_ends_the_clipping_that_it_is_for(made):
    simulation = run(made)
    clippings = [(index, f) for index, layer in diagnose(simulation).items() for f in layer if isinstance(f, Clipped)]
    assert clippings
    for index, clipped in clippings:
        assert clipped.changes
        for changes in clipped.changes:
            assert is_lessened(clipped, changed(made, changes, index), index), changes


def test_no_limit_is_taken_from_spikes_that_would_grow_beyond_all_bounds():
    explosive = current(neurons("IAFRecurrent", spike_fn=SINGLE, rec_connect=back(3, kind="constant", value=0.9)), shape=(1, 400, 3))
    assert found(explosive, Clipped).changes == ()


# ----------------------------------------------------------------------------------------------------------- long memory


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


# ------------------------------------------------------------------------------------------------------------- at random


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
    high = layer.model_copy(update={"spike_threshold": 1e30})
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
