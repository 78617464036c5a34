"""Trainings that differ in one thing, side by side: the score per epoch of each against the goal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from app.figures.curves import axis_name, curve, epoch_span, goal_label
from app.figures.style import FONT_SIZE, PALETTES, Figure, Theme, axis, heading, layout, level
from app.words.tasks import task_words
from snncore.experiment.tasks import Task
from snncore.experiment.tasks.spike_count import SpikeCount
from snncore.run.bptt import EpochRecord

COLUMNS, NARROW_COLUMNS = 4, 2
PANEL_HEIGHT, NARROW_PANEL_HEIGHT = 170, 72
HEADING_HEIGHT = 36
"""Pixels above a panel, for its heading and the note beneath."""

TICKS_HEIGHT = 18
"""Pixels between a panel's epochs and the next one's heading."""

COLUMN_GAP = 0.06
MARGIN = {"l": 52, "r": 16, "t": 56, "b": 34}
"""On top there is a line for the readout above the headings."""


@dataclass(frozen=True)
class Trial:
    """One of the trainings.

    Attributes:
        name: of the choice on trial.
        note: how it went, or goes.
        records: of its epochs so far.
        task: what all of them are trained for.
    """

    name: str
    note: str
    records: Sequence[EpochRecord]
    task: Task = field(default_factory=SpikeCount)


def trials_figure(trials: Sequence[Trial], goal: float, theme: Theme) -> Figure:
    """A panel for each trial, all with the same axes."""
    palette = PALETTES[theme]
    words = task_words(trials[0].task)
    data = []
    for panel, trial in enumerate(trials, start=1):
        if trial.records:
            scores = np.array([record.score for record in trial.records])
            data.append(curve(scores, panel, palette.spikes, trial.name, words.axis))
    return {
        "data": data,
        "layout": _laid_out(trials, goal, COLUMNS, PANEL_HEIGHT, theme),
        "narrow": _laid_out(trials, goal, NARROW_COLUMNS, NARROW_PANEL_HEIGHT, theme),
    }


def describe_trials(trials: Sequence[Trial], goal: float) -> str:
    """The panels in words, for screen readers."""
    notes = "; ".join(f"{trial.name}: {trial.note}" for trial in trials)
    words = task_words(trials[0].task)
    return f"{words.subject} per epoch of {len(trials)} trainings against {words.against(goal)}. {notes}."


def _laid_out(trials: Sequence[Trial], goal: float, columns: int, panel: int, theme: Theme) -> dict[str, Any]:
    palette, words = PALETTES[theme], task_words(trials[0].task)
    span = epoch_span(max((len(trial.records) for trial in trials), default=0))
    least = min((record.score for trial in trials for record in trial.records), default=0.0)
    most = max((record.score for trial in trials for record in trial.records), default=0.0)
    rows = -(-len(trials) // columns)
    pitch = HEADING_HEIGHT + panel + TICKS_HEIGHT
    paper = rows * pitch - HEADING_HEIGHT - TICKS_HEIGHT
    width = (1 - (columns - 1) * COLUMN_GAP) / columns
    axes: dict[str, Any] = {}
    annotations, shapes = [goal_label(goal, words.goal(goal), span, palette)], []
    for place, trial in enumerate(trials):
        row, column = divmod(place, columns)
        x, y = axis_name("x", place + 1), axis_name("y", place + 1)
        left, top = column * (width + COLUMN_GAP), 1 - row * pitch / paper
        bottom = max(top - panel / paper, 0)  # max: rounding may lead below the paper
        along = axis(theme, "epoch" if place + columns >= len(trials) else "", range=[0, span], nticks=4)
        up = axis(
            theme,
            "" if column else words.axis,
            range=[min(0, 1.1 * least), max(1.25 * goal, 1.1 * most)],
            nticks=3,
            showticklabels=column == 0,
        )
        zoomed_with_first = ({"matches": "x"}, {"matches": "y"}) if place else ({}, {})
        axes[axis_name("xaxis", place + 1)] = {**along, **zoomed_with_first[0], "anchor": y, "domain": (left, left + width)}
        axes[axis_name("yaxis", place + 1)] = {**up, **zoomed_with_first[1], "anchor": x, "domain": (bottom, top)}
        note = {**heading(theme, trial.note, top, x=left), "font": {"size": FONT_SIZE - 1, "color": palette.muted}}
        annotations += [{**heading(theme, trial.name, top, x=left), "yshift": FONT_SIZE + 3}, note]
        shapes.append(level(goal, 0, span, x, y, palette.target, "dot"))
    height = MARGIN["t"] + paper + MARGIN["b"]
    return layout(theme, height, **axes, margin=MARGIN, annotations=annotations, shapes=shapes)
