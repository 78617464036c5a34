"""Where panels of curves over epochs lie, two by two or one below the other, each with a legend beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app.figures.curves import axis_name
from app.figures.style import FONT_SIZE, PALETTES, Theme, axis, heading

COLUMN_GAP = 0.09
ROW_GAP, NARROW_ROW_GAP = 40, 56
"""Pixels between two panels, for the epochs of one and the heading of the next."""

PANEL_HEIGHT, NARROW_PANEL_HEIGHT = 81, 84
LEGEND_SHARE, NARROW_LEGEND_SHARE = 0.4, 0.46
"""Share of a panel's width for the names of its curves."""

LEGEND_GAP = 0.02
"""Share of the figure's width between a panel and its legend."""

NAME_PITCH, SAMPLE_LENGTH, MOST_NAMED = 14, 28, 6
"""Pixels from one name to the next, pixels of line before each, and names in a legend; of further curves hover tells."""


@dataclass(frozen=True)
class Named:
    """A curve as the legend tells it."""

    name: str
    color: str
    dash: str


@dataclass(frozen=True)
class Panel:
    """Attributes:
    number: of its axes.
    unit: of its y axis.
    y: settings of its y axis.
    along: what lies along it.
    x: settings of its x axis, if that isn't the epochs.
    """

    number: int
    title: str
    unit: str
    y: Mapping[str, Any]
    traces: Sequence[dict[str, Any]]
    names: Sequence[Named] = ()
    along: str = "epoch"
    x: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class _Place:
    """Place of a panel on paper: ends of its curves, start of its legend, end without one, lower and upper end, title of epochs."""

    left: float
    right: float
    legend: float
    end: float
    low: float
    high: float
    titles_epochs: bool


def grid_height(count: int) -> int:
    """Height in pixels of that many panels two by two."""
    rows = -(-count // 2)
    return rows * (PANEL_HEIGHT + ROW_GAP) - ROW_GAP


def two_by_two(count: int) -> list[_Place]:
    """Return the places of that many panels, row by row."""
    width, height = (1 - COLUMN_GAP) / 2, grid_height(count)
    lefts, pitch = (0, width + COLUMN_GAP), PANEL_HEIGHT + ROW_GAP
    tops = [1 - number // 2 * pitch / height for number in range(count)]
    return [
        _place(lefts[number % 2], width, LEGEND_SHARE, top - PANEL_HEIGHT / height, top, titles_epochs=number + 2 >= count)
        for number, top in enumerate(tops)
    ]


def stacked_height(count: int) -> int:
    """Height in pixels of that many stacked panels."""
    return count * (NARROW_PANEL_HEIGHT + NARROW_ROW_GAP) - NARROW_ROW_GAP


def one_below_the_other(count: int) -> list[_Place]:
    pitch, height = NARROW_PANEL_HEIGHT + NARROW_ROW_GAP, stacked_height(count)
    tops = [1 - row * pitch / height for row in range(count)]
    return [_place(0, 1, NARROW_LEGEND_SHARE, top - NARROW_PANEL_HEIGHT / height, top, titles_epochs=True) for top in tops]


def _place(left: float, width: float, legend_share: float, low: float, high: float, *, titles_epochs: bool) -> _Place:
    right = left + (1 - legend_share) * width
    return _Place(left, right, right + LEGEND_GAP, left + width, max(low, 0), high, titles_epochs)  # max: rounding may lead below the paper


def laid_out(panels: Sequence[Panel], places: Sequence[_Place], span: int, theme: Theme) -> dict[str, Any]:
    """Return axes, headings and legends of panels at their places."""
    axes: dict[str, Any] = {}
    annotations, shapes = [], []
    for panel, place in zip(panels, places, strict=True):
        x, y = axis_name("x", panel.number), axis_name("y", panel.number)
        title = panel.along if place.titles_epochs or panel.x is not None else ""
        along = {"range": [0, span], "nticks": 4} if panel.x is None else panel.x
        axes[axis_name("xaxis", panel.number)] = axis(
            theme, title, **{"anchor": y, "domain": (place.left, place.right if panel.names else place.end), **along}
        )
        axes[axis_name("yaxis", panel.number)] = axis(
            theme, panel.unit, anchor=x, domain=(place.low, place.high), **{"nticks": 4, **panel.y}
        )
        annotations.append(heading(theme, panel.title, place.high, x=place.left))
        further = len(panel.names) - MOST_NAMED
        for row, named in enumerate(panel.names[:MOST_NAMED]):
            shapes.append(_sample(named, row, place))
            annotations.append(_name(named.name, row, place, theme))
        if further > 0:
            annotations.append(_name(f"and {further} more", MOST_NAMED, place, theme))
    return {**axes, "annotations": annotations, "shapes": shapes}


def _sample(named: Named, row: int, place: _Place) -> dict[str, Any]:
    """A short line as the curve's, a legend's row below the panel's upper end."""
    down = -NAME_PITCH * (row + 0.5)
    return {
        "type": "line",
        "xref": "paper",
        "yref": "paper",
        "xsizemode": "pixel",
        "ysizemode": "pixel",
        "xanchor": place.legend,
        "yanchor": place.high,
        "x0": 0,
        "x1": SAMPLE_LENGTH,
        "y0": down,
        "y1": down,
        "line": {"color": named.color, "width": 1.5, "dash": named.dash},
    }


def _name(text: str, row: int, place: _Place, theme: Theme) -> dict[str, Any]:
    return {
        "text": text,
        "x": place.legend,
        "y": place.high,
        "xref": "paper",
        "yref": "paper",
        "xanchor": "left",
        "yanchor": "middle",
        "xshift": SAMPLE_LENGTH + 2,
        "yshift": -NAME_PITCH * (row + 0.5),
        "showarrow": False,
        "font": {"size": FONT_SIZE - 1, "color": PALETTES[theme].text},
    }
