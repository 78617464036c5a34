"""Kinds of rows for figures: numbers and words to draw, with arrays beside them.

Arrays are (neurons, time) of one sample. Large ones are thinned for drawing, never for computing; `thinned_in_words` says how.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias

import numpy as np
from typing_extensions import TypeVar

from app.figures.row_data import BarsRow, Dash, HeatmapRow, Level, RasterRow, RowsHeader, TraceLine, TracesRow
from app.figures.style import Ramp, RowColor
from snncore.arrays import Array

MOST_ROWS = 1024
MOST_COLUMNS = 2000
"""Most rows and columns of a drawn raster or heatmap."""

RASTER_HEIGHTS = ((4, 44), (16, 56), (64, 64))
"""Heights of rasters in units by the most neurons they suit; larger ones get the last."""

LARGEST = float(np.finfo(np.float32).max)
TRACE_HEIGHT = 72
MOST_INPUT_HEIGHT = 40
LEAST_OUTPUT_HEIGHT = 56
INPUT_WEIGHT, OUTPUT_WEIGHT = 0.6, 1.6
"""The input, which never changes, is quiet; the output, which is what changes, is large."""

MOST_GROWTH = 2.0
"""How many times as high a scale may get for a run that is drawn for comparison, so that the run itself stays large."""

HEATMAP_HEIGHT = 96
BARS_HEIGHT = 56

Header = TypeVar("Header", default=dict[str, Any])


@dataclass
class RowsFigure(Generic[Header]):
    """Header and arrays. `put` adds an array and returns its place."""

    header: Header
    arrays: list[np.ndarray[Any, Any]] = field(default_factory=list)

    def put(self, values: np.ndarray[Any, Any]) -> int:
        """Bytes stay bytes; the rest becomes float32, at its ends where sums went beyond."""
        if values.dtype != np.uint8:
            values = np.clip(values, -LARGEST, LARGEST).astype(np.float32)
        self.arrays.append(np.ascontiguousarray(values))
        return len(self.arrays) - 1

    def put_spikes(self, spikes: np.ndarray[Any, Any]) -> int:
        """Add numbers of spikes, as bytes where all are whole and none is above 255. Zeros and ones travel as bits."""
        small = spikes.astype(np.uint8) if spikes.min(initial=0) >= 0 and spikes.max(initial=0) < 256 else spikes
        return self.put(small if np.array_equal(small, spikes) else spikes)


NetworkFigure: TypeAlias = RowsFigure[RowsHeader]


def raster_height(neurons: int) -> int:
    return next((height for most, height in RASTER_HEIGHTS if neurons <= most), RASTER_HEIGHTS[-1][1])


def raster(figure: RowsFigure[Any], spikes: Array, color: RowColor, rows: str, other: str = "") -> RasterRow:
    """Spikes (neurons, time), thinned to what can be drawn, and their sum at each row's end."""
    size, span = bin_size(len(spikes), MOST_ROWS), bin_size(spikes.shape[1], MOST_COLUMNS)
    drawn = binned(spikes, size, span)
    return {
        "kind": "raster",
        "height": raster_height(len(spikes)),
        "axis": rows,
        "color": color,
        "z": figure.put_spikes(drawn),
        "counts": figure.put(drawn.sum(axis=1, dtype=np.float64)),
        "bin": size,
        "span": span,
        "neurons": len(spikes),
        "other": other,
    }


def currents(figure: RowsFigure[Any], values: Array) -> TracesRow | HeatmapRow:
    """An input that isn't spikes: one line if all channels get the same, else a heatmap."""
    if (values == values[0]).all():
        return traces(figure, [line(figure, values[0], None, None, "quiet_input", name="input")], "input")
    return heatmap(figure, values, "input", "channel", (float(values.min()), float(values.max())))


def heatmap(
    figure: RowsFigure[Any], values: Array, color: Ramp, rows: str, limits: tuple[float, float], diverges: bool = False
) -> HeatmapRow:
    size, span = bin_size(len(values), MOST_ROWS), bin_size(values.shape[1], MOST_COLUMNS)
    drawn = averaged(values, size, span)
    return {
        "kind": "heatmap",
        "height": HEATMAP_HEIGHT,
        "axis": rows,
        "color": color,
        "z": figure.put(drawn),
        "bin": size,
        "span": span,
        "neurons": len(values),
        "range": limits,
        "diverges": diverges,
    }


