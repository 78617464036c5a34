"""A band of firing rates that layers are meant to keep to: read from text, and said of layers outside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from app.words.numbers import three_digits
from app.words.parameter import Parameter
from app.words.typed_numbers import Numbers, written
from snncore.errors import ExperimentError

RATES = Numbers(low=0, high=1e9)
"""Rates that may be typed, in Hz."""

TO = re.compile(r"\s*(?:\bto\b|\u2013|;)\s*|(?<=[0-9.])\s*-\s*(?=[0-9.])|,?\s+", re.IGNORECASE)
"""Stands between the two ends of a band: 5 to 50, 5-50, 5; 50 or 5 50."""

TARGET_RATES = Parameter(
    "Target rates",
    "Mean firing rates that all layers should keep to, such as 5 to 50. Layers outside are marked. Empty: no band.",
    unit="Hz",
)

Side = Literal["", "above", "below"]
"""Where a rate lies: within the band, above it or below it."""


@dataclass(frozen=True)
class RateBand:
    """Firing rates from `low` to `high` in Hz, both inclusive."""

    low: float
    high: float

    def side(self, rate: float) -> Side:
        return "below" if rate < self.low else "above" if rate > self.high else ""

    @property
    def words(self) -> str:
        return f"{self.low:g} to {self.high:g}"

    @property
    def short(self) -> str:
        """Its exact text without blanks, which `read_band` reads: "5-50"."""
        return f"{written(self.low)}-{written(self.high)}"


def read_band(text: str) -> RateBand | None:
    """Return the band that a text such as "5 to 50" means; None if it is empty.

    Raises:
        ExperimentError: these aren't two rates, the lower one first.
    """
    typed = text.strip()
    if not typed:
        return None
    ends = [RATES.read(end, TARGET_RATES.name) for end in TO.split(typed)]
    if len(ends) != 2:
        raise ExperimentError(f"Target rates: {typed[:40]!r} is {len(ends)} number{'s' * (len(ends) > 1)}; write two, such as 5 to 50.")
    if ends[0] > ends[1]:
        raise ExperimentError(f"Target rates: {ends[0]:g} is above {ends[1]:g}; write the lower rate first.")
    return RateBand(*ends)


def written_band(band: RateBand | None) -> str:
    """The band as it is typed; empty for None."""
    return band.words if band else ""


def outside_in_words(band: RateBand, rate: float) -> str:
    """How a rate lies outside the band; empty if it doesn't."""
    side = band.side(rate)
    return f"{side.capitalize()} the target rates: {three_digits(rate)} Hz, not {band.words} Hz." if side else ""
