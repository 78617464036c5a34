"""What goes wrong in a training is found with its numbers, and its first remedy, trained with, cures it. A sound training is left alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from snncore.diagnosis.remedies import Changes, most_output_spikes, rounded_down, smaller_steps, useful
from snncore.diagnosis.training import EXPLODING, SILENT_EPOCHS, STAGNANT_EPOCHS, TREND_EPOCHS, findings
from snncore.diagnosis.training_findings import (
    Diverged,
    Diverging,
    ExplodingGradient,
    NoGradient,
    NoProgress,
    StaysSilent,
    TrainingFinding,
    UnreachableTarget,
)
from snncore.errors import DivergenceError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import EpochRecord, Trainer, train
from tests.length import sampled

pytestmark = pytest.mark.usefixtures("one_thread")


def trained(experiment: Experiment) -> tuple[list[EpochRecord], DivergenceError | None]:
    """The records of all epochs, and what ended them if they left the finite numbers."""
    records: list[EpochRecord] = []
    trainer = Trainer(experiment)
    try:
        records.extend(trainer.epochs(experiment.training.epochs))
    except DivergenceError as error:
        return records, error
    return records, None


def findings_of_each_epoch(experiment: Experiment, records: list[EpochRecord]) -> list[list[TrainingFinding]]:
    return [findings(experiment, records[: end + 1]) for end in range(len(records))]


def in_all(field: str, value: Any) -> Changes:
    """The same in both layers of neurons of the ten-spike task."""
    return {f"network.{index}.{field}": value for index in (1, 3)}


def surrogates(kind: str, **fields: float) -> Changes:
    return in_all("surrogate_grad_fn", {"kind": kind, **fields})


SGD = {"training.optimiser": "SGD"}
SITUATIONS: dict[str, tuple[Changes, type[TrainingFinding], dict[str, Any]]] = {
    "target above all spikes": (
        {"training.task.target": 500, "network.3.spike_fn": "SingleSpike"},
        UnreachableTarget,
        {"target": 500, "most": 400, "samples": 1, "steps": 100, "outputs": 4, "most_per_step": 1, "needs_restart": False},
    ),
    "absurd learning rate": ({"training.lr": 1e38}, Diverged, {"epoch": 0, "layer": "0", "quantity": "weight", "needs_restart": True}),
    "gradient beyond all numbers": (
        surrogates("SingleExponential", grad_scale=20.0),
        Diverged,
        {"epoch": 0, "layer": "0", "quantity": "gradient of the weight"},
    ),
    "runaway": (
        {**SGD, "training.lr": 1e6},
        Diverging,
        {"best_loss": 100.0, "best_epoch": 0, "needs_restart": True},
    ),
    "steep surrogate": (surrogates("SingleExponential", grad_scale=2.0), ExplodingGradient, {"layer": "1", "needs_restart": False}),
    "wrong sign": ({"training.lr": 0.01, **surrogates("SingleExponential", grad_scale=-1.0)}, ExplodingGradient, {"layer": "1"}),
    "reset of more than θ": (
        {"network.1.reset_fn": {"kind": "MembraneSubtract", "subtract_value": 3.0}},
        ExplodingGradient,
        {"layer": "1"},
    ),
    "window of no width": (
        surrogates("Heaviside", window=0.0),
        NoGradient,
        {"loss": 100.0, "largest_norm": 0.0, "layer": "3", "largest_surrogate": 0.0, "overshoot": None, "needs_restart": False},
    ),
    "true derivative": (surrogates("TrueDerivative"), NoGradient, {"largest_norm": 0.0, "layer": "3", "overshoot": None}),
    "thrown far below θ": (
        {"training.lr": 1.0},
        NoGradient,
        {"loss": 100.0, "largest_norm": 0.0, "layer": "3", "overshoot": (1, 283.0), "needs_restart": True},
    ),
    "thrown below θ": (
        {**SGD, "training.lr": 0.1},
        StaysSilent,
        {"layer": "3", "is_output": True, "epochs": 98, "epochs_to_go": None, "overshoot": (1, 541.0), "needs_restart": True},
    ),
    "steps too small": (
        {"training.lr": 1e-4},
        StaysSilent,
        {"layer": "3", "is_output": True, "epochs": 100, "epochs_to_go": None, "overshoot": None, "needs_restart": False},
    ),
    "thresholds too high": (
        {**in_all("spike_threshold", 5.0), "training.epochs": 30},
        StaysSilent,
        {"layer": "1", "is_output": False, "epochs": 30, "overshoot": None, "needs_restart": False},
    ),
    "to and fro": (
        {"seeds.input": 3, "training.epochs": 160},
        NoProgress,
        {"best_loss": 1.0, "best_epoch": 48, "fewest": 8.0, "most": 12.0, "needs_restart": False},
    ),
}


@pytest.mark.parametrize("situation", sampled(SITUATIONS, most=5))
def test_what_goes_wrong_is_found_with_its_numbers_and_the_first_remedy_cures_it(situation):
    changes, kind, numbers = SITUATIONS[situation]
    experiment = ten_spikes().replace(changes)
    records, divergence = trained(experiment)
    found = findings(experiment, records, divergence)[0]
    assert type(found) is kind
    assert {name: getattr(found, name) for name in numbers} == numbers
    cured = experiment.replace(found.changes[0])
    later, divergence = trained(cured)
    assert divergence is None
    assert min(record.loss for record in later) < later[0].loss
    assert not any(isinstance(finding, kind) for of_epoch in findings_of_each_epoch(cured, later) for finding in of_epoch)


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_found_at_any_epoch_of_the_ten_spike_task(seed):
    experiment = ten_spikes().replace({"seeds.weights": seed})
    records = list(train(experiment))
    assert records[-1].loss == 0
    assert findings_of_each_epoch(experiment, records) == [[]] * len(records)


@pytest.mark.parametrize("changes", [{"training.lr": 0.01}, {"training.lr": 0.1}, {"training.optimiser": "Adam", "training.lr": 0.1}])
def test_an_overshoot_from_which_training_comes_back_is_left_alone(changes):
    experiment = ten_spikes().replace(changes)
    records = list(train(experiment))
    assert max(record.loss for record in records) > 10 * 100
    assert findings_of_each_epoch(experiment, records) == [[]] * len(records)


# ------------------------------------------------------------------------------------------------- before training


def test_unreachable_target_is_found_before_anything_is_trained():
    found = findings(ten_spikes().replace({"training.task.target": 401, "network.3.spike_fn": "SingleSpike"}), [])
    assert [type(finding) for finding in found] == [UnreachableTarget]
    assert found[0].changes == ({"training.task.target": 400}, {"network.3.spike_fn": {"kind": "MultiSpike"}})
    for changes in found[0].changes:
        assert findings(ten_spikes().replace({"training.task.target": 401, "network.3.spike_fn": "SingleSpike", **changes}), []) == []


@pytest.mark.parametrize(
    ("spike_fn", "most"),
    [
        ("SingleSpike", 400),
        ({"kind": "MaxSpike", "max_num_spikes_per_bin": 3}, 1200),
        ({"kind": "MaxSpike", "max_num_spikes_per_bin": None}, None),
        ("MultiSpike", None),
    ],
)
def test_most_output_spikes_are_what_the_spike_function_lets_through_in_all_steps(spike_fn, most):
    experiment = ten_spikes().replace({"network.3.spike_fn": spike_fn})
    assert most_output_spikes(experiment) == most
    batch = experiment.replace({"input.shape": (3, 100, 16)})
    assert most_output_spikes(batch) == (None if most is None else 3 * most)
    assert findings(experiment.replace({"training.task.target": most or 10**9}), []) == []


# ------------------------------------------------------------------------------------------------------- in detail


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


def test_the_grad_scale_that_ends_an_explosion_is_the_largest_that_is_stable():
    experiment = ten_spikes().replace(surrogates("Gaussian", sigma=0.2, grad_scale=9.0))
    records, divergence = trained(experiment)
    peak = 1 / (0.2 * np.sqrt(2 * np.pi))
    scaled, plain = findings(experiment, records, divergence)[0].changes
    assert scaled["network.1.surrogate_grad_fn"] == {"kind": "Gaussian", "mu": 0.0, "sigma": 0.2, "grad_scale": rounded_down(2 / peak, 2)}
    assert plain["network.1.surrogate_grad_fn"]["kind"] == "SingleExponential"


def test_divergence_in_a_recurrent_connection_is_that_of_its_layer():
    (found,) = findings(ten_spikes(), [], DivergenceError(3, "1.rec_connect", "gradient of the weight"))
    assert isinstance(found, Diverged)
    assert (found.epoch, found.layer, found.quantity) == (3, "1", "gradient of the weight")
    assert found.changes == ({"training.lr": 1e-4},)


def test_divergence_without_an_explosion_asks_for_a_smaller_learning_rate_first_and_for_a_smaller_grad_scale():
    experiment = ten_spikes().replace(surrogates("ATan") | {"network.3.surrogate_grad_fn": {"kind": "Gaussian", "grad_scale": 2.0}})
    (found,) = findings(experiment, [], DivergenceError(3, "0", "weight"))
    smaller = {"network.3.surrogate_grad_fn": {"kind": "Gaussian", "mu": 0.0, "sigma": 0.5, "grad_scale": 1.0}}
    assert found.changes == ({"training.lr": 1e-4}, smaller)


def test_a_surrogate_is_offered_only_if_with_it_no_gradient_explodes():
    reset = {"network.1.reset_fn": {"kind": "MembraneSubtract", "subtract_value": 5.0}}
    experiment = ten_spikes().replace({**reset, "network.1.surrogate_grad_fn": "ATan", "training.epochs": 1})
    (found,) = findings(experiment, list(train(experiment)))
    (changes,) = found.changes
    assert changes["network.1.surrogate_grad_fn"]["kind"] == "SingleExponential"
    assert changes["network.1.reset_fn"] == {"kind": "MembraneSubtract", "subtract_value": None}


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


def test_the_lower_threshold_is_one_that_is_reached_from_the_first_epoch_on():
    experiment = ten_spikes().replace({"training.lr": 1e-4, "training.epochs": 60})
    records = list(train(experiment))
    first, last = (float(record.layers[1].u.max()) for record in (records[0], records[-1]))
    assert 0.11 < first < 0.12 < last
    (found,) = findings(experiment, records)
    assert {"network.3.spike_threshold": 0.11} in found.changes


@pytest.mark.slow
def test_a_silent_output_on_its_way_to_the_threshold_makes_progress_though_the_loss_is_flat():
    experiment = ten_spikes().replace({"training.optimiser": "SGD", "training.lr": 2e-5, "training.epochs": 1000})
    records = list(train(experiment.replace({"training.epochs": STAGNANT_EPOCHS + 5})))
    assert {record.loss for record in records} == {100.0}
    assert findings(experiment, records) == []


@pytest.mark.slow
def test_no_threshold_and_no_gain_is_offered_for_a_potential_that_never_rises_above_zero():
    experiment = ten_spikes().replace(
        {"training.lr": 1e-9, "network.2.weights": {"kind": "constant", "value": -1.0}, "network.2.bias": False}
    )
    records = list(train(experiment))
    (found,) = findings(experiment, records)
    assert isinstance(found, StaysSilent)
    assert found.largest_u_over_threshold <= 0
    assert found.changes == ({"training.lr": 1e-8},)


def test_half_the_learning_rate_where_spikes_pass_the_target_and_more_where_they_stay_on_one_side():
    experiment = ten_spikes()
    first = next(train(experiment))
    for spikes, lr in (((9.0, 12.0), 5e-4), ((8.0, 9.0), 0.01)):
        records = [replace(first, epoch=n, spikes=spikes[n % 2], loss=(spikes[n % 2] - 10) ** 2) for n in range(STAGNANT_EPOCHS + 2)]
        (found,) = findings(experiment, records)
        assert isinstance(found, NoProgress)
        assert found.changes == ({"training.lr": lr},)


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


# ------------------------------------------------------------------------------------------------------ spike times


def spike_times(**changes):
    """A net that learns two neurons' spike times."""
    times = {"training.task": {"kind": "spike_times", "times": [[20, 60], [40], [], []]}, "training.optimiser": "Adam"}
    return ten_spikes().replace({**times, **in_all("norm_input", False), "training.lr": 0.01, **changes})


