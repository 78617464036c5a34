"""Clipping by a bound or by the spike function is told with its share, and each remedy ends it."""

import pytest

from snncore.diagnosis.layers import Clipped, diagnose
from snncore.experiment.spec import Experiment
from tests.snncore.diagnosed import (
    MULTI,
    SINGLE,
    back,
    changed,
    current,
    findings,
    found,
    is_lessened,
    linear,
    neurons,
    run,
    spikes,
)


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
