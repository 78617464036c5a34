"""The fused scan of the leaky integrate-and-fire neuron: where it applies, its arrays, and its place in autograd.

The recurrence, its derivative and the surrogate gradients of `activation` are in `loops`; a caller's own surrogate is called once
for all time steps.
"""

from __future__ import annotations

import math
from dataclasses import astuple, dataclass
from types import ModuleType
from typing import Any, NamedTuple, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from snncore.activation import MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleSpike
from snncore.dynamics import LIFParameters, Scan, State, lif_step, scan
from snncore.kernels import loading
from snncore.kernels.sharing import run, shares

Array = NDArray[np.float32]

FEW_NEURONS = 32
"""Below this many, the neurons of all samples stand in one row: the loops run over rows, and short ones are slow."""


def scan_lif(z: Tensor, state: State, parameters: LIFParameters, *, record: bool = False) -> Scan:
    """What `dynamics.scan` returns for `lif_step`: equal values and the same gradients, from the compiled loops where they apply.

    They don't before they are loaded, while they are disabled, off the CPU, in another dtype than float32, under a tracer, to an
    empty input, to a spike function or reset that isn't one of `activation`, and to a trained `min_v_mem`.
    """
    loops = loading.loops() if _applies(z, state, parameters) else None
    if loops is None:
        return scan(lif_step, z, state, parameters, record=record)
    p = parameters
    batch, steps, trailing = z.shape[0], z.shape[1], z.shape[2:]
    in_one_row = batch > 1 and trailing.numel() < FEW_NEURONS
    neurons = torch.Size((batch, *trailing)) if in_one_row else trailing
    rows = 1 if in_one_row else batch

    def as_input(values: Tensor) -> Tensor:
        if in_one_row:
            values = values.view(steps, *neurons).transpose(0, 1).contiguous()
        return values.view(z.shape)

    tensors = _Tensors(
        z=(z.transpose(0, 1) if in_one_row else z).reshape(rows, steps, -1),
        v_mem=state["v_mem"].reshape(rows, -1),
        i_syn=None if p.alpha_syn is None else state["i_syn"].reshape(rows, -1),
        alpha_mem=_per_neuron(p.alpha_mem, neurons),
        input_gain=None if p.input_gain is None else _per_neuron(p.input_gain, neurons),
        alpha_syn=None if p.alpha_syn is None else _per_neuron(p.alpha_syn, neurons),
        spike_threshold=_per_neuron(p.spike_threshold, neurons),
    )
    for_gradient = torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in tensors)
    call = _Call(loops, p, neurons, record, for_gradient)
    outputs: Any = _LIF.apply(call, *tensors) if for_gradient else _forward(call, tensors)  # type: ignore[no-untyped-call]  # torch's own
    spikes, v, i, *recorded = outputs
    last = {"v_mem": v, "i_syn": i}
    return Scan(
        as_input(spikes),
        {name: last[name].view(batch, *trailing) for name in state},
        {name: as_input(values) for name, values in zip(("u", "v_mem", "i_syn"), recorded, strict=True) if values is not None},
    )


def _per_neuron(value: Tensor, neurons: torch.Size) -> Tensor:
    """One value for each of N, (N,)."""
    return value.expand(neurons).reshape(-1)


def _applies(z: Tensor, state: State, p: LIFParameters) -> bool:
    if torch.compiler.is_compiling() or torch.jit.is_tracing():  # type: ignore[no-untyped-call, attr-defined]  # torch's own
        return False
    tensors = (z, *state.values(), p.alpha_mem, p.input_gain, p.alpha_syn, p.spike_threshold, p.min_v_mem)
    return (
        type(p.spike_fn) in (MultiSpike, MaxSpike, SingleSpike)
        and type(p.reset_fn) in (MembraneSubtract, MembraneReset)
        and all(x is None or _is_plain(x) for x in tensors)
        and z.numel() > 0
        and not (p.min_v_mem is not None and p.min_v_mem.requires_grad)
    )


