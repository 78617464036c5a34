"""The run of a single neuron layer as a table."""

from __future__ import annotations

import csv
from io import StringIO

import numpy as np

from app.export.formats import OF_NEURONS, Tuned
from snncore.run.record import neurons_by_time
from snncore.run.simulation import Simulation


@OF_NEURONS.register("Run (CSV)", "z, i, u, v, θ and s at every time step.", "neuron.csv", lambda tuned: tuned.simulation is not None)
def saved_run(tuned: Tuned) -> str:
    """Return the run as CSV."""
    assert tuned.simulation is not None
    return run_csv(tuned.simulation)


def run_csv(simulation: Simulation) -> str:
    """Return the run of a single neuron layer as CSV with a header.

    There is a row for each neuron and time step, with its input z, synaptic current i, potential before and after the reset, threshold and
    spikes; the last two are empty where a layer never spikes.
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
