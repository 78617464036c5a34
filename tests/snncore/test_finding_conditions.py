"""A training is found to fail once its numbers have shown it, no sooner, and by one cause."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from snncore.diagnosis.training import EXPLODING, SILENT_EPOCHS, STAGNANT_EPOCHS, TREND_EPOCHS, findings
from snncore.diagnosis.training_findings import (
    Diverged,
    Diverging,
    ExplodingGradient,
    NoGradient,
    NoProgress,
    StaysSilent,
    UnreachableTarget,
)
from snncore.errors import DivergenceError
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import train
from tests.snncore.ten_spike_trainings import SGD, in_all, spike_times, surrogates, trained

pytestmark = pytest.mark.usefixtures("one_thread")

# ------------------------------------------------------------------------------------------------------------- gradients


def test_exploding_gradient_says_how_much_it_grows_over_how_many_steps():
    experiment = ten_spikes().replace(surrogates("SingleExponential", grad_scale=20.0))
    records, divergence = trained(experiment)
    diverged, exploding = findings(experiment, records, divergence)
    assert isinstance(exploding, ExplodingGradient)
    assert exploding.changes == diverged.changes == (surrogates("SingleExponential", grad_width=0.5, grad_scale=1.0),)
    steepest = np.exp(-1 / 10) * (20 * 2 - 1)  # at u = θ
    assert 0.8 * steepest < exploding.factor < steepest
    assert EXPLODING < exploding.product < exploding.factor**exploding.steps
    assert 90 < exploding.steps < 100


def test_divergence_in_a_recurrent_connection_is_that_of_its_layer():
    (found,) = findings(ten_spikes(), [], DivergenceError(3, "1.rec_connect", "gradient of the weight"))
    assert isinstance(found, Diverged)
    assert (found.epoch, found.layer, found.quantity) == (3, "1", "gradient of the weight")
    assert found.changes == ({"training.lr": 1e-4},)


def test_a_missing_gradient_of_an_output_that_spikes_is_no_overshoot():
    experiment = ten_spikes().replace(surrogates("TrueDerivative"))
    first = next(train(experiment))
    (found,) = findings(experiment, [replace(first, spikes=12.0, loss=4.0)])
    assert isinstance(found, NoGradient)
    assert found.overshoot is None
    assert found.changes == (surrogates("SingleExponential", grad_width=0.5, grad_scale=1.0),)


def test_a_backward_pass_cut_short_by_an_explosion_is_no_missing_gradient():
    experiment = ten_spikes().replace(surrogates("SingleExponential", grad_scale=20.0))
    records, _ = trained(experiment)
    assert not records[-1].gradient_norms
    assert [type(finding) for finding in findings(experiment, records)] == [ExplodingGradient]


def test_runaway_without_a_gradient_is_found_at_once():
    experiment = ten_spikes().replace({**SGD, "training.lr": 10.0, "training.epochs": 2})
    (found,) = findings(experiment, list(train(experiment)))
    assert isinstance(found, Diverging)


def test_runaway_that_still_has_a_gradient_is_found_once_it_lasts_and_does_not_fall():
    experiment = ten_spikes()
    first = next(train(experiment))
    rising = [
        replace(first, epoch=epoch, spikes=spikes, loss=(spikes - 10.0) ** 2) for epoch, spikes in enumerate([8.0, *[100.0] * TREND_EPOCHS])
    ]
    assert first.gradient_norms["0.weight"] > 0
    assert findings(experiment, rising[:-1]) == []
    (found,) = findings(experiment, rising)
    assert isinstance(found, Diverging)
    assert (found.best_loss, found.best_epoch, found.loss) == (4.0, 0, 8100.0)
    falls = [*rising[:-1], replace(rising[-1], spikes=99.0, loss=89.0**2)]
    assert findings(experiment, falls) == []
    bounded = [replace(record, spikes=min(record.spikes, 40.0), loss=(min(record.spikes, 40.0) - 10) ** 2) for record in rising]
    assert findings(experiment, bounded) == []


def test_gradients_of_the_surrogate_before_tell_nothing_of_the_present_one() -> None:
    dead = ten_spikes().replace({f"network.{index}.surrogate_grad_fn": "TrueDerivative" for index in (1, 3)})
    records = list(train(dead.replace({"training.epochs": 5})))
    assert any(isinstance(finding, NoGradient) for finding in findings(dead, records))
    assert findings(ten_spikes(), records, trained=dead) == []


# ----------------------------------------------------------------------------------------------- silence and no progress


def test_what_the_loss_did_is_read_from_the_epochs_for_the_present_target():
    experiment = ten_spikes()
    records = list(train(experiment))
    other = experiment.replace({"training.task.target": 9})
    last = records[-1].measured_by(other.training.task)
    stuck = [replace(last, epoch=epoch, spikes=10.0, loss=1.0, gradient_norms={"0.weight": 1.0}) for epoch in range(52, 300)]
    assert findings(other, [*records, *stuck[:STAGNANT_EPOCHS]]) == []
    (found,) = findings(other, [*records, *stuck[: STAGNANT_EPOCHS + 1]])
    assert isinstance(found, NoProgress)
    assert (found.best_loss, found.best_epoch) == (1.0, 52)


def test_silence_is_found_when_it_has_lasted_and_the_pace_is_too_slow_for_the_epochs_that_are_left():
    experiment = ten_spikes().replace({"training.optimiser": "Adam", "training.epochs": 60})
    records = list(train(experiment))
    assert findings(experiment, records[: SILENT_EPOCHS - 1]) == []
    (found,) = findings(experiment, records[:SILENT_EPOCHS])
    reach = [record.reach[1] for record in records[:SILENT_EPOCHS]]
    pace = (reach[-1] - reach[-TREND_EPOCHS]) / (TREND_EPOCHS - 1)
    assert isinstance(found, StaysSilent)
    assert found.epochs == SILENT_EPOCHS
    assert found.epochs_to_go == pytest.approx((1 - reach[-1]) / pace)
    assert found.changes == ({"training.lr": 0.01}, in_all("norm_input", False), {"network.3.spike_threshold": 0.11})
    patient = experiment.replace({"training.epochs": 1000})
    assert findings(patient, records[:SILENT_EPOCHS]) == []


@pytest.mark.slow
def test_a_silent_output_on_its_way_to_the_threshold_makes_progress_though_the_loss_is_flat():
    experiment = ten_spikes().replace({"training.optimiser": "SGD", "training.lr": 2e-5, "training.epochs": 1000})
    records = list(train(experiment.replace({"training.epochs": STAGNANT_EPOCHS + 5})))
    assert {record.loss for record in records} == {100.0}
    assert findings(experiment, records) == []


def test_the_spikes_that_made_no_progress_are_all_those_since_the_best_epoch():
    experiment = ten_spikes()
    first = next(train(experiment))
    spikes = [9.0, 30.0, *[12.0] * (STAGNANT_EPOCHS + 20)]
    (found,) = findings(experiment, [replace(first, epoch=n, spikes=count, loss=(count - 10) ** 2) for n, count in enumerate(spikes)])
    assert isinstance(found, NoProgress)
    assert (found.best_epoch, found.fewest, found.most) == (0, 12.0, 30.0)


def test_no_progress_towards_an_unreachable_target_has_one_cause():
    experiment = ten_spikes().replace({"training.task.target": 500, "network.3.spike_fn": "SingleSpike"})
    first = next(train(experiment))
    records = [replace(first, epoch=epoch, spikes=400.0, loss=100.0**2) for epoch in range(STAGNANT_EPOCHS + 2)]
    assert [type(finding) for finding in findings(experiment, records)] == [UnreachableTarget]


# ----------------------------------------------------------------------------------------------------------- spike times


def test_a_silent_output_of_a_task_of_times_is_found():
    experiment = spike_times(**in_all("spike_threshold", 50.0), **{"training.lr": 1e-6, "training.epochs": 30})
    (found,) = findings(experiment, list(train(experiment)))
    assert isinstance(found, StaysSilent)
    assert found.epochs == 30


def test_a_training_of_times_that_leaves_the_finite_numbers_is_found():
    experiment = spike_times(**SGD, **{"training.lr": 1e38})
    records, divergence = trained(experiment)
    assert isinstance(findings(experiment, records, divergence)[0], Diverged)


def test_times_ask_for_no_more_spikes_than_any_output_can_give():
    assert findings(spike_times(**{"network.3.spike_fn": "SingleSpike"}), []) == []


def test_a_distance_within_the_tolerance_is_nothing_to_complain_of():
    experiment = spike_times()
    first = next(train(experiment))
    within = [replace(first, epoch=n, spikes=0.0, loss=0.05) for n in range(STAGNANT_EPOCHS + 2)]
    assert findings(experiment, within) == []
