"""A remedy is offered where it helps, and changes no more than it must."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from snncore.diagnosis.remedies import rounded_down, smaller_steps, useful
from snncore.diagnosis.training import STAGNANT_EPOCHS, findings
from snncore.diagnosis.training_findings import NoProgress, StaysSilent
from snncore.errors import DivergenceError
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import train
from tests.snncore.ten_spike_trainings import spike_times, surrogates, trained

pytestmark = pytest.mark.usefixtures("one_thread")


def test_the_grad_scale_that_ends_an_explosion_is_the_largest_that_is_stable():
    experiment = ten_spikes().replace(surrogates("Gaussian", sigma=0.2, grad_scale=9.0))
    records, divergence = trained(experiment)
    peak = 1 / (0.2 * np.sqrt(2 * np.pi))
    scaled, plain = findings(experiment, records, divergence)[0].changes
    assert scaled["network.1.surrogate_grad_fn"] == {"kind": "Gaussian", "mu": 0.0, "sigma": 0.2, "grad_scale": rounded_down(2 / peak, 2)}
    assert plain["network.1.surrogate_grad_fn"]["kind"] == "SingleExponential"


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


def test_the_lower_threshold_is_one_that_is_reached_from_the_first_epoch_on():
    experiment = ten_spikes().replace({"training.lr": 1e-4, "training.epochs": 60})
    records = list(train(experiment))
    first, last = (float(record.layers[1].u.max()) for record in (records[0], records[-1]))
    assert 0.11 < first < 0.12 < last
    (found,) = findings(experiment, records)
    assert {"network.3.spike_threshold": 0.11} in found.changes


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


def test_a_distance_that_bounces_asks_for_smaller_steps_and_one_that_stands_still_for_larger_ones():
    experiment = spike_times()
    first = next(train(experiment))
    for bounce, lr in ((0.4, 5e-3), (0.0, 0.1)):
        losses = [0.5, *(0.6 + bounce * (n % 2) for n in range(STAGNANT_EPOCHS + 2))]
        (found,) = findings(experiment, [replace(first, epoch=n, spikes=3.0, loss=loss) for n, loss in enumerate(losses)])
        assert isinstance(found, NoProgress)
        assert (found.best_loss, found.fewest, found.most) == (0.5, 0.6, 0.6 + bounce)
        assert found.changes == ({"training.lr": lr},)


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
