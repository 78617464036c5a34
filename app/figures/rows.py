"""Activity of a network as rows on one time axis for the rows component: numbers, words and arrays.

This file chooses the rows; `row_kinds` makes each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from app.figures.acts import PickNeuronAct, PickRowAct
from app.figures.opened_rows import details, feature_maps, weights_into
from app.figures.row_data import Dash, HeatmapRow, RasterRow, Row, RowNotes, RowsGroup, RowsHeader, TracesRow
from app.figures.row_kinds import (
    INPUT_WEIGHT,
    LEAST_OUTPUT_HEIGHT,
    MOST_INPUT_HEIGHT,
    MOST_ROWS,
    OUTPUT_WEIGHT,
    NetworkFigure,
    RowsFigure,
    bin_size,
    currents,
    cut_in_words,
    heatmap,
    line,
    raster,
    thinned_in_words,
    traces,
)
from app.figures.style import PALETTES, Theme
from app.words.numbers import counted, operations_in_words, three_digits
from app.words.rates import Side
from snncore.arrays import Array
from snncore.run.measures import is_spikes, operations_into
from snncore.run.record import LayerRecord, neurons_by_time
from snncore.run.simulation import Simulation

MOST_LINES = 8
"""Most neurons of a layer whose unchosen neurons are traced faintly beside the chosen ones."""

COMPARED_HEIGHT = 48
"""Height of each of two rasters, so that the output stays in sight."""

NARROW_HEIGHTS = {"traces": 36, "raster": 48}
"""Heights of a hidden layer's rows on narrow screens, where the output has to stay in sight, by kind."""

ABOVE_THETA = 1.1
"""End of a potential's colour scale, in thresholds."""

LARGEST_MAPS = 2_000_000
"""Most values of feature maps sent for playback."""

LINE_DASHES: tuple[Dash, ...] = ("solid", "dash", "dot", "dashdot")


@dataclass(frozen=True)
class Notes:
    """Notes on a layer: a sentence, labels of the buttons that fix it, and on which side of the target rates it fires."""

    sentence: str = ""
    remedies: tuple[str, ...] = ()
    outside: Side = ""


@dataclass(frozen=True)
class View:
    """The part of a simulation on display.

    Attributes:
        sample: of the batch.
        opened: layers whose details are shown, by their place in the network.
        weighed: layers of whose selected neuron the incoming weights are shown, opened or not.
        heatmaps: layers whose u is shown of all neurons instead of the chosen ones.
        chosen: the neurons that are traced, by layer, the selected one first.
        is_brief: whether the rows of all layers but the last are low on narrow screens.
        marks: steps that are marked on the spikes of each neuron, by layer.
        can_mark: whether a click sets and clears them.
        can_ask: whether a click on a spike asks why it was sent.
    """

    sample: int = 0
    opened: frozenset[int] = frozenset()
    weighed: frozenset[int] = frozenset()
    heatmaps: frozenset[int] = frozenset()
    chosen: Mapping[int, Sequence[int]] = field(default_factory=dict)
    is_brief: bool = False
    marks: Mapping[int, Sequence[Sequence[int]]] = field(default_factory=dict)
    can_mark: bool = False
    can_ask: bool = False


def rows_figure(
    simulation: Simulation,
    view: View,
    notes: Mapping[int, Notes],
    theme: Theme,
    other: Simulation | None = None,
    other_name: str = "",
) -> NetworkFigure:
    """Return one sample's rows: the input, each neuron layer, and an output of any other kind.

    Args:
        notes: notes on the neuron layers, by their place in the network; a layer without any can't be opened.
        other: a second run that is drawn beside the first, under the name `other_name`.
    """
    experiment = simulation.experiment
    palette = PALETTES[theme]
    header = RowsHeader(steps=simulation.input.shape[1], dt=experiment.dt, palette=palette, groups=[], other=other_name)
    figure, groups = RowsFigure(header), header["groups"]
    groups.append(_input_group(figure, simulation, view, other, other_name))
    for index, record in simulation.records.items():
        label = experiment.layer_label(str(index))
        groups.append(_layer_group(figure, simulation, index, record, label, view, notes.get(index), other, other_name))
    last = len(experiment.network) - 1
    if last not in simulation.records:
        groups.append(_output_group(figure, simulation, last, view, other, other_name))
    if view.is_brief:
        for row in (row for group in groups[:-1] for row in group["rows"]):
            if row["kind"] in NARROW_HEIGHTS:
                row["narrow"] = min(row["height"], NARROW_HEIGHTS[row["kind"]])
    return figure


def describe_rows(simulation: Simulation, sample: int = 0) -> str:
    """The rows in words, for screen readers."""
    batch = len(simulation.input)
    whose = "" if batch == 1 else f" of sample {sample + 1} of {batch}"
    parts = [f"Input: {neurons_by_time(simulation.input, sample).sum():g} in sum"]
    for index, record in simulation.records.items():
        label = simulation.experiment.layer_label(str(index))
        parts.append(f"{label}: {_neurons_in_words(record, sample, simulation.experiment.dt)}")
    return f"Rasters and membrane potentials{whose} over {simulation.input.shape[1]} time steps. {'. '.join(parts)}."


