"""Spike functions, resets and surrogate gradients: small frozen dataclasses that compose.

Symbols: `u` membrane potential before the reset, `θ` spike threshold, `s` spikes, `v` membrane potential after the reset.
All take and return tensors of one shape; `θ` is 0-dimensional or broadcasts over it. `docs/dynamics.md` compares them.
"""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

import torch
from torch import Tensor

from snncore.errors import ParameterError

SurrogateGradient = Callable[[Tensor, Tensor], Tensor]
"""ds/du as a function of (u, θ), elementwise."""


class SpikeFunction(Protocol):
    """A function that turns u into spikes with a gradient."""

    def apply(self, u: Tensor, threshold: Tensor, surrogate_grad_fn: SurrogateGradient, /) -> Tensor: ...


class ResetFunction(Protocol):
    """A function that returns the state after the spikes `s`. `state["v_mem"]` holds u on entry and r on return."""

    def __call__(self, s: Tensor, state: dict[str, Tensor], threshold: Tensor, /) -> dict[str, Tensor]: ...


# ---------------------------------------------------------------------------------------------- spike functions

LARGEST_COUNT = 2**24
"""Largest number up to which float32 counts without gaps."""

LARGEST = torch.finfo(torch.float32).max
SMALLEST = torch.finfo(torch.float32).tiny
"""Ends of the positive numbers that float32 can hold in full."""


class _CountWithSurrogate(torch.autograd.Function):
    """Counts spikes forward; backward, ds/du is the surrogate and ds/dθ follows from it."""

    @staticmethod
    def forward(ctx: Any, u: Tensor, threshold: Tensor, spike_fn: CountingSpikeFunction, surrogate_grad_fn: SurrogateGradient) -> Tensor:
        ctx.save_for_backward(u, threshold)
        ctx.spike_fn = spike_fn
        ctx.surrogate_grad_fn = surrogate_grad_fn
        return spike_fn.count(u, threshold)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, grad_spikes: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        u, threshold = ctx.saved_tensors
        grad_u = grad_spikes * ctx.surrogate_grad_fn(u, threshold)
        grad_threshold = None
        if ctx.needs_input_grad[1]:
            grad_threshold = (grad_u * ctx.spike_fn.threshold_factor(u, threshold)).sum_to_size(threshold.shape)
        return grad_u, grad_threshold, None, None


class CountingSpikeFunction:
    """A spike function given by its count of spikes; the surrogate supplies the gradient."""

    def count(self, u: Tensor, threshold: Tensor) -> Tensor:
        """Return the spikes per neuron, whole numbers ≥ 0 in u's dtype."""
        raise NotImplementedError

    def threshold_factor(self, u: Tensor, threshold: Tensor) -> Tensor:
        """Return (ds/dθ) / (ds/du)."""
        raise NotImplementedError

    def apply(self, u: Tensor, threshold: Tensor | float, surrogate_grad_fn: SurrogateGradient) -> Tensor:
        threshold = torch.as_tensor(threshold, dtype=u.dtype, device=u.device)
        spikes = _CountWithSurrogate.apply(u, threshold, self, surrogate_grad_fn)  # type: ignore[no-untyped-call]  # torch's own
        return cast(Tensor, spikes)


@dataclass(frozen=True)
class MultiSpike(CountingSpikeFunction):
    """Several spikes per time step: `trunc(u/θ)` where u > 0, else 0."""

    def count(self, u: Tensor, threshold: Tensor) -> Tensor:
        return torch.trunc(u / threshold).clamp(min=0)

    def threshold_factor(self, u: Tensor, threshold: Tensor) -> Tensor:
        return -u / threshold


