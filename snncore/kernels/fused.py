"""The fused scan of every built-in model: where it applies, and its place in autograd."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn

from snncore import dynamics
from snncore.activation import SURROGATES, MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleSpike
from snncore.dynamics import NO_GRADIENTS, ALIFParameters, LIFParameters, MembraneParameters, Recurrence, Scan, State, StepFunction
from snncore.kernels import loading
from snncore.kernels.call import Call
from snncore.kernels.graph import ended, saved_tensors
from snncore.kernels.sources import Source, connected, source_of
from snncore.kernels.tensors import FACTORS, OUTPUTS, PLACE_OF_ALPHA, PLACE_OF_GAMMA, SEEN, STATES, Saved, Tensors

P = TypeVar("P")

STEPS = (dynamics.exp_leak_step, dynamics.lif_step, dynamics.alif_step)
"""Steps of the models that the loops compute, alone or with recurrent connections."""


def scan(
    step: StepFunction[P], z: Tensor, state: State, parameters: P, *, record: bool = False, gradients: Mapping[str, Tensor] = NO_GRADIENTS
) -> Scan:
    """Return the same as `dynamics.scan`, from the compiled loops where they apply.

    Values and gradients are equal. The loops don't apply before they are loaded, while they are disabled, off the CPU, to a dtype other
    than float32, in a traced graph, to an empty input, to a step that isn't a built-in model's, to a spike function or reset that isn't
    in `activation`, to a trained `min_v_mem` or `adapt_scale`, to a caller's own surrogate with an adaptive threshold, while tangents are
    carried forward, and if gradients besides those of u are recorded; and to recurrent connections that aren't a plain `Linear` of finite
    weights, or that act on neurons in a plane. Through the loops, gradients have no gradients of their own, and can't be computed in
    batches.

    Raises:
        GraphError: in the backward pass, if it enters a graph a second time through the state.
    """
    weight: Tensor | None = None
    bias: Tensor | None = None
    plain: Any = step
    applies = gradients.keys() <= {"u"}
    if type(step) is Recurrence:
        plain, connection = step.step, step.rec_connect
        applies = applies and _connects(connection, z)
        if applies:
            weight, bias = connection.weight, connection.bias  # type: ignore[attr-defined]  # it is a Linear
    loops = loading.loops() if applies and _applies(plain, z, state, parameters) else None
    if loops is None:
        return ended(dynamics.scan(step, z, state, connected(parameters), record=record, gradients=gradients))
    p = cast(MembraneParameters, parameters)
    threshold = p.spike_threshold if isinstance(p, LIFParameters) else None
    rho, kappa = (p.alpha_adapt, p.adapt_gain) if isinstance(p, ALIFParameters) else (None, None)
    v, i, b, i_rec = state["v_mem"], state.get("i_syn"), state.get("b"), state.get("i_rec")
    tensors = Tensors(z, v, i, b, i_rec, p.alpha_mem, p.input_gain, p.alpha_syn, threshold, rho, kappa, weight, bias)
    sources: list[Source | None] = [None] * len(tensors)
    inputs = list(tensors)
    if torch.is_grad_enabled():
        for place in FACTORS:
            source = sources[place] = source_of(tensors[place])
            if source is not None:
                inputs[place] = source.parameter
        learning = [place for place, x in enumerate(inputs) if x is not None and x.requires_grad]
    else:
        learning = []
    call = Call(loops, p, z, weight is not None, record, bool(learning), gradients.get("u"))
    if learning:
        call.tensors, call.sources, call.learning = tensors, sources, learning
        found = iter(_Fused.apply(call, *(inputs[place] for place in learning)))  # type: ignore[no-untyped-call]  # torch's own
        outputs = [next(found) if place in call.present else None for place in range(OUTPUTS)]
    else:
        outputs = call.forward(tensors)
    last = dict(zip(STATES, outputs[2:6], strict=True))
    recordings = {name: values for name, values in zip(SEEN, outputs[6:], strict=True) if values is not None} if record else {}
    return Scan(
        cast(Tensor, outputs[0]), cast(Tensor, outputs[1]), {name: cast(Tensor, last[name]) for name in state}, recordings, call.is_finite
    )


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
    with np.errstate(all="ignore"):  # a layer tells of what is no finite number itself
        return math.isfinite(weight.detach().numpy().sum())  # an infinite or missing weight counts even where there is no spike


def _is_plain(x: Tensor) -> bool:
    """Return True if the values can be read in memory as they are."""
    return type(x) in (Tensor, nn.Parameter) and x.dtype is torch.float32 and x.is_cpu and x.layout is torch.strided and not x.is_neg()


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
        call.tensors = x._replace(z=None, v_mem=None, i_syn=None, b=None, i_rec=None, weight=None, bias=None)  # type: ignore[arg-type]
        call.like = None  # else memory would last as long as the graph
        return tuple(value for value in outputs if value is not None)

    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        call = ctx.call
        by_place: list[Tensor | None] = [None] * OUTPUTS
        for place, grad in zip(call.present, grads, strict=True):
            by_place[place] = grad
        *tensors, u = saved_tensors(ctx, from_state=any(grad is not None for grad in by_place[2:6]))
        return (None, *call.backward(Saved(*tensors), u, by_place))
