"""Trainings side by side: the same weights on the same input with each surrogate gradient."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.server.limits import LARGEST_RECORD
from app.server.runner import Owner, TrainingRun
from snncore.activation import SURROGATES
from snncore.diagnosis.known import has_surrogate
from snncore.experiment.inputs import Files
from snncore.experiment.spec import Experiment

LARGEST_TRIAL = LARGEST_RECORD // 32
"""Bytes that the record of each of the trainings may take."""


@dataclass
class Trials:
    """Attributes:
    runs: the trainings, by what differs between them; none where they aren't looked at.
    resumes: whether the one training was paused for them, and goes on after them.
    """

    runs: dict[str, TrainingRun] = field(default_factory=dict)
    resumes: bool = False

    @property
    def are_running(self) -> bool:
        return any(trial.is_running for trial in self.runs.values())

    def begin(self, base: Experiment, owner: Owner, files: Files, beside: TrainingRun | None) -> None:
        """Train with each surrogate gradient, from epoch 0, as fast as it goes.

        Args:
            beside: the one training, which pauses meanwhile.

        Raises:
            ExperimentError: the network can't be trained; then all stays as it was.
        """
        spiking = [index for index, layer in enumerate(base.network) if has_surrogate(layer)]
        made = {
            surrogate.__name__: TrainingRun(
                base.replace({f"network.{index}.surrogate_grad_fn": surrogate.__name__ for index in spiking}),
                speed=None,
                owner=owner,
                files=files,
                most_bytes=LARGEST_TRIAL,
                begins_later=True,
            )
            for surrogate in SURROGATES
        }
        self.resumes = beside is not None and (beside.is_running or (bool(self.runs) and self.resumes))
        self.end()
        if beside:
            beside.pause()
        self.runs = made
        for trial in made.values():
            trial.play()

    def end(self) -> None:
        """End them; the page shows the one training again."""
        for trial in self.runs.values():
            trial.pause()
        self.runs = {}