@dataclass(frozen=True)
class MaxSpike(MultiSpike):
    """`MultiSpike` with at most `max_num_spikes_per_bin` spikes per neuron and time step (≥ 1; None: no limit)."""

    max_num_spikes_per_bin: int | None = None

    def __post_init__(self) -> None:
        limit = self.max_num_spikes_per_bin
        if limit is not None and not (isinstance(limit, int) and 1 <= limit <= LARGEST_COUNT):
            raise ParameterError(
                f"MaxSpike: max_num_spikes_per_bin is {limit}; "
                f"it must be a whole number, at least 1 and at most {LARGEST_COUNT:,}, or None for no limit."
            )

    def count(self, u: Tensor, threshold: Tensor) -> Tensor:
        spikes = super().count(u, threshold)
        return spikes if self.max_num_spikes_per_bin is None else spikes.clamp(max=self.max_num_spikes_per_bin)


@dataclass(frozen=True)
class SingleSpike(CountingSpikeFunction):
    """At most one spike per time step: 1 where u - θ ≥ 0, else 0. The rest above θ stays in v."""

    def count(self, u: Tensor, threshold: Tensor) -> Tensor:
        return (u - threshold >= 0).to(u.dtype)

    def threshold_factor(self, u: Tensor, threshold: Tensor) -> Tensor:
        return -torch.ones_like(u)


# ------------------------------------------------------------------------------------------------------- resets


@dataclass(frozen=True)
class MembraneSubtract:
    """Soft reset: `u - s·θ`, or `u - s·subtract_value`. dr/du = 1 - θ·ds/du."""

    subtract_value: float | None = None

    def __post_init__(self) -> None:
        if self.subtract_value is not None:
            _require_finite(self, "subtract_value")

    def __call__(self, s: Tensor, state: Mapping[str, Tensor], threshold: Tensor) -> dict[str, Tensor]:
        step = threshold if self.subtract_value is None else self.subtract_value
        return {**state, "v_mem": state["v_mem"] - s * step}


@dataclass(frozen=True)
class MembraneReset:
    """Hard reset: `reset_value` where s > 0, else u. dr/du = 1 where no spike, else 0."""

    reset_value: float = 0.0

    def __post_init__(self) -> None:
        _require_finite(self, "reset_value")

    def __call__(self, s: Tensor, state: Mapping[str, Tensor], threshold: Tensor) -> dict[str, Tensor]:
        return {**state, "v_mem": torch.where(s > 0, self.reset_value, state["v_mem"])}


# ------------------------------------------------------------------------------------------ surrogate gradients


@dataclass(frozen=True)
class SingleExponential:
    """`k/(wθ) · exp(-|u-θ|/(wθ))`, w = grad_width, k = grad_scale. Shrestha & Orchard 2018."""

    grad_width: float = 0.5
    grad_scale: float = 1.0

    def __post_init__(self) -> None:
        _require_positive(self, "grad_width")
        _require_finite(self, "grad_scale")

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        width = threshold * self.grad_width
        return self.grad_scale / width * torch.exp(-(u - threshold).abs() / width)


@dataclass(frozen=True)
class PeriodicExponential:
    """`k · exp(-d/w)`, w = grad_width, k = grad_scale. Weidel & Sheik 2021.

    d is θ-u below θ, and twice the distance to the nearest multiple of θ above it.
    """

    grad_width: float = 0.5
    grad_scale: float = 1.0

    def __post_init__(self) -> None:
        _require_positive(self, "grad_width")
        _require_finite(self, "grad_scale")

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        multiples = u / threshold
        to_nearest = threshold * (multiples - torch.round(multiples)).abs()
        distance = torch.where(u < threshold, threshold - u, 2 * to_nearest)
        return self.grad_scale * torch.exp(-distance / self.grad_width)


@dataclass(frozen=True)
class Heaviside:
    """`1/θ` where u ≥ θ - window, else 0."""

    window: float = 1.0

    def __post_init__(self) -> None:
        _require_finite(self, "window")

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        return (u >= threshold - self.window).to(u.dtype) / threshold


@dataclass(frozen=True)
class Gaussian:
    """`k · N(u-θ; mu, sigma)`, N the normal density, k = grad_scale."""

    mu: float = 0.0
    sigma: float = 0.5
    grad_scale: float = 1.0

    def __post_init__(self) -> None:
        _require_positive(self, "sigma")
        _require_finite(self, "mu")
        _require_finite(self, "grad_scale")

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        return self.grad_scale * _normal_density(u - threshold, self.mu, self.sigma)


