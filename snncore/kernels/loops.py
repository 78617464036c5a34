"""The recurrences of `dynamics` as compiled loops over float32 arrays, forward and backward: one loop each for all models.

There is only arithmetic here: no tensors, no threads, no choice of what to compute, no allocation. The parameters and their order are
given in `layout`. Arrays are C-contiguous: (B, T, N), states (B, N), constants (9, N). Only `compiling` imports this module.

Forward, as in `dynamics`:

    θ[t] = θ                              ADAPTIVE: θ + A b[t-1]
    i[t] = β (i[t-1] + z[t])              with synaptic current;  i[t] = z[t] without
    u[t] = α v[t-1] + γ i[t]              γ = 1-α with normalised input, 1 without
    s[t] = min(trunc(u[t]/θ[t]), limit) where u[t] > 0, else 0;      or 1 where u[t] - θ[t] ≥ 0, else 0
    r[t] = u[t] - s[t] δ                  δ = θ[t] or subtract_value;  or reset_value where s[t] > 0, else u[t]
    v[t] = bound where r[t] ≤ bound, else r[t]
    b[t] = ρ b[t-1] + κ s[t]              ADAPTIVE; κ = 1-ρ

A layer that never spikes puts out u[t], and r[t] = u[t].

Backward, with ∂x for ∂L/∂x, σ = surrogate(u[t], θ[t]), and ∂rec for what reaches a recording directly:

    ∂v[t] = α ∂u[t+1] + ∂rec_v[t]         and the last state's own gradient at the last step
    ∂r[t] = ∂v[t]                         0 where v[t] ≤ bound
    ∂s'[t] = ∂s[t] - δ ∂r[t] + κ ∂b[t]    the second term for a soft reset that isn't detached; with a hard one ∂r[t] = 0 where s[t] > 0
    ∂u[t] = ∂s'[t] σ + ∂r[t] + ∂rec_u[t]
    ∂θ[t] = -∂s'[t] σ u[t]/θ[t] - s[t] ∂r[t] + ∂rec_θ[t]   ds/dθ of a single spike is -σ; the second term where δ is θ[t]
    ∂b[t-1] = ρ ∂b[t] + A ∂θ[t] + ∂rec_b[t-1]
    ∂i[t] = γ ∂u[t] + β ∂i[t+1] + ∂rec_i[t]
    ∂z[t] = β ∂i[t]                       without synaptic current: ∂i[t]
    ∂α = Σ ∂u[t] v[t-1]     ∂γ = Σ ∂u[t] i[t]       ∂β = Σ ∂i[t] (i[t-1] + z[t])
    ∂θ = Σ ∂θ[t]            ∂ρ = Σ ∂b[t] b[t-1]     ∂κ = Σ ∂b[t] s[t]

The forward pass stores only u: s, r and v follow from it, and i and b are recomputed, forward in time and for one
block of neurons at a time, before the block's backward loop. σ equals `activation`'s to float32 precision, not bit by bit:
in the backward pass a rounding doesn't make a spike.

One block of neurons after the other takes its time steps, so that state and constants stay in the first-level cache; within a step,
each function is one loop over the block that the compiler vectorises. The forward pass contracts no product with a sum, so
each value is rounded as in the scan.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from snncore.kernels.layout import (
    ALPHA,
    ATAN,
    BACKWARD_SCRATCH,
    BETA,
    BOUND,
    CONSTANTS,
    DELTA,
    FAST_SIGMOID,
    FORWARD_SCRATCH,
    GAMMA,
    GAUSSIAN,
    HEAVISIDE,
    KAPPA,
    MOST_FIELDS,
    MULTI_GAUSSIAN,
    NEVER,
    OWN_SURROGATE,
    PERIODIC_EXPONENTIAL,
    RHO,
    SCALE,
    SET_VALUE,
    SINGLE_EXPONENTIAL,
    SUBTRACT_THRESHOLD,
    SUBTRACT_VALUE,
    THETA,
    TRUE_DERIVATIVE,
)

_f = np.float32
ZERO, HALF, ONE, TWO = _f(0), _f(0.5), _f(1), _f(2)
LOWEST = _f(-87)
"""exp of less is next to the smallest normal number, and 0 here."""
LOG2_E, LN_2_HIGH, LN_2_LOW = _f(math.log2(math.e)), _f(0.693359375), _f(-2.12194440e-4)
# The polynomial of Cephes' expf for (exp(r) - 1 - r) / r² on [-ln2/2, ln2/2].
P0, P1, P2, P3, P4, P5 = _f(1.9875691500e-4), _f(1.3981999507e-3), _f(8.3334519073e-3), _f(4.1665795894e-2), _f(1.6666665459e-1), HALF
SQRT_2_PI, HALF_PI = _f(math.sqrt(2 * math.pi)), _f(math.pi / 2)

carray = numba.carray  # type: ignore[attr-defined]  # not in its list of exports
_inlined = numba.njit(error_model="numpy", fastmath=False)
_inlined_gradient = numba.njit(error_model="numpy", fastmath={"contract"})
"""Decorator for functions that no spike depends on: products and sums may be contracted."""


# ------------------------------------------------------------------------------------- one step of a row of neurons


@_inlined
def _synapse(i, z, beta):
    for n in range(len(i)):
        i[n] = beta[n] * (i[n] + z[n])


@_inlined
def _threshold(theta, base, scale, b):
    for n in range(len(theta)):
        theta[n] = base[n] + scale[n] * b[n]


@_inlined
def _adapt(b, s, rho, kappa):
    for n in range(len(b)):
        b[n] = rho[n] * b[n] + kappa[n] * s[n]


@_inlined
def _count(u, theta, limit, single):
    if single:
        return ONE if u - theta >= ZERO else ZERO
    count = np.trunc(u / theta)
    count = ZERO if count < ZERO else count
    return limit if count > limit else count


@_inlined
def _step(u, s, v, i, alpha, gamma, theta, delta, bound, limit, single, excess):
    """Compute u, s and v of one step with a soft reset. `excess` stays 0 until some u or s is infinite or NaN, and is NaN from then on."""
    for n in range(len(u)):
        x = alpha[n] * v[n] + gamma[n] * i[n]
        count = _count(x, theta[n], limit, single)
        r = x - count * delta[n]
        u[n] = x
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r
        excess[n] += (x - x) + (count - count)


@_inlined
def _step_with_hard_reset(u, s, v, i, alpha, gamma, theta, reset_value, bound, limit, single, excess):
    for n in range(len(u)):
        x = alpha[n] * v[n] + gamma[n] * i[n]
        count = _count(x, theta[n], limit, single)
        r = reset_value if count > ZERO else x
        u[n] = x
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r
        excess[n] += (x - x) + (count - count)


@_inlined
def _step_without_spikes(u, output, v, i, alpha, gamma, bound, excess):
    for n in range(len(u)):
        x = alpha[n] * v[n] + gamma[n] * i[n]
        u[n] = output[n] = x
        v[n] = bound[n] if x <= bound[n] else x
        excess[n] += x - x


@_inlined
def _again(s, v, u, theta, delta, bound, limit, single):
    """Compute s and v of one step from its u."""
    for n in range(len(v)):
        count = _count(u[n], theta[n], limit, single)
        r = u[n] - count * delta[n]
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r


@_inlined
def _again_with_hard_reset(s, v, u, theta, reset_value, bound, limit, single):
    for n in range(len(v)):
        count = _count(u[n], theta[n], limit, single)
        r = reset_value if count > ZERO else u[n]
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r


@_inlined
def _again_without_spikes(v, u, bound):
    for n in range(len(v)):
        v[n] = bound[n] if u[n] <= bound[n] else u[n]


@_inlined
def _copy(to, x):
    for n in range(len(to)):
        to[n] = x[n]


@_inlined
def _add(to, x):
    for n in range(len(to)):
        to[n] += x[n]


@_inlined_gradient
def _add_product(to, x, y):
    for n in range(len(to)):
        to[n] += x[n] * y[n]


@_inlined_gradient
def _gradient_of_u(gu, gr, gs, g_alpha, go, grad_each, v, sigma, delta, through_reset, bound):
    """Compute ∂α, ∂r, ∂s' and ∂u of one step, backward.

    From ∂u one step later; ∂v, held by `gr` on entry; and ∂s, the sum of `go` and `grad_each`. `through_reset` is 0 or 1.
    """
    for n in range(len(gu)):
        g_alpha[n] += gu[n] * v[n]
        r = ZERO if v[n] <= bound[n] else gr[n]
        spike = go[n] + grad_each - through_reset * delta[n] * r
        gs[n] = spike
        gr[n] = r
        gu[n] = spike * sigma[n] + r


@_inlined_gradient
def _gradient_of_u_with_hard_reset(gu, gr, gs, g_alpha, go, grad_each, s, v, sigma, bound):
    for n in range(len(gu)):
        g_alpha[n] += gu[n] * v[n]
        r = ZERO if v[n] <= bound[n] or s[n] > ZERO else gr[n]
        spike = go[n] + grad_each
        gs[n] = spike
        gr[n] = r
        gu[n] = spike * sigma[n] + r


@_inlined_gradient
def _gradient_of_u_without_spikes(gu, gr, g_alpha, go, grad_each, v, bound):
    for n in range(len(gu)):
        g_alpha[n] += gu[n] * v[n]
        r = ZERO if v[n] <= bound[n] else gr[n]
        gr[n] = r
        gu[n] = go[n] + grad_each + r


@_inlined_gradient
def _gradient_of_threshold(gtheta, gs, gr, s, u, sigma, theta, reset, single):
    if single:
        for n in range(len(gtheta)):
            gtheta[n] = -gs[n] * sigma[n]
    else:
        for n in range(len(gtheta)):
            gtheta[n] = -gs[n] * sigma[n] * u[n] / theta[n]
    if reset == SUBTRACT_THRESHOLD:
        for n in range(len(gtheta)):
            gtheta[n] -= s[n] * gr[n]


@_inlined_gradient
def _gradient_of_adaptation(gb, g_rho, g_kappa, gtheta, s, b_before, rho, scale):
    """Compute ∂ρ, ∂κ, and the part of ∂b[t] that reaches b[t-1]."""
    for n in range(len(gb)):
        g_rho[n] += gb[n] * b_before[n]
        g_kappa[n] += gb[n] * s[n]
        gb[n] = rho[n] * gb[n] + scale[n] * gtheta[n]


@_inlined_gradient
def _gradient_of_current(gz, gv, g_gamma, gu, i, alpha, gamma):
    """Compute ∂γ, ∂i without a synapse, and ∂v one step earlier."""
    for n in range(len(gz)):
        g_gamma[n] += gu[n] * i[n]
        gz[n] = gamma[n] * gu[n]
        gv[n] = alpha[n] * gu[n]


@_inlined_gradient
def _gradient_of_synapse(gz, gi, g_beta, i_before, z, beta):
    """Compute ∂i[t], then ∂β and ∂z; on entry `gi` holds β ∂i[t+1], and `gz` holds γ ∂u[t]."""
    for n in range(len(gz)):
        i = gi[n] + gz[n]
        g_beta[n] += i * (i_before[n] + z[n])
        gi[n] = gz[n] = beta[n] * i


@_inlined_gradient
def _gradients(gz, gu, gv, g_alpha, g_gamma, go, grad_each, u, i, sigma, theta, delta, through_reset, bound, limit, single, alpha, gamma):
    """Compute `_again`, `_gradient_of_u` and `_gradient_of_current` in one loop, for the common case.

    Reading the rows together, not one after the other, takes half the time beyond the cache.
    """
    for n in range(len(gz)):
        r = u[n] - _count(u[n], theta[n], limit, single) * delta[n]
        v = bound[n] if r <= bound[n] else r
        g_alpha[n] += gu[n] * v
        gr = ZERO if r <= bound[n] else gv[n]
        x = (go[n] + grad_each - through_reset * delta[n] * gr) * sigma[n] + gr
        gu[n] = x
        g_gamma[n] += x * i[n]
        gz[n] = gamma[n] * x
        gv[n] = alpha[n] * x


# ----------------------------------------------------------------------------------------------------- surrogates


@_inlined_gradient
def _exp(x):
    """Return exp(x) for x ≤ 0 to 2 ulp; the library's is a call that can't be vectorised."""
    within = x if x > LOWEST else LOWEST
    power = np.floor(within * LOG2_E + HALF)
    r = x - power * LN_2_HIGH - power * LN_2_LOW
    y = (((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5) * r * r + r + ONE
    two_to_power = np.int32((np.int32(power) + np.int32(127)) << np.int32(23)).view(np.float32)
    return ZERO if x < LOWEST else y * two_to_power


@_inlined_gradient
def _normal_density(x, mean, per_deviation):
    d = (x - mean) * per_deviation
    return _exp(-HALF * d * d) * (per_deviation / SQRT_2_PI)


@_inlined_gradient
def _slope(sigma, u, theta, kind, fields):
    """Write σ(u, θ) into `sigma`; `fields` are the values of the surrogate's dataclass, in order."""
    if kind == SINGLE_EXPONENTIAL:
        w, k = fields[0], fields[1]
        for n in range(len(sigma)):
            per_width = ONE / (theta[n] * w)
            sigma[n] = k * per_width * _exp(-abs(u[n] - theta[n]) * per_width)
    elif kind == PERIODIC_EXPONENTIAL:
        per_width, k = ONE / fields[0], fields[1]
        for n in range(len(sigma)):
            multiples = u[n] / theta[n]
            to_nearest = theta[n] * abs(multiples - np.floor(multiples + HALF))
            d = theta[n] - u[n] if u[n] < theta[n] else TWO * to_nearest
            sigma[n] = k * _exp(-d * per_width)
    elif kind == HEAVISIDE:
        window = fields[0]
        for n in range(len(sigma)):
            sigma[n] = (ONE if u[n] >= theta[n] - window else ZERO) / theta[n]
    elif kind == GAUSSIAN:
        mu, per_deviation, k = fields[0], ONE / fields[1], fields[2]
        for n in range(len(sigma)):
            sigma[n] = k * _normal_density(u[n] - theta[n], mu, per_deviation)
    elif kind == MULTI_GAUSSIAN:
        mu, deviation, h, s, k = fields[0], fields[1], fields[2], fields[3], fields[4]
        per_deviation, per_side = ONE / deviation, ONE / (s * deviation)
        for n in range(len(sigma)):
            x = u[n] - theta[n]
            sides = _normal_density(x, deviation, per_side) + _normal_density(x, -deviation, per_side)
            sigma[n] = k * ((ONE + h) * _normal_density(x, mu, per_deviation) - h * sides)
    elif kind == FAST_SIGMOID:
        steepness = fields[0]
        for n in range(len(sigma)):
            d = ONE + steepness * abs(u[n] - theta[n])
            sigma[n] = ONE / (d * d)
    elif kind == ATAN:
        alpha = fields[0]
        for n in range(len(sigma)):
            d = HALF_PI * alpha * (u[n] - theta[n])
            sigma[n] = alpha / TWO / (ONE + d * d)
    elif kind == TRUE_DERIVATIVE:
        sigma[:] = ZERO


