"""What the network did in one epoch, in rows on one time axis: input on top, then each layer's potential and its spikes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.figures.style import LEFT_MARGIN, PALETTES, RIGHT_MARGIN, Figure, Theme, axis, heading, layout, level, packed
from snncore.record import Array, LayerRecord

TRACED_LAYER = 8
"""Up to so many neurons, a layer's other neurons are traced faintly beside the selected one."""

ROW_GAP = 24
AXIS_SPACE = 36
POTENTIAL_HEIGHT = 88
RASTER_HEIGHTS = ((4, 36), (16, 56), (64, 84))
"""Heights of rasters in pixels by the most neurons they suit; larger ones get the last."""


def network_rows(
    inputs: Array, layers: Sequence[LayerRecord], layer_names: Sequence[str], selected: Mapping[str, int], theme: Theme
) -> Figure:
    """One sample's rows.

    Args:
        inputs: (batch, time, ...); the first sample is drawn.
        selected: the neuron whose potential is traced, by the layer record's name.
    """
    palette = PALETTES[theme]
    rows: list[_Row] = [_Row(raster_height(_neurons(inputs).shape[0]))]
    rasters = [_raster(_neurons(inputs), palette.input, palette.muted, "Input", "channel", None)]
    data: list[dict[str, Any]] = []
    levels: list[dict[str, Any]] = []
    titles = [f"Input · {_neurons(inputs).shape[0]} channels · {_neurons(inputs).sum():g} spikes"]
    for record, name in zip(layers, layer_names, strict=True):
        spikes, u, v = (_neurons(quantity) for quantity in (record.spikes, record.u, record.v))
        neuron = selected[record.name]
        threshold = _neurons(np.broadcast_to(record.threshold, record.u.shape))
        yaxis = _axis_of(sum(row.values is not None for row in rows) + 1)
        data += _potential(u, v, neuron, yaxis, name, record.name, palette.membrane)
        others = ", others faint" if 1 < len(u) <= TRACED_LAYER else ""
        if not np.isfinite(threshold).all():
            titles.append(f"{name} · u of neuron {neuron}{others}, which is the output")
            rows.append(_Row(POTENTIAL_HEIGHT, _potential_range(u, None, neuron)))
            continue
        if threshold[neuron].min() == threshold[neuron].max():
            levels.append(level(float(threshold[neuron][0]), 0, u.shape[1] - 1, "x", yaxis, palette.threshold, "dash"))
        else:
            data.append(_threshold(threshold[neuron], neuron, yaxis, name, palette.threshold))
        titles.append(f"{name} · u of neuron {neuron}{others}, θ dashed")
        rows.append(_Row(POTENTIAL_HEIGHT, _potential_range(u, threshold[neuron], neuron)))
        rasters.append(_raster(spikes, palette.spikes, palette.muted, name, "neuron", record.name))
        titles.append(f"{name} · {len(spikes)} neurons · {spikes.sum():g} spikes")
        rows.append(_Row(raster_height(len(spikes))))
    domains = _domains(rows)
    for raster, domain in zip(rasters, (domain for row, domain in zip(rows, domains, strict=True) if row.values is None), strict=True):
        raster["domain"] = domain
    return {"data": data, "rasters": rasters, "layout": _stacked(rows, domains, titles, inputs.shape[1], theme) | {"shapes": levels}}


def describe_network(inputs: Array, layers: Sequence[LayerRecord], layer_names: Sequence[str]) -> str:
    """The rows in words, for those who don't see them."""

    def words(layer: LayerRecord) -> str:
        neurons = f"of {_neurons(layer.spikes).shape[0]} neurons"
        if not np.isfinite(layer.threshold).all():
            return f"u {neurons} between {layer.u[0].min():.2f} and {layer.u[0].max():.2f}"
        return f"{layer.spikes[0].sum():g} spikes {neurons}, largest u over threshold {layer.largest_u_over_threshold:.2f}"

    parts = [f"{name}: {words(layer)}" for name, layer in zip(layer_names, layers, strict=True)]
    return f"Rasters and membrane potentials over {inputs.shape[1]} time steps. Input: {inputs[0].sum():g} spikes. {'. '.join(parts)}."


def raster_height(neurons: int) -> int:
    return next((height for most, height in RASTER_HEIGHTS if neurons <= most), RASTER_HEIGHTS[-1][1])


def trace_with_resets(u: Array, v: Array) -> tuple[Array, Array]:
    """A neuron's potential as a line: u[t] at every step, and where the reset changed it, a vertical drop to v[t].

    Args:
        u, v: (time,).

    Returns:
        Times and values, each (time + number of resets,).
    """
    reset = np.flatnonzero(u != v)
    times = np.insert(np.arange(len(u)), reset + 1, reset)
    values = np.insert(u, reset + 1, v[reset])
    return times, values