@dataclass(frozen=True)
class MultiGaussian:
    """`k · [(1+h) N(mu, sigma) - h N(sigma, s·sigma) - h N(-sigma, s·sigma)]` at u-θ. Yin et al. 2021."""

    mu: float = 0.0
    sigma: float = 0.5
    h: float = 0.15
    s: float = 6.0
    grad_scale: float = 1.0

    def __post_init__(self) -> None:
        _require_positive(self, "sigma")
        _require_positive(self, "s")
        for name in ("mu", "h", "grad_scale"):
            _require_finite(self, name)

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        x = u - threshold
        centre = _normal_density(x, self.mu, self.sigma)
        sides = _normal_density(x, self.sigma, self.s * self.sigma) + _normal_density(x, -self.sigma, self.s * self.sigma)
        return self.grad_scale * ((1 + self.h) * centre - self.h * sides)


@dataclass(frozen=True)
class FastSigmoid:
    """`1/(1+slope·|u-θ|)²`. Zenke & Ganguli 2018."""

    slope: float = 25.0

    def __post_init__(self) -> None:
        _require_positive(self, "slope")

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        return 1 / (1 + self.slope * (u - threshold).abs()) ** 2


@dataclass(frozen=True)
class ATan:
    """`(α/2) / (1 + (π/2·α·(u-θ))²)`, α = alpha. Fang et al. 2021."""

    alpha: float = 2.0

    def __post_init__(self) -> None:
        _require_positive(self, "alpha")

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        return (self.alpha / 2) / (1 + (math.pi / 2 * self.alpha * (u - threshold)) ** 2)


@dataclass(frozen=True)
class TrueDerivative:
    """0, the true ds/du wherever a spike function has a derivative. Nothing before a spike learns with it."""

    def __call__(self, u: Tensor, threshold: Tensor) -> Tensor:
        return torch.zeros_like(u)


SPIKE_FUNCTIONS: tuple[type, ...] = (MultiSpike, MaxSpike, SingleSpike)
RESETS: tuple[type, ...] = (MembraneSubtract, MembraneReset)
SURROGATES: tuple[type, ...] = (
    SingleExponential,
    PeriodicExponential,
    Heaviside,
    Gaussian,
    MultiGaussian,
    FastSigmoid,
    ATan,
    TrueDerivative,
)


def _normal_density(x: Tensor, mean: float, deviation: float) -> Tensor:
    return torch.exp(-((x - mean) ** 2) / (2 * deviation**2)) / (deviation * math.sqrt(2 * math.pi))


def _number(instance: object, name: str) -> float:
    """Return a field, and hold it as a number from now on: a tensor could be changed later, unseen."""
    value = given = getattr(instance, name)
    if hasattr(value, "item") and not isinstance(value, float):
        with contextlib.suppress(RuntimeError, ValueError):  # of several numbers
            value = value.item()
        object.__setattr__(instance, name, value)
    if not isinstance(value, (int, float)):
        raise ParameterError(f"{type(instance).__name__}: {name} is {given!r}; it must be one number.")
    return value


def _require_finite(instance: object, name: str) -> None:
    value, owner = _number(instance, name), type(instance).__name__
    if not math.isfinite(value):
        raise ParameterError(f"{owner}: {name} is {value}; it must be a finite number.")
    if abs(value) > LARGEST:
        raise ParameterError(f"{owner}: {name} is {value}; it must be a number that float32 can hold, up to {LARGEST:.3g}.")


def _require_positive(instance: object, name: str) -> None:
    value = _number(instance, name)
    if not value > 0:
        raise ParameterError(f"{type(instance).__name__}: {name} is {value}; it must be a finite number above 0.")
    if value < SMALLEST:
        raise ParameterError(
            f"{type(instance).__name__}: {name} is {value}; it must be a number that float32 can hold, from {SMALLEST:.3g}."
        )
    _require_finite(instance, name)
