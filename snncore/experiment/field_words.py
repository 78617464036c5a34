"""What a neuron model from outside says of one of its fields, as data. The words of built-in fields are in `app`."""

from __future__ import annotations

from dataclasses import dataclass

from snncore.errors import RegistrationError


@dataclass(frozen=True)
class FieldWords:
    """Name, unit, note and range of one parameter.

    Attributes:
        name: as people call it: "Refractory period".
        note: one sentence on what it does.
        symbol: of the equations, such as "t_ref".
        unit: such as "steps"; empty: none.
        low, high, step: of its slider; without all three it is typed.
        usual: the value that a new layer has, where the constructor has no default or None.

    Raises:
        RegistrationError: name or note is empty, or the range is none.
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
        if not self.name or not self.note:
            raise RegistrationError(f"The words of a field need a name and a note, but these have {self.name!r} and {self.note!r}.")
        if self.low is not None and self.high is not None and not self.low < self.high:
            raise RegistrationError(f"{self.name}: its range is {self.low:g} to {self.high:g}; low must be below high.")
        if self.step is not None and not self.step > 0:
            raise RegistrationError(f"{self.name}: its step is {self.step:g}; it must be above 0.")

    @property
    def has_slider(self) -> bool:
        return None not in (self.low, self.high, self.step)
