"""One call of the fused scan: its arrays, and the arguments of its loops.

The recurrences, their derivatives and the surrogate gradients of `activation` are in `loops`; a caller's own surrogate is called
once for all time steps. The forward pass keeps one array for the backward pass, u; of a recurrent layer two, the other in place of its
input.
"""

from __future__ import annotations

import math
from array import array
from typing import Any, cast

import torch
from torch import Tensor

from snncore.kernels import layout, loading, memory
from snncore.kernels.extent import Extent
from snncore.kernels.memory import CPU
from snncore.kernels.parameters import LoopParameters
from snncore.kernels.sharing import Part, run
from snncore.kernels.tensors import PLACE_OF_ALPHA, PLACE_OF_BETA, PLACE_OF_THETA, PLACE_OF_WEIGHT, ROWS, STATES, Saved, Tensors

BACKWARD_WORK = 2
"""How many times as long a value takes backward as forward."""


NOWHERE = (0,) * 6
"""Addresses of the gradients of recordings that nobody differentiates."""


class Call:
    """One scan: the arguments of its loops besides tensors, and the arrays that they read and write.

    Set for a call with gradient are `tensors`, what it got, and of those the places that are `learning`, and of the outputs those
    that are `present`.
    """

    tensors: Tensors
    learning: list[int]
    present: list[int]

    def __init__(
        self,
        loops: loading.Loops,
        parameters: LoopParameters,
        extent: Extent,
        z: Tensor,
        record: bool,
        for_gradient: bool,
        gradient_of_u: Tensor | None,
    ) -> None:
        self.loops = loops
        self.like: Tensor | None = z
        self.parameters = parameters
        self.extent = extent
        self.feeds_back = extent.group > 1
        self.record = record
        self.for_gradient = for_gradient
        self.gradient_of_u = gradient_of_u
        self.is_finite = True
        self.fed: Tensor | None = None
        rows, steps, neurons = extent.size
        self.is_large = 4 * rows * steps * neurons >= memory.SMALLEST

    # ------------------------------------------------------------------------------------------------- arrays

    def rows(self, x: Tensor) -> Tensor:
        """Return (B, T, ...) as (rows, steps, neurons) in memory."""
        if x.is_neg():
            x = x.resolve_neg()
        if self.extent.in_one_row:
            x = x.transpose(0, 1)
        return x if x.is_contiguous() else x.contiguous()

    def from_rows(self, values: Tensor) -> Tensor:
        """Return (rows, steps, neurons) in memory as (B, T, ...), contiguous, and no torch view, which could not be changed in place."""
        return values.transpose(0, 1).clone(memory_format=torch.contiguous_format) if self.extent.in_one_row else values

    def new(self) -> Tensor:
        if self.is_large:
            return torch.from_numpy(memory.empty(self.extent.in_memory))
        if self.extent.in_one_row:
            return torch.empty(self.extent.in_memory, dtype=torch.float32, device=CPU)
        return torch.empty_like(cast(Tensor, self.like), memory_format=torch.contiguous_format)

    # ------------------------------------------------------------------------------------------------ forward

    def forward(self, x: Tensors) -> list[Tensor | None]:
        """Return output, its mean, and the last states; when recording, also u, θ, and the states of all steps."""
        record, feeds_back, parameters, extent = self.record, self.feeds_back, self.parameters, self.extent
        adapts, has_i_syn = parameters.adapts, x.i_syn is not None
        keep_u = record or self.for_gradient
        keep_z = feeds_back and self.for_gradient
        z, output = self.rows(x.z.detach()), self.new()
        u = self.new() if keep_u else None
        self.fed = self.new() if keep_z else None
        theta = all_v = all_i = all_b = all_rec = i = b = rec = None
        if record:
            all_v = self.new()
            theta, all_b = (self.new(), self.new()) if adapts else (None, None)
            all_i = self.new() if has_i_syn else None
            all_rec = self.new() if feeds_back else None
        v = memory.copied(x.v_mem)
        if has_i_syn:
            i = memory.copied(cast(Tensor, x.i_syn))
        if adapts:
            b = memory.copied(cast(Tensor, x.b))
        weights = bias = None
        if feeds_back:
            rec, weights = memory.copied(cast(Tensor, x.i_rec)), memory.copied(cast(Tensor, x.weight).detach().t())
            bias = None if x.bias is None else x.bias.detach().contiguous()
        self.made = made = parameters.constants(extent)
        _, constants, width = made
        self.choices = choices = (width, *parameters.neuron, has_i_syn, adapts, feeds_back)
        arguments = (
            *(*extent.size, extent.block, z.data_ptr(), v.data_ptr(), _address(i), _address(b), _address(rec), constants, *choices),
            *(_address(weights), _address(bias), bias is not None, output.data_ptr(), _address(u), _address(self.fed), _address(all_v)),
            *(_address(all_i), _address(all_b), _address(all_rec), _address(theta), keep_u, keep_z, record),
        )

        in_use = (z, v, i, b, rec, made, output, u, theta, all_v, all_i, all_b, all_rec, self.fed, weights, bias)

        def work(part: Part, in_use: Any = in_use) -> float:
            return self.loops.forward(*arguments, memory.scratch(layout.FORWARD_SCRATCH * extent.block), *part)

        total = math.fsum(run(work, extent.parts()))
        self.is_finite = not math.isnan(total)
        kept = [u, theta, all_v, all_i, all_b, all_rec]
        if extent.in_one_row:
            output = self.from_rows(output)
            kept = [None if values is None else self.from_rows(values) for values in kept]
        return [output, _scalar(total / output.numel()), v, i, b, rec, *kept]

    # ----------------------------------------------------------------------------------------------- backward

    def backward(self, saved: Saved, u: Tensor, grads: list[Tensor | None]) -> list[Tensor | None]:
        """Return ∂L/∂x for each x that is learning, in the order of `Tensors`, from ∂L/∂ of each output of `forward`."""
        parameters, extent, learning, self.like = self.parameters, self.extent, self.learning, u
        samples, steps, neurons = extent.size
        grad_output, grad_mean, *grad_states = grads[:6]
        has_recorded = self.record and any(grad is not None for grad in grads[6:])
        recorded: list[Tensor] = []
        in_recorded: tuple[int, ...] = NOWHERE
        if has_recorded:
            zero = memory.zeros(extent.in_memory)
            recorded = [zero if grad is None else self.rows(grad) for grad in grads[6:]]
            in_recorded = tuple(values.data_ptr() for values in recorded)
        # Gradients carried back in time, which end as the gradient of the initial state: of u, v, i, b and the recurrent current.
        shape = saved.v_mem.shape
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
        first_v = saved.v_mem.contiguous()
        first_i, first_b = (None if state is None else state.contiguous() for state in (saved.i_syn, saved.b))
        surrogate, fields = parameters.surrogate()
        sigma = self.own_slope(u) if surrogate == layout.OWN_SURROGATE else None
        grad_rows, grad_samples, grad_steps = self.rows_of_gradient(grad_output)
        parts = extent.parts(work=BACKWARD_WORK)
        sums = array("d", bytes(8 * layout.CONSTANTS * len(parts)))
        weights = in_weights = None
        if saved.weight is not None:
            weights = saved.weight.contiguous()
            in_weights = memory.zeros((len(parts), neurons + 1, neurons))
        start, of_each = carried.data_ptr(), 4 * samples * neurons
        before = (
            *(
                *extent.size,
                extent.block,
                z.data_ptr(),
                u_rows.data_ptr(),
                first_v.data_ptr(),
                _address(first_i),
                _address(first_b),
                constants,
            ),
            *(_address(sigma), surrogate, fields.buffer_info()[0], *self.choices, parameters.through_reset, _address(weights)),
            *(grad_rows.data_ptr(), grad_samples, grad_steps, 0.0 if grad_mean is None else grad_mean.item() / u.numel()),
            *(*in_recorded, has_recorded, start, start + of_each, start + 2 * of_each, start + 3 * of_each, start + 4 * of_each),
            *(_address(grad_z), _address(all_grad_u), _address(by_neuron)),
        )
        after = (0 in learning, self.gradient_of_u is not None, PLACE_OF_THETA in learning)
        past_values = extent.group * (steps + 1) * extent.block
        has_i_syn, adapts = first_i is not None, parameters.adapts

        in_use = (z, u_rows, first_v, first_i, first_b, sigma, grad_rows, recorded, carried, grad_z, all_grad_u, by_neuron, weights, sums)

        def work(number: int, in_use: Any = in_use) -> float:
            past_i = torch.empty(past_values, dtype=torch.float32, device=CPU) if has_i_syn else None
            past_b = torch.empty(past_values, dtype=torch.float32, device=CPU) if adapts else None
            of_weights = of_bias = 0
            if in_weights is not None:
                of_weights, of_bias = in_weights[number].data_ptr(), in_weights[number, -1].data_ptr()
            return self.loops.backward(
                *(*before, sums.buffer_info()[0] + 8 * layout.CONSTANTS * number, of_weights, of_bias, *after),
                *(memory.scratch(layout.BACKWARD_SCRATCH * extent.block), _address(past_i), _address(past_b), *parts[number]),
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
            elif place >= PLACE_OF_ALPHA:
                found.append(self.of_constant(place, by_neuron, sums))
            elif steps == 1 and grads[5] is None and grads[-1] is None:
                found.append(None)  # within one step no current comes back
            else:
                rows = cast(Tensor, of_weights)
                found.append(rows[:-1].t() if place == PLACE_OF_WEIGHT else rows[-1])
        self.like = None
        return found

    def own_slope(self, u: Tensor) -> Tensor:
        """Return σ of all u by the caller's own surrogate."""
        with torch.no_grad():
            sigma = torch.as_tensor(self.parameters.own_slope(u), dtype=u.dtype)
        return self.rows(sigma.expand(self.extent.shape))

    def rows_of_gradient(self, grad: Tensor | None) -> tuple[Tensor, int, int]:
        """Return the output's gradient, and its numbers of rows and steps: one if all are equal, as after a sum, which saves memory."""
        samples, steps, neurons = self.extent.size
        if grad is None:
            return torch.zeros(neurons, dtype=torch.float32, device=CPU), 1, 1
        if self.extent.in_one_row or grad.is_contiguous():
            return self.rows(grad), samples, steps
        same_for_samples, same_for_steps = (grad.stride(axis) == 0 for axis in (0, 1))
        part = grad[: 1 if same_for_samples else None, : 1 if same_for_steps else None]
        return part.resolve_neg().contiguous(), *part.shape[:2]

    def of_constant(self, place: int, by_neuron: Tensor | None, sums: array[float]) -> Tensor:
        """Return the gradient of a constant, summed to its shape; or of the parameter that it comes from."""
        parameters, k = self.parameters, place - PLACE_OF_ALPHA
        row, source = ROWS[place], parameters.sources[k]
        if source is not None:
            grad = _total(by_neuron, sums, row)
            if place != PLACE_OF_BETA and parameters.tensors[k + 1] is not None:
                grad -= _total(by_neuron, sums, ROWS[place + 1])
            return torch.scalar_tensor(grad * source.slope, dtype=torch.float32, device=CPU)
        shape = cast(Tensor, parameters.tensors[k]).shape
        if by_neuron is None:
            return _scalar(_total(by_neuron, sums, row)).reshape(shape)
        return by_neuron[row].reshape(-1, *self.extent.over).sum_to_size(shape) if shape else by_neuron[row].sum()


def _total(by_neuron: Tensor | None, sums: array[float], row: int) -> float:
    return math.fsum(sums[row :: layout.CONSTANTS]) if by_neuron is None else by_neuron[row].sum().item()


def _address(x: Tensor | None) -> int:
    """Return a tensor's address, 0 without one; the caller has to keep it alive."""
    return 0 if x is None else x.data_ptr()


def _scalar(value: float) -> Tensor:
    return torch.scalar_tensor(value, dtype=torch.float32, device=CPU)
