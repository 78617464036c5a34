"""Curves of a training on labelled data over epochs: accuracy and loss of both halves of the data, and the spikes of a sample."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from app.figures.curves import Values, axis_name, curve, epoch_span
from app.figures.epoch_panels import PANELS, panels_figure
from app.figures.style import PALETTES, Figure, Palette, Theme, axis, level
from app.figures.training import GHOST_DASH, MOST_MARKED, NO_CHANGES, Ghost
from app.words.numbers import three_digits
from app.words.recognition import cost_in_words, numbers
from snncore.run.bptt import EpochRecord
from snncore.run.measures import PerSample

TRAINING_DASH = "6px,3px"
"""Dash of the half that is learned; the test half is solid."""


def accuracy_curves(
    records: Sequence[EpochRecord],
    costs: Sequence[PerSample],
    classes: int,
    theme: Theme,
    changes: Mapping[int, str] = NO_CHANGES,
    ghost: Ghost | None = None,
    ghost_costs: Sequence[PerSample] = (),
) -> Figure:
    """Three panels over epochs: accuracy against chance, loss, and spikes of a sample.

    Args:
        costs: of a sample in each epoch, as `ghost_costs` of the ghost.
        classes: of the data; chance is one of them.
        changes: what was changed while it trained, in words, by the epoch from which on it holds.
        ghost: another training, whose test half alone is drawn.
    """
    palette = PALETTES[theme]
    span = epoch_span(max(len(records), len(ghost.records) if ghost else 0))
    data = [
        _of_test(_scores(records), 1, "accuracy", palette) | _marked(records, palette),
        curve(_trained(records), 1, palette.input, "Training half", "accuracy", dash=TRAINING_DASH),
        curve(_losses(records), 2, palette.input, "Training half", "loss", dash=TRAINING_DASH, only="wide"),
        _of_test(_test_losses(records), 2, "loss", palette, only="wide"),
        _of_costs(costs, palette.spikes, "A sample", "spikes"),
    ]
    losses = [_losses(records), _test_losses(records)]
    most_spikes = [_spikes(costs)]
    labels = [_label("chance", 1 / classes, span, palette.muted)]
    if ghost:
        data += _ghost_curves(ghost, ghost_costs, palette)
        losses.append(_test_losses(ghost.records))
        most_spikes.append(_spikes(ghost_costs))
        labels.append(
            {
                **_label(ghost.name, float(ghost.records[-1].score), len(ghost.records) - 1, palette.compared),
                "xanchor": "left",
                "yanchor": "top",
            }
        )
    goal = records[-1].task.goal
    levels = [level(1 / classes, 0, span, "x", "y", palette.muted, "dot")]
    if goal < 1:
        levels.append(level(goal, 0, span, "x", "y", palette.target, "dot"))
    if changes:
        data.append(_changed(changes, palette.muted))
    highest = (1.0, _end(losses), _end(most_spikes))
    axes = _axes(theme, span, highest)
    titles = ("Accuracy, training dashed", "Loss", f"Spikes per sample: {three_digits(costs[-1].spikes)}")
    return panels_figure(theme, data, axes, titles, labels, levels)


def describe_accuracy(records: Sequence[EpochRecord], cost: PerSample, ghost: Ghost | None = None) -> str:
    """The curves in words, for screen readers."""
    last = records[-1]
    said = f"Accuracy, loss and spikes of a sample per epoch. At epoch {last.epoch}: {numbers(last)}; a sample takes {cost_in_words(cost)}."
    if ghost is None:
        return said
    return f"{said} Beneath it {ghost.name}, pinned, at epoch {ghost.records[-1].epoch}: {numbers(ghost.records[-1])}."


def _scores(records: Sequence[EpochRecord]) -> Values:
    return np.array([record.score for record in records])


def _trained(records: Sequence[EpochRecord]) -> Values:
    return np.array([math.nan if record.train_score is None else record.train_score for record in records])


def _losses(records: Sequence[EpochRecord]) -> Values:
    return np.array([record.loss for record in records])


def _test_losses(records: Sequence[EpochRecord]) -> Values:
    return np.array([record.measures["test loss"] for record in records])


def _of_test(values: Values, panel: int, what: str, palette: Palette, **more: Any) -> dict[str, Any]:
    return curve(values, panel, palette.spikes, "Test half", what, **more)


def _marked(records: Sequence[EpochRecord], palette: Palette) -> dict[str, Any]:
    """Return a line style with a mark at each epoch, if there are only a few."""
    return {"mode": "lines+markers", "marker": {"color": palette.spikes, "size": 4}} if len(records) <= MOST_MARKED else {}


def _of_costs(costs: Sequence[PerSample], color: str, who: str, what: str, **more: Any) -> dict[str, Any]:
    """A curve of the spikes of a sample that says its synaptic operations too."""
    return curve(_spikes(costs), 3, color, who, what, words=lambda place: cost_in_words(costs[place]), only="wide", **more)


def _spikes(costs: Sequence[PerSample]) -> Values:
    return np.array([cost.spikes for cost in costs])


def _ghost_curves(ghost: Ghost, costs: Sequence[PerSample], palette: Palette) -> list[dict[str, Any]]:
    who, color = f"{ghost.name}, pinned", palette.compared
    curves = [
        curve(_scores(ghost.records), 1, color, who, "accuracy", dash=GHOST_DASH),
        curve(_test_losses(ghost.records), 2, color, who, "loss", dash=GHOST_DASH, only="wide"),
        _of_costs(costs, color, who, "spikes of a sample", dash=GHOST_DASH),
    ]
    return [{**trace, "zorder": -1} for trace in curves]


def _label(text: str, y: float, x: float, color: str) -> dict[str, Any]:
    anchors = {"xref": "x", "yref": "y", "xanchor": "right", "yanchor": "bottom", "showarrow": False}
    return {"text": text, "x": x, "y": y, **anchors, "font": {"color": color}}


def _changed(changes: Mapping[int, str], color: str) -> dict[str, Any]:
    """A mark above the epochs from which on something else held."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(changes),
        "y": [1.0] * len(changes),
        "marker": {"symbol": "triangle-down", "size": 9, "color": color},
        "cliponaxis": False,
        "text": list(changes.values()),
        "hovertemplate": "epoch %{x}<br>%{text}<extra></extra>",
        "meta": {"label": "Changed", "x": "epoch", "value": "to"},
    }


def _end(values: Sequence[Values]) -> float:
    """The largest, rounded up to a quarter of its decade, so that the axis doesn't move at every epoch."""
    largest = max((float(np.nanmax(each)) for each in values if len(each)), default=1.0) or 1.0
    step = 10.0 ** math.floor(math.log10(largest)) / 4
    return math.ceil(1.05 * largest / step) * step


def _axes(theme: Theme, span: int, highest: Sequence[float]) -> dict[str, Any]:
    axes = {}
    for number, (most, title, domain) in enumerate(zip(highest, ("accuracy", "loss", "spikes"), PANELS, strict=True), start=1):
        x, y = axis_name("x", number), axis_name("y", number)
        more = {"tickformat": ".0%"} if number == 1 else {}
        axes[axis_name("xaxis", number)] = axis(theme, "epoch", range=[0, span], nticks=4, anchor=y, domain=domain)
        axes[axis_name("yaxis", number)] = axis(theme, title, range=[0, most], nticks=3, anchor=x, **more)
    return axes
