"""The equations: one pure step per neuron model, recurrence around any step, and the scan that repeats a step over time.

Nothing here keeps state or checks shapes; the layers do. Symbols: `z` input, `i` synaptic current, `u` and `v` membrane
potential before and after the reset, `s` spikes, `θ` spike threshold, `α = exp(-1/τ_mem)`, `β = exp(-1/τ_syn)`; for the
adaptation, `b` its state, `b0` the base threshold, `ρ = exp(-1/τ_adapt)`.

Every product and sum is rounded on its own (no fused multiply-add, lerp or addcmul): a threshold turns one rounding
into one spike, and every implementation of these equations has to spike alike.

`docs/dynamics.md` explains them, with the gradients and where Sinabs differs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Generic, NamedTuple, TypeGuard, TypeVar, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.modules import module as torch_module

from snncore.activation import ResetFunction, SpikeFunction, SurrogateGradient
from snncore.errors import ShapeError

State = dict[str, Tensor]
"""Named state variables, each of shape (batch, ...)."""

NO_GRADIENTS: Mapping[str, Tensor] = MappingProxyType({})
"""What a scan is given that records no gradients."""


class Step(NamedTuple):
    """Result of one time step. `seen` holds what a recording shows besides the state: u, and θ if it changes."""

    output: Tensor
    seen: dict[str, Tensor]
    state: State


P = TypeVar("P")
StepFunction = Callable[[Tensor, State, P], Step]


# ---------------------------------------------------------------------------------------- parameters in force


@dataclass(frozen=True)
class MembraneParameters:
    """Parameters of `exp_leak_step`. Tensors are 0-dimensional or broadcast over the trailing shape."""

    alpha_mem: Tensor
    input_gain: Tensor | None
    """1-α with normalised input, None without."""
    alpha_syn: Tensor | None
    """β, None without synaptic current."""
    min_v_mem: Tensor | None


@dataclass(frozen=True)
class LIFParameters(MembraneParameters):
    """Parameters of `lif_step`."""

    spike_threshold: Tensor
    """θ, or b0 of an adaptive threshold."""
    spike_fn: SpikeFunction
    reset_fn: ResetFunction
    surrogate_grad_fn: SurrogateGradient
    detach_reset: bool
    """True if the reset passes no gradient from the spikes."""


@dataclass(frozen=True)
class ALIFParameters(LIFParameters):
    """Parameters of `alif_step`."""

    alpha_adapt: Tensor
    """ρ."""
    adapt_gain: Tensor
    """1-ρ."""
    adapt_scale: Tensor


# -------------------------------------------------------------------------------------------------- the models


def exp_leak_step(z: Tensor, state: State, p: MembraneParameters) -> Step:
    """Compute one step of the leaky integrator, which never spikes; the output is u.

    ```text
    i[t] = β (i[t-1] + z[t])              with synaptic current;  i[t] = z[t] without
    u[t] = α v[t-1] + (1-α) i[t]          with normalised input;  α v[t-1] + i[t] without
    v[t] = min_v_mem where u[t] ≤ min_v_mem, else u[t]
    ```
    """
    state = _integrate(z, state, p)
    u = state["v_mem"]
    return Step(u, {"u": u}, _bound(state, p))


def lif_step(z: Tensor, state: State, p: LIFParameters) -> Step:
    """Compute one step of the leaky integrate-and-fire neuron.

    With α = 1 and no input gain, it is the integrate-and-fire neuron.

    ```text
    i[t], u[t] as in `exp_leak_step`
    s[t] = spike_fn(u[t], θ)
    r[t] = reset_fn(u[t], s[t], θ)
    v[t] = min_v_mem where r[t] ≤ min_v_mem, else r[t]
    ```
    """
    state = _integrate(z, state, p)
    u = state["v_mem"]
    s = p.spike_fn.apply(u, p.spike_threshold, p.surrogate_grad_fn)
    return Step(s, {"u": u}, _reset(s, state, p.spike_threshold, p))


def alif_step(z: Tensor, state: State, p: ALIFParameters) -> Step:
    """Compute one step of the adaptive leaky integrate-and-fire neuron, whose spikes raise its threshold.

    Source: Bellec et al. 2018.

    ```text
    θ[t] = b0 + adapt_scale b[t-1]
    i[t], u[t], s[t], r[t], v[t] as in `lif_step`, with θ[t]
    b[t] = ρ b[t-1] + (1-ρ) s[t]
    ```
    """
    b = state["b"]
    theta = p.spike_threshold + p.adapt_scale * b
    state = _integrate(z, state, p)
    u = state["v_mem"]
    s = p.spike_fn.apply(u, theta, p.surrogate_grad_fn)
    state = _reset(s, state, theta, p)
    return Step(s, {"u": u, "spike_threshold": theta}, {**state, "b": p.alpha_adapt * b + p.adapt_gain * s})


def _integrate(z: Tensor, state: State, p: MembraneParameters) -> State:
    """Return the state with i[t], and u[t] in place of v[t-1]."""
    state = dict(state)
    i = z
    if p.alpha_syn is not None:
        i = state["i_syn"] = p.alpha_syn * (state["i_syn"] + z)
    if p.input_gain is not None:
        i = p.input_gain * i
    state["v_mem"] = p.alpha_mem * state["v_mem"] + i
    return state


def _reset(s: Tensor, state: State, theta: Tensor, p: LIFParameters) -> State:
    """Return the state with v[t] in place of u[t]."""
    return _bound(p.reset_fn(s.detach() if p.detach_reset else s, state, theta), p)


def _bound(state: State, p: MembraneParameters) -> State:
    if p.min_v_mem is None:
        return state
    r = state["v_mem"]
    return {**state, "v_mem": torch.where(r <= p.min_v_mem, p.min_v_mem, r)}


# -------------------------------------------------------------------------------------------- recurrence, time


@dataclass(frozen=True)
class Recurrence(Generic[P]):
    """A step with its previous output fed back: z[t] + i_rec[t-1], then i_rec[t] = rec_connect(s[t])."""

    step: StepFunction[P]
    rec_connect: Callable[[Tensor], Tensor]

    def __call__(self, z: Tensor, state: State, parameters: P) -> Step:
        output, seen, state = self.step(z + state["i_rec"], state, parameters)
        current = fed_back(self.rec_connect, output)
        if current.numel() != z.numel():
            raise ShapeError(
                f"rec_connect makes {tuple(current.shape)} of spikes (batch, ...) {tuple(output.shape)}; "
                f"it must return as many values, one for each neuron."
            )
        return Step(output, seen, {**state, "i_rec": current.reshape(z.shape)})


def fed_back(connection: Callable[[Tensor], Tensor], s: Tensor) -> Tensor:
    """Return the recurrent current of spikes (batch, ...), summed in the order of the scan and the loops."""
    if not is_summed_in_order(connection, s):
        return connection(s)
    if not has_hooks(connection):
        return in_order(s, connection.weight, connection.bias)

    def forward(given: Tensor) -> Tensor:
        """Take the place of the connection's own, since a hook may change what it is given, and its weights."""
        summed = in_order if _sums(connection, given) else nn.functional.linear
        return summed(given, connection.weight, connection.bias)

    connection.__dict__["forward"] = forward
    try:
        return cast(Tensor, connection(s))
    finally:
        del connection.__dict__["forward"]


