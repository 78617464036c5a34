"""The tensors of one call of the fused scan, by name and by place."""

from __future__ import annotations

from typing import NamedTuple

from torch import Tensor

from snncore.kernels import layout

STATES = ("v_mem", "i_syn", "b", "i_rec")
SEEN = ("u", "spike_threshold", *STATES)
OUTPUTS = 2 + len(STATES) + len(SEEN)
"""Output, its mean, last states, and what is recorded."""


class Tensors(NamedTuple):
    """Tensors with a gradient: z (B, T, ...), states (B, ...), parameters, which broadcast over the trailing shape, and connections."""

    z: Tensor
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    i_rec: Tensor | None
    alpha_mem: Tensor
    input_gain: Tensor | None
    alpha_syn: Tensor | None
    spike_threshold: Tensor | None
    alpha_adapt: Tensor | None
    adapt_gain: Tensor | None
    weight: Tensor | None
    bias: Tensor | None


PLACE_OF_ALPHA, PLACE_OF_GAMMA, PLACE_OF_BETA, PLACE_OF_THETA, PLACE_OF_RHO, PLACE_OF_KAPPA, PLACE_OF_WEIGHT = range(5, 12)
"""Places among `Tensors`."""

FACTORS = (PLACE_OF_ALPHA, PLACE_OF_BETA, PLACE_OF_RHO)

ROWS = {
    PLACE_OF_ALPHA: layout.ALPHA,
    PLACE_OF_GAMMA: layout.GAMMA,
    PLACE_OF_BETA: layout.BETA,
    PLACE_OF_THETA: layout.THETA,
    PLACE_OF_RHO: layout.RHO,
    PLACE_OF_KAPPA: layout.KAPPA,
}
"""Rows of the constants by place among `Tensors`."""


class Saved(NamedTuple):
    """What the backward pass reads again besides u, as the forward pass got it."""

    z: Tensor | None
    v_mem: Tensor
    i_syn: Tensor | None
    b: Tensor | None
    weight: Tensor | None
