"""The loop over time, forward, for all models. `loops` says what it computes."""

from __future__ import annotations

import math

from snncore.kernels.arithmetic import ZERO, add, carray, copy, spread, sum_of, total
from snncore.kernels.layout import (
    ALPHA,
    BETA,
    BOUND,
    CONSTANTS,
    DELTA,
    FORWARD_SCRATCH,
    GAMMA,
    KAPPA,
    NEVER,
    RHO,
    SCALE,
    SET_VALUE,
    SUBTRACT_THRESHOLD,
    THETA,
)
from snncore.kernels.recurrence import feed_back
from snncore.kernels.steps import adapt, step, step_with_hard_reset, step_without_spikes, synapse, threshold


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
        spread(rows[5:], constants)
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
    return found if found == found else math.inf  # finite outputs whose sums left float32 both ways
