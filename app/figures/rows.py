"""What a network did, as rows on one time axis for the rows component: numbers and words to draw, arrays beside them.

A figure here is a header, plain JSON, and the arrays that it names by their place in a list. Large layers are thinned for drawing, never
for computing, and `thinned` says how.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from app.figures.style import PALETTES, Theme
from snncore.measures import IncomingWeights, incoming_weights, spike_intervals, synaptic_operations
from snncore.record import Array, LayerRecord
from snncore.simulation import Simulation

MOST_ROWS = 1024
MOST_COLUMNS = 2000
"""Of a raster or heatmap as it is drawn."""

MOST_LINES = 8
"""Up to so many neurons, a layer's other neurons are traced faintly beside the chosen ones."""

RASTER_HEIGHTS = ((4, 44), (16, 56), (64, 84))
"""Heights of rasters in pixels by the most neurons they suit; larger ones get the last."""

TRACE_HEIGHT = 72
HEATMAP_HEIGHT = 96
CURVE_HEIGHT = 52
BARS_HEIGHT = 56
MAPS_HEIGHT = 200
LARGEST_MAPS = 2_000_000
"""Values of feature maps that are sent to be played."""

LINE_DASHES = ("solid", "dash", "dot", "dashdot")


@dataclass
class RowsFigure:
    """Header and arrays. `put` adds an array and returns its place."""

    header: dict[str, Any]
    arrays: list[np.ndarray[Any, Any]] = field(default_factory=list)

    def put(self, values: np.ndarray[Any, Any]) -> int:
        self.arrays.append(np.ascontiguousarray(values))
        return len(self.arrays) - 1


@dataclass(frozen=True)
class Notes:
    """What is said of a layer: a sentence, and the labels of the buttons that mend it."""

    sentence: str = ""
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True)
class View:
    """What of a simulation is looked at.

    Attributes:
        sample: of the batch.
        opened: layers whose details are shown, by their place in the network.
        weighed: layers of whose selected neuron the incoming weights are shown, opened or not.
        heatmaps: layers whose u is shown of all neurons instead of the chosen ones.
        chosen: the neurons that are traced, by layer, the selected one first.
    """

    sample: int = 0
    opened: frozenset[int] = frozenset()
    weighed: frozenset[int] = frozenset()
    heatmaps: frozenset[int] = frozenset()
    chosen: Mapping[int, Sequence[int]] = field(default_factory=dict)


def rows_figure(
    simulation: Simulation,
    view: View,
    notes: Mapping[int, Notes],
    theme: Theme,
    other: Simulation | None = None,
    other_name: str = "",
    titles: Mapping[int, str] | None = None,
) -> RowsFigure:
    """One sample's rows: the input, each neuron layer, and the output where that is no neuron layer.

    Args:
        notes: what is said of the neuron layers, by their place in the network; a layer without any can't be opened.
        titles: what the layers are called, if not by their number.
        other: a second run that is drawn beside the first, under the name `other_name`.
    """
    experiment = simulation.experiment
    figure = RowsFigure({"steps": simulation.input.shape[1], "palette": asdict(PALETTES[theme]), "groups": [], "other": other_name})
    groups = figure.header["groups"]
    groups.append(_input_group(figure, simulation, view, other, other_name))
    for index, record in simulation.records.items():
        label = titles[index] if titles else experiment.layer_label(str(index))
        groups.append(_layer_group(figure, simulation, index, record, label, view, notes.get(index), other, other_name))
    last = len(experiment.network) - 1
    if last not in simulation.records:
        groups.append(_output_group(figure, simulation, last, view, other, other_name))
    return figure


def describe_rows(simulation: Simulation, sample: int = 0, titles: Mapping[int, str] | None = None) -> str:
    """The rows in words, for those who don't see them."""
    parts = [f"Input: {_rows_of(simulation.input, sample).sum():g} in sum"]
    for index, record in simulation.records.items():
        label = titles[index] if titles else simulation.experiment.layer_label(str(index))
        parts.append(f"{label}: {_neurons_in_words(record, sample, simulation.experiment.dt)}")
    return f"Rasters and membrane potentials over {simulation.input.shape[1]} time steps. {'. '.join(parts)}."


def closest_neuron(record: LayerRecord) -> int:
    """The neuron whose u comes closest to its threshold, or goes farthest beyond; where there is none, the one with the largest u."""
    reach = record.u / record.threshold if record.does_spike else record.u
    return int(reach.reshape(*reach.shape[:2], -1).max(axis=(0, 1)).argmax())


