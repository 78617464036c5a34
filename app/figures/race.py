"""The rows of one sample of labelled data: a network's activity, and below it the readouts of all classes as they race in time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch

from app.figures.row_data import RowsGroup
from app.figures.row_kinds import OUTPUT_WEIGHT, NetworkFigure, line, traces
from snncore.arrays import Array
from snncore.experiment.tasks.classification import Classification
from snncore.run.simulation import Simulation

MOST_RACING = 10
"""Most classes whose readouts are drawn: those that come furthest."""

RACE = "race"
"""Name of the group of rows."""

FAINT = 0.45


def racing(simulation: Simulation, task: Classification) -> Array:
    """Return the readouts up to each step of a simulated sample, (time, classes)."""
    last = len(simulation.experiment.network) - 1
    is_read_of_u = task.reads_potentials and simulation.experiment.network[last].does_spike
    output = simulation.records[last].u if is_read_of_u else simulation.outputs[-1]
    read: Array = task.read_so_far(torch.from_numpy(output[:1]))[0].numpy()
    return read


def decided_at(read: Array) -> int:
    """Return the first step from which on the class with the largest readout stays the same."""
    leading = read.argmax(axis=1)
    others = np.flatnonzero(leading != leading[-1])
    return int(others[-1]) + 1 if len(others) else 0


def add_race(
    figure: NetworkFigure, simulation: Simulation, read: Array, task: Classification, names: Sequence[str], label: int | None
) -> None:
    """Add the race to a figure of rows, in place of an output that doesn't spike.

    Args:
        simulation: of the sample.
        read: from `racing`.
        names: of the classes.
        label: the sample's class, if it is known.
    """
    answer = int(read[-1].argmax())
    drawn = sorted(range(read.shape[1]), key=lambda each: read[-1, each])[-MOST_RACING:]
    lines = [
        line(
            figure,
            read[:, each],
            None,
            each,
            "spikes" if each == answer else "target" if each == label else "membrane",
            dash="dash" if each == label and each != answer else "solid",
            width=2.5 if each in (answer, label) else 1.0,
            opacity=1.0 if each in (answer, label) else FAINT,
            name=f"class {names[each]}",
        )
        for each in [*(each for each in drawn if each not in (label, answer)), *([] if label in (None, answer) else [label]), answer]
    ]
    row = traces(figure, lines, task.readout.replace("_", " "))
    row["weight"] = OUTPUT_WEIGHT
    right = "" if label is None else ", the right one" if answer == label else f"; {names[label]} would be right (dashed)"
    words = f"{names[answer]} leads from step {decided_at(read)} on{right}"
    groups, last = figure.header["groups"], str(len(simulation.experiment.network) - 1)
    if not simulation.experiment.network[-1].does_spike:
        groups[:] = [group for group in groups if group["layer"] != last]  # the race shows the same, read
    groups.append(
        RowsGroup(layer=RACE if any(group["layer"] == last for group in groups) else last, title="Answer so far", words=words, rows=[row])
    )
