"""A training's curves over epochs: spikes against the target, the loss, and how close each layer comes to its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from app.figures.style import PALETTES, Figure, Theme, axis, heading, layout, level, packed
from snncore.bptt import EpochRecord

LINE_DASHES = ("solid", "dash", "dot", "dashdot")
HEIGHT = 140
NARROW_HEIGHT = 420

Panels = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
SIDE_BY_SIDE: Panels = ((0, 0.54), (0.64, 0.77), (0.86, 1))
ONE_BELOW_THE_OTHER: Panels = ((0.78, 1), (0.39, 0.61), (0, 0.22))


def training_curves(records: Sequence[EpochRecord], target: int, layer_names: Sequence[str], theme: Theme) -> Figure:
    """Three panels over epochs: spikes and target, loss, and each layer's largest u/θ: at 1 a layer begins to spike."""
    palette = PALETTES[theme]
    span = _epoch_span(records)
    drawn_as = "lines" if len(records) > 1 else "markers"
    counts = np.array([record.spikes for record in records])
    losses = np.array([record.loss for record in records])
    reaches = [np.array([record.layers[index].largest_u_over_threshold for record in records]) for index in range(len(layer_names))]
    spikes = _curve(counts, 1, "lines+markers", palette.spikes, "Output", "spikes")
    spikes |= {"marker": {"color": palette.spikes, "size": 4}, "cliponaxis": False}
    data = [spikes, _curve(losses, 2, drawn_as, palette.text, "Training", "loss")]
    for index, (name, reach) in enumerate(zip(layer_names, reaches, strict=True)):
        curve = _curve(reach, 3, drawn_as, palette.membrane, name, "largest u/θ")
        curve["line"]["dash"] = _dash(index, len(layer_names))
        data.append(curve)
    levels = [level(target, 0, span, "x", "y", palette.target, "dot"), level(1, 0, span, "x3", "y3", palette.threshold, "dash")]
    highest = [
        max(1.25 * target, 1.1 * float(counts.max()), 1.0),
        max(1.1 * float(losses.max()), 1.0),
        max(1.25, 1.1 * max(float(reach.max()) for reach in reaches)),
    ]
    titles = ["Output spikes per epoch", "Loss", "Largest u/θ, output solid"]
    axes: dict[str, Any] = {}
    for number, (most, title) in enumerate(zip(highest, ("spikes", "loss", "u/θ"), strict=True), start=1):
        axes[_axis("xaxis", number)] = axis(theme, "epoch", range=[0, span], nticks=4, anchor=_axis("y", number))
        axes[_axis("yaxis", number)] = axis(theme, title, range=[0, most], nticks=3, anchor=_axis("x", number))
    target_label = {
        "text": f"target {target}",
        "x": span,
        "xanchor": "right",
        "y": target,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"color": palette.target},
    }
    return {
        "data": data,
        "layout": layout(
            theme,
            HEIGHT,
            **_placed(axes, SIDE_BY_SIDE, "xaxis"),
            annotations=[target_label, *_headings(theme, titles, 0)],
            shapes=levels,
        ),
        "narrow": layout(
            theme,
            NARROW_HEIGHT,
            **_placed(axes, ONE_BELOW_THE_OTHER, "yaxis"),
            annotations=[target_label, *_headings(theme, titles, 1)],
            shapes=levels,
        ),
    }


def describe_training(records: Sequence[EpochRecord], target: int, layer_names: Sequence[str]) -> str:
    """The curves in words, for those who don't see them."""
    first = next((record.epoch for record in records if record.spikes > 0), None)
    last = records[-1]
    start = "No output spikes so far" if first is None else f"First output spike at epoch {first}"
    reach = ", ".join(f"{name} {layer.largest_u_over_threshold:.2f}" for name, layer in zip(layer_names, last.layers, strict=True))
    return (
        f"Output spikes, loss and largest u over threshold per epoch. {start}; at epoch {last.epoch}, {last.spikes:g} of {target} spikes, "
        f"loss {last.loss:g}, largest u over threshold: {reach}."
    )


def _curve(values: np.ndarray[Any, Any], panel: int, mode: str, color: str, who: str, what: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": mode,
        "x": packed(np.arange(len(values))),
        "y": packed(values),
        "xaxis": _axis("x", panel),
        "yaxis": _axis("y", panel),
        "line": {"color": color, "width": 1.5},
        "hovertemplate": f"{who}, epoch %{{x}}<br>{what} %{{y:.4g}}<extra></extra>",
        "meta": {"label": who, "x": "epoch", "value": what},
    }


def _placed(axes: dict[str, Any], panels: Panels, along: str) -> dict[str, Any]:
    """The axes with each panel's domain along x or y."""
    return {
        name: {**settings, "domain": panels[int(name[5:] or 1) - 1]} if name.startswith(along) else settings
        for name, settings in axes.items()
    }


def _headings(theme: Theme, titles: Sequence[str], narrow: int) -> list[dict[str, Any]]:
    if narrow:
        return [heading(theme, title, upper) for title, (_, upper) in zip(titles, ONE_BELOW_THE_OTHER, strict=True)]
    return [heading(theme, title, 1, x=left) for title, (left, _) in zip(titles, SIDE_BY_SIDE, strict=True)]


def _axis(name: str, number: int) -> str:
    return name if number == 1 else f"{name}{number}"


def _dash(index: int, count: int) -> str:
    """The output layer is drawn solid, those before it broken."""
    return LINE_DASHES[(count - 1 - index) % len(LINE_DASHES)]


def _epoch_span(records: Sequence[EpochRecord]) -> int:
    """The epoch axis grows in steps, so that it doesn't move at every epoch."""
    return max(20, -(-len(records) // 20) * 20)
