"""Trainings of the ten-spike network to their end, and changes of both of its layers."""

from __future__ import annotations

from typing import Any

from snncore.diagnosis.remedies import Changes
from snncore.errors import DivergenceError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import EpochRecord, Trainer

SGD = {"training.optimiser": "SGD"}


def trained(experiment: Experiment) -> tuple[list[EpochRecord], DivergenceError | None]:
    """The records of all epochs, and what ended them if they left the finite numbers."""
    records: list[EpochRecord] = []
    trainer = Trainer(experiment)
    try:
        records.extend(trainer.epochs(experiment.training.epochs))
    except DivergenceError as error:
        return records, error
    return records, None


def in_all(field: str, value: Any) -> Changes:
    """The same in both layers of neurons of the ten-spike task."""
    return {f"network.{index}.{field}": value for index in (1, 3)}


def surrogates(kind: str, **fields: float) -> Changes:
    return in_all("surrogate_grad_fn", {"kind": kind, **fields})


def spike_times(**changes):
    """A net that learns two neurons' spike times."""
    times = {"training.task": {"kind": "spike_times", "times": [[20, 60], [40], [], []]}, "training.optimiser": "Adam"}
    return ten_spikes().replace({**times, **in_all("norm_input", False), "training.lr": 0.01, **changes})
