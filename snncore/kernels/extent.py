"""How the values of one scan lie in memory, as follows from its shape alone."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

from snncore.kernels import layout
from snncore.kernels.sharing import VECTOR, Part, shares

FEW_NEURONS = 32
"""With fewer neurons, all samples share one row: the loops run over rows, and short rows are slow."""


class Extent(NamedTuple):
    """Arrays are (rows, steps, neurons). A row is a sample, or all samples side by side if each has few neurons.

    Attributes:
        shape: of the input, (B, T, ...).
        in_one_row: whether all samples share one row.
        over: shape that a row's parameters broadcast over.
        size: of an array, (rows, steps, neurons).
        in_memory: shape of a tensor with an array's memory.
        block: neurons that take their time steps together.
        group: samples that go back together.
    """

    shape: tuple[int, ...]
    in_one_row: bool
    over: tuple[int, ...]
    size: tuple[int, int, int]
    in_memory: tuple[int, ...]
    block: int
    group: int

    def parts(self, work: int = 1) -> list[Part]:
        """Return what each thread computes; `work` as in `shares`."""
        if self.group == 1:
            return shares(*self.size, work=work)
        return shares(*self.size, work=work * (1 + self.size[2] // VECTOR), only_samples=True)


@lru_cache(maxsize=256)
def extent(shape: tuple[int, ...], feeds_back: bool, longest_past: int | None) -> Extent:
    """Return the extent of a scan of (B, T, ...).

    Args:
        feeds_back: each neuron waits for all others, so that a block holds them all.
        longest_past: most values that the backward loop may recompute at a time; None if it recomputes none.
    """
    batch, steps, *trailing = shape
    neurons = math.prod(trailing)
    in_one_row = batch > 1 and neurons < FEW_NEURONS and not feeds_back
    size = (1, steps, batch * neurons) if in_one_row else (batch, steps, neurons)
    block = -(-size[2] // VECTOR) * VECTOR
    if not feeds_back:
        widest = layout.BLOCK if longest_past is None else longest_past // steps // VECTOR * VECTOR
        block = min(layout.BLOCK, max(VECTOR, widest), block)
    return Extent(
        shape=shape,
        in_one_row=in_one_row,
        over=(batch, *trailing) if in_one_row else tuple(trailing),
        size=size,
        in_memory=(steps, batch, *trailing) if in_one_row else shape,
        block=block,
        group=layout.GROUP if feeds_back else 1,
    )
