"""Trainings that an edit or a restart replaced, kept with their epochs so that undo and redo bring them back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.server.runner import TrainingRun
from snncore.experiment.spec import Draft, Experiment

MOST_FORMER = 2
"""Most trainings kept; the oldest go first."""


@dataclass
class FormerRuns:
    """Paused trainings, the latest last.

    Attributes:
        restarted: the training that a restart of the same Experiment replaced, until the new one is driven.
    """

    runs: list[TrainingRun] = field(default_factory=list)
    restarted: TrainingRun | None = None

    def keep(self, run: TrainingRun) -> None:
        """Keep a training that was replaced, if it has epochs to lose."""
        if has_epochs(run):
            run.thin()
            self.runs = [*self.runs, run][-MOST_FORMER:]

    def of(self, draft: Draft) -> TrainingRun | None:
        """Return the latest training of a draft; None if none is kept."""
        return next((run for run in reversed(self.runs) if run.experiment.draft == draft), None)

    def take(self, experiment: Experiment) -> TrainingRun | None:
        """Return the latest training of an Experiment, no longer kept; None if there is none."""
        found = self.of(experiment.draft)
        self.runs = [run for run in self.runs if run is not found]
        return found


def has_epochs(run: TrainingRun) -> bool:
    """Whether anything was trained, if only batches of an epoch."""
    return len(run.records) > 1 or run.batches[0] > 0


def changes_between(run: TrainingRun, draft: Draft) -> dict[str, Any] | None:
    """Return the changes that turn what a training trains with into a draft from its next epoch on.

    None if they differ in anything that was set before the training began, so that only another training can have it.
    """
    trained = run.experiment.draft
    if not has_epochs(run) or run.failure is not None or draft.first_misfit or trained.in_force(-1) != draft.in_force(-1):
        return None
    noted = sorted({change.field for change in (*trained.training.changes, *draft.training.changes)})
    return {path: draft.settled.at(path) for path in noted if draft.settled.at(path) != trained.settled.at(path)}
