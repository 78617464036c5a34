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
"""Most bytes of the record of each training."""


@dataclass
class Trials:
    """Attributes:
    runs: the trainings, by what differs between them; empty if none are shown.
    resumes: whether the main training was paused for them, and continues afterwards.
    """

    runs: dict[str, TrainingRun] = field(default_factory=dict)
    resumes: bool = False

    @property
    def are_running(self) -> bool:
        return any(trial.is_running for trial in self.runs.values())

    def begin(self, base: Experiment, owner: Owner, files: Files, beside: TrainingRun | None) -> None:
        """Train with each surrogate gradient, from epoch 0, at full speed.

        Args:
            beside: the main training, which pauses meanwhile.

        Raises:
            ExperimentError: the network can't be trained; then nothing changes.
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
        """End the trials; the page shows the main training again."""
        for trial in self.runs.values():
            trial.pause()
        self.runs = {}
