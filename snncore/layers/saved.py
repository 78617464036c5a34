"""What a file of snncore or Sinabs tells of a layer's parameters. Sinabs saves no b0 of an ALIF, only what it became."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

HALF_ROUNDING = 2.0**-11
"""Largest relative rounding of a number in half precision."""


class Told(NamedTuple):
    """What a file tells of a parameter.

    Attributes:
        value: None if the file doesn't tell it.
        source: the entry of the file that tells it.
        remark: why it isn't told, how it was computed or what was assumed, as a clause; empty if nothing needs to be said.
        is_contradicted: whether what the file has can't be of such a layer, rather than being missing.
    """

    value: Tensor | None
    source: str
    remark: str = ""
    is_contradicted: bool = False


class Thresholds(NamedTuple):
    """State of an ALIF of Sinabs after its last call.

    Attributes:
        theta: θ = b0 + adapt_scale·b, (batch, ...), above 0.
        b: the adaptation, (batch, ...).
        is_shared: whether all neurons have one b0. Samples always share it.
    """

    theta: Tensor
    b: Tensor
    is_shared: bool

    def base(self, adapt_scale: Tensor) -> tuple[Tensor | None, bool]:
        """Return b0, one or one per neuron (...), and whether it depends on adapt_scale; no b0 if thresholds contradict each other.

        The one with the smallest b tells it: it was rounded least.
        """
        bases, roundings = self._bases(adapt_scale)
        smallest = self._columns(self.b).argmin(0, keepdim=True)
        base, rounding = bases.gather(0, smallest), roundings.gather(0, smallest)
        if bool(((bases - base).abs() > roundings + rounding).any()):
            return None, True
        shape = () if self.is_shared else self.theta.shape[1:]
        return base.reshape(shape).to(self.theta.dtype), bool(self._columns(self.b).gather(0, smallest).any())

    def range_of_base(self, adapt_scale: Tensor) -> tuple[float, float]:
        """Return the lowest and the highest b0 that the thresholds tell where they differ most."""
        bases, _ = self._bases(adapt_scale)
        low, high = bases.amin(0), bases.amax(0)
        most = (high - low).argmax()
        return low[most].item(), high[most].item()

    def fitting_scale(self) -> float | None:
        """Return the adapt_scale with which all thresholds tell the same b0, to three digits; None if there is none."""
        theta, b = self._columns(self.theta.double()), self._columns(self.b.double())
        if theta.numel() - theta.shape[1] < 2:  # a line through two points always fits
            return None
        across = b - b.mean(0)
        found = float(f"{((theta * across).sum() / (across**2).sum()).item():.3g}")
        base, _ = self.base(torch.tensor(found))
        return None if base is None or not base.isfinite().all() else found

    def _bases(self, adapt_scale: Tensor) -> tuple[Tensor, Tensor]:
        """Return θ - adapt_scale·b, and by how much half precision may have rounded it, in columns."""
        raised = adapt_scale.double() * self.b.double()
        return self._columns(self.theta - raised), HALF_ROUNDING * self._columns(self.theta.abs() + raised.abs())

    def _columns(self, values: Tensor) -> Tensor:
        """Return values (batch, ...) so that those which share one b0 stand in one column."""
        return values.reshape(-1, 1) if self.is_shared else values.flatten(1)
