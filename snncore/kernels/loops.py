"""The recurrence of `dynamics.lif_step` as compiled loops over float32 arrays, forward and backward.

Only arithmetic stands here: no tensors, no threads, no choice of what to compute. Importing this module imports Numba and
compiles the two loops, or loads them from its cache. Arrays are C-contiguous: (B, T, N), states (B, N), parameters (N,).

Forward, as in `dynamics`:

    i[t] = β (i[t-1] + z[t])              with synaptic current;  i[t] = z[t] without
    u[t] = α v[t-1] + γ i[t]              γ = 1-α with input normalisation, 1 without
    s[t] = min(trunc(u[t]/θ), limit) where u[t] > 0, else 0;      or 1 where u[t] - θ ≥ 0, else 0
    r[t] = u[t] - s[t] δ                  δ = θ or subtract_value;  or reset_value where s[t] > 0, else u[t]
    v[t] = bound where r[t] ≤ bound, else r[t]

Backward, with ∂x for ∂L/∂x, σ = surrogate(u[t], θ), and ∂rec for what reaches a recording directly:

    ∂v[t] = α ∂u[t+1] + ∂rec_v[t]         and the last state's own gradient at the last step
    ∂r[t] = ∂v[t]                         0 where v[t] ≤ bound
    ∂s'[t] = ∂s[t] - δ ∂r[t]              soft reset;  ∂s'[t] = ∂s[t], and ∂r[t] = 0 where s[t] > 0, with a hard one
    ∂u[t] = ∂s'[t] σ + ∂r[t] + ∂rec_u[t]
    ∂i[t] = γ ∂u[t] + β ∂i[t+1] + ∂rec_i[t]
    ∂z[t] = β ∂i[t]                       without synaptic current: ∂i[t]
    ∂α = Σ ∂u[t] v[t-1]     ∂γ = Σ ∂u[t] i[t]     ∂β = Σ ∂i[t] (i[t-1] + z[t])
    ∂θ = -Σ ∂s'[t] σ u[t]/θ               ds/dθ of a single spike is -σ;  and -Σ s[t] ∂r[t] where δ is θ

σ equals `activation`'s to float32 precision, not bit by bit: in the backward pass a rounding is no spike.

Each line is a loop over a block of neurons of its own. A block stays in the first-level cache from line to line, and a loop
over few arrays is one that the compiler vectorises: it has to rule out overlaps between them at run time, and gives up on many.
No product and sum are contracted, so every value of the forward pass is rounded as in the scan.
"""

from __future__ import annotations

import math

import numba
import numpy as np

from snncore.activation import ATan, FastSigmoid, Gaussian, Heaviside, MultiGaussian, PeriodicExponential, SingleExponential

BLOCK = 512
"""Neurons that take their time steps together: some ten rows of 2 kB in the first-level cache."""

SINGLE_EXPONENTIAL, PERIODIC_EXPONENTIAL, HEAVISIDE, GAUSSIAN, MULTI_GAUSSIAN, FAST_SIGMOID, ATAN = range(7)
SURROGATES = {
    SingleExponential: SINGLE_EXPONENTIAL,
    PeriodicExponential: PERIODIC_EXPONENTIAL,
    Heaviside: HEAVISIDE,
    Gaussian: GAUSSIAN,
    MultiGaussian: MULTI_GAUSSIAN,
    FastSigmoid: FAST_SIGMOID,
    ATan: ATAN,
}
OWN_SURROGATE = -1
"""A caller's, computed already."""

