"""An epoch in its seven phases as a visitor walks through it, and what becomes of the training without one of them."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass, field

from app.server.jobs import Job, Stop
from app.server.limits import TRAINED_PASSES, cost
from app.server.runner import Owner, TrainingRun
from app.state.credit import why_no_credit
from snncore.errors import DivergenceError, ExperimentError
from snncore.experiment.inputs import Files
from snncore.experiment.spec import Experiment
from snncore.explain import Credit, WalkedEpoch, credit, walk_epoch
from snncore.explain.phase_left_out import LEAVABLE, Outcome, outcome, train_without
from snncore.run.epoch import EpochRecord, Phase

ORDER = tuple(Phase)

_runs = itertools.count(1)

PACE = 3.0
"""Seconds that each phase is shown in slow motion: rows run through time once in less (`app/web/rows/running.js`)."""

UPDATE_TIME, UPDATE_STEPS = 2.5, 10
"""Seconds in which the weights move in slow motion, and how often that is drawn."""

ECHO = 2.0
"""Seconds for which a browser may still tell the phase that slow motion has left."""

PATIENCE = 0.15
"""Seconds to wait for a copy before the page is drawn without it."""

MOST_WORK = 20_000_000_000
"""Most multiplications to train copies: some twenty seconds of one core."""

MOST_EPOCHS, FEWEST_EPOCHS = 100, 10
"""Epochs of a training without a phase."""


@dataclass
class LeftOut:
    """A prediction of what happens without a phase, and what happens.

    Attributes:
        phase: the phase that is left out.
        experiment: what is trained without it.
        count: epochs that are trained.
        guess: what was predicted; None until then.
        whole, without: records of both trainings so far.
        failure: why the training without the phase ended early, in a sentence.
        job: the work; None until there is a prediction.
    """

    phase: Phase
    experiment: Experiment
    count: int
    guess: Outcome | None = None
    whole: list[EpochRecord] = field(default_factory=list)
    without: list[EpochRecord] = field(default_factory=list)
    failure: str | None = None
    job: Job[bool] | None = None

    @property
    def is_running(self) -> bool:
        return self.job is not None and self.job.is_running

    @property
    def outcome(self) -> Outcome | None:
        """What happened; None before the end."""
        if self.job is None or not self.job.result:
            return None
        return outcome(self.whole, self.without)

    @property
    def is_cut_short(self) -> bool:
        """Whether the work ended before it was done, since nobody watched."""
        job = self.job
        return job is not None and not job.is_running and job.result is None and job.failure is None

    def begin(self, owner: Owner, files: Files) -> None:
        """Begin the work, from the start."""
        self.whole.clear()
        self.without.clear()
        self.job = Job(owner, lambda stop: self.work(files, stop))

    def work(self, files: Files, stop: Stop) -> bool | None:
        """Train both, the whole one first."""
        experiment = self.experiment
        if not train_without(experiment, None, self.count, self.whole.append, stop, files):
            return None
        try:
            return train_without(experiment, self.phase, self.count, self.without.append, stop, files) or None
        except DivergenceError as error:
            self.failure = str(DivergenceError(error.epoch, error.layer, error.quantity, experiment.layer_label(error.layer)))
            return True


@dataclass
class PhasesView:
    """Attributes:
    at: the phase on display.
    is_playing: whether it goes on by itself.
    plays: a new number whenever the forward or the backward phase is entered; its rows run through time once for each.
    left_out: what becomes of the training without a phase, while that is asked.
    """

    at: Phase = ORDER[0]
    is_playing: bool = False
    plays: int = 0
    left_out: LeftOut | None = None
    _due: float = 0.0
    _left: tuple[Phase, float] | None = None
    _walk: tuple[tuple[str, int], Job[WalkedEpoch]] | None = None
    _walked: tuple[tuple[str, int], WalkedEpoch] | None = None
    _credit: tuple[WalkedEpoch, Credit[int]] | None = None

    @property
    def is_moving(self) -> bool:
        """Whether what is shown changes by itself."""
        is_walking = self._walk is not None and self._walk[1].is_running
        return self.is_playing or is_walking or (self.left_out is not None and self.left_out.is_running)

    @property
    def moved(self) -> float:
        """How much of the update is made, from 0 to 1: all at once, but in slow motion by and by."""
        if not self.is_playing:
            return 1.0
        shown = PACE - (self._due - time.monotonic())
        return min(int(shown / UPDATE_TIME * UPDATE_STEPS) / UPDATE_STEPS, 1.0)

    @property
    def has_walked(self) -> bool:
        """Whether the epoch is there to be shown."""
        return self._walk is not None and self._walk[1].result is not None

    # ------------------------------------------------------------------------------------------ walking through

    def walk(self, run: TrainingRun, epoch: int, owner: Owner, files: Files, *, follows: bool = False) -> WalkedEpoch | None:
        """Return the epoch of a training in its phases; None while a copy is trained up to it.

        Args:
            follows: whether the epoch is asked for because the network trains on. Then a copy that has begun still finishes, and the
                epoch before it stays until then.

        Raises:
            ExperimentError: its numbers are no longer finite.
        """
        key = run.id, epoch
        if self._walk is not None and self._walk[0][0] == run.id and follows and self._walk[1].is_running:
            key = self._walk[0]
        if self._walk is None or self._walk[0] != key:
            if self._walk is not None:
                self._walk[1].stop()
            experiment = run.experiment
            self._walk = key, Job(owner, lambda stop: walk_epoch(experiment, epoch, stop, files))
        job = self._walk[1]
        job.join(PATIENCE)
        if job.failure:
            raise ExperimentError(job.failure)
        if job.result is None and not job.is_running:
            self._walk = None  # it ended since nobody watched; the next look begins again
        if job.result is not None:
            self._walked = key, job.result
        elif follows and self._walked is not None and self._walked[0][0] == run.id:
            return self._walked[1]
        return job.result

    def credit(self, walked: WalkedEpoch, run: TrainingRun, files: Files) -> Credit[int]:
        """Return credit through time in the backward phase. The last one is kept.

        Raises:
            ExperimentError: the network is too large for it, or a gradient is no longer finite.
        """
        if self._credit is None or self._credit[0] is not walked:
            record = walked.record
            experiment = run.experiment.in_force(record.epoch)
            reason = why_no_credit(experiment)
            if reason is not None:
                raise ExperimentError(reason)
            self._credit = walked, credit(experiment, record.parameters, files)
            self._due = time.monotonic() + PACE  # it takes its time, and only then runs back
        return self._credit[1]

    def go_to(self, phase: Phase) -> None:
        """Show a phase; slow motion goes on from it."""
        self.at = phase
        if phase in (Phase.FORWARD, Phase.BACKWARD):
            self.plays = next(_runs)
        self._due = time.monotonic() + PACE

    def choose(self, phase: Phase) -> None:
        """Show a phase that the visitor chose, unless it's the one that slow motion has just left: a browser that doesn't know that yet
        says that it is still chosen."""
        is_echo = self._left is not None and phase is self._left[0] and time.monotonic() - self._left[1] < ECHO
        if not is_echo:
            self.go_to(phase)

    def next(self) -> None:
        """Show the next phase; after the last one, the first."""
        self.go_to(ORDER[(ORDER.index(self.at) + 1) % len(ORDER)])

    def play(self) -> None:
        """Go through the phases in slow motion, from the present one, or from the first if this is the last."""
        self.is_playing = True
        self.go_to(ORDER[0] if self.at is ORDER[-1] else self.at)

    def stop(self) -> None:
        self.is_playing = False

    def tick(self) -> None:
        """Go on to the next phase in slow motion, if it is time; the last one ends it."""
        if self.is_playing and time.monotonic() >= self._due:
            if self.at is ORDER[-1]:
                self.is_playing = False
            else:
                self._left = self.at, time.monotonic()
                self.next()

    # ---------------------------------------------------------------------------------------- leaving a phase out

    def leave_out(self, run: TrainingRun) -> None:
        """Ask what happens without the phase on display. It is trained once that is predicted.

        Raises:
            ExperimentError: the phase can't be left out, or training takes too long; then nothing changes.
        """
        if self.at not in LEAVABLE:
            raise ExperimentError("Without this phase there is nothing to measure; leave out another one.")
        self.is_playing = False
        made = LeftOut(self.at, run.experiment, epochs_without(run.experiment))
        self.end_leaving_out()
        self.left_out = made

    def predict(self, guess: Outcome, owner: Owner, files: Files) -> None:
        """Predict what happens, and find out. A prediction that was made stays."""
        asked = self.left_out
        if asked is None or asked.guess is not None:
            return
        asked.guess = guess
        asked.begin(owner, files)

    def look_at_left_out(self, run: TrainingRun, owner: Owner, files: Files) -> LeftOut | None:
        """Return what becomes of a training without a phase; None if that isn't asked of it. What was cut short begins again."""
        asked = self.left_out
        if asked is not None and asked.experiment != run.experiment:
            self.end_leaving_out()
        elif asked is not None and asked.is_cut_short:
            asked.begin(owner, files)
        return self.left_out

    def end_leaving_out(self) -> None:
        """Return to the phases."""
        if self.left_out is not None and self.left_out.job is not None:
            self.left_out.job.stop()
        self.left_out = None

    def end(self) -> None:
        """End all that goes on."""
        self.is_playing = False
        self.end_leaving_out()
        if self._walk is not None:
            self._walk[1].stop()
        self._walk = self._walked = self._credit = None


def epochs_without(experiment: Experiment) -> int:
    """Return the epochs that there is time to train, with and without a phase.

    Raises:
        ExperimentError: too few.
    """
    count = min(experiment.training.epochs, MOST_EPOCHS, MOST_WORK // (2 * TRAINED_PASSES * max(cost(experiment.draft).multiplications, 1)))
    if count < min(FEWEST_EPOCHS, experiment.training.epochs):
        raise ExperimentError("This network takes too long to be trained twice for this; use fewer samples, time steps or neurons.")
    return count


def why_not(experiment: Experiment, epoch: int) -> str | None:
    """Return why an epoch's phases can't be walked through; None if they can."""
    if experiment.task.is_labelled:
        return "An epoch of labelled data has these phases in each of its batches, of which none is kept; choose another task."
    if (epoch + 1) * TRAINED_PASSES * cost(experiment.draft).multiplications > MOST_WORK:
        return "A copy would have to train for too long to come to this epoch; look at an earlier one."
    return None