def _is_plain(x: Tensor) -> bool:
    """Whether NumPy can see the values as they lie in memory."""
    return (
        type(x) in (Tensor, nn.Parameter)
        and x.dtype == torch.float32
        and x.device.type == "cpu"
        and x.layout == torch.strided
        and not x.is_neg()
        and not torch._C._functorch.is_functorch_wrapped_tensor(x)
    )


class _Tensors(NamedTuple):
    """What has a gradient: z (B, T, N), states (B, N), parameters (N,)."""

    z: Tensor
    v_mem: Tensor
    i_syn: Tensor | None
    alpha_mem: Tensor
    input_gain: Tensor | None
    alpha_syn: Tensor | None
    spike_threshold: Tensor


@dataclass(frozen=True)
class _Call:
    """What has none."""

    loops: ModuleType
    parameters: LIFParameters
    neurons: torch.Size
    """What the parameters broadcast over, N in all."""
    record: bool
    for_gradient: bool

    @property
    def subtracts_threshold(self) -> bool:
        return isinstance(self.parameters.reset_fn, MembraneSubtract) and self.parameters.reset_fn.subtract_value is None

    def surrogate(self, u: Tensor) -> tuple[Array, int, Array]:
        """σ of all `u` (B, T, N) for a caller's own surrogate; for one of `activation` its number, and its fields."""
        surrogate_grad_fn, threshold = self.parameters.surrogate_grad_fn, self.parameters.spike_threshold.detach()
        number = self.loops.SURROGATES.get(type(surrogate_grad_fn), self.loops.OWN_SURROGATE)
        if number != self.loops.OWN_SURROGATE:
            return _array(None, dim=3), number, np.array(astuple(cast(Any, surrogate_grad_fn)), np.float32)
        if threshold.dim():
            threshold = _per_neuron(threshold, self.neurons)
        with torch.no_grad():
            sigma = torch.as_tensor(surrogate_grad_fn(u.detach(), threshold), dtype=u.dtype)
        return _array(sigma.expand(u.shape)), number, _array(None, dim=1)

    def constants(self, x: _Tensors) -> tuple[Any, ...]:
        """α, γ, β, θ, δ, bound, limit, reset_value, single, hard of `loops`. An absent one has a value that changes nothing."""
        p, neurons = self.parameters, len(x.spike_threshold)
        threshold = _array(x.spike_threshold)
        hard, value = (True, p.reset_fn.reset_value) if isinstance(p.reset_fn, MembraneReset) else (False, 0.0)
        delta = getattr(p.reset_fn, "subtract_value", None)
        limit = getattr(p.spike_fn, "max_num_spikes_per_bin", None)
        return (
            _array(x.alpha_mem),
            _full(neurons, 1.0) if x.input_gain is None else _array(x.input_gain),
            _full(neurons, 1.0) if x.alpha_syn is None else _array(x.alpha_syn),
            threshold,
            threshold if delta is None else _full(neurons, delta),
            _full(neurons, -math.inf) if p.min_v_mem is None else _array(_per_neuron(p.min_v_mem, self.neurons)),
            math.inf if limit is None else float(limit),
            value,
            type(p.spike_fn) is SingleSpike,
            hard,
        )


def _forward(call: _Call, x: _Tensors) -> tuple[Tensor | None, ...]:
    """Spikes, last v and i; with recording or for a gradient u, with recording v, and i likewise, each (B, T, N)."""
    has_i_syn = x.i_syn is not None
    keep_u, keep_v, keep_i = call.record or call.for_gradient, call.record, (call.record or call.for_gradient) and has_i_syn
    z = x.z.detach().contiguous()
    spikes, v = torch.empty_like(z), x.v_mem.detach().clone(memory_format=torch.contiguous_format)
    i = None if x.i_syn is None else x.i_syn.detach().clone(memory_format=torch.contiguous_format)
    kept_u, kept_v, kept_i = (torch.empty_like(z) if keep else None for keep in (keep_u, keep_v, keep_i))
    arguments = (
        *(_array(z), _array(v), _array(i, dim=2), *call.constants(x), has_i_syn, _array(spikes)),
        *(_array(kept_u, dim=3), _array(kept_v, dim=3), _array(kept_i, dim=3), keep_u, keep_v, keep_i),
    )
    run(lambda part: call.loops.forward(*arguments, *part), shares(*z.shape))
    return spikes, v, i, kept_u, kept_v, kept_i


