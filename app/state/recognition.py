"""What a network that learns labelled data answers: at the epoch on display, or within the one that it learns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray

from app.server.runner import Moment, PastRun, TrainingRun
from snncore.arrays import Array
from snncore.experiment.inputs import Files
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.run.labelled import Answerer, Answers
from snncore.run.record import closest_neuron
from snncore.run.simulation import Simulation, Simulator, simulate

MOST_SHOWN = 500
"""Most test samples whose answers are shown: the first ones."""

MOST_PIXELS = 2**20
"""Most pixels of all images that are shown, a byte each."""

WHITE = 255

RESTS = 1.5
"""Times as long as a network's answers took, they are shown before others are asked for while it learns."""


@dataclass(frozen=True)
class Look:
    """A network that learns labelled data, with the weights of one moment, and its answers.

    Attributes:
        run: id of its training.
        experiment: in force at that moment.
        task: its task, with data, encoding and readout.
        moment: epoch, progress within it, and weights; the same object as long as the weights are the same.
        answerer: answers further samples: `answerer.encoded(values)` encodes values (samples, ...) of any kind that the data have,
            `answerer.activity(encoded, moment.parameters)` returns readouts (samples, classes) and spikes by layer,
            `answerer.halves.test` are the data.
        is_moving: whether the training runs, and is followed: then drawing should be quick.
        sample: number of the test sample whose spikes the rows show; None if it is one of the visitor's own.
    """

    run: str
    experiment: Experiment
    task: Classification
    moment: Moment
    answerer: Answerer
    is_moving: bool
    sample: int | None
    ask: Callable[[], Answers]

    @cached_property
    def answers(self) -> Answers:
        """The answers to the first `MOST_SHOWN` samples of the test half, in the order of the data; computed when first asked for.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        return self.ask()

    @property
    def label(self) -> int | None:
        """Class of the sample that the rows show; None if it is one of the visitor's own."""
        return None if self.sample is None else int(self.answerer.halves.test.labels[self.sample])

    @property
    def pixels(self) -> NDArray[np.uint8] | None:
        """The shown samples as images, (samples, height, width) from 0 to 255; None if they are none, or too large to be sent."""
        values = self.answerer.halves.test.values[:MOST_SHOWN]
        shape = tuple(values.shape[1:])
        if len(shape) == 3 and shape[0] == 1 and self.task.data.steps is None:
            values, shape = values[:, 0], shape[1:]
        if len(shape) != 2 or self.task.data.steps is not None or values.numel() > MOST_PIXELS:
            return None
        levels: NDArray[np.uint8] = np.rint(values.numpy() * WHITE).astype(np.uint8)
        return levels


