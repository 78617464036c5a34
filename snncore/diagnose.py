"""Why a network is silent, saturated or not learning, in numbers. The words are left to whoever shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from snncore.bptt import EpochRecord

TREND_EPOCHS = 5
"""Over how many epochs a trend is read."""

STEADY = 1e-3
"""A change of u/θ below this over the trend's epochs counts as none."""


@dataclass(frozen=True)
class Silence:
    """No output spike in the last epoch.

    Attributes:
        layer: name of the first silent spiking layer; what follows it gets no spikes from it.
        is_output: whether that layer is the network's last.
        largest_u_over_threshold: of that layer, below 1.
        trend: of that number over the last epochs, None in the first epoch.
        loss, loss_is_flat: the last loss, and whether it stayed the same over the last epochs.
    """

    layer: str
    is_output: bool
    largest_u_over_threshold: float
    trend: Literal["rising", "falling", "steady"] | None
    loss: float
    loss_is_flat: bool


def silence(records: Sequence[EpochRecord]) -> Silence | None:
    """Why the last epoch had no output spike; None if it had some."""
    last = records[-1]
    if last.layers[-1].spikes.any():
        return None
    index = next(number for number, layer in enumerate(last.layers) if not layer.spikes.any())
    recent = [record.reach[index] for record in records[-TREND_EPOCHS:]]
    losses = [record.loss for record in records[-TREND_EPOCHS:]]
    return Silence(
        layer=last.layers[index].name,
        is_output=index == len(last.layers) - 1,
        largest_u_over_threshold=recent[-1],
        trend=_trend(recent),
        loss=last.loss,
        loss_is_flat=len(losses) > 1 and min(losses) == max(losses),
    )


def _trend(values: Sequence[float]) -> Literal["rising", "falling", "steady"] | None:
    if len(values) < 2:
        return None
    change = values[-1] - values[0]
    if abs(change) < STEADY:
        return "steady"
    return "rising" if change > 0 else "falling"
