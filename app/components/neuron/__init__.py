"""One neuron in the browser: its step and its run over time, what is read off a run, and the view that answers while something is dragged.

The files are parts of one module: they name each other's functions without imports, and stand in this order in its text. The view follows
after the dynamics and adds the default export; the dynamics without it serve tests.
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
    """The text of the module. `parametersInForce` takes what `app.figures.neuron.neuron_data` makes of a layer."""
    return "".join(source("neuron", file) for file in SOURCES)


def view_source() -> str:
    """The text of the page's own JavaScript."""
    shared = [source(component, file) for component, files in SHARED_SOURCES.items() for file in files]
    return "".join([dynamics_source(), *shared, *(source("neuron", file) for file in VIEW_SOURCES)])


_component = st.components.v2.component("neuron", css=source("neuron", "neuron.css"), js=view_source(), isolate_styles=False)


def last_answered(key: str) -> int:
    """The number of the last act of the view under `key` that was answered: of whatever is made of the page's state after this call."""
    return answers_of(key).last


def neuron(key: str, figure: RowsFigure, answered: int, on_act: Callable[[dict[str, Any]], None]) -> None:
    """Draws what `app.figures.neuron_page` makes. The time cursor, the ghost and what is being dragged stay when it is drawn anew.

    Args:
        answered: which act the figure answers, and with it those before.
        on_act: called with each act in turn, before the page runs again: `{"do": "edit", "changes": {path: value}}`, `{"do": "pin"}`,
            `{"do": "unpin"}`, `{"do": "remedy", "remedy": place}` or `{"do": "look", ...}`.
    """
    answers = answers_of(key)

    def take() -> None:
        answers.take(st.session_state[key].get("acts") or [], lambda told: on_act(dict(told["act"])))

    description = figure.header["description"]
    shown = RowsFigure({**figure.header, "answered": answered}, figure.arrays)
    _component(key=key, data=packet(shown, description), on_acts_change=take)
