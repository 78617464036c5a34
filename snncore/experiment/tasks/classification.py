"""The task of naming the class of each sample of labelled data."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Literal, Self

import torch
from pydantic import Field, model_validator
from torch import Tensor
from torch.nn.functional import cross_entropy, mse_loss, one_hot

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment.data import DATA_KINDS, DataSpec
from snncore.experiment.data.digits import Digits
from snncore.experiment.data.remember import Remember
from snncore.experiment.data.yin_yang import YinYang
from snncore.experiment.encodings import ENCODING_KINDS, AsGiven, EncodingSpec, LatencyCode, RateCode
from snncore.experiment.part import LARGEST_NUMBER, Shape
from snncore.experiment.readouts import OF_POTENTIALS, OF_SPIKES, Readout, so_far
from snncore.experiment.tasks.base import TASK_KINDS, Outcome, Task

TEST_ACCURACY, TRAIN_ACCURACY, TEST_LOSS = "test accuracy", "train accuracy", "test loss"
"""Measures of an epoch; accuracies are shares from 0 to 1."""


@TASK_KINDS.register
class Classification(Task):
    """Labelled data to recognise: output n stands for class n, and the largest readout is the answer.

    The network learns the training half in batches; the score is the accuracy on the test half, after each epoch.

    Attributes:
        data: the data set, which says how it is split.
        encoding: how its values become spikes or currents in time.
        readout: what is read of each output: its number of spikes, the mean or largest membrane potential of its neuron, or how early it
            first spikes.
        criterion: `cross_entropy` of the readouts as logits, or `counts`: the mean squared distance of the readouts from `right` for the
            sample's class and `others` for all other classes.
        penalty: added to the loss, times the sum over the spiking layers of the mean spikes per neuron and step.
        accuracy: test accuracy at which training stops.
    """

    score_name = TEST_ACCURACY
    goal_name = "wanted accuracy"
    changeable = ("criterion", "right", "others", "penalty", "accuracy")
    is_labelled = True

    kind: Literal["classification"] = "classification"
    data: DataSpec = Digits()
    encoding: EncodingSpec = RateCode()
    readout: Readout = "spike_count"
    criterion: Literal["cross_entropy", "counts"] = "cross_entropy"
    right: float = Field(default=10.0, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
    others: float = Field(default=1.0, ge=-LARGEST_NUMBER, le=LARGEST_NUMBER)
    penalty: float = Field(default=0.0, ge=0, le=LARGEST_NUMBER)
    accuracy: float = Field(default=1.0, ge=0, le=1)

    @model_validator(mode="after")
    def _encoding_takes_the_data(self) -> Self:
        if self.encoding.takes_time and self.data.steps is None:
            raise ValueError(
                f"the encoding “{self.encoding.title}” needs samples with time, but those of “{self.data.title}” have none; "
                f"use “{RateCode.title}” or “{LatencyCode.title}”"
            )
        if not self.encoding.takes_time and self.data.steps is not None:
            raise ValueError(
                f"the encoding “{self.encoding.title}” gives samples time, but those of “{self.data.title}” have it already; "
                f"use “{AsGiven.title}”"
            )
        try:
            self.encoding.output_shape(self.data.sample_shape)
        except MisfitError as error:
            raise ValueError(str(error)) from error
        return self

    @classmethod
    def try_kind(cls) -> None:
        """Ask a usual task what diagnoses and pages ask; only labelled samples have a loss."""
        cls._usual()._try_answers()

    @property
    def needs_spikes(self) -> str | None:  # type: ignore[override]  # it depends on the readout
        return f"it has no {self.readout.replace('_', ' ')}" if self.readout in OF_SPIKES else None

    # ------------------------------------------------------------------------------------------------ its input

    @property
    def step_shape(self) -> Shape:
        """Return the shape of an encoded sample at one time step."""
        return self.encoding.output_shape(self.data.sample_shape)

    def input_misfit(self, shape: Shape) -> str | None:
        needed = self.step_shape
        if self.data.steps not in (None, shape[1]):
            steps = self.data.steps
            return f"Samples of “{self.data.title}” have {steps:,} time steps, but the input has {shape[1]:,}; give it {steps:,}"
        if math.prod(needed) != math.prod(shape[2:]):
            return (
                f"With the encoding “{self.encoding.title}”, samples of “{self.data.title}” have the shape {needed} at each step, "
                f"but the input has {shape[2:]}; give it {math.prod(needed):,} values"
            )
        return None

    def encoded(self, values: Tensor, shape: Shape, dt: float, generator: torch.Generator) -> Tensor:
        """Return samples (batch, ...) as an input (batch, *shape), where `shape` is (time, ...), their values in the same order."""
        return self.encoding.encode(values, shape[0], dt, generator).reshape(len(values), *shape)

    # ----------------------------------------------------------------------------------------------- its output

    @property
    def reads_potentials(self) -> bool:
        """True if membrane potentials are read, not spikes."""
        return self.readout in OF_POTENTIALS

    def read(self, output: Tensor) -> Tensor:
        """Return the readout of each class (batch, classes).

        Args:
            output: spikes of the last layer, or its membrane potentials if the task `reads_potentials`; (batch, time, ...).
        """
        read = {**OF_SPIKES, **OF_POTENTIALS}[self.readout]
        return read(output[:, self.data.answer_from :].flatten(2))[:, : self.data.classes]

    def read_so_far(self, output: Tensor) -> Tensor:
        """Return the readout of each class up to each step (batch, time, classes); 0 until reading begins.

        Args:
            output: as for `read`.
        """
        read = so_far(self.readout, output[:, self.data.answer_from :].flatten(2)[:, :, : self.data.classes])
        return torch.cat([read.new_zeros(len(read), self.data.answer_from, read.shape[2]), read], dim=1)

    def loss_of(self, readouts: Tensor, labels: Tensor, rates: Iterable[Tensor] = ()) -> Tensor:
        """Return the loss of a batch, a scalar with a gradient.

        Args:
            readouts: from `read`.
            labels: int64 (batch,).
            rates: mean spikes per neuron and step of each spiking layer, which the `penalty` is on.
        """
        if self.criterion == "cross_entropy":
            loss = cross_entropy(readouts, labels)
        else:
            is_right = one_hot(labels, readouts.shape[1]).to(readouts.dtype)
            loss = mse_loss(readouts, self.others + (self.right - self.others) * is_right)
        return loss + self.penalty * sum(rates) if self.penalty else loss

    def loss(self, output: Tensor) -> Tensor:
        raise ExperimentError("The loss of a classification depends on labels; use loss_of.")

    # ------------------------------------------------------------------------------------------------ its score

    def score(self, outcome: Outcome) -> float:
        return outcome.measures[TEST_ACCURACY]

    def train_score(self, outcome: Outcome) -> float:
        return outcome.measures[TRAIN_ACCURACY]

    @property
    def goal(self) -> float:
        return self.accuracy

    def is_reached(self, outcome: Outcome) -> bool:
        return self.score(outcome) >= self.goal

    @classmethod
    def fitting(cls, shape: Shape) -> Self:
        """Return a task with data of as many classes as an output of `shape` can tell apart, as far as possible."""
        outputs = math.prod(shape[2:])
        if outputs >= Digits().classes:
            return cls(data=Digits(), encoding=RateCode())
        if outputs >= YinYang().classes:
            return cls(data=YinYang(), encoding=LatencyCode())
        return cls(data=Remember(), encoding=AsGiven())

    def misfit(self, shape: Shape) -> MisfitError | None:
        outputs, classes = math.prod(shape[2:]), self.data.classes
        if outputs >= classes:
            return None
        has = f"{outputs:,} output{'' if outputs == 1 else 's'}"
        return MisfitError(f"“{self.data.title}” has {classes:,} classes, but the network has {has}; give it {classes:,}")

    def silent_loss(self, shape: Shape) -> float:
        silent = torch.zeros(self.data.classes, self.data.classes)
        return self.loss_of(silent, torch.arange(self.data.classes)).item()

    def oversteps(self, scores: Sequence[float]) -> bool:
        return super().oversteps([-score for score in scores])


for _kinds in (DATA_KINDS, ENCODING_KINDS):
    _kinds.held_by(Classification)
