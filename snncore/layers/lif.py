"""LIF and IAF: the shells around `dynamics.lif_step` that hold parameters and check their ranges."""

from __future__ import annotations

import math
from typing import Any

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
from snncore.dynamics import LIFParameters, Scan, State, Step, lif_step
from snncore.errors import ParameterError
from snncore.kernels import scan_lif
from snncore.layers.bounds import MAX_ALPHA, MAX_TAU, MIN_TAU, held_within
from snncore.layers.stateful import StatefulLayer

Scalar = float | Tensor
"""One value for all neurons, or a tensor that broadcasts over the trailing shape."""


class LIF(StatefulLayer):
    """Leaky integrate-and-fire neurons; see `snncore.dynamics.lif_step` for the equations.

    Args:
        tau_mem: membrane time constant τ_mem in time steps, ≥ 0.1. Trained, and held at ≥ 0.1 while it trains.
        tau_syn: synaptic time constant τ_syn in time steps, ≥ 0.1; None: no synaptic current. Trained likewise.
        spike_threshold: θ, above 0. Fixed, unless `layer.spike_threshold.requires_grad_()`.
        spike_fn: `MultiSpike`, `MaxSpike(n)`, `SingleSpike`, or anything with `apply(u, θ, surrogate_grad_fn)`.
        reset_fn: `MembraneSubtract()`, `MembraneReset()`, or any `reset_fn(s, state, θ)`.
        surrogate_grad_fn: ds/du as a function of (u, θ).
        min_v_mem: lower bound of v; None: none.
        train_alphas: hold and train α = exp(-1/τ) instead of τ.
        shape: (batch, ...) of the state, if it shall exist before the first input.
        norm_input: scale the input by 1-α, so that a constant input I leads to v → I.
        record_states: keep v_mem, i_syn and u of every step in `recordings`.

    Shape: (batch, time, ...) -> (batch, time, ...).

    Raises:
        ParameterError: a parameter out of the range given above; or, with `norm_input`, a τ_mem so long that 1-α is
            lost in rounding and the input would vanish.
    """

    v_mem: Tensor
    i_syn: Tensor
    tau_mem: Tensor | None
    tau_syn: Tensor | None
    min_v_mem: Tensor | None

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
    ) -> None:
        super().__init__(("v_mem",) if tau_syn is None else ("v_mem", "i_syn"), shape, record_states)
        self.train_alphas = train_alphas
        self.norm_input = norm_input
        self._hold_time_constant("mem", tau_mem)
        self._hold_time_constant("syn", tau_syn)
        self._init_spiking(spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, min_v_mem)

    def _init_spiking(
        self,
        spike_threshold: Scalar,
        spike_fn: SpikeFunction | type[SpikeFunction],
        reset_fn: ResetFunction,
        surrogate_grad_fn: SurrogateGradient,
        min_v_mem: Scalar | None,
    ) -> None:
        threshold = _own_tensor(spike_threshold)
        if not bool(((threshold > 0) & threshold.isfinite()).all()):
            raise ParameterError(f"{type(self).__name__}: spike_threshold is {_range(threshold)}; it must be a finite number above 0.")
        self.spike_threshold = nn.Parameter(threshold, requires_grad=False)
        self.min_v_mem = None
        if min_v_mem is not None:
            bound = _own_tensor(min_v_mem)
            if bool(bound.isnan().any() or (bound == math.inf).any()):
                raise ParameterError(f"{type(self).__name__}: min_v_mem is {_range(bound)}; it must be a number, -inf or None.")
            self.min_v_mem = nn.Parameter(bound, requires_grad=False)
        self.spike_fn: SpikeFunction = _instance(spike_fn)
        self.reset_fn = reset_fn
        self.surrogate_grad_fn = surrogate_grad_fn

    def _hold_time_constant(self, which: str, tau: Scalar | None) -> None:
        """Makes the parameter tau_mem or tau_syn, or alpha_mem or alpha_syn with `train_alphas`."""
        name = f"tau_{which}"
        if tau is None:
            setattr(self, name, None)
            return
        value = _own_tensor(tau)
        if not bool((value >= MIN_TAU).all()):
            raise ParameterError(f"{type(self).__name__}: {name} is {_range(value)}; it must be at least {MIN_TAU} time steps.")
        if bool((value > self._longest_tau(which)).any()):
            effect = "a normalised input would vanish" if which == "mem" and self.norm_input else "it could not be trained"
            raise ParameterError(
                f"{type(self).__name__}: {name} is {_range(value)}, so long that exp(-1/{name}) rounds to 1 and {effect}. "
                f"Use at most 2**24 time steps, or IAF for a membrane without leak."
            )
        if self.train_alphas:
            setattr(self, f"alpha_{which}", nn.Parameter(torch.exp(-1 / value)))
        else:
            setattr(self, name, nn.Parameter(value))

    # ------------------------------------------------------------------------------------ parameters in force

    @property
    def alpha_mem_calculated(self) -> Tensor:
        """α in force, in the layer's dtype."""
        return self._alpha("mem")

    @property
    def alpha_syn_calculated(self) -> Tensor | None:
        """β in force, in the layer's dtype; None without synaptic current."""
        return self._alpha("syn") if "i_syn" in self.state_names else None

    @property
    def tau_mem_calculated(self) -> Tensor | None:
        """τ_mem in force, in time steps."""
        return self._tau("mem")

    @property
    def tau_syn_calculated(self) -> Tensor | None:
        """τ_syn in force, in time steps; None without synaptic current."""
        return self._tau("syn") if "i_syn" in self.state_names else None

    def _alpha(self, which: str) -> Tensor:
        if self.train_alphas:
            return held_within(self._parameter(f"alpha_{which}"), low=0.0, high=MAX_ALPHA)
        return torch.exp(-1 / self._tau(which))

    def _tau(self, which: str) -> Tensor:
        if self.train_alphas:
            return (-1 / torch.log(self._alpha(which))).clamp(min=MIN_TAU)
        return held_within(self._parameter(f"tau_{which}"), low=MIN_TAU, high=self._longest_tau(which))

    def _longest_tau(self, which: str) -> float:
        """Where 1-α matters, or is trained, α stays below 1."""
        return MAX_TAU if self.train_alphas or (which == "mem" and self.norm_input) else math.inf

    def _parameter(self, name: str) -> Tensor:
        parameter = self._parameters[name]
        assert parameter is not None, name
        return parameter

    # -------------------------------------------------------------------------------------------- the model

    @property
    def does_spike(self) -> bool:
        return True

    def step(self, z: Tensor, state: State, parameters: LIFParameters) -> Step:
        return lif_step(z, state, parameters)

    def run(self, z: Tensor, state: State, parameters: LIFParameters) -> Scan:
        if type(self).step is not LIF.step:
            return super().run(z, state, parameters)
        return scan_lif(z, state, parameters, record=self.record_states)

    def step_parameters(self, z: Tensor) -> LIFParameters:
        alpha_mem = self.alpha_mem_calculated
        alpha_syn = self.alpha_syn_calculated
        return LIFParameters(
            alpha_mem=alpha_mem.to(z.dtype),
            input_gain=(1 - alpha_mem).to(z.dtype) if self.norm_input else None,
            alpha_syn=None if alpha_syn is None else alpha_syn.to(z.dtype),
            spike_threshold=self.spike_threshold.to(z.dtype),
            min_v_mem=None if self.min_v_mem is None else self.min_v_mem.to(z.dtype),
            spike_fn=self.spike_fn,
            reset_fn=self.reset_fn,
            surrogate_grad_fn=self.surrogate_grad_fn,
        )

    @property
    def arg_dict(self) -> dict[str, Any]:
        return {
            "tau_mem": _value(self.tau_mem_calculated),
            "tau_syn": _value(self.tau_syn_calculated),
            "spike_threshold": _value(self.spike_threshold),
            "spike_fn": self.spike_fn,
            "reset_fn": self.reset_fn,
            "surrogate_grad_fn": self.surrogate_grad_fn,
            "min_v_mem": _value(self.min_v_mem),
            "train_alphas": self.train_alphas,
            "shape": tuple(self.v_mem.shape) if self.is_state_initialised() else None,
            "norm_input": self.norm_input,
            "record_states": self.record_states,
        }


