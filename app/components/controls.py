"""A panel of rows of controls: numbers, switches, options and texts, in the same form on all pages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict

from app.components.answers import answering
from app.components.assets import component
from app.components.sent import send
from app.words.control_rows import ChoiceControl, EditAct, NumberControl, Row, SwitchControl, TextControl

_component = component("controls")


class Controls(TypedDict):
    """Header of what the view is sent: its name, its rows, and the values of their fields by path."""

    label: str
    rows: list[NumberControl | SwitchControl | ChoiceControl | TextControl]
    values: dict[str, Any]
    answered: int


def controls(
    key: str,
    label: str,
    rows: Sequence[Row],
    values: Mapping[str, Any],
    answered: int,
    on_act: Callable[[EditAct], None],
    redraw: Callable[[], None],
) -> None:
    """Draw rows of `app.words.control_rows`. What is being typed or dragged survives a redraw.

    Args:
        label: name of the panel, for screen readers.
        values: of the rows' fields, by path.
        answered: number of the act that they answer, along with all acts before it.
        on_act: called once with each act.
        redraw: called after that; it may end the run.
    """
    header = Controls(label=label, rows=list(rows), values=dict(values), answered=answered)
    send(_component, key, {**header}, (), answering(key, EditAct, on_act, redraw))
