"""What the compiled loops are made of: float32 numbers, how functions are compiled into them, and rows copied, added and multiplied.

Only `loops` and the modules beside it that it is made of import this one.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

from snncore.kernels.layout import CONSTANTS

carray = numba.carray  # type: ignore[attr-defined]  # not in its list of exports

_f = np.float32
ZERO, HALF, ONE, TWO = _f(0), _f(0.5), _f(1), _f(2)

_NO_WRAPPERS: Any = {"error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Only other compiled functions call these; what Python would need to call them takes a fifth of the compiler's time."""

inlined = numba.njit(**_NO_WRAPPERS, fastmath=False)
inlined_gradient = numba.njit(**_NO_WRAPPERS, fastmath={"contract"})
"""Decorator for functions that no spike depends on: products and sums may be contracted."""
inlined_sum = numba.njit(**_NO_WRAPPERS, fastmath={"contract", "reassoc", "nsz"})
"""Decorator for float64 sums that no spike depends on: their order is free."""


@inlined
def copy(to, x):
    for n in range(len(to)):
        to[n] = x[n]


@inlined
def add(to, x):
    for n in range(len(to)):
        to[n] += x[n]


@inlined
def sum_of(to, x, y):
    for n in range(len(to)):
        to[n] = x[n] + y[n]


@inlined_gradient
def add_product(to, x, y):
    for n in range(len(to)):
        to[n] += x[n] * y[n]


@inlined_sum
def total(x):
    """Return the sum of a row in float64."""
    found = 0.0
    for n in range(len(x)):
        found += x[n]
    return found


@inlined
def spread(to, constants):
    """Fill each row of `to` (9, ...) with its one constant."""
    for row in range(CONSTANTS):
        to[row, :] = constants[row, 0]
