"""The surrogate gradient of a neuron over its potential, and where the potential of a run lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from app.figures.style import LEFT_MARGIN, PALETTES, Theme, axis, layout
from app.words.layer_parameters import part_name
from snncore.arrays import Array
from snncore.run.record import LayerRecord

HEIGHT = 220
LOWEST, HIGHEST = -1.0, 3.0
"""Ends of the axis of u, in θ."""

POINTS = 401
BINS = 40


def surrogate_figure(surrogate: Any, threshold: float, record: LayerRecord, theme: Theme) -> dict[str, Any]:
    """ds/du over u as a curve, and behind it the share of the run's values of u in each bin, on an axis of its own.

    Args:
        surrogate: as the layer has it, a torch function of (u, θ).
        threshold: θ, where it adapts without what spikes add to it.
    """
    palette = PALETTES[theme]
    u, slope = _curve(surrogate, threshold)
    edges, shares = _shares(record.u, threshold)
    bars = {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": shares * 100,
        "width": float(edges[1] - edges[0]),
        "marker": {"color": palette.membrane, "opacity": 0.35},
        "yaxis": "y2",
        "hovertemplate": "%{y:.3g} % of the run around u %{x:.3g}<extra></extra>",
        "meta": {"label": "Run", "x": "around u", "value": "share in %"},
    }
    curve = {
        "type": "scatter",
        "mode": "lines",
        "x": u,
        "y": slope,
        "line": {"color": palette.text, "width": 2},
        "hovertemplate": "ds/du %{y:.3g} at u %{x:.3g}<extra></extra>",
        "meta": {"label": "Surrogate gradient", "x": "u", "value": "ds/du"},
    }
    low, high = LOWEST * threshold, HIGHEST * threshold
    # plotly draws an axis over those that it overlays: the bars' comes first, so that the curve lies before them
    axes = {
        "xaxis": axis(theme, "membrane potential u", range=[low, high]),
        "yaxis2": axis(theme, "share of the run (%)", side="right", rangemode="tozero", showgrid=False, nticks=4),
        "yaxis": axis(theme, "ds/du", overlaying="y2", tickmode="auto", rangemode="tozero", nticks=4),
    }
    over = {"xref": "x", "yref": "paper"}
    dashed = {"color": palette.threshold, "width": 1.5, "dash": "dash"}
    at_threshold = {**over, "type": "line", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "line": dashed}
    theta = {**over, "text": "θ", "x": threshold, "y": 1, "yanchor": "bottom", "showarrow": False, "font": {"color": palette.threshold}}
    margin = {"l": LEFT_MARGIN, "r": LEFT_MARGIN, "t": 24, "b": 38}
    drawn = layout(theme, HEIGHT, margin=margin, bargap=0, shapes=[at_threshold], annotations=[theta], **axes)
    return {"data": [bars, curve], "layout": drawn}


def describe_surrogate(surrogate: Any, threshold: float, record: LayerRecord) -> str:
    """The surrogate gradient and the run's potentials in words."""
    u, slope = _curve(surrogate, threshold)
    name = part_name(type(surrogate).__name__)
    if not slope.any():
        return f"Surrogate gradient {name}: 0 at every u, so nothing would learn through a spike."
    at = int(np.abs(slope).argmax())
    reached = np.abs(_slopes(surrogate, threshold, record.u.ravel())) >= abs(slope[at]) / 10
    at_theta = f"θ {threshold:g}" if record.threshold.ndim < 2 else f"the base threshold {threshold:g}"
    beyond = (record.u < u[0]) | (record.u > u[-1])
    outside = f" {beyond.mean():.0%} of them lie beyond what is shown." if beyond.any() else ""
    return (
        f"Surrogate gradient {name}: ds/du is largest, {slope[at]:.3g}, at u {u[at]:.3g} with {at_theta}; "
        f"{reached.mean():.0%} of the run's potentials lie where it is at least a tenth of that.{outside}"
    )


def _curve(surrogate: Any, threshold: float) -> tuple[Array, Array]:
    u = np.linspace(LOWEST * threshold, HIGHEST * threshold, POINTS)
    return u, _slopes(surrogate, threshold, u)


def _slopes(surrogate: Any, threshold: float, u: Array) -> Array:
    slopes: Array = surrogate(torch.from_numpy(u.astype(np.float32)), torch.tensor(threshold)).numpy()
    return slopes


def _shares(u: Array, threshold: float) -> tuple[Array, Array]:
    """Edges of the bins, and the share of all values in each."""
    counts, edges = np.histogram(u, bins=BINS, range=(LOWEST * threshold, HIGHEST * threshold))
    return edges, counts / u.size
