"""The end of a call's graph, where a backward pass enters: through the output, or from a later call through the kept state.

A training loop without resets enters a second time through the state, after an earlier backward pass has freed the graph. torch
would then suggest `retain_graph`; what is missing is a reset, and the error here says so.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from snncore.dynamics import Scan, carries_tangents, is_traced
from snncore.errors import GraphError


def saved_tensors(ctx: Any, *, from_state: bool) -> tuple[Tensor, ...]:
    """Return `ctx.saved_tensors` in the backward pass of an `autograd.Function`.

    Args:
        from_state: whether a gradient enters through the state.

    Raises:
        GraphError: the graph was freed, and the state leads into it.
        RuntimeError: torch's own error, in any other case.
    """
    try:
        saved: tuple[Tensor, ...] = ctx.saved_tensors
    except RuntimeError as error:
        if from_state and "second time" in str(error):
            raise GraphError(
                "The state that a layer kept from an earlier call leads into a graph that an earlier backward pass has used up. "
                "Before the next input call snncore.reset_states(model), or snncore.zero_grad(model) to go on from the state's values."
            ) from None
        raise
    return saved


def ended(scan: Scan) -> Scan:
    """Return the scan with one graph node behind everything that has a gradient."""
    values = [scan.output, scan.mean, *scan.recordings.values(), *scan.state.values()]
    places = [place for place, value in enumerate(values) if value.requires_grad]
    if not places or is_traced(scan.output) or carries_tangents():
        return scan
    first_state = len(values) - len(scan.state)
    before_states = sum(place < first_state for place in places)
    ends = _End.apply(before_states, *(values[place] for place in places))  # type: ignore[no-untyped-call]  # torch's own
    for place, end in zip(places, ends, strict=True):
        values[place] = end
    output, mean, *rest = values
    recordings = dict(zip(scan.recordings, rest, strict=False))
    state = dict(zip(scan.state, rest[len(recordings) :], strict=True))
    return Scan(output, mean, state, recordings, scan.is_finite)


class _End(torch.autograd.Function):
    """The identity; its node is freed with the graph before it."""

    @staticmethod
    def forward(ctx: Any, before_states: int, *values: Tensor) -> tuple[Tensor, ...]:
        ctx.before_states = before_states
        ctx.set_materialize_grads(False)
        return tuple(value.detach() for value in values)  # not torch views, which can't be changed in place

    @staticmethod
    def backward(ctx: Any, *grads: Tensor | None) -> tuple[Tensor | None, ...]:
        saved_tensors(ctx, from_state=any(grad is not None for grad in grads[ctx.before_states :]))
        return (None, *grads)
