"""What pages say is true: each number in a sentence is that of the record, of the layers and at the epoch that the sentence names."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from app.state.network_view import SHUFFLED
from app.words.comparison import differences, why_in_words
from app.words.network import network_status
from app.words.numbers import reach_in_words, share_in_words, three_digits
from snncore.diagnosis.layers import diagnose
from snncore.diagnosis.remedies import without_normalisation
from snncore.experiment.edits import fitting_input
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import train
from snncore.run.simulation import simulate
from tests.app.pages import NETWORK, TRAINING, data_of, desk, opened, received_by, shown
from tests.app.said import said

pytestmark = pytest.mark.slow  # each runs a page of the app


def groups(page: AppTest) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = received_by(page, "rows")[0]["groups"]
    return found


# ------------------------------------------------------------------------------------------------------- the network's state


def iaf(amplitude: float, layers: int = 1, dt: float = 1e-3) -> Experiment:
    """IAF neurons whose rate is the amplitude of their current, in spikes per step."""
    network = [{"kind": "IAF", "spike_threshold": 1.0}] * layers
    return Experiment(network=network, input={"kind": "step_current", "shape": (1, 200, 3), "amplitude": amplitude}, dt=dt)


@pytest.mark.parametrize("made", [iaf(0.402), iaf(0.02), iaf(0.402, dt=1e-4), iaf(0.3, layers=2), iaf(0.3, layers=5)])
def test_a_network_of_which_nothing_is_wrong_is_said_to_spike_as_often_as_it_does(made: Experiment) -> None:
    status = data_of(opened(NETWORK, made), "count")["status"]
    records = simulate(made)[0].records
    rates = {made.layer_label(str(index)): record.spikes.mean() / made.dt for index, record in records.items()}
    if len(rates) <= 3:
        told = dict(re.findall(r"((?:LIF|IAF|ALIF)\w* \d+) ([\d,.]+) Hz", status.removeprefix("Mean rate")))
        assert told.keys() == rates.keys()
        for label, rate in told.items():
            assert float(rate.replace(",", "")) == pytest.approx(rates[label], rel=0.005)
    else:
        count, least, most = re.fullmatch(r"Mean rates of (\d) layers: ([\d.]+) to ([\d.]+) Hz\.", status).groups()  # type: ignore[union-attr]
        assert int(count) == len(rates)
        assert (float(least), float(most)) == pytest.approx((min(rates.values()), max(rates.values())), rel=0.005)


def test_a_network_in_which_nothing_can_spike_is_not_said_to() -> None:
    linear = {"kind": "Linear", "in_features": 3, "out_features": 2}
    for network in ([linear], [linear, {"kind": "ExpLeak", "tau_mem": 10.0}]):
        made = iaf(0.3).replace({"network": network})
        (simulation,) = simulate(made)
        assert network_status(simulation, diagnose(simulation)) == "No layer of this network spikes."


def said_of(layer: dict[str, Any], **pulse: Any) -> str:
    """What is said of neurons with a current."""
    made = Experiment(network=[layer], input={"kind": "step_current", **pulse})
    (simulation,) = simulate(made)
    return network_status(simulation, diagnose(simulation))


def test_a_layer_whose_input_is_short_is_not_said_to_fire_all_the_time() -> None:
    driven = {"kind": "LIF", "tau_mem": 10.0, "spike_fn": "SingleSpike", "reset_fn": "MembraneReset"}
    short, throughout = ({"shape": (1, 1000, 4), "amplitude": 250.0, "start": 0, "stop": stop} for stop in (20, 1000))
    rest = "its row says why, and what helps."
    assert said_of(driven, **short) == f"LIF 1 fires at nearly every step while its input lasts: {rest}"
    assert said_of(driven, **throughout) == f"LIF 1 fires nearly without pause: {rest}"


def test_a_layer_that_loses_a_tenth_in_its_run_is_not_said_to_forget_nothing() -> None:
    lasting = {"kind": "LIF", "tau_mem": 1001.0, "norm_input": False}
    said = said_of(lasting, shape=(1, 100, 4), amplitude=0.05)
    assert said == "LIF 1 hardly forgets in so short a run: its row says why, and what helps."


# ------------------------------------------------------------------------------------------------------------------ numbers


@given(st.floats(-5, 5))
def test_a_reach_is_said_to_be_1_or_more_where_the_neuron_spikes(reach: float) -> None:
    said = float(reach_in_words(reach))
    assert said == pytest.approx(reach, abs=0.00501)
    assert (said >= 1) == (reach >= 1) or abs(reach - 1) < 1e-7


@given(st.floats(0, 1))
def test_a_share_is_said_to_be_none_or_all_where_it_is(share: float) -> None:
    assert (share_in_words(share) == "100%") == (share == 1)
    assert (share_in_words(share) == "0%") == (share == 0)


# ---------------------------------------------------------------------------------------------------------------- comparing


def test_normalisation_is_said_of_the_layers_that_have_it() -> None:
    made = ten_spikes().replace({"network.1.norm_input": False, "network.3.tau_mem": 5.0, "training.epochs": 1})
    (record,) = train(made)
    (without,) = simulate(made.replace(without_normalisation(made)), parameters=record.parameters)
    assert why_in_words(made, record, without).startswith("Normalised input multiplies that of LIF 4 by 1-α = 0.181;")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network.1.surrogate_grad_fn": {"kind": "ATan", "alpha": 3.0}}, "surrogate gradient exponential → arctangent"),
        (
            {"network.1.surrogate_grad_fn": {"kind": "SingleExponential", "grad_scale": 4.0}},
            "surrogate gradient grad_scale 1 → 4",
        ),
    ],
)
def test_what_changed_of_a_surrogate_is_said_with_both_values(changes: dict[str, Any], words: str) -> None:
    assert differences(ten_spikes(), ten_spikes().changed(7, changes)) == [f"changed at epoch 7: {words}"]


def test_other_inputs_are_said_by_the_names_that_pages_have_for_them() -> None:
    fed = ten_spikes().replace({"input": {"kind": "step_current", "shape": (1, 100, 16), "amplitude": 1.0}})
    assert differences(ten_spikes(), fed) == ["input Random spikes → Constant or step current"]


def test_a_number_that_differs_beyond_six_digits_is_said_to_differ() -> None:
    assert differences(ten_spikes(), ten_spikes().replace({"network.1.tau_mem": 10.0000001})) == ["τ_mem of LIF 2 10 → 10.0000001"]


def test_the_spikes_of_a_pinned_training_are_those_of_the_epoch_that_stands_beside_them() -> None:
    page = opened(TRAINING, ten_spikes().replace({"training.epochs": 60}))
    run = desk(page).training.run
    for _ in range(30):
        run.step()
    pinned = run.past()
    desk(page).training.pinned = pinned
    page.run()
    desk(page).training.scrubbed = 20
    shown(page.run())
    output = next(group for group in groups(page) if group["layer"] == "3")
    epoch, spikes = re.search(r"A, epoch (\d+): (\d+) spikes?", output["words"]).groups()  # type: ignore[union-attr]
    assert int(epoch) == 20
    assert int(spikes) == pinned.records[int(epoch)].spikes
    words = " ".join(said(page, "sentence"))
    last = pinned.records[-1]
    assert f"{last.spikes:.0f} spike{'' if last.spikes == 1 else 's'} at epoch {last.epoch}. Same as A so far" in words


# -------------------------------------------------------------------------------------------------------------- samples, shuffles


@pytest.mark.parametrize("view", [NETWORK, TRAINING])
def test_numbers_of_one_sample_are_said_to_be_those_of_one(view: str) -> None:
    made = ten_spikes().replace({"input.shape": (3, 100, 16)})
    shown_input = groups(opened(view, made))[0]["words"]
    assert shown_input.startswith("sample 1 of 3 · 16 channels · ")
    assert f"{made.make_input()[0].sum():.0f} spikes" in shown_input


@pytest.mark.parametrize(("kind", "is_said"), [("step_current", True), ("random_spikes", False)])
def test_a_shuffle_that_changes_nothing_is_said_to(kind: str, is_said: bool) -> None:
    page = opened(NETWORK, ten_spikes().replace({"input": {**fitting_input(kind, (1, 100, 16)), **({"start": 0} if is_said else {})}}))
    desk(page).composition.view.overlay = SHUFFLED
    shown(page.run())
    assert ("Shuffling changes nothing here: no channel's input varies over time." in [c.value for c in page.caption]) == is_said
    (plain,), (shuffled,) = (simulate(desk(page).composition.experiment, shuffled=shuffles) for shuffles in (False, True))
    assert np.array_equal(plain.input, shuffled.input) == is_said


@pytest.mark.parametrize(
    ("number", "said"), [(0.78125, "0.781"), (62.5, "62.5"), (100, "100"), (999.4, "999"), (999.7, "1,000"), (5660.4, "5,660"), (0.0, "0")]
)
def test_a_rate_has_three_digits_and_never_an_exponent(number: float, said: str) -> None:
    assert three_digits(number) == said
