"""The parameters of a scan as the loops take them. A layer keeps them from call to call, as long as nothing is changed."""

from __future__ import annotations

import math
from array import array
from dataclasses import astuple
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor, nn

from snncore import dynamics
from snncore.activation import (
    ATan,
    FastSigmoid,
    Gaussian,
    Heaviside,
    MaxSpike,
    MembraneReset,
    MembraneSubtract,
    MultiGaussian,
    MultiSpike,
    PeriodicExponential,
    SingleExponential,
    SingleSpike,
    TrueDerivative,
)
from snncore.dynamics import ALIFParameters, LIFParameters, MembraneParameters, StepFunction
from snncore.kernels import layout
from snncore.kernels.extent import Extent
from snncore.kernels.memory import CPU
from snncore.kernels.sources import Source, source_of
from snncore.kernels.tensors import PLACE_OF_ALPHA

STEPS = (dynamics.exp_leak_step, dynamics.lif_step, dynamics.alif_step)
"""Steps of the models that the loops compute, alone or with recurrent connections."""

SURROGATES = {
    SingleExponential: layout.SINGLE_EXPONENTIAL,
    PeriodicExponential: layout.PERIODIC_EXPONENTIAL,
    Heaviside: layout.HEAVISIDE,
    Gaussian: layout.GAUSSIAN,
    MultiGaussian: layout.MULTI_GAUSSIAN,
    FastSigmoid: layout.FAST_SIGMOID,
    ATan: layout.ATAN,
    TrueDerivative: layout.TRUE_DERIVATIVE,
}
"""Surrogates that the loops compute."""

ABSENT = (1.0, 1.0, 1.0, math.inf, 0.0, -math.inf, 1.0, 0.0, 0.0)
"""Constants without effect, in the order of their rows."""

NO_FIELDS = array("f", [0.0] * layout.MOST_FIELDS)


class LoopParameters:
    """A step's parameters, and what follows from them alone.

    Attributes:
        step: the parameters as `dynamics` takes them.
        apply: whether the loops compute a model with them.
        lasts: whether they hold for each later call with the same values: numbers all, and outside any graph.
        tensors: those that can have a gradient, α to κ, in the order of `Tensors`.
        sources: of `tensors`.
        inputs: `tensors` as autograd gets them: sources in place of factors.
        learning: places among `Tensors` of those that have a gradient.
        numbers: the constants of `loops`, if each is the same for all neurons.
        neuron: limit, single, reset and reset_value of `loops`.
        through_reset: 0 if the reset is detached, else 1.
    """

    def __init__(self, step: StepFunction[Any], parameters: Any) -> None:
        self.step = parameters
        self.lasts = False
        self.apply = step in STEPS and _apply(parameters)
        if not self.apply:
            return
        p = cast(MembraneParameters, parameters)
        spikes, adapts = isinstance(p, LIFParameters), isinstance(p, ALIFParameters)
        self.spikes, self.adapts = spikes, adapts
        rho, kappa = (p.alpha_adapt, p.adapt_gain) if adapts else (None, None)  # type: ignore[attr-defined]
        theta = p.spike_threshold if spikes else None  # type: ignore[attr-defined]
        scale = p.adapt_scale if adapts else None  # type: ignore[attr-defined]
        self.tensors = (p.alpha_mem, p.input_gain, p.alpha_syn, theta, rho, kappa)
        self.sources: list[Source | None] = [source_of(x) for x in self.tensors]
        self.inputs = [x if source is None else source.parameter for x, source in zip(self.tensors, self.sources, strict=True)]
        self.learning = [place for place, x in enumerate(self.inputs, PLACE_OF_ALPHA) if x is not None and x.requires_grad]
        self._given = (p.alpha_mem, p.input_gain, p.alpha_syn, theta, theta, p.min_v_mem, rho, kappa, scale)
        self._fixed = getattr(p.reset_fn, "subtract_value", None) if spikes else None  # type: ignore[attr-defined]
        self.numbers = self._numbers()
        self.neuron = _neuron(p)
        self.through_reset = 0.0 if spikes and p.detach_reset else 1.0  # type: ignore[attr-defined]
        self.lasts = self.numbers is not None and all(x is None or x.grad_fn is None for x in self.tensors)

    def _numbers(self) -> array[float] | None:
        if any(value is not None and value.dim() for value in self._given):
            return None
        values = [absent if value is None else value.item() for value, absent in zip(self._given, ABSENT, strict=True)]
        if self._fixed is not None:
            values[layout.DELTA] = self._fixed
        return array("f", values)

    def constants(self, extent: Extent) -> tuple[Any, int, int]:
        """Return the constants of `loops`, to be kept alive, with their address and width. An absent one has a value without effect."""
        if self.numbers is not None:
            return self.numbers, self.numbers.buffer_info()[0], 1
        constants = torch.empty((layout.CONSTANTS, extent.size[2]), dtype=torch.float32, device=CPU)
        by_neuron = constants.view(-1, *extent.over)
        for row, (value, absent) in enumerate(zip(self._given, ABSENT, strict=True)):
            by_neuron[row] = absent if value is None else value.detach()
        if self._fixed is not None:
            constants[layout.DELTA] = self._fixed
        return constants, constants.data_ptr(), extent.size[2]

    def surrogate(self) -> tuple[int, array[float]]:
        """Return number and fields of the surrogate."""
        if not self.spikes:
            return layout.HEAVISIDE, NO_FIELDS
        given = self.step.surrogate_grad_fn
        return _number_and_fields(given) if type(given) in SURROGATES else (layout.OWN_SURROGATE, NO_FIELDS)

    def own_slope(self, u: Tensor) -> Tensor | float:
        """Return σ of all u by the caller's own surrogate."""
        return cast(Tensor | float, self.step.surrogate_grad_fn(u, self.step.spike_threshold.detach()))


