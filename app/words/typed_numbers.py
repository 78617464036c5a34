"""Reads numbers as people write them. Typed text means exactly one number, or is refused with a reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Annotated, get_args, get_origin

from pydantic import BaseModel

from snncore.errors import ExperimentError
from snncore.experiment.part import LARGEST_WHOLE
from snncore.written_numbers import MINUS, NUMBER, THOUSANDS, WHOLE

MOST_DIGITS = 18
"""Most digits of a whole number, so that it fits into 64 bits."""

MOST_QUOTED = 40
"""Most characters quoted of a refused text."""

BETWEEN = re.compile(r"[;\s]+|,(?=\s|$)[;\s]*")
"""Separates numbers of a list: blanks, semicolons, or commas before a blank; other commas might be decimal."""

SPREAD = re.compile(r"\s*(?:±|\+/?[-\u2212])\s*")
"""Stands between a mean and a standard deviation: 10 ± 2, 10 +- 2 or 10 +/- 2."""

FAR = LARGEST_WHOLE
"""Limits from here on are named only when they are exceeded."""


@dataclass(frozen=True)
class Numbers:
    """Range of numbers that a field takes: from `low` to `high` inclusive, and greater than `above`."""

    is_whole: bool = False
    low: float | None = None
    high: float | None = None
    above: float | None = None

    @classmethod
    def of(cls, part: type[BaseModel], field: str) -> Numbers:
        """Return the range of a part's field, from its schema."""
        schema = part.model_fields[field]
        annotation, metadata = schema.annotation, [*schema.metadata]
        for optional in get_args(annotation):  # in Positive | None, the limits are inside Positive
            if get_origin(optional) is Annotated:
                annotation, *more = get_args(optional)
                metadata += [limit for info in more for limit in getattr(info, "metadata", ())]
        limits = {name: getattr(limit, name) for limit in metadata for name in ("ge", "le", "gt") if hasattr(limit, name)}
        return cls(annotation is int, limits.get("ge"), limits.get("le"), limits.get("gt"))

    def within(self, low: float | None, high: float | None) -> Numbers:
        """Return the range with these limits in place of its own; None keeps a limit."""
        return replace(self, low=self.low if low is None else low, high=self.high if high is None else high)

    def read(self, text: str, name: str) -> float:
        """Return the number that `text` means; a comma may be its decimal point.

        Args:
            name: name of the field.

        Raises:
            ExperimentError: it isn't a number, has two possible meanings, or is out of range.
        """
        typed = text.strip()
        value = self._whole(typed, name) if self.is_whole else self._any(typed, name)
        if not self.takes(value):
            raise ExperimentError(f"{name}: {quoted(typed)} is out of range; write {self._words(value)}.")
        return value

    def takes(self, value: float) -> bool:
        """Return True if the number is within the range."""
        is_low = (self.low is not None and value < self.low) or (self.above is not None and value <= self.above)
        return not is_low and (self.high is None or value <= self.high)

    def nearest(self, value: float) -> float:
        """Return the number, or the limit that it exceeds."""
        value = value if self.low is None else max(value, self.low)
        return value if self.high is None else min(value, self.high)

    @property
    def words(self) -> str:
        """What may be typed: "a number above 0"."""
        return self._words()

    def read_all(self, text: str, name: str) -> list[float]:
        """Return the numbers of a list such as "2, 10, 50", where commas separate and aren't decimal points."""
        texts = [typed for typed in BETWEEN.split(text) if typed]
        for typed in texts:
            if "," in typed:
                raise ExperimentError(f"{name}: {quoted(typed)} may be one number or several; write 2.5 for one, and 2, 5 for two.")
        return [self.read(typed, name) for typed in texts]

    def read_spread(self, text: str, name: str) -> tuple[float, float] | None:
        """Return the mean and the standard deviation of a text such as "10 ± 2"; None if it is another text.

        Raises:
            ExperimentError: a part of it is not one number, or the mean is out of range.
        """
        parts = SPREAD.split(text.strip())
        if len(parts) != 2:
            return None
        deviation = Numbers(low=0).read(parts[1], f"{name}, after ±")
        return self.read(parts[0], f"{name}, before ±"), deviation

    def _whole(self, typed: str, name: str) -> int:
        signed = typed.replace(MINUS, "-")
        if not WHOLE.fullmatch(signed):
            raise self._refusal(f"{quoted(typed)} is not a whole number" if typed else "it is empty", name)
        if len(signed.lstrip("+-0")) > MOST_DIGITS:
            raise ExperimentError(f"{name}: {quoted(typed)} is too large; it must have at most {MOST_DIGITS} digits.")
        return int(signed)

    def _any(self, typed: str, name: str) -> float:
        signed = typed.replace(MINUS, "-")
        if THOUSANDS.fullmatch(signed):
            thousands, decimals = signed.replace(",", ""), signed.replace(",", ".")
            raise ExperimentError(f"{name}: {quoted(typed)} may mean {thousands} or {decimals}; write it without the comma.")
        pointed = signed if "." in signed else signed.replace(",", ".", 1)
        if not NUMBER.fullmatch(pointed):
            raise self._refusal(f"{quoted(typed)} is not a number" if typed else "it is empty", name)
        value = float(pointed)
        is_zero = not re.search("[1-9]", pointed.lower().partition("e")[0])
        if value in (float("inf"), float("-inf")) or (value == 0 and not is_zero):
            raise ExperimentError(f"{name}: {quoted(typed)} is too {'small' if value == 0 else 'large'} to compute with.")
        return value

    def _refusal(self, what: str, name: str) -> ExperimentError:
        return ExperimentError(f"{name}: {what}; write {self._words()}.")

    def _words(self, refused: float | None = None) -> str:
        """Description of what may be typed.

        Args:
            refused: the number that was out of range, if that is why.
        """
        given = 0 if refused is None else refused
        low = self.low if self.low is not None and (self.low > -FAR or given < self.low) else None
        high = self.high if self.high is not None and (self.high < FAR or given > self.high) else None
        if low is None and self.above is not None:
            words = f"{'a whole number' if self.is_whole else 'a number'} above {written(self.above)}"
            return words if high is None else f"{words}, at most {written(high)}"
        if low is None and high is None:
            return "a whole number such as 12" if self.is_whole else "a number such as 0.5"
        return numbers_between(low, high, self.is_whole)


def numbers_between(low: float | None, high: float | None, is_whole: bool) -> str:
    """Description of a range, with limits that can be typed exactly as written."""
    words = "a whole number" if is_whole else "a number"
    least, most = (written(None if limit is None else int(limit) if is_whole else limit) for limit in (low, high))
    if least:
        return f"{words} from {least} to {most}" if most else f"{words} of at least {least}"
    return f"{words} of at most {most}"


def written(value: float | None) -> str:
    """Shortest text that reads as exactly this number; empty for None."""
    return "" if value is None else repr(value).removesuffix(".0")


def times_power_of_ten(value: float, exponent: int) -> float:
    """The number with its decimal point moved, as on paper: 0.0007 is 0.7 thousandths, not 0.7000000000000001."""
    return float(Decimal(repr(value)).scaleb(exponent))


def quoted(typed: str) -> str:
    """The typed text, or its beginning, in quotation marks."""
    return repr(typed if len(typed) <= MOST_QUOTED else f"{typed[: MOST_QUOTED - 1]}…")
