"""A visitor's guess of the epoch at which the output fires first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.server.runner import TrainingRun

ROUND_EPOCHS = (10, 25, 50, 100, 200, 500, 1000, 2000, 5000)
"""Epochs that are offered to guess."""


@dataclass
class Guess:
    """Attributes:
    made_of: id of the training that it is of; empty if none was made.
    epoch: the guessed epoch.
    """

    made_of: str = ""
    epoch: int = 0

    def of(self, run: TrainingRun) -> int | None:
        """Return the guess for a training; None if none was made."""
        return self.epoch if self.made_of == run.id else None

    def is_asked(self, run: TrainingRun) -> bool:
        """Whether to ask for one: training has begun, the output should fire and hasn't, and nothing was guessed."""
        should_fire = (
            run.records[0].does_spike
            and not run.in_force.task.is_labelled
            and run.in_force.task.spikes_wanted(run.in_force.input.shape[0]) != 0
        )
        has_begun = len(run.records) > 1 and not run.failure
        return should_fire and has_begun and self.of(run) is None and first_spike_of(run) is None

    def make(self, run: TrainingRun, epoch: int) -> None:
        """Guess an epoch that is still to come; any other changes nothing."""
        if self.is_asked(run) and epoch > run.records[-1].epoch:
            self.made_of, self.epoch = run.id, epoch


def first_spike_of(run: TrainingRun) -> int | None:
    """Return the epoch at which the output fired first."""
    return next((record.epoch for record in run.records if record.fires), None)


def epochs_to_guess(run: TrainingRun) -> Sequence[int]:
    """Return three round epochs to come."""
    now = run.records[-1].epoch
    return [epoch for epoch in ROUND_EPOCHS if epoch > now][:3]