# ---------------------------------------------------------------------------------------------------- the two loops


def forward(
    samples,
    steps,
    neurons,
    block,  # neurons that take their time steps together
    z,
    v,  # these three are the initial state on entry, the last one on return
    i,
    b,
    constants,
    limit,
    single,
    reset,
    reset_value,
    has_i_syn,
    adapts,
    output,
    total,  # Σ over time of the output
    kept_u,
    kept_v,
    kept_i,
    kept_b,
    kept_theta,
    keep_u,
    keep_all,
    scratch,
    first_sample,
    end_sample,
    first_neuron,
    end_neuron,
):
    """Return True if every u and every output is a finite number."""
    series, states = (samples, steps, neurons), (samples, neurons)
    z, output = carray(z, series), carray(output, series)
    v, i, b, total, constants = (
        carray(v, states),
        carray(i, states),
        carray(b, states),
        carray(total, states),
        carray(constants, (CONSTANTS, neurons)),
    )
    kept_u, kept_v, kept_i = carray(kept_u, series), carray(kept_v, series), carray(kept_i, series)
    kept_b, kept_theta = carray(kept_b, series), carray(kept_theta, series)
    scratch = carray(scratch, (FORWARD_SCRATCH, block))
    is_finite = True
    for sample in range(first_sample, end_sample):
        for start in range(first_neuron, end_neuron, block):
            end = min(start + block, end_neuron)
            alpha, gamma, beta = constants[ALPHA, start:end], constants[GAMMA, start:end], constants[BETA, start:end]
            theta, delta, bound = constants[THETA, start:end], constants[DELTA, start:end], constants[BOUND, start:end]
            v_t, sum_t = v[sample, start:end], total[sample, start:end]
            u_t, theta_t, delta_t, excess = scratch[0, : end - start], theta, delta, scratch[1, : end - start]
            excess[:] = ZERO
            if adapts:
                b_t, theta_t = b[sample, start:end], scratch[2, : end - start]
                delta_t = theta_t if reset == SUBTRACT_THRESHOLD else delta
            for t in range(steps):
                i_t, out_t = z[sample, t, start:end], output[sample, t, start:end]
                if has_i_syn:
                    _synapse(i[sample, start:end], i_t, beta)
                    i_t = i[sample, start:end]
                if adapts:
                    _threshold(theta_t, theta, constants[SCALE, start:end], b_t)
                if keep_u:
                    u_t = kept_u[sample, t, start:end]
                if reset == SET_VALUE:
                    _step_with_hard_reset(u_t, out_t, v_t, i_t, alpha, gamma, theta_t, reset_value, bound, limit, single, excess)
                elif reset == NEVER:
                    _step_without_spikes(u_t, out_t, v_t, i_t, alpha, gamma, bound, excess)
                else:
                    _step(u_t, out_t, v_t, i_t, alpha, gamma, theta_t, delta_t, bound, limit, single, excess)
                _add(sum_t, out_t)
                if adapts:
                    _adapt(b_t, out_t, constants[RHO, start:end], constants[KAPPA, start:end])
                if keep_all:
                    _copy(kept_v[sample, t, start:end], v_t)
                    if has_i_syn:
                        _copy(kept_i[sample, t, start:end], i_t)
                    if adapts:
                        _copy(kept_b[sample, t, start:end], b_t)
                        _copy(kept_theta[sample, t, start:end], theta_t)
            for n in range(end - start):
                is_finite = is_finite and excess[n] == ZERO
    return is_finite


