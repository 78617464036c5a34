"""The recurrences of `dynamics` as compiled loops over float32 arrays, forward and backward: one loop each for all models.

There is only arithmetic here and in what is imported: no tensors, no threads, no choice of what to compute, no allocation. The parameters
and their order are given in `layout`. Arrays are C-contiguous: (B, T, N), states (B, N), constants (9, width), where width is N, or 1 if each
constant is the same for all neurons; weights (N, N). Only `compiling` imports this module.

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

import math

import numba

from snncore.kernels.arithmetic import ZERO, add, add_product, copy, inlined, sum_of, total
from snncore.kernels.gradients import (
    gradient_of_adaptation,
    gradient_of_current,
    gradient_of_synapse,
    gradient_of_threshold,
    gradient_of_u,
    gradient_of_u_with_hard_reset,
    gradient_of_u_without_spikes,
    gradients,
)
from snncore.kernels.layout import (
    ALPHA,
    BACKWARD_SCRATCH,
    BETA,
    BOUND,
    CONSTANTS,
    DELTA,
    FORWARD_SCRATCH,
    GAMMA,
    GROUP,
    KAPPA,
    MOST_FIELDS,
    NEVER,
    OWN_SURROGATE,
    RHO,
    SCALE,
    SET_VALUE,
    SUBTRACT_THRESHOLD,
    SUBTRACT_VALUE,
    THETA,
)
from snncore.kernels.recurrence import add_gradient_of_spikes, add_gradient_of_weights, feed_back
from snncore.kernels.slopes import slope
from snncore.kernels.steps import (
    adapt,
    again,
    again_with_hard_reset,
    again_without_spikes,
    step,
    step_with_hard_reset,
    step_without_spikes,
    synapse,
    threshold,
)

carray = numba.carray  # type: ignore[attr-defined]  # not in its list of exports


@inlined
def _spread(to, constants):
    """Fill each row of `to` with its one constant."""
    for row in range(CONSTANTS):
        to[row, :] = constants[row, 0]


def forward(
    samples,
    steps,
    neurons,
    block,  # neurons that take their time steps together
    z,
    v,  # these four are the initial state on entry, the last one on return
    i,
    b,
    rec,
    constants,
    width,
    limit,
    single,
    reset,
    reset_value,
    has_i_syn,
    adapts,
    feeds_back,
    weights,  # (from, to)
    bias,
    has_bias,
    output,
    kept_u,
    kept_z,  # z[t] + i_rec[t-1]
    kept_v,
    kept_i,
    kept_b,
    kept_rec,
    kept_theta,
    keep_u,
    keep_z,
    keep_all,
    scratch,
    first_sample,
    end_sample,
    first_neuron,
    end_neuron,
):
    """Return the sum of the output; NaN if some u or output isn't a finite number."""
    series, states = (samples, steps, neurons), (samples, neurons)
    z, output, kept_u, kept_z = carray(z, series), carray(output, series), carray(kept_u, series), carray(kept_z, series)
    kept_v, kept_i, kept_b = carray(kept_v, series), carray(kept_i, series), carray(kept_b, series)
    kept_rec, kept_theta = carray(kept_rec, series), carray(kept_theta, series)
    v, i, b, rec = carray(v, states), carray(i, states), carray(b, states), carray(rec, states)
    weights, bias = carray(weights, (neurons, neurons)), carray(bias, (neurons,))
    rows, constants = carray(scratch, (FORWARD_SCRATCH, block)), carray(constants, (CONSTANTS, width))
    if width == 1:
        _spread(rows[5:], constants)
        constants = rows[5:]
    is_finite, found = True, 0.0
    for sample in range(first_sample, end_sample):
        for start in range(first_neuron, end_neuron, block):
            end = min(start + block, end_neuron)
            low = 0 if width == 1 else start
            high = low + end - start
            alpha, gamma, beta = constants[ALPHA, low:high], constants[GAMMA, low:high], constants[BETA, low:high]
            theta, delta, bound = constants[THETA, low:high], constants[DELTA, low:high], constants[BOUND, low:high]
            rho, kappa, scale = constants[RHO, low:high], constants[KAPPA, low:high], constants[SCALE, low:high]
            v_t, i_t, b_t, rec_t = v[sample, start:end], i[sample, start:end], b[sample, start:end], rec[sample, start:end]
            u_t, excess, sum_t, fed = rows[0, : end - start], rows[1, : end - start], rows[3, : end - start], rows[4, : end - start]
            theta_t, delta_t = theta, delta
            excess[:] = ZERO
            sum_t[:] = ZERO
            if adapts:
                theta_t = rows[2, : end - start]
                delta_t = theta_t if reset == SUBTRACT_THRESHOLD else delta
            for t in range(steps):
                in_t, out_t = z[sample, t, start:end], output[sample, t, start:end]
                if feeds_back:
                    if keep_z:
                        fed = kept_z[sample, t, start:end]
                    sum_of(fed, in_t, rec_t)
                    in_t = fed
                if has_i_syn:
                    synapse(i_t, in_t, beta)
                    in_t = i_t
                if adapts:
                    threshold(theta_t, theta, scale, b_t)
                if keep_u:
                    u_t = kept_u[sample, t, start:end]
                if reset == SET_VALUE:
                    step_with_hard_reset(u_t, out_t, v_t, in_t, alpha, gamma, theta_t, reset_value, bound, limit, single, excess)
                elif reset == NEVER:
                    step_without_spikes(u_t, out_t, v_t, in_t, alpha, gamma, bound, excess)
                else:
                    step(u_t, out_t, v_t, in_t, alpha, gamma, theta_t, delta_t, bound, limit, single, excess)
                add(sum_t, out_t)
                if adapts:
                    adapt(b_t, out_t, rho, kappa)
                if feeds_back:
                    feed_back(rec_t, out_t, weights, bias, has_bias)
                if keep_all:
                    copy(kept_v[sample, t, start:end], v_t)
                    if has_i_syn:
                        copy(kept_i[sample, t, start:end], i_t)
                    if adapts:
                        copy(kept_b[sample, t, start:end], b_t)
                        copy(kept_theta[sample, t, start:end], theta_t)
                    if feeds_back:
                        copy(kept_rec[sample, t, start:end], rec_t)
            for n in range(end - start):
                is_finite = is_finite and excess[n] == ZERO
            found += total(sum_t)
    if not is_finite:
        return math.nan
    return found if found == found else math.inf  # noqa: PLR0124  # a sum beyond float32 is no number either, of an output that is finite


