"""Bounds of trained time constants and thresholds, held in the parameter itself, and the gradient at a bound.

A parameter beyond a bound is pulled back when its layer is next called, and after each step of any torch optimiser. So it always shows
the value in force, and can leave the bound as soon as its gradient and the optimiser's momentum turn.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.optimizer import register_optimizer_step_post_hook

from snncore import kernels
from snncore.dynamics import carries_tangents, is_traced

MIN_TAU = 0.1
"""Shortest time constant, in time steps: exp(-1/0.1) = 4.5e-5, almost no memory."""

MAX_ALPHA = 1 - 2**-24
"""Largest decay factor: the last float32 below 1, so that 1-α doesn't vanish."""

MAX_TAU = 2.0**24
"""Time constant of MAX_ALPHA, in time steps: exp(-1/MAX_TAU) is MAX_ALPHA in float32."""

LOWEST_LEARNED_THRESHOLD = 0.01
"""Smallest threshold that learns: with θ ≤ 0 a spike means nothing."""

Bounds = tuple[float, float]
"""Low and high, as numbers of the parameter's dtype."""

HELD = "_snncore_bounds"
"""Attribute of a parameter with the bounds that hold it after optimiser steps."""


@lru_cache
def finite(dtype: torch.dtype) -> Bounds:
    """Return the lowest and the highest finite number."""
    return torch.finfo(dtype).min, torch.finfo(dtype).max


@lru_cache
def decay_bounds(dtype: torch.dtype, *, is_alpha: bool, longest_tau: float) -> Bounds:
    """Return [MIN_TAU, longest_tau] for a time constant, [0, MAX_ALPHA] for an α.

    A `longest_tau` of infinity, or beyond the dtype's range, admits τ = ∞: the state doesn't decay.
    """
    rounding = torch.finfo(dtype)  # half precision knows neither MAX_TAU nor MAX_ALPHA
    if is_alpha:
        return 0.0, min(MAX_ALPHA, 1 - rounding.eps / 2)
    return _rounded(MIN_TAU, dtype), longest_tau if longest_tau <= rounding.max else math.inf


@lru_cache
def threshold_bounds(dtype: torch.dtype) -> Bounds:
    """Return the bounds of a threshold that learns: LOWEST_LEARNED_THRESHOLD and the highest finite number."""
    return _rounded(LOWEST_LEARNED_THRESHOLD, dtype), finite(dtype)[1]


def _rounded(bound: float, dtype: torch.dtype) -> float:
    return torch.tensor(bound, dtype=dtype).item()


# ------------------------------------------------------------------------------------------- in the parameter


def hold(parameter: nn.Parameter, bounds: Bounds) -> bool:
    """Pull values beyond a bound back to it, in place; return True if all are within then.

    Infinities and NaN stay as they are, so that they get noticed. If no value is beyond a bound, nothing is written, and a graph that
    needs the parameter stays valid.
    """
    low, high = bounds
    if parameter.dim() == 0:
        if low <= parameter.item() <= high:
            return True
    elif torch.equal(parameter.detach().clamp(low, high), parameter):
        return True
    with torch.no_grad():
        held = parameter.clamp(low, high)
        parameter.copy_(torch.where(parameter.isfinite(), held, parameter))
        return torch.equal(held, parameter)


def hold_after_updates(parameter: nn.Parameter, bounds: Bounds) -> None:
    """Hold the parameter after each future step of a torch optimiser that trains it.

    If all finite numbers are within the bounds, there is nothing to hold.
    """
    low, high = finite(parameter.dtype)
    if bounds[0] <= low and bounds[1] >= high:
        parameter.__dict__.pop(HELD, None)
    else:
        parameter.__dict__[HELD] = bounds


def _hold_after_update(optimiser: Optimizer, *_: Any) -> None:
    for group in optimiser.param_groups:
        for parameter in group["params"]:
            bounds = parameter.__dict__.get(HELD)
            if bounds is not None and parameter.requires_grad:
                hold(parameter, bounds)


if (earlier := globals().get("_hook")) is not None:
    earlier.remove()  # the module is reloaded, and torch has kept the hook
_hook = register_optimizer_step_post_hook(_hold_after_update)


# --------------------------------------------------------------------------------------------- in the gradient


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
        return _inward(x, grad, ctx.low, ctx.high), None, None


def _inward(x: Tensor, grad: Tensor, low: float, high: float) -> Tensor:
    """Return the gradient, 0 where descent would lead x further beyond a bound."""
    if x.dim() == 0 and low < x.item() < high:
        return grad
    leaves = ((x <= low) & (grad > 0)) | ((x >= high) & (grad < 0))
    return torch.where(leaves, 0, grad)


