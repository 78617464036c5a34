"""The fused scan of every built-in model: where it applies, its arrays, and its place in autograd.

The recurrences, their derivatives and the surrogate gradients of `activation` are in `loops`; a caller's own surrogate is called
once for all time steps. The forward pass keeps one array for the backward pass, u; of a recurrent layer two, the other in place of its input.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import astuple
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar, cast

import torch
from torch import Tensor, nn

from snncore import dynamics
from snncore.activation import SURROGATES, MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleSpike
from snncore.dynamics import ALIFParameters, LIFParameters, MembraneParameters, Recurrence, Scan, State, StepFunction
from snncore.kernels import layout, loading, memory
from snncore.kernels.graph import ended, saved_tensors
from snncore.kernels.sharing import VECTOR, Part, run, shares

P = TypeVar("P")

STEPS = (dynamics.exp_leak_step, dynamics.lif_step, dynamics.alif_step)
"""Steps of the models that the loops compute, alone or with recurrent connections."""

FEW_NEURONS = 32
"""With fewer neurons, all samples share one row: the loops run over rows, and short rows are slow."""

CPU = torch.device("cpu")


def scan(
    step: StepFunction[P], z: Tensor, state: State, parameters: P, *, record: bool = False, gradient_of_u: Tensor | None = None
) -> Scan:
    """Return the same as `dynamics.scan`, from the compiled loops where they apply.

    Values and gradients are equal. The loops don't apply before they are loaded, while they are disabled, off the CPU, to a dtype other
    than float32, in a traced graph, to an empty input, to a step that isn't a built-in model's, to a spike function or reset that isn't
    in `activation`, to a trained `min_v_mem` or `adapt_scale`, to a caller's own surrogate with an adaptive threshold, and while tangents
    are carried forward; and to recurrent connections that aren't a plain `Linear` of finite weights, or that act on neurons in a plane.
    Through the loops, gradients have no gradients of their own, and can't be computed in batches.

    Raises:
        GraphError: in the backward pass, if it enters a graph a second time through the state.
    """
    weight: Tensor | None = None
    bias: Tensor | None = None
    plain = step
    applies = True
    if type(step) is Recurrence:
        plain = step.step
        applies = _connects(step.rec_connect, z)
        if applies:
            weight, bias = step.rec_connect.weight, step.rec_connect.bias  # type: ignore[attr-defined]  # it is a Linear
    loops = loading.loops() if applies and _applies(plain, z, state, parameters) else None
    if loops is None:
        return ended(dynamics.scan(step, z, state, parameters, record=record, gradient_of_u=gradient_of_u))
    p = cast(MembraneParameters, parameters)
    tensors = _Tensors(
        *(z, state["v_mem"], state.get("i_syn"), state.get("b"), state.get("i_rec"), p.alpha_mem, p.input_gain, p.alpha_syn),
        *(getattr(p, name, None) for name in ("spike_threshold", "alpha_adapt", "adapt_gain")),
        *(weight, bias),
    )
    for_gradient = torch.is_grad_enabled() and any(x is not None and x.requires_grad for x in tensors)
    call = _Call(loops, p, z, weight is not None, record, for_gradient, gradient_of_u)
    outputs: Any = _Fused.apply(call, *tensors) if for_gradient else call.forward(tensors)  # type: ignore[no-untyped-call]  # torch's own
    last = dict(zip(STATES, outputs[2:6], strict=True))
    recordings = {name: values for name, values in zip(SEEN, outputs[6:], strict=True) if values is not None}
    return Scan(outputs[0], outputs[1], {name: last[name] for name in state}, recordings, call.is_finite)


STATES = ("v_mem", "i_syn", "b", "i_rec")
SEEN = ("u", "spike_threshold", *STATES)


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
        tensors += (p.alpha_adapt, p.adapt_gain, p.adapt_scale)
        fixed.append(p.adapt_scale)
        if type(p.surrogate_grad_fn) not in SURROGATES:
            return False
    return z.numel() > 0 and all(x is None or _is_plain(x) for x in tensors) and not any(x is not None and x.requires_grad for x in fixed)


def _connects(connection: object, z: Tensor) -> bool:
    """Return True if the loops compute these recurrent connections of neurons in a row."""
    if z.dim() != 3 or not dynamics.is_summed_in_order(connection, z):
        return False
    weight, bias = connection.weight, connection.bias
    if weight.shape != (z.shape[2], z.shape[2]) or not all(x is None or _is_plain(x) for x in (weight, bias)):
        return False
    return math.isfinite(weight.detach().sum().item())  # an infinite or missing weight counts even where there is no spike


def _is_plain(x: Tensor) -> bool:
    """Return True if the values can be read in memory as they are."""
    return type(x) in (Tensor, nn.Parameter) and x.dtype is torch.float32 and x.is_cpu and x.layout is torch.strided and not x.is_neg()


class _Tensors(NamedTuple):
    """Tensors with a gradient: z (B, T, ...), states (B, ...), parameters, which broadcast over the trailing shape, and connections."""

    z: Tensor
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    i_rec: Tensor | None
    alpha_mem: Tensor
    input_gain: Tensor | None
    alpha_syn: Tensor | None
    spike_threshold: Tensor | None
    alpha_adapt: Tensor | None
    adapt_gain: Tensor | None
    weight: Tensor | None
    bias: Tensor | None


GRADIENT_ROWS = (layout.ALPHA, layout.GAMMA, layout.BETA, layout.THETA, layout.RHO, layout.KAPPA)
"""Rows of the constants that `alpha_mem` to `adapt_gain` are, in order."""


class _Call:
    """One scan: the arguments of its loops besides tensors, and the arrays that they read and write.

    Arrays are (rows, steps, neurons). A row is a sample, or all samples side by side if each has few neurons.
    """

    def __init__(
        self,
        loops: loading.Loops,
        parameters: MembraneParameters,
        z: Tensor,
        feeds_back: bool,
        record: bool,
        for_gradient: bool,
        gradient_of_u: Tensor | None,
    ) -> None:
        self.loops = loops
        self.parameters = parameters
        self.feeds_back = feeds_back
        self.record = record
        self.for_gradient = for_gradient
        self.gradient_of_u = gradient_of_u
        self.is_finite = True
        self.shape = z.shape
        batch, steps, *trailing = z.shape
        neurons = math.prod(trailing)
        self.in_one_row = batch > 1 and neurons < FEW_NEURONS and not feeds_back
        self.over = (batch, *trailing) if self.in_one_row else tuple(trailing)
        """Shape that a row's parameters broadcast over."""
        self.size = (1, steps, batch * neurons) if self.in_one_row else (batch, steps, neurons)
        self.in_memory = (steps, batch, *trailing) if self.in_one_row else z.shape
        self.adapts = isinstance(parameters, ALIFParameters)
        self.group = layout.GROUP if feeds_back else 1
        whole = -(-self.size[2] // VECTOR) * VECTOR
        if feeds_back:  # each neuron waits for all others
            self.block = whole
        else:
            has_past = self.adapts or parameters.alpha_syn is not None
            widest = layout.LONGEST_PAST // steps // VECTOR * VECTOR if has_past else layout.BLOCK
            self.block = min(layout.BLOCK, max(VECTOR, widest), whole)

    def parts(self) -> list[Part]:
        if not self.feeds_back:
            return shares(*self.size)
        samples, steps, neurons = self.size
        return shares(samples, steps, neurons, work=1 + neurons // VECTOR, only_samples=True)

    # ------------------------------------------------------------------------------------------------- arrays

    def rows(self, x: Tensor) -> Tensor:
        """Return (B, T, ...) as (rows, steps, neurons) in memory."""
        x = x.resolve_neg()
        return (x.transpose(0, 1) if self.in_one_row else x).contiguous()

    def from_rows(self, values: Tensor) -> Tensor:
        """Return (rows, steps, neurons) in memory as (B, T, ...), contiguous, and no torch view, which could not be changed in place."""
        return values.transpose(0, 1).clone(memory_format=torch.contiguous_format) if self.in_one_row else values

    def new(self) -> Tensor:
        return _empty(self.in_memory)

    def make_constants(self, x: _Tensors) -> tuple[Any, int, int]:
        """Return the constants of `loops`, to be kept alive, with their address and width. An absent one has a value without effect."""
        p = self.parameters
        theta = x.spike_threshold
        fixed = getattr(getattr(p, "reset_fn", None), "subtract_value", None)
        scale = p.adapt_scale if isinstance(p, ALIFParameters) else None
        given = (x.alpha_mem, x.input_gain, x.alpha_syn, theta, theta, p.min_v_mem, x.alpha_adapt, x.adapt_gain, scale)
        if all(value is None or not value.dim() for value in given):
            values = [absent if value is None else value.item() for value, absent in zip(given, ABSENT, strict=True)]
            if fixed is not None:
                values[layout.DELTA] = fixed
            numbers = array("f", values)
            return numbers, numbers.buffer_info()[0], 1
        constants = torch.empty((layout.CONSTANTS, self.size[2]), dtype=torch.float32, device=CPU)
        by_neuron = constants.view(-1, *self.over)
        for row, (value, absent) in enumerate(zip(given, ABSENT, strict=True)):
            by_neuron[row] = absent if value is None else value.detach()
        if fixed is not None:
            constants[layout.DELTA] = fixed
        return constants, constants.data_ptr(), self.size[2]

    def neuron(self) -> tuple[float, bool, int, float]:
        """Return limit, single, reset and reset_value of `loops`."""
        p = self.parameters
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

    def surrogate(self, u: Tensor) -> tuple[Tensor | None, int, Any]:
        """Return σ of all u for a caller's own surrogate; else the number and fields of the surrogate of `activation`."""
        p = self.parameters
        if not isinstance(p, LIFParameters):
            return None, layout.HEAVISIDE, NO_FIELDS
        if type(p.surrogate_grad_fn) in SURROGATES:
            return None, *_number_and_fields(p.surrogate_grad_fn)
        with torch.no_grad():
            sigma = torch.as_tensor(p.surrogate_grad_fn(u, p.spike_threshold.detach()), dtype=u.dtype)
        return self.rows(sigma.expand(self.shape)), layout.OWN_SURROGATE, NO_FIELDS

    # ------------------------------------------------------------------------------------------------ forward

    def forward(self, x: _Tensors) -> tuple[Tensor | None, ...]:
        """Return output, its mean, and the last states; when recording, also u, θ, and the states of all steps."""
        record, feeds_back = self.record, self.feeds_back
        has_i_syn = x.i_syn is not None
        keep_u = record or self.for_gradient
        keep_z = feeds_back and self.for_gradient
        z, output = self.rows(x.z.detach()), self.new()
        states = [None if value is None else value.detach().clone(memory_format=torch.contiguous_format) for value in x[1:5]]
        keep = (keep_u, record and self.adapts, record, record and has_i_syn, record and self.adapts, record and feeds_back)
        u, theta, all_v, all_i, all_b, all_rec = kept = [self.new() if kept else None for kept in keep]
        self.fed = self.new() if keep_z else None
        self.constants, constants, width = made = self.make_constants(x)
        self.made = made
        self.choices = choices = (width, *self.neuron(), has_i_syn, self.adapts, feeds_back)
        weights = None if x.weight is None else x.weight.detach().t().contiguous()
        bias = None if x.bias is None else x.bias.detach().contiguous()
        arguments = (
            *(*self.size, self.block, z.data_ptr(), *map(_address, states), constants, *choices),
            *(_address(weights), _address(bias), bias is not None),
            *(output.data_ptr(), *map(_address, (u, self.fed, all_v, all_i, all_b, all_rec, theta)), keep_u, keep_z, record),
        )

        in_use = (z, states, made, output, kept, self.fed, weights, bias)

        def work(part: Part, in_use: Any = in_use) -> float:
            scratch = torch.empty(layout.FORWARD_SCRATCH * self.block, dtype=torch.float32, device=CPU)
            return self.loops.forward(*arguments, scratch.data_ptr(), *part)

        total = math.fsum(run(work, self.parts()))
        self.is_finite = not math.isnan(total)
        mean = _scalar(total / output.numel())
        return self.from_rows(output), mean, *states, *(None if values is None else self.from_rows(values) for values in kept)

    # ----------------------------------------------------------------------------------------------- backward

    def backward(self, saved: _Saved, u: Tensor, wants: _Tensors, grads: tuple[Tensor | None, ...]) -> tuple[Tensor | None, ...]:
        """Return ∂L/∂x for each x that `wants` names, from ∂L/∂ of each output of `forward`."""
        size = self.size
        samples, steps, neurons = size
        grad_output, grad_mean, *grad_states = grads[:6]
        has_recorded = any(grad is not None for grad in grads[6:])
        recorded: list[Tensor | None] = [None] * 6
        if has_recorded:
            zero = torch.zeros(self.in_memory, dtype=torch.float32, device=CPU)
            recorded = [zero if grad is None else self.rows(grad) for grad in grads[6:]]
        # Gradients carried back in time, which end as the gradient of the initial state: of u, v, i, b and the recurrent current.
        shape = (self.shape[0], *self.shape[2:])
        carried = torch.zeros((5, *shape), dtype=torch.float32, device=CPU)
        for place, grad in zip(carried[1:], grad_states, strict=True) if any(grad is not None for grad in grad_states) else ():
            if grad is not None:
                place.copy_(grad)
        _, constants, width = self.made
        by_neuron = None if width == 1 else torch.zeros((layout.CONSTANTS, *shape), dtype=torch.float32, device=CPU)
        grad_z = self.new() if wants.z else None
        all_grad_u = None if self.gradient_of_u is None else self.new()
        u_rows = self.rows(u)
        z = u_rows if saved.z is None else self.rows(saved.z)  # if not saved: read, and multiplied into a gradient that nobody wants
        first = [None if state is None else state.contiguous() for state in (saved.v_mem, saved.i_syn, saved.b)]
        sigma, surrogate, fields = self.surrogate(u)
        grad_rows, grad_samples, grad_steps = self.rows_of_gradient(grad_output)
        parts = self.parts()
        sums = array("d", bytes(8 * layout.CONSTANTS * len(parts)))
        weights = None if saved.weight is None else saved.weight.contiguous()
        in_weights = None if weights is None else torch.zeros((len(parts), neurons + 1, neurons), dtype=torch.float32, device=CPU)
        size_of_part = 4 * (neurons + 1) * neurons
        start, carried_bytes = carried.data_ptr(), 4 * samples * neurons
        before = (
            *(*size, self.block, z.data_ptr(), u_rows.data_ptr(), *map(_address, first), constants, _address(sigma), surrogate),
            *(fields.buffer_info()[0], *self.choices, 0.0 if getattr(self.parameters, "detach_reset", False) else 1.0, _address(weights)),
            *(grad_rows.data_ptr(), grad_samples, grad_steps, 0.0 if grad_mean is None else grad_mean.item() / u.numel()),
            *(*map(_address, recorded), has_recorded, *(start + k * carried_bytes for k in range(5))),
            *(_address(grad_z), _address(all_grad_u), _address(by_neuron)),
        )
        after = (wants.z, self.gradient_of_u is not None, wants.spike_threshold)
        past = self.group * (steps + 1) * self.block
        has_i_syn = saved.i_syn is not None

        in_use = (z, u_rows, first, sigma, fields, grad_rows, recorded, carried, grad_z, all_grad_u, by_neuron, weights, in_weights, sums)

        def work(number: int, in_use: Any = in_use) -> float:
            scratch = torch.empty(layout.BACKWARD_SCRATCH * self.block, dtype=torch.float32, device=CPU)
            pasts = [
                torch.empty(past, dtype=torch.float32, device=CPU) if needed else None for needed in (has_i_syn, self.adapts)
            ]
            place = None if in_weights is None else in_weights.data_ptr() + number * size_of_part
            of_part = (sums.buffer_info()[0] + 8 * layout.CONSTANTS * number, place, None if place is None else place + size_of_part - 4 * neurons)
            return self.loops.backward(*before, *of_part, *after, scratch.data_ptr(), *map(_address, pasts), *parts[number])

        run(work, list(range(len(parts))))
        if self.gradient_of_u is not None:
            self.gradient_of_u.copy_(self.from_rows(cast(Tensor, all_grad_u)))
        acts = steps > 1 or grad_states[3] is not None or grads[11] is not None  # within one step no current comes back
        of_weights = None if in_weights is None else in_weights[0] if len(parts) == 1 else in_weights.sum(0)
        return (
            None if grad_z is None else self.from_rows(grad_z),
            *(carried[k] if wanted else None for k, wanted in enumerate(wants[1:5], 1)),
            *(
                self.summed(by_neuron, sums, row, shape) if wanted else None
                for row, shape, wanted in zip(GRADIENT_ROWS, self.shapes, wants[5:11], strict=True)
            ),
            of_weights[:-1].t() if of_weights is not None and wants.weight and acts else None,
            of_weights[-1] if of_weights is not None and wants.bias and acts else None,
        )

    def rows_of_gradient(self, grad: Tensor | None) -> tuple[Tensor, int, int]:
        """Return the output's gradient, and its numbers of rows and steps: one if all are equal, as after a sum, which saves memory."""
        samples, steps, neurons = self.size
        if grad is None:
            return torch.zeros(neurons, dtype=torch.float32, device=CPU), 1, 1
        if self.in_one_row or grad.is_contiguous():
            return self.rows(grad), samples, steps
        same_for_samples, same_for_steps = (grad.stride(axis) == 0 for axis in (0, 1))
        part = grad[: 1 if same_for_samples else None, : 1 if same_for_steps else None]
        return part.resolve_neg().contiguous(), *part.shape[:2]

    def summed(self, by_neuron: Tensor | None, sums: array[float], row: int, shape: torch.Size) -> Tensor:
        """Return the gradient of a constant, summed to the parameter's shape."""
        if by_neuron is None:
            return _scalar(math.fsum(sums[row :: layout.CONSTANTS])).reshape(shape)
        if not shape:
            return by_neuron[row].sum()
        return by_neuron[row].reshape(-1, *self.over).sum_to_size(shape)


ABSENT = (1.0, 1.0, 1.0, math.inf, 0.0, -math.inf, 1.0, 0.0, 0.0)
"""Constants without effect, in the order of their rows."""

NO_FIELDS = array("f", [0.0] * layout.MOST_FIELDS)


def _address(x: Tensor | None) -> int | None:
    """Return a tensor's address; the caller has to keep it alive."""
    return None if x is None else x.data_ptr()


def _empty(shape: tuple[int, ...]) -> Tensor:
    if 4 * math.prod(shape) < memory.SMALLEST:
        return torch.empty(shape, dtype=torch.float32, device=CPU)
    return torch.from_numpy(memory.empty(shape))


@lru_cache(maxsize=64)
def _number_and_fields(surrogate: Any) -> tuple[int, array[float]]:
    """Return number and field values of a surrogate of `activation`."""
    given = astuple(surrogate)
    return layout.SURROGATES[type(surrogate)], array("f", [*given, *[0.0] * (layout.MOST_FIELDS - len(given))])


def _scalar(value: float) -> Tensor:
    return torch.tensor(value, dtype=torch.float32, device=CPU)


class _Saved(NamedTuple):
    """What the backward pass reads again besides u, as the forward pass got it."""

    z: Tensor | None
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    weight: Tensor | None


class _Fused(torch.autograd.Function):
    """`_Call.forward` with `_Call.backward` as its derivative."""

    @staticmethod
    def forward(ctx: Any, call: _Call, *tensors: Any) -> tuple[Tensor | None, ...]:
        x = _Tensors(*tensors)
        outputs = call.forward(x)
        ctx.call, ctx.wants = call, _Tensors(*ctx.needs_input_grad[1:])
        call.shapes = [None if parameter is None else parameter.shape for parameter in x[5:11]]
        # The output isn't saved: a caller may change it in place, and it follows from u. Nor is an input that no gradient depends on.
        reads_z = x.i_syn is not None or ctx.wants.alpha_mem or ctx.wants.input_gain
        z, call.fed = call.fed if call.feeds_back else x.z, None
        ctx.save_for_backward(z if reads_z else None, x.v_mem, x.i_syn, x.b, x.weight, outputs[6])
        ctx.set_materialize_grads(False)
        return outputs if call.record else (*outputs[:6], None, *outputs[7:])

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        *tensors, u = saved_tensors(ctx, from_state=any(grad is not None for grad in grads[2:6]))
        return (None, *ctx.call.backward(_Saved(*tensors), u, ctx.wants, grads))