def is_plain(x: Tensor) -> bool:
    """Return True if the values can be read in memory as they are."""
    return type(x) in (Tensor, nn.Parameter) and x.dtype is torch.float32 and x.is_cpu and x.layout is torch.strided and not x.is_neg()


def _apply(p: Any) -> bool:
    tensors = [p.alpha_mem, p.input_gain, p.alpha_syn, p.min_v_mem]
    fixed = [p.min_v_mem]
    if isinstance(p, LIFParameters):
        if type(p.spike_fn) not in (MultiSpike, MaxSpike, SingleSpike) or type(p.reset_fn) not in (MembraneSubtract, MembraneReset):
            return False
        tensors.append(p.spike_threshold)
    if isinstance(p, ALIFParameters):
        tensors += (p.alpha_adapt, p.adapt_gain, p.adapt_scale)
        fixed.append(p.adapt_scale)
        if type(p.surrogate_grad_fn) not in SURROGATES:
            return False
    return all(x is None or is_plain(x) for x in tensors) and not any(x is not None and x.requires_grad for x in fixed)


def _neuron(p: MembraneParameters) -> tuple[float, bool, int, float]:
    if not isinstance(p, LIFParameters):
        return math.inf, False, layout.NEVER, 0.0
    limit = getattr(p.spike_fn, "max_num_spikes_per_bin", None)
    if isinstance(p.reset_fn, MembraneReset):
        reset, value = layout.SET_VALUE, p.reset_fn.reset_value
    else:
        subtracts_threshold = cast(MembraneSubtract, p.reset_fn).subtract_value is None
        reset = layout.SUBTRACT_THRESHOLD if subtracts_threshold else layout.SUBTRACT_VALUE
        value = 0.0
    return math.inf if limit is None else float(limit), type(p.spike_fn) is SingleSpike, reset, value


@lru_cache(maxsize=64)
def _number_and_fields(surrogate: Any) -> tuple[int, array[float]]:
    """Return number and field values of a surrogate of `activation`."""
    given = astuple(surrogate)
    return SURROGATES[type(surrogate)], array("f", [*given, *[0.0] * (layout.MOST_FIELDS - len(given))])
