"""The fused scan of every built-in model: where it applies, and its place in autograd."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor

from snncore import dynamics
from snncore.dynamics import NO_GRADIENTS, Recurrence, Scan, State, StepFunction
from snncore.kernels import layout, loading
from snncore.kernels.call import Call
from snncore.kernels.extent import extent
from snncore.kernels.graph import ended, saved_tensors
from snncore.kernels.parameters import LoopParameters, is_plain
from snncore.kernels.sources import connected
from snncore.kernels.tensors import OUTPUTS, PLACE_OF_ALPHA, PLACE_OF_GAMMA, PLACE_OF_STATE, SEEN, Saved, Tensors

P = TypeVar("P")

U_ALONE = frozenset({"u"})
"""Gradients that the loops record."""


def scan(
    step: StepFunction[P],
    z: Tensor,
    state: State,
    parameters: P | LoopParameters,
    *,
    record: bool = False,
    gradients: Mapping[str, Tensor] = NO_GRADIENTS,
) -> Scan:
    """Return the same as `dynamics.scan`, from the compiled loops where they apply.

    Values and gradients are equal. The loops don't apply before they are loaded, while they are disabled, off the CPU, to a dtype other
    than float32, in a traced graph, to an empty input, to a step that isn't a built-in model's, to a spike function or reset that isn't
    in `activation`, to a trained `min_v_mem` or `adapt_scale`, to a caller's own surrogate with an adaptive threshold, while tangents are
    carried forward, and if gradients besides those of u are recorded; and to recurrent connections that aren't a plain `Linear` of finite
    weights, or that act on neurons in a plane. Through the loops, gradients have no gradients of their own, and can't be computed in
    batches.

    Args:
        parameters: the step's, or a `LoopParameters` made of them that still holds, for a `z` that isn't traced, and without tangents.

    Raises:
        GraphError: in the backward pass, if it enters a graph a second time through the state.
    """
    given = parameters if type(parameters) is LoopParameters else None
    if given is None and dynamics.is_traced(z):  # before anything is asked of parameters that are placeholders
        return ended(dynamics.scan(step, z, state, cast(P, parameters), record=record, gradients=gradients))
    weight: Tensor | None = None
    bias: Tensor | None = None
    plain: Any = step
    applies = gradients.keys() <= U_ALONE
    if type(step) is Recurrence:
        plain, connection = step.step, step.rec_connect
        applies = applies and _connects(connection, z)
        if applies:
            weight, bias = connection.weight, connection.bias  # type: ignore[attr-defined]  # it is a Linear
    found = given or LoopParameters(plain, parameters)
    loops = loading.loops() if applies and found.apply and (given or _has_values(z)) and _are_plain(z, state) else None
    if loops is None:
        return ended(dynamics.scan(step, z, state, connected(found.step), record=record, gradients=gradients))
    i = state.get("i_syn")
    tensors = Tensors(z, state["v_mem"], i, state.get("b"), state.get("i_rec"), weight, bias)
    learning: list[int] = []
    if torch.is_grad_enabled():
        learning = [place for place, x in enumerate(tensors) if x is not None and x.requires_grad] + found.learning
    past = None if i is None and not found.adapts else layout.LONGEST_PAST
    call = Call(loops, found, extent(z.shape, weight is not None, past), z, record, bool(learning), gradients.get("u"))
    if learning:
        call.tensors, call.learning = tensors, learning
        inputs = (*tensors, *found.inputs)
        values = _Fused.apply(call, *[inputs[place] for place in learning])  # type: ignore[no-untyped-call]  # torch's own
        outputs: list[Tensor | None] = [None] * OUTPUTS
        for place, value in zip(call.present, values, strict=True):
            outputs[place] = value
    else:
        outputs = call.forward(tensors)
    last = {name: cast(Tensor, outputs[PLACE_OF_STATE[name]]) for name in state}
    recordings = {name: values for name, values in zip(SEEN, outputs[6:], strict=True) if values is not None} if record else {}
    return Scan(cast(Tensor, outputs[0]), cast(Tensor, outputs[1]), last, recordings, call.is_finite)


def _has_values(z: Tensor) -> bool:
    return not (dynamics.is_traced(z) or dynamics.carries_tangents())


def _are_plain(z: Tensor, state: State) -> bool:
    return z.numel() > 0 and is_plain(z) and all(map(is_plain, state.values()))


def _connects(connection: object, z: Tensor) -> bool:
    """Return True if the loops compute these recurrent connections of neurons in a row."""
    if z.dim() != 3 or not dynamics.is_summed_in_order(connection, z) or dynamics.has_hooks(connection):
        return False
    weight, bias = connection.weight, connection.bias
    if weight.shape != (z.shape[2], z.shape[2]) or not all(x is None or is_plain(x) for x in (weight, bias)):
        return False
    with np.errstate(all="ignore"):  # a layer tells of what is no finite number itself
        return math.isfinite(weight.detach().numpy().sum())  # an infinite or missing weight counts even where there is no spike


class _Fused(torch.autograd.Function):
    """`Call.forward` with `Call.backward` as its derivative."""

    @staticmethod
    def forward(ctx: Any, call: Call, *learning: Tensor) -> tuple[Tensor, ...]:
        x = call.tensors
        outputs = call.forward(x)
        ctx.call = call
        # The output isn't saved: a caller may change it in place, and it follows from u. Nor is an input that no gradient depends on.
        reads_z = x.i_syn is not None or PLACE_OF_ALPHA in call.learning or PLACE_OF_GAMMA in call.learning
        z, call.fed = call.fed if call.feeds_back else x.z, None
        ctx.save_for_backward(z if reads_z else None, x.v_mem, x.i_syn, x.b, x.weight, outputs[6])
        ctx.set_materialize_grads(False)
        if not call.record:
            outputs[6] = None
        call.present = [place for place, value in enumerate(outputs) if value is not None]
        del call.tensors  # else memory would last as long as the graph
        call.like = None
        return tuple(value for value in outputs if value is not None)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        # torch's `once_differentiable` says that gradients have none of their own, and takes its time where nobody could ask for them.
        return (_backward_once if torch.is_grad_enabled() else _backward)(ctx, *grads)


def _backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
    call = ctx.call
    by_place: list[Tensor | None] = [None] * OUTPUTS
    for place, grad in zip(call.present, grads, strict=True):
        by_place[place] = grad
    *tensors, u = saved_tensors(ctx, from_state=any(grad is not None for grad in by_place[2:6]))
    return (None, *call.backward(Saved(*tensors), u, by_place))


_backward_once = torch.autograd.function.once_differentiable(_backward)
