"""Words and slider of one field of a neuron model from outside, as data. The words of built-in fields are in `app`."""

from __future__ import annotations

import math
from dataclasses import dataclass

from snncore.errors import RegistrationError


@dataclass(frozen=True)
class FieldWords:
    """Name, unit, note and range of one parameter.

    Attributes:
        name: plain name: "Refractory period".
        note: one sentence on what it does.
        symbol: symbol in the equations, such as "t_ref".
        unit: unit, such as "steps"; empty: none.
        low, high, step: range and step of its slider; without all three the value is typed.
        usual: value in a new layer, if the constructor's default is missing or None.

    Raises:
        RegistrationError: name or note is empty, the range isn't valid, or `usual` lies beyond its slider.
    """

    name: str
    note: str
    symbol: str = ""
    unit: str = ""
    low: float | None = None
    high: float | None = None
    step: float | None = None
    usual: float | None = None

    def __post_init__(self) -> None:
        texts = (self.name, self.note, self.symbol, self.unit)
        if not all(isinstance(text, str) for text in texts):
            raise RegistrationError(f"The words of a field are {', '.join(map(repr, texts))}; name, note, symbol and unit are texts.")
        for what in ("low", "high", "step", "usual"):
            value = getattr(self, what)
            if value is not None and not (isinstance(value, int | float) and math.isfinite(value)):
                raise RegistrationError(f"{self.name}: its {what} is {value!r}; give a finite number, or leave it out.")
        if not self.name or not self.note:
            raise RegistrationError(f"The words of a field need a name and a note, but these have {self.name!r} and {self.note!r}.")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise RegistrationError(f"{self.name}: its range is {self.low:g} to {self.high:g}; low must be below high.")
        if self.step is not None and not self.step > 0:
            raise RegistrationError(f"{self.name}: its step is {self.step:g}; it must be above 0.")

        if self.usual is not None and self.has_slider and not self.low <= self.usual <= self.high:  # type: ignore[operator]  # none is None
            raise RegistrationError(f"{self.name}: its usual value is {self.usual:g}, but its range is {self.low:g} to {self.high:g}.")

    @property
    def has_slider(self) -> bool:
        return None not in (self.low, self.high, self.step)
