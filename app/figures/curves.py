"""Curves over epochs for all figures of a training: thinned when long, on axes that grow in steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.figures.style import Palette

Values = NDArray[np.number[Any]]

MOST_POINTS = 600
"""Most points of a drawn curve."""

LINE_DASHES = ("solid", "6px,3px", "2px,2px", "8px,2px,2px,2px", "12px,4px", "1px,4px")
"""Dashes of a panel's curves in order; fine enough for steep curves and short samples."""

LEAST_WIDTH = 680
"""Pixels from which on a training's panels lie side by side. Below, loss and largest u/θ move from the curves to the drawer."""

EPOCH_STEP = 20
"""Epochs by which the axis grows."""

SeenIn = Literal["wide", "narrow"]


def drawn_places(values: Values) -> NDArray[np.intp]:
    """Return the indices at which a curve is drawn, at most `MOST_POINTS`.

    A short curve keeps all its points; a long one its first and last, and each stretch's lowest and highest, so that no peak is lost.

    Args:
        values: (epochs,), NaN where there is none.
    """
    if len(values) <= MOST_POINTS:
        return np.arange(len(values))
    length = -(-len(values) // (MOST_POINTS // 2 - 1))
    stretches = np.pad(values, (0, -len(values) % length), mode="edge").reshape(-1, length)
    starts = np.arange(0, len(values), length)
    lowest = starts + np.where(np.isnan(stretches), np.inf, stretches).argmin(axis=1)
    highest = starts + np.where(np.isnan(stretches), -np.inf, stretches).argmax(axis=1)
    drawn = np.zeros(len(values), bool)
    for places in (0, lowest, highest, -1):
        drawn[places] = True
    return np.flatnonzero(drawn)


def curve(
    values: Values,
    panel: int,
    color: str,
    who: str,
    what: str,
    *,
    epochs: Values | None = None,
    dash: str = "solid",
    words: Callable[[int], str] | None = None,
    only: SeenIn | None = None,
) -> dict[str, Any]:
    """Return the trace of one quantity over epochs.

    Args:
        values: (epochs,), NaN where there is none.
        panel: number of its axes, from 1.
        who, what: owner and name of the value, for the hover.
        epochs: of the values; None: from 0 on.
        words: returns the hover text at an index, instead of the value.
        only: the layout in which it is drawn, if not in both.
    """
    places = drawn_places(values)
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines" if len(values) > 1 else "markers",
        "x": places if epochs is None else epochs[places],
        "y": values[places].astype(np.float32),  # as the records were computed
        "xaxis": axis_name("x", panel),
        "yaxis": axis_name("y", panel),
        "line": {"color": color, "width": 1.5, "dash": dash},
        "marker": {"color": color},
        "cliponaxis": False,
        "hovertemplate": f"{who}, epoch %{{x}}<br>{what} %{{y:.4~g}}<extra></extra>",
        "meta": {"label": who, "x": "epoch", "value": what},
    }
    if words:
        trace |= {"text": [words(int(place)) for place in places], "hovertemplate": f"{who}, epoch %{{x}}<br>%{{text}}<extra></extra>"}
    if only:
        trace["meta"]["only"] = only
    return trace


def goal_label(goal: float, words: str, span: int, palette: Palette) -> dict[str, Any]:
    """Label at the end of the goal's line in the first panel."""
    return {
        "text": words,
        "x": span,
        "xref": "x",
        "yref": "y",
        "xanchor": "right",
        "y": goal,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": palette.target},
    }


def dash_from_the_end(index: int, count: int) -> str:
    """Dash of a layer: the output's curve is solid, earlier layers' are dashed."""
    return LINE_DASHES[(count - 1 - index) % len(LINE_DASHES)]


def axis_name(name: str, number: int) -> str:
    """Name of an axis in plotly: xaxis, xaxis2, ..."""
    return name if number == 1 else f"{name}{number}"


def epoch_span(epochs: int) -> int:
    """End of the epoch axis. It grows in steps, larger as it gets longer, so that it doesn't move at every epoch."""
    step: int = EPOCH_STEP * 2 ** max(0, (epochs // (10 * EPOCH_STEP)).bit_length())
    return max(EPOCH_STEP, -(-epochs // step) * step)
