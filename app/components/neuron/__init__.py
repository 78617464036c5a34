"""One neuron in the browser: its step, its run, readings of a run, and a view that responds during a drag.

The files are parts of one module, joined in this order, and call each other's functions without imports. The view comes after the dynamics
and adds the default export; tests use the dynamics alone.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.answers import answers_of
from app.components.assets import source
from app.components.rows import packet
from app.figures.row_kinds import RowsFigure

SOURCES = ("step.js", "parameters.js", "scan.js", "response.js", "stimulus.js")
VIEW_SOURCES = (
    *("acts.js", "runs.js", "lanes.js", "painting.js", "trace.js", "handles.js", "pointing.js"),
    *("words.js", "equation.js", "controls.js", "transport.js", "panels.js", "neuron.js"),
)
SHARED_SOURCES = {"rows": ("packet.js", "time_axis.js"), "numbers": ("typed_number.js",)}
"""Files of other components, by their folder."""


def dynamics_source() -> str:
    """Text of the module. Its `parametersInForce` takes a layer as `app.figures.neuron.neuron_data` returns it."""
    return "".join(source("neuron", file) for file in SOURCES)


def view_source() -> str:
    """The text of the page's own JavaScript."""
    shared = [source(component, file) for component, files in SHARED_SOURCES.items() for file in files]
    return "".join([dynamics_source(), *shared, *(source("neuron", file) for file in VIEW_SOURCES)])


_component = st.components.v2.component("neuron", css=source("neuron", "neuron.css"), js=view_source(), isolate_styles=False)


def last_answered(key: str) -> int:
    """Number of the last answered act of the view under `key`. It holds for figures made from the page's state after this call."""
    return answers_of(key).last


def neuron(key: str, figure: RowsFigure, answered: int, on_act: Callable[[dict[str, Any]], None]) -> None:
    """Draw a figure of `app.figures.neuron_page`. The time cursor, the ghost and a drag in progress survive a redraw.

    Args:
        answered: number of the act that the figure answers, along with all acts before it.
        on_act: called with each act in turn, before the page runs again: `{"do": "edit", "changes": {path: value}}`, `{"do": "pin"}`,
            `{"do": "unpin"}`, `{"do": "remedy", "remedy": place}` or `{"do": "look", ...}`.
    """
    answers = answers_of(key)

    def take() -> None:
        answers.take(st.session_state[key].get("acts") or [], lambda told: on_act(dict(told["act"])))

    description = figure.header["description"]
    shown = RowsFigure({**figure.header, "answered": answered}, figure.arrays)
    _component(key=key, data=packet(shown, description), on_acts_change=take)
