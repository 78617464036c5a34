"""The loss as one weight moves, beside the gradient that the surrogate gives it.

Where spikes lie between a weight and the loss, the true loss is piecewise constant: it changes only where a spike comes, goes or moves. Its
slope is 0 almost everywhere, so nothing could be learned from it; the surrogate's gradient stands in for it (Neftci et al. 2019).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch

from snncore.arrays import Array
from snncore.errors import ExperimentError, NonFiniteError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.explain.one_pass import OnePass, one_pass
from snncore.layers.model import reset_states, spiking_layers

Index = tuple[int, ...]
"""Place of one number in a parameter."""

POINTS = 61


@dataclass(frozen=True)
class LossOverWeight:
    """Attributes:
    name, index: the parameter, and the place of the weight in it.
    value: the weight as it is.
    loss: at that value.
    gradient: ∂loss/∂weight there, as back-propagation with the surrogate has it.
    values: (points,), evenly spaced from `value - reach` to `value + reach`; the one in the middle is `value`.
    losses: (points,), the true loss at each.
    finite_differences: (loss(value + h) - loss(value - h)) / 2h by h.
    """

    name: str
    index: Index
    value: float
    loss: float
    gradient: float
    values: Array
    losses: Array
    finite_differences: Mapping[float, float]

    @property
    def levels(self) -> int:
        """Number of stretches of points with one loss: 1 if the loss is the same at all points."""
        return 1 + int(np.count_nonzero(np.diff(self.losses)))

    @property
    def nearest_change(self) -> float | None:
        """How far the weight has to move, at the least, until a point has a different loss; negative downwards, None if none has."""
        differs = self.losses != self.loss
        if not differs.any():
            return None
        moves = (self.values - self.value)[differs]
        return float(moves[np.abs(moves).argmin()])


def weight_gradients(experiment: Experiment, parameters: Parameters | None = None, files: Files = NO_FILES) -> dict[str, Array]:
    """Return ∂loss/∂parameter by parameter name, as one backward pass gives it, dropout switched off; 0 where none arrives.

    Args and Raises: as for `snncore.explain.credit`.
    """
    ready = one_pass(experiment, parameters, files)
    with _said(experiment, ready):
        return _gradients(ready)


def loss_over_weight(
    experiment: Experiment,
    name: str,
    index: Index,
    reach: float,
    *,
    points: int = POINTS,
    steps: Sequence[float] = (),
    parameters: Parameters | None = None,
    files: Files = NO_FILES,
) -> LossOverWeight:
    """Run the network with one weight at many values.

    Args:
        name, index: the parameter, as in `EpochRecord.parameters`, and the place in it.
        reach: how far the weight moves to either side, > 0.
        points: number of values, odd and ≥ 3; each takes a forward pass.
        steps: each h, > 0, of the finite differences; each takes two forward passes.
        parameters, files: as for `snncore.explain.credit`.

    Raises:
        ExperimentError: as for `snncore.explain.credit`, there is no such weight, or `reach`, `points` or `steps` are out of range.
    """
    if not (reach > 0 and np.isfinite(reach)) or any(not (step > 0 and np.isfinite(step)) for step in steps):
        raise ExperimentError(f"A weight moves by more than 0; the reach is {reach:g}, the steps are {', '.join(f'{h:g}' for h in steps)}.")
    if points < 3 or points % 2 == 0:
        raise ExperimentError(f"The number of points is {points}; it must be odd and at least 3, so that the weight's own value is one.")
    ready = one_pass(experiment, parameters, files)
    found = dict(ready.model.named_parameters()).get(name)
    if found is None:
        raise ExperimentError(f"The network has no parameter {name!r}.")
    if len(index) != found.ndim or not all(0 <= place < length for place, length in zip(index, found.shape, strict=True)):
        raise ExperimentError(f"There is no weight {index} in {experiment.parameter_label(name)}, whose shape is {tuple(found.shape)}.")
    value = float(found[index].item())

    def loss_at(moved: float) -> float:
        with torch.no_grad():
            found[index] = moved
        return ready.number()

    with _said(experiment, ready):
        gradient = float(_gradients(ready)[name][index])
        values = value + reach * np.linspace(-1, 1, points)
        values[points // 2] = value
        losses = np.array([loss_at(moved) for moved in values])
        differences = {h: (loss_at(value + h) - loss_at(value - h)) / (2 * h) for h in steps}
    return LossOverWeight(name, index, value, float(losses[points // 2]), gradient, values, losses, differences)


def finite_difference(
    experiment: Experiment, name: str, index: Index, step: float, parameters: Parameters | None = None, files: Files = NO_FILES
) -> float:
    """Return (loss(w + step) - loss(w - step)) / (2 step) of the true loss, for one weight w.

    Args and Raises: as for `loss_over_weight`.
    """
    found = loss_over_weight(experiment, name, index, step, points=3, parameters=parameters, files=files)
    return float((found.losses[2] - found.losses[0]) / (2 * step))


def _gradients(ready: OnePass) -> dict[str, Array]:
    named = dict(ready.model.named_parameters())
    learning = {name: parameter for name, parameter in named.items() if parameter.requires_grad}
    with torch.enable_grad():
        loss = ready.run()
        found = torch.autograd.grad(loss, list(learning.values()), allow_unused=True) if loss.requires_grad else [None] * len(learning)
    reset_states(ready.model)
    arrived = dict(zip(learning, found, strict=True))
    gradients = {}
    for name, parameter in named.items():
        gradient = arrived.get(name)
        gradients[name] = torch.zeros_like(parameter).numpy(force=True) if gradient is None else gradient.numpy(force=True)
    return gradients


@contextmanager
def _said(experiment: Experiment, ready: OnePass) -> Iterator[None]:
    """Say in the Experiment's terms which layer's potential isn't finite."""
    try:
        yield
    except NonFiniteError as error:
        name = next(name for name, layer in spiking_layers(ready.model).items() if layer is error.layer)
        raise ExperimentError(f"{experiment.layer_label(name)}: {str(error).partition(': ')[2]}") from error