def picked_neuron(pick: PickRowAct | PickNeuronAct, record: LayerRecord, sample: int) -> int:
    """Return the picked neuron, by its number or as the busiest in a drawn row."""
    neurons = neurons_by_time(record.spikes if record.does_spike else record.u, sample)
    if "neuron" in pick:
        return min(pick["neuron"], len(neurons) - 1)
    size = bin_size(len(neurons), MOST_ROWS)
    first = min(pick["row"] * size, len(neurons) - 1)
    return first + int(neurons[first : first + size].sum(axis=1).argmax())


# ----------------------------------------------------------------------------------------------------- groups


def _input_group(figure: NetworkFigure, simulation: Simulation, view: View, other: Simulation | None, other_name: str) -> RowsGroup:
    channels = neurons_by_time(simulation.input, view.sample)
    spiking = simulation.experiment.carries_spikes and is_spikes(channels)
    amount = counted(channels.sum(), "spike") if spiking else f"mean {round(float(channels.mean(dtype=np.float64)), 6):.3g}"
    batch = len(simulation.input)
    whose = "" if batch == 1 else f"sample {view.sample + 1} of {batch} · "
    words = f"{whose}{counted(len(channels), 'channel')} · {amount}"
    rows: list[Row] = [raster(figure, channels, "quiet_input", "channel") if spiking else currents(figure, channels)]
    if other is not None and not np.array_equal(other.input, simulation.input):
        beside = neurons_by_time(other.input, view.sample)
        if spiking:
            rows.append(raster(figure, beside, "quiet_input", "channel", other_name))
        else:
            current = currents(figure, beside)
            current["title"] = f"Input, {other_name}"
            rows.append(current)
    for row in rows:
        row["height"], row["weight"] = min(row["height"], MOST_INPUT_HEIGHT), INPUT_WEIGHT
    return RowsGroup(layer="input", title="Input", words=words + thinned_in_words(channels), rows=rows)


def _layer_group(
    figure: NetworkFigure,
    simulation: Simulation,
    index: int,
    record: LayerRecord,
    label: str,
    view: View,
    notes: Notes | None,
    other: Simulation | None,
    other_name: str,
) -> RowsGroup:
    chosen = tuple(view.chosen.get(index, ()))
    spikes = neurons_by_time(record.spikes, view.sample)
    beside = other.records[index] if other else None
    is_output = index == len(simulation.experiment.network) - 1
    words = f"{'output' if is_output else 'hidden'} · {_neurons_in_words(record, view.sample, simulation.experiment.dt)}"
    operations = None if view.is_brief else operations_into(simulation, index)
    if operations is not None:
        words += f" · {operations_in_words(operations[view.sample].sum())} in"
    own = _own_raster(figure, spikes, index, view, is_output, beside is not None) if record.does_spike else None
    rows: list[Row] = []
    if index in view.heatmaps:
        seen = _heatmap(figure, record, view.sample, own)
        seen["pick"], seen["selected"] = index, _row_of(chosen, seen)
        rows.append(seen)
    else:
        potentials = _potentials(figure, record, beside, view.sample, chosen, other_name)
        potentials["pick"] = index
        rows.append(potentials)
    if own:
        rows.append(own)
        if beside:
            others = raster(figure, neurons_by_time(beside.spikes, view.sample), "compared", "neuron", other_name)
            others["pick"], others["selected"], others["height"] = index, _row_of(chosen, others), own["height"]
            rows.append(others)
            words += f" · {other_name}: {counted(neurons_by_time(beside.spikes, view.sample).sum(), 'spike')}"
    if is_output:
        for row in rows:
            row["weight"] = OUTPUT_WEIGHT
    if index in view.opened:
        rows += details(figure, simulation, index, record, view.sample, chosen)
    if chosen and (index in view.opened or index in view.weighed):
        rows += weights_into(figure, simulation, index, chosen[0])
    if index in view.opened and record.spikes.ndim == 5 and record.spikes[0].size <= LARGEST_MAPS:
        rows.append(feature_maps(figure, record, view.sample, chosen))
    group = RowsGroup(layer=str(index), title=label, words=words + thinned_in_words(spikes), rows=rows)
    if notes is not None:
        group["notes"] = RowNotes(sentence=notes.sentence, remedies=notes.remedies)
        group["outside"] = notes.outside
        group["open"], group["heatmap"] = index in view.opened, index in view.heatmaps
    return group


def _own_raster(figure: NetworkFigure, spikes: Array, index: int, view: View, is_output: bool, is_compared: bool) -> RasterRow:
    row = raster(figure, spikes, "spikes", "neuron")
    row["pick"], row["selected"] = index, _row_of(view.chosen.get(index, ()), row)
    if view.can_ask:
        row["asks"] = index
    if is_compared:
        row["height"] = min(row["height"], COMPARED_HEIGHT)
    elif is_output:
        row["height"] = max(row["height"], LEAST_OUTPUT_HEIGHT)
    if index in view.marks:
        _mark(figure, row, view.marks[index], view.can_mark)
    return row


