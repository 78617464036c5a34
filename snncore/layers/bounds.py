"""Where trained time constants are held, and how their gradient behaves there."""

from __future__ import annotations

import math
from typing import Any, cast

import torch
from torch import Tensor

MIN_TAU = 0.1
"""Shortest time constant, in time steps: exp(-1/0.1) = 4.5e-5, next to no memory."""

MAX_ALPHA = 1 - 2**-24
"""Largest decay factor: the last float32 below 1, so that 1-α doesn't vanish."""

MAX_TAU = 2.0**24
"""Its time constant in time steps: exp(-1/MAX_TAU) is MAX_ALPHA in float32."""


class _HeldWithin(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, low: float, high: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.low, ctx.high = low, high
        return x.clamp(low, high)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        leaves = ((x <= ctx.low) & (grad > 0)) | ((x >= ctx.high) & (grad < 0))
        return torch.where(leaves, 0, grad), None, None


def held_within(x: Tensor, low: float = -math.inf, high: float = math.inf) -> Tensor:
    """`x` clamped to [low, high]. At a bound, the gradient passes only where descent would lead back inside."""
    held = _HeldWithin.apply(x, low, high)  # type: ignore[no-untyped-call]  # torch's own
    return cast(Tensor, held)