class IAF(LIF):
    """Integrate-and-fire neurons: `LIF` with α = 1 and no input normalisation. Arguments as there, without τ_mem."""

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
    ) -> None:
        StatefulLayer.__init__(self, ("v_mem",) if tau_syn is None else ("v_mem", "i_syn"), shape, record_states)
        self.train_alphas = False
        self.norm_input = False
        self._hold_time_constant("mem", None)
        self._hold_time_constant("syn", tau_syn)
        self._init_spiking(spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, min_v_mem)

    @property
    def alpha_mem_calculated(self) -> Tensor:
        """Always 1."""
        return torch.ones_like(self.spike_threshold, requires_grad=False)

    @property
    def tau_mem_calculated(self) -> None:
        return None

    @property
    def arg_dict(self) -> dict[str, Any]:
        return {name: value for name, value in super().arg_dict.items() if name not in ("tau_mem", "train_alphas", "norm_input")}


def _own_tensor(value: Scalar) -> Tensor:
    """A floating-point copy that shares storage with nothing."""
    tensor = torch.as_tensor(value).detach().clone()
    return tensor if tensor.is_floating_point() else tensor.to(torch.get_default_dtype())


def _instance(spike_fn: SpikeFunction | type[SpikeFunction]) -> SpikeFunction:
    if isinstance(spike_fn, type) and issubclass(spike_fn, CountingSpikeFunction):
        return spike_fn()
    if not hasattr(spike_fn, "apply"):
        raise ParameterError(f"spike_fn is {spike_fn!r}; it needs a method apply(u, threshold, surrogate_grad_fn).")
    return spike_fn  # type: ignore[return-value]  # a class whose apply is static serves as its own instance


def _value(parameter: Tensor | None) -> Tensor | None:
    return None if parameter is None else parameter.detach().clone()


def _range(value: Tensor) -> str:
    if value.dim() == 0:
        return f"{value.item():g}"
    return f"between {value.min().item():g} and {value.max().item():g}"
