"""Words for kinds of input and their fields: built in, or supplied by an external kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import NoneType
from typing import Annotated, Any, Literal, get_args, get_origin

from app.words.input_parameters import INPUT_NAMES, INPUT_PARAMETERS, OF_KIND
from app.words.layer_parameters import described
from app.words.parameter import Parameter, Range, Widget
from snncore.experiment.field_words import FieldWords
from snncore.experiment.inputs import INPUT_KINDS, Input

USUALLY_ON = 1.0
"""Value of an optional number of an external kind when switched on, if its words name none."""

SCALARS = {int, float, bool}


RECEIVED = "As in its network"
"""Name of a recorded input on the Neuron page, where none can be uploaded: it is what a neuron received where it was opened."""


def input_name(kind: str) -> str:
    """Return the name of a registered kind of input."""
    return INPUT_NAMES.get(kind) or INPUT_KINDS[kind].title or kind.replace("_", " ").capitalize()


def offered_inputs() -> tuple[str, ...]:
    """Return the kinds of input that may be chosen without drawing or uploading anything."""
    return tuple(kind for kind, part in INPUT_KINDS.items() if not part.is_supplied)


def input_parameters(part: type[Input]) -> Mapping[str, Parameter]:
    """Return how the fields of a kind of input are edited, by name."""
    if _is_built_in(part):
        return {**INPUT_PARAMETERS, **OF_KIND.get(_kind(part), {})}
    return {name: _from_outside(words, part.model_fields[name].annotation) for name, words in _own_words(part).items()}


def _kind(part: type[Input]) -> str:
    return str(part.model_fields["kind"].default)


def _is_built_in(part: type[Input]) -> bool:
    return _kind(part) in INPUT_NAMES


def _own_words(part: type[Input]) -> dict[str, FieldWords]:
    """Words for the fields that a widget can edit; the field's name if none were supplied."""
    found = {}
    for name, field in part.model_fields.items():
        if name not in ("kind", "shape") and (_types(field.annotation) <= SCALARS or get_origin(field.annotation) is Literal):
            found[name] = part.field_words.get(name) or FieldWords(name, field.description or f"The field {name} of this input.")
    return found


def _from_outside(words: FieldWords, annotation: Any) -> Parameter:
    types = _types(annotation)
    if get_origin(annotation) is Literal:
        return replace(described(words, "choice"), options=get_args(annotation))
    widget: Widget = "toggle" if types == {bool} else "whole" if types == {int} else "slider" if words.has_slider else "number"
    usual = USUALLY_ON if words.usual is None else words.usual
    parameter = replace(described(words, widget), when_on=int(usual) if widget == "whole" else usual)
    if widget == "slider":
        return parameter
    return replace(parameter, low=None, high=None, tuned=Range(words.low, words.high, words.step))  # a typed number may lie beyond a slider


def _types(annotation: Any) -> set[Any]:
    """The types of a field, apart from None: {int} of `Positive | None`."""
    if get_origin(annotation) is Annotated:
        return _types(get_args(annotation)[0])
    arguments = get_args(annotation)
    return {annotation} - {NoneType} if not arguments else set().union(*map(_types, arguments))


def lacking_input_in_words(name: str) -> str:
    """Sentences for a neuron whose link doesn't carry its recorded input."""
    return (
        f"This link doesn't carry the recorded input ({name}), so a step current stands in for it. To see its own input, open the neuron "
        "again from its network, on the Training or Network page."
    )
