"""LIF and IAF: layers whose membrane spikes."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from snncore.activation import (
    CountingSpikeFunction,
    MembraneSubtract,
    MultiSpike,
    ResetFunction,
    SingleExponential,
    SpikeFunction,
    SurrogateGradient,
)
from snncore.dynamics import LIFParameters, lif_step
from snncore.errors import ParameterError
from snncore.layers.bounds import Bounds, held_within, threshold_bounds
from snncore.layers.membrane import Membrane, Scalar, in_words, own_tensor
from snncore.layers.models import neuron_model


class SpikingMembrane(Membrane):
    """Base of the layers that spike."""

    learnable = (*Membrane.learnable, "spike_threshold")

    threshold_name: ClassVar[str] = "spike_threshold"
    """The parameter that holds the constructor's `spike_threshold`."""

    initial_v_mem: float = 0.0
    """Membrane potential before the first step and after a reset, as a fraction of θ, below 1."""

    def _init_spiking(
        self,
        spike_threshold: Scalar,
        spike_fn: SpikeFunction | type[SpikeFunction],
        reset_fn: ResetFunction,
        surrogate_grad_fn: SurrogateGradient,
        detach_reset: bool = False,
        initial_v_mem: float = 0.0,
    ) -> None:
        if not -math.inf < initial_v_mem < 1:
            words = f"initial_v_mem is {initial_v_mem}; it must be a fraction of the threshold, below 1."
            raise ParameterError(f"{type(self).__name__}: {words}")
        threshold = own_tensor(self, "spike_threshold", spike_threshold)
        if not bool(((threshold > 0) & threshold.isfinite()).all()):
            raise self._refusal("spike_threshold", threshold)
        setattr(self, self.threshold_name, nn.Parameter(threshold, requires_grad=False))
        self.spike_fn: SpikeFunction = _instance(spike_fn)
        self.reset_fn = reset_fn
        self.surrogate_grad_fn = surrogate_grad_fn
        self.detach_reset = detach_reset
        self.initial_v_mem = float(initial_v_mem)

    def _resting(self, name: str, like: Tensor) -> Tensor:
        if name == "v_mem" and self.initial_v_mem and self._random_ranges is None:
            threshold: Tensor = getattr(self, self.threshold_name)
            return torch.zeros_like(like) + self.initial_v_mem * threshold.detach().to(like)
        return super()._resting(name, like)

    def hold_parameters(self) -> None:
        """Hold the parameters as in `StatefulLayer`. A threshold that doesn't learn is checked, not moved.

        Raises:
            ParameterError: the threshold was set to 0 or below.
        """
        super().hold_parameters()  # which finds values that aren't finite
        threshold = getattr(self, self.threshold_name)
        if type(threshold) is not nn.Parameter or threshold.requires_grad:
            return
        if not (threshold.item() > 0 if threshold.dim() == 0 else bool((threshold > 0).all())):
            raise self._refusal(self.threshold_name, threshold)

    def parameter_name(self, argument: str) -> str:
        return self.threshold_name if argument == "spike_threshold" else super().parameter_name(argument)

    def _refusal(self, name: str, threshold: Tensor) -> ParameterError:
        return ParameterError(f"{type(self).__name__}: {name} is {in_words(threshold)}; it must be a finite number above 0.")

    def step_parameters(self, z: Tensor) -> LIFParameters:
        return LIFParameters(**self._spiking_parameters(z))

    def _spiking_parameters(self, z: Tensor) -> dict[str, Any]:
        """Return the fields of `LIFParameters`."""
        threshold: Tensor = getattr(self, self.threshold_name)
        if threshold.requires_grad:
            threshold = held_within(threshold, *threshold_bounds(threshold.dtype))
        return {
            **self._membrane_parameters(z),
            "spike_threshold": threshold.to(z.dtype),
            "spike_fn": self.spike_fn,
            "reset_fn": self.reset_fn,
            "surrogate_grad_fn": self.surrogate_grad_fn,
            "detach_reset": self.detach_reset,
        }

    def _bounds(self, name: str, parameter: nn.Parameter) -> Bounds:
        if name == self.threshold_name and parameter.requires_grad:
            return threshold_bounds(parameter.dtype)
        return super()._bounds(name, parameter)


