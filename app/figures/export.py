"""What is taken along from a training or a run as text."""

from __future__ import annotations

import csv
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from io import StringIO

import numpy as np

from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord
from snncore.run.record import neurons_by_time
from snncore.run.simulation import Simulation


def history_csv(experiment: Experiment, records: Sequence[EpochRecord], layer_names: Sequence[str]) -> str:
    """The numbers of a training as CSV, under a header: a row for each epoch, and an empty cell where there is no number.

    Args:
        experiment: with what was changed while it trained.
        layer_names: what the neuron layers are called, in their order.
    """
    task = experiment.training.task
    score_has_a_column = task.score_name in ("spikes", "loss")
    starts = sorted({0, *(change.epoch for change in experiment.training.changes)})
    in_force = [experiment.in_force(start).training for start in starts]
    gradients = _names(record.gradient_norms for record in records)
    constants = _names(record.constants for record in records)
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        [
            *("epoch", "spikes"),
            *([] if score_has_a_column else [task.score_name]),
            *(task.goal_name, "loss", "learning rate", "optimiser"),
            *(f"rate of {name} (spikes per neuron and step)" for name in layer_names),
            *(f"largest u/θ of {name}" for name in layer_names),
            *(f"gradient norm of {name}" for name in gradients),
            *(f"mean of {name}" for name in constants),
        ]
    )
    for record in records:
        training = in_force[bisect_right(starts, record.epoch) - 1]
        writer.writerow(
            [
                *(record.epoch, record.spikes),
                *([] if score_has_a_column else [record.score]),
                *(training.task.goal, record.loss, training.lr, training.optimiser),
                *(record.rates + record.reach),
                *(record.gradient_norms.get(name) for name in gradients),
                *(record.constants.get(name) for name in constants),
            ]
        )
    return text.getvalue()


def run_csv(simulation: Simulation) -> str:
    """The run of a single neuron layer as CSV, under a header: a row for each neuron and time step, with its input z, synaptic current i,
    potential before and after the reset, threshold and spikes; empty where a layer never spikes.
    """
    record = simulation.records[0]
    current = simulation.input if record.i_syn is None else record.i_syn
    threshold = np.broadcast_to(record.threshold, record.u.shape)
    spikes = [threshold, record.spikes] if record.does_spike else []
    columns = [neurons_by_time(values, 0) for values in (simulation.input, current, record.u, record.v, *spikes)]
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["neuron", "step", "z", "i", "u", "v", "θ", "s"])
    for neuron, rows in enumerate(zip(*columns, strict=True)):
        for step, values in enumerate(zip(*rows, strict=True)):
            writer.writerow([neuron, step, *values, *[""] * (6 - len(values))])
    return text.getvalue()


def _names(numbers: Iterable[dict[str, float]]) -> list[str]:
    """The names that come up, in the order in which they do."""
    return list(dict.fromkeys(name for named in numbers for name in named))