def is_summed_in_order(connection: object, s: Tensor) -> TypeGuard[nn.Linear]:
    """Return True if a recurrent current is summed by `in_order`, not by the connection itself.

    That holds for a `Linear` on the CPU, in float32 or float64; if it has hooks, they are called.
    """
    if type(connection) is not nn.Linear or is_traced(s) or carries_tangents() or torch.is_autocast_enabled("cpu"):
        return False
    return "forward" not in connection.__dict__ and _sums(connection, s)


def has_hooks(module: nn.Module) -> bool:
    """Return True if a call of the module calls hooks."""
    own = module._forward_hooks or module._forward_pre_hooks or module._backward_hooks or module._backward_pre_hooks
    return bool(own) or torch_module._has_any_global_hook()


def _sums(connection: nn.Linear, s: Tensor) -> bool:
    weight, bias = connection.weight, connection.bias
    if weight.shape[1] != s.shape[-1]:
        return False  # so that torch says what is wrong
    return all(type(x) in (Tensor, nn.Parameter) and x.is_cpu and x.dtype is s.dtype for x in (weight, s, bias) if x is not None) and (
        s.dtype in (torch.float32, torch.float64)
    )


def in_order(s: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    """Return `linear(s, weight, bias)`, summed in a fixed order: the bias, then s[m]·weight[:, m] for ascending m.

    Each product and each sum is rounded on its own. torch's product takes another order for each shape and processor.

    Args:
        s: (..., from). weight: (to, from). bias: (to,), or None.
    """
    return cast(Tensor, _InOrder.apply(s, weight, bias))  # type: ignore[no-untyped-call]  # torch's own


class _InOrder(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, s: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(s, weight)
        columns, start = weight.detach().t().contiguous().numpy(), np.zeros(len(weight), weight.detach().numpy().dtype)
        if bias is not None:
            start = bias.detach().numpy()
        rows, all_count = [], not np.isfinite(columns).all()
        with np.errstate(all="ignore"):  # a layer tells of what is no finite number itself
            for row in s.detach().reshape(-1, s.shape[-1]).resolve_neg().numpy():
                # Neurons without a spike add nothing, unless their weight is no finite number.
                terms = row[:, None] * columns if all_count else row[row != 0, None] * columns[row != 0]
                rows.append(np.add.accumulate(np.concatenate((start[None], terms)), axis=0)[-1])
        return torch.from_numpy(np.array(rows, start.dtype).reshape(*s.shape[:-1], len(weight)))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        s, weight = ctx.saved_tensors
        wants_s, wants_weight, wants_bias = ctx.needs_input_grad
        rows = grad.reshape(-1, grad.shape[-1])
        return (
            grad @ weight if wants_s else None,
            rows.t() @ s.reshape(-1, s.shape[-1]) if wants_weight else None,
            rows.sum(0) if wants_bias else None,
        )


class Scan(NamedTuple):
    """Result of a scan: output (B, T, ...), its mean, last state, and recordings, each (B, T, ...).

    `is_finite` tells whether u and the output were finite at every step; in a traced graph it is True without a check.
    """

    output: Tensor
    mean: Tensor
    state: State
    recordings: dict[str, Tensor]
    is_finite: bool


def scan(
    step: StepFunction[P], z: Tensor, state: State, parameters: P, *, record: bool = False, gradients: Mapping[str, Tensor] = NO_GRADIENTS
) -> Scan:
    """Repeat `step` over the time axis of `z` (B, T, ...), T ≥ 1.

    Args:
        record: keep what each step shows, and every state variable at the step's end.
        gradients: tensors (B, T, ...) that the backward pass writes gradients into: `"u"` gets ∂L/∂u, `"output"` that of each step's
            output, as others see it, and a state variable's name that of its value at the step's end, as the next step and recordings see
            it.
    """
    outputs: list[Tensor] = []
    recorded: dict[str, list[Tensor]] = {}
    checked = not is_traced(z)
    excess = torch.zeros(())
    for t, z_t in enumerate(z.unbind(dim=1)):
        output, seen, state = step(z_t, state, parameters)
        u = seen["u"]
        if gradients:
            output, state = _watched(u, output, state, gradients, t)
        outputs.append(output)
        if checked:
            for value in (u.detach(), output.detach()):
                excess = excess + (value - value)  # 0, but NaN from the first infinity or NaN on
        if record:
            for name, value in (*seen.items(), *state.items()):
                recorded.setdefault(name, []).append(value)
    output = torch.stack(outputs, dim=1)
    recordings = {name: torch.stack(values, dim=1) for name, values in recorded.items()}
    return Scan(output, output.mean(), state, recordings, not (checked and bool(excess.isnan().any())))


def is_traced(z: Tensor) -> bool:
    """Return True if the values of `z` are placeholders or missing.

    That is the case under a compiler, a tracer or a function transform, and on the meta device.
    """
    tracing: bool = torch.jit.is_tracing()  # type: ignore[no-untyped-call, attr-defined]  # torch's own
    return torch.compiler.is_compiling() or tracing or z.is_meta or torch._C._functorch.is_functorch_wrapped_tensor(z)


def carries_tangents() -> bool:
    """Return True if forward-mode differentiation is on (`torch.autograd.forward_ad`, `torch.func.jvp`)."""
    level: int = torch.autograd.forward_ad._current_level  # torch has no public function for this, and the loops don't compute tangents
    return level >= 0


def _watched(u: Tensor, output: Tensor, state: State, gradients: Mapping[str, Tensor], t: int) -> tuple[Tensor, State]:
    """Return output and state of step t, so that the backward pass writes their gradients, and u's, into `gradients`.

    Each but u gets a node of its own in the graph, since a step may return one tensor as output, u and v.
    """

    def watch(name: str, value: Tensor) -> Tensor:
        if name in gradients and value.requires_grad:
            value.register_hook(_writer(gradients[name], t))
        return value

    watch("u", u)
    return watch("output", output.view_as(output)), {name: watch(name, value.view_as(value)) for name, value in state.items()}


def _writer(to: Tensor, t: int) -> Callable[[Tensor | None], None]:
    def write(gradient: Tensor | None) -> None:
        if gradient is not None:  # as after a step whose state nobody takes up
            to[:, t] = gradient

    return write
