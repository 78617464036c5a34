"""A training's curves over epochs: the task's score against its goal, the loss, and how close each layer comes to its threshold."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

import numpy as np

from app.figures.curves import Values, axis_name, curve, dash_from_the_end, epoch_span, goal_label
from app.figures.epoch_panels import PANELS, panels_figure
from app.figures.style import PALETTES, Figure, Palette, Theme, axis, level
from app.words.numbers import capitalised
from app.words.tasks import task_words
from snncore.run.bptt import EpochRecord
from snncore.run.course import Course

NO_CHANGES: Mapping[int, str] = MappingProxyType({})
GHOST_DASH = "4px,2px"
"""Dash of the ghost, which no other curve has."""

GUESSABLE = 60
"""Least number of epochs on the axis while a guess is asked for."""

MOST_MARKED = 150
"""Epochs up to which each has a mark of its own."""


@dataclass(frozen=True)
class Ghost:
    """Another training, drawn beneath the one that is looked at, to compare with.

    Attributes:
        course: numbers of its records, where they have been read already.
    """

    name: str
    records: Sequence[EpochRecord]
    which: str = "pinned"
    course: Course | None = None

    @property
    def title(self) -> str:
        """Its name with what it is."""
        return f"{self.name}, {self.which}"


@dataclass(frozen=True)
class Guessed:
    """A guess of the epoch of the first spike; None while it is asked for."""

    epoch: int | None

    def shown_until(self, epochs: int) -> int:
        """Return up to which epoch the curves' axis goes: beyond the guess, or far enough to make one."""
        return self.epoch + 1 if self.epoch is not None else max(GUESSABLE, 2 * epochs)


class _Numbers(NamedTuple):
    """Numbers of all epochs: scores and losses (epochs,), reach (epochs, layers)."""

    scores: Values
    losses: Values
    reach: Values


def training_curves(
    records: Sequence[EpochRecord],
    goals: Sequence[float] | Values,
    layer_names: Sequence[str],
    theme: Theme,
    changes: Mapping[int, str] = NO_CHANGES,
    ghost: Ghost | None = None,
    guess: Guessed | None = None,
    course: Course | None = None,
) -> Figure:
    """Three panels over epochs: score and goal of the task, loss, and each layer's largest u/θ: at 1 a layer begins to spike.

    Args:
        goals: in force at each of the epochs.
        changes: what was changed while it trained, in words, by the epoch from which on it holds.
        ghost: another training for the same kind of task, of whose layers the output alone is drawn.
        guess: of the epoch at which the output fires first, or the question for it.
        course: numbers of the records, where they have been read already.
    """
    words = task_words(records[-1].task)
    palette = PALETTES[theme]
    own = _numbers(records, course)
    beneath = _numbers(ghost.records, ghost.course) if ghost else None
    shown = [own] if beneath is None else [own, beneath._replace(reach=beneath.reach[:, -1:])]
    span = epoch_span(max(*(len(numbers.scores) for numbers in shown), guess.shown_until(len(records)) if guess else 0))
    goal, highest_goal = float(goals[-1]), float(np.max(goals))
    levels = [*_goal_levels(goals, span, palette.target), level(1, 0, span, "x3", "y3", palette.threshold, "dash")]
    highest = (
        _axis_end(1.25 * highest_goal, 1.0, *(1.1 * float(numbers.scores.max()) for numbers in shown)),
        _axis_end(1.0, *(1.1 * float(numbers.losses.max()) for numbers in shown)),
        _axis_end(1.25, *(1.1 * float(numbers.reach.max()) for numbers in shown)),
    )
    data = _own_curves(own, layer_names, words.axis, palette)
    labels = [goal_label(goal, words.goal(records[-1].task.goal), span, palette)]
    if ghost and beneath:
        data += _ghost_curves(ghost.title, beneath, words.axis, palette)
        labels += _ghost_labels(ghost.name, beneath, highest, palette)
    if guess and guess.epoch is not None:
        levels.append(_guess_line(guess.epoch, highest[0], palette))
        labels.append(_guess_label(guess.epoch, span, highest[0], palette))
    if changes:
        data.append(_marks(changes, 1.15 * highest_goal, palette.muted))
    lowest = min(float(numbers.scores.min()) for numbers in shown)
    axes = _axes(theme, span, (-_axis_end(-1.1 * lowest) if lowest < 0 else 0.0, 0.0, 0.0), highest, words.axis)
    dashed = "hidden" if records[-1].does_spike else "others"
    peaks = f"Peaks, {dashed} dashed" if len(layer_names) > 1 else "Peaks"
    titles = (f"{words.subject} per epoch", "Loss", peaks)
    return panels_figure(theme, data, axes, titles, labels, levels)


def describe_training(records: Sequence[EpochRecord], goal: float, layer_names: Sequence[str], ghost: Ghost | None = None) -> str:
    """The curves in words, for screen readers."""
    first = next((record.epoch for record in records if record.fires), None)
    last = records[-1]
    words = task_words(last.task)
    spiking = "No output spikes so far; " if first is None else f"First output spike at epoch {first}; "
    start = capitalised(f"{spiking if last.does_spike else ''}at epoch {last.epoch}")
    reach = ", ".join(f"{name} {reach:.2f}" for name, reach in zip(layer_names, last.reach, strict=True))
    said = (
        f"{words.subject}, loss and largest u over threshold per epoch. {start}, {words.of_goal(last.score, goal)}, "
        f"loss {last.loss:g}, largest u over threshold: {reach}."
    )
    if ghost is None:
        return said
    end = ghost.records[-1]
    return f"{said} Beneath it {ghost.title}: at epoch {end.epoch}, {words.came_to(end.score)}, loss {end.loss:g}."


