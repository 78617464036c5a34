"""Rows of controls as data, for all pages: a number, a switch, options or a text, each with its words, range and limits.

The browser makes them; `app/web/controls` is that half.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NotRequired, cast

from typing_extensions import TypedDict  # Pydantic, which checks acts, needs it on Python 3.11

from app.words.numbers import counted, with_minus
from app.words.parameter import Parameter, Range
from app.words.typed_numbers import Numbers, written

LONG_RANGE = 1000
"""A slider whose ends differ by this factor moves by factors."""


USUAL_SPREAD = 0.2
"""Standard deviation that is offered, as a share of the mean."""


class ValueToTry(TypedDict):
    """A value to try, with the label of its button."""

    words: str
    value: Any


class EditAct(TypedDict):
    """Changes by path."""

    do: Literal["edit"]
    changes: dict[str, Any]


class LookAct(TypedDict):
    """The variant to draw beside the neuron."""

    do: Literal["look"]
    beside: str


class ControlWords(TypedDict):
    """Words of a control."""

    label: str
    symbol: str
    unit: str
    note: str
    tries: list[ValueToTry]


class NumberControl(ControlWords):
    """A number at a `path`. It `needs` a value from `least` to `most`, and greater than `above`; null leaves a limit open.

    The slider, if there is one, goes from `low` to `high`, by factors if `isLog`. A number that can be switched off begins with `whenOn`.
    If `isList`, it may also be a text with a number for each neuron, or a mean and a spread; `became` says what the numbers are like.
    """

    widget: Literal["number"]
    path: str
    low: NotRequired[float]
    high: NotRequired[float]
    step: NotRequired[float]
    isLog: NotRequired[bool]
    least: float | None
    most: float | None
    above: NotRequired[float]
    isWhole: bool
    isList: NotRequired[bool]
    became: NotRequired[str]
    needs: str
    whenOn: NotRequired[float]


class SwitchControl(ControlWords):
    """True or False at a `path`."""

    widget: Literal["switch"]
    path: str


class ControlOption(TypedDict):
    """One of a control's options, and what choosing it does."""

    label: str
    act: EditAct | LookAct


class ChoiceControl(ControlWords):
    """Options, with the number of the `chosen` one. A parameter that is a part has a `path`."""

    widget: Literal["choice", "radios"]
    chosen: int
    options: list[ControlOption]
    path: NotRequired[str]


class TextControl(ControlWords):
    """A text at a `path`, read by Python."""

    widget: Literal["text"]
    path: str
    placeholder: str


Row = NumberControl | SwitchControl | ChoiceControl | TextControl


def words_of(parameter: Parameter, said: Callable[[Any], str] = lambda value: f"{value:g}") -> ControlWords:
    """Return the words of a control.

    Args:
        said: a value to try, in words.
    """
    return {
        "label": parameter.name,
        "symbol": parameter.symbol or parameter.code,
        "unit": parameter.unit,
        "note": parameter.note,
        "tries": [{"words": f"Try {said(tried.value)}: {tried.sentence}", "value": tried.value} for tried in parameter.tries],
    }


def switch_row(parameter: Parameter, path: str) -> SwitchControl:
    """Return the row of a field that is true or false."""
    return {"widget": "switch", "path": path, **words_of(parameter, lambda value: "on" if value else "off")}


def choice_row(
    words: ControlWords,
    chosen: int,
    options: Iterable[tuple[str, EditAct | LookAct]],
    widget: Literal["choice", "radios"] = "choice",
    path: str = "",
) -> ChoiceControl:
    """Return a row of options, each a label and what choosing it does; `path` is that of its field, if it has one."""
    told: list[ControlOption] = [{"label": option, "act": act} for option, act in options]
    row: ChoiceControl = {**words, "widget": widget, "chosen": chosen, "options": told}  # type: ignore[typeddict-item]  # it has no path yet
    if path:
        row["path"] = path
    return row


def edit_act(path: str, value: Any) -> EditAct:
    return {"do": "edit", "changes": {path: value}}


def number_row(parameter: Parameter, path: str, value: float | None, numbers: Numbers) -> NumberControl:
    """Return the row of a number, its slider as far as its value.

    Args:
        value: None if it is switched off.
        numbers: those that may be typed.
    """
    words = words_of(parameter)
    words["tries"] = [tried for tried in words["tries"] if numbers.takes(tried["value"])]
    limits = {"least": numbers.low, "most": numbers.high, "isWhole": numbers.is_whole, "needs": numbers.words}
    row = cast(NumberControl, {"widget": "number", "path": path, **limits, **words})
    if numbers.above is not None:
        row["above"] = numbers.above
    if parameter.when_on is not None:
        row["whenOn"] = numbers.nearest(parameter.when_on)
    if parameter.has_slider:
        _add_slider(row, parameter.slider, value)
    return row


def values_row(parameter: Parameter, path: str, values: Sequence[float], numbers: Numbers) -> NumberControl:
    """Return the row of a number that differs from neuron to neuron, with their mean to try."""
    row = number_row(parameter, path, None, numbers)
    for name in ("low", "high", "step", "whenOn"):
        row.pop(name, None)  # type: ignore[misc]  # all of them may be missing
    mean = sum(values) / len(values)
    row["became"] = values_in_words(values)
    row["note"] = f"{row['note']} It has one value for each neuron."
    row["tries"] = [{"words": f"Use one value for all: {mean:g}", "value": mean}]
    return row


def values_in_words(values: Sequence[float]) -> str:
    """How many values there are, and what they are like: "64 values: 10.1 ± 1.9, from 5.2 to 14.8"."""
    mean, deviation = statistics.fmean(values), statistics.pstdev(values)
    least, most = min(values), max(values)
    return f"{counted(len(values), 'value')}: {with_minus(f'{mean:.3g} ± {deviation:.2g}, from {least:.3g} to {most:.3g}')}"


def spread_to_try(value: float) -> ValueToTry:
    """Return a spread around a value, as a value to try."""
    typed = f"{written(value)} ± {abs(value) * USUAL_SPREAD:.2g}"
    return {"words": f"Try {typed}: each neuron has a value of its own", "value": typed}


def _add_slider(row: NumberControl, asked: Range, value: float | None) -> None:
    """Give a row its slider's range: what is asked for within the limits, or else a range around the value."""
    far = max(2 * abs(value or 0), 1)
    low, high = min(-far, 0) if asked.low is None else asked.low, far if asked.high is None else asked.high
    step = (1 if row["isWhole"] else far / 100) if asked.step is None else asked.step
    least, most, above = row["least"], row["most"], row.get("above")
    low = above + step if above is not None and low <= above else low
    low, high = low if least is None else max(low, least), high if most is None else min(high, most)
    if value is not None:
        low, high = min(low, value), max(high, value)
    row["low"], row["high"], row["step"] = low, high, step
    if low > 0 and high / low >= LONG_RANGE and not row["isWhole"]:
        row["isLog"] = True