def held_within(x: Tensor, low: float = -math.inf, high: float = math.inf) -> Tensor:
    """Return `x` clamped to [low, high]. At a bound, the gradient passes only where descent would lead back inside."""
    held = _HeldWithin.apply(x, low, high)  # type: ignore[no-untyped-call]  # torch's own
    return cast(Tensor, held)


def tau_of(alpha: Tensor) -> Tensor:
    """Return the float32 τ with exp(-1/τ) = α, computed in double precision, for α between 0 and 1."""
    return (-1 / alpha.double().log()).float()


def _factors(parameter: Tensor, is_alpha: bool, low: float, high: float) -> tuple[Tensor, Tensor]:
    held = parameter.clamp(low, high)
    alpha = held if is_alpha else held.reciprocal().neg_().exp_()
    return alpha, alpha.neg().add_(1)


@lru_cache(maxsize=256)
def _factors_of_number(value: float, dtype: torch.dtype, is_alpha: bool, low: float, high: float) -> tuple[float, float]:
    """Return the factors of one number, rounded in its dtype."""
    alpha, gain = _factors(torch.tensor(value, dtype=dtype, device="cpu"), is_alpha, low, high)
    return alpha.item(), gain.item()


def _of_number(parameter: Tensor, is_alpha: bool, low: float, high: float) -> tuple[Tensor, Tensor]:
    alpha, gain = _factors_of_number(parameter.item(), parameter.dtype, is_alpha, low, high)
    dtype = parameter.dtype
    return torch.scalar_tensor(alpha, dtype=dtype, device="cpu"), torch.scalar_tensor(gain, dtype=dtype, device="cpu")


class _Decay(torch.autograd.Function):
    """α and 1-α as one node of the graph, since every call needs both."""

    @staticmethod
    def forward(ctx: Any, parameter: Tensor, is_alpha: bool, low: float, high: float) -> tuple[Tensor, Tensor]:
        ctx.is_alpha, ctx.low, ctx.high, ctx.slope = is_alpha, low, high, None
        if (
            parameter.dim() == 0 and parameter.is_cpu and not is_traced(parameter) and low < (value := parameter.item()) < high
        ):  # numbers are faster than tensors
            alpha, gain = _of_number(parameter, is_alpha, low, high)
            ctx.slope = 1.0 if is_alpha else alpha.item() / value**2
            ctx.like = alpha.dtype
        else:
            alpha, gain = _factors(parameter, is_alpha, low, high)
            ctx.save_for_backward(parameter, alpha)
        return alpha, gain

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_alpha: Tensor, grad_gain: Tensor) -> tuple[Tensor, None, None, None]:
        if ctx.slope is not None:
            grad = torch.tensor((grad_alpha.item() - grad_gain.item()) * ctx.slope, dtype=ctx.like, device="cpu")
            return grad, None, None, None
        parameter, alpha = ctx.saved_tensors
        grad = grad_alpha - grad_gain
        if not ctx.is_alpha:
            grad = grad * alpha / parameter.clamp(ctx.low, ctx.high) ** 2
        return _inward(parameter, grad, ctx.low, ctx.high), None, None, None


def decay(parameter: Tensor, *, is_alpha: bool, longest_tau: float, apart: bool = False) -> tuple[Tensor, Tensor]:
    """Return α = exp(-1/τ) and 1-α.

    They belong to a trained τ, held within [MIN_TAU, longest_tau], or to a trained α, held within [0, MAX_ALPHA].

    Args:
        apart: return them without graph if `kernels.scan` can give the parameter its gradient, and mark α with a `Source` that says how.
    """
    bounds = decay_bounds(parameter.dtype, is_alpha=is_alpha, longest_tau=longest_tau)
    is_number = parameter.dim() == 0 and parameter.is_cpu
    if is_traced(parameter) or carries_tangents():
        is_number = False
    elif (
        is_number
        and apart
        and parameter.requires_grad
        and parameter.dtype is torch.float32
        and bounds[0] < (value := parameter.item()) < bounds[1]
    ):
        alpha, gain = _of_number(parameter, is_alpha, *bounds)
        slope = 1.0 if is_alpha else alpha.item() / value**2
        kernels.mark(alpha, kernels.Source(parameter, slope, lambda: _connected(parameter, is_alpha, bounds)))
        return alpha, gain
    elif not (parameter.requires_grad and torch.is_grad_enabled()):
        return (_of_number if is_number else _factors)(parameter, is_alpha, *bounds)
    return _connected(parameter, is_alpha, bounds)


def _connected(parameter: Tensor, is_alpha: bool, bounds: Bounds) -> tuple[Tensor, Tensor]:
    factors = _Decay.apply(parameter, is_alpha, *bounds)  # type: ignore[no-untyped-call]  # torch's own
    return cast(tuple[Tensor, Tensor], factors)
