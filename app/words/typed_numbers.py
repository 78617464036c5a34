"""Numbers as people write them: what was typed into a field means one number, or is refused in words; never another number."""

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
"""Of a whole number: then it fits into 64 bits."""

MOST_QUOTED = 40
"""Characters of a text that are quoted where it is refused."""

BETWEEN = re.compile(r"[;\s]+|,(?=\s|$)[;\s]*")
"""Numbers of a list: blanks, semicolons, or commas with a blank behind; any other comma might be a decimal one."""

FAR = LARGEST_WHOLE
"""Limits from here on are named only to somebody who went beyond them."""


@dataclass(frozen=True)
class Numbers:
    """The numbers that a field takes, `low` and `high` among them, `above` not."""

    is_whole: bool = False
    low: float | None = None
    high: float | None = None
    above: float | None = None

    @classmethod
    def of(cls, part: type[BaseModel], field: str) -> Numbers:
        """The numbers that a field of a part takes by its schema."""
        schema = part.model_fields[field]
        annotation, metadata = schema.annotation, [*schema.metadata]
        for optional in get_args(annotation):  # Positive | None keeps what Positive says in itself
            if get_origin(optional) is Annotated:
                annotation, *more = get_args(optional)
                metadata += [limit for info in more for limit in getattr(info, "metadata", ())]
        limits = {name: getattr(limit, name) for limit in metadata for name in ("ge", "le", "gt") if hasattr(limit, name)}
        return cls(annotation is int, limits.get("ge"), limits.get("le"), limits.get("gt"))

    def within(self, low: float | None, high: float | None) -> Numbers:
        """The same with these limits, where they aren't None, in place of its own."""
        return replace(self, low=self.low if low is None else low, high=self.high if high is None else high)

    def read(self, text: str, name: str) -> float:
        """The number that `text` means; a comma may be its decimal point.

        Args:
            name: what the field is called.

        Raises:
            ExperimentError: it is no number, may mean two, or is none that the field takes.
        """
        typed = text.strip()
        value = self._whole(typed, name) if self.is_whole else self._any(typed, name)
        is_low = (self.low is not None and value < self.low) or (self.above is not None and value <= self.above)
        if is_low or (self.high is not None and value > self.high):
            raise ExperimentError(f"{name}: {quoted(typed)} is out of range; write {self._words(value)}.")
        return value

    def read_all(self, text: str, name: str) -> list[float]:
        """The numbers of a list such as "2, 10, 50", in which commas separate and are no decimal points."""
        texts = [typed for typed in BETWEEN.split(text) if typed]
        for typed in texts:
            if "," in typed:
                raise ExperimentError(f"{name}: {quoted(typed)} may be one number or several; write 2.5 for one, and 2, 5 for two.")
        return [self.read(typed, name) for typed in texts]

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
        """What may be typed, in words.

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
    """What may be typed, in words, with limits that may be typed as they stand there."""
    words = "a whole number" if is_whole else "a number"
    least, most = (written(None if limit is None else int(limit) if is_whole else limit) for limit in (low, high))
    if least:
        return f"{words} from {least} to {most}" if most else f"{words} of at least {least}"
    return f"{words} of at most {most}"


def written(value: float | None) -> str:
    """The shortest text that reads as exactly this number; None is empty."""
    return "" if value is None else repr(value).removesuffix(".0")


def times_power_of_ten(value: float, exponent: int) -> float:
    """The number with its decimal point moved, as one would on paper: 0.0007 is 0.7 thousandths, not 0.7000000000000001."""
    return float(Decimal(repr(value)).scaleb(exponent))


def quoted(typed: str) -> str:
    """What was typed, or how it begins, in quotation marks."""
    return repr(typed if len(typed) <= MOST_QUOTED else f"{typed[: MOST_QUOTED - 1]}…")
