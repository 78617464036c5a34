"""Panels of rows that each edit one field of an Experiment, by its path. The page decides what an edit does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from app.components.answers import last_answered
from app.components.controls import controls
from app.widgets.drawing import draw
from app.widgets.session import desk
from app.words.control_rows import (
    EditAct,
    Row,
    TextControl,
    choice_row,
    edit_act,
    number_row,
    spread_to_try,
    switch_row,
    values_row,
    words_of,
)
from app.words.parameter import Parameter
from app.words.typed_numbers import BETWEEN, Numbers, written

T = TypeVar("T")

Parts = Sequence[str] | None
"""Names of the parts of the page that show a change; None for all of it."""

Spread = Callable[[str, float, float, Numbers], Any]
"""Takes a field's path, a mean, a standard deviation and the range of a value; returns values by neuron."""

Edit = Callable[[dict[str, Any]], Parts]
"""Takes new values of fields, by path, and returns what shows them."""


class Panel:
    """Rows, each with the function that takes its new value.

    Attributes:
        answered: number of the last act that the values to come will answer.
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.answered = last_answered(key)  # before the state is read, which may include later answers by then
        self.rows: list[Row] = []
        self.values: dict[str, Any] = {}
        self._takes: dict[str, Callable[[Any], Parts]] = {}

    def number(self, parameter: Parameter, path: str, value: float | None, numbers: Numbers, edit: Edit) -> None:
        """Add a number. If the parameter has a `when_on`, it may be None."""
        is_optional = parameter.when_on is not None

        def read(told: Any) -> float | None:
            return None if told is None and is_optional else _number(told, numbers, parameter.name)

        self._add(number_row(parameter, path, value, numbers), path, value, self._reading(read, path, edit))

    def number_or_list(
        self, parameter: Parameter, path: str, value: Any, numbers: Numbers, edit: Edit, spread: Spread | None = None
    ) -> None:
        """Add a number, or numbers by neuron: `value` is one, a tuple, a tuple of tuples, or None if there may be none.

        Args:
            spread: draws values by neuron around a mean; None where there is one neuron only.
        """

        def read(told: Any) -> Any:
            if told is None and parameter.when_on is not None:
                return None
            around = numbers.read_spread(told, parameter.name) if isinstance(told, str) and spread else None
            if around and spread:
                return spread(path, *around, numbers)
            if isinstance(told, str) and len(BETWEEN.split(told.strip())) > 1:
                return tuple(numbers.read_all(told, parameter.name))
            return _number(told, numbers, parameter.name)

        flat = _flat(value) if isinstance(value, tuple) else ()
        row = values_row(parameter, path, flat, numbers) if flat else number_row(parameter, path, value, numbers)
        row["isList"] = True
        if spread and isinstance(value, float) and value:
            row["tries"].append(spread_to_try(value))
        self._add(row, path, ", ".join(map(written, flat)) if flat else value, self._reading(read, path, edit))

    def switch(self, parameter: Parameter, path: str, value: bool, edit: Edit) -> None:
        self._add(switch_row(parameter, path), path, value, lambda told: edit({path: bool(told)}))

    def choice(
        self,
        parameter: Parameter,
        path: str,
        value: str,
        options: Sequence[str],
        edit: Edit,
        words: Callable[[str], str] = str,
        read: Callable[[Any], str] = str,
    ) -> None:
        """Add a choice among `options`, called by their `words`.

        Args:
            read: returns the option that a value to try stands for.
        """
        said = words_of(parameter, lambda tried: words(read(tried)))
        acts = [(words(option), edit_act(path, option)) for option in options]
        row = choice_row(said, list(options).index(value), acts, path=path)
        self._add(row, path, value, lambda told: edit({path: read(told)}) if read(told) in options else None)

    def text(
        self,
        parameter: Parameter,
        path: str,
        value: T,
        write: Callable[[T], str],
        read: Callable[[str], T],
        edit: Edit,
        placeholder: str = "",
    ) -> None:
        """Add a text.

        Args:
            write: turns the present value into text.
            read: turns the typed text into a value, or raises ExperimentError.
        """
        row: TextControl = {"widget": "text", "path": path, "placeholder": placeholder, **words_of(parameter)}
        self._add(row, path, write(value), self._reading(lambda told: read(str(told)), path, edit))

    def show(self, label: str, redraw: Callable[[Parts], None]) -> None:
        """Draw the rows.

        Args:
            label: name of the panel, for screen readers.
            redraw: called after each edit with the parts that show it; it may end the run.
        """
        found: list[Parts] = []

        def take(act: EditAct) -> None:
            found.extend(self._takes[path](value) for path, value in act["changes"].items() if path in self._takes)

        def redraw_found() -> None:
            known = [parts for parts in found if parts is not None]
            redraw([name for parts in known for name in parts] if known and len(known) == len(found) else None)

        if self.rows:
            controls(self.key, label, self.rows, self.values, self.answered, take, redraw_found)

    def _add(self, row: Row, path: str, value: Any, take: Callable[[Any], Parts]) -> None:
        self.rows.append(row)
        self.values[path] = value
        self._takes[path] = take

    def _reading(self, read: Callable[[Any], Any], path: str, edit: Edit) -> Callable[[Any], Parts]:
        """Return a function that takes what was told. If it is refused, the page says so, and the row shows the present value."""

        def take(told: Any) -> Parts:
            values: list[Any] = []
            return edit({path: values[0]}) if desk().attempt(lambda: values.append(read(told))) else None

        return take


def panel(key: str, label: str, build: Callable[[Panel], None]) -> None:
    """Draw rows as a part of the page, named `key`.

    Args:
        label: name of the panel, for screen readers.
        build: adds the rows to a panel, from the state as it is then.
    """

    def redraw(parts: Parts) -> None:
        if parts is None:
            st.rerun()
        draw(*dict.fromkeys([*parts, key]))

    def show() -> None:
        made = Panel(key)
        build(made)
        made.show(label, redraw)

    st.fragment(key=key)(show)()


def _number(told: Any, numbers: Numbers, name: str) -> float:
    return numbers.read(told if isinstance(told, str) else written(told), name)


def _flat(values: Any) -> list[float]:
    return [number for value in values for number in _flat(value)] if isinstance(values, tuple) else [values]
