"""What goes wrong in a training is found with its numbers, and its first remedy, trained with, cures it; a sound training is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from snncore.diagnosis.remedies import Changes, most_output_spikes
from snncore.diagnosis.training import findings
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
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import EpochRecord, train
from tests.length import sampled
from tests.snncore.ten_spike_trainings import SGD, in_all, surrogates, trained

pytestmark = pytest.mark.usefixtures("one_thread")

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


def findings_of_each_epoch(experiment: Experiment, records: list[EpochRecord]) -> list[list[TrainingFinding]]:
    return [findings(experiment, records[: end + 1]) for end in range(len(records))]


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


# ------------------------------------------------------------------------------------------------------- before training


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
