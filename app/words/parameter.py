"""The words, the widget and the range of one parameter, on all pages."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from app.words.typed_numbers import Numbers

Widget = Literal["slider", "whole", "number", "toggle", "parts", "choice"]


@dataclass(frozen=True)
class Tried:
    """A value to try, and what happens then."""

    value: Any
    sentence: str


@dataclass(frozen=True)
class Range:
    """Range and step of a slider; None leaves a limit open."""

    low: float | None = None
    high: float | None = None
    step: float | None = None


@dataclass(frozen=True)
class Parameter:
    """Attributes:
    name: in words.
    note: one sentence on what it does.
    widget: a slider, a field for whole or any numbers, a toggle, a choice among parts with fields, or among `options`.
    symbol: as in the equations.
    unit: of its value.
    code: what its label has in brackets in place of symbol and unit, mostly its name in code.
    low, high, step: of the widget; a slider extends beyond them to reach its value.
    when_on: first value of an optional field when it is switched on.
    more: whether it appears under More.
    tells_channels_apart: whether a single channel has no use for it.
    numbers: the numbers it takes, where no schema says so.
    has_slider: whether a slider makes sense: not for a seed.
    tuned: range of its slider, if another.
    tries: values to try.
    """

    name: str
    note: str = ""
    widget: Widget = "number"
    low: float | None = None
    high: float | None = None
    step: float | None = None
    symbol: str = ""
    unit: str = ""
    code: str = ""
    when_on: float | None = None
    more: bool = False
    tells_channels_apart: bool = False
    options: tuple[str, ...] = ()
    numbers: Numbers = field(default_factory=Numbers)
    has_slider: bool = True
    tuned: Range | None = None
    tries: tuple[Tried, ...] = ()

    @property
    def label(self) -> str:
        """Label of a widget: name, symbol, and unit in brackets; or name, and name in code in brackets."""
        if self.code:
            return f"{self.name} ({self.code})"
        return " ".join(filter(None, (self.name, self.symbol, f"({self.unit})" if self.unit else "")))

    @property
    def slider(self) -> Range:
        """Range of its slider."""
        return self.tuned or Range(self.low, self.high, self.step)
