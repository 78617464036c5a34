"""Saturation is told with its numbers, and its remedy ends it."""

import pytest

from snncore.diagnosis.layers import Saturated, diagnose
from snncore.experiment.spec import Experiment
from tests.snncore.diagnosed import SINGLE, back, changed, current, findings, found, is_lessened, linear, neurons, run, spikes


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
