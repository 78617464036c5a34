"""Rows for the fields of a layer or input: exactly the parameters that it has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from app.widgets.controls import Edit, Panel, Spread, panel
from app.words.layer_parameters import PART_PARAMETERS, in_code
from app.words.parameter import Parameter
from app.words.parts import PARTS, choice_of
from app.words.typed_numbers import Numbers
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.part import Part

Fields = tuple[Part, str, Mapping[str, Parameter]]
"""A layer or input, its path in the Experiment, and how its fields are edited."""


def field_controls(
    key: str,
    label: str,
    present: Callable[[], Fields | None],
    edit: Edit,
    reshape: Edit,
    spread: Spread | None = None,
    add_more: Callable[[Panel], None] | None = None,
) -> None:
    """Show rows for the fields of a layer or input in the order of its parameters, rarer ones under More.

    Args:
        key: names the part of the page.
        label: name of the panel, for screen readers.
        present: returns what is edited; None if it isn't there any more.
        edit: takes values that change neither shapes nor the set of rows.
        reshape: takes all other values.
        spread: draws values by neuron around a mean.
        add_more: adds further rows under More.
    """

    def build(is_more: bool, rows: Panel) -> None:
        found = present()
        if found:
            add_fields(rows, found, edit, reshape, is_more, spread)
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


def add_fields(rows: Panel, fields: Fields, edit: Edit, reshape: Edit, is_more: bool, spread: Spread | None = None) -> None:
    """Add the rows of the fields that are under More, or of those that aren't."""
    part, path, parameters = fields
    data = part.model_dump()
    for name, parameter in parameters.items():
        if name in data and parameter.more == is_more:
            _add_field(rows, part, parameter, f"{path}.{name}", name, data[name], edit, reshape, spread)


def _add_field(
    rows: Panel,
    part: Part,
    parameter: Parameter,
    path: str,
    name: str,
    value: Any,
    edit: Edit,
    reshape: Edit,
    spread: Spread | None,
) -> None:
    if parameter.widget == "parts":
        add_parts(rows, parameter, path, name, value, edit, reshape)
    elif parameter.widget == "toggle":
        rows.switch(parameter, path, value, edit)
    elif parameter.widget == "choice":
        rows.choice(parameter, path, value, parameter.options, reshape)
    else:
        _add_number(rows, part, parameter, path, name, value, edit, reshape, spread)


def _add_number(
    rows: Panel,
    part: Part,
    parameter: Parameter,
    path: str,
    name: str,
    value: Any,
    edit: Edit,
    reshape: Edit,
    spread: Spread | None,
) -> None:
    is_optional = type(part).model_fields[name].default is None
    numbers = parameter.numbers if parameter.numbers != Numbers() else Numbers.of(type(part), name)
    if parameter.widget != "slider":
        numbers = numbers.within(parameter.low, parameter.high)
    numbers = replace(numbers, is_whole=numbers.is_whole or parameter.widget == "whole" or type(value) is int)
    parameter = parameter if is_optional else replace(parameter, when_on=None)

    def take(changes: dict[str, Any]) -> Any:
        is_alike = isinstance(value, float) and isinstance(changes[path], float)
        return (edit if is_alike else reshape)(changes)

    if isinstance(part, NeuronSpec) and not numbers.is_whole:
        rows.number_or_list(parameter, path, value, numbers, take, spread)
    else:
        rows.number(parameter, path, value, numbers, take)


def add_parts(rows: Panel, parameter: Parameter, path: str, name: str, value: Mapping[str, Any], edit: Edit, reshape: Edit) -> None:
    """Add a choice of kinds, and the fields of the chosen one."""
    if name == "rec_connect":  # the weights are those of its Linear
        name, value, path = "weights", value["weights"], f"{path}.weights"
    offered, chosen = PARTS[name], choice_of(value)
    rows.choice(
        parameter if name == "weights" else in_code(parameter, value),
        path,
        chosen,
        list(offered),
        lambda changes: reshape({at: offered[option] for at, option in changes.items()}),
        read=lambda told: choice_of(told) if isinstance(told, dict) else str(told),
    )
    for field, first in offered[chosen].items():
        if field == "kind" or first is None:
            continue
        of_part = replace(PART_PARAMETERS[field], when_on=None)
        is_whole = isinstance(first, int) or of_part.numbers.is_whole  # and not every one will fit: groups may be more than neurons
        rows.number(of_part, f"{path}.{field}", value[field], replace(of_part.numbers, is_whole=is_whole), reshape if is_whole else edit)
