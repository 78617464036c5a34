"""The squeeze form of a layer, (batch*time, ...) in and out, for use between layers such as `Conv2d`.

Samples are in order, each with its time steps in a row. `snncore.layers.models` mixes it into each model.
"""

from __future__ import annotations

from typing import Any

from torch import Tensor

from snncore.errors import ParameterError, ShapeError
from snncore.layers.stateful import StatefulLayer


class Squeeze(StatefulLayer):
    """Mixin, placed before a layer's class: unfolds batch and time, calls the layer, and folds them again.

    Args:
        batch_size, num_timesteps: at least one, each ≥ 1. With both, the first axis must be their product.
    """

    batch_size: int | None
    num_timesteps: int | None

    def __init__(self, *args: Any, batch_size: int | None = None, num_timesteps: int | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = type(self).__name__
        # Negative stands for "not given", as in the arg_dict of other libraries.
        self.batch_size = None if batch_size is None or batch_size < 0 else batch_size
        self.num_timesteps = None if num_timesteps is None or num_timesteps < 0 else num_timesteps
        if self.batch_size is None and self.num_timesteps is None:
            raise ParameterError(f"{owner}: give batch_size or num_timesteps, so that (batch*time, ...) can be told apart.")
        if 0 in (self.batch_size, self.num_timesteps):
            raise ParameterError(f"{owner}: batch_size and num_timesteps must be at least 1, got {batch_size} and {num_timesteps}.")

    def forward(self, z: Tensor) -> Tensor:
        """Run the layer on (batch*time, ...) and return (batch*time, ...).

        Raises:
            ShapeError: the first axis isn't a multiple of batch_size or num_timesteps, or isn't their product.
        """
        if z.dim() == 0:
            raise ShapeError(f"{type(self).__name__}: the input has no axis; it takes (batch*time, ...).")
        rows = z.shape[0]
        batch = self.batch_size if self.batch_size is not None else rows // (self.num_timesteps or 1)
        steps = self.num_timesteps if self.num_timesteps is not None else rows // batch
        if batch * steps != rows:
            raise ShapeError(
                f"{type(self).__name__}: the input {tuple(z.shape)} has {rows} rows, which batch_size={self.batch_size} and "
                f"num_timesteps={self.num_timesteps} don't divide into batch × time. "
                f"Set batch_size to the number of samples in (batch*time, ...)."
            )
        return super().forward(z.unflatten(0, (batch, steps))).flatten(0, 1)
