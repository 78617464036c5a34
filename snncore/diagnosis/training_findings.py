"""Findings on a training, in numbers, with changes of its Experiment that would help. `snncore.diagnosis.training` makes them.

Layers are named as in the built model: `"1"`. The words are left to whoever shows them.
"""

from __future__ import annotations

from dataclasses import dataclass

from snncore.diagnosis.layers import Saturated, Silent
from snncore.diagnosis.remedies import Changes


@dataclass(frozen=True, kw_only=True)
class TrainingFinding:
    """Base of the findings on a training.

    Attributes:
        changes: remedies, the most direct first; each can be built.
        needs_restart: whether they only help a training that starts again from the untrained weights.
    """

    changes: tuple[Changes, ...] = ()
    needs_restart: bool = False


@dataclass(frozen=True, kw_only=True)
class UnreachableTarget(TrainingFinding):
    """The output can't spike as often as the task asks.

    It has at most `most_per_step` spikes of each of `outputs` neurons in each of the `steps` of all samples.
    """

    target: int
    most: int
    samples: int
    steps: int
    outputs: int
    most_per_step: int


@dataclass(frozen=True, kw_only=True)
class Diverged(TrainingFinding):
    """A value became infinite or NaN during training; attributes as in `DivergenceError`."""

    epoch: int
    layer: str
    quantity: str


@dataclass(frozen=True, kw_only=True)
class Diverging(TrainingFinding):
    """The loss has run away from its best value, in `best_epoch`, and doesn't come back."""

    best_loss: float
    best_epoch: int
    loss: float


@dataclass(frozen=True, kw_only=True)
class ExplodingGradient(TrainingFinding):
    """A gradient may grow `product`-fold within a layer.

    It does so over `steps` consecutive time steps, up to `factor`-fold in one of them.
    """

    layer: str
    factor: float
    product: float
    steps: int


@dataclass(frozen=True, kw_only=True)
class NoGradient(TrainingFinding):
    """Nothing is learned: no parameter has a gradient.

    Attributes:
        loss: the last loss, at which the task isn't reached.
        largest_norm: largest norm of all parameters' gradients; None where there are none.
        layer: the layer nearest to the output whose surrogate is 0 at all potentials reached, if there is one.
        largest_surrogate: largest |ds/du| of that layer, or the least such value among all layers.
        overshoot: epoch and count of the most spikes, if they were above the target and training has since silenced the output.
    """

    loss: float
    largest_norm: float | None
    layer: str | None
    largest_surrogate: float
    overshoot: tuple[int, float] | None


@dataclass(frozen=True, kw_only=True)
class StaysSilent(TrainingFinding):
    """The output stays silent, and the first silent layer isn't approaching its threshold.

    Attributes:
        epochs: number of epochs without an output spike.
        largest_u_over_threshold: max u/θ of that layer.
        epochs_to_go: epochs until it reaches 1 at the present pace, more than are left; None where it isn't rising.
        overshoot: as in `NoGradient`.
    """

    layer: str
    is_output: bool
    epochs: int
    largest_u_over_threshold: float
    epochs_to_go: float | None
    overshoot: tuple[int, float] | None


@dataclass(frozen=True, kw_only=True)
class NoProgress(TrainingFinding):
    """The loss hasn't improved on `best_loss` since `best_epoch`.

    Meanwhile the task's score lay between `fewest` and `most`.
    """

    best_loss: float
    best_epoch: int
    fewest: float
    most: float


@dataclass(frozen=True, kw_only=True)
class SilentLayer(TrainingFinding):
    """With labelled data: no neuron of the first silent layer spikes for any sample.

    Attributes:
        epochs: number of epochs without a spike of that layer.
        found: what a run of some samples shows of it.
    """

    layer: str
    epochs: int
    found: Silent


@dataclass(frozen=True, kw_only=True)
class SaturatedLayer(TrainingFinding):
    """With labelled data: most neurons of a layer spike at every step.

    Attributes:
        found: what a run of some samples shows of it.
    """

    layer: str
    found: Saturated
