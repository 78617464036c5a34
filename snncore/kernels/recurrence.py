"""Recurrent connections of a row of neurons: the spikes of one step become current of the next, and gradients go back.

Spikes are sparse, so a sum is taken over the neurons that spiked alone, whose weights are rows of the transposed matrix. Its order is
fixed: the bias first, then the products s·w in the order of the neurons that they come from, each product and each sum rounded on its
own. A term with s = 0 changes nothing. `dynamics.in_order` takes the same sum.
"""

from __future__ import annotations

from snncore.kernels.arithmetic import ZERO, add, copy, inlined, inlined_gradient
from snncore.kernels.layout import GROUP


@inlined
def _add_weighted(to, s, weights):
    for n in range(len(to)):
        to[n] += s * weights[n]


@inlined
def _add_four_weighted(to, s0, s1, s2, s3, w0, w1, w2, w3):
    """Add four products in order, and read and write the sum once."""
    for n in range(len(to)):
        to[n] = (((to[n] + s0 * w0[n]) + s1 * w1[n]) + s2 * w2[n]) + s3 * w3[n]


@inlined
def feed_back(to, s, weights, bias, has_bias):
    """Compute the recurrent current of the spikes s; `weights` are (from, to)."""
    if has_bias:
        copy(to, bias)
    else:
        to[:] = ZERO
    waiting, m0, m1, m2 = 0, 0, 0, 0
    for m in range(len(s)):
        if s[m] != ZERO:
            if waiting == 0:
                m0, waiting = m, 1
            elif waiting == 1:
                m1, waiting = m, 2
            elif waiting == 2:
                m2, waiting = m, 3
            else:
                _add_four_weighted(to, s[m0], s[m1], s[m2], s[m], weights[m0], weights[m1], weights[m2], weights[m])
                waiting = 0
    if waiting > 0:
        _add_weighted(to, s[m0], weights[m0])
    if waiting > 1:
        _add_weighted(to, s[m1], weights[m1])
    if waiting > 2:
        _add_weighted(to, s[m2], weights[m2])


@inlined_gradient
def add_gradient_of_weights(grad_weights, grad_bias, s, grad_rec):
    """Add ∂w and ∂bias of one step from the gradient of its recurrent current; `grad_weights` are (from, to)."""
    add(grad_bias, grad_rec)
    for m in range(len(s)):
        if s[m] != ZERO:
            _add_weighted_gradient(grad_weights[m], s[m], grad_rec)


@inlined_gradient
def _add_weighted_gradient(to, s, grad):
    for n in range(len(to)):
        to[n] += s * grad[n]


@inlined_gradient
def _add_four(to, g0, g1, g2, g3, w0, w1, w2, w3):
    for m in range(len(to)):
        to[m] = to[m] + g0 * w0[m] + g1 * w1[m] + g2 * w2[m] + g3 * w3[m]


@inlined_gradient
def _add_four_to_four(to, grad, n, w0, w1, w2, w3):
    """Add to four rows of `to` the products of four rows of weights with four gradients each."""
    a, b, c, d = to[0], to[1], to[2], to[3]
    a0, a1, a2, a3 = grad[0, n], grad[0, n + 1], grad[0, n + 2], grad[0, n + 3]
    b0, b1, b2, b3 = grad[1, n], grad[1, n + 1], grad[1, n + 2], grad[1, n + 3]
    c0, c1, c2, c3 = grad[2, n], grad[2, n + 1], grad[2, n + 2], grad[2, n + 3]
    d0, d1, d2, d3 = grad[3, n], grad[3, n + 1], grad[3, n + 2], grad[3, n + 3]
    for m in range(len(w0)):
        a[m] = a[m] + a0 * w0[m] + a1 * w1[m] + a2 * w2[m] + a3 * w3[m]
        b[m] = b[m] + b0 * w0[m] + b1 * w1[m] + b2 * w2[m] + b3 * w3[m]
        c[m] = c[m] + c0 * w0[m] + c1 * w1[m] + c2 * w2[m] + c3 * w3[m]
        d[m] = d[m] + d0 * w0[m] + d1 * w1[m] + d2 * w2[m] + d3 * w3[m]


@inlined_gradient
def add_gradient_of_spikes(to, grad_rec, first, count, weights):
    """Add to rows k of `to` (GROUP, neurons) what the gradient of sample first + k's recurrent current is of its spikes.

    `weights` are (to, from), as torch holds them, and `grad_rec` (samples, neurons).
    """
    neurons = len(weights)
    whole = neurons - neurons % 4
    for n in range(0, whole, 4):
        w0, w1, w2, w3 = weights[n], weights[n + 1], weights[n + 2], weights[n + 3]
        if count == GROUP:
            _add_four_to_four(to, grad_rec[first : first + GROUP], n, w0, w1, w2, w3)
        else:
            for k in range(count):
                g = grad_rec[first + k]
                _add_four(to[k, :neurons], g[n], g[n + 1], g[n + 2], g[n + 3], w0, w1, w2, w3)
    for n in range(whole, neurons):
        for k in range(count):
            _add_weighted_gradient(to[k, :neurons], grad_rec[first + k, n], weights[n])