def test_a_silent_output_of_a_task_of_times_is_found():
    experiment = spike_times(**in_all("spike_threshold", 50.0), **{"training.lr": 1e-6, "training.epochs": 30})
    (found,) = findings(experiment, list(train(experiment)))
    assert isinstance(found, StaysSilent)
    assert found.epochs == 30


def test_a_training_of_times_that_leaves_the_finite_numbers_is_found():
    experiment = spike_times(**SGD, **{"training.lr": 1e38})
    records, divergence = trained(experiment)
    assert isinstance(findings(experiment, records, divergence)[0], Diverged)


def test_a_distance_that_bounces_asks_for_smaller_steps_and_one_that_stands_still_for_larger_ones():
    experiment = spike_times()
    first = next(train(experiment))
    for bounce, lr in ((0.4, 5e-3), (0.0, 0.1)):
        losses = [0.5, *(0.6 + bounce * (n % 2) for n in range(STAGNANT_EPOCHS + 2))]
        (found,) = findings(experiment, [replace(first, epoch=n, spikes=3.0, loss=loss) for n, loss in enumerate(losses)])
        assert isinstance(found, NoProgress)
        assert (found.best_loss, found.fewest, found.most) == (0.5, 0.6, 0.6 + bounce)
        assert found.changes == ({"training.lr": lr},)


