"""What may be wrong with a training, in numbers, with changes of its Experiment that would help. `snncore.diagnosis.training` finds it.

Layers are named as in the built model: `"1"`. The words are left to whoever shows them.
"""

from __future__ import annotations

from dataclasses import dataclass

from snncore.diagnosis.remedies import Changes


@dataclass(frozen=True, kw_only=True)
class TrainingFinding:
    """Base of them.

    Attributes:
        changes: remedies, the most direct first; each can be built.
        needs_restart: whether they help a training that begins anew, with the weights before it was trained, but not one that goes on.
    """

    changes: tuple[Changes, ...] = ()
    needs_restart: bool = False


@dataclass(frozen=True, kw_only=True)
class UnreachableTarget(TrainingFinding):
    """The output can't spike so often: at most `most_per_step` spikes of each of `outputs` neurons in each of `steps` of all samples."""

    target: int
    most: int
    samples: int
    steps: int
    outputs: int
    most_per_step: int


@dataclass(frozen=True, kw_only=True)
class Diverged(TrainingFinding):
    """The training left the finite numbers; attributes as in `DivergenceError`."""

    epoch: int
    layer: str
    quantity: str


@dataclass(frozen=True, kw_only=True)
class Diverging(TrainingFinding):
    """The loss has run away from its best, in `best_epoch`, and doesn't come back."""

    best_loss: float
    best_epoch: int
    loss: float


@dataclass(frozen=True, kw_only=True)
class ExplodingGradient(TrainingFinding):
    """A gradient may grow `product`-fold within a layer, over `steps` consecutive time steps; at one of them `factor`-fold."""

    layer: str
    factor: float
    product: float
    steps: int


@dataclass(frozen=True, kw_only=True)
class NoGradient(TrainingFinding):
    """Nothing is learned: no parameter has a gradient.

    Attributes:
        loss: the last one, with which the task isn't reached.
        largest_norm: of the gradients of all parameters; None where there are none.
        layer: the layer nearest to the output whose surrogate is 0 at all potentials reached, if there is one.
        largest_surrogate: |ds/du| of that layer, or the least of all layers.
        overshoot: epoch and count of the most spikes, where they were above the target and training has lost the output since.
    """

    loss: float
    largest_norm: float | None
    layer: str | None
    largest_surrogate: float
    overshoot: tuple[int, float] | None


@dataclass(frozen=True, kw_only=True)
class StaysSilent(TrainingFinding):
    """The output has been silent for many `epochs`, and the first silent layer isn't on its way to its threshold.

    Attributes:
        largest_u_over_threshold: of that layer.
        epochs_to_go: until it reaches 1 at the present pace, more than are left; None where it isn't rising.
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
    """The loss hasn't been below `best_loss` since `best_epoch`; meanwhile the task's score lay between `fewest` and `most`."""

    best_loss: float
    best_epoch: int
    fewest: float
    most: float
