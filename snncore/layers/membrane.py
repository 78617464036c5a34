"""The leaky membrane: time constants, trained and held in their range, lower bound, normalised input."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, ClassVar

import torch
from torch import Tensor, nn

from snncore import kernels
from snncore.dynamics import Recurrence, carries_tangents, is_traced
from snncore.errors import ParameterError
from snncore.layers.bounds import MAX_TAU, MIN_TAU, Bounds, decay, decay_bounds, held_within, tau_of
from snncore.layers.saved import Told
from snncore.layers.stateful import StatefulLayer

Scalar = float | Tensor
"""One value for all neurons, or a tensor that broadcasts over the trailing shape."""


class Membrane(StatefulLayer):
    """Base of the layers with a membrane potential. A τ of None means no leak, or no synaptic current."""

    learnable: ClassVar[tuple[str, ...]] = ("tau_mem", "tau_syn", "tau_adapt")

    v_mem: Tensor
    i_syn: Tensor
    tau_mem: Tensor | None
    tau_syn: Tensor | None
    min_v_mem: Tensor | None

    def __init__(
        self,
        tau_mem: Scalar | None,
        tau_syn: Scalar | None,
        min_v_mem: Scalar | None,
        train_alphas: bool,
        norm_input: bool,
        shape: tuple[int, ...] | None,
        record_states: bool,
    ) -> None:
        super().__init__(("v_mem",) if tau_syn is None else ("v_mem", "i_syn"), shape, record_states)
        self.train_alphas = train_alphas
        self.norm_input = norm_input
        self._time_constants: dict[str, str] = {}
        """The decay that each parameter belongs to: "mem" for "tau_mem", or with `train_alphas` for "alpha_mem"."""
        self._hold_time_constant("mem", tau_mem)
        self._hold_time_constant("syn", tau_syn)
        self.min_v_mem = None
        if min_v_mem is not None:
            bound = own_tensor(self, "min_v_mem", min_v_mem)
            if bool(bound.isnan().any() or (bound == math.inf).any()):
                raise ParameterError(f"{type(self).__name__}: min_v_mem is {in_words(bound)}; it must be a number, -inf or None.")
            self.min_v_mem = nn.Parameter(bound, requires_grad=False)

    def _hold_time_constant(self, which: str, tau: Scalar | None) -> None:
        """Make the parameter tau_mem, tau_syn, ...; with `train_alphas`, alpha_mem, alpha_syn, ..."""
        name = f"tau_{which}"
        if tau is None:
            setattr(self, name, None)
            return
        value = own_tensor(self, name, tau)
        if not bool((value >= MIN_TAU).all()):
            raise ParameterError(f"{type(self).__name__}: {name} is {in_words(value)}; it must be at least {MIN_TAU} time steps.")
        if bool((value > self._longest_tau(which)).any()):
            lost = {"mem": "a normalised input would vanish", "adapt": "no spike would raise the threshold"}
            effect = lost[which] if which in lost and self._needs_gain(which) else "it could not be trained"
            raise ParameterError(
                f"{type(self).__name__}: {name} is {in_words(value)}, so long that exp(-1/{name}) rounds to 1 and {effect}. "
                f"Use at most 2**24 time steps, or IAF for a membrane without leak."
            )
        parameter = f"alpha_{which}" if self.train_alphas else name
        setattr(self, parameter, nn.Parameter(torch.exp(-1 / value) if self.train_alphas else value))
        self._time_constants[parameter] = which

    # ------------------------------------------------------------------------------------ parameters in force

    @property
    def alpha_mem_calculated(self) -> Tensor:
        """α in force, in the layer's dtype. 1 without leak."""
        alpha, _ = self._decay("mem")
        return alpha

    @property
    def alpha_syn_calculated(self) -> Tensor | None:
        """β in force, in the layer's dtype; None without synaptic current."""
        return self._decay("syn")[0] if "i_syn" in self.state_names else None

    @property
    def tau_mem_calculated(self) -> Tensor | None:
        """τ_mem in force, in time steps; None without leak."""
        return self._tau("mem")

    @property
    def tau_syn_calculated(self) -> Tensor | None:
        """τ_syn in force, in time steps; None without synaptic current."""
        return self._tau("syn")

    def _decay(self, which: str, *, apart: bool = False) -> tuple[Tensor, Tensor]:
        """Return exp(-1/τ) and 1 - exp(-1/τ), in the layer's dtype; `apart` as in `decay`."""
        parameter = self._time_constant(which)
        if parameter is None:
            one = torch.ones(())
            return one, 1 - one
        return decay(parameter, is_alpha=self.train_alphas, longest_tau=self._longest_tau(which), apart=apart)

    def _time_constant(self, which: str) -> Tensor | None:
        """Return τ, or α with `train_alphas`; None if there is none."""
        name = f"alpha_{which}" if self.train_alphas else f"tau_{which}"
        parameter: Tensor | None = self._parameters.get(name)
        if parameter is None and name in self._time_constants:
            parameter = getattr(self, name)  # computed from others, as by `torch.nn.utils.parametrize`
        return parameter

    def _tau(self, which: str) -> Tensor | None:
        parameter = self._time_constant(which)
        if parameter is None:
            return None
        held = held_within(parameter, *self._decay_bounds(which, parameter.dtype))
        return (-1 / torch.log(held)).clamp(min=MIN_TAU) if self.train_alphas else held

    def _decay_bounds(self, which: str, dtype: torch.dtype) -> Bounds:
        return decay_bounds(dtype, is_alpha=self.train_alphas, longest_tau=self._longest_tau(which))

    def _bounds(self, name: str, parameter: nn.Parameter) -> Bounds:
        if name in self._time_constants:
            return self._decay_bounds(self._time_constants[name], parameter.dtype)
        low, high = super()._bounds(name, parameter)
        return (-math.inf if name == "min_v_mem" else low), high

    def parameter_name(self, argument: str) -> str:
        is_alpha = self.train_alphas and argument.startswith("tau_")
        return argument.replace("tau_", "alpha_") if is_alpha else super().parameter_name(argument)

    def parameters_from(self, saved: Mapping[str, Tensor]) -> dict[str, Told]:
        """Return the parameters as in `StatefulLayer`. Where a layer holds τ and the file α, or the reverse, one tells the other."""
        found = super().parameters_from(saved)
        for own, which in self._time_constants.items():
            other = f"tau_{which}" if self.train_alphas else f"alpha_{which}"
            if own not in found and other in found:
                value = found.pop(other).value
                assert value is not None
                found[own] = self._from_alpha(value, other) if other.startswith("alpha_") else self._from_tau(value, other)
        return found

    def _from_alpha(self, alpha: Tensor, source: str) -> Told:
        if bool(((alpha > 0) & (alpha < 1)).all()):
            return Told(tau_of(alpha).to(alpha.dtype), source, "as τ = -1/ln(α)")
        return Told(None, source, f"its α is {in_words(alpha)}, but a τ has an α above 0 and below 1", is_contradicted=True)

    def _from_tau(self, tau: Tensor, source: str) -> Told:
        if bool((tau > 0).all()):
            return Told(torch.exp(-1 / tau), source, "as α = exp(-1/τ)")
        return Told(None, source, f"its τ is {in_words(tau)}, but it must be above 0", is_contradicted=True)

    def _longest_tau(self, which: str) -> float:
        """Return the largest τ: where 1 - exp(-1/τ) matters, or is trained, exp(-1/τ) has to stay below 1."""
        return MAX_TAU if self.train_alphas or self._needs_gain(which) else math.inf

    def _needs_gain(self, which: str) -> bool:
        return which == "adapt" or (which == "mem" and self.norm_input)

    def _membrane_parameters(self, z: Tensor) -> dict[str, Any]:
        """Return the fields of `MembraneParameters`."""
        apart, dtype = self._apart, z.dtype
        alpha_mem, gain = self._decay("mem", apart=apart)
        alpha_syn = self._decay("syn", apart=apart)[0] if "i_syn" in self.state_names else None
        bound = self.min_v_mem
        return {
            "alpha_mem": alpha_mem.to(z),
            "input_gain": gain.to(dtype) if self.norm_input else None,
            "alpha_syn": None if alpha_syn is None else alpha_syn.to(dtype),
            "min_v_mem": None if bound is None else bound.to(dtype),
        }

    _apart = False
    """Whether the parameters are those of a call, whose loops give time constants their gradients without nodes of the graph."""

    def _parameters_of_call(self, z: Tensor) -> Any:
        if (
            z.dtype is not torch.float32
            or not type(self).__module__.startswith("snncore.layers.")  # a class from outside may compute with the factors
            or torch.is_inference_mode_enabled()  # what is made there can't be used elsewhere
            or is_traced(z)
            or carries_tangents()
        ):
            return self.step_parameters(z)
        if self._made is not None:
            return self._made
        self.__dict__["_apart"] = True
        try:
            with torch.enable_grad():
                made = self.step_parameters(z)
        finally:
            self.__dict__.pop("_apart", None)
        step = self.step
        found = kernels.LoopParameters(step.step if isinstance(step, Recurrence) else step, made)
        if found.lasts and all(parameter is None or type(parameter) is nn.Parameter for parameter in self._parameters.values()):
            self._made = found
        return found

    def _argument(self, name: str) -> Any:
        return super()._argument(f"{name}_calculated" if name in ("tau_mem", "tau_syn", "tau_adapt") else name)


def own_tensor(layer: nn.Module, name: str, value: Scalar) -> Tensor:
    """Return a floating-point copy with its own storage."""
    try:
        tensor = torch.as_tensor(value).detach().clone()
    except (TypeError, RuntimeError, ValueError) as error:
        raise ParameterError(f"{type(layer).__name__}: {name} is {value!r}; it must be a number or a tensor of numbers.") from error
    return tensor if tensor.is_floating_point() else tensor.to(torch.get_default_dtype())


def in_words(value: Tensor) -> str:
    if value.dim() == 0:
        return f"{value.item():g}"
    return f"between {value.min().item():g} and {value.max().item():g}"
