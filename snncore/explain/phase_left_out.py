"""A training without one of the phases of its epochs, beside the whole one: what that phase is for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.spec import Experiment
from snncore.run.bptt import Trainer
from snncore.run.epoch import EpochRecord, Phase

LEAVABLE = (Phase.RESET_PARAMETER_GRADIENTS, Phase.RESET_STATE_GRADIENTS, Phase.RESET_STATES, Phase.BACKWARD, Phase.UPDATE)
"""Phases that can be left out: without forward and loss there is nothing to record."""

Outcome = Literal["same", "other", "still"]
"""Every epoch is as in the whole training; some aren't; or nothing moves from epoch to epoch, though in the whole training it does."""


def train_without(
    experiment: Experiment,
    phase: Phase | None,
    count: int,
    on_record: Callable[[EpochRecord], None],
    stop: Callable[[], bool] = lambda: False,
    files: Files = NO_FILES,
) -> bool:
    """Train for a number of epochs without a phase, on beyond the goal. Return False if it was stopped.

    Args:
        phase: one of `LEAVABLE`; None to leave out nothing.
        on_record: called with the record of each epoch, without its arrays.
        stop: asked before each phase.
        files: arrays that the input and the checkpoint name by their digest.

    Raises:
        DivergenceError: its numbers are no longer finite; the records until then were given to `on_record`.
        ExperimentError: the Experiment can't be trained.
    """
    trainer = Trainer(experiment, files, left_out=phase)
    while trainer.next_epoch < count:
        before = trainer.next_epoch
        for record in trainer.epochs(1, stop):
            on_record(record.reduced())
        if trainer.next_epoch == before:
            return False
    return True


def outcome(whole: Sequence[EpochRecord], without: Sequence[EpochRecord]) -> Outcome:
    """Return what became of a training without a phase, by loss, output and largest u/θ of each epoch.

    Args:
        whole, without: their records from epoch 0 on; fewer of the second if it diverged.
    """
    one, other = [_seen(record) for record in whole], [_seen(record) for record in without]
    if one == other:
        return "same"
    return "still" if len(set(other)) == 1 and len(other) == len(one) else "other"


def _seen(record: EpochRecord) -> tuple[object, ...]:
    return record.loss, record.spikes, record.reach
