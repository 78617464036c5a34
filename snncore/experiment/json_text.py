"""Experiments as JSON: read so that nothing in the text is lost without a word, written without what is usual."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from pydantic import BaseModel

from snncore.errors import ExperimentError
from snncore.experiment.errors import abbreviated

LARGEST_JSON = 2 * 2**20
"""Most characters of a text that is read."""


def read_object(text: str) -> dict[str, Any]:
    """Return the JSON object that a text holds.

    Raises:
        ExperimentError: `text` is too long, isn't JSON, isn't an object, names something twice, or has a number that would become 0.
    """
    if len(text) > LARGEST_JSON:
        raise ExperimentError(f"This is not an Experiment: it has {len(text):,} characters, but at most {LARGEST_JSON:,} are taken.")
    try:
        data = json.loads(text, object_pairs_hook=_without_repetition, parse_float=_number)
    except json.JSONDecodeError as error:
        message = f"This is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        raise ExperimentError(message) from error
    except ExperimentError:
        raise
    except ValueError as error:
        raise ExperimentError("This is not an Experiment: it holds a number of thousands of digits.") from error
    except RecursionError as error:
        raise ExperimentError("This is not an Experiment: it is nested too deeply.") from error
    if not isinstance(data, dict):
        raise ExperimentError(f"An Experiment is a JSON object {{…}}, not {type(data).__name__}.")
    return data


def without_defaults(part: BaseModel) -> dict[str, Any]:
    """Return the fields that aren't at their default, and those that tell what the part is."""
    dumped = part.model_dump()
    kept: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        # A part's kind equals its default but tells parts apart, so it stays.
        if name not in ("kind", "version") and not field.is_required() and value == field.get_default():
            continue
        if isinstance(value, BaseModel):
            kept[name] = without_defaults(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            kept[name] = [without_defaults(entry) for entry in value]
        else:
            kept[name] = dumped[name]
    return kept


def _number(digits: str) -> float:
    """Return the number; raise ExperimentError if it would be read as 0 and isn't."""
    number = float(digits)
    if number == 0 and digits.lower().partition("e")[0].strip("-0."):
        raise ExperimentError(f"{abbreviated(digits)} is too small for a number of this JSON; write 0, or one of at least 1e-300.")
    return number


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a JSON object; raise ExperimentError if a key occurs twice, since a value would be lost."""
    made = dict(pairs)
    if len(made) < len(pairs):
        twice = Counter(key for key, _ in pairs).most_common(1)[0][0]
        raise ExperimentError(f"{abbreviated(twice)} stands twice in one object of this JSON; remove one.")
    return made
