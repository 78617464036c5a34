"""The surrogate gradients of `activation` for a row of neurons, to float32 precision, not bit by bit."""

from __future__ import annotations

import math

import numpy as np

from snncore.kernels.arithmetic import HALF, ONE, TWO, ZERO, inlined_gradient
from snncore.kernels.layout import (
    ATAN,
    FAST_SIGMOID,
    GAUSSIAN,
    HEAVISIDE,
    MULTI_GAUSSIAN,
    PERIODIC_EXPONENTIAL,
    SINGLE_EXPONENTIAL,
    TRUE_DERIVATIVE,
)

_f = np.float32
LOWEST = _f(-87)
"""exp of less is next to the smallest normal number, and 0 here."""
LOG2_E, LN_2_HIGH, LN_2_LOW = _f(math.log2(math.e)), _f(0.693359375), _f(-2.12194440e-4)
# The polynomial of Cephes' expf for (exp(r) - 1 - r) / r² on [-ln2/2, ln2/2].
P0, P1, P2, P3, P4, P5 = _f(1.9875691500e-4), _f(1.3981999507e-3), _f(8.3334519073e-3), _f(4.1665795894e-2), _f(1.6666665459e-1), HALF
SQRT_2_PI, HALF_PI = _f(math.sqrt(2 * math.pi)), _f(math.pi / 2)


@inlined_gradient
def exp(x):
    """Return exp(x) for x ≤ 0 to 2 ulp; the library's is a call that can't be vectorised."""
    within = x if x > LOWEST else LOWEST
    power = np.floor(within * LOG2_E + HALF)
    r = x - power * LN_2_HIGH - power * LN_2_LOW
    y = (((((P0 * r + P1) * r + P2) * r + P3) * r + P4) * r + P5) * r * r + r + ONE
    two_to_power = np.int32((np.int32(power) + np.int32(127)) << np.int32(23)).view(np.float32)
    return ZERO if x < LOWEST else y * two_to_power


@inlined_gradient
def normal_density(x, mean, per_deviation):
    d = (x - mean) * per_deviation
    return exp(-HALF * d * d) * (per_deviation / SQRT_2_PI)


@inlined_gradient
def slope(sigma, u, theta, kind, fields):
    """Write σ(u, θ) into `sigma`; `fields` are the values of the surrogate's dataclass, in order."""
    if kind == SINGLE_EXPONENTIAL:
        w, k = fields[0], fields[1]
        for n in range(len(sigma)):
            per_width = ONE / (theta[n] * w)
            sigma[n] = k * per_width * exp(-abs(u[n] - theta[n]) * per_width)
    elif kind == PERIODIC_EXPONENTIAL:
        per_width, k = ONE / fields[0], fields[1]
        for n in range(len(sigma)):
            multiples = u[n] / theta[n]
            to_nearest = theta[n] * abs(multiples - np.rint(multiples))
            d = theta[n] - u[n] if u[n] < theta[n] else TWO * to_nearest
            sigma[n] = k * exp(-d * per_width)
    elif kind == HEAVISIDE:
        window = fields[0]
        for n in range(len(sigma)):
            sigma[n] = (ONE if u[n] >= theta[n] - window else ZERO) / theta[n]
    elif kind == GAUSSIAN:
        mu, per_deviation, k = fields[0], ONE / fields[1], fields[2]
        for n in range(len(sigma)):
            sigma[n] = k * normal_density(u[n] - theta[n], mu, per_deviation)
    elif kind == MULTI_GAUSSIAN:
        mu, deviation, h, s, k = fields[0], fields[1], fields[2], fields[3], fields[4]
        per_deviation, per_side = ONE / deviation, ONE / (s * deviation)
        for n in range(len(sigma)):
            x = u[n] - theta[n]
            sides = normal_density(x, deviation, per_side) + normal_density(x, -deviation, per_side)
            sigma[n] = k * ((ONE + h) * normal_density(x, mu, per_deviation) - h * sides)
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