_f = np.float32
ZERO, HALF, ONE, TWO = _f(0), _f(0.5), _f(1), _f(2)
LOWEST = _f(-87)
"""exp of less is next to the smallest normal number, and 0 here."""
LOG2_E, LN_2_HIGH, LN_2_LOW = _f(math.log2(math.e)), _f(0.693359375), _f(-2.12194440e-4)
# The polynomial of Cephes' expf for (exp(r) - 1 - r) / r² on [-ln2/2, ln2/2].
P0, P1, P2, P3, P4, P5 = _f(1.9875691500e-4), _f(1.3981999507e-3), _f(8.3334519073e-3), _f(4.1665795894e-2), _f(1.6666665459e-1), HALF
SQRT_2_PI, HALF_PI = _f(math.sqrt(2 * math.pi)), _f(math.pi / 2)

# All that is compiled stands in this file: Numba's cache notices changes of this file and of no other.
_inlined = numba.njit(error_model="numpy", fastmath=False)


@_inlined
def _count(s, u, theta, limit, single):
    if single:
        for n in range(len(s)):
            s[n] = ONE if u[n] - theta[n] >= ZERO else ZERO
    else:
        for n in range(len(s)):
            count = np.trunc(u[n] / theta[n])
            count = ZERO if count < ZERO else count
            s[n] = limit if count > limit else count


@_inlined
def _reset(v, u, s, delta, bound, reset_value, hard):
    if hard:
        for n in range(len(v)):
            r = reset_value if s[n] > ZERO else u[n]
            v[n] = bound[n] if r <= bound[n] else r
    else:
        for n in range(len(v)):
            r = u[n] - s[n] * delta[n]
            v[n] = bound[n] if r <= bound[n] else r


@_inlined
def _copy(to, x):
    for n in range(len(to)):
        to[n] = x[n]


@_inlined
def _add(to, x):
    for n in range(len(to)):
        to[n] += x[n]


@_inlined
def _add_product(to, x, y):
    for n in range(len(to)):
        to[n] += x[n] * y[n]


