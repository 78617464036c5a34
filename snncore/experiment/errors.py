"""Errors of an Experiment in one sentence each."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Sequence
from typing import Any

from pydantic import ValidationError


def sentence(
    error: ValidationError,
    layer_kinds: Collection[str],
    input_kinds: Collection[str],
    task_kinds: Collection[str],
    data_kinds: Collection[str],
    encoding_kinds: Collection[str],
    *,
    within: Sequence[str | int] = (),
) -> str:
    """Return the first problem as one sentence: where, what, and what would be right.

    Args:
        within: place in the Experiment of the part that couldn't be built.
    """
    problem = error.errors(include_url=False)[0]
    location = [*within, *problem["loc"]]
    place = kind = ""
    what, kinds = "layer", ", ".join(layer_kinds)
    if location[:1] == ["input"]:
        what, kinds = "input", ", ".join(input_kinds)
        location = ["input", *(part for part in location[1:] if part not in input_kinds)]
    if location[:2] == ["training", "task"]:
        what, kinds = "task", ", ".join(task_kinds)
        location = [*location[:2], *(part for part in location[2:3] if part not in task_kinds), *location[3:]]
        for field, noun, inner in (("data", "data set", data_kinds), ("encoding", "encoding", encoding_kinds)):
            if location[2:3] == [field]:
                what, kinds = noun, ", ".join(inner)
                location = [*location[:3], *(part for part in location[3:4] if part not in inner), *location[4:]]
    if location[:1] == ["network"] and len(location) > 1:
        kind = str(location[2]) if len(location) > 2 else ""
        place = f"{kind or 'Layer'} {int(location[1]) + 1}"
        location = location[3:]
    field = ".".join(str(part) for part in location)
    given = abbreviated(problem.get("input"))
    message = problem["msg"].removeprefix("Value error, ").removeprefix(f"{kind}: ")
    match problem["type"]:
        case "extra_forbidden":
            text = f"{abbreviated(field)} is not a field it knows; remove it or correct its name"
        case "missing":
            text = f"{field} is missing; give it a value"
        case "union_tag_invalid":
            text = f"{abbreviated(problem['ctx']['tag'])} is not a known {what}; use one of {kinds}"
        case "union_tag_not_found":
            text = f'{"an" if what in ("input", "encoding") else "a"} {what} needs a "kind"; use one of {kinds}'
        case "too_long":
            text = f"{field} has {problem['ctx']['actual_length']:,} entries; use at most {problem['ctx']['max_length']:,}"
        case "value_error" if field and message.startswith("it must"):
            text = f"{field} is {given}; {message}"
        case "value_error" | "assertion_error":
            text = message if not field else f"{field}: {message}"
        case _:
            requirement = message[0].lower() + message[1:]
            text = f"{field or 'it'} is {given}; {requirement.replace('input should', 'it should')}"
    text = f"{place}: {text}" if place else text
    return text if text.endswith(".") else f"{text}."


def abbreviated(value: Any) -> str:
    """Return the value as Python writes it, cut to 60 characters."""
    text = _BRIEF.repr(value)
    return text if len(text) <= LONGEST_QUOTE else f"{text[: LONGEST_QUOTE - 3]}..."


LONGEST_QUOTE = 60
"""Characters."""

MOST_BITS = 4 * LONGEST_QUOTE
"""Bits of the largest whole number that is written out; Python refuses to write thousands of digits."""


class _Brief(reprlib.Repr):
    """Writes only the beginning of long or deeply nested values."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 20
        self.maxtuple = self.maxlist = self.maxdict = LONGEST_QUOTE
        self.maxstring = self.maxother = 4 * LONGEST_QUOTE

    def repr_int(self, value: int, level: int) -> str:
        return repr(value) if value.bit_length() < MOST_BITS else "a number of many digits"


_BRIEF = _Brief()
