"""Widgets for the fields of a layer or input: exactly the parameters that it has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import streamlit as st

from app.components.plain import caption
from app.widgets.controls import Edit, choice, key_of, number, slider, toggle
from app.words.layer_parameters import PART_PARAMETERS, part_name, parts
from app.words.parameter import Parameter
from app.words.typed_numbers import Numbers
from snncore.experiment.part import Part


def field_controls(part: Part, path: str, parameters: Mapping[str, Parameter], edit: Edit, reshape: Edit) -> None:
    """Show widgets for the fields of a layer or input in the order of `parameters`, rarer ones under More.

    Args:
        path: its path in the Experiment.
        edit: takes values that change neither shapes nor the set of widgets.
        reshape: takes all other values.
    """
    data = part.model_dump()
    first = {name: parameter for name, parameter in parameters.items() if name in data and not parameter.more}
    more = {name: parameter for name, parameter in parameters.items() if name in data and parameter.more}
    for name, parameter in first.items():
        _field(part, parameter, path, name, data[name], edit, reshape)
    if not more:
        return
    expander = st.expander("More parameters", key=f"more {path}", on_change="rerun")
    if expander.open:
        with expander:
            for name, parameter in more.items():
                _field(part, parameter, path, name, data[name], edit, reshape)


def _field(part: Part, parameter: Parameter, owner: str, name: str, value: Any, edit: Edit, reshape: Edit) -> None:
    path = f"{owner}.{name}"
    if isinstance(value, tuple):
        caption(f"{parameter.label}: one value for each neuron.")
        st.button("Use one value for all", key=f"one {path}", on_click=lambda: reshape({path: _mean(value)}))
    elif parameter.widget == "parts":
        _parts(parameter, path, name, value, edit, reshape)
    elif type(part).model_fields[name].default is None:
        _optional(parameter, path, value, Numbers.of(type(part), name), edit, reshape)
    elif parameter.widget == "toggle":
        toggle(parameter.label, path, value, parameter.note, edit)
    elif parameter.widget == "choice":
        choice(parameter.label, path, value, parameter.options, parameter.note, reshape)
    else:
        _number(parameter, path, value, Numbers.of(type(part), name), edit, reshape)


def _optional(parameter: Parameter, path: str, value: float | None, numbers: Numbers, edit: Edit, reshape: Edit) -> None:
    """Show a switch and, while it is on, the number."""
    if not isinstance(value, int | float):
        _switch(parameter, path, False, lambda on: reshape({path: parameter.when_on}))
        caption(parameter.note)
    else:
        _switch(parameter, path, True, lambda on: reshape({path: None}))
        _number(parameter, path, value, numbers, edit, reshape, label_visibility="collapsed")


def _switch(parameter: Parameter, path: str, value: bool, on_change: Any) -> None:
    key = key_of(f"switch {path}")
    st.session_state[key] = value
    st.toggle(parameter.label, key=key, on_change=lambda: on_change(st.session_state[key]))


def _number(parameter: Parameter, path: str, value: float, numbers: Numbers, edit: Edit, reshape: Edit, **more: Any) -> None:
    if parameter.widget == "slider":
        assert parameter.low is not None
        assert parameter.high is not None
        assert parameter.step is not None
        low, high, step = float(parameter.low), float(parameter.high), float(parameter.step)  # Streamlit refuses a mixture with ints
        slider(parameter.label, path, float(value), parameter.note, edit, low, high, step, **more)
        return
    whole = parameter.widget == "whole" or isinstance(value, int)
    numbers = replace(numbers.within(parameter.low, parameter.high), is_whole=whole)
    number(parameter.label, path, value, parameter.note, reshape if whole else edit, numbers, **more)


def _parts(parameter: Parameter, path: str, name: str, value: Mapping[str, Any], edit: Edit, reshape: Edit) -> None:
    """Show a choice of kinds, and the fields of the chosen one."""
    if name == "rec_connect":  # the weights are those of its Linear
        value, path = value["weights"], f"{path}.weights"
    kinds = parts(name)
    choice(
        parameter.label,
        path,
        value["kind"],
        list(kinds),
        parameter.note,
        lambda changes: reshape({at: {"kind": kind, **kinds[kind]} for at, kind in changes.items()}),
        part_name,
    )
    for field, began in kinds[value["kind"]].items():
        optional = began is None
        whole = isinstance(began, int) or PART_PARAMETERS[field].numbers.is_whole
        note = "Empty: no limit." if field == "max_num_spikes_per_bin" else "Empty: θ." if optional else ""
        of_field = reshape if whole else edit  # groups of neurons, say, may be more than there are
        of_part = PART_PARAMETERS[field]
        number(of_part.label, f"{path}.{field}", value[field], note, of_field, replace(of_part.numbers, is_whole=whole), optional)


def _mean(values: Any) -> float:
    flat = [_mean(value) if isinstance(value, tuple) else float(value) for value in values]
    return sum(flat) / len(flat)