def _numbers(records: Sequence[EpochRecord], course: Course | None) -> _Numbers:
    known, epochs = course or Course(records), len(records)
    return _Numbers(known.scores(epochs), known.losses(epochs), known.reach(epochs))


def _axis_end(*values: float) -> float:
    """The largest, rounded up to a quarter of its decade, so that the axis doesn't move at every epoch."""
    largest = max(values)
    step = 10.0 ** math.floor(math.log10(largest)) / 4
    return math.ceil(largest / step) * step


def _own_curves(own: _Numbers, layer_names: Sequence[str], score: str, palette: Palette) -> list[dict[str, Any]]:
    """The score first: along it epochs are chosen."""
    scores = curve(own.scores, 1, palette.spikes, "Output", score)
    if len(own.scores) <= MOST_MARKED:
        scores |= {"mode": "lines+markers", "marker": {"color": palette.spikes, "size": 4}}
    losses = curve(own.losses, 2, palette.text, "Training", "loss", only="wide")
    reach = [
        curve(own.reach[:, index], 3, palette.membrane, name, "largest u/θ", dash=dash_from_the_end(index, len(layer_names)), only="wide")
        for index, name in enumerate(layer_names)
    ]
    return [scores, losses, *reach]


def _ghost_curves(who: str, ghost: _Numbers, score: str, palette: Palette) -> list[dict[str, Any]]:
    color = palette.compared
    curves = [
        curve(ghost.scores, 1, color, who, score, dash=GHOST_DASH),
        curve(ghost.losses, 2, color, who, "loss", dash=GHOST_DASH, only="wide"),
        curve(ghost.reach[:, -1], 3, color, who, "largest u/θ of the last neurons", dash=GHOST_DASH, only="wide"),
    ]
    return [{**trace, "zorder": -1} for trace in curves]


def _ghost_labels(name: str, ghost: _Numbers, highest: Sequence[float], palette: Palette) -> list[dict[str, Any]]:
    """Its name where each of its curves ends, towards the panel's middle: on the other side lie target and threshold, or ticks."""
    ends = (ghost.scores[-1], ghost.losses[-1], ghost.reach[-1, -1])
    return [
        {
            "text": name,
            "x": len(ghost.scores) - 1,
            "y": float(end),
            "xref": axis_name("x", panel),
            "yref": axis_name("y", panel),
            "xanchor": "left",
            "yanchor": "top" if end > most / 2 else "bottom",
            "showarrow": False,
            "font": {"color": palette.compared},
        }
        for panel, (end, most) in enumerate(zip(ends, highest, strict=True), start=1)
    ]


def _goal_levels(goals: Sequence[float] | Values, span: int, color: str) -> list[dict[str, Any]]:
    """The goal as lines, each as long as it was in force; the last one goes on."""
    starts = [0, *(int(epoch) + 1 for epoch in np.flatnonzero(np.diff(goals)))]
    return [level(float(goals[start]), start, end, "x", "y", color, "dot") for start, end in zip(starts, [*starts[1:], span], strict=True)]


def _guess_line(epoch: int, top: float, palette: Palette) -> dict[str, Any]:
    line = {"color": palette.muted, "width": 1.5, "dash": "dot"}
    return {"type": "line", "xref": "x", "yref": "y", "x0": epoch, "x1": epoch, "y0": 0, "y1": top, "line": line}


def _guess_label(epoch: int, span: int, top: float, palette: Palette) -> dict[str, Any]:
    """Beside the line, towards the middle of the panel."""
    return {
        "text": "your guess",
        "x": epoch,
        "y": top / 2,
        "xref": "x",
        "yref": "y",
        "xanchor": "left" if epoch < span / 2 else "right",
        "showarrow": False,
        "font": {"color": palette.muted},
    }


def _marks(changes: Mapping[int, str], height: float, color: str) -> dict[str, Any]:
    """A mark above the epochs from which on something else held."""
    words = list(changes.values())
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(changes),
        "y": [height] * len(changes),
        "marker": {"symbol": "triangle-down", "size": 9, "color": color},
        "cliponaxis": False,
        "text": words,
        "hovertemplate": "epoch %{x}<br>%{text}<extra></extra>",
        "meta": {"label": "Changed", "x": "epoch", "value": "to"},
    }


def _axes(theme: Theme, span: int, lowest: Sequence[float], highest: Sequence[float], score: str) -> dict[str, Any]:
    """The panels' axes, side by side."""
    axes = {}
    for number, (least, most, title, domain) in enumerate(
        zip(lowest, highest, (score, "loss", "potential / θ"), PANELS, strict=True), start=1
    ):
        x, y = axis_name("x", number), axis_name("y", number)
        axes[axis_name("xaxis", number)] = axis(theme, "epoch", range=[0, span], nticks=4, anchor=y, domain=domain)
        axes[axis_name("yaxis", number)] = axis(theme, title, range=[least, most], nticks=3, anchor=x)
    return axes