def picked_neuron(pick: Mapping[str, Any], record: LayerRecord, sample: int) -> int:
    """The neuron that was picked: by its number, or as the busiest of those that a drawn row stands for."""
    if "neuron" in pick:
        return int(pick["neuron"])
    neurons = _rows_of(record.spikes if record.does_spike else record.u, sample)
    size = _bin_size(len(neurons), MOST_ROWS)
    first = min(int(pick["row"]) * size, len(neurons) - 1)
    return first + int(neurons[first : first + size].sum(axis=1).argmax())


def raster_height(neurons: int) -> int:
    return next((height for most, height in RASTER_HEIGHTS if neurons <= most), RASTER_HEIGHTS[-1][1])


# ----------------------------------------------------------------------------------------------------- groups


def _input_group(figure: RowsFigure, simulation: Simulation, view: View, other: Simulation | None, other_name: str) -> dict[str, Any]:
    channels = _rows_of(simulation.input, view.sample)
    is_spikes = _is_spikes(channels)
    words = (
        f"{counted(len(channels), 'channel')} · {counted(channels.sum(), 'spike')}"
        if is_spikes
        else f"{counted(len(channels), 'channel')} · mean {channels.mean():.3g}"
    )
    rows = [_raster(figure, channels, "input", "channel") if is_spikes else _currents(figure, channels)]
    shown = other is not None and not np.array_equal(other.input, simulation.input)
    if shown and other is not None and is_spikes:
        rows.append(_raster(figure, _rows_of(other.input, view.sample), "input", "channel", other_name))
    return _group("input", "Input", words + _thinned_in_words(channels), rows)


def _layer_group(
    figure: RowsFigure,
    simulation: Simulation,
    index: int,
    record: LayerRecord,
    label: str,
    view: View,
    notes: Notes | None,
    other: Simulation | None,
    other_name: str,
) -> dict[str, Any]:
    chosen = tuple(view.chosen.get(index, ()))
    spikes = _rows_of(record.spikes, view.sample)
    beside = other.records[index] if other else None
    words = _neurons_in_words(record, view.sample, simulation.experiment.dt)
    rows = []
    if index in view.heatmaps:
        rows.append({**_heatmap(figure, record, view.sample), "pick": index})
    else:
        rows.append({**_potentials(figure, record, beside, view.sample, chosen, other_name), "pick": index})
    if record.does_spike:
        raster = _raster(figure, spikes, "spikes", "neuron")
        rows.append({**raster, "pick": index, "selected": _row_of(chosen, raster)})
        if beside:
            others = _raster(figure, _rows_of(beside.spikes, view.sample), "spikes", "neuron", other_name)
            rows.append({**others, "pick": index, "selected": _row_of(chosen, others)})
            words += f" · {other_name}: {counted(_rows_of(beside.spikes, view.sample).sum(), 'spike')}"
    if index in view.opened:
        rows += _details(figure, simulation, index, record, view.sample, chosen)
    if chosen and (index in view.opened or index in view.weighed):
        rows += _weights(figure, simulation, index, chosen[0])
    if index in view.opened and record.spikes.ndim == 5 and record.spikes[0].size <= LARGEST_MAPS:
        rows.append(_maps(figure, record, view.sample, chosen))
    group = _group(str(index), label, words + _thinned_in_words(spikes), rows)
    if notes is None:
        return group
    return {**group, "notes": asdict(notes), "open": index in view.opened, "heatmap": index in view.heatmaps}


def _output_group(
    figure: RowsFigure, simulation: Simulation, index: int, view: View, other: Simulation | None, other_name: str
) -> dict[str, Any]:
    values = _rows_of(simulation.outputs[index], view.sample)
    lines = [
        _line(figure, values[neuron], None, neuron, "membrane", dash=LINE_DASHES[neuron % len(LINE_DASHES)])
        for neuron in range(min(len(values), MOST_LINES))
    ]
    if other:
        beside = _rows_of(other.outputs[index], view.sample)
        lines += [_line(figure, beside[n], None, n, "muted", dash="dash", name=other_name) for n in range(min(len(beside), MOST_LINES))]
    shown = "" if len(values) <= MOST_LINES else f", the first {MOST_LINES} drawn"
    title = f"Output of {simulation.experiment.layer_label(str(index))}"
    return _group("output", title, f"{len(values)} values per step{shown}", [_traces(lines, "output", values[:MOST_LINES])])


