"""The training on the Training page: making, driving, editing, looking back and comparing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.server.limits import MOST_EPOCHS
from app.server.runner import TrainingRun, slots
from app.state.credit import CreditView
from app.state.delays import Delays
from app.state.drawn_digit import DrawnDigit
from app.state.files import labelled_file
from app.state.former_runs import FormerRuns, changes_between, has_epochs
from app.state.guess import Guess
from app.state.own_data import OwnData
from app.state.phases import PhasesView
from app.state.shown_training import ShownTraining
from app.state.surrogate import SurrogateView
from app.state.trainability import check_trainable
from app.state.trials import Trials
from app.state.why import Why
from snncore.errors import ExperimentError, SNNCoreError
from snncore.experiment.spec import Draft, Experiment
from snncore.experiment.training import OF_THE_TASK
from snncore.explain.first_spike import FirstSpike
from snncore.io.checkpoint import Checkpoint

DEFAULT_SPEED = 8.0
"""Epochs per second of a new training."""

POLL_INTERVAL = 0.095
"""Seconds between updates of a running training: more than ten a second, drawing included."""

CROWDED_INTERVAL = 0.6
"""Seconds between updates while more than `FEW` trainings compute, over all users."""

FEW = 2


@dataclass
class TrainingState(ShownTraining):
    """A training and all that explains it. An act raises ExperimentError, and changes nothing, if its result can't be built.

    Attributes:
        trials: trainings side by side.
        delays: trainings on a bit to remember, one for each delay.
        surrogate: how the surrogate gradient is looked at.
        phases: the epoch on display in its phases, while they stand there.
        insight: what stands in place of the rows to explain the training, by its name; None while the rows are shown.
        credit: credit through time, while that stands there.
        why: the question why a neuron fired, while that stands there.
        given_up: the result of a training that was replaced by one that starts over, until that one is driven.
        guess: when the first output spike comes.
        former: trainings that were replaced, which undo and redo bring back.
        own_data: of labelled data: the visitor's own file.
        drawn: of digits: the one that the visitor draws.
    """

    trials: Trials = field(default_factory=Trials)
    delays: Delays = field(default_factory=Delays)
    insight: str | None = None
    surrogate: SurrogateView = field(default_factory=SurrogateView)
    phases: PhasesView = field(default_factory=PhasesView)
    credit: CreditView = field(default_factory=CreditView)
    why: Why = field(default_factory=Why)
    given_up: Checkpoint | None = None
    guess: Guess = field(default_factory=Guess)
    former: FormerRuns = field(default_factory=FormerRuns)
    own_data: OwnData = field(default_factory=OwnData)
    drawn: DrawnDigit = field(default_factory=DrawnDigit)
    _checked: tuple[Experiment | None, str | None] = (None, None)

    # ------------------------------------------------------------------------------------------- queries

    @property
    def is_moving(self) -> bool:
        """Whether anything on the page changes by itself."""
        is_running = self.present_run is not None and self.present_run.is_running
        return is_running or self.trials.are_running or self.delays.are_running or self.phases.is_moving

    @property
    def is_walked(self) -> bool:
        """Whether a reload would lose anything."""
        is_trained = self.present_run is not None and has_epochs(self.present_run)
        is_drawn = self.drawn.ink is not None or self.recognition.own is not None
        is_compared = self.pinned is not None or bool(self.trials.runs or self.delays.runs)
        is_explained = self.asks_why or self.insight is not None
        return is_trained or is_compared or is_drawn or is_explained or bool(self.picked)

    @property
    def poll_interval(self) -> float | None:
        """Seconds between updates of what changes by itself; None if nothing does.

        While many trainings compute, updates are rarer, so that the server stays responsive.
        """
        if not self.is_moving:
            return None
        return POLL_INTERVAL if slots.computing <= FEW else CROWDED_INTERVAL

    @property
    def obstacle(self) -> str | None:
        """Why the composed network can't be trained, as far as it says itself; None if it can."""
        misfit, composed = self.composition.present.first_misfit, self.composition.experiment
        if misfit or composed is None:
            return misfit
        if self._checked[0] is not composed:
            self._checked = composed, _why_not(composed)
        return self._checked[1]

    # ------------------------------------------------------------------------------------------ driving it

    def prepare(self) -> str | None:
        """Make the training of the composed experiment, unless it exists or existed: then it comes back with its epochs.

        Returns:
            Why there can't be one; None if there can.
        """
        reason, composed = self.obstacle, self.composition.experiment
        if reason or composed is None:
            return reason
        if self.present_run is None or self.present_run.experiment != composed:
            found = self.former.take(composed)
            try:
                made = found or self._made(composed)
            except ExperimentError as error:
                return str(error)
            if found:
                self.given_up = None
            elif self.present_run:
                self._give_up(self.present_run, composed)
            self._exchange(made)
        return None

    def train(self) -> None:
        """Continue training, beyond the epoch limit if that was reached."""
        self._take_up()
        run = self.run
        if run.has_reached_limit:
            run.epoch_limit = min(run.epoch_limit + run.experiment.training.epochs, MOST_EPOCHS)
        run.play()

    def pause(self) -> None:
        self._take_up()
        self.run.pause()

    def step(self) -> None:
        """Train one epoch."""
        self._take_up()
        self.run.step()

    def step_batch(self) -> None:
        """Train one batch of labelled data."""
        self._take_up()
        self.run.step_batch()

    def restart(self) -> None:
        """Restart at epoch 0 with the same weights, and with the present settings from the start."""
        experiment = self.experiment
        made, old, restarted = self._made(experiment), self.run, self.former.restarted
        self._take_up()
        old.pause()
        if old.experiment == experiment:
            self.former.restarted = old if has_epochs(old) else restarted
            self.present_run, self.scrubbed = made, None
        else:
            self._exchange(made)
        self.composition.accept(experiment.draft, experiment)

    def leave(self) -> None:
        """End all trainings."""
        self.trials.end()
        self.delays.end()
        self.phases.end()
        if self.present_run:
            self.present_run.pause()

    # ------------------------------------------------------------------------------------------ changing it

    def edit(self, changes: dict[str, Any]) -> bool:
        """Start over at epoch 0 with some fields of the Experiment changed. Return True if it changed."""
        return self.begin(self.experiment.replace(changes))

    def change(self, changes: dict[str, Any]) -> bool:
        """Change some fields while training, and record that in the Experiment. Return True if it changed.

        Before anything was trained, or if a field can't be changed while training, this is an edit instead.
        """
        run = self.present_run
        if self.experiment.replace(changes) == self.experiment:
            self.trials.end()
            return False
        if run is None or not has_epochs(run) or run.failure is not None or not all(map(run.experiment.training.is_changeable, changes)):
            return self.edit(changes)
        self.trials.end()
        run.change(changes)
        self.composition.accept(run.experiment.draft, run.experiment)
        return True

    def toggle_mark(self, neuron: int, step: int) -> bool:
        """Set or clear the task's mark on an output neuron's row at a step. Return True if the Experiment changed."""
        toggled = self.experiment.task.toggled(neuron, step)
        changes = {f"{OF_THE_TASK}{name}": value for name, value in toggled.items()}
        return bool(changes) and self.change(changes)

    def begin(self, experiment: Experiment) -> bool:
        """Start over with an Experiment, running if the last training ran. Return True if it is new."""
        if experiment == self.composition.experiment:
            self.trials.end()
            return False
        made, old = self._made(experiment), self.present_run
        self.trials.end()
        was_running = old is not None and old.is_running
        if old:
            old.pause()
            self._give_up(old, experiment)
        self.composition.accept(experiment.draft, experiment)
        self._exchange(made)
        if was_running:
            made.play()
        return True

    def undo(self) -> None:
        """Take back the last edit, or a restart after which nothing was trained."""
        restarted, history = self.former.restarted, self.composition.history
        if restarted:
            self.former.restarted = None
            self.trials.end()
            self.run.pause()
            self.present_run, self.scrubbed = restarted, None
        elif history.can_undo:
            self._walk(history.before, -1)

    def redo(self) -> None:
        """Do again what was taken back last."""
        history = self.composition.history
        if history.can_redo:
            self._walk(history.after, 1)

    def bring_back(self, name: str, content: bytes) -> None:
        """Start over from a file: an Experiment, alone or with its trained weights, or weights for the present layers.

        Raises:
            SNNCoreError: the file holds nothing that can be trained, or nothing in it matches; then nothing changes.
        """
        own = self.composition.own_weights
        brought = own.read(name, content, lambda _: self.experiment, self.composition.files)
        try:
            experiment = Experiment(**dict(brought.draft))
            check_trainable(experiment)
        except ExperimentError as error:
            raise ExperimentError(f"File {name!r}: {error}") from error
        if brought.weights:
            self.composition.files.keep_weights(brought.weights)
        self.begin(experiment)
        own.note(brought, name)

    def bring_labelled(self, name: str, content: bytes) -> None:
        """Learn labelled data from a file, with a network that fits them; data that a draft lacks just come back.

        Raises:
            SNNCoreError: the file holds no labelled data, or too many; then nothing changes.
        """
        found, experiment = self.own_data.read(name, content)
        lacking = labelled_file(self.composition.present)
        self.composition.files.keep(found.digest, found.files)
        if lacking is None or lacking.digest != found.digest:
            self.begin(experiment)
        self.own_data.is_asked = False

    def go_on_from_given_up(self) -> None:
        """Start over with the weights of the replaced training."""
        found = self.given_up
        named = found.experiment.checkpoint if found else None
        if found is None or named is None:
            return
        self.composition.files.keep_weights(found)
        self.given_up = None
        try:
            self.begin(self.experiment.replace({"checkpoint": named.model_dump()}))
        except ExperimentError:
            self.given_up = found
            raise

    def compose_with_trained_weights(self) -> bool:
        """Take the trained parameters into the draft. Return True if that changed it."""
        run = self.present_run
        if run is None or run.experiment != self.composition.experiment:
            return False  # a click that came after an edit
        found = run.checkpoint()
        named = found.experiment.checkpoint
        run.taken_along = len(run.records) - 1, named.digest if named else ""
        self.composition.files.keep_weights(found)
        return self.composition.compose(lambda draft: found.experiment.draft)

    def ask_for_more(self, changes: dict[str, Any]) -> None:
        """Change the task, and train on."""
        self.scrubbed = None
        self.change(changes)
        self.train()

    def open_insight(self, name: str) -> None:
        """Explain the training in place of the rows, at the epoch on display. It pauses meanwhile, and goes on when it is told to."""
        self.trials.end()
        self.run.pause()
        self.close_insight()
        self.insight = name

    def look_at_first_spike(self, cause: FirstSpike) -> None:
        """Show the epoch of the first spike, in place of trials too."""
        self.trials.end()
        super().look_at_first_spike(cause)

    def close_insight(self) -> None:
        """Show the rows again, and forget what was asked meanwhile."""
        self.phases.end()
        self.insight, self.why = None, Why()
        self.credit, self.surrogate, self.phases = self.credit.afresh(), SurrogateView(), PhasesView()

    def try_surrogates(self) -> None:
        """Train the same weights on the same input with each surrogate gradient, side by side."""
        self.close_insight()
        self.trials.begin(self.experiment, self.owner, self.composition.files, self.present_run)

    def close_trials(self) -> None:
        """End the trials, and show the training again, which continues if the trials had paused it."""
        self.trials.end()
        if self.trials.resumes and self.present_run:
            self.present_run.play()

    def use_trial(self, name: str) -> None:
        """Start over with the surrogate gradient of a trial."""
        self.begin(self.trials.runs[name].experiment)

    # ----------------------------------------------------------------------------------------------- details

    def _take_up(self) -> None:
        """Forget the trials and the replaced training, since the training is being driven."""
        self.given_up = self.former.restarted = None
        self.trials.end()

    def _walk(self, draft: Draft, steps: int) -> None:
        """Go to a neighbour in the history without losing epochs.

        A setting that was changed while the network trained changes back from the next epoch on. Any other edit leads to another training,
        with its epochs if it is still there; it runs if the present one ran.
        """
        run, composition = self.present_run, self.composition
        changes = changes_between(run, draft) if run and run.experiment == composition.experiment else None
        if run and changes is not None:
            run.change(changes)
            self.trials.end()
            composition.history.walk(steps)
            composition.amend(run.experiment)
            return
        was_running = run is not None and run.is_running
        self.trials.end()
        composition.walk(steps)
        if self.prepare() is None and was_running:
            self.run.play()

    def _exchange(self, made: TrainingRun) -> None:
        """Show another training, and keep the present one for undo."""
        self.delays.follow(made.experiment)
        self.phases.end_leaving_out()
        if self.present_run:
            self.present_run.pause()
        for run in (self.former.restarted, self.present_run):
            if run:
                self.former.keep(run)
        self.present_run, self.scrubbed, self.former.restarted = made, None, None

    def _give_up(self, old: TrainingRun, experiment: Experiment) -> None:
        """Keep the result of a training that is replaced, so that the page can tell and restore it."""
        if len(old.records) < 2:
            return
        try:
            found = old.checkpoint()
        except SNNCoreError:  # it diverged
            return
        lost, begun = found.experiment.checkpoint, experiment.checkpoint
        self.given_up = found if lost and (begun is None or begun.digest != lost.digest) else None

    def _made(self, experiment: Experiment) -> TrainingRun:
        check_trainable(experiment)
        speed = self.present_run.speed if self.present_run else DEFAULT_SPEED
        return TrainingRun(experiment, speed, self.owner, self.composition.files)


def _why_not(experiment: Experiment) -> str | None:
    try:
        check_trainable(experiment)
    except ExperimentError as error:
        return str(error)
    return None