@neuron_model(lif_step, spikes=True, browser_step=True)
class LIF(SpikingMembrane):
    """Leaky integrate-and-fire neurons; see `snncore.dynamics.lif_step` for the equations.

    Args:
        tau_mem: membrane time constant τ_mem in time steps, ≥ 0.1. Trained, and held at ≥ 0.1 while it trains.
        tau_syn: synaptic time constant τ_syn in time steps, ≥ 0.1; None: no synaptic current. Trained likewise.
        spike_threshold: θ, above 0. Fixed, unless `layer.spike_threshold.requires_grad_()`; while it learns, held at ≥ 0.01.
        spike_fn: `MultiSpike`, `MaxSpike(n)`, `SingleSpike`, or anything with `apply(u, θ, surrogate_grad_fn)`.
        reset_fn: `MembraneSubtract()`, `MembraneReset()`, or any `reset_fn(s, state, θ)`.
        surrogate_grad_fn: ds/du as a function of (u, θ).
        min_v_mem: lower bound of v; None: none.
        train_alphas: hold and train α = exp(-1/τ) instead of τ.
        shape: (batch, ...) of the state, if it is to exist before the first input.
        norm_input: scale the input by 1-α, so that a constant input I leads to v → I.
        record_states: keep v_mem, i_syn and u of every step in `recordings`.
        detach_reset: the reset passes no gradient from the spikes (Zenke & Vogels 2021): dr/du = 1 with `MembraneSubtract`.
        initial_v_mem: v before the first step and after each reset of the state, as a fraction of θ, below 1. With 0.5, the number of
            spikes is rounded to the nearest one instead of down.

    Shape: (batch, time, ...) -> (batch, time, ...).

    Raises:
        ParameterError: a parameter out of the range given above; or, with `norm_input`, a τ_mem so long that 1-α is
            lost in rounding and the input would vanish.
    """

    spike_threshold: Tensor

    def __init__(
        self,
        tau_mem: Scalar,
        tau_syn: Scalar | None = None,
        spike_threshold: Scalar = 1.0,
        spike_fn: SpikeFunction | type[SpikeFunction] = MultiSpike,
        reset_fn: ResetFunction = MembraneSubtract(),  # noqa: B008 (frozen)
        surrogate_grad_fn: SurrogateGradient = SingleExponential(),  # noqa: B008 (frozen)
        min_v_mem: Scalar | None = None,
        train_alphas: bool = False,
        shape: tuple[int, ...] | None = None,
        norm_input: bool = True,
        record_states: bool = False,
        detach_reset: bool = False,
        initial_v_mem: float = 0.0,
    ) -> None:
        super().__init__(tau_mem, tau_syn, min_v_mem, train_alphas, norm_input, shape, record_states)
        self._init_spiking(spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, detach_reset, initial_v_mem)


@neuron_model(lif_step, spikes=True, browser_step=True)
class IAF(SpikingMembrane):
    """Integrate-and-fire neurons: `LIF` with α = 1 and no normalised input. Same arguments, without τ_mem."""

    spike_threshold: Tensor

    def __init__(
        self,
        spike_threshold: Scalar = 1.0,
        spike_fn: SpikeFunction | type[SpikeFunction] = MultiSpike,
        reset_fn: ResetFunction = MembraneSubtract(),  # noqa: B008 (frozen)
        surrogate_grad_fn: SurrogateGradient = SingleExponential(),  # noqa: B008 (frozen)
        tau_syn: Scalar | None = None,
        min_v_mem: Scalar | None = None,
        shape: tuple[int, ...] | None = None,
        record_states: bool = False,
        detach_reset: bool = False,
        initial_v_mem: float = 0.0,
    ) -> None:
        super().__init__(None, tau_syn, min_v_mem, False, False, shape, record_states)
        self._init_spiking(spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, detach_reset, initial_v_mem)


def _instance(spike_fn: SpikeFunction | type[SpikeFunction]) -> SpikeFunction:
    if isinstance(spike_fn, type) and issubclass(spike_fn, CountingSpikeFunction):
        return spike_fn()
    if not hasattr(spike_fn, "apply"):
        raise ParameterError(f"spike_fn is {spike_fn!r}; it needs a method apply(u, threshold, surrogate_grad_fn).")
    return spike_fn  # type: ignore[return-value]  # a class whose apply is static serves as its own instance
