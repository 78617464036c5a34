"""Trains in the background: each training has its own thread, can always be stopped, and ends when its owner leaves.

It knows nothing about pages. A page holds one `TrainingRun`, reads its records, and tells it to play, pause or step.
"""

from __future__ import annotations

import atexit
import logging
import secrets
import threading
import time
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.server import priority
from app.server.epoch_log import EpochLog
from app.server.limits import LARGEST_PAST, LARGEST_RECORD, MOST_EPOCHS, MOST_RUNNING, MOST_RUNNING_OF_ONE
from app.server.slots import Slots, Turn
from snncore.arrays import Array
from snncore.errors import DivergenceError, ExperimentError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.io import checkpoint
from snncore.io.checkpoint import Checkpoint
from snncore.run.bptt import EpochRecord, Trainer

ABSENCE_GRACE = 20.0
"""Seconds that a training continues after its owner was last seen: long enough for a network blip."""

PRESENCE_INTERVAL = 1.0
"""Seconds between two checks for the owner."""

MOMENT_INTERVAL = 0.04
"""Seconds between two moments at which a training on labelled data shows its weights within an epoch."""

WATCHED_FOR = 1.0
"""Seconds after somebody looked in which these moments are kept."""

STEP_PATIENCE = 0.2
"""Seconds to wait for a single epoch before it continues in the background."""

log = logging.getLogger(__name__)

slots = Slots(MOST_RUNNING, MOST_RUNNING_OF_ONE)
"""Places and waiting line of all trainings in this process."""

_started: weakref.WeakSet[TrainingRun] = weakref.WeakSet()


@atexit.register
def _pause_all() -> None:
    """End all trainings before the process ends, which aborts if torch still computes in a daemon thread."""
    slots.close()
    for run in list(_started):
        run.pause()


@dataclass(frozen=True)
class Owner:
    """Owner of trainings, which share that owner's places; says whether somebody watches."""

    name: str
    is_present: Callable[[], bool] = lambda: True


@dataclass(frozen=True)
class Moment:
    """The weights of a training on labelled data at one moment, between two of its batches.

    Attributes:
        epoch: number of the last whole epoch, or of the one that has begun.
        done, batches: batches that this epoch has done, and how many it has; (0, 0) once it is whole.
        parameters: of the network by name; don't change them.
    """

    epoch: int
    done: int
    batches: int
    parameters: Parameters


@dataclass(frozen=True)
class PastRun:
    """Snapshot of a training.

    Attributes:
        experiment: with the changes made while it trained.
        input: (batch, time, ...).
    """

    experiment: Experiment
    log: EpochLog
    input: Array

    @property
    def records(self) -> list[EpochRecord]:
        """Records, one per epoch, in order."""
        return self.log.records


