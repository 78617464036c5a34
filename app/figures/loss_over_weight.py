"""The gradients of the weights into one neuron, and the true loss as one of them moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.figures.style import LEFT_MARGIN, PALETTES, RIGHT_MARGIN, Figure, Palette, Theme, axis, heading, layout
from snncore.arrays import Array
from snncore.explain import LossOverWeight

BARS_HEIGHT, STAIRS_HEIGHT = 116, 184
MARGIN = {"l": LEFT_MARGIN, "r": RIGHT_MARGIN, "t": 38, "b": 34}
"""With a line at the top for the readout above the heading."""

HEADROOM = 0.08
QUIET = 0.45
"""Opacity of the weights that aren't picked."""

Slope = tuple[float, str, str]
"""A gradient at the weight, the name of what gave it, and its dash."""


def gradient_bars(gradients: Array, place: int, source: str, target: str, theme: Theme, tried: Array | None = None) -> Figure:
    """A bar for each weight into one neuron: its gradient by the surrogate, the picked one marked; beside it that by a tried surrogate.

    Args:
        gradients, tried: (inputs,); `tried` is None without one.
        place: of the picked weight.
        source, target: names of what the weights lead from, in the singular, and to.
    """
    palette = PALETTES[theme]
    places = np.arange(len(gradients))
    colors = [palette.positive if gradient >= 0 else palette.negative for gradient in gradients]
    opacity = np.full(len(gradients), QUIET)
    opacity[place] = 1.0
    data = [
        {
            "type": "bar",
            "x": places,
            "y": gradients.astype(np.float32),
            "marker": {"color": colors, "opacity": opacity.tolist()},
            "hovertemplate": f"{source} %{{x}}<br>∂L/∂w %{{y:.4~g}}<extra></extra>",
            "meta": {"label": "Surrogate's gradient", "x": source, "value": "∂L/∂w"},
        }
    ]
    if tried is not None:
        data.append(
            {
                "type": "scatter",
                "mode": "markers",
                "x": places,
                "y": tried.astype(np.float32),
                "marker": {"color": palette.compared, "symbol": "line-ew-open", "size": 6, "line": {"width": 2}},
                "hovertemplate": f"{source} %{{x}}<br>tried: ∂L/∂w %{{y:.4~g}}<extra></extra>",
                "meta": {"label": "Tried surrogate's gradient", "x": source, "value": "∂L/∂w"},
            }
        )
    drawn = layout(
        theme,
        BARS_HEIGHT,
        dragmode=False,
        bargap=0.1,
        margin=MARGIN,
        xaxis=axis(theme, source, range=[-0.5, len(gradients) - 0.5], nticks=6),
        yaxis=axis(theme, "∂L/∂w", nticks=3, zeroline=True, zerolinecolor=palette.muted),
        annotations=[heading(theme, f"Gradient of each weight into {target}; click one", 1)],
    )
    return {"data": data, "layout": drawn}


def describe_gradients(gradients: Array, place: int, source: str, target: str) -> str:
    """The bars in words, for screen readers."""
    arriving = int(np.count_nonzero(gradients))
    return (
        f"Gradients of {len(gradients)} weights into {target}, {arriving} of them not 0; chosen: from {source} {place}, "
        f"∂L/∂w {gradients[place]:.3g}. Left and right arrows choose another weight."
    )


def staircase(found: LossOverWeight, theme: Theme, tried: float | None = None) -> Figure:
    """The true loss as a weight moves, the surrogate's slope at the weight as it is, and that of a tried surrogate."""
    palette = PALETTES[theme]
    low, high = _ends(found.losses)
    slopes: list[tuple[Slope, str]] = [((found.gradient, "Surrogate's slope", "solid"), palette.positive)]
    if tried is not None:
        slopes.append(((tried, "Tried surrogate's slope", "dash"), palette.compared))
    data = [
        {
            "type": "scatter",
            "mode": "lines",
            "x": found.values.astype(np.float32),
            "y": found.losses.astype(np.float32),
            "line": {"color": palette.text, "width": 2, "shape": "hvh" if found.levels < len(found.values) / 2 else "linear"},
            "hovertemplate": "weight %{x:.4~g}<br>loss %{y:.4~g}<extra></extra>",
            "meta": {"label": "True loss", "x": "weight", "value": "loss"},
        },
        *(_tangent(found, slope, color, low, high) for slope, color in slopes),
        {
            "type": "scatter",
            "mode": "markers",
            "x": [found.value],
            "y": [found.loss],
            "marker": {"color": palette.text, "size": 9},
            "hovertemplate": "the weight as it is: %{x:.4~g}, loss %{y:.4~g}<extra></extra>",
        },
    ]
    reach = float(found.values[-1] - found.value)
    drawn = layout(
        theme,
        STAIRS_HEIGHT,
        margin=MARGIN,
        xaxis=axis(theme, "weight", range=[found.value - reach, found.value + reach], nticks=6),
        yaxis=axis(theme, "loss", range=[low, high], nticks=5),
        annotations=[heading(theme, _named(palette, tried is not None), 1)],
    )
    return {"data": data, "layout": drawn}


def describe_staircase(found: LossOverWeight) -> str:
    """The staircase in words, for screen readers."""
    kind = "the same everywhere" if found.levels == 1 else f"{found.levels} levels from {found.losses.min():g} to {found.losses.max():g}"
    return (
        f"Loss as the weight moves from {found.values[0]:.3g} to {found.values[-1]:.3g}: {kind}. At the weight as it is, "
        f"{found.value:.3g}, the loss is {found.loss:g} and the surrogate's slope {found.gradient:.3g}."
    )


def _named(palette: Palette, has_tried: bool) -> str:
    """What each line is, in its colour."""
    named = [(palette.text, "true loss"), (palette.positive, "surrogate's slope")]
    if has_tried:
        named.append((palette.compared, "tried, dashed"))
    return " · ".join(f'<span style="color:{color}">{words}</span>' for color, words in named)


def _ends(losses: Array) -> tuple[float, float]:
    """The range of the loss with some room; around a constant loss, as much as the loss itself."""
    low, high = float(losses.min()), float(losses.max())
    room = HEADROOM * (high - low) or abs(high) / 2 or 1.0
    return low - room, high + room


def _tangent(found: LossOverWeight, slope: Slope, color: str, low: float, high: float) -> dict[str, Any]:
    """A line with the slope through the weight and its loss, as far as it stays within the figure."""
    gradient, name, dash = slope
    reach = float(found.values[-1] - found.value)
    ends: Sequence[float] = (-reach, reach)
    if gradient:
        to_edges = sorted(((low - found.loss) / gradient, (high - found.loss) / gradient))
        ends = (max(-reach, to_edges[0]), min(reach, to_edges[1]))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [found.value + end for end in ends],
        "y": [found.loss + gradient * end for end in ends],
        "line": {"color": color, "width": 2, "dash": dash},
        "hovertemplate": f"{name} {gradient:.4g}<extra></extra>",
        "name": name,
    }
