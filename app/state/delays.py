"""Trainings on a bit to remember, one for each delay, with the threshold's adaptation and without it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from app.server.limits import LARGEST_RECORD, check
from app.server.runner import Owner, TrainingRun
from snncore.errors import ExperimentError
from snncore.experiment.delays import adapting, at_delay, without_adaptation
from snncore.experiment.inputs import Files
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Experiment

DELAYS = (25, 50, 100, 200)
"""Steps."""

LARGEST = LARGEST_RECORD // 64
"""Most bytes of the record of each training."""

Trained = tuple[str, int]
"""Neurons that carry the bit, and the delay."""


class Remembered(NamedTuple):
    """A training over one delay.

    Attributes:
        neurons: what carries the bit: "ALIF".
        accuracy: on the test half after its last epoch, from 0 to 1; None before the first.
        epochs: learned so far.
        is_over: whether it has ended.
        failure: why it can't go on, in a sentence; None otherwise.
    """

    neurons: str
    delay: int
    accuracy: float | None
    epochs: int
    is_over: bool
    failure: str | None = None


@dataclass
class Delays:
    """Attributes:
    base: the Experiment that was trained over all delays; None if none was.
    runs: its trainings.
    """

    base: Experiment | None = None
    runs: dict[Trained, TrainingRun] = field(default_factory=dict)

    @property
    def are_running(self) -> bool:
        return any(run.is_running for run in self.runs.values())

    def begin(self, experiment: Experiment, owner: Owner, files: Files) -> None:
        """Train at all delays at full speed, the shortest first; LIF beside what adapts.

        Raises:
            ExperimentError: a network can't be trained; then nothing changes.
        """
        compared = {_neurons(experiment): experiment}
        if adapting(experiment):
            plain = without_adaptation(experiment)
            compared[_neurons(plain)] = plain
        wanted = {(name, delay): at_delay(each, delay) for delay in DELAYS for name, each in compared.items()}
        for each in wanted.values():
            check(each.draft, trains=True)
        made = {key: TrainingRun(each, None, owner, files, LARGEST, begins_later=True) for key, each in wanted.items()}
        self.end()
        self.base, self.runs = experiment, made
        for run in made.values():
            run.play()

    def stop(self) -> None:
        """End those that run, and keep what they have come to."""
        for run in self.runs.values():
            run.pause()

    def end(self) -> None:
        """End all trainings, and forget them."""
        self.stop()
        self.base, self.runs = None, {}

    def follow(self, experiment: Experiment) -> None:
        """Forget trainings of an Experiment that differs in more than its delay."""
        if self.base is None:
            return
        try:
            is_same = at_delay(self.base, DELAYS[0]) == at_delay(experiment, DELAYS[0])
        except ExperimentError:  # it remembers nothing
            is_same = False
        if not is_same:
            self.end()

    def remembered(self) -> list[Remembered]:
        """Return how far each training has come."""
        return [
            Remembered(
                name,
                delay,
                run.records[-1].score if run.records else None,
                max(len(run.records) - 1, 0),
                not run.is_running,
                run.failure,
            )
            for (name, delay), run in self.runs.items()
        ]


def _neurons(experiment: Experiment) -> str:
    """Return the kinds of the neurons that spike: "ALIF"."""
    kinds = [layer.kind for layer in experiment.network if isinstance(layer, NeuronSpec) and layer.does_spike]
    return " and ".join(dict.fromkeys(kinds)) or "No neurons"
