"""A training's curves over epochs: spikes against the target, the loss, and how close each layer comes to its threshold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import numpy as np

from app.figures.style import PALETTES, Figure, Theme, axis, heading, layout, level, packed
from snncore.bptt import EpochRecord

NO_CHANGES: Mapping[int, str] = MappingProxyType({})
LINE_DASHES = ("solid", "dash", "dot", "dashdot")
HEIGHT = 140
NARROW_HEIGHT = 420

Panels = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
SIDE_BY_SIDE: Panels = ((0, 0.54), (0.64, 0.77), (0.86, 1))
ONE_BELOW_THE_OTHER: Panels = ((0.78, 1), (0.39, 0.61), (0, 0.22))


def training_curves(
    records: Sequence[EpochRecord],
    targets: Sequence[int],
    layer_names: Sequence[str],
    theme: Theme,
    changes: Mapping[int, str] = NO_CHANGES,
) -> Figure:
    """Three panels over epochs: spikes and target, loss, and each layer's largest u/θ: at 1 a layer begins to spike.

    Args:
        targets: in force at each of the epochs.
        changes: what was changed while it trained, in words, by the epoch from which on it holds.
    """
    palette = PALETTES[theme]
    span = _epoch_span(records)
    drawn_as = "lines" if len(records) > 1 else "markers"
    counts = np.array([record.spikes for record in records])
    losses = np.array([record.loss for record in records])
    reaches = [np.array([record.reach[index] for record in records]) for index in range(len(layer_names))]
    spikes = _curve(counts, 1, "lines+markers", palette.spikes, "Output", "spikes")
    spikes |= {"marker": {"color": palette.spikes, "size": 4}, "cliponaxis": False}
    data = [spikes, _curve(losses, 2, drawn_as, palette.text, "Training", "loss")]
    for index, (name, reach) in enumerate(zip(layer_names, reaches, strict=True)):
        curve = _curve(reach, 3, drawn_as, palette.membrane, name, "largest u/θ")
        curve["line"]["dash"] = _dash(index, len(layer_names))
        data.append(curve)
    data += _marks(changes, 1.25 * max(targets), palette.muted) if changes else []
    target = targets[-1]
    levels = [*_target_levels(targets, span, palette.target), level(1, 0, span, "x3", "y3", palette.threshold, "dash")]
    highest = [
        max(1.25 * max(targets), 1.1 * float(counts.max()), 1.0),
        max(1.1 * float(losses.max()), 1.0),
        max(1.25, 1.1 * max(float(reach.max()) for reach in reaches)),
    ]
    titles = ["Output spikes per epoch", "Loss", "Largest u/θ, output solid"]
    still = {"dragmode": False}  # a drag chooses an epoch
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
            **still,
            **_placed(axes, SIDE_BY_SIDE, "xaxis"),
            annotations=[target_label, *_headings(theme, titles, 0)],
            shapes=levels,
        ),
        "narrow": layout(
            theme,
            NARROW_HEIGHT,
            **still,
            **_placed(axes, ONE_BELOW_THE_OTHER, "yaxis"),
            annotations=[target_label, *_headings(theme, titles, 1)],
            shapes=levels,
        ),
    }


def _target_levels(targets: Sequence[int], span: int, color: str) -> list[dict[str, Any]]:
    """The target as lines, each as long as it was in force; the last one goes on."""
    starts = [0, *(epoch for epoch in range(1, len(targets)) if targets[epoch] != targets[epoch - 1])]
    return [level(targets[start], start, end, "x", "y", color, "dot") for start, end in zip(starts, [*starts[1:], span], strict=True)]


def _marks(changes: Mapping[int, str], height: float, color: str) -> list[dict[str, Any]]:
    """A mark above the epochs from which on something else held."""
    words = list(changes.values())
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": list(changes),
            "y": [height] * len(changes),
            "marker": {"symbol": "triangle-down", "size": 9, "color": color},
            "cliponaxis": False,
            "text": words,
            "hovertemplate": "epoch %{x}<br>%{text}<extra></extra>",
            "meta": {"label": "Changed", "x": "epoch", "value": "to", "words": words},
        }
    ]


def describe_training(records: Sequence[EpochRecord], target: int, layer_names: Sequence[str]) -> str:
    """The curves in words, for those who don't see them."""
    first = next((record.epoch for record in records if record.spikes > 0), None)
    last = records[-1]
    start = "No output spikes so far" if first is None else f"First output spike at epoch {first}"
    reach = ", ".join(f"{name} {reach:.2f}" for name, reach in zip(layer_names, last.reach, strict=True))
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
