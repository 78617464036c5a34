"""The equations: one pure step per neuron model, and the one scan that repeats a step over time.

Nothing here keeps state or checks shapes; the layers do. Symbols: `z` input, `i` synaptic current, `u` and `v` membrane
potential before and after the reset, `s` spikes, `θ` spike threshold, `α = exp(-1/τ_mem)`, `β = exp(-1/τ_syn)`.

Every product and sum is rounded on its own (no fused multiply-add, lerp or addcmul): a threshold turns one rounding
into one spike, and every implementation of these equations has to spike alike.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple, TypeVar

import torch
from torch import Tensor

from snncore.activation import ResetFunction, SpikeFunction, SurrogateGradient

State = dict[str, Tensor]
"""Named state variables, each of shape (batch, ...)."""


class Step(NamedTuple):
    """What one time step yields."""

    output: Tensor
    u: Tensor
    state: State


P = TypeVar("P")
StepFunction = Callable[[Tensor, State, P], Step]


@dataclass(frozen=True)
class LIFParameters:
    """What `lif_step` needs beside input and state. Tensors are 0-dimensional or broadcast over the trailing shape."""

    alpha_mem: Tensor
    input_gain: Tensor | None
    """1-α with input normalisation, None without."""
    alpha_syn: Tensor | None
    """β, None without synaptic current."""
    spike_threshold: Tensor
    min_v_mem: Tensor | None
    spike_fn: SpikeFunction
    reset_fn: ResetFunction
    surrogate_grad_fn: SurrogateGradient


def lif_step(z: Tensor, state: State, p: LIFParameters) -> Step:
    """One step of the leaky integrate-and-fire neuron; with α = 1 and no input gain, of the integrate-and-fire neuron.

    i[t] = β (i[t-1] + z[t])              with synaptic current;  i[t] = z[t] without
    u[t] = α v[t-1] + (1-α) i[t]          with input normalisation;  α v[t-1] + i[t] without
    s[t] = spike_fn(u[t], θ)
    r[t] = reset_fn(u[t], s[t], θ)
    v[t] = min_v_mem where r[t] ≤ min_v_mem, else r[t]
    """
    state = dict(state)
    i = z
    if p.alpha_syn is not None:
        i = state["i_syn"] = p.alpha_syn * (state["i_syn"] + z)
    if p.input_gain is not None:
        i = p.input_gain * i
    u = state["v_mem"] = p.alpha_mem * state["v_mem"] + i
    s = p.spike_fn.apply(u, p.spike_threshold, p.surrogate_grad_fn)
    state = p.reset_fn(s, state, p.spike_threshold)
    if p.min_v_mem is not None:
        r = state["v_mem"]
        state["v_mem"] = torch.where(r <= p.min_v_mem, p.min_v_mem, r)
    return Step(s, u, state)


class Scan(NamedTuple):
    """What a scan yields: the output (B, T, ...), the last state, and the recordings, each (B, T, ...)."""

    output: Tensor
    state: State
    recordings: dict[str, Tensor]


def scan(step: StepFunction[P], z: Tensor, state: State, parameters: P, *, record: bool = False) -> Scan:
    """Repeats `step` over the time axis of `z` (B, T, ...), T ≥ 1.

    With `record`, the recordings hold u and every state variable as it stood at the end of each time step.
    """
    outputs: list[Tensor] = []
    recorded: dict[str, list[Tensor]] = {name: [] for name in ("u", *state)} if record else {}
    for z_t in z.unbind(dim=1):
        output, u, state = step(z_t, state, parameters)
        outputs.append(output)
        if record:
            recorded["u"].append(u)
            for name, value in state.items():
                recorded[name].append(value)
    return Scan(torch.stack(outputs, dim=1), state, {name: torch.stack(values, dim=1) for name, values in recorded.items()})