def test_times_ask_for_no_more_spikes_than_any_output_can_give():
    assert findings(spike_times(**{"network.3.spike_fn": "SingleSpike"}), []) == []


def test_a_distance_within_the_tolerance_is_nothing_to_complain_of():
    experiment = spike_times()
    first = next(train(experiment))
    within = [replace(first, epoch=n, spikes=0.0, loss=0.05) for n in range(STAGNANT_EPOCHS + 2)]
    assert findings(experiment, within) == []


# -------------------------------------------------------------------------------------------------------- remedies


@pytest.mark.parametrize("optimiser", ["RMSprop", "Adam", "SGD"])
def test_smaller_steps_take_away_no_more_than_the_loss_to_first_order(optimiser):
    experiment = ten_spikes().replace({"training.optimiser": optimiser, "training.lr": 100.0})
    first = next(train(experiment))
    lr = smaller_steps(experiment, first)["training.lr"]
    careful = experiment.replace({"training.lr": lr * 1e-3, "training.epochs": 2})
    before, after = (record.parameters for record in train(careful))
    steps = {name: float(np.linalg.norm(after[name] - before[name])) * 1e3 for name in first.gradient_norms}
    fall = sum(steps[name] * norm for name, norm in first.gradient_norms.items())
    assert 0.4 * first.loss < fall <= 1.01 * first.loss