@dataclass(frozen=True)
class _Row:
    """A panel's height in pixels, and of a potential the values at its lower and upper edge; a raster has no axis of plotly's."""

    height: int
    values: tuple[float, float] | None = None


def _axis_of(number: int) -> str:
    return "y" if number == 1 else f"y{number}"


def _neurons(values: Array) -> Array:
    """(batch, time, ...) -> (neurons, time) of the first sample."""
    return values[0].reshape(values.shape[1], -1).T


def _raster(spikes: Array, color: str, muted: str, name: str, rows: str, layer: str | None) -> dict[str, Any]:
    """What the plot component draws by itself; it gets its place, `domain`, with the others."""
    small = spikes.astype(np.uint8) if spikes.max(initial=0) < 256 else spikes.astype(np.float32)
    return {"z": packed(small), "color": color, "muted": muted, "label": name, "title": rows, "layer": layer}


def _potential(u: Array, v: Array, neuron: int, yaxis: str, name: str, layer: str, color: str) -> list[dict[str, Any]]:
    """The selected neuron's trace over those of the others, where these are few."""
    others = [other for other in range(len(u)) if other != neuron] if len(u) <= TRACED_LAYER else []
    faint = [_line(u[other], v[other], other, yaxis, name, layer, color, width=1, opacity=0.35) for other in others]
    return [*faint, _line(u[neuron], v[neuron], neuron, yaxis, name, layer, color, width=1.8, opacity=1)]


def _line(u: Array, v: Array, neuron: int, yaxis: str, name: str, layer: str, color: str, width: float, opacity: float) -> dict[str, Any]:
    times, values = trace_with_resets(u, v)
    return {
        "type": "scatter",
        "mode": "lines",
        "x": packed(times),
        "y": packed(values),
        "yaxis": yaxis,
        "line": {"color": color, "width": width},
        "opacity": opacity,
        "hovertemplate": f"{name} neuron {neuron}<br>time %{{x}}<br>u %{{y:.3f}}<extra></extra>",
        "meta": {"label": f"{name} neuron {neuron}", "x": "time", "value": "u", "layer": layer, "neuron": neuron},
    }


def _threshold(theta: Array, neuron: int, yaxis: str, name: str, color: str) -> dict[str, Any]:
    """A threshold that adapts."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": packed(np.arange(len(theta))),
        "y": packed(theta),
        "yaxis": yaxis,
        "line": {"color": color, "width": 1.2, "dash": "dash"},
        "hovertemplate": f"{name} neuron {neuron}<br>time %{{x}}<br>θ %{{y:.3f}}<extra></extra>",
        "meta": {"label": f"{name} neuron {neuron}", "x": "time", "value": "θ", "layer": None, "neuron": neuron},
    }


def _potential_range(u: Array, threshold: Array | None, neuron: int) -> tuple[float, float]:
    """From below the lowest potential to above threshold and highest, in quarters of the lowest θ so that it seldom moves."""
    shown = u if len(u) <= TRACED_LAYER else u[neuron]
    unit = 0.25 if threshold is None else float(threshold.min()) / 4
    highest = float(shown.max()) if threshold is None else max(1.2 * float(threshold.max()), float(shown.max()))
    return np.floor(min(0.0, float(shown.min())) / unit) * unit, np.ceil(max(highest, unit) / unit) * unit


def _domains(rows: Sequence[_Row]) -> list[tuple[float, float]]:
    """Lower and upper edge of each row, the first on top, as fractions of the plot's height."""
    total = _plot_height(rows)
    domains = []
    top = float(total)
    for row in rows:
        domains.append((max((top - row.height) / total, 0.0), top / total))
        top -= row.height + ROW_GAP
    return domains


def _plot_height(rows: Sequence[_Row]) -> int:
    return sum(row.height for row in rows) + ROW_GAP * (len(rows) - 1)


def _stacked(
    rows: Sequence[_Row], domains: Sequence[tuple[float, float]], titles: Sequence[str], time_steps: int, theme: Theme
) -> dict[str, Any]:
    """One time axis under rows of given heights."""
    potentials = [(row, domain) for row, domain in zip(rows, domains, strict=True) if row.values is not None]
    axes = {
        _axis_of(number).replace("y", "yaxis"): axis(theme, "u", domain=domain, range=row.values, nticks=3, showgrid=False, fixedrange=True)
        for number, (row, domain) in enumerate(potentials, start=1)
    }
    return layout(
        theme,
        _plot_height(rows) + ROW_GAP + AXIS_SPACE,
        margin={"l": LEFT_MARGIN, "r": RIGHT_MARGIN, "t": ROW_GAP, "b": AXIS_SPACE},
        xaxis=axis(theme, "time (steps)", range=[-0.5, time_steps - 0.5], anchor="free", position=0),
        annotations=[heading(theme, title, upper) for title, (_, upper) in zip(titles, domains, strict=True)],
        **axes,
    )