@dataclass
class Recognition:
    """Attributes:
    sample: number of the test sample whose spikes the rows show.
    own: values of a sample of the visitor's own that they show in its place, of the data's sample shape, in [0, 1].
    picks: how often a sample was chosen; its spikes run through the layers each time.
    """

    sample: int = 0
    own: Array | None = None
    picks: int = 0
    _answerer: tuple[object, Answerer] | None = None
    _simulator: Simulator | None = None
    _look: Look | None = None
    _rests_until: float = 0.0
    _moments: dict[tuple[str, int], Moment] = field(default_factory=dict)
    _simulated: tuple[Look | None, Array | None, Simulation | None] = (None, None, None)
    _traced: dict[tuple[str, int], int] = field(default_factory=dict)

    def pick(self, sample: int) -> None:
        """Show the spikes of a test sample."""
        self.sample, self.own = sample, None
        self.picks += 1

    def bring(self, values: Array) -> None:
        """Show the spikes of a sample of the visitor's own, such as a drawn digit."""
        self.own = values
        self.picks += 1

    def look(self, run: TrainingRun, files: Files, scrubbed: int | None) -> Look:
        """Return what the network answers at a past epoch, or now.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        moment = self._moment(run, scrubbed)
        experiment = run.experiment.in_force(moment.epoch)
        task = experiment.training.task
        assert isinstance(task, Classification)
        answerer = self._answerer_of(run, experiment, files)
        if self.own is not None and self.own.shape != tuple(answerer.halves.test.values.shape[1:]):
            self.own = None  # it was drawn for other data
        sample = None if self.own is not None else min(self.sample, self.shown(answerer) - 1)
        now, before = time.monotonic(), self._look
        is_moving = run.is_running and scrubbed is None
        if before and before.answerer is answerer and before.sample == sample:
            is_same = before.moment is moment and before.is_moving == is_moving and before.task == task
            if is_same or (is_moving and before.is_moving and now < self._rests_until):
                return before
        answers = before.__dict__.get("answers") if before and before.answerer is answerer and before.moment is moment else None
        self._look = Look(
            run=run.id,
            experiment=experiment,
            task=task,
            moment=moment,
            answerer=answerer,
            is_moving=is_moving,
            sample=sample,
            ask=lambda: answers or self._asked(answerer, moment),
        )
        return self._look

    def simulate(self, look: Look, files: Files) -> Simulation:
        """Return a run of the network on the sample that is shown, with the weights of that moment.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        before, own, found = self._simulated
        if found is None or before is not look or own is not self.own:
            found = self._simulator_of(look, files).run(self._given(look), look.moment.parameters)[0]
            self._simulated = look, self.own, found
        return found

    def simulate_beside(self, look: Look, other: PastRun, files: Files) -> tuple[Simulation, int]:
        """Return a run of another trained network on the same sample, and the epoch of its weights: the same, or the nearest earlier."""
        record = other.log.whole_at(min(look.moment.epoch, len(other.records) - 1))
        experiment = other.experiment.in_force(record.epoch)
        return simulate(experiment, files, parameters=record.parameters, given=self._given(look))[0], record.epoch

    def traced(self, look: Look, simulation: Simulation, picked: Mapping[int, int]) -> dict[int, int]:
        """Return the traced neuron of each layer: the picked one, else that of the sample's class, or the closest to threshold at first."""
        last, traced = len(look.experiment.network) - 1, {}
        for layer, record in simulation.records.items():
            neuron = picked.get(layer, -1)
            if not 0 <= neuron < record.u[0, 0].size:
                first = look.label if look.label is not None and layer == last else closest_neuron(record)
                neuron = first if layer == last else self._traced.setdefault((look.run, layer), first)
            traced[layer] = neuron
        return traced

    def _simulator_of(self, look: Look, files: Files) -> Simulator:
        """Return one for the network in force, built once."""
        if self._simulator is None or self._simulator.experiment != look.experiment:
            self._simulator = Simulator(look.experiment, files)
        return self._simulator

    def _given(self, look: Look) -> torch.Tensor:
        """Return the sample that is shown as the network gets it, (1, time, ...)."""
        if self.own is None:
            return look.answerer.sample("test", look.sample or 0)
        return look.answerer.encoded(torch.as_tensor(self.own, dtype=torch.float32)[None])

    @staticmethod
    def shown(answerer: Answerer) -> int:
        """Number of test samples that are shown."""
        return min(len(answerer.halves.test.labels), MOST_SHOWN)

    def _asked(self, answerer: Answerer, moment: Moment) -> Answers:
        """Ask for answers, and note for how long to be content with them."""
        begun = time.monotonic()
        found = answerer.answers(moment.parameters, most=MOST_SHOWN)
        ended = time.monotonic()
        self._rests_until = ended + RESTS * (ended - begun)
        return found

    def _moment(self, run: TrainingRun, scrubbed: int | None) -> Moment:
        now = run.moment() if scrubbed is None else None
        if now is not None and now.batches:
            return now
        record = run.log.whole_at(len(run.records) - 1 if scrubbed is None else min(scrubbed, len(run.records) - 1))
        key = (run.id, record.epoch)
        if key not in self._moments:
            self._moments = {key: Moment(record.epoch, 0, 0, record.parameters)}
        return self._moments[key]

    def _answerer_of(self, run: TrainingRun, experiment: Experiment, files: Files) -> Answerer:
        """Return the one for this training, built once: of what may change while it trains, only the batches matter to random encodings."""
        key = run.id, experiment.training.batch_size
        if self._answerer is None or self._answerer[0] != key:
            self._answerer = key, Answerer(experiment, files)
        return self._answerer[1]