def test_smaller_steps_are_a_tenth_where_that_is_small_enough_or_nothing_is_known():
    assert smaller_steps(ten_spikes(), next(train(ten_spikes()))) == {"training.lr": 1e-4}
    assert smaller_steps(ten_spikes().replace({"training.lr": 1e3}), None) == {"training.lr": 100.0}
    reduced = next(train(ten_spikes())).reduced()
    assert smaller_steps(ten_spikes().replace({"training.lr": 1e3}), reduced) == {"training.lr": 100.0}


def test_remedies_that_cannot_be_built_or_change_nothing_are_left_out_and_each_is_offered_once():
    lr, same, impossible, unknown = ({"training.lr": 0.1}, {"training.lr": 1e-3}, {"training.lr": 0.0}, {"network.0.tau_mem": 1.0})
    assert useful(ten_spikes(), (same, impossible, lr, unknown, lr | {"network.1.tau_mem": 10.0}, {})) == (lr,)


@pytest.mark.parametrize(
    ("value", "digits", "rounded"), [(0.4567, 2, 0.45), (0.11, 2, 0.11), (0.0019, 1, 0.001), (12.9, 2, 12.0), (1.0, 1, 1.0)]
)
def test_rounding_down_keeps_digits_and_never_rises(value, digits, rounded):
    assert rounded_down(value, digits) == rounded


def test_gradients_of_the_surrogate_before_tell_nothing_of_the_present_one() -> None:
    dead = ten_spikes().replace({f"network.{index}.surrogate_grad_fn": "TrueDerivative" for index in (1, 3)})
    records = list(train(dead.replace({"training.epochs": 5})))
    assert any(isinstance(finding, NoGradient) for finding in findings(dead, records))
    assert findings(ten_spikes(), records, trained=dead) == []
