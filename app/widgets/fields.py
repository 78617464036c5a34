"""Rows for the fields of a layer or input: exactly the parameters that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import streamlit as st

from app.widgets.controls import Edit, Panel, Parts, Spread, panel
from app.words.layer_parameters import PART_PARAMETERS, in_code
from app.words.parameter import Parameter
from app.words.parts import PARTS, choice_of
from app.words.typed_numbers import Numbers
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.part import Part

Fields = tuple[Part, str, Mapping[str, Parameter]]
"""A layer or input, its path in the Experiment, and how its fields are edited."""


@dataclass(frozen=True)
class Edits:
    """What is done with new values.

    Attributes:
        quick: takes values that change neither shapes nor the set of rows.
        other: takes all others.
        spread: draws values by neuron around a mean; None where there is one neuron only.
    """

    quick: Edit
    other: Edit
    spread: Spread | None = None


@dataclass(frozen=True)
class Field:
    """A field of a layer or input.

    Attributes:
        path: where it stands in the Experiment.
        value: as data.
        parameter: how it is edited.
    """

    name: str
    path: str
    value: Any
    parameter: Parameter


def field_controls(
    key: str, label: str, present: Callable[[], Fields | None], edits: Edits, add_more: Callable[[Panel], None] | None = None
) -> None:
    """Show rows for the fields of a layer or input in the order of its parameters, rarer ones under More.

    Args:
        key: names the part of the page.
        label: name of the panel, for screen readers.
        present: returns what is edited; None if it isn't there any more.
        add_more: adds further rows under More.
    """

    def build(is_more: bool, rows: Panel) -> None:
        found = present()
        if found:
            add_fields(rows, found, edits, is_more)
        if found and is_more and add_more:
            add_more(rows)

    panel(key, label, lambda rows: build(False, rows))
    found = present()
    if found is None or not any(parameter.more and name in type(found[0]).model_fields for name, parameter in found[2].items()):
        return
    expander = st.expander("More parameters", key=f"more {found[1]}", on_change="rerun")
    if expander.open:
        with expander:
            panel(f"more {key}", f"{label}, more", lambda rows: build(True, rows))


def add_fields(rows: Panel, fields: Fields, edits: Edits, is_more: bool = False) -> None:
    """Add the rows of the fields that are under More, or of those that aren't."""
    part, path, parameters = fields
    data = part.model_dump()
    for name, parameter in parameters.items():
        if name in data and parameter.more == is_more:
            _add_field(rows, part, Field(name, f"{path}.{name}", data[name], parameter), edits)


def _add_field(rows: Panel, part: Part, field: Field, edits: Edits) -> None:
    match field.parameter.widget:
        case "parts":
            add_parts(rows, field, edits)
        case "toggle":
            rows.switch(field.parameter, field.path, field.value, edits.quick)
        case "choice":
            rows.choice(field.parameter, field.path, field.value, field.parameter.options, edits.other)
        case _:
            _add_number(rows, part, field, edits)


def _add_number(rows: Panel, part: Part, field: Field, edits: Edits) -> None:
    parameter, path, value = field.parameter, field.path, field.value
    is_optional = type(part).model_fields[field.name].default is None
    numbers = parameter.numbers if parameter.numbers != Numbers() else Numbers.of(type(part), field.name)
    if parameter.widget != "slider":
        numbers = numbers.within(parameter.low, parameter.high)
    numbers = replace(numbers, is_whole=numbers.is_whole or parameter.widget == "whole" or type(value) is int)
    parameter = parameter if is_optional else replace(parameter, when_on=None)

    def take(changes: dict[str, Any]) -> Parts:
        is_alike = isinstance(value, float) and isinstance(changes[path], float)
        return (edits.quick if is_alike else edits.other)(changes)

    if isinstance(part, NeuronSpec) and not numbers.is_whole:
        rows.number_or_list(parameter, path, value, numbers, take, edits.spread)
    else:
        rows.number(parameter, path, value, numbers, take)


def add_parts(rows: Panel, field: Field, edits: Edits) -> None:
    """Add a choice of kinds, and the fields of the chosen one."""
    name, path, value = field.name, field.path, field.value
    if name == "rec_connect":  # the weights are those of its Linear
        name, path, value = "weights", f"{path}.weights", value["weights"]
    offered, chosen = PARTS[name], choice_of(value)
    rows.choice(
        field.parameter if name == "weights" else in_code(field.parameter, value),
        path,
        chosen,
        list(offered),
        lambda changes: edits.other({at: offered[option] for at, option in changes.items()}),
        read=lambda told: choice_of(told) if isinstance(told, dict) else str(told),
    )
    for number, first in offered[chosen].items():
        if number == "kind" or first is None:
            continue
        of_part = replace(PART_PARAMETERS[number], when_on=None)
        numbers = replace(of_part.numbers, is_whole=isinstance(first, int) or of_part.numbers.is_whole)
        take = edits.other if numbers.is_whole else edits.quick  # not every whole number fits: groups may be more than neurons
        rows.number(of_part, f"{path}.{number}", value[number], numbers, take)
