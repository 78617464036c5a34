"""What a network that learns labelled data answers: at the epoch on display, or within the one that it learns."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from app.server.runner import Moment, TrainingRun
from snncore.arrays import Array
from snncore.experiment.inputs import Files
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.run.labelled import Answerer, Answers
from snncore.run.simulation import Simulation, simulate

MOST_SHOWN = 1000
"""Most test samples whose answers are shown: the first ones."""


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
        answers: to the first `MOST_SHOWN` samples of the test half, in the order of the data.
        is_moving: whether the training runs, and is followed: then drawing should be quick.
        sample: number of the test sample whose spikes the rows show; None if it is one of the visitor's own.
    """

    run: str
    experiment: Experiment
    task: Classification
    moment: Moment
    answerer: Answerer
    answers: Answers
    is_moving: bool
    sample: int | None


@dataclass
class Recognition:
    """Attributes:
    sample: number of the test sample whose spikes the rows show.
    own: values of a sample of the visitor's own that they show in its place, of the data's sample shape, in [0, 1].
    """

    sample: int = 0
    own: Array | None = None
    _answerer: tuple[object, Answerer] | None = None
    _looks: dict[object, Look] = field(default_factory=dict)

    def pick(self, sample: int) -> None:
        """Show the spikes of a test sample."""
        self.sample, self.own = sample, None

    def bring(self, values: Array) -> None:
        """Show the spikes of a sample of the visitor's own, such as a drawn digit."""
        self.own = values

    def look(self, run: TrainingRun, files: Files, scrubbed: int | None) -> Look:
        """Return what the network answers at a past epoch, or now.

        Raises:
            ExperimentError: a potential became infinite or NaN.
        """
        moment = self._moment(run, scrubbed)
        experiment = run.experiment.in_force(moment.epoch)
        answerer = self._answerer_of(run, experiment, files)
        sample = None if self.own is not None else min(self.sample, self.shown(answerer) - 1)
        key = (id(answerer), moment.epoch, moment.done, run.is_running, sample, experiment.training.task)
        if key not in self._looks:
            found = next((look.answers for look in self._looks.values() if look.moment is moment and look.answerer is answerer), None)
            answers = found or answerer.answers(moment.parameters, most=MOST_SHOWN)
            look = Look(run.id, experiment, answerer.task, moment, answerer, answers, run.is_running and scrubbed is None, sample)
            self._looks = {key: look}
        return self._looks[key]

    def simulate(self, look: Look, files: Files) -> Simulation:
        """Return a run of the network on the sample that is shown, with the weights of that moment."""
        if self.own is None:
            given = look.answerer.sample("test", look.sample or 0)
        else:
            given = look.answerer.encoded(torch.as_tensor(self.own)[None])
        return simulate(look.experiment, files, parameters=look.moment.parameters, given=given)[0]

    @staticmethod
    def shown(answerer: Answerer) -> int:
        """Number of test samples that are shown."""
        return min(len(answerer.halves.test.labels), MOST_SHOWN)

    def _moment(self, run: TrainingRun, scrubbed: int | None) -> Moment:
        if scrubbed is None:
            return run.moment()
        record = run.log.whole_at(min(scrubbed, len(run.records) - 1))
        return Moment(record.epoch, 0, 0, record.parameters)

    def _answerer_of(self, run: TrainingRun, experiment: Experiment, files: Files) -> Answerer:
        """Return the one for this training, built once: what may change while it trains changes no answer."""
        if self._answerer is None or self._answerer[0] != run.id:
            self._answerer, self._looks = (run.id, Answerer(experiment, files)), {}
        return self._answerer[1]
