"""A neuron's spike function over its potential, its true slope and the surrogate gradient, and where the potential of a run lies."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from app.figures.style import LEFT_MARGIN, PALETTES, Palette, Theme, axis, heading, layout
from app.words.parts import part_name
from snncore.arrays import Array
from snncore.explain.surrogate_reach import HIGHEST, LOWEST, curve, reached, slopes
from snncore.run.record import LayerRecord

HEIGHT = 300
UPPER, LOWER = (0.4, 1.0), (0.0, 0.26)
"""Where the curves and the histogram lie, from the bottom up."""

BINS = 40
HEADROOM = 1.1


def surrogate_figure(
    spike_fn: Any, surrogate: Any, threshold: float, record: LayerRecord, theme: Theme, tried: Any = None
) -> dict[str, Any]:
    """Spikes over u, their true slope and the surrogate gradient in one plot; below it the share of the run's values of u in each bin.

    Args:
        spike_fn: as the layer has it, a torch autograd function of (u, θ, surrogate).
        surrogate: as the layer has it, a torch function of (u, θ).
        threshold: θ, where it adapts without what spikes add to it.
        tried: another surrogate, drawn beside the first; None without one.
    """
    palette = PALETTES[theme]
    u, slope = curve(surrogate, threshold)
    other = None if tried is None else slopes(tried, threshold, u)
    spikes = _spikes(spike_fn, surrogate, threshold, u)
    low, high = LOWEST * threshold, HIGHEST * threshold
    drawn_slopes = [slope] if other is None else [slope, other]
    steepest = max(float(each.max()) for each in (*drawn_slopes, np.zeros(1))) or 1.0
    dashed = {"color": palette.threshold, "width": 1.5, "dash": "dash"}
    at_threshold = {"type": "line", "xref": "x", "yref": "paper", "x0": threshold, "x1": threshold, "y0": 0, "y1": 1, "line": dashed}
    along = {"range": [low, high], "domain": (0, 1)}
    axes = {
        "xaxis": axis(theme, "", anchor="y", showticklabels=False, **along),
        "xaxis2": axis(theme, "membrane potential u", anchor="y2", **along),
        "yaxis": axis(theme, "spikes s", anchor="x", domain=UPPER, range=[0, HEADROOM * max(float(spikes.max()), 1.0)], nticks=4),
        "yaxis2": axis(theme, "% of the run", anchor="x2", domain=LOWER, rangemode="tozero", nticks=3),
        "yaxis3": axis(
            theme,
            "ds/du",
            overlaying="y",
            side="right",
            range=[min(float(each.min()) for each in (*drawn_slopes, np.zeros(1))), HEADROOM * steepest],
            showgrid=False,
            nticks=4,
        ),
    }
    margin = {"l": LEFT_MARGIN, "r": LEFT_MARGIN, "t": 24, "b": 38}
    drawn = layout(theme, HEIGHT, margin=margin, bargap=0, shapes=[at_threshold], annotations=_words(threshold, theme, tried), **axes)
    traces = [
        _histogram(record, threshold, palette),
        _line(u, slope, "Surrogate gradient", "ds/du", {"color": palette.positive, "width": 2.5}, "y3"),
        _line(u, spikes, "Spike function", "spikes", {"color": palette.text, "width": 1.5}, "y"),
        _true_slope(u, spikes, HEADROOM * steepest, palette),
    ]
    if other is not None:
        traces.append(_line(u, other, _name(tried), "ds/du", {"color": palette.compared, "width": 2, "dash": "dash"}, "y3"))
    return {"data": traces, "layout": drawn}


def _histogram(record: LayerRecord, threshold: float, palette: Palette) -> dict[str, Any]:
    edges, shares = _shares(record.u, threshold)
    return {
        "type": "bar",
        "x": (edges[:-1] + edges[1:]) / 2,
        "y": shares * 100,
        "width": float(edges[1] - edges[0]),
        "marker": {"color": palette.membrane, "opacity": 0.6},
        "xaxis": "x2",
        "yaxis": "y2",
        "hovertemplate": "%{y:.3g} % of the run around u %{x:.3g}<extra></extra>",
        "meta": {"label": "Run", "x": "around u", "value": "share in %"},
    }


def _line(u: Array, values: Array, name: str, what: str, line: dict[str, Any], yaxis: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": u,
        "y": values,
        "yaxis": yaxis,
        "line": line,
        "hovertemplate": f"{what} %{{y:.3g}} at u %{{x:.3g}}<extra></extra>",
        "meta": {"label": name, "x": "u", "value": what},
    }


def _true_slope(u: Array, spikes: Array, top: float, palette: Palette) -> dict[str, Any]:
    """0, and at each jump a line without end."""
    jumps = _jumps(u, spikes)
    x = np.array([u[0], *np.repeat(jumps, 3), u[-1]])
    y = np.array([0.0, *np.tile([0.0, top, 0.0], len(jumps)), 0.0])
    line = {"color": palette.muted, "width": 1.5, "dash": "dot"}
    return {"type": "scatter", "mode": "lines", "x": x, "y": y, "yaxis": "y3", "line": line, "hoverinfo": "skip", "cliponaxis": True}


def _name(surrogate: Any) -> str:
    return part_name(type(surrogate).__name__)


def _words(threshold: float, theme: Theme, tried: Any) -> list[dict[str, Any]]:
    """What each line is, in its colour, and θ between the two plots."""
    palette = PALETTES[theme]
    named = (
        (palette.text, "spike function s"),
        (palette.muted, "its own slope, dotted"),
        (palette.positive, "surrogate gradient"),
        *([] if tried is None else [(palette.compared, "tried, dashed")]),
    )
    text = " · ".join(f'<span style="color:{color}">{words}</span>' for color, words in named)
    theta = {
        "text": "θ",
        "x": threshold,
        "y": (UPPER[0] + LOWER[1]) / 2,
        "xref": "x",
        "yref": "paper",
        "xanchor": "left",
        "showarrow": False,
    }
    return [heading(theme, text, 1), {**theta, "font": {"color": palette.threshold}}]


def describe_surrogate(spike_fn: Any, surrogate: Any, threshold: float, record: LayerRecord) -> str:
    """The spike function, the surrogate gradient and the run's potentials in words."""
    u, slope = curve(surrogate, threshold)
    jumps = ", ".join(f"{place:.3g}" for place in _jumps(u, _spikes(spike_fn, surrogate, threshold, u)))
    function = f"The spike function jumps at u {jumps}; its own slope is 0 elsewhere. "
    name = _name(surrogate)
    if not slope.any():
        return f"{function}Surrogate gradient {name}: 0 at every u, so nothing would learn through a spike."
    at = int(np.abs(slope).argmax())
    (near,) = reached(surrogate, record, (0.1,))
    at_theta = f"θ {threshold:g}" if record.threshold.ndim < 2 else f"the base threshold {threshold:g}"
    beyond = (record.u < u[0]) | (record.u > u[-1])
    outside = f" {beyond.mean():.0%} of them lie beyond what is shown." if beyond.any() else ""
    return (
        f"{function}Surrogate gradient {name}: ds/du is largest, {slope[at]:.3g}, at u {u[at]:.3g} with {at_theta}; "
        f"{near:.0%} of the run's potentials lie where it is at least a tenth of that.{outside}"
    )


def _spikes(spike_fn: Any, surrogate: Any, threshold: float, u: Array) -> Array:
    spikes: Array = spike_fn.apply(torch.from_numpy(u.astype(np.float32)), threshold, surrogate).numpy()
    return spikes


def _jumps(u: Array, spikes: Array) -> Array:
    """The u from which on there are more spikes."""
    found: Array = u[1:][np.diff(spikes) > 0]
    return found


def _shares(u: Array, threshold: float) -> tuple[Array, Array]:
    """Edges of the bins, and the share of all values in each."""
    counts, edges = np.histogram(u, bins=BINS, range=(LOWEST * threshold, HIGHEST * threshold))
    return edges, counts / u.size
