"""The training on the Training page: making, driving, editing, looking back and comparing."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from app.server.limits import MOST_EPOCHS
from app.server.runner import Owner, PastRun, TrainingRun, slots
from app.state.composition import Composition, have_the_same_rows
from app.state.delays import Delays
from app.state.drawn_digit import DrawnDigit
from app.state.files import labelled_file
from app.state.former_runs import FormerRuns, changes_between, has_epochs
from app.state.guess import Guess, first_spike_of
from app.state.own_data import own_data, split_seed
from app.state.recognition import Look, Recognition
from app.state.trainability import check_trainable
from app.state.trials import Trials
from snncore.diagnosis.remedies import without_normalisation
from snncore.diagnosis.training import findings, silence
from snncore.diagnosis.training_findings import TrainingFinding
from snncore.errors import ExperimentError, SNNCoreError
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Draft, Experiment
from snncore.experiment.training import OF_THE_TASK
from snncore.explain.first_spike import FirstSpike, first_spike
from snncore.io import checkpoint
from snncore.io.checkpoint import Checkpoint
from snncore.io.labelled import BIN_WIDTH, read_labelled
from snncore.run.bptt import EpochRecord
from snncore.run.record import closest_neuron
from snncore.run.simulation import Simulation, simulate

DEFAULT_SPEED = 8.0
"""Epochs per second of a new training."""

POLL_INTERVAL = 0.095
"""Seconds between updates of a running training: more than ten a second, drawing included."""

CROWDED_INTERVAL = 0.6
"""Seconds between updates while more than `FEW` trainings compute, over all users."""

FEW = 2

MOST_EXPLAINED = 10_000_000
"""Bytes of an epoch's record up to which its first spike is explained, which takes the time of four simulations."""

FINDINGS_INTERVAL = 0.4
"""Seconds between two diagnoses of a running training."""


@dataclass(frozen=True)
class Relation:
    """Relation of the training to the composed network.

    Attributes:
        epoch: epoch at which a paused training of this very network stands; 0 for none.
        is_of_another: whether the trained network is neither this one nor the source of its weights.
    """

    epoch: int = 0
    is_of_another: bool = False


