"""The loop over time, backward, for all models. `loops` says what it computes."""

from __future__ import annotations

from snncore.kernels.arithmetic import ZERO, add, add_product, carray, copy, spread, total
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
from snncore.kernels.recurrence import add_gradient_of_spikes, add_gradient_of_weights
from snncore.kernels.slopes import slope
from snncore.kernels.steps import adapt, again, again_with_hard_reset, again_without_spikes, synapse, threshold


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
        spread(own[CONSTANTS:], constants)
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
