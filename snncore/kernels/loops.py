"""The recurrences of `dynamics` as compiled loops over float32 arrays, forward and backward: one loop each for all models.

There is only arithmetic here and in what is imported: no tensors, no threads, no choice of what to compute, no allocation. The parameters
and their order are given in `layout`. Arrays are C-contiguous: (B, T, N), states (B, N), weights (N, N), constants (9, width), where width
is N, or 1 if each constant is the same for all neurons. Only `compiling` imports this module.

Forward, as in `dynamics`:

    θ[t] = θ                              ADAPTIVE: θ + A b[t-1]
    i[t] = β (i[t-1] + z[t])              with synaptic current;  i[t] = z[t] without
    u[t] = α v[t-1] + γ i[t]              γ = 1-α with input normalisation, 1 without
    s[t] = min(trunc(u[t]/θ[t]), limit) where u[t] > 0, else 0;      or 1 where u[t] - θ[t] ≥ 0, else 0
    r[t] = u[t] - s[t] δ                  δ = θ[t] or subtract_value;  or reset_value where s[t] > 0, else u[t]
    v[t] = bound where r[t] ≤ bound, else r[t]
    b[t] = ρ b[t-1] + κ s[t]              ADAPTIVE; κ = 1-ρ
    i_rec[t] = bias + W s[t]              RECURRENT, which has z[t] + i_rec[t-1] in place of z[t]

A layer that never spikes puts out u[t], and r[t] = u[t].

Backward, with ∂x for ∂L/∂x, σ = surrogate(u[t], θ[t]), and ∂rec for what reaches a recording directly:

    ∂v[t] = α ∂u[t+1] + ∂rec_v[t]         and the last state's own gradient at the last step
    ∂r[t] = ∂v[t]                         0 where v[t] ≤ bound
    ∂s'[t] = ∂s[t] - δ ∂r[t] + κ ∂b[t]    the second term for a soft reset that isn't detached; with a hard one ∂r[t] = 0 where s[t] > 0;
                                          RECURRENT: + Wᵀ ∂i_rec[t]
    ∂u[t] = ∂s'[t] σ + ∂r[t] + ∂rec_u[t]
    ∂θ[t] = -∂s'[t] σ u[t]/θ[t] - s[t] ∂r[t] + ∂rec_θ[t]   ds/dθ of a single spike is -σ; the second term where δ is θ[t]
    ∂b[t-1] = ρ ∂b[t] + A ∂θ[t] + ∂rec_b[t-1]
    ∂i[t] = γ ∂u[t] + β ∂i[t+1] + ∂rec_i[t]
    ∂z[t] = β ∂i[t]                       without synaptic current: ∂i[t]
    ∂i_rec[t] = ∂z[t+1] + ∂rec_i_rec[t]   RECURRENT; ∂W = Σ ∂i_rec[t] s[t]ᵀ, ∂bias = Σ ∂i_rec[t]
    ∂α = Σ ∂u[t] v[t-1]     ∂γ = Σ ∂u[t] i[t]       ∂β = Σ ∂i[t] (i[t-1] + z[t])
    ∂θ = Σ ∂θ[t]            ∂ρ = Σ ∂b[t] b[t-1]     ∂κ = Σ ∂b[t] s[t]

The forward pass stores only u, and of a recurrent layer z[t] + i_rec[t-1]: s, r and v follow from u, and i and b are recomputed, forward in
time and for one block of neurons at a time, before the block's backward loop. σ equals `activation`'s to float32 precision, not bit
by bit: in the backward pass a rounding doesn't make a spike.

One block of neurons after the other takes its time steps, so that state and constants stay in the first-level cache; within a step,
each function is one loop over the block that the compiler vectorises. The forward pass contracts no product with a sum, so
each value is rounded as in the scan. With recurrent connections a block holds all neurons, since each waits for all others.
"""

from __future__ import annotations

from snncore.kernels.backward import backward
from snncore.kernels.forward import forward

__all__ = ["backward", "forward"]
