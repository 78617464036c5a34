"""One call of the fused scan: its arrays, and the arguments of its loops.

The recurrences, their derivatives and the surrogate gradients of `activation` are in `loops`; a caller's own surrogate is called
once for all time steps. The forward pass keeps one array for the backward pass, u; of a recurrent layer two, the other in place of its
input.
"""

from __future__ import annotations

import math
from array import array
from dataclasses import astuple
from functools import lru_cache
from typing import Any, cast

import torch
from torch import Tensor

from snncore.activation import SURROGATES, MembraneReset, MembraneSubtract, SingleSpike
from snncore.dynamics import ALIFParameters, LIFParameters, MembraneParameters
from snncore.kernels import layout, loading, memory
from snncore.kernels.memory import CPU
from snncore.kernels.sharing import VECTOR, Part, run, shares
from snncore.kernels.sources import Source
from snncore.kernels.tensors import PLACE_OF_BETA, PLACE_OF_THETA, PLACE_OF_WEIGHT, ROWS, STATES, Saved, Tensors

FEW_NEURONS = 32
"""With fewer neurons, all samples share one row: the loops run over rows, and short rows are slow."""


class Call:
    """One scan: the arguments of its loops besides tensors, and the arrays that they read and write.

    Set for a call with gradient are `tensors`, what it got, their `sources`, the places of those that are `learning`, and of the outputs
    that are `present`.

    Arrays are (rows, steps, neurons). A row is a sample, or all samples side by side if each has few neurons.
    """

    tensors: Tensors
    sources: list[Source | None]
    learning: list[int]
    present: list[int]

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
        self.like: Tensor | None = z
        self.parameters = parameters
        self.feeds_back = feeds_back
        self.record = record
        self.for_gradient = for_gradient
        self.gradient_of_u = gradient_of_u
        self.is_finite = True
        self.fed: Tensor | None = None
        self.made: tuple[Any, int, int] = (None, 0, 0)
        self.choices: tuple[Any, ...] = ()
        self.shape = z.shape
        batch, steps, *trailing = z.shape
        neurons = math.prod(trailing)
        self.in_one_row = batch > 1 and neurons < FEW_NEURONS and not feeds_back
        self.over = (batch, *trailing) if self.in_one_row else tuple(trailing)
        """Shape that a row's parameters broadcast over."""
        self.size = (1, steps, batch * neurons) if self.in_one_row else (batch, steps, neurons)
        self.in_memory = (steps, batch, *trailing) if self.in_one_row else z.shape
        self.bytes = 4 * self.size[0] * steps * self.size[2]
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
        if x.is_neg():
            x = x.resolve_neg()
        if self.in_one_row:
            x = x.transpose(0, 1)
        return x if x.is_contiguous() else x.contiguous()

    def from_rows(self, values: Tensor) -> Tensor:
        """Return (rows, steps, neurons) in memory as (B, T, ...), contiguous, and no torch view, which could not be changed in place."""
        return values.transpose(0, 1).clone(memory_format=torch.contiguous_format) if self.in_one_row else values

    def new(self) -> Tensor:
        if self.bytes >= memory.SMALLEST:
            return torch.from_numpy(memory.empty(self.in_memory))
        if self.in_one_row:
            return torch.empty(self.in_memory, dtype=torch.float32, device=CPU)
        return torch.empty_like(cast(Tensor, self.like), memory_format=torch.contiguous_format)

    def make_constants(self, x: Tensors) -> tuple[Any, int, int]:
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

    def forward(self, x: Tensors) -> list[Tensor | None]:
        """Return output, its mean, and the last states; when recording, also u, θ, and the states of all steps."""
        record, feeds_back, adapts = self.record, self.feeds_back, self.adapts
        has_i_syn = x.i_syn is not None
        keep_u = record or self.for_gradient
        keep_z = feeds_back and self.for_gradient
        z, output = self.rows(x.z.detach()), self.new()
        u = self.new() if keep_u else None
        self.fed = self.new() if keep_z else None
        theta = all_v = all_i = all_b = all_rec = None
        if record:
            all_v = self.new()
            theta, all_b = (self.new(), self.new()) if adapts else (None, None)
            all_i = self.new() if has_i_syn else None
            all_rec = self.new() if feeds_back else None
        v = memory.copied(x.v_mem)
        i, b, rec = (None if value is None else memory.copied(value) for value in x[2:5])
        self.made = made = self.make_constants(x)
        _, constants, width = made
        self.choices = choices = (width, *self.neuron(), has_i_syn, adapts, feeds_back)
        weights = bias = None
        if x.weight is not None:
            weights = memory.copied(x.weight.detach().t())
            bias = None if x.bias is None else x.bias.detach().contiguous()
        arguments = (
            *(*self.size, self.block, z.data_ptr(), v.data_ptr(), _address(i), _address(b), _address(rec), constants, *choices),
            *(_address(weights), _address(bias), bias is not None, output.data_ptr(), _address(u), _address(self.fed), _address(all_v)),
            *(_address(all_i), _address(all_b), _address(all_rec), _address(theta), keep_u, keep_z, record),
        )

        in_use = (z, v, i, b, rec, made, output, u, theta, all_v, all_i, all_b, all_rec, self.fed, weights, bias)

        def work(part: Part, in_use: Any = in_use) -> float:
            return self.loops.forward(*arguments, memory.scratch(layout.FORWARD_SCRATCH * self.block), *part)

        total = math.fsum(run(work, self.parts()))
        self.is_finite = not math.isnan(total)
        kept = [u, theta, all_v, all_i, all_b, all_rec]
        if self.in_one_row:
            output = self.from_rows(output)
            kept = [None if values is None else self.from_rows(values) for values in kept]
        return [output, _scalar(total / output.numel()), v, i, b, rec, *kept]

    # ----------------------------------------------------------------------------------------------- backward

    def backward(self, saved: Saved, u: Tensor, grads: list[Tensor | None]) -> list[Tensor | None]:
        """Return ∂L/∂x for each x that is learning, in the order of `Tensors`, from ∂L/∂ of each output of `forward`."""
        size, learning, self.like = self.size, self.learning, u
        _, steps, neurons = size
        grad_output, grad_mean, *grad_states = grads[:6]
        has_recorded = any(grad is not None for grad in grads[6:])
        recorded: list[Tensor | None] = [None] * 6
        if has_recorded:
            zero = memory.zeros(self.in_memory)
            recorded = [zero if grad is None else self.rows(grad) for grad in grads[6:]]
        # Gradients carried back in time, which end as the gradient of the initial state: of u, v, i, b and the recurrent current.
        shape = (self.shape[0], *self.shape[2:])
        carried = memory.zeros((5, *shape))
        for place, grad in enumerate(grad_states, 1):
            if grad is not None:
                carried[place].copy_(grad)
        _, constants, width = self.made
        by_neuron = None if width == 1 else memory.zeros((layout.CONSTANTS, *shape))
        grad_z = self.new() if 0 in learning else None
        all_grad_u = None if self.gradient_of_u is None else self.new()
        u_rows = self.rows(u)
        z = u_rows if saved.z is None else self.rows(saved.z)  # if not saved: read, and multiplied into a gradient that nobody wants
        first_v, first_i, first_b = (None if state is None else state.contiguous() for state in saved[1:4])
        sigma, surrogate, fields = self.surrogate(u)
        grad_rows, grad_samples, grad_steps = self.rows_of_gradient(grad_output)
        parts = self.parts()
        sums = array("d", bytes(8 * layout.CONSTANTS * len(parts)))
        weights = in_weights = None
        if saved.weight is not None:
            weights = saved.weight.contiguous()
            in_weights = memory.zeros((len(parts), neurons + 1, neurons))
        start, of_each = carried.data_ptr(), 4 * size[0] * neurons
        before = (
            *(*size, self.block, z.data_ptr(), u_rows.data_ptr(), _address(first_v), _address(first_i), _address(first_b), constants),
            *(_address(sigma), surrogate, fields.buffer_info()[0], *self.choices, self.through_reset(), _address(weights)),
            *(grad_rows.data_ptr(), grad_samples, grad_steps, 0.0 if grad_mean is None else grad_mean.item() / u.numel()),
            *(
                *map(_address, recorded),
                has_recorded,
                start,
                start + of_each,
                start + 2 * of_each,
                start + 3 * of_each,
                start + 4 * of_each,
            ),
            *(_address(grad_z), _address(all_grad_u), _address(by_neuron)),
        )
        after = (0 in learning, self.gradient_of_u is not None, PLACE_OF_THETA in learning)
        past_values = self.group * (steps + 1) * self.block
        has_i_syn, adapts = first_i is not None, self.adapts

        in_use = (z, u_rows, first_v, first_i, first_b, sigma, grad_rows, recorded, carried, grad_z, all_grad_u, by_neuron, weights, sums)

        def work(number: int, in_use: Any = in_use) -> float:
            past_i = torch.empty(past_values, dtype=torch.float32, device=CPU) if has_i_syn else None
            past_b = torch.empty(past_values, dtype=torch.float32, device=CPU) if adapts else None
            of_weights = of_bias = None
            if in_weights is not None:
                of_weights, of_bias = in_weights[number].data_ptr(), in_weights[number, -1].data_ptr()
            return self.loops.backward(
                *(*before, sums.buffer_info()[0] + 8 * layout.CONSTANTS * number, of_weights, of_bias, *after),
                *(memory.scratch(layout.BACKWARD_SCRATCH * self.block), _address(past_i), _address(past_b), *parts[number]),
            )

        run(work, list(range(len(parts))))
        if self.gradient_of_u is not None:
            self.gradient_of_u.copy_(self.from_rows(cast(Tensor, all_grad_u)))
        of_weights = None if in_weights is None else memory.summed(in_weights)
        found: list[Tensor | None] = []
        for place in learning:
            if place == 0:
                found.append(self.from_rows(cast(Tensor, grad_z)))
            elif place <= len(STATES):
                found.append(carried[place])
            elif place < PLACE_OF_WEIGHT:
                found.append(self.of_constant(place, by_neuron, sums))
            elif steps == 1 and grads[5] is None and grads[-1] is None:
                found.append(None)  # within one step no current comes back
            else:
                rows = cast(Tensor, of_weights)
                found.append(rows[:-1].t() if place == PLACE_OF_WEIGHT else rows[-1])
        self.like = None
        return found

    def through_reset(self) -> float:
        return 0.0 if getattr(self.parameters, "detach_reset", False) else 1.0

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

    def of_constant(self, place: int, by_neuron: Tensor | None, sums: array[float]) -> Tensor:
        """Return the gradient of a constant, summed to its shape; or of the parameter that it comes from."""
        row, source = ROWS[place], self.sources[place]
        if source is not None:
            grad = _total(by_neuron, sums, row)
            if place != PLACE_OF_BETA and self.tensors[place + 1] is not None:
                grad -= _total(by_neuron, sums, ROWS[place + 1])
            return torch.scalar_tensor(grad * source.slope, dtype=torch.float32, device=CPU)
        shape = cast(Tensor, self.tensors[place]).shape
        if by_neuron is None:
            return _scalar(_total(by_neuron, sums, row)).reshape(shape)
        return by_neuron[row].reshape(-1, *self.over).sum_to_size(shape) if shape else by_neuron[row].sum()


def _total(by_neuron: Tensor | None, sums: array[float], row: int) -> float:
    return math.fsum(sums[row :: layout.CONSTANTS]) if by_neuron is None else by_neuron[row].sum().item()


ABSENT = (1.0, 1.0, 1.0, math.inf, 0.0, -math.inf, 1.0, 0.0, 0.0)
"""Constants without effect, in the order of their rows."""

NO_FIELDS = array("f", [0.0] * layout.MOST_FIELDS)


def _address(x: Tensor | None) -> int | None:
    """Return a tensor's address; the caller has to keep it alive."""
    return None if x is None else x.data_ptr()


@lru_cache(maxsize=64)
def _number_and_fields(surrogate: Any) -> tuple[int, array[float]]:
    """Return number and field values of a surrogate of `activation`."""
    given = astuple(surrogate)
    return layout.SURROGATES[type(surrogate)], array("f", [*given, *[0.0] * (layout.MOST_FIELDS - len(given))])


def _scalar(value: float) -> Tensor:
    return torch.scalar_tensor(value, dtype=torch.float32, device=CPU)
