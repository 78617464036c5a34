"""How well a bit is remembered over each delay, by the neurons that carry it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from app.figures.style import PALETTES, Figure, Palette, Theme, axis, layout, level
from app.words.numbers import counted

HEIGHT, NARROW_HEIGHT = 300, 260
MARGIN = {"l": 52, "r": 16, "t": 28, "b": 40}
CHANCE = 0.5
BEYOND = 1.08
"""End of the delays' axis, as a multiple of the longest."""

MARKS = ("circle", "square", "diamond")
UNFINISHED = 0.45
"""Opacity of what isn't over."""


class Remembered(Protocol):
    """What a training over one delay has come to; see `app.state.delays`."""

    @property
    def neurons(self) -> str: ...
    @property
    def delay(self) -> int: ...
    @property
    def accuracy(self) -> float | None: ...
    @property
    def epochs(self) -> int: ...
    @property
    def is_over(self) -> bool: ...
    @property
    def failure(self) -> str | None: ...


def delays_figure(found: Sequence[Remembered], delays: Sequence[int], theme: Theme) -> Figure:
    """Accuracy against delay, a line for each kind of neurons; what isn't over, or failed, is hollow, and no line leads there.

    Args:
        delays: on the axis, in steps, shortest first.
    """
    palette = PALETTES[theme]
    data = []
    for place, neurons in enumerate(dict.fromkeys(each.neurons for each in found)):
        seen = [each for each in found if each.neurons == neurons and each.accuracy is not None]
        data += _traces(seen, neurons, place, palette)
    first, last = 0, BEYOND * delays[-1]
    shared = {
        "margin": MARGIN,
        "dragmode": False,
        "showlegend": bool(data),
        "legend": {"orientation": "h", "x": 0, "y": 1, "yanchor": "bottom", "font": {"color": palette.text}},
        "xaxis": axis(theme, "delay (steps)", range=[first, last], tickvals=list(delays)),
        "yaxis": axis(theme, "test accuracy", range=[0.3, 1.03], tickformat=".0%", nticks=5),
        "shapes": [level(CHANCE, first, last, "x", "y", palette.muted, "dot")],
        "annotations": [
            {
                "text": "chance",
                "x": last,
                "y": CHANCE,
                "xanchor": "right",
                "yanchor": "bottom",
                "showarrow": False,
                "font": {"color": palette.muted},
            }
        ],
    }
    return {"data": data, "layout": layout(theme, HEIGHT, **shared), "narrow": layout(theme, NARROW_HEIGHT, **shared)}


def describe_delays(found: Sequence[Remembered]) -> str:
    """The figure in words, for screen readers."""
    if not found:
        return "Test accuracy against the delay; nothing is trained yet."
    said = [f"{each.neurons} over {each.delay} steps {_state(each)}" for each in found]
    return f"Test accuracy against the delay; chance is 50%. {'; '.join(said)}."


def _traces(seen: Sequence[Remembered], neurons: str, place: int, palette: Palette) -> list[dict[str, Any]]:
    color = (palette.membrane, palette.compared, palette.target)[place % 3]
    mark = MARKS[place % len(MARKS)]
    over = [each for each in seen if each.is_over and not each.failure]
    going = [each for each in seen if each not in over]
    shared = {"type": "scatter", "cliponaxis": False, "hovertemplate": "%{text}<extra></extra>"}
    return [
        {
            **shared,
            **_points(over),
            "mode": "lines+markers",
            "name": neurons,
            "line": {"color": color, "width": 1.5, "dash": "solid" if place == 0 else "6px,3px"},
            "marker": {"color": color, "symbol": mark, "size": 9},
            "meta": {"label": neurons, "x": "delay", "value": "test accuracy"},
        },
        {
            **shared,
            **_points(going),
            "mode": "markers",
            "showlegend": False,
            "opacity": UNFINISHED,
            "marker": {"color": color, "symbol": f"{mark}-open", "size": 9},
            "meta": {"label": f"{neurons}, not finished", "x": "delay", "value": "test accuracy"},
        },
    ]


def _points(found: Sequence[Remembered]) -> dict[str, Any]:
    return {
        "x": [each.delay for each in found],
        "y": [each.accuracy for each in found],
        "text": [f"{each.neurons}, delay {each.delay}: {_state(each)}" for each in found],
    }


def _state(each: Remembered) -> str:
    if each.failure:
        reached = "" if each.accuracy is None else f"{each.accuracy:.1%} after {counted(each.epochs, 'epoch')}, then "
        return f"{reached}failed: {each.failure.rstrip('.')}"
    if each.accuracy is None:
        return "not begun" if not each.is_over else "stopped before it began"
    return f"{each.accuracy:.1%} after {counted(each.epochs, 'epoch')}{'' if each.is_over else ', still learning'}"
