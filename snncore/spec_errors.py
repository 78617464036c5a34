"""What is wrong with an Experiment, said in one sentence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError


def sentence(error: ValidationError, layer_kinds: Sequence[str], input_kinds: Sequence[str]) -> str:
    """The first problem as one sentence: where, what, and what would be right."""
    problem = error.errors(include_url=False)[0]
    location = list(problem["loc"])
    place = kind = ""
    what, kinds = "layer", ", ".join(layer_kinds)
    if location[:1] == ["input"]:
        what, kinds = "input", ", ".join(input_kinds)
        location = ["input", *(part for part in location[1:] if part not in input_kinds)]
    if location[:1] == ["network"] and len(location) > 1:
        kind = str(location[2]) if len(location) > 2 else ""
        place = f"Layer {int(location[1]) + 1}" + (f" ({kind})" if kind else "")
        location = location[3:]
    field = ".".join(str(part) for part in location if part != "spike_count")
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
            text = f'{"an" if what == "input" else "a"} {what} needs a "kind"; use one of {kinds}'
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
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