class TrainingRun:
    """One Experiment being trained, and its record. Epoch 0 is there from the start or, with `begins_later`, once its turn has come.

    Raises:
        ExperimentError: the task can't measure the network's output, or epoch 0 already has numbers that aren't finite.

    Attributes:
        id: unique among all trainings.
        log: the record of its epochs.
        speed: epochs per second; None: full speed. May be set while it runs.
        divergence: why the run can't continue, if its numbers are no longer finite.
        failure: the same in words, or a message about an internal error.
        epoch_limit: the epoch count at which `play` stops by itself.
        taken_along: epoch and digest of the weights last taken from it to another network.
    """

    def __init__(
        self,
        experiment: Experiment,
        speed: float | None,
        owner: Owner | None = None,
        files: Files = NO_FILES,
        most_bytes: int = LARGEST_RECORD,
        begins_later: bool = False,
    ) -> None:
        self.id = secrets.token_urlsafe(16)
        self.log = EpochLog(most_bytes)
        self.speed = speed
        self.divergence: DivergenceError | None = None
        self.failure: str | None = None
        self.epoch_limit = experiment.training.epochs
        self.taken_along = 0, ""
        self._owner = owner or Owner(self.id)
        self._trainer = Trainer(experiment, files)
        self._moment: Moment | None = None
        self._looked_at = self._moment_kept_at = 0.0
        self._commands = threading.Lock()
        self._stop = threading.Event()
        self._turn: Turn | None = None
        self._thread: threading.Thread | None = None
        if begins_later:
            return
        self._train(1, self._stop)
        if not self.records:
            raise ExperimentError(str(self.failure))

    @property
    def records(self) -> list[EpochRecord]:
        """Records, one per epoch so far, in order; thinned ones hold numbers only."""
        return self.log.records

    @property
    def experiment(self) -> Experiment:
        """The Experiment with the changes made while it trained."""
        return self._trainer.experiment

    @property
    def in_force(self) -> Experiment:
        """The Experiment that the next epoch is trained with."""
        return self.experiment.in_force(len(self.records))

    @property
    def is_running(self) -> bool:
        """Whether it trains by itself, now or once its turn has come."""
        return self._turn is not None

    @property
    def place_in_line(self) -> int:
        """Its place in the waiting line, from 1; 0 if it isn't waiting."""
        turn = self._turn
        return slots.place(turn) if turn else 0

    @property
    def most_at_once(self) -> int:
        """Number of trainings that compute at once on this server."""
        return MOST_RUNNING

    @property
    def most_epochs(self) -> int:
        """Number of epochs that a training may have on this server."""
        return MOST_EPOCHS

    @property
    def stride(self) -> int:
        """Number of epochs from one whole record to the next."""
        return self.log.stride

    @property
    def has_reached_target(self) -> bool:
        """Whether the output meets the task in force."""
        return bool(self.records) and self.records[-1].measured_by(self.in_force.task).is_reached

    @property
    def is_over(self) -> bool:
        """Whether there is nothing left to train."""
        return self.has_reached_target or self.has_reached_end or self.failure is not None

    @property
    def has_reached_end(self) -> bool:
        """Whether it has as many epochs as this server allows."""
        return len(self.records) >= MOST_EPOCHS

    @property
    def has_reached_limit(self) -> bool:
        return len(self.records) >= self.epoch_limit

    @property
    def batches(self) -> tuple[int, int]:
        """Batches of labelled data that the present epoch has done, and how many it has; (0, 0) between two epochs."""
        return self._trainer.batches

    @property
    def is_testing(self) -> bool:
        """Whether the present epoch of labelled data has learned all its batches, and tests."""
        return self._trainer.is_testing

    def moment(self) -> Moment:
        """Return the latest weights of a training on labelled data, also within an epoch."""
        self._looked_at = time.monotonic()
        last, found = self.log.whole_at(len(self.records) - 1), self._moment
        return Moment(last.epoch, 0, 0, last.parameters) if found is None or found.epoch <= last.epoch else found

    @property
    def input(self) -> Array:
        """The input as an array (batch, time, ...)."""
        return self._trainer.data.numpy()

    def checkpoint(self) -> Checkpoint:
        """Return its present weights and constants.

        Raises:
            InputFileError: some aren't finite.
        """
        record = self.log.whole_at(len(self.records) - 1)  # the last one is always whole
        return checkpoint.of(self.experiment.in_force(record.epoch), record.parameters, f"epoch {record.epoch} of the training")

    def thin(self) -> None:
        """Keep layer activity of fewer epochs if the record takes many bytes. The training must be paused."""
        if sum(record.nbytes for record in self.records) > LARGEST_PAST:
            self.log = EpochLog(LARGEST_PAST, self.records[:])

    def past(self) -> PastRun:
        """Return a snapshot of the training, with layer activity thinned to fewer bytes."""
        return PastRun(self.experiment, EpochLog(LARGEST_PAST, self.records[:]), self.input)

    def play(self) -> None:
        """Train until the goal, the epoch limit, a failure or `pause`. No effect if nothing is left to train."""
        if not (self.has_reached_target or self.has_reached_limit):
            self._start(self.epoch_limit - len(self.records))

    def step(self) -> None:
        """Train one epoch. Returns when it is done or, if it takes long, after a moment."""
        self._start(1)
        thread = self._thread
        if thread is not None:
            thread.join(STEP_PATIENCE)

    def step_batch(self) -> None:
        """Learn one batch of labelled data and, after an epoch's last, test.

        Returns when it is done or, if it takes long, after a moment.
        """
        self._start(1, batches=1)
        thread = self._thread
        if thread is not None:
            thread.join(STEP_PATIENCE)

    def change(self, changes: dict[str, Any]) -> None:
        """Change some fields from the next epoch on. A running training keeps running; one that had ended may continue.

        Raises:
            ExperimentError: a field can't be changed while training runs, or a value can't be built; then nothing changes.
        """
        was_running = self.is_running
        self.pause()
        try:
            self._trainer.change(changes)
        finally:
            if was_running:
                self.play()

    def pause(self) -> None:
        """Stop before the next phase of the epoch. A waiting training leaves the line.

        Nothing is left of the interrupted epoch, except of labelled data: it keeps the batches that it has done, and goes on with them.
        """
        with self._commands:
            self._stop.set()
            priority.wake()
            if self._turn and slots.withdraw(self._turn):
                self._turn = None
            elif self._thread is not None:
                self._thread.join()

    def _start(self, count: int, batches: int | None = None) -> None:
        with self._commands:
            if self.is_running or self.failure or self.has_reached_end:
                return
            _started.add(self)
            self._stop = stop = threading.Event()
            self._turn = turn = Turn(self._owner.name, lambda: self._begin(count, batches, stop))
            slots.enter(turn)

    def _begin(self, count: int, batches: int | None, stop: threading.Event) -> None:
        self._thread = threading.Thread(target=self._work, args=(count, batches, stop), name=f"training-{self.id[:6]}", daemon=True)
        self._thread.start()

    def _work(self, count: int, batches: int | None, stop: threading.Event) -> None:
        """Train, then give the place to the next in line."""
        try:
            self._train(count, stop, batches)
        finally:
            turn, self._turn = self._turn, None
            if turn:
                slots.leave(turn)

    def _train(self, count: int, stop: threading.Event, batches: int | None = None) -> None:
        """Train `count` epochs at the set speed, or learn no more than some batches of labelled data."""
        watch = PresenceWatch(self._owner.is_present)
        due = time.monotonic()
        last = len(self.records) + count
        learned = 0

        def count_batch() -> None:
            nonlocal learned
            learned += 1
            self._keep_moment(is_last=learned == batches)

        def shall_end() -> bool:
            has_learned = batches is not None and learned >= batches and not self._trainer.is_testing
            return has_learned or stop.is_set() or watch.is_over()

        steps = self._trainer.epochs(count, stop=shall_end, on_batch=count_batch)
        try:
            for record in steps:
                self.log.add(record)
                if len(self.records) == last:  # a page may wait for just this one
                    continue
                priority.rest(stop.is_set)
                if self.speed is not None:
                    due = max(due + 1 / self.speed, time.monotonic() - 1 / self.speed)
                    stop.wait(max(0.0, due - time.monotonic()))
            self._keep_moment(is_last=True)
        except DivergenceError as error:
            self.divergence = error
            self._moment = None  # the weights that led there; what is shown is the last whole epoch
            self.failure = str(DivergenceError(error.epoch, error.layer, error.quantity, self.experiment.layer_label(error.layer)))
        except Exception:
            log.exception("training %s failed", self.id[:6])
            self.failure = "Training stopped on an internal error, which is in the server's log. Restart begins again at epoch 0."

    def _keep_moment(self, is_last: bool) -> None:
        """Keep the weights within an epoch of labelled data, if somebody looks and has not just been shown some."""
        now, before = time.monotonic(), self._moment_kept_at
        done, batches = self._trainer.batches
        if batches and (is_last or (now - self._looked_at < WATCHED_FOR and now - before >= MOMENT_INTERVAL)):
            self._moment_kept_at = now
            parameters = {name: values.detach().clone().numpy() for name, values in self._trainer.model.named_parameters()}
            self._moment = Moment(self._trainer.next_epoch, done, batches, parameters)


class PresenceWatch:
    """Tells when an owner has been away longer than the grace period."""

    def __init__(self, owner_is_present: Callable[[], bool]) -> None:
        self._owner_is_present = owner_is_present
        self._last_seen = self._next_look = time.monotonic()

    def is_over(self) -> bool:
        now = time.monotonic()
        if now >= self._next_look:
            self._next_look = now + PRESENCE_INTERVAL
            if self._owner_is_present():
                self._last_seen = now
        return now - self._last_seen > ABSENCE_GRACE
