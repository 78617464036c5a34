"""One time step of a row of neurons, backward. The symbols are those of `loops`."""

from __future__ import annotations

from snncore.kernels.arithmetic import ZERO, inlined_gradient
from snncore.kernels.layout import SUBTRACT_THRESHOLD
from snncore.kernels.steps import spike_count


@inlined_gradient
def gradient_of_u(gu, gr, gs, g_alpha, go, grad_each, v, sigma, delta, through_reset, bound):
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


@inlined_gradient
def gradient_of_u_with_hard_reset(gu, gr, gs, g_alpha, go, grad_each, s, v, sigma, bound):
    for n in range(len(gu)):
        g_alpha[n] += gu[n] * v[n]
        r = ZERO if v[n] <= bound[n] or s[n] > ZERO else gr[n]
        spike = go[n] + grad_each
        gs[n] = spike
        gr[n] = r
        gu[n] = spike * sigma[n] + r


@inlined_gradient
def gradient_of_u_without_spikes(gu, gr, g_alpha, go, grad_each, v, bound):
    for n in range(len(gu)):
        g_alpha[n] += gu[n] * v[n]
        r = ZERO if v[n] <= bound[n] else gr[n]
        gr[n] = r
        gu[n] = go[n] + grad_each + r


@inlined_gradient
def gradient_of_threshold(gtheta, gs, gr, s, u, sigma, theta, reset, single):
    if single:
        for n in range(len(gtheta)):
            gtheta[n] = -gs[n] * sigma[n]
    else:
        for n in range(len(gtheta)):
            gtheta[n] = -gs[n] * sigma[n] * u[n] / theta[n]
    if reset == SUBTRACT_THRESHOLD:
        for n in range(len(gtheta)):
            gtheta[n] -= s[n] * gr[n]


@inlined_gradient
def gradient_of_adaptation(gb, g_rho, g_kappa, gtheta, s, b_before, rho, scale):
    """Compute ∂ρ, ∂κ, and the part of ∂b[t] that reaches b[t-1]."""
    for n in range(len(gb)):
        g_rho[n] += gb[n] * b_before[n]
        g_kappa[n] += gb[n] * s[n]
        gb[n] = rho[n] * gb[n] + scale[n] * gtheta[n]


@inlined_gradient
def gradient_of_current(gz, gv, g_gamma, gu, i, alpha, gamma):
    """Compute ∂γ, ∂i without a synapse, and ∂v one step earlier."""
    for n in range(len(gz)):
        g_gamma[n] += gu[n] * i[n]
        gz[n] = gamma[n] * gu[n]
        gv[n] = alpha[n] * gu[n]


@inlined_gradient
def gradient_of_synapse(gz, gi, g_beta, i_before, z, beta):
    """Compute ∂i[t], then ∂β and ∂z; on entry `gi` holds β ∂i[t+1], and `gz` holds γ ∂u[t]."""
    for n in range(len(gz)):
        i = gi[n] + gz[n]
        g_beta[n] += i * (i_before[n] + z[n])
        gi[n] = gz[n] = beta[n] * i


@inlined_gradient
def gradients(gz, gu, gv, g_alpha, g_gamma, go, grad_each, u, i, sigma, theta, delta, through_reset, bound, limit, single, alpha, gamma):
    """Compute `again`, `gradient_of_u` and `gradient_of_current` in one loop, for the common case.

    Reading the rows together, not one after the other, takes half the time beyond the cache.
    """
    for n in range(len(gz)):
        r = u[n] - spike_count(u[n], theta[n], limit, single) * delta[n]
        v = bound[n] if r <= bound[n] else r
        g_alpha[n] += gu[n] * v
        gr = ZERO if r <= bound[n] else gv[n]
        x = (go[n] + grad_each - through_reset * delta[n] * gr) * sigma[n] + gr
        gu[n] = x
        g_gamma[n] += x * i[n]
        gz[n] = gamma[n] * x
        gv[n] = alpha[n] * x
