"""The tensors of one call of the fused scan, by name and by place."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from snncore.kernels import layout

STATES = ("v_mem", "i_syn", "b", "i_rec")
SEEN = ("u", "spike_threshold", *STATES)
OUTPUTS = 2 + len(STATES) + len(SEEN)
"""Output, its mean, last states, and what is recorded."""


PLACE_OF_STATE = {name: place for place, name in enumerate(STATES, 2)}
"""Places of the last states among the outputs."""


class Tensors(NamedTuple):
    """Tensors of one call that can have a gradient: z (B, T, ...), states (B, ...), and connections. Parameters come after them."""

    z: Tensor
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    i_rec: Tensor | None
    weight: Tensor | None
    bias: Tensor | None


PLACE_OF_WEIGHT, PLACE_OF_BIAS = 5, 6
PLACE_OF_ALPHA, PLACE_OF_GAMMA, PLACE_OF_BETA, PLACE_OF_THETA, PLACE_OF_RHO, PLACE_OF_KAPPA = range(7, 13)
"""Places among `Tensors` and the parameters after them."""

ROWS = {
    PLACE_OF_ALPHA: layout.ALPHA,
    PLACE_OF_GAMMA: layout.GAMMA,
    PLACE_OF_BETA: layout.BETA,
    PLACE_OF_THETA: layout.THETA,
    PLACE_OF_RHO: layout.RHO,
    PLACE_OF_KAPPA: layout.KAPPA,
}
"""Rows of the constants by place of a parameter."""


class Saved(NamedTuple):
    """What the backward pass reads again besides u, as the forward pass got it."""

    z: Tensor | None
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    weight: Tensor | None
