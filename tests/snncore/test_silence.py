"""Silence is told with its numbers, and each of its remedies makes the layer spike."""

import pytest

from snncore.diagnosis.layers import Silent, diagnose
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment
from tests.snncore.diagnosed import (
    MULTI,
    SINGLE,
    back,
    changed,
    current,
    decay,
    findings,
    found,
    is_lessened,
    linear,
    neurons,
    run,
    spikes,
)


def test_silence_is_told_with_its_numbers():
    silent = found(current(neurons(), amplitude=0.5), Silent)
    assert silent.largest_u == pytest.approx(0.5 * (1 - decay(10) ** 60), rel=1e-5)
    assert silent.threshold == 1.0
    assert silent.steady_state == pytest.approx(0.5)
    assert silent.gets_input
    assert silent.lower_threshold == 0.49
    assert silent.changes == ({"spike_threshold": 0.49}, {"norm_input": False})


def test_no_lower_threshold_is_offered_than_one_that_learns_is_held_at():
    weak = neurons(spike_threshold=1.0, learns=["spike_threshold"])
    assert "spike_threshold" not in {name for changes in found(current(weak, amplitude=0.009), Silent).changes for name in changes}
    assert found(current(weak, amplitude=0.02), Silent).changes[0] == {"spike_threshold": 0.019}
    assert found(current({**weak, "learns": []}, amplitude=0.009), Silent).changes[0] == {"spike_threshold": 0.0089}


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