def backward(
    samples,
    steps,
    neurons,
    block,  # neurons that take their time steps together
    z,  # of a recurrent layer z[t] + i_rec[t-1]
    u,
    first_v,
    first_i,
    first_b,
    constants,
    sigma,  # read if surrogate is OWN_SURROGATE
    surrogate,
    fields,
    width,
    limit,
    single,
    reset,
    reset_value,
    has_i_syn,
    adapts,
    feeds_back,
    through_reset,  # 0 if the reset is detached, else 1
    weights,  # (to, from)
    grad_output,  # (grad_samples, grad_steps, N): of one sample or one step where it is the same for all
    grad_samples,
    grad_steps,
    grad_each,  # added to the gradient of every entry of the output
    grad_recorded_u,
    grad_recorded_theta,
    grad_recorded_v,
    grad_recorded_i,
    grad_recorded_b,
    grad_recorded_rec,
    has_recorded,
    grad_u,  # these five are carried against time: ∂u[t+1], α ∂u[t+1], β ∂i[t+1], ∂b[t] and ∂i_rec[t], and the last four begin with
    # the gradient of the last state and end as that of the initial one
    grad_v,
    grad_i,
    grad_b,
    grad_rec,
    grad_z,
    all_grad_u,
    grad_constants,  # (9, B, N), if width is N
    sums,  # (9,): their sums over samples and neurons, if width is 1
    grad_weights,  # (from, to)
    grad_bias,
    wants_z,
    wants_all_u,
    wants_theta,
    scratch,
    past_i,  # (GROUP or 1, T + 1, block), as past_b
    past_b,
    first_sample,
    end_sample,
    first_neuron,
    end_neuron,
):
    series, states = (samples, steps, neurons), (samples, neurons)
    z, u, sigma = carray(z, series), carray(u, series), carray(sigma, series)
    grad_z, all_grad_u = carray(grad_z, series), carray(all_grad_u, series)
    first_v, first_i, first_b = carray(first_v, states), carray(first_i, states), carray(first_b, states)
    grad_u, grad_v, grad_i = carray(grad_u, states), carray(grad_v, states), carray(grad_i, states)
    grad_b, grad_rec = carray(grad_b, states), carray(grad_rec, states)
    grad_recorded_u, grad_recorded_v = carray(grad_recorded_u, series), carray(grad_recorded_v, series)
    grad_recorded_i, grad_recorded_b = carray(grad_recorded_i, series), carray(grad_recorded_b, series)
    grad_recorded_rec, grad_recorded_theta = carray(grad_recorded_rec, series), carray(grad_recorded_theta, series)
    grad_output = carray(grad_output, (grad_samples, grad_steps, neurons))
    weights, grad_weights, grad_bias = (
        carray(weights, (neurons, neurons)),
        carray(grad_weights, (neurons, neurons)),
        carray(grad_bias, (neurons,)),
    )
    rows, fields, sums = carray(scratch, (BACKWARD_SCRATCH, block)), carray(fields, (MOST_FIELDS,)), carray(sums, (CONSTANTS,))
    group = GROUP if feeds_back else 1
    past_i, past_b = carray(past_i, (group, steps + 1, block)), carray(past_b, (group, steps + 1, block))
    constants, grad_constants = carray(constants, (CONSTANTS, width)), carray(grad_constants, (CONSTANTS, samples, neurons))
    fed, own = rows[7 : 7 + GROUP], rows[7 + GROUP :]
    if width == 1:
        _spread(own[CONSTANTS:], constants)
        constants = own[CONSTANTS:]
        own[:CONSTANTS] = ZERO
    is_common = reset <= SUBTRACT_VALUE and not (adapts or feeds_back or has_recorded or wants_theta or wants_all_u)
    for first in range(first_sample, end_sample, group):
        count = min(group, end_sample - first)
        for start in range(first_neuron, end_neuron, block):
            end = min(start + block, end_neuron)
            w = end - start
            low = 0 if width == 1 else start
            high = low + w
            alpha, gamma, beta = constants[ALPHA, low:high], constants[GAMMA, low:high], constants[BETA, low:high]
            theta, delta, bound = constants[THETA, low:high], constants[DELTA, low:high], constants[BOUND, low:high]
            rho, kappa, scale = constants[RHO, low:high], constants[KAPPA, low:high], constants[SCALE, low:high]
            s, v, sigma_t, gs, gtheta, spare_gz = rows[0, :w], rows[1, :w], rows[2, :w], rows[3, :w], rows[4, :w], rows[5, :w]
            theta_t, delta_t = theta, delta
            if adapts:
                theta_t = rows[6, :w]
                delta_t = theta_t if reset == SUBTRACT_THRESHOLD else delta
            for k in range(count):
                sample = first + k
                if has_i_syn:
                    copy(past_i[k, 0, :w], first_i[sample, start:end])
                    for t in range(steps):
                        copy(past_i[k, t + 1, :w], past_i[k, t, :w])
                        synapse(past_i[k, t + 1, :w], z[sample, t, start:end], beta)
                if adapts:
                    copy(past_b[k, 0, :w], first_b[sample, start:end])
                    for t in range(steps):
                        threshold(theta_t, theta, scale, past_b[k, t, :w])
                        if reset == SET_VALUE:
                            again_with_hard_reset(s, v, u[sample, t, start:end], theta_t, reset_value, bound, limit, single)
                        else:
                            again(s, v, u[sample, t, start:end], theta_t, delta_t, bound, limit, single)
                        copy(past_b[k, t + 1, :w], past_b[k, t, :w])
                        adapt(past_b[k, t + 1, :w], s, rho, kappa)
            for t in range(steps - 1, -1, -1):
                if feeds_back:
                    for k in range(count):
                        if has_recorded:
                            add(grad_rec[first + k], grad_recorded_rec[first + k, t])
                        copy(fed[k, :w], grad_output[min(first + k, grad_samples - 1), min(t, grad_steps - 1)])
                    add_gradient_of_spikes(fed, grad_rec, first, count, weights)
                for k in range(count):
                    sample = first + k
                    gu, gv = grad_u[sample, start:end], grad_v[sample, start:end]
                    gi, gb = grad_i[sample, start:end], grad_b[sample, start:end]
                    if width == 1:
                        g_alpha, g_gamma, g_beta = own[ALPHA, :w], own[GAMMA, :w], own[BETA, :w]
                        g_theta, g_rho, g_kappa = own[THETA, :w], own[RHO, :w], own[KAPPA, :w]
                    else:
                        g_alpha, g_gamma = grad_constants[ALPHA, sample, start:end], grad_constants[GAMMA, sample, start:end]
                        g_beta, g_theta = grad_constants[BETA, sample, start:end], grad_constants[THETA, sample, start:end]
                        g_rho, g_kappa = grad_constants[RHO, sample, start:end], grad_constants[KAPPA, sample, start:end]
                    u_t, z_t = u[sample, t, start:end], z[sample, t, start:end]
                    if adapts:
                        threshold(theta_t, theta, scale, past_b[k, t, :w])
                    if surrogate == OWN_SURROGATE:
                        copy(sigma_t, sigma[sample, t, start:end])
                    elif reset != NEVER:
                        slope(sigma_t, u_t, theta_t, surrogate, fields)
                    go = grad_output[min(sample, grad_samples - 1), min(t, grad_steps - 1), start:end]
                    if feeds_back:
                        go = fed[k, :w]
                    gz = grad_z[sample, t, start:end] if wants_z else spare_gz
                    i_t = past_i[k, t + 1, :w] if has_i_syn else z_t
                    if is_common:
                        gradients(
                            *(gz, gu, gv, g_alpha, g_gamma, go, grad_each, u_t, i_t),
                            *(sigma_t, theta_t, delta_t, through_reset, bound, limit, single, alpha, gamma),
                        )
                        if has_i_syn:
                            gradient_of_synapse(gz, gi, g_beta, past_i[k, t, :w], z_t, beta)
                        continue
                    if has_recorded:
                        add(gv, grad_recorded_v[sample, t, start:end])
                    if adapts:
                        if has_recorded:
                            add(gb, grad_recorded_b[sample, t, start:end])
                        if not feeds_back:
                            copy(fed[0, :w], go)
                            go = fed[0, :w]
                        add_product(go, kappa, gb)
                    if reset == SET_VALUE:
                        again_with_hard_reset(s, v, u_t, theta_t, reset_value, bound, limit, single)
                        gradient_of_u_with_hard_reset(gu, gv, gs, g_alpha, go, grad_each, s, v, sigma_t, bound)
                    elif reset == NEVER:
                        again_without_spikes(v, u_t, bound)
                        gradient_of_u_without_spikes(gu, gv, g_alpha, go, grad_each, v, bound)
                    else:
                        again(s, v, u_t, theta_t, delta_t, bound, limit, single)
                        gradient_of_u(gu, gv, gs, g_alpha, go, grad_each, v, sigma_t, delta_t, through_reset, bound)
                    if has_recorded:
                        add(gu, grad_recorded_u[sample, t, start:end])
                    if wants_all_u:
                        copy(all_grad_u[sample, t, start:end], gu)
                    if wants_theta or adapts:
                        gradient_of_threshold(gtheta, gs, gv, s, u_t, sigma_t, theta_t, reset, single)
                        if adapts:
                            if has_recorded:
                                add(gtheta, grad_recorded_theta[sample, t, start:end])
                            gradient_of_adaptation(gb, g_rho, g_kappa, gtheta, s, past_b[k, t, :w], rho, scale)
                        add(g_theta, gtheta)
                    gradient_of_current(gz, gv, g_gamma, gu, i_t, alpha, gamma)
                    if has_i_syn:
                        if has_recorded:
                            add(gi, grad_recorded_i[sample, t, start:end])
                        gradient_of_synapse(gz, gi, g_beta, past_i[k, t, :w], z_t, beta)
                    if feeds_back:
                        add_gradient_of_weights(grad_weights, grad_bias, u_t if reset == NEVER else s, grad_rec[sample])
                        copy(grad_rec[sample], gz)
            for k in range(count):
                sample = first + k
                if width == 1:
                    add_product(own[ALPHA, :w], grad_u[sample, start:end], first_v[sample, start:end])
                else:
                    add_product(grad_constants[ALPHA, sample, start:end], grad_u[sample, start:end], first_v[sample, start:end])
            if width == 1:
                for row in range(CONSTANTS):
                    sums[row] += total(own[row, :w])
                    own[row, :w] = ZERO
    return 0.0