def _mark(figure: NetworkFigure, row: RasterRow, marks: Sequence[Sequence[int]], can_mark: bool) -> None:
    """Mark steps on a raster."""
    places = np.array([(neuron // row["bin"], step) for neuron, steps in enumerate(marks) for step in steps]).reshape(-1, 2)
    row["marks_one"] = can_mark and row["bin"] == row["span"] == 1
    row["title"] = f"Spikes, target spikes dotted{'; click: set or clear one' if row['marks_one'] else ''}"
    row["marks"] = {"lines": figure.put(places[:, 0]), "times": figure.put(places[:, 1])}


def _output_group(
    figure: NetworkFigure, simulation: Simulation, index: int, view: View, other: Simulation | None, other_name: str
) -> RowsGroup:
    values = neurons_by_time(simulation.outputs[-1], view.sample)
    lines = [
        line(figure, values[neuron], None, neuron, "membrane", dash=LINE_DASHES[neuron % len(LINE_DASHES)])
        for neuron in range(min(len(values), MOST_LINES))
    ]
    compared = []
    if other:
        beside = neurons_by_time(other.outputs[-1], view.sample)
        compared = [line(figure, beside[n], None, n, "compared", dash="dash", name=other_name) for n in range(min(len(beside), MOST_LINES))]
    shown = "" if len(values) <= MOST_LINES else f", the first {MOST_LINES} drawn"
    title = f"Output of {simulation.experiment.layer_label(str(index))}"
    words = f"{len(values)} values per step{shown}"
    row = traces(figure, lines, "output", compared=compared)
    row["weight"] = OUTPUT_WEIGHT
    cut = cut_in_words(figure, row, compared)
    if cut:
        row["title"] = cut
    return RowsGroup(layer=str(index), title=title, words=words, rows=[row])


def _potentials(
    figure: NetworkFigure, record: LayerRecord, beside: LayerRecord | None, sample: int, chosen: Sequence[int], other_name: str
) -> TracesRow:
    u, v = neurons_by_time(record.u, sample), neurons_by_time(record.v, sample)
    lines = []
    faint = [neuron for neuron in range(len(u)) if neuron not in chosen] if len(u) <= MOST_LINES else []
    lines += [line(figure, u[n], v[n], n, "membrane", opacity=0.35, width=1.0) for n in faint]
    for place, neuron in reversed(list(enumerate(chosen))):
        dash = LINE_DASHES[place % len(LINE_DASHES)]
        lines.append(line(figure, u[neuron], v[neuron], neuron, "membrane", dash=dash, width=1.8 if place == 0 else 1.4))
    compared = []
    if beside and chosen:
        other_u, other_v = neurons_by_time(beside.u, sample)[chosen[0]], neurons_by_time(beside.v, sample)[chosen[0]]
        compared.append(line(figure, other_u, other_v, chosen[0], "compared", dash="dot", name=other_name, width=1.5))
    thresholds = []
    if record.does_spike and chosen:
        thresholds = [neurons_by_time(np.broadcast_to(record.threshold, record.u.shape), sample)[chosen[0]]]
    names = ", ".join(str(neuron) for neuron in chosen)
    whose = f"neuron{'s' if len(chosen) > 1 else ''} {names}"
    title = f"potential u of {whose}{', others faint' if faint else ''}{', threshold θ dashed' if thresholds else ''}"
    row = traces(figure, lines, "u", thresholds, compared)
    row["title"] = "; ".join(filter(None, [title, cut_in_words(figure, row, compared)]))
    return row


def _heatmap(figure: NetworkFigure, record: LayerRecord, sample: int, spikes: RasterRow | None) -> HeatmapRow:
    """Every neuron's u around 0. A scale that ends little above θ shows how close to it the silent ones come."""
    u = neurons_by_time(record.u, sample)
    low, high = min(0.0, float(u.min())), max(float(u.max()), 1e-9)
    row = heatmap(figure, u, "potential", "neuron", (low, high), diverges=True)
    row["title"] = "potential u of all neurons around 0"
    if spikes is not None:
        theta = float(np.max(record.threshold))
        row["range"] = low, ABOVE_THETA * theta
        row["theta"], row["spikes"] = theta, spikes["z"]
        row["title"] += ", spikes marked"
    return row


def _row_of(chosen: Sequence[int], grid: RasterRow | HeatmapRow) -> list[int]:
    return [neuron // grid["bin"] for neuron in chosen]


# ---------------------------------------------------------------------------------------------------- details


def _neurons_in_words(record: LayerRecord, sample: int, dt: float) -> str:
    spikes, u = neurons_by_time(record.spikes, sample), neurons_by_time(record.u, sample)
    if not record.does_spike:
        return f"{counted(len(u), 'neuron')} · u from {u.min():.3g} to {u.max():.3g}"
    rate = spikes.mean() / dt
    several = f", up to {spikes.max():g} in one step" if spikes.max() > 1 else ""
    return f"{counted(len(spikes), 'neuron')} · {counted(spikes.sum(), 'spike')}{several} · {three_digits(rate)} Hz"
