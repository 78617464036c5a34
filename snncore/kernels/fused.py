"""The fused scan of every built-in model: where it applies, its arrays, and its place in autograd.

The recurrences, their derivatives and the surrogate gradients of `activation` are in `loops`; a caller's own surrogate is called
once for all time steps. The forward pass keeps one array for the backward pass: u.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import astuple
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from snncore import dynamics
from snncore.activation import SURROGATES, MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleSpike
from snncore.dynamics import NO_GRADIENTS, ALIFParameters, LIFParameters, MembraneParameters, Scan, State, StepFunction
from snncore.kernels import layout, loading
from snncore.kernels.graph import ended, saved_tensors
from snncore.kernels.memory import empty
from snncore.kernels.sharing import VECTOR, Part, run, shares

Array = NDArray[np.float32]
P = TypeVar("P")

STEPS = (dynamics.exp_leak_step, dynamics.lif_step, dynamics.alif_step)
"""Steps of the models that the loops compute."""

FEW_NEURONS = 32
"""With fewer neurons, all samples share one row: the loops run over rows, and short rows are slow."""


def scan(
    step: StepFunction[P], z: Tensor, state: State, parameters: P, *, record: bool = False, gradients: Mapping[str, Tensor] = NO_GRADIENTS
) -> Scan:
    """Return the same as `dynamics.scan`, from the compiled loops where they apply.

    Values and gradients are equal. The loops don't apply before they are loaded, while they are disabled, off the CPU, to a dtype other
    than float32, in a traced graph, to an empty input, to a step that isn't a built-in model's, to a spike function or reset that isn't
    in `activation`, to a trained `min_v_mem` or `adapt_scale`, to a caller's own surrogate with an adaptive threshold, while tangents are
    carried forward, and if gradients besides those of u are recorded. Through the loops, gradients have no gradients of their own, and
    can't be computed in batches.

    Raises:
        GraphError: in the backward pass, if it enters a graph a second time through the state.
    """
    loops = loading.loops() if gradients.keys() <= {"u"} and _applies(step, z, state, parameters) else None
    if loops is None:
        return ended(dynamics.scan(step, z, state, parameters, record=record, gradients=gradients))
    p = cast(MembraneParameters, parameters)
    tensors = _Tensors(
        *(z, state["v_mem"], state.get("i_syn"), state.get("b"), p.alpha_mem, p.input_gain, p.alpha_syn),
        *(getattr(p, name, None) for name in ("spike_threshold", "alpha_adapt", "adapt_gain")),
    )
    for_gradient = torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in tensors)
    call = _Call(loops, p, z, record, for_gradient, gradients.get("u"))
    outputs: Any = _Fused.apply(call, *tensors) if for_gradient else call.forward(tensors)  # type: ignore[no-untyped-call]  # torch's own
    output, mean, v, i, b, *recorded = outputs
    last = {"v_mem": v, "i_syn": i, "b": b}
    names = ("u", "spike_threshold", "v_mem", "i_syn", "b")
    recordings = {name: values for name, values in zip(names, recorded, strict=True) if values is not None}
    return Scan(output, mean, {name: last[name] for name in state}, recordings, call.is_finite)


def _applies(step: Any, z: Tensor, state: State, parameters: Any) -> bool:
    if step not in STEPS or dynamics.is_traced(z) or dynamics.carries_tangents():
        return False
    p = parameters
    tensors = [z, *state.values(), p.alpha_mem, p.input_gain, p.alpha_syn, p.min_v_mem]
    fixed = [p.min_v_mem]
    if isinstance(p, LIFParameters):
        if type(p.spike_fn) not in (MultiSpike, MaxSpike, SingleSpike) or type(p.reset_fn) not in (MembraneSubtract, MembraneReset):
            return False
        tensors.append(p.spike_threshold)
    if isinstance(p, ALIFParameters):
        tensors += [p.alpha_adapt, p.adapt_gain, p.adapt_scale]
        fixed.append(p.adapt_scale)
        if type(p.surrogate_grad_fn) not in SURROGATES:
            return False
    return z.numel() > 0 and all(x is None or _is_plain(x) for x in tensors) and not any(x is not None and x.requires_grad for x in fixed)


def _is_plain(x: Tensor) -> bool:
    """Return True if NumPy can view the values in memory as they are."""
    return (
        type(x) in (Tensor, nn.Parameter)
        and x.dtype is torch.float32
        and x.device.type == "cpu"
        and x.layout is torch.strided
        and not x.is_neg()
    )


class _Tensors(NamedTuple):
    """Tensors with a gradient: z (B, T, ...), states (B, ...), and parameters, which broadcast over the trailing shape."""

    z: Tensor
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    alpha_mem: Tensor
    input_gain: Tensor | None
    alpha_syn: Tensor | None
    spike_threshold: Tensor | None
    alpha_adapt: Tensor | None
    adapt_gain: Tensor | None


class _Call:
    """One scan: the arguments of its loops besides tensors, and the arrays that they read and write.

    Arrays are (rows, steps, neurons). A row is a sample, or all samples side by side if each has few neurons.
    """

    def __init__(
        self,
        loops: loading.Loops,
        parameters: MembraneParameters,
        z: Tensor,
        record: bool,
        for_gradient: bool,
        gradient_of_u: Tensor | None,
    ) -> None:
        self.loops = loops
        self.parameters = parameters
        self.record = record
        self.for_gradient = for_gradient
        self.gradient_of_u = gradient_of_u
        self.is_finite = True
        self.shape = z.shape
        batch, steps, *trailing = z.shape
        neurons = math.prod(trailing)
        self.in_one_row = batch > 1 and neurons < FEW_NEURONS
        self.over = (batch, *trailing) if self.in_one_row else tuple(trailing)
        """Shape that a row's parameters broadcast over."""
        self.size = (1, steps, batch * neurons) if self.in_one_row else (batch, steps, neurons)
        self.adapts = isinstance(parameters, ALIFParameters)
        self.constants = NOTHING
        has_past = self.adapts or parameters.alpha_syn is not None
        widest = layout.LONGEST_PAST // steps // VECTOR * VECTOR if has_past else layout.BLOCK
        self.block = min(layout.BLOCK, max(VECTOR, widest), -(-self.size[2] // VECTOR) * VECTOR)

    # ------------------------------------------------------------------------------------------------- arrays

    def rows(self, x: Tensor) -> Array:
        """Return (B, T, ...) as (rows, steps, neurons)."""
        values: Array = x.detach().resolve_neg().numpy()
        if self.in_one_row:
            values = values.swapaxes(0, 1)
        return np.ascontiguousarray(values.reshape(self.size))

    def from_rows(self, values: Array) -> Tensor:
        """Return (rows, steps, neurons) as (B, T, ...), contiguous."""
        if self.in_one_row:
            batch, steps, *trailing = self.shape
            values = np.ascontiguousarray(values.reshape(steps, batch, *trailing).swapaxes(0, 1))
        return torch.from_numpy(values.reshape(self.shape))  # not a torch view, which could not be changed in place

    def new(self) -> Array:
        return empty(self.size)

    def state(self, x: Tensor) -> Array:
        """Return a state (B, ...) as (rows, neurons)."""
        return np.ascontiguousarray(x.detach().numpy().reshape(self.size[0], -1))

    def states(self, count: int, *initial: Tensor | None) -> Array:
        """Return states (count, rows, neurons) in one array, 0 without an initial value."""
        values = np.zeros((count, self.size[0], self.size[2]), np.float32)
        for place, value in zip(values, initial, strict=False):
            if value is not None:
                place[:] = value.detach().resolve_neg().numpy().reshape(place.shape)
        return values

    def from_state(self, values: Array) -> Tensor:
        batch, _, *trailing = self.shape
        return torch.from_numpy(values.reshape(batch, *trailing))

    def make_constants(self, x: _Tensors) -> Array:
        """Return the constants of `loops`, (9, neurons). An absent one has a value without effect."""
        p = self.parameters
        values = np.empty((layout.CONSTANTS, self.size[2]), np.float32)
        by_neuron = values.reshape(-1, *self.over)
        rows: list[tuple[int, Tensor | None, float]] = [
            (layout.ALPHA, x.alpha_mem, 1.0),
            (layout.GAMMA, x.input_gain, 1.0),
            (layout.BETA, x.alpha_syn, 1.0),
            (layout.THETA, x.spike_threshold, math.inf),
            (layout.DELTA, x.spike_threshold, 0.0),
            (layout.BOUND, p.min_v_mem, -math.inf),
            (layout.RHO, x.alpha_adapt, 1.0),
            (layout.KAPPA, x.adapt_gain, 0.0),
            (layout.SCALE, p.adapt_scale if isinstance(p, ALIFParameters) else None, 0.0),
        ]
        for row, value, absent in rows:
            by_neuron[row] = absent if value is None else value.detach().numpy() if value.dim() else value.item()
        if isinstance(p, LIFParameters) and getattr(p.reset_fn, "subtract_value", None) is not None:
            values[layout.DELTA] = cast(MembraneSubtract, p.reset_fn).subtract_value
        return values

    def neuron(self) -> tuple[float, bool, int, float]:
        """Return limit, single, reset and reset_value of `loops`."""
        p = self.parameters
        if not isinstance(p, LIFParameters):
            return math.inf, False, layout.NEVER, 0.0
        single = type(p.spike_fn) is SingleSpike
        limit = getattr(p.spike_fn, "max_num_spikes_per_bin", None)
        if isinstance(p.reset_fn, MembraneReset):
            reset, value = layout.SET_VALUE, p.reset_fn.reset_value
        else:
            subtracts_threshold = cast(MembraneSubtract, p.reset_fn).subtract_value is None
            reset = layout.SUBTRACT_THRESHOLD if subtracts_threshold else layout.SUBTRACT_VALUE
            value = 0.0
        return math.inf if limit is None else float(limit), single, reset, value

    def surrogate(self, u: Tensor) -> tuple[Array, int, Array]:
        """Return σ of all u for a caller's own surrogate; else the number and fields of the surrogate of `activation`."""
        p = self.parameters
        if not isinstance(p, LIFParameters):
            return NOTHING, layout.HEAVISIDE, NO_FIELDS
        if type(p.surrogate_grad_fn) in SURROGATES:
            return NOTHING, *_number_and_fields(p.surrogate_grad_fn)
        with torch.no_grad():
            sigma = torch.as_tensor(p.surrogate_grad_fn(u, p.spike_threshold.detach()), dtype=u.dtype)
        return self.rows(sigma.expand(self.shape)), layout.OWN_SURROGATE, NO_FIELDS

    # ------------------------------------------------------------------------------------------------ forward

    def forward(self, x: _Tensors) -> tuple[Tensor | None, ...]:
        """Return output, its mean, and the last v, i and b; when recording, also u, θ, v, i and b of all steps."""
        has_i_syn, record = x.i_syn is not None, self.record
        keep_u = record or self.for_gradient
        z, output = self.rows(x.z), self.new()
        states = self.states(4, x.v_mem, x.i_syn, x.b)  # and Σ over time of the output
        kept = [
            self.new() if keep else NOTHING
            for keep in (keep_u, record and self.adapts, record, record and has_i_syn, record and self.adapts)
        ]
        u, theta, all_v, all_i, all_b = kept
        self.constants = self.make_constants(x)
        v, i, b, total = _addresses_within(states)
        arguments = (
            *(*self.size, self.block, *_addresses(z), v, i, b, *_addresses(self.constants), *self.neuron(), has_i_syn, self.adapts),
            *(*_addresses(output), total, *_addresses(u, all_v, all_i, all_b, theta), keep_u, record),
        )

        in_use = (z, states, self.constants, output, kept)

        def work(part: Part, in_use: Any = in_use) -> bool:
            scratch = np.empty((layout.FORWARD_SCRATCH, self.block), np.float32)
            return self.loops.forward(*arguments, *_addresses(scratch), *part)

        self.is_finite = all(run(work, shares(*self.size)))
        mean = _scalar(states[3].sum(dtype=np.float64) / output.size)
        last = (None if x is None else self.from_state(values) for x, values in zip(x[1:4], states[:3], strict=True))
        return self.from_rows(output), mean, *last, *(None if values is NOTHING else self.from_rows(values) for values in kept)

    # ----------------------------------------------------------------------------------------------- backward

    def backward(self, x: _Tensors, u: Tensor, wants: _Tensors, grads: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
        """Return ∂L/∂x for each x that `wants` names, from ∂L/∂ of each output of `forward`."""
        size = self.size
        grad_output, grad_mean, grad_v, grad_i, grad_b, *grad_recorded = grads
        has_recorded = any(grad is not None for grad in grad_recorded)
        recorded = [NOTHING] * 5
        if has_recorded:
            recorded = [np.zeros(size, np.float32) if grad is None else self.rows(grad) for grad in grad_recorded]
        grad_u, grad_theta, grad_all_v, grad_all_i, grad_all_b = recorded
        # Gradients carried back in time, which end as the gradient of the initial state; then the gradients of the constants.
        carried = self.states(4 + layout.CONSTANTS, None, grad_v, grad_i, grad_b)
        *carried_addresses, by_row = _addresses_within(carried)[:5]
        grad_z = self.new() if wants.z else NOTHING
        all_grad_u = NOTHING if self.gradient_of_u is None else self.new()
        z = u if x.z is None else x.z  # read, and multiplied into a gradient that nobody wants
        read = [self.rows(z), self.rows(u), *(NOTHING if state is None else self.state(state) for state in x[1:4]), self.constants]
        sigma, surrogate, fields = self.surrogate(u)
        grad_rows, grad_each = self.rows_of_gradient(grad_output), 0.0 if grad_mean is None else grad_mean.item() / u.numel()
        has_i_syn = x.i_syn is not None
        arguments = (
            *(*size, self.block, *_addresses(*read, sigma), surrogate, *_addresses(fields), *self.neuron(), has_i_syn, self.adapts),
            0.0 if getattr(self.parameters, "detach_reset", False) else 1.0,
            *(*_addresses(grad_rows), *grad_rows.shape[:2], grad_each),
            *(*_addresses(grad_u, grad_all_v, grad_all_i, grad_all_b, grad_theta), has_recorded),
            *(*carried_addresses, *_addresses(grad_z, all_grad_u), by_row),
            *(wants.z, self.gradient_of_u is not None, bool(wants.spike_threshold)),
        )

        in_use = (read, sigma, fields, grad_rows, recorded, carried, grad_z, all_grad_u)

        def work(part: Part, in_use: Any = in_use) -> bool:
            scratch = np.empty((layout.BACKWARD_SCRATCH, self.block), np.float32)
            past = [np.empty((size[1] + 1, self.block), np.float32) if needed else NOTHING for needed in (has_i_syn, self.adapts)]
            return self.loops.backward(*arguments, *_addresses(scratch, *past), *part)

        run(work, shares(*size))
        if self.gradient_of_u is not None:
            self.gradient_of_u.copy_(self.from_rows(all_grad_u))
        rows = (layout.ALPHA, layout.GAMMA, layout.BETA, layout.THETA, layout.RHO, layout.KAPPA)
        return (
            self.from_rows(grad_z) if wants.z else None,
            *(self.from_state(grad) if wanted else None for grad, wanted in zip(carried[1:4], wants[1:4], strict=True)),
            *(
                self.summed(carried[4 + row], cast(Tensor, value)) if wanted else None
                for row, value, wanted in zip(rows, x[4:], wants[4:], strict=True)
            ),
        )

    def rows_of_gradient(self, grad: Tensor | None) -> Array:
        """Return the output's gradient; only one row or step if all are equal, as after a sum, which saves memory."""
        if grad is None:
            return np.zeros((1, 1, self.size[2]), np.float32)
        if not self.in_one_row:
            same_for_samples, same_for_steps = (grad.stride(axis) == 0 for axis in (0, 1))
            part = grad[: 1 if same_for_samples else None, : 1 if same_for_steps else None]
            return np.ascontiguousarray(part.resolve_neg().numpy().reshape(*part.shape[:2], -1))
        return self.rows(grad)

    def summed(self, grad: Array, parameter: Tensor) -> Tensor:
        """Return the gradient by row and neuron, summed to the parameter's shape."""
        if parameter.dim() == 0:
            return _scalar(grad.sum())
        return torch.from_numpy(grad.reshape(-1, *self.over)).sum_to_size(parameter.shape)


NOTHING: Array = np.empty((0, 0, 0), np.float32)
NO_FIELDS: Array = np.empty(0, np.float32)
"""Placeholder for an array that a loop doesn't touch."""


def _addresses(*arrays: Array) -> list[int | None]:
    """Return the arrays' addresses; the caller has to keep the arrays alive."""
    return [x.__array_interface__["data"][0] if x.size else None for x in arrays]


def _addresses_within(array: Array) -> list[int]:
    """Return the addresses of an array's parts along its first axis."""
    start: int = array.__array_interface__["data"][0]
    return [start + k * array.strides[0] for k in range(len(array))]


@lru_cache(maxsize=64)
def _number_and_fields(surrogate: Any) -> tuple[int, Array]:
    """Return number and field values of a surrogate of `activation`."""
    fields = np.zeros(layout.MOST_FIELDS, np.float32)
    given = astuple(surrogate)
    fields[: len(given)] = given
    return layout.SURROGATES[type(surrogate)], fields


def _scalar(value: np.floating) -> Tensor:
    return torch.from_numpy(np.array(value, np.float32))


class _Fused(torch.autograd.Function):
    """`_Call.forward` with `_Call.backward` as its derivative."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *tensors: Any) -> tuple[Tensor | None, ...]:
        x = _Tensors(*tensors)
        outputs = call.forward(x)
        ctx.call, ctx.wants = call, _Tensors(*ctx.needs_input_grad[1:])
        # The output isn't saved: a caller may change it in place, and it follows from u. Nor is an input that no gradient depends on.
        reads_z = x.i_syn is not None or ctx.wants.alpha_mem or ctx.wants.input_gain
        ctx.save_for_backward(*x._replace(z=x.z if reads_z else cast(Any, None)), outputs[5])
        ctx.set_materialize_grads(False)
        return outputs if call.record else (*outputs[:5], None, *outputs[6:])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        *tensors, u = saved_tensors(ctx, from_state=any(grad is not None for grad in grads[2:5]))
        return (None, *ctx.call.backward(_Tensors(*tensors), u, ctx.wants, grads))
