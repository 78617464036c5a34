"""Plots that change: `Plotly.react` on lasting nodes, so that zoom, hover and focus survive every update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

import numpy as np

from app.components.answers import answering, last_answered
from app.components.assets import component, plotly_url
from app.components.sent import send
from app.figures.acts import PlotAct

_component = component("plot")


class Plot(TypedDict):
    """A plotly figure as a dict with `layout.height`, and its description; `narrow` is the layout for narrow places, if it differs."""

    figure: dict[str, Any]
    description: str


class PlotLayout(TypedDict):
    """A plot but for its traces; `traces` is how many it has. Layouts come in pieces, since little of them changes."""

    traces: int
    layout: Sequence[dict[str, Any]]
    narrow: Sequence[dict[str, Any]] | None


class Plots(TypedDict):
    """Header of what the view is sent.

    Attributes:
        traces: of all plots, one after the other; `{"array": place}` stands for an array.
        plotly: address of plotly.js.
        grows: whether the plots get higher in a high window.
        scrubs: whether a place on the x axis can be chosen.
        guesses: whether a place beyond the last one can be guessed.
    """

    traces: Sequence[dict[str, Any]]
    layouts: Sequence[PlotLayout]
    descriptions: Sequence[str]
    plotly: str
    grows: bool
    scrubs: bool
    guesses: bool
    scrubbed: int | None
    answered: int


def plots(
    key: str,
    shown: Sequence[Plot],
    scrubbed: int | None = None,
    on_scrub: Callable[[int | None], None] | None = None,
    *,
    on_guess: Callable[[int], None] | None = None,
    guesses: bool = False,
    grows: bool = False,
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw plots one below the other, all at once. Their number must not change.

    Args:
        scrubbed: the chosen place on the x axis.
        on_scrub: called with the place chosen on the x axis by dragging or by keys, or with None when the choice is cleared.
        on_guess: called with a place beyond the last one that was clicked, while `guesses`.
        redraw: called after these; it may end the run.
        grows: whether they get higher in a high window; else they are as high as their layouts say.
    """

    def on_act(act: PlotAct) -> None:
        if act["do"] == "guess":
            if on_guess:
                on_guess(act["x"])
        elif on_scrub:
            on_scrub(act["x"])

    arrays: list[np.ndarray[Any, Any]] = []
    figures = [plot["figure"] for plot in shown]
    header = Plots(
        traces=[_with_places(trace, arrays) for figure in figures for trace in figure["data"]],
        layouts=[_layout(figure) for figure in figures],
        descriptions=[plot["description"] for plot in shown],
        plotly=plotly_url(),
        grows=grows,
        scrubs=on_scrub is not None,
        guesses=guesses,
        scrubbed=scrubbed,
        answered=last_answered(key),
    )
    send(_component, key, header, arrays, answering(key, PlotAct, on_act, redraw))


def _layout(figure: dict[str, Any]) -> PlotLayout:
    narrow = figure.get("narrow")
    return PlotLayout(traces=len(figure["data"]), layout=_pieces(figure["layout"]), narrow=_pieces(narrow) if narrow else None)


def _pieces(layout: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the layout with each of its axes apart."""
    axes = [name for name in layout if name.startswith(("xaxis", "yaxis"))]
    rest = {name: value for name, value in layout.items() if name not in axes}
    return [rest, *({name: layout[name]} for name in axes)]


def _with_places(trace: dict[str, Any], arrays: list[np.ndarray[Any, Any]]) -> dict[str, Any]:
    """Return the trace with the places of its arrays; those are added to `arrays`."""
    told = {}
    for name, value in trace.items():
        if isinstance(value, np.ndarray):
            told[name] = {"array": len(arrays)}
            arrays.append(value)
        else:
            told[name] = value
    return told