def _details(
    figure: RowsFigure, simulation: Simulation, index: int, record: LayerRecord, sample: int, chosen: Sequence[int]
) -> list[dict[str, Any]]:
    """What opening a layer shows: currents, rates, synaptic operations, intervals. An adaptive threshold stands beside u already."""
    experiment = simulation.experiment
    received, spikes = _rows_of(simulation.received(index), sample), _rows_of(record.spikes, sample)
    rows = []
    if chosen:
        neuron = chosen[0]
        lines = [_line(figure, received[neuron], None, neuron, "muted" if record.i_syn is not None else "synaptic_current", name="z")]
        shown = [received[neuron]]
        if record.i_syn is not None:
            current = _rows_of(record.i_syn, sample)[neuron]
            lines.append(_line(figure, current, None, neuron, "synaptic_current", name="i"))
            shown.append(current)
        title = f"Input z of neuron {neuron}" if record.i_syn is None else f"Input z (grey) and synaptic current i of neuron {neuron}"
        rows.append({**_traces(lines, "z" if record.i_syn is None else "z, i", np.stack(shown)), "height": CURVE_HEIGHT, "title": title})
    if record.does_spike:
        rate = spikes.mean(axis=0) / experiment.dt
        title = f"Population rate, mean {rate.mean():.3g} Hz"
        rows.append(
            {**_traces([_line(figure, rate, None, None, "spikes", name="rate")], "Hz", rate), "height": CURVE_HEIGHT, "title": title}
        )
    operations = synaptic_operations(experiment.network[index - 1], simulation.received(index - 1)) if index else None
    if operations is not None:
        per_step = operations[sample].astype(np.float32)
        title = f"Synaptic operations into this layer, {per_step.sum():,.0f} in all"
        curve = _traces([_line(figure, per_step, None, None, "input", name="operations")], "per step", per_step)
        rows.append({**curve, "height": CURVE_HEIGHT, "title": title})
    if record.does_spike:
        seconds = spikes.shape[1] * experiment.dt
        rates = spikes.sum(axis=1) / seconds
        if rates.any():
            bars = _bars(figure, rates, "Rate of each neuron", "neuron", "Hz", 0, chosen[0] if chosen else None)
            rows.append({**bars, "pick": index})
        intervals = spike_intervals(spikes.T)
        if len(intervals):
            histogram = np.bincount(intervals.astype(int))[1 : MOST_ROWS + 1]
            title = f"Intervals between spikes, median {np.median(intervals):g} steps"
            rows.append(_bars(figure, histogram, title, "steps", "count", 1, None))
    return rows


def _weights(figure: RowsFigure, simulation: Simulation, index: int, neuron: int) -> list[dict[str, Any]]:
    """The weights that lead to a neuron, a row for each source."""
    experiment = simulation.experiment
    place = tuple(int(axis) for axis in np.unravel_index(neuron, simulation.records[index].u.shape[2:]))
    rows = []
    for found in incoming_weights(simulation, index, place):
        source = experiment.layer_label(str(found.source)) if found.source < index else "its own layer"
        rows.append(
            {
                "kind": "weights",
                "height": BARS_HEIGHT,
                "title": f"Weights from {source} to neuron {neuron}",
                "z": figure.put(found.values.astype(np.float32)),
                "shape": list(found.values.shape),
                "pick": _neurons_behind(simulation, index, found),
            }
        )
    return rows


def _neurons_behind(simulation: Simulation, index: int, weights: IncomingWeights) -> int | None:
    """Place of the layer whose neurons the weights come from, if their inputs are neurons one by one."""
    place = index if weights.source == index else weights.source - 1
    record = simulation.records.get(place)
    return place if record is not None and weights.values.ndim == 1 and record.u[0, 0].size == len(weights.values) else None


def _maps(figure: RowsFigure, record: LayerRecord, sample: int, chosen: Sequence[int]) -> dict[str, Any]:
    """A layer of channels as pictures over time."""
    channels, height, width = record.spikes.shape[2:]
    values = np.minimum(record.spikes[sample], 255).astype(np.uint8) if record.does_spike else record.u[sample]
    return {
        "kind": "maps",
        "height": MAPS_HEIGHT,
        "title": f"Feature maps, {channels} channels of {height}×{width}",
        "z": figure.put(values),
        "shape": [channels, height, width],
        "selected": chosen[0] if chosen else None,
        "pick": int(record.name),
    }


