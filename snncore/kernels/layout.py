"""The interface of the compiled loops: constants, choices, and the parameters of the two loops in order.

It imports nothing of the package, so that the loops are compiled without torch.
"""

from __future__ import annotations

from enum import Enum

BLOCK = 1024
"""Most neurons that take their time steps together: some ten rows of 4 kB, in the first-level cache."""

LONGEST_PAST = 2**22
"""Most values that the backward loop recomputes and keeps at a time. If it does, blocks get narrower with many steps."""

ALPHA, GAMMA, BETA, THETA, DELTA, BOUND, RHO, KAPPA, SCALE = range(9)
"""Rows of the constants, by their symbols in `loops`; SCALE is A."""
CONSTANTS = 9

SUBTRACT_THRESHOLD, SUBTRACT_VALUE, SET_VALUE, NEVER = range(4)
"""Resets. A layer that is never reset never spikes."""

SINGLE_EXPONENTIAL, PERIODIC_EXPONENTIAL, HEAVISIDE, GAUSSIAN, MULTI_GAUSSIAN, FAST_SIGMOID, ATAN, TRUE_DERIVATIVE = range(8)
MOST_FIELDS = 5
"""Most fields of a surrogate's dataclass."""

OWN_SURROGATE = -1
"""Number of a caller's own surrogate, which is already computed."""

GROUP = 4
"""Samples with recurrent connections that go back together, since each weight that is read then serves all of them."""

FORWARD_SCRATCH, BACKWARD_SCRATCH = 5 + CONSTANTS, 7 + GROUP + 2 * CONSTANTS
"""Numbers of rows of a block's length that the loops need as scratch space."""


class Kind(Enum):
    ARRAY = "float32*"
    """C-contiguous; 0 where the loop doesn't touch it."""
    SUMS = "float64*"
    """As ARRAY, in float64."""
    SIZE = "int64"
    NUMBER = "float32"
    FLAG = "bool"


PACKED = {Kind.ARRAY: "Q", Kind.SUMS: "Q", Kind.SIZE: "q", Kind.NUMBER: "f4x", Kind.FLAG: "?7x"}
"""How an argument of each kind is packed into 8 bytes, in the words of `struct`."""


_SIZES = dict.fromkeys(("samples", "steps", "neurons", "block"), Kind.SIZE)
_PART = dict.fromkeys(("first_sample", "end_sample", "first_neuron", "end_neuron"), Kind.SIZE)
_NEURON = {
    "width": Kind.SIZE,
    "limit": Kind.NUMBER,
    "single": Kind.FLAG,
    "reset": Kind.SIZE,
    "reset_value": Kind.NUMBER,
    "has_i_syn": Kind.FLAG,
    "adapts": Kind.FLAG,
    "feeds_back": Kind.FLAG,
}

FORWARD = {
    **_SIZES,
    **dict.fromkeys(("z", "v", "i", "b", "rec", "constants"), Kind.ARRAY),
    **_NEURON,
    **dict.fromkeys(("weights", "bias"), Kind.ARRAY),
    "has_bias": Kind.FLAG,
    **dict.fromkeys(("output", "kept_u", "kept_z", "kept_v", "kept_i", "kept_b", "kept_rec", "kept_theta"), Kind.ARRAY),
    **dict.fromkeys(("keep_u", "keep_z", "keep_all"), Kind.FLAG),
    "scratch": Kind.ARRAY,
    **_PART,
}
"""The forward loop's parameters. It returns the sum of the output; NaN if some u or output isn't a finite number."""

BACKWARD = {
    **_SIZES,
    **dict.fromkeys(("z", "u", "first_v", "first_i", "first_b", "constants", "sigma"), Kind.ARRAY),
    "surrogate": Kind.SIZE,
    "fields": Kind.ARRAY,
    **_NEURON,
    "through_reset": Kind.NUMBER,
    "weights": Kind.ARRAY,
    "grad_output": Kind.ARRAY,
    "grad_samples": Kind.SIZE,
    "grad_steps": Kind.SIZE,
    "grad_each": Kind.NUMBER,
    **dict.fromkeys((f"grad_recorded_{name}" for name in ("u", "theta", "v", "i", "b", "rec")), Kind.ARRAY),
    "has_recorded": Kind.FLAG,
    **dict.fromkeys(("grad_u", "grad_v", "grad_i", "grad_b", "grad_rec"), Kind.ARRAY),
    **dict.fromkeys(("grad_z", "all_grad_u", "grad_constants"), Kind.ARRAY),
    "sums": Kind.SUMS,
    **dict.fromkeys(("grad_weights", "grad_bias"), Kind.ARRAY),
    **dict.fromkeys(("wants_z", "wants_all_u", "wants_theta"), Kind.FLAG),
    **dict.fromkeys(("scratch", "past_i", "past_b"), Kind.ARRAY),
    **_PART,
}
"""The backward loop's parameters. It returns 0."""
