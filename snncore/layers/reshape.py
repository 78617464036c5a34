"""Time folded into the batch and back, so that layers without a time axis see every step as a separate sample."""

from __future__ import annotations

from torch import Tensor, nn

from snncore.errors import ParameterError, ShapeError


class FlattenTime(nn.Module):
    """Fold time into the batch: (batch, time, ...) -> (batch*time, ...), sample by sample."""

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() < 2:
            raise ShapeError(f"FlattenTime: the input has shape {tuple(x.shape)}; (batch, time, ...) needs at least two axes.")
        return x.flatten(0, 1)


class UnflattenTime(nn.Module):
    """Unfold time from the batch: (batch*time, ...) -> (batch, time, ...).

    Args:
        batch_size: number of samples in the first axis, ≥ 1.
    """

    def __init__(self, batch_size: int) -> None:
        super().__init__()
        if batch_size < 1:
            raise ParameterError(f"UnflattenTime: batch_size is {batch_size}; it must be at least 1.")
        self.batch_size = batch_size

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() == 0 or x.shape[0] % self.batch_size:
            raise ShapeError(
                f"UnflattenTime: the input {tuple(x.shape)} can't be divided into batch_size={self.batch_size} samples. "
                f"Set batch_size to the number of samples in (batch*time, ...)."
            )
        steps = x.shape[0] // self.batch_size
        return x.reshape(self.batch_size, steps, *x.shape[1:])

    def extra_repr(self) -> str:
        return f"batch_size={self.batch_size}"


class Repeat(nn.Module):
    """Apply a `module` (batch, ...) -> (batch, ...) to every time step: (batch, time, ...) -> (batch, time, ...)."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() < 2:
            raise ShapeError(f"Repeat: the input has shape {tuple(x.shape)}; (batch, time, ...) needs at least two axes.")
        out: Tensor = self.module(x.flatten(0, 1))
        return out.reshape(*x.shape[:2], *out.shape[1:])
