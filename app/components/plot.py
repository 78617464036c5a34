"""Plots that change: `Plotly.react` on lasting nodes, so that zoom, hover and focus survive every update."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from app.components.answers import Act, answering, last_answered
from app.components.assets import component, plotly_url

_component = component("plot")


class Plot(TypedDict):
    """A plotly figure as a dict with `layout.height`, and its description; `narrow` is the layout for narrow places, if it differs."""

    figure: dict[str, Any]
    description: str


class Plots(TypedDict):
    """Data of the view. `plotly` is the address of plotly.js; `scrubs` says whether a place on the x axis can be chosen."""

    plots: Sequence[Plot]
    plotly: str
    scrubs: bool
    scrubbed: int | None
    answered: int


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

    def on_act(act: Act) -> None:
        if on_scrub:
            on_scrub(act["x"])

    data = Plots(plots=shown, plotly=plotly_url(), scrubs=on_scrub is not None, scrubbed=scrubbed, answered=last_answered(key))
    _component(key=key, data=data, on_acts_change=answering(key, on_act, redraw))