def _group(name: str, title: str, words: str, rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {"layer": name, "title": title, "words": words, "rows": rows}


# ------------------------------------------------------------------------------------------------------- rows


def _raster(figure: RowsFigure, spikes: Array, color: str, rows: str, other: str = "") -> dict[str, Any]:
    """Spikes (neurons, time), thinned to what can be drawn, and their sum at each row's end."""
    size, span = _bin_size(len(spikes), MOST_ROWS), _bin_size(spikes.shape[1], MOST_COLUMNS)
    drawn = _binned(spikes, size, span)
    small = drawn.astype(np.uint8) if drawn.max(initial=0) < 256 else drawn.astype(np.float32)
    return {
        "kind": "raster",
        "height": raster_height(len(spikes)),
        "axis": rows,
        "color": color,
        "z": figure.put(small),
        "counts": figure.put(drawn.sum(axis=1).astype(np.float32)),
        "bin": size,
        "span": span,
        "neurons": len(spikes),
        "other": other,
    }


def _currents(figure: RowsFigure, values: Array) -> dict[str, Any]:
    """An input that isn't spikes: one line if all channels get the same, else a heatmap."""
    if (values == values[0]).all():
        line = _line(figure, values[0], None, None, "input", name="input")
        return _traces([line], "input", values[0])
    return _heatmap_row(figure, values, "input", "channel", (float(values.min()), float(values.max())))


def _potentials(
    figure: RowsFigure, record: LayerRecord, beside: LayerRecord | None, sample: int, chosen: Sequence[int], other_name: str
) -> dict[str, Any]:
    u, v = _rows_of(record.u, sample), _rows_of(record.v, sample)
    lines = []
    faint = [neuron for neuron in range(len(u)) if neuron not in chosen] if len(u) <= MOST_LINES else []
    lines += [_line(figure, u[n], v[n], n, "membrane", opacity=0.35, width=1.0) for n in faint]
    for place, neuron in reversed(list(enumerate(chosen))):
        dash = LINE_DASHES[place % len(LINE_DASHES)]
        lines.append(_line(figure, u[neuron], v[neuron], neuron, "membrane", dash=dash, width=1.8 if place == 0 else 1.4))
    shown = [u[[*faint, *chosen]]]
    if beside and chosen:
        other_u, other_v = _rows_of(beside.u, sample)[chosen[0]], _rows_of(beside.v, sample)[chosen[0]]
        lines.append(_line(figure, other_u, other_v, chosen[0], "muted", dash="dot", name=other_name, width=1.5))
        shown.append(other_u[None])
    thresholds: list[dict[str, Any]] = []
    if record.does_spike and chosen:
        theta = _rows_of(np.broadcast_to(record.threshold, record.u.shape), sample)[chosen[0]]
        constant = bool((theta == theta[0]).all())
        thresholds.append({"value": float(theta[0])} if constant else {"values": figure.put(theta)})
        shown.append(theta[None])
    names = ", ".join(str(neuron) for neuron in chosen)
    title = f"u of neuron{'s' if len(chosen) > 1 else ''} {names}{', others faint' if faint else ''}{', θ dashed' if thresholds else ''}"
    return {**_traces(lines, "u", np.concatenate(shown)), "height": TRACE_HEIGHT, "thresholds": thresholds, "title": title}


def _heatmap(figure: RowsFigure, record: LayerRecord, sample: int) -> dict[str, Any]:
    u = _rows_of(record.u, sample)
    top = float(np.max(record.threshold)) if record.does_spike else float(u.max())
    row = _heatmap_row(figure, u, "membrane", "neuron", (min(0.0, float(u.min())), max(top, float(u.min()) + 1e-9)))
    title = "u of all neurons, at θ and above in the brightest shade" if record.does_spike else "u of all neurons"
    return {**row, "title": title}


def _heatmap_row(figure: RowsFigure, values: Array, color: str, rows: str, limits: tuple[float, float]) -> dict[str, Any]:
    size, span = _bin_size(len(values), MOST_ROWS), _bin_size(values.shape[1], MOST_COLUMNS)
    drawn = _binned(values, size, span) / (size * span) if size * span > 1 else values
    return {
        "kind": "heatmap",
        "height": HEATMAP_HEIGHT,
        "axis": rows,
        "color": color,
        "z": figure.put(drawn.astype(np.float32)),
        "bin": size,
        "span": span,
        "neurons": len(values),
        "range": limits,
    }


def _traces(lines: list[dict[str, Any]], axis: str, values: Array) -> dict[str, Any]:
    return {"kind": "traces", "height": TRACE_HEIGHT, "axis": axis, "lines": lines, "thresholds": [], "range": _range(values)}


def _line(
    figure: RowsFigure,
    u: Array,
    v: Array | None,
    neuron: int | None,
    color: str,
    dash: str = "solid",
    width: float = 1.5,
    opacity: float = 1.0,
    name: str = "",
) -> dict[str, Any]:
    """A line over time; with `v`, a vertical drop to it where the reset changed u."""
    resets = v is not None and not np.array_equal(u, v)
    return {
        "u": figure.put(u.astype(np.float32)),
        "v": figure.put(v.astype(np.float32)) if resets and v is not None else None,
        "neuron": neuron,
        "color": color,
        "dash": dash,
        "width": width,
        "opacity": opacity,
        "name": name,
    }


def _bars(figure: RowsFigure, values: Array, title: str, axis: str, unit: str, first: int, selected: int | None) -> dict[str, Any]:
    """One bar for each value, numbered from `first`; many are drawn as sums of neighbours."""
    size = _bin_size(len(values), MOST_ROWS)
    drawn = _binned(values[:, None].astype(np.float32), size, 1)[:, 0] / size
    return {
        "kind": "bars",
        "height": BARS_HEIGHT,
        "title": title,
        "axis": unit,
        "across": axis,
        "z": figure.put(drawn.astype(np.float32)),
        "bin": size,
        "first": first,
        "selected": None if selected is None else selected // size,
    }


def _row_of(chosen: Sequence[int], raster: Mapping[str, Any]) -> list[int]:
    return [neuron // int(raster["bin"]) for neuron in chosen]


# ---------------------------------------------------------------------------------------------------- details


def _rows_of(values: Array, sample: int) -> Array:
    """(batch, time, ...) -> (neurons, time) of one sample."""
    return values[sample].reshape(values.shape[1], -1).T


def _is_spikes(values: Array) -> bool:
    return bool((values >= 0).all() and (values == np.trunc(values)).all())


def _bin_size(length: int, most: int) -> int:
    return -(-length // most)


def _binned(values: Array, size: int, span: int) -> Array:
    """Sums over groups of `size` rows and `span` columns."""
    if size > 1:
        values = np.add.reduceat(values, np.arange(0, len(values), size), axis=0)
    if span > 1:
        values = np.add.reduceat(values, np.arange(0, values.shape[1], span), axis=1)
    return values


def _range(values: Array) -> tuple[float, float]:
    """From 0 or below the lowest to above the highest, in round steps so that it seldom moves."""
    low, high = float(min(values.min(), 0.0)), float(max(values.max(), 0.0))
    size = high - low or 1.0
    unit = 10.0 ** np.floor(np.log10(size)) / 4
    return float(np.floor(low / unit) * unit), float(np.ceil((high or size) / unit + 0.05 * size / unit) * unit)


def _neurons_in_words(record: LayerRecord, sample: int, dt: float) -> str:
    spikes, u = _rows_of(record.spikes, sample), _rows_of(record.u, sample)
    if not record.does_spike:
        return f"{counted(len(u), 'neuron')} · u from {u.min():.3g} to {u.max():.3g}"
    rate = spikes.mean() / dt
    return f"{counted(len(spikes), 'neuron')} · {counted(spikes.sum(), 'spike')} · {rate:.3g} Hz"


def counted(number: float, noun: str) -> str:
    """A whole number and what it counts: 1 spike, 2 spikes."""
    return f"{number:.0f} {noun}{'' if number == 1 else 's'}"


def _thinned_in_words(values: Array) -> str:
    size, span = _bin_size(len(values), MOST_ROWS), _bin_size(values.shape[1], MOST_COLUMNS)
    if size * span == 1:
        return ""
    rows = f"{size} neurons a row" if size > 1 else ""
    columns = f"{span} steps a column" if span > 1 else ""
    return f" · drawn with {' and '.join(part for part in (rows, columns) if part)}, spikes summed, potentials averaged"
