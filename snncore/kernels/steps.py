"""One time step of a row of neurons, forward, rounded as in `dynamics`. The symbols are those of `loops`."""

from __future__ import annotations

import numpy as np

from snncore.kernels.arithmetic import ONE, ZERO, inlined


@inlined
def synapse(i, z, beta):
    for n in range(len(i)):
        i[n] = beta[n] * (i[n] + z[n])


@inlined
def threshold(theta, base, scale, b):
    for n in range(len(theta)):
        theta[n] = base[n] + scale[n] * b[n]


@inlined
def adapt(b, s, rho, kappa):
    for n in range(len(b)):
        b[n] = rho[n] * b[n] + kappa[n] * s[n]


@inlined
def spike_count(u, theta, limit, single):
    if single:
        return ONE if u - theta >= ZERO else ZERO
    count = np.trunc(u / theta)
    count = ZERO if count < ZERO else count
    return limit if count > limit else count


@inlined
def step(u, s, v, i, alpha, gamma, theta, delta, bound, limit, single, excess):
    """Compute u, s and v of one step with a soft reset. `excess` stays 0 until some u or s is infinite or NaN, and is NaN from then on."""
    for n in range(len(u)):
        x = alpha[n] * v[n] + gamma[n] * i[n]
        count = spike_count(x, theta[n], limit, single)
        r = x - count * delta[n]
        u[n] = x
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r
        excess[n] += (x - x) + (count - count)


@inlined
def step_with_hard_reset(u, s, v, i, alpha, gamma, theta, reset_value, bound, limit, single, excess):
    for n in range(len(u)):
        x = alpha[n] * v[n] + gamma[n] * i[n]
        count = spike_count(x, theta[n], limit, single)
        r = reset_value if count > ZERO else x
        u[n] = x
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r
        excess[n] += (x - x) + (count - count)


@inlined
def step_without_spikes(u, output, v, i, alpha, gamma, bound, excess):
    for n in range(len(u)):
        x = alpha[n] * v[n] + gamma[n] * i[n]
        u[n] = output[n] = x
        v[n] = bound[n] if x <= bound[n] else x
        excess[n] += x - x


@inlined
def again(s, v, u, theta, delta, bound, limit, single):
    """Compute s and v of one step from its u."""
    for n in range(len(v)):
        count = spike_count(u[n], theta[n], limit, single)
        r = u[n] - count * delta[n]
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r


@inlined
def again_with_hard_reset(s, v, u, theta, reset_value, bound, limit, single):
    for n in range(len(v)):
        count = spike_count(u[n], theta[n], limit, single)
        r = reset_value if count > ZERO else u[n]
        s[n] = count
        v[n] = bound[n] if r <= bound[n] else r


@inlined
def again_without_spikes(v, u, bound):
    for n in range(len(v)):
        v[n] = bound[n] if u[n] <= bound[n] else u[n]