def backward(
    samples,
    steps,
    neurons,
    block,  # neurons that take their time steps together
    z,
    u,
    first_v,
    first_i,
    first_b,
    constants,
    sigma,  # read if surrogate is OWN_SURROGATE
    surrogate,
    fields,
    limit,
    single,
    reset,
    reset_value,
    has_i_syn,
    adapts,
    through_reset,  # 0 if the reset is detached, else 1
    grad_output,  # (grad_samples, grad_steps, N): of one sample or one step where it is the same for all
    grad_samples,
    grad_steps,
    grad_each,  # added to the gradient of every entry of the output
    grad_recorded_u,
    grad_recorded_v,
    grad_recorded_i,
    grad_recorded_b,
    grad_recorded_theta,
    has_recorded,
    grad_u,  # these four are carried against time: ∂u[t+1], α ∂u[t+1], β ∂i[t+1] and ∂b[t], and the last three begin with
    # the gradient of the last state and end as that of the initial one
    grad_v,
    grad_i,
    grad_b,
    grad_z,
    all_grad_u,
    grad_constants,  # (9, B, N)
    wants_z,
    wants_all_u,
    wants_theta,
    scratch,
    past_i,  # (T + 1, block), as past_b
    past_b,
    first_sample,
    end_sample,
    first_neuron,
    end_neuron,
):
    series, states = (samples, steps, neurons), (samples, neurons)
    z, u, sigma, grad_z, all_grad_u = (
        carray(z, series),
        carray(u, series),
        carray(sigma, series),
        carray(grad_z, series),
        carray(all_grad_u, series),
    )
    first_v, first_i, first_b = carray(first_v, states), carray(first_i, states), carray(first_b, states)
    grad_u, grad_v, grad_i, grad_b = carray(grad_u, states), carray(grad_v, states), carray(grad_i, states), carray(grad_b, states)
    grad_recorded_u, grad_recorded_v = carray(grad_recorded_u, series), carray(grad_recorded_v, series)
    grad_recorded_i, grad_recorded_b = carray(grad_recorded_i, series), carray(grad_recorded_b, series)
    grad_recorded_theta = carray(grad_recorded_theta, series)
    grad_output = carray(grad_output, (grad_samples, grad_steps, neurons))
    constants, grad_constants = carray(constants, (CONSTANTS, neurons)), carray(grad_constants, (CONSTANTS, samples, neurons))
    fields, rows = carray(fields, (MOST_FIELDS,)), carray(scratch, (BACKWARD_SCRATCH, block))
    past_i, past_b = carray(past_i, (steps + 1, block)), carray(past_b, (steps + 1, block))
    is_common = reset <= SUBTRACT_VALUE and not (adapts or has_recorded or wants_theta or wants_all_u)
    for sample in range(first_sample, end_sample):
        for start in range(first_neuron, end_neuron, block):
            end = min(start + block, end_neuron)
            width = end - start
            alpha, gamma, beta = constants[ALPHA, start:end], constants[GAMMA, start:end], constants[BETA, start:end]
            theta, delta, bound = constants[THETA, start:end], constants[DELTA, start:end], constants[BOUND, start:end]
            rho, kappa, scale = constants[RHO, start:end], constants[KAPPA, start:end], constants[SCALE, start:end]
            gu, gv, gi, gb = grad_u[sample, start:end], grad_v[sample, start:end], grad_i[sample, start:end], grad_b[sample, start:end]
            g_alpha, g_gamma = grad_constants[ALPHA, sample, start:end], grad_constants[GAMMA, sample, start:end]
            s, v, sigma_t, gs = rows[0, :width], rows[1, :width], rows[2, :width], rows[3, :width]
            gtheta, gz, go = rows[4, :width], rows[5, :width], rows[6, :width]
            theta_t, delta_t = theta, delta
            if has_i_syn:
                _copy(past_i[0, :width], first_i[sample, start:end])
                for t in range(steps):
                    _copy(past_i[t + 1, :width], past_i[t, :width])
                    _synapse(past_i[t + 1, :width], z[sample, t, start:end], beta)
            if adapts:
                theta_t = rows[7, :width]
                delta_t = theta_t if reset == SUBTRACT_THRESHOLD else delta
                _copy(past_b[0, :width], first_b[sample, start:end])
                for t in range(steps):
                    _threshold(theta_t, theta, scale, past_b[t, :width])
                    if reset == SET_VALUE:
                        _again_with_hard_reset(s, v, u[sample, t, start:end], theta_t, reset_value, bound, limit, single)
                    else:
                        _again(s, v, u[sample, t, start:end], theta_t, delta_t, bound, limit, single)
                    _copy(past_b[t + 1, :width], past_b[t, :width])
                    _adapt(past_b[t + 1, :width], s, rho, kappa)
            for t in range(steps - 1, -1, -1):
                u_t = u[sample, t, start:end]
                if adapts:
                    _threshold(theta_t, theta, scale, past_b[t, :width])
                if surrogate == OWN_SURROGATE:
                    _copy(sigma_t, sigma[sample, t, start:end])
                elif reset != NEVER:
                    _slope(sigma_t, u_t, theta_t, surrogate, fields)
                go = grad_output[min(sample, grad_samples - 1), min(t, grad_steps - 1), start:end]
                if wants_z:
                    gz = grad_z[sample, t, start:end]
                z_t = z[sample, t, start:end]
                i_t = past_i[t + 1, :width] if has_i_syn else z_t
                if is_common:
                    _gradients(
                        *(gz, gu, gv, g_alpha, g_gamma, go, grad_each, u_t, i_t),
                        *(sigma_t, theta_t, delta_t, through_reset, bound, limit, single, alpha, gamma),
                    )
                    if has_i_syn:
                        _gradient_of_synapse(gz, gi, grad_constants[BETA, sample, start:end], past_i[t, :width], z_t, beta)
                    continue
                if has_recorded:
                    _add(gv, grad_recorded_v[sample, t, start:end])
                if adapts:
                    if has_recorded:
                        _add(gb, grad_recorded_b[sample, t, start:end])
                    _copy(rows[6, :width], go)
                    go = rows[6, :width]
                    _add_product(go, kappa, gb)
                if reset == SET_VALUE:
                    _again_with_hard_reset(s, v, u_t, theta_t, reset_value, bound, limit, single)
                    _gradient_of_u_with_hard_reset(gu, gv, gs, g_alpha, go, grad_each, s, v, sigma_t, bound)
                elif reset == NEVER:
                    _again_without_spikes(v, u_t, bound)
                    _gradient_of_u_without_spikes(gu, gv, g_alpha, go, grad_each, v, bound)
                else:
                    _again(s, v, u_t, theta_t, delta_t, bound, limit, single)
                    _gradient_of_u(gu, gv, gs, g_alpha, go, grad_each, v, sigma_t, delta_t, through_reset, bound)
                if has_recorded:
                    _add(gu, grad_recorded_u[sample, t, start:end])
                if wants_all_u:
                    _copy(all_grad_u[sample, t, start:end], gu)
                if wants_theta or adapts:
                    _gradient_of_threshold(gtheta, gs, gv, s, u_t, sigma_t, theta_t, reset, single)
                    if adapts:
                        if has_recorded:
                            _add(gtheta, grad_recorded_theta[sample, t, start:end])
                        g_rho, g_kappa = grad_constants[RHO, sample, start:end], grad_constants[KAPPA, sample, start:end]
                        _gradient_of_adaptation(gb, g_rho, g_kappa, gtheta, s, past_b[t, :width], rho, scale)
                    _add(grad_constants[THETA, sample, start:end], gtheta)
                _gradient_of_current(gz, gv, g_gamma, gu, i_t, alpha, gamma)
                if has_i_syn:
                    if has_recorded:
                        _add(gi, grad_recorded_i[sample, t, start:end])
                    _gradient_of_synapse(gz, gi, grad_constants[BETA, sample, start:end], past_i[t, :width], z_t, beta)
            _add_product(g_alpha, gu, first_v[sample, start:end])
    return True
