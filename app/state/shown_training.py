"""What the Training page shows of a training: an epoch, a neuron of each layer, and others beside them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from app.server.runner import Owner, PastRun, TrainingRun
from app.state.composition import Composition, have_the_same_rows
from app.state.guess import first_spike_of
from app.state.recognition import Look, Recognition
from app.state.surrogate import Shown
from snncore.diagnosis.remedies import without_normalisation
from snncore.diagnosis.training import findings, silence
from snncore.diagnosis.training_findings import TrainingFinding
from snncore.errors import ExperimentError
from snncore.experiment.inputs.sample import Sample
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Experiment
from snncore.explain.first_spike import FirstSpike, first_spike
from snncore.run.bptt import EpochRecord
from snncore.run.record import closest_neuron
from snncore.run.simulation import Simulation, simulate

MOST_EXPLAINED = 10_000_000
"""Bytes of an epoch's record up to which its first spike is explained, which takes the time of four simulations."""

FINDINGS_INTERVAL = 0.4
"""Seconds between two diagnoses of a running training."""

EXPLAINED_FOR = 1.0
"""Seconds for which the same epoch of a running training is explained: what explains it takes its time."""


Found = TypeVar("Found")


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
class ShownTraining:
    """Looking at a training changes nothing of it. What drives and edits it is in `training`.

    Attributes:
        composition: holds the experiment that is trained.
        owner: the visitor as owner of trainings.
        present_run: the training; None until the page is opened.
        picked: the traced neuron of each layer.
        scrubbed: the epoch on display; None for the last one.
        pinned: a past training to compare the present one with.
        asks_why: whether to show the same weights without normalised input for comparison.
        recognition: of labelled data: the sample that is shown, and the network's answers.
    """

    composition: Composition
    owner: Owner
    present_run: TrainingRun | None = None
    picked: dict[int, int] = field(default_factory=dict)
    scrubbed: int | None = None
    pinned: PastRun | None = None
    asks_why: bool = False
    recognition: Recognition = field(default_factory=Recognition)
    _seen_first_of: str = ""
    _simulated: tuple[EpochRecord, Simulation] | None = None
    _explained: tuple[str, FirstSpike | None] = ("", None)
    _found: tuple[float, object, object, list[TrainingFinding]] = (0.0, None, None, [])
    _explained_then: dict[str, tuple[float, object, object]] = field(default_factory=dict)

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
    def explained_record(self) -> EpochRecord:
        """Record of the epoch that an insight explains: the one on display or, while the network trains, one of the last second."""
        return self._explained_for_a_while("record", lambda: self.seen_record)

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

    def whole_pass(self, record: EpochRecord) -> Simulation:
        """Return a run of the network, with the outputs of all layers, at an epoch; with labelled data, of the sample on display.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        if self.is_labelled:
            return self.sample_pass()
        if self._simulated is None or self._simulated[0] is not record:
            (found,) = simulate(self.run.experiment.in_force(record.epoch), self.composition.files, parameters=record.parameters)
            self._simulated = record, found
        return self._simulated[1]

    def explained_simulation(self) -> Simulation:
        """Return a run of the network at the epoch that an insight explains; with labelled data, of the sample on display.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        if self.is_labelled:
            return self._explained_for_a_while("simulation", self.sample_pass)
        return self.whole_pass(self.explained_record)

    def pinned_sample_pass(self, look: Look) -> tuple[Simulation, int] | None:
        """Return what the pinned network does with the sample that is shown, and at which epoch; None as for `pinned_pass`."""
        pinned = self.pinned
        if pinned is None or not pinned.experiment.task.is_labelled or not have_the_same_rows(pinned.experiment, self.run.experiment):
            return None
        return self.recognition.simulate_beside(look, pinned, self.composition.files)

    def explained_pass(self) -> Shown:
        """Return the pass of the network at the epoch that an insight explains; with labelled data, of the sample on display.

        Raises:
            ExperimentError: a potential became infinite or NaN, or the sample is the visitor's own.
        """
        if not self.is_labelled:
            record = self.explained_record
            records = {int(each.name): each for each in record.layers}
            return Shown(self.run.experiment.in_force(record.epoch), record.parameters, records, record.epoch)
        return self._explained_for_a_while("pass", self._sample_explained)

    def _sample_explained(self) -> Shown:
        look = self.look()
        if look.sample is None:
            raise ExperimentError("A digit of your own has no label, so there is no loss; choose a test sample.")
        sample = Sample(shape=(1, *look.experiment.input.shape[1:]), half="test", index=look.sample)
        seen = look.experiment.replace({"input": sample.model_dump()})
        return Shown(seen, look.moment.parameters, self.sample_pass().records, look.moment.epoch, look.sample)

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
        """Return what is wrong with the training; while it runs, diagnosed only now and then, and not again before it has gone on."""
        run, now = self.run, time.monotonic()
        records = run.records[:]
        state, course = (run.id, run.is_running, run.in_force), (len(records), run.divergence)
        is_due = not run.is_running or now - self._found[0] > FINDINGS_INTERVAL
        if self._found[1] != state or (is_due and self._found[2] != course):
            trained = run.experiment.in_force(records[-1].epoch)
            self._found = (now, state, course, findings(run.in_force, records, run.divergence, trained, self.composition.files))
        return self._found[3]

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

    def _explained_for_a_while(self, what: str, make: Callable[[], Found]) -> Found:
        """Return what `make` does, or while the network trains what it returned within the last second, of the same epoch and sample."""
        run, now = self.run, time.monotonic()
        asked = (run.id, self.scrubbed, self.recognition.picks)
        if run.is_running and what in self._explained_then:
            at, asked_then, found = self._explained_then[what]
            if asked_then == asked and now - at < EXPLAINED_FOR:
                return cast(Found, found)
        made = make()
        self._explained_then[what] = now, asked, made
        return made

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

    # --------------------------------------------------------------------------------- looking and comparing

    def scrub(self, epoch: int | None) -> None:
        """Show a past epoch. The last one, or None, follows the training again."""
        self.scrubbed = None if epoch is None or epoch >= len(self.run.records) - 1 else epoch

    def look_at_first_spike(self, cause: FirstSpike) -> None:
        self._seen_first_of = self.run.id
        self.scrub(cause.epoch)

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


def forward_pass(training: TrainingRun | PastRun, record: EpochRecord) -> Simulation:
    """Return the network's activity in the record of an epoch."""
    layers = {int(layer.name): layer for layer in record.layers}
    return Simulation(training.experiment, training.input, (record.output,), layers, {})


def have_the_same_score(one: Experiment, other: Experiment) -> bool:
    """Return True if the curves of both trainings can share an axis."""
    return one.task.kind == other.task.kind
