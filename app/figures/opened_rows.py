"""The further rows of an opened layer: its currents, rates, synaptic operations and intervals, its weights, its feature maps."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.figures.row_data import MapsRow, Row, TracesRow, WeightsRow
from app.figures.row_kinds import BARS_HEIGHT, NetworkFigure, bars, line, traces
from app.words.numbers import three_digits
from snncore.run.measures import IncomingWeights, incoming_weights, operations_into, spike_intervals
from snncore.run.record import LayerRecord, neurons_by_time
from snncore.run.simulation import Simulation

CURVE_HEIGHT = 52
MAPS_HEIGHT = 200


def details(
    figure: NetworkFigure, simulation: Simulation, index: int, record: LayerRecord, sample: int, chosen: Sequence[int]
) -> list[Row]:
    """Return an opened layer's details: currents, rates, synaptic operations, intervals. Adaptive θ is beside u already."""
    experiment = simulation.experiment
    received, spikes = neurons_by_time(simulation.received(index), sample), neurons_by_time(record.spikes, sample)
    rows: list[Row] = []
    if chosen:
        neuron = chosen[0]
        lines = [line(figure, received[neuron], None, neuron, "muted" if record.i_syn is not None else "synaptic_current", name="z")]
        if record.i_syn is not None:
            current = neurons_by_time(record.i_syn, sample)[neuron]
            lines.append(line(figure, current, None, neuron, "synaptic_current", name="i"))
        title = f"Input z of neuron {neuron}" if record.i_syn is None else f"Input z (grey) and synaptic current i of neuron {neuron}"
        rows.append(_curve(traces(figure, lines, "z" if record.i_syn is None else "z, i"), title))
    if record.does_spike:
        rate = spikes.mean(axis=0, dtype=np.float64) / experiment.dt
        title = f"Population rate, mean {three_digits(rate.mean())} Hz"
        rows.append(_curve(traces(figure, [line(figure, rate, None, None, "spikes", name="rate")], "Hz"), title))
    operations = operations_into(simulation, index)
    if operations is not None:
        per_step = operations[sample]
        title = f"Synaptic operations into this layer, {per_step.sum():,.0f} in all"
        rows.append(_curve(traces(figure, [line(figure, per_step, None, None, "input", name="operations")], "per step"), title))
    if record.does_spike:
        seconds = spikes.shape[1] * experiment.dt
        rates = spikes.sum(axis=1, dtype=np.float64) / seconds
        if rates.any():
            of_each = bars(figure, rates, "Rate of each neuron", "neuron", "Hz", selected=chosen[0] if chosen else None)
            of_each["pick"] = index
            rows.append(of_each)
        intervals = spike_intervals(spikes.T)
        if len(intervals):
            histogram = np.bincount(intervals.astype(int))[1:].astype(float)
            title = f"Intervals between spikes, median {np.median(intervals):g} steps"
            rows.append(bars(figure, histogram, title, "steps", "count", first=1, adds_up=True))
    return rows


def _curve(row: TracesRow, title: str) -> TracesRow:
    """Give a row the height and title of a detail."""
    row["height"], row["title"] = CURVE_HEIGHT, title
    return row


def weights_into(figure: NetworkFigure, simulation: Simulation, index: int, neuron: int) -> list[WeightsRow]:
    """The weights that lead to a neuron, a row for each source."""
    experiment = simulation.experiment
    place = tuple(int(axis) for axis in np.unravel_index(neuron, simulation.records[index].u.shape[2:]))
    rows: list[WeightsRow] = []
    for found in incoming_weights(simulation, index, place):
        source = experiment.layer_label(str(found.source)) if found.source < index else "its own layer"
        rows.append(
            {
                "kind": "weights",
                "height": BARS_HEIGHT,
                "title": f"Weights from {source} to neuron {neuron}",
                "across": _inputs_in_words(simulation, index, found),
                "z": figure.put(found.values),
                "shape": list(found.values.shape),
                "pick": _neurons_behind(simulation, index, found),
            }
        )
    return rows


def _inputs_in_words(simulation: Simulation, index: int, weights: IncomingWeights) -> str:
    """What the inputs that weights lead from are numbered by."""
    place = _neurons_behind(simulation, index, weights)
    if place is not None:
        return f"neuron of {simulation.experiment.layer_label(str(place))}"
    return "input channel" if weights.source == 0 else f"input of {simulation.experiment.layer_label(str(weights.source))}"


def _neurons_behind(simulation: Simulation, index: int, weights: IncomingWeights) -> int | None:
    """Place of the layer whose neurons the weights come from, if their inputs are neurons one by one."""
    place = index if weights.source == index else weights.source - 1
    record = simulation.records.get(place)
    return place if record is not None and weights.values.ndim == 1 and record.u[0, 0].size == len(weights.values) else None


def feature_maps(figure: NetworkFigure, record: LayerRecord, sample: int, chosen: Sequence[int]) -> MapsRow:
    """A layer of channels as pictures over time."""
    channels, height, width = record.spikes.shape[2:]
    return {
        "kind": "maps",
        "height": MAPS_HEIGHT,
        "title": f"Feature maps, {channels} channels of {height}×{width}",
        "z": figure.put_spikes(record.spikes[sample]) if record.does_spike else figure.put(record.u[sample]),
        "spikes": record.does_spike,
        "shape": (channels, height, width),
        "selected": chosen[0] if chosen else None,
        "pick": int(record.name),
    }
