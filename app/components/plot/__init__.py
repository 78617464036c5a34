"""Plots that change: `Plotly.react` on lasting nodes, so that zoom, hover and focus survive every update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.answers import answers_of
from app.components.assets import plotly_url, source

_component = st.components.v2.component(
    "plot", css=source("plot", "plot.css"), js=source("plot", "path.js") + source("plot", "plot.js"), isolate_styles=False
)


@dataclass(frozen=True)
class Plot:
    """A plotly figure as a dict with `layout.height`, and its description; `narrow` is the layout for narrow places, if it differs."""

    figure: dict[str, Any]
    description: str


def plots(
    key: str,
    shown: Sequence[Plot],
    scrubbed: int | None = None,
    on_scrub: Callable[[int | None], None] | None = None,
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw plots one below the other, all at once. Their number must not change.

    Args:
        scrubbed: the chosen place on the x axis.
        on_scrub: called with the place chosen on the x axis by dragging or by keys, or with None when the choice is cleared.
        redraw: called after that; it may end the run.
    """
    answers = answers_of(key)

    def answer() -> None:
        value = st.session_state[key].get("scrubbed")
        if value and on_scrub:
            answers.take([value], lambda told: on_scrub(told["x"]))
            redraw()

    _component(
        key=key,
        data={
            "plots": [{"figure": plot.figure, "description": plot.description} for plot in shown],
            "plotly": plotly_url(),
            "scrubs": on_scrub is not None,
            "scrubbed": scrubbed,
            "answered": answers.last,
        },
        on_scrubbed_change=answer,
    )