@_inlined
def _exp(x):
    """exp(x) for x ≤ 0 to 2 ulp; the library's is a call that can't be vectorised."""
    within = x if x > LOWEST else LOWEST
    power = np.floor(within * LOG2_E + HALF)
    r = x - power * LN_2_HIGH - power * LN_2_LOW
    y = (((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5) * r * r + r + ONE
    two_to_power = np.int32((np.int32(power) + np.int32(127)) << np.int32(23)).view(np.float32)
    return ZERO if x < LOWEST else y * two_to_power


@_inlined
def _normal_density(x, mean, deviation):
    d = (x - mean) / deviation
    return _exp(-HALF * d * d) / (deviation * SQRT_2_PI)


@_inlined
def _slope(sigma, u, theta, kind, constants):
    """Writes σ(u, θ) into `sigma`; `constants` are the fields of the surrogate's dataclass in their order."""
    if kind == SINGLE_EXPONENTIAL:
        w, k = constants[0], constants[1]
        for n in range(len(sigma)):
            width = theta[n] * w
            sigma[n] = k / width * _exp(-abs(u[n] - theta[n]) / width)
    elif kind == PERIODIC_EXPONENTIAL:
        w, k = constants[0], constants[1]
        for n in range(len(sigma)):
            multiples = u[n] / theta[n]
            to_nearest = theta[n] * abs(multiples - np.floor(multiples + HALF))
            d = theta[n] - u[n] if u[n] < theta[n] else TWO * to_nearest
            sigma[n] = k * _exp(-d / w)
    elif kind == HEAVISIDE:
        window = constants[0]
        for n in range(len(sigma)):
            sigma[n] = (ONE if u[n] >= theta[n] - window else ZERO) / theta[n]
    elif kind == GAUSSIAN:
        mu, deviation, k = constants[0], constants[1], constants[2]
        for n in range(len(sigma)):
            sigma[n] = k * _normal_density(u[n] - theta[n], mu, deviation)
    elif kind == MULTI_GAUSSIAN:
        mu, deviation, h, s, k = constants[0], constants[1], constants[2], constants[3], constants[4]
        for n in range(len(sigma)):
            x = u[n] - theta[n]
            sides = _normal_density(x, deviation, s * deviation) + _normal_density(x, -deviation, s * deviation)
            sigma[n] = k * ((ONE + h) * _normal_density(x, mu, deviation) - h * sides)
    elif kind == FAST_SIGMOID:
        steepness = constants[0]
        for n in range(len(sigma)):
            d = ONE + steepness * abs(u[n] - theta[n])
            sigma[n] = ONE / (d * d)
    elif kind == ATAN:
        alpha = constants[0]
        for n in range(len(sigma)):
            d = HALF_PI * alpha * (u[n] - theta[n])
            sigma[n] = alpha / TWO / (ONE + d * d)


@numba.njit(
    "void(f4[:,:,::1], f4[:,::1], f4[:,::1], f4[::1], f4[::1], f4[::1], f4[::1], f4[::1], f4[::1], f4, f4, b1, b1, b1,"
    " f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], b1, b1, b1, i8, i8, i8, i8)",
    nogil=True,
    cache=True,
    error_model="numpy",
    fastmath=False,
)
def forward(
    z,
    v,  # the initial state on entry, the last one on return
    i,
    alpha,
    gamma,
    beta,
    theta,
    delta,
    bound,
    limit,
    reset_value,
    single,
    hard,
    has_i_syn,
    spikes,
    kept_u,
    kept_v,
    kept_i,
    keep_u,
    keep_v,
    keep_i,
    first_sample,
    end_sample,
    first_neuron,
    end_neuron,
):
    scratch = np.empty(BLOCK, np.float32)
    for b in range(first_sample, end_sample):
        for start in range(first_neuron, end_neuron, BLOCK):
            end = min(start + BLOCK, end_neuron)
            v_b, i_b = v[b, start:end], i[b, start:end]
            alpha_b, gamma_b, beta_b = alpha[start:end], gamma[start:end], beta[start:end]
            theta_b, delta_b, bound_b = theta[start:end], delta[start:end], bound[start:end]
            for t in range(z.shape[1]):
                i_t = z[b, t, start:end]
                if has_i_syn:
                    for n in range(end - start):
                        i_b[n] = beta_b[n] * (i_b[n] + i_t[n])
                    i_t = i_b
                u_t = kept_u[b, t, start:end] if keep_u else scratch[: end - start]
                for n in range(end - start):
                    u_t[n] = alpha_b[n] * v_b[n] + gamma_b[n] * i_t[n]
                s_t = spikes[b, t, start:end]
                _count(s_t, u_t, theta_b, limit, single)
                _reset(v_b, u_t, s_t, delta_b, bound_b, reset_value, hard)
                if keep_v:
                    _copy(kept_v[b, t, start:end], v_b)
                if keep_i:
                    _copy(kept_i[b, t, start:end], i_b)


@numba.njit(
    "void(f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], f4[:,::1], f4[:,::1], f4[:,:,::1], i8, f4[::1],"
    " f4[::1], f4[::1], f4[::1], f4[::1], f4[::1], f4[::1], f4, f4, b1, b1, b1, b1,"
    " f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], f4[:,:,::1], b1,"
    " f4[:,::1], f4[:,::1], f4[:,::1], f4[:,:,::1], f4[:,::1], f4[:,::1], f4[:,::1], f4[:,::1], b1, b1, b1, b1, b1,"
    " i8, i8, i8, i8)",
    nogil=True,
    cache=True,
    error_model="numpy",
    fastmath=False,
)
def backward(
    z,
    u,
    i,
    first_v,
    first_i,
    sigma,  # read if surrogate is OWN_SURROGATE
    surrogate,
    constants,
    alpha,
    gamma,
    beta,
    theta,
    delta,
    bound,
    limit,
    reset_value,
    single,
    hard,
    delta_is_theta,
    has_i_syn,
    grad_spikes,
    grad_recorded_u,
    grad_recorded_v,
    grad_recorded_i,
    has_recorded,
    grad_u,  # these three are carried against time, ∂u[t+1], α ∂u[t+1] and β ∂i[t+1], and the last two begin with
    # the gradient of the last state and end as that of the initial one
    grad_v,
    grad_i,
    grad_z,
    grad_alpha,
    grad_gamma,
    grad_beta,
    grad_theta,
    wants_z,
    wants_alpha,
    wants_gamma,
    wants_beta,
    wants_theta,
    first_sample,
    end_sample,
    first_neuron,
    end_neuron,
):
    scratch_s, scratch_v, scratch_sigma = np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32), np.empty(BLOCK, np.float32)
    for b in range(first_sample, end_sample):
        for start in range(first_neuron, end_neuron, BLOCK):
            end = min(start + BLOCK, end_neuron)
            alpha_b, gamma_b, beta_b = alpha[start:end], gamma[start:end], beta[start:end]
            theta_b, delta_b, bound_b = theta[start:end], delta[start:end], bound[start:end]
            gu, gv, gi = grad_u[b, start:end], grad_v[b, start:end], grad_i[b, start:end]
            s, v = scratch_s[: end - start], scratch_v[: end - start]
            for t in range(u.shape[1] - 1, -1, -1):
                u_t, gs = u[b, t, start:end], grad_spikes[b, t, start:end]
                sigma_t = sigma[b, t, start:end] if surrogate == OWN_SURROGATE else scratch_sigma[: end - start]
                _slope(sigma_t, u_t, theta_b, surrogate, constants)
                _count(s, u_t, theta_b, limit, single)
                _reset(v, u_t, s, delta_b, bound_b, reset_value, hard)
                if wants_alpha:
                    _add_product(grad_alpha[b, start:end], gu, v)
                if has_recorded:
                    _add(gv, grad_recorded_v[b, t, start:end])
                for n in range(end - start):
                    gv[n] = ZERO if v[n] <= bound_b[n] else gv[n]
                if wants_theta:
                    g_theta = grad_theta[b, start:end]
                    for n in range(end - start):
                        through_reset = ZERO if hard else delta_b[n] * gv[n]
                        ds_dtheta = -sigma_t[n] if single else -sigma_t[n] * u_t[n] / theta_b[n]
                        g_theta[n] += (gs[n] - through_reset) * ds_dtheta
                    if delta_is_theta:
                        for n in range(end - start):
                            g_theta[n] -= s[n] * gv[n]
                if hard:
                    for n in range(end - start):
                        r = ZERO if s[n] > ZERO else gv[n]
                        gu[n] = gs[n] * sigma_t[n] + r
                else:
                    for n in range(end - start):
                        gu[n] = (gs[n] - delta_b[n] * gv[n]) * sigma_t[n] + gv[n]
                if has_recorded:
                    _add(gu, grad_recorded_u[b, t, start:end])
                if wants_gamma:
                    _add_product(grad_gamma[b, start:end], gu, i[b, t, start:end] if has_i_syn else z[b, t, start:end])
                if has_i_syn:
                    if has_recorded:
                        _add(gi, grad_recorded_i[b, t, start:end])
                    _add_product(gi, gamma_b, gu)
                    if wants_beta:
                        g_beta, z_t = grad_beta[b, start:end], z[b, t, start:end]
                        i_before = i[b, t - 1, start:end] if t > 0 else first_i[b, start:end]
                        for n in range(end - start):
                            g_beta[n] += gi[n] * (i_before[n] + z_t[n])
                    for n in range(end - start):
                        gi[n] *= beta_b[n]
                    if wants_z:
                        _copy(grad_z[b, t, start:end], gi)
                elif wants_z:
                    gz = grad_z[b, t, start:end]
                    for n in range(end - start):
                        gz[n] = gamma_b[n] * gu[n]
                for n in range(end - start):
                    gv[n] = alpha_b[n] * gu[n]
            if wants_alpha:
                _add_product(grad_alpha[b, start:end], gu, first_v[b, start:end])