class _LIF(torch.autograd.Function):
    """`_forward` with `_backward` as its derivative."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *tensors: Any) -> tuple[Tensor | None, ...]:
        x = _Tensors(*tensors)
        spikes, v, i, *kept = _forward(call, x)
        u, _, all_i = kept
        _, *wants = ctx.needs_input_grad
        ctx.call, ctx.wants = call, _Tensors(*wants)
        reads_z = ctx.wants.alpha_syn or (ctx.wants.input_gain and i is None)
        # Not the spikes: a caller may change them in place, and they follow from u.
        ctx.save_for_backward(*x._replace(z=x.z if reads_z else x.z.new_empty(0, 0, 0)), u, all_i)
        if not (ctx.wants.z or ctx.wants.i_syn or ctx.wants.alpha_syn):
            ctx.mark_non_differentiable(*(values for values in (i, all_i) if values is not None))
        ctx.set_materialize_grads(False)
        return (spikes, v, i, *(kept if call.record else (None, None, None)))

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        *tensors, u, all_i = ctx.saved_tensors
        return (None, *_backward(ctx.call, _Tensors(*tensors), u, all_i, ctx.wants, grads))


def _backward(
    call: _Call, x: _Tensors, u: Tensor, all_i: Tensor | None, wants: Any, grads: tuple[Tensor | None, ...]
) -> tuple[Tensor | None, ...]:
    """∂L/∂ each of `x` that `wants` names, from ∂L/∂ each output of `_forward`."""
    grad_spikes, grad_v, grad_i, *grad_recorded = grads
    has_i_syn, has_recorded = x.i_syn is not None, any(grad is not None for grad in grad_recorded)
    state = u[:, 0].shape
    # What is carried against time, and ends as the gradient of the initial state.
    carried_u = u.new_zeros(state)
    carried_v, carried_i = (
        u.new_zeros(state) if grad is None else grad.clone(memory_format=torch.contiguous_format) for grad in (grad_v, grad_i)
    )
    grad_z = torch.empty_like(u) if wants.z else None
    by_sample = [u.new_zeros(state) if wanted else None for wanted in wants[3:]]
    arguments = (
        *(_array(x.z), _array(u), _array(all_i, dim=3), _array(x.v_mem), _array(x.i_syn, dim=2), *call.surrogate(u)),
        *(*call.constants(x), call.subtracts_threshold, has_i_syn, _array(_zeros_for(grad_spikes, u))),
        *(_array(_zeros_for(grad, u) if has_recorded else None, dim=3) for grad in grad_recorded),
        *(has_recorded, _array(carried_u), _array(carried_v), _array(carried_i), _array(grad_z, dim=3)),
        *(_array(grad, dim=2) for grad in by_sample),
        *(wants.z, *wants[3:]),
    )

    run(lambda part: call.loops.backward(*arguments, *part), shares(*u.shape))
    return (grad_z, carried_v, carried_i if has_i_syn else None, *(None if grad is None else grad.sum(0) for grad in by_sample))


def _zeros_for(grad: Tensor | None, like: Tensor) -> Tensor:
    return torch.zeros_like(like) if grad is None else grad.contiguous()


def _array(x: Tensor | None, dim: int = 0) -> Array:
    """The tensor's memory; for None, an empty array of `dim` axes that the loops don't touch."""
    return np.empty((0,) * dim, np.float32) if x is None else x.detach().contiguous().numpy()


def _full(neurons: int, value: float) -> Array:
    return np.full(neurons, value, np.float32)