@dataclass
class TrainingState:
    """Acts raise ExperimentError, and change nothing, if the result can't be built.

    Attributes:
        composition: holds the experiment that is trained.
        owner: the visitor as owner of trainings.
        present_run: the training; None until the page is opened.
        pinned: a past training to compare the present one with.
        trials: trainings side by side.
        delays: trainings on a bit to remember, one for each delay.
        asks_why: whether to show the same weights without normalised input for comparison.
        picked: the traced neuron of each layer.
        scrubbed: the epoch on display; None for the last one.
        given_up: the result of a training that was replaced by one that starts over, until that one is driven.
        guess: when the first output spike comes.
        former: trainings that were replaced, which undo and redo bring back.
        brings_data: whether the page asks for a file of labelled data.
        bin_width: length of a time step in seconds, where such a file holds times of spikes.
        recognition: of labelled data: the sample that is shown, and the network's answers.
        drawn: of digits: the one that the visitor draws.
    """

    composition: Composition
    owner: Owner
    present_run: TrainingRun | None = None
    pinned: PastRun | None = None
    trials: Trials = field(default_factory=Trials)
    delays: Delays = field(default_factory=Delays)
    asks_why: bool = False
    picked: dict[int, int] = field(default_factory=dict)
    scrubbed: int | None = None
    given_up: Checkpoint | None = None
    guess: Guess = field(default_factory=Guess)
    former: FormerRuns = field(default_factory=FormerRuns)
    brings_data: bool = False
    bin_width: float = BIN_WIDTH
    recognition: Recognition = field(default_factory=Recognition)
    drawn: DrawnDigit = field(default_factory=DrawnDigit)
    _seen_first_of: str = ""
    _explained: tuple[str, FirstSpike | None] = ("", None)
    _checked: tuple[Experiment | None, str | None] = (None, None)
    _found: tuple[float, object, list[TrainingFinding]] = (0.0, None, [])

    # ------------------------------------------------------------------------------------------- queries

    @property
    def run(self) -> TrainingRun:
        """The training made by `prepare`."""
        assert self.present_run is not None
        return self.present_run

    @property
    def experiment(self) -> Experiment:
        """The composed Experiment with all changes made in training, as if in force from the start."""
        run, composed = self.present_run, self.composition.experiment
        if run and (composed is None or run.experiment == composed):
            return run.in_force
        if composed is None:
            raise ExperimentError("Nothing can be trained until all layers fit.")
        return composed

    @property
    def is_moving(self) -> bool:
        """Whether anything on the page changes by itself."""
        return self.trials.are_running or self.delays.are_running or (self.present_run is not None and self.present_run.is_running)

    @property
    def is_walked(self) -> bool:
        """Whether a reload would lose anything."""
        is_trained = self.present_run is not None and has_epochs(self.present_run)
        is_drawn = self.drawn.ink is not None or self.recognition.own is not None
        is_compared = self.pinned is not None or bool(self.trials.runs or self.delays.runs)
        return is_trained or is_compared or is_drawn or self.asks_why or bool(self.picked)

    @property
    def poll_interval(self) -> float | None:
        """Seconds between updates of what changes by itself; None if nothing does.

        While many trainings compute, updates are rarer, so that the server stays responsive.
        """
        if not self.is_moving:
            return None
        return POLL_INTERVAL if slots.computing <= FEW else CROWDED_INTERVAL

    @property
    def can_ask_why(self) -> bool:
        """Whether the epoch on display is silent against the goal, and normalised input may be why."""
        in_force = self.run.in_force
        if in_force.task.is_labelled:
            return False
        wanted = in_force.task.spikes_wanted(in_force.input.shape[0])
        return wanted != 0 and silence([self.seen_record]) is not None and bool(without_normalisation(in_force))

    @property
    def seen_record(self) -> EpochRecord:
        """Record of the epoch on display, or the nearest earlier whole one if it was reduced to numbers."""
        last = len(self.run.records) - 1
        return self.run.log.whole_at(last if self.scrubbed is None else min(self.scrubbed, last))

    @property
    def is_labelled(self) -> bool:
        """Whether the training learns labelled data."""
        return self.run.in_force.task.is_labelled

    def look(self) -> Look:
        """Return the answers of a network that learns labelled data, at the epoch on display.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        return self.recognition.look(self.run, self.composition.files, self.scrubbed)

    def sample_pass(self) -> Simulation:
        """Return the network's activity for the labelled sample that is shown, at the epoch on display.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        return self.recognition.simulate(self.look(), self.composition.files)

    def pinned_sample_pass(self, look: Look) -> tuple[Simulation, int] | None:
        """Return what the pinned network does with the sample that is shown, and at which epoch; None as for `pinned_pass`."""
        pinned = self.pinned
        if pinned is None or not pinned.experiment.task.is_labelled or not have_the_same_rows(pinned.experiment, self.run.experiment):
            return None
        return self.recognition.simulate_beside(look, pinned, self.composition.files)

    def traced(self) -> dict[int, int]:
        """Return the traced neuron of each layer: the picked one, else the closest to threshold at first."""
        if self.is_labelled:
            try:
                return self.recognition.traced(self.look(), self.sample_pass(), self.picked)
            except ExperimentError:  # with the weights of this moment a potential becomes infinite; what is drawn says so
                return {index: 0 for index, layer in enumerate(self.run.experiment.network) if isinstance(layer, NeuronSpec)}
        traced = {}
        for layer in self.run.records[0].layers:
            index = int(layer.name)
            neuron = self.picked.get(index, -1)
            traced[index] = neuron if 0 <= neuron < layer.u[0, 0].size else closest_neuron(layer)
        return traced

    def findings(self) -> list[TrainingFinding]:
        """Return what is wrong with the training; while it runs, diagnosed only now and then."""
        run, now = self.run, time.monotonic()
        state = (run.id, run.is_running, run.in_force)
        if self._found[1] != state or now - self._found[0] > FINDINGS_INTERVAL or not run.is_running:
            records = run.records[:]
            trained = run.experiment.in_force(records[-1].epoch)
            self._found = (now, state, findings(run.in_force, records, run.divergence, trained, self.composition.files))
        return self._found[2]

    def cause(self) -> FirstSpike | None:
        """Return what made the output fire; None while it runs, for a large network, or where that can't be found out."""
        run = self.run
        if run.is_running or self.is_labelled or run.records[0].nbytes > MOST_EXPLAINED:
            return None
        fired = first_spike_of(run)
        key = f"{run.id} {fired}"
        if self._explained[0] != key:
            self._explained = key, None if fired is None else self._explain()
        return self._explained[1]

    @property
    def has_seen_first_spike(self) -> bool:
        """Whether the visitor looked back at the first output spike of this training."""
        return self._seen_first_of == self.run.id

    def _explain(self) -> FirstSpike | None:
        try:
            return first_spike(self.run.experiment, self.run.records[:], self.composition.files)
        except ExperimentError:  # with a part exchanged, a potential may become infinite
            return None

    def relation(self) -> Relation:
        """Return how the training relates to the present draft."""
        run, present = self.present_run, self.composition.present
        if run is None or len(run.records) < 2:
            return Relation()
        if run.experiment == self.composition.experiment and present.first_misfit is None:
            return Relation(epoch=0 if run.is_running else len(run.records) - 1)
        epoch, digest = run.taken_along
        has_its_weights = present.checkpoint is not None and (len(run.records) - 1, present.checkpoint.digest) == (epoch, digest)
        return Relation(is_of_another=not has_its_weights)

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
        """Start over from a file: an Experiment (JSON), or trained weights with their Experiment (safetensors).

        Raises:
            SNNCoreError: the file holds no Experiment, or none that can be trained.
        """
        if name.lower().endswith(".json"):
            try:
                self.begin(Experiment.from_json(content.decode(errors="replace")))
            except ExperimentError as error:
                raise ExperimentError(f"File {name!r}: {error}") from error
            return
        found = checkpoint.read(name, content)
        self.composition.files.keep_weights(found)
        self.begin(found.experiment)

    def bring_labelled(self, name: str, content: bytes) -> None:
        """Learn labelled data from a file, with a network that fits them; data that a draft lacks just come back.

        Raises:
            SNNCoreError: the file holds no labelled data, or too many; then nothing changes.
        """
        found = read_labelled(name, content, bin_width=self.bin_width)
        lacking = labelled_file(self.composition.present)
        experiment = own_data(found.data_set())
        check_trainable(experiment)  # before the samples are split, which copies them
        experiment = experiment.replace({f"{OF_THE_TASK}data.seed": split_seed(found)})
        self.composition.files.keep(found.digest, found.files)
        if lacking is None or lacking.digest != found.digest:
            self.begin(experiment)
        self.brings_data = False

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

    # --------------------------------------------------------------------------------- looking and comparing

    def scrub(self, epoch: int | None) -> None:
        """Show a past epoch. The last one, or None, follows the training again."""
        self.scrubbed = None if epoch is None or epoch >= len(self.run.records) - 1 else epoch

    def look_at_first_spike(self, cause: FirstSpike) -> None:
        self._seen_first_of = self.run.id
        self.scrub(cause.epoch)

    def ask_for_more(self, changes: dict[str, Any]) -> None:
        """Change the task, and train on."""
        self.scrubbed = None
        self.change(changes)
        self.train()

    def pin(self) -> None:
        """Pin the training as it stands, to compare others with. It is drawn in place of what was asked for before."""
        self.pinned = self.run.past()
        self.asks_why = False

    def unpin(self) -> None:
        self.pinned = None

    def ask_why(self, asks: bool) -> None:
        """Show or hide what the same weights do without normalised input."""
        self.asks_why = asks

    def pinned_pass(self, epoch: int) -> tuple[Simulation, int] | None:
        """Return what the pinned network did at an epoch, or the nearest earlier whole one, and which.

        None if nothing is pinned, or its rows can't be drawn beside the present network's.
        """
        if self.pinned is None or not have_the_same_rows(self.pinned.experiment, self.run.experiment):
            return None
        record = self.pinned.log.whole_at(epoch)
        return forward_pass(self.pinned, record), record.epoch

    def unnormalised_pass(self) -> Simulation | str | None:
        """Return a run of the same weights without normalised input (1-α), at the epoch on display.

        None if no layer normalises its input, or the output isn't spikes; the reason as text if the run can't be computed.
        """
        record = self.seen_record
        seen = self.run.experiment.in_force(record.epoch)
        if not record.does_spike:
            return None
        changes = without_normalisation(seen)
        if not changes:
            return None
        try:
            return simulate(seen.replace(changes), self.composition.files, parameters=record.parameters)[0]
        except ExperimentError as error:
            return f"Without normalised input: {error}"

    def try_surrogates(self) -> None:
        """Train the same weights on the same input with each surrogate gradient, side by side."""
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


def forward_pass(training: TrainingRun | PastRun, record: EpochRecord) -> Simulation:
    """Return the network's activity in the record of an epoch."""
    layers = {int(layer.name): layer for layer in record.layers}
    return Simulation(training.experiment, training.input, (record.output,), layers, {})


def have_the_same_score(one: Experiment, other: Experiment) -> bool:
    """Return True if the curves of both trainings can share an axis."""
    return one.task.kind == other.task.kind
