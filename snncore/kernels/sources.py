"""Decay factors apart from the graph: the loops give the parameter behind them its gradient, without nodes in between.

A node of the graph takes as long as a small layer's loop.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from torch import Tensor

P = TypeVar("P")

GAINS = {"alpha_mem": "input_gain", "alpha_syn": None, "alpha_adapt": "adapt_gain"}
"""Decay factors α among a step's parameters, each with the name of its 1-α."""


class Source(NamedTuple):
    """The parameter behind α and 1-α.

    Attributes:
        parameter: τ or α, 0-dimensional.
        slope: dα/dparameter.
        connected: returns α and 1-α with their graph.
    """

    parameter: Tensor
    slope: float
    connected: Callable[[], tuple[Tensor, Tensor]]


def mark(alpha: Tensor, source: Source) -> None:
    """Note the source of a factor that has no graph."""
    alpha.source = source  # type: ignore[attr-defined]  # its own place, which no operation hands on


def source_of(alpha: Tensor | None) -> Source | None:
    return None if alpha is None else alpha.__dict__.get("source")


def connected(parameters: P) -> P:
    """Return a step's parameters with the graph of their factors, for the scan."""
    found: dict[str, Any] = {}
    for name, gain in GAINS.items():
        source = source_of(getattr(parameters, name, None))
        if source is not None:
            found[name], of_gain = source.connected()
            if gain is not None and getattr(parameters, gain) is not None:
                found[gain] = of_gain
    return replace(parameters, **found) if found else parameters  # type: ignore[type-var]  # only a dataclass has factors