def traces(
    figure: RowsFigure[Any],
    lines: list[TraceLine],
    axis: str,
    thresholds: Sequence[Array] = (),
    compared: Sequence[TraceLine] = (),
) -> TracesRow:
    """Lines on one scale, and thresholds, each (time,), dashed.

    Args:
        compared: lines of a second run, drawn over the others. The scale stays that of `lines`: it grows for these to `MOST_GROWTH` times
            its height, and what lies beyond is cut off.
    """
    levels: list[Level] = []
    for theta in thresholds:
        constant = bool((theta == theta[0]).all())
        levels.append({"value": float(theta[0])} if constant else {"values": figure.put(theta)})
    low, high = value_range([*_values_of(figure, lines), *thresholds])
    if compared:
        all_low, all_high = value_range([*_values_of(figure, [*lines, *compared]), *thresholds])
        most = (MOST_GROWTH - 1) * (high - low)
        low, high = max(all_low, low - most), min(all_high, high + most)
    drawn = [*lines, *compared]
    return {"kind": "traces", "height": TRACE_HEIGHT, "axis": axis, "lines": drawn, "thresholds": levels, "range": (low, high)}


def cut_in_words(figure: RowsFigure[Any], row: TracesRow, compared: Sequence[TraceLine]) -> str:
    """How far lines of a second run reach beyond the row's scale; empty if they don't."""
    values, (low, high) = _values_of(figure, compared), row["range"]
    ends = [f"up to {most:.3g}" for most in [max((float(each.max()) for each in values), default=high)] if most > high]
    ends += [f"down to {least:.3g}" for least in [min((float(each.min()) for each in values), default=low)] if least < low]
    return f"{compared[0]['name']} {' and '.join(ends)}, cut off" if ends else ""


def _values_of(figure: RowsFigure[Any], lines: Sequence[TraceLine]) -> list[Array]:
    return [figure.arrays[place] for each in lines for place in (each["u"], each["v"]) if place is not None]


def line(
    figure: RowsFigure[Any],
    u: Array,
    v: Array | None,
    neuron: int | None,
    color: RowColor,
    dash: Dash = "solid",
    width: float = 1.5,
    opacity: float = 1.0,
    name: str = "",
) -> TraceLine:
    """A line over time; with `v`, a vertical drop to it where the reset changed u."""
    resets = v is not None and not np.array_equal(u, v)
    return {
        "u": figure.put(u),
        "v": figure.put(v) if resets and v is not None else None,
        "neuron": neuron,
        "color": color,
        "dash": dash,
        "width": width,
        "opacity": opacity,
        "name": name,
    }


def bars(
    figure: RowsFigure[Any],
    values: Array,
    title: str,
    axis: str,
    unit: str,
    first: int = 0,
    selected: int | None = None,
    adds_up: bool = False,
) -> BarsRow:
    """One bar for each value, numbered from `first`; of many, neighbours are drawn as one: their mean, or their sum where it `adds_up`."""
    size = bin_size(len(values), MOST_ROWS)
    column = values[:, None]
    drawn = (binned(column, size, 1) if adds_up else averaged(column, size, 1))[:, 0]
    return {
        "kind": "bars",
        "height": BARS_HEIGHT,
        "title": title,
        "axis": unit,
        "across": axis,
        "z": figure.put(drawn),
        "bin": size,
        "first": first,
        "selected": None if selected is None else selected // size,
    }


def bin_size(length: int, most: int) -> int:
    return -(-length // most)


def binned(values: Array, size: int, span: int) -> Array:
    """Sums over groups of `size` rows and `span` columns."""
    if size > 1:
        values = np.add.reduceat(values, np.arange(0, len(values), size), axis=0)
    if span > 1:
        values = np.add.reduceat(values, np.arange(0, values.shape[1], span), axis=1)
    return values


def averaged(values: Array, size: int, span: int) -> Array:
    """Means over groups of `size` rows and `span` columns."""
    if size * span == 1:
        return values
    means: Array = binned(values.astype(np.float64), size, span) / binned(np.ones(values.shape), size, span)
    return means


def value_range(drawn: Sequence[Array]) -> tuple[float, float]:
    """From 0 or below the lowest to above the highest, in round steps so that it seldom moves."""
    low = min([0.0, *(float(values.min()) for values in drawn)])
    high = max([0.0, *(float(values.max()) for values in drawn)])
    size = high - low or 1.0
    unit = 10.0 ** np.floor(np.log10(size)) / 4
    return float(np.floor(low / unit) * unit), float(np.ceil((high or size) / unit + 0.05 * size / unit) * unit)


def thinned_in_words(values: Array) -> str:
    size, span = bin_size(len(values), MOST_ROWS), bin_size(values.shape[1], MOST_COLUMNS)
    if size * span == 1:
        return ""
    rows = f"{size} neurons a row" if size > 1 else ""
    columns = f"{span} steps a column" if span > 1 else ""
    return f" · drawn with {' and '.join(part for part in (rows, columns) if part)}, spikes summed, potentials averaged"
