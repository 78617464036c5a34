"""Rows hold what the simulation holds: every array that is drawn, every count, every number in their words."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.components.rows import packet
from app.figures.row_kinds import MOST_COLUMNS, MOST_ROWS, RowsFigure, raster_height
from app.figures.rows import MOST_LINES, Notes, View, describe_rows, picked_neuron, rows_figure
from app.figures.style import PALETTES, Theme
from app.state.presets import presets
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.measures import incoming_weights, synaptic_operations
from snncore.run.record import LayerRecord, closest_neuron
from snncore.run.simulation import Simulation, simulate

Values = np.ndarray[Any, Any]
Row = dict[str, Any]
Layer = dict[str, Any]

CONVOLUTION: Layer = {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3}
MAPS = (2, 12, 2, 6, 5)


def linear(inputs: int, outputs: int) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


def weak(count: int) -> Layer:
    """A recurrent connection under which activity doesn't grow without end."""
    return {**linear(count, count), "bias": False, "weights": {"kind": "random", "gain": 0.2}}


def neurons(kind: str, count: int, **more: Any) -> Layer:
    """A layer of a kind that spikes on weak input."""
    usual = {"tau_mem": 6.0, "tau_syn": 3.0, "tau_adapt": 20.0, "spike_threshold": 0.15, "rec_connect": weak(count)}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}, **more}


def experiment(*layers: Layer, shape: tuple[int, ...] = (2, 40, 6), **more: Any) -> Experiment:
    return Experiment(network=layers, **{"input": {"shape": shape, "probability": 0.4}, "seeds": {"noise": 3}, **more})


NETWORKS: dict[str, Experiment] = {
    "ten spikes": ten_spikes(),
    "maps": experiment(CONVOLUTION, neurons("LIF", 3), {"kind": "Flatten"}, linear(36, 9), shape=MAPS),
    "pooled maps": experiment(CONVOLUTION, neurons("LIF", 3), {"kind": "AvgPool2d", "kernel_size": 2}, neurons("IAF", 1), shape=MAPS),
    **{kind: experiment(linear(6, 5), neurons(kind, 5), linear(5, 3), neurons("LIF", 3)) for kind in NEURON_SPECS},
    **{f"{kind} at the end": experiment(linear(6, 9), neurons(kind, 9)) for kind in NEURON_SPECS},
    **{f"{kind} on maps": experiment(CONVOLUTION, neurons(kind, 3), shape=MAPS) for kind in NEURON_SPECS},
    "a threshold for each": experiment(linear(6, 3), neurons("LIF", 3, spike_threshold=[0.1, 0.2, 0.3])),
    "one current for all": experiment(
        linear(6, 5), neurons("LIF", 5), input={"kind": "sine_current", "shape": (1, 40, 6), "amplitude": 1.5, "period": 9}
    ),
    "currents": experiment(
        neurons("LIF", 6), input={"kind": "step_current", "shape": (2, 40, 6), "amplitude": 0.7, "start": 3, "neurons": 4}
    ),
    **{f"preset {preset.title}": preset.experiment for preset in presets()},
}
networks = pytest.mark.parametrize("name", NETWORKS)
NOTES = Notes("Silent.", ("Set θ to 0.1",))


@functools.cache
def simulation_of(name: str) -> Simulation:
    return simulate(NETWORKS[name])[0]


@functools.cache
def shuffled(name: str) -> Simulation:
    return simulate(NETWORKS[name], shuffled=True)[0]


def of_sample(values: Values, sample: int) -> Values:
    """(neurons, time) of a sample."""
    return np.stack([step.ravel() for step in values[sample]], axis=1)


def last_sample(simulation: Simulation) -> int:
    return len(simulation.input) - 1


def closed(simulation: Simulation, **more: Any) -> View:
    """No layer opened."""
    return opened(simulation, **{"opened": frozenset(), **more})


def opened(simulation: Simulation, chosen: int = 1, **more: Any) -> View:
    """Everything of the last sample, the first neurons of each layer traced."""
    places = frozenset(simulation.records)
    traced = {place: tuple(range(min(chosen, record.u[0, 0].size))) for place, record in simulation.records.items()}
    return View(**{"sample": last_sample(simulation), "opened": places, "chosen": traced, **more})


def drawn(simulation: Simulation, view: View, other: Simulation | None = None, **more: Any) -> RowsFigure:
    notes = dict.fromkeys(simulation.records, NOTES)
    return rows_figure(simulation, view, notes, "light", other, "shuffled" if other else "", **more)


def group(figure: RowsFigure, name: str | int) -> dict[str, Any]:
    (found,) = (group for group in figure.header["groups"] if group["layer"] == str(name))
    return found


def rows_of(figure: RowsFigure, name: str | int, kind: str, title: str = "") -> list[Row]:
    return [row for row in group(figure, name)["rows"] if row["kind"] == kind and row.get("title", "").startswith(title)]


def row_of(figure: RowsFigure, name: str | int, kind: str, title: str = "") -> Row:
    (found,) = rows_of(figure, name, kind, title)
    return found


def values_of(figure: RowsFigure, row: Row, name: str = "z") -> Values:
    """An array that a row names, its rows as lines where it has several."""
    values: Values = figure.arrays[row[name]]
    return values


def counted(number: float, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{int(number)} {noun}s"


def spiking(simulation: Simulation) -> Iterator[tuple[int, LayerRecord]]:
    return ((place, record) for place, record in simulation.records.items() if record.does_spike)


def all_rows(figure: RowsFigure) -> Iterator[Row]:
    return (row for group in figure.header["groups"] for row in group["rows"])


# ------------------------------------------------------------------------------------------- what is always shown


@networks
def test_groups_are_the_input_each_neuron_layer_and_an_output_that_is_none(name: str) -> None:
    simulation = simulation_of(name)
    groups = drawn(simulation, closed(simulation)).header["groups"]
    ends_otherwise = len(NETWORKS[name].network) - 1 not in simulation.records
    assert [group["layer"] for group in groups] == ["input", *map(str, simulation.records), *["output"] * ends_otherwise]
    assert [group["title"] for group in groups[1 : len(simulation.records) + 1]] == [
        NETWORKS[name].layer_label(str(place)) for place in simulation.records
    ]


@networks
def test_the_input_is_drawn_value_by_value(name: str) -> None:
    simulation = simulation_of(name)
    sample = last_sample(simulation)
    figure = drawn(simulation, closed(simulation))
    given = of_sample(simulation.input, sample)
    (row,) = group(figure, "input")["rows"]
    if name in ("one current for all", "preset IAF integrator"):
        (line,) = row["lines"]
        assert row["kind"] == "traces"
        assert np.array_equal(values_of(figure, line, "u"), given[0])
    else:
        assert row["kind"] == ("heatmap" if name == "currents" else "raster")
        assert np.array_equal(values_of(figure, row), given)
        assert (row["neurons"], row["bin"], row["span"]) == (len(given), 1, 1)


def test_the_input_is_told_in_numbers() -> None:
    simulation = simulation_of("ten spikes")
    assert group(drawn(simulation, closed(simulation)), "input")["words"] == f"16 channels · {int(simulation.input.sum())} spikes"
    simulation = simulation_of("currents")
    assert (
        group(drawn(simulation, closed(simulation)), "input")["words"]
        == f"sample 2 of 2 · 6 channels · mean {simulation.input[1].mean():.3g}"
    )


@networks
def test_rasters_are_the_spikes_and_row_ends_their_sums(name: str) -> None:
    simulation = simulation_of(name)
    sample = last_sample(simulation)
    figure = drawn(simulation, closed(simulation))
    for place, record in spiking(simulation):
        row = row_of(figure, place, "raster")
        spikes = of_sample(record.spikes, sample)
        assert np.array_equal(values_of(figure, row), spikes)
        assert values_of(figure, row, "counts").tolist() == [sum(neuron) for neuron in spikes.tolist()]
        assert (row["neurons"], row["bin"], row["span"], row["pick"]) == (len(spikes), 1, 1, place)
        rate = spikes.sum() / spikes.size / NETWORKS[name].dt
        assert group(figure, place)["words"] == f"{counted(len(spikes), 'neuron')} · {counted(spikes.sum(), 'spike')} · {rate:.3g} Hz"


@networks
def test_chosen_neurons_are_traced_with_u_and_where_a_reset_changed_it_v(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation, chosen=3)
    figure = drawn(simulation, view)
    for place, record in simulation.records.items():
        row = row_of(figure, place, "traces", "u of neuron")
        u, v = of_sample(record.u, view.sample), of_sample(record.v, view.sample)
        chosen = list(view.chosen[place])
        strong = [line for line in row["lines"] if line["opacity"] == 1]
        faint = [line for line in row["lines"] if line["opacity"] < 1]
        assert [line["neuron"] for line in strong] == chosen[::-1], "the selected one last, on top"
        assert [line["neuron"] for line in faint] == ([n for n in range(len(u)) if n not in chosen] if len(u) <= MOST_LINES else [])
        assert len({line["dash"] for line in strong}) == len(strong), "not told apart by colour alone"
        for line in row["lines"]:
            assert np.array_equal(values_of(figure, line, "u"), u[line["neuron"]])
            after = u[line["neuron"]] if line["v"] is None else values_of(figure, line, "v")
            assert np.array_equal(after, v[line["neuron"]])


def test_the_rows_of_the_chosen_neurons_are_marked() -> None:
    figure = drawn(simulation_of("ten spikes"), View(chosen={1: (40, 3), 3: (2,)}))
    assert row_of(figure, 1, "raster")["selected"] == [40, 3]
    assert row_of(figure, 3, "raster")["selected"] == [2]
    assert row_of(figure, 1, "traces")["title"] == "u of neurons 40, 3, θ dashed"
    assert row_of(figure, 3, "traces")["title"] == "u of neuron 2, others faint, θ dashed"


@networks
def test_thresholds_are_those_of_the_selected_neuron(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation, chosen=2)
    figure = drawn(simulation, view)
    for place, record in spiking(simulation):
        (threshold,) = row_of(figure, place, "traces", "u of neuron")["thresholds"]
        theta = of_sample(np.broadcast_to(record.threshold, record.u.shape), view.sample)[view.chosen[place][0]]
        assert ("values" in threshold) == (len(set(theta.tolist())) > 1)
        found = values_of(figure, threshold, "values") if "values" in threshold else np.full(len(theta), threshold["value"], np.float32)
        assert np.array_equal(found, theta)


def test_thresholds_that_adapt_are_curves_and_others_one_value() -> None:
    adapting = simulation_of("ALIF")
    spiking_neuron = int(of_sample(adapting.records[1].spikes, 0).sum(axis=1).argmax())
    view = View(chosen={1: (spiking_neuron,), 3: (0,)})
    (adaptive,) = row_of(drawn(adapting, view), 1, "traces", "u of")["thresholds"]
    assert "values" in adaptive
    each = drawn(simulation_of("a threshold for each"), View(chosen={1: (2, 0)}))
    assert row_of(each, 1, "traces", "u of")["thresholds"] == [{"value": float(np.float32(0.3))}]


@pytest.mark.parametrize("name", ["ExpLeak", "ExpLeak at the end", "ExpLeak on maps"])
def test_a_layer_that_never_spikes_has_no_raster_no_threshold_and_no_rates(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, opened(simulation))
    kinds = [row["kind"] for row in group(figure, 1)["rows"]]
    assert not {"raster", "bars"} & set(kinds)
    assert all(row["thresholds"] == [] for row in rows_of(figure, 1, "traces"))
    assert "θ" not in row_of(figure, 1, "traces", "u of")["title"]
    u = of_sample(simulation.records[1].u, last_sample(simulation))
    assert group(figure, 1)["words"] == f"{counted(len(u), 'neuron')} · u from {u.min():.3g} to {u.max():.3g}"


@pytest.mark.parametrize("name", ["maps", "pooled maps", "preset Convolution"])
def test_an_output_that_is_no_neuron_layer_is_drawn_line_by_line(name: str) -> None:
    simulation = simulation_of(name)
    sample = last_sample(simulation)
    figure = drawn(simulation, closed(simulation))
    if len(simulation.outputs) - 1 in simulation.records:
        assert all(group["layer"] != "output" for group in figure.header["groups"])
        return
    values = of_sample(simulation.outputs[-1], sample)
    lines = row_of(figure, "output", "traces")["lines"]
    assert [line["neuron"] for line in lines] == list(range(min(len(values), MOST_LINES)))
    assert all(np.array_equal(values_of(figure, line, "u"), values[line["neuron"]]) for line in lines)
    more = f", the first {MOST_LINES} drawn" if len(values) > MOST_LINES else ""
    assert group(figure, "output")["words"] == f"{len(values)} values per step{more}"
    assert group(figure, "output")["title"] == f"Output of {NETWORKS[name].layer_label(str(len(simulation.outputs) - 1))}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_header_knows_steps_colours_and_the_name_of_the_second_run(theme: Theme) -> None:
    simulation = simulation_of("LIF")
    header = rows_figure(simulation, closed(simulation), {}, theme, shuffled("LIF"), "shuffled").header
    assert (header["steps"], header["other"]) == (40, "shuffled")
    assert header["palette"]["membrane"] == PALETTES[theme].membrane


def test_layers_can_be_called_otherwise() -> None:
    simulation = simulation_of("ten spikes")
    titles = {1: "Hidden LIF", 3: "Output LIF"}
    assert [group["title"] for group in drawn(simulation, closed(simulation), titles=titles).header["groups"]] == [
        "Input",
        "Hidden LIF",
        "Output LIF",
    ]
    assert "Hidden LIF: 64 neurons" in describe_rows(simulation, titles=titles)


# ---------------------------------------------------------------------------------------------------- opened layers


@networks
def test_a_closed_layer_shows_potentials_and_spikes_only(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, closed(simulation))
    for place, record in simulation.records.items():
        assert [row["kind"] for row in group(figure, place)["rows"]] == ["traces", "raster"][: 1 + record.does_spike]
        assert (group(figure, place)["open"], group(figure, place)["heatmap"]) == (False, False)
        assert group(figure, place)["notes"] == {"sentence": "Silent.", "remedies": ("Set θ to 0.1",)}


def test_a_layer_without_notes_cannot_be_opened() -> None:
    figure = rows_figure(simulation_of("ten spikes"), closed(simulation_of("ten spikes")), {3: Notes()}, "light")
    assert "open" not in group(figure, 1)
    assert "open" in group(figure, 3)


@networks
def test_input_and_synaptic_current_of_the_selected_neuron_are_drawn(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation)
    figure = drawn(simulation, view)
    for place, record in simulation.records.items():
        lines = {line["name"]: line for line in row_of(figure, place, "traces", "Input z")["lines"]}
        neuron = view.chosen[place][0]
        assert np.array_equal(values_of(figure, lines["z"], "u"), of_sample(simulation.received(place), view.sample)[neuron])
        assert ("i" in lines) == (record.i_syn is not None)
        if record.i_syn is not None:
            assert np.array_equal(values_of(figure, lines["i"], "u"), of_sample(record.i_syn, view.sample)[neuron])


def test_some_layers_have_a_synaptic_current() -> None:
    assert {place: record.i_syn is not None for place, record in simulation_of("LIF").records.items()} == {1: True, 3: True}
    assert simulation_of("ten spikes").records[1].i_syn is None


@networks
def test_rates_are_spikes_per_second(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation)
    figure = drawn(simulation, view)
    dt = NETWORKS[name].dt
    for place, record in spiking(simulation):
        spikes = of_sample(record.spikes, view.sample).astype(float)
        population = row_of(figure, place, "traces", "Population rate")
        np.testing.assert_allclose(values_of(figure, population["lines"][0], "u"), spikes.sum(axis=0) / len(spikes) / dt, rtol=1e-6)
        told = population["title"].removeprefix("Population rate, mean ").removesuffix(" Hz")
        assert float(told) == pytest.approx(spikes.mean() / dt, rel=5e-3), "three digits"
        bars = rows_of(figure, place, "bars", "Rate of each neuron")
        assert len(bars) == spikes.any(), "none where nothing spikes"
        for row in bars:
            np.testing.assert_allclose(values_of(figure, row), spikes.sum(axis=1) / (spikes.shape[1] * dt), rtol=1e-6)
            assert (row["first"], row["axis"], row["selected"], row["pick"]) == (0, "Hz", view.chosen[place][0], place)


@networks
def test_intervals_are_counted_neuron_by_neuron(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation)
    figure = drawn(simulation, view)
    for place, record in spiking(simulation):
        times = [np.flatnonzero(neuron) for neuron in of_sample(record.spikes, view.sample)]
        intervals = [int(after - before) for train in times for before, after in itertools.pairwise(train)]
        rows = rows_of(figure, place, "bars", "Intervals between spikes")
        assert len(rows) == bool(intervals)
        for row in rows:
            assert row["first"] == 1
            assert values_of(figure, row).tolist() == [intervals.count(steps) for steps in range(1, max(intervals) + 1)]
            assert row["title"] == f"Intervals between spikes, median {np.median(intervals):g} steps"


@networks
def test_synaptic_operations_are_those_of_the_layer_before(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation)
    figure = drawn(simulation, view)
    for place in simulation.records:
        before = NETWORKS[name].network[place - 1] if place else None
        expected = synaptic_operations(before, simulation.received(place - 1)) if before else None
        rows = rows_of(figure, place, "traces", "Synaptic operations")
        assert len(rows) == (expected is not None)
        for row in rows:
            assert np.array_equal(values_of(figure, row["lines"][0], "u"), expected[view.sample])
            assert row["title"] == f"Synaptic operations into this layer, {expected[view.sample].sum():,.0f} in all"


def test_a_spike_is_an_operation_for_each_of_its_connections() -> None:
    figure = drawn(simulation_of("ten spikes"), opened(simulation_of("ten spikes")))
    operations = values_of(figure, row_of(figure, 1, "traces", "Synaptic operations")["lines"][0], "u")
    assert operations.tolist() == [64 * step.sum() for step in simulation_of("ten spikes").input[0]]


@networks
def test_weights_lead_to_the_selected_neuron(name: str) -> None:
    simulation = simulation_of(name)
    for place, record in simulation.records.items():
        neuron = record.u[0, 0].size - 1
        chosen = {**closed(simulation).chosen, place: (neuron, 0)}
        for view in (View(opened=frozenset({place}), chosen=chosen), View(weighed=frozenset({place}), chosen=chosen)):
            figure = drawn(simulation, view)
            expected = incoming_weights(simulation, place, tuple(map(int, np.unravel_index(neuron, record.u.shape[2:]))))
            rows = rows_of(figure, place, "weights")
            assert len(rows) == len(expected)
            for row, weights in zip(rows, expected, strict=True):
                assert np.array_equal(values_of(figure, row), weights.values)
                assert row["shape"] == list(weights.values.shape)
                source = "its own layer" if weights.source == place else NETWORKS[name].layer_label(str(weights.source))
                assert row["title"] == f"Weights from {source} to neuron {neuron}"


def test_a_weight_leads_back_to_the_neuron_it_comes_from() -> None:
    figure = drawn(simulation_of("LIFRecurrent"), opened(simulation_of("LIFRecurrent")))
    from_the_input, from_itself = rows_of(figure, 1, "weights")
    (from_the_layer_before,) = rows_of(figure, 3, "weights")
    assert (from_the_input["pick"], from_itself["pick"], from_the_layer_before["pick"]) == (None, 1, 1)
    figure = drawn(simulation_of("preset Convolution"), opened(simulation_of("preset Convolution")))
    assert [row["pick"] for row in rows_of(figure, 3, "weights")] == [None], "a kernel belongs to no one neuron"


@pytest.mark.parametrize("name", ["maps", "LIF on maps", "ALIFRecurrent on maps", "ExpLeak on maps", "preset Convolution"])
def test_maps_hold_every_channel_at_every_step(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation)
    figure = drawn(simulation, view)
    record = simulation.records[1]
    row = row_of(figure, 1, "maps")
    assert row["shape"] == list(record.spikes.shape[2:])
    assert np.array_equal(values_of(figure, row), (record.spikes if record.does_spike else record.u)[view.sample])
    assert row["selected"] == view.chosen[1][0]


def test_layers_without_channels_have_no_maps() -> None:
    assert not any(row["kind"] == "maps" for row in all_rows(drawn(simulation_of("LIF"), opened(simulation_of("LIF")))))


@networks
def test_a_heatmap_takes_the_place_of_the_traces_and_holds_u_of_all_neurons(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, closed(simulation, heatmaps=frozenset(simulation.records)))
    for place, record in simulation.records.items():
        u = of_sample(record.u, last_sample(simulation))
        row = row_of(figure, place, "heatmap")
        assert not rows_of(figure, place, "traces")
        assert np.array_equal(values_of(figure, row), u)
        assert row["range"][0] <= u.min()
        assert row["range"][1] == pytest.approx(float(np.max(record.threshold)) if record.does_spike else u.max())
        assert group(figure, place)["heatmap"]


# ----------------------------------------------------------------------------------------------------- a second run


@networks
def test_a_second_run_is_drawn_beside_the_first(name: str) -> None:
    simulation, other = simulation_of(name), shuffled(name)
    view = closed(simulation)
    figure = drawn(simulation, view, other)
    for place, record in simulation.records.items():
        beside = other.records[place]
        (line,) = (line for line in row_of(figure, place, "traces", "u of")["lines"] if line["name"] == "shuffled")
        neuron = view.chosen[place][0]
        assert line["neuron"] == neuron
        assert np.array_equal(values_of(figure, line, "u"), of_sample(beside.u, view.sample)[neuron])
        if record.does_spike:
            first, second = rows_of(figure, place, "raster")
            spikes = of_sample(beside.spikes, view.sample)
            assert (first["other"], second["other"]) == ("", "shuffled")
            assert np.array_equal(values_of(figure, first), of_sample(record.spikes, view.sample))
            assert np.array_equal(values_of(figure, second), spikes)
            assert group(figure, place)["words"].endswith(f" · shuffled: {counted(spikes.sum(), 'spike')}")
    rasters = rows_of(figure, "input", "raster")
    if len(rasters) == 2:
        assert np.array_equal(values_of(figure, rasters[1]), of_sample(other.input, view.sample))
    assert (len(rasters) == 2) == (bool(rasters) and not np.array_equal(simulation.input, other.input))


def test_a_second_run_on_the_same_input_shows_it_once() -> None:
    first, second = simulate(NETWORKS["LIF"], runs=2)
    assert len(group(drawn(first, closed(first), second), "input")["rows"]) == 1


def test_the_output_of_a_second_run_lies_beside_that_of_the_first() -> None:
    simulation, other = simulation_of("maps"), shuffled("maps")
    lines = row_of(drawn(simulation, closed(simulation, sample=0), other), "output", "traces")["lines"]
    figure = drawn(simulation, closed(simulation, sample=0), other)
    for line in lines:
        run = other if line["name"] == "shuffled" else simulation
        assert np.array_equal(values_of(figure, line, "u"), of_sample(run.outputs[-1], 0)[line["neuron"]])
    assert len(lines) == 2 * MOST_LINES


# --------------------------------------------------------------------------------------------- thinned for drawing

NEURONS, STEPS = MOST_ROWS + 77, MOST_COLUMNS + 51


@functools.cache
def large() -> Simulation:
    busy = {"kind": "random_spikes", "shape": (1, STEPS, NEURONS), "probability": 0.7}
    return simulate(experiment(neurons("LIF", NEURONS), input=busy))[0]


def blocks(values: Values) -> Values:
    """(neurons, time) as what is drawn together, two neurons and two steps at a time: (rows, 2, columns, 2), NaN beyond the end."""
    rows, columns = (-(-length // 2) for length in values.shape)
    padded = np.full((2 * rows, 2 * columns), np.nan)
    padded[: values.shape[0], : values.shape[1]] = values
    return padded.reshape(rows, 2, columns, 2)


def test_rasters_that_are_too_large_are_drawn_as_sums_and_nothing_is_lost() -> None:
    figure = drawn(large(), closed(large()))
    for name, true in (("input", large().input), (0, large().records[0].spikes)):
        row = row_of(figure, name, "raster")
        sums = np.nansum(blocks(of_sample(true, 0)), axis=(1, 3))
        assert np.array_equal(values_of(figure, row), sums)
        assert np.array_equal(values_of(figure, row, "counts"), sums.sum(axis=1))
        assert values_of(figure, row).sum(dtype=float) == true.sum(dtype=float)
        assert (row["bin"], row["span"], row["neurons"]) == (2, 2, NEURONS)
        assert "2 neurons a row and 2 steps a column" in group(figure, name)["words"]


def test_what_can_be_drawn_is_not_thinned() -> None:
    for name in ("ten spikes", "currents", "maps"):
        for shown in drawn(simulation_of(name), opened(simulation_of(name))).header["groups"]:
            assert "a row" not in shown["words"]
            assert "a column" not in shown["words"]


@pytest.mark.parametrize(
    ("shape", "words", "others"),
    [((1, 10, NEURONS), "2 neurons a row", "a column"), ((1, STEPS, 3), "2 steps a column", "a row")],
)
def test_words_name_the_side_that_was_thinned(shape: tuple[int, ...], words: str, others: str) -> None:
    simulation = simulate(experiment(neurons("LIF", shape[2]), shape=shape))[0]
    for shown in drawn(simulation, closed(simulation)).header["groups"]:
        assert words in shown["words"]
        assert others not in shown["words"]


def test_counts_beyond_a_byte_are_drawn_as_they_are() -> None:
    spikes = {"kind": "poisson_spikes", "shape": (1, 4, 2), "rate": 3e5}
    simulation = simulate(experiment(neurons("IAF", 2, tau_syn=None, spike_threshold=0.5), input=spikes))[0]
    figure = drawn(simulation, View())
    assert simulation.input.min() > 255
    assert np.array_equal(values_of(figure, row_of(figure, "input", "raster")), of_sample(simulation.input, 0))
    assert np.array_equal(values_of(figure, row_of(figure, 0, "raster")), of_sample(simulation.records[0].spikes, 0))


def test_a_current_is_drawn_as_one_even_where_its_values_are_whole() -> None:
    current = {"kind": "step_current", "shape": (1, 40, 2), "amplitude": 1.0}
    figure = drawn(simulate(experiment(neurons("IAF", 2, tau_syn=None), input=current))[0], View())
    assert [row["kind"] for row in figure.header["groups"][0]["rows"]] == ["traces"]
    assert "spike" not in figure.header["groups"][0]["words"]


def test_whole_currents_below_zero_are_no_spikes() -> None:
    current = {"kind": "step_current", "shape": (1, 20, 3), "amplitude": -2.0, "neurons": 2}
    simulation = simulate(experiment(neurons("LIF", 3), input=current))[0]
    figure = drawn(simulation, closed(simulation))
    assert [row["kind"] for row in group(figure, "input")["rows"]] == ["heatmap"]
    assert group(figure, "input")["words"].startswith("3 channels · mean -")


def test_a_thinned_heatmap_is_the_mean_of_what_it_stands_for() -> None:
    figure = drawn(large(), closed(large(), heatmaps=frozenset({0})))
    means = np.nanmean(blocks(of_sample(large().records[0].u, 0)), axis=(1, 3))
    np.testing.assert_allclose(values_of(figure, row_of(figure, 0, "heatmap")), means, rtol=1e-5, atol=1e-6)


def test_thinned_rates_are_the_mean_of_their_neurons() -> None:
    figure = drawn(large(), opened(large()))
    rates = of_sample(large().records[0].spikes, 0).sum(axis=1) / (STEPS * large().experiment.dt)
    row = row_of(figure, 0, "bars", "Rate of each neuron")
    np.testing.assert_allclose(values_of(figure, row), [rates[first : first + 2].mean() for first in range(0, NEURONS, 2)], rtol=1e-5)
    assert row["bin"] == 2


def test_intervals_longer_than_a_row_can_show_are_not_lost() -> None:
    period = MOST_ROWS + 176
    trains = {"kind": "spike_bursts", "shape": (1, 3 * period, 1), "period": period}
    simulation = simulate(experiment(neurons("IAF", 1, tau_syn=None, spike_threshold=1.0), input=trains))[0]
    figure = drawn(simulation, opened(simulation))
    row = row_of(figure, 0, "bars", "Intervals between spikes")
    assert values_of(figure, row).sum() == 2
    assert row["first"] + len(values_of(figure, row)) * row["bin"] > period


def test_a_thinned_row_stands_for_its_busiest_neuron() -> None:
    record = large().records[0]
    totals = of_sample(record.spikes, 0).sum(axis=1)
    for row in (0, 1, 300, (NEURONS - 1) // 2):
        picked = picked_neuron({"row": row}, record, 0)
        assert picked // 2 == row
        assert totals[picked] == totals[2 * row : 2 * row + 2].max()
    assert picked_neuron({"row": 10**6}, record, 0) == NEURONS - 1


def test_any_other_row_is_a_neuron() -> None:
    record = simulation_of("ten spikes").records[1]
    assert [picked_neuron({"row": row}, record, 0) for row in range(64)] == list(range(64))
    assert picked_neuron({"neuron": 17}, record, 0) == 17
    never_spikes = simulation_of("ExpLeak").records[1]
    assert [picked_neuron({"row": row}, never_spikes, 1) for row in range(5)] == list(range(5))


def test_marks_stand_on_the_thinned_rows_of_their_neurons() -> None:
    figure = drawn(large(), View(chosen={0: (1001, 6)}, opened=frozenset({0})))
    assert row_of(figure, 0, "raster")["selected"] == [500, 3]
    assert row_of(figure, 0, "bars", "Rate")["selected"] == 500


def test_larger_rasters_are_never_lower() -> None:
    heights = [raster_height(count) for count in range(1, 5000)]
    assert heights == sorted(heights)
    assert len(set(heights)) > 1


# ------------------------------------------------------------------------------------------------------------- words


@networks
def test_the_closest_neuron_reaches_farthest_towards_its_threshold(name: str) -> None:
    for record in simulation_of(name).records.values():
        for sample in range(len(record.u)):
            reach = of_sample(record.u / record.threshold if record.does_spike else record.u, sample).max(axis=1)
            assert reach[closest_neuron(record, sample)] == reach.max()


@networks
def test_the_rows_are_told_in_words(name: str) -> None:
    simulation = simulation_of(name)
    sample = last_sample(simulation)
    words = describe_rows(simulation, sample)
    whose = "" if len(simulation.input) == 1 else f" of sample {sample + 1} of {len(simulation.input)}"
    assert words.startswith(f"Rasters and membrane potentials{whose} over {simulation.input.shape[1]} time steps. Input: ")
    for place, record in simulation.records.items():
        values = of_sample(record.spikes if record.does_spike else record.u, sample)
        told = counted(values.sum(), "spike") if record.does_spike else f"u from {values.min():.3g} to {values.max():.3g}"
        assert f"{NETWORKS[name].layer_label(str(place))}: {counted(len(values), 'neuron')} · {told}" in words


def test_the_rows_of_the_ten_spike_net_in_words() -> None:
    assert describe_rows(simulation_of("ten spikes")) == (
        "Rasters and membrane potentials over 100 time steps. Input: 1286 in sum. "
        "Layer 2 (LIF): 64 neurons · 5 spikes · 0.781 Hz. Layer 4 (LIF): 4 neurons · 0 spikes · 0 Hz."
    )


# ------------------------------------------------------------------------------------------------------------ ranges


def outside(figure: RowsFigure) -> list[str]:
    """Rows with a line of which something lies beyond the range that is drawn."""
    found = []
    for row in all_rows(figure):
        if row["kind"] == "traces":
            low, high = row["range"]
            lines = [figure.arrays[line[name]] for line in row["lines"] for name in ("u", "v") if line[name] is not None]
            levels = [figure.arrays[t["values"]] if "values" in t else np.array(t["value"]) for t in row["thresholds"]]
            if any(values.min() < low or values.max() > high for values in (*lines, *levels)):
                found.append(row.get("title", row["axis"]))
    return found


@networks
def test_ranges_of_traces_contain_every_value_drawn(name: str) -> None:
    simulation = simulation_of(name)
    assert outside(drawn(simulation, opened(simulation, chosen=3))) == []


@pytest.mark.parametrize(
    "name",
    NETWORKS,
)
def test_ranges_contain_the_second_run_too(name: str) -> None:
    simulation = simulation_of(name)
    assert outside(drawn(simulation, opened(simulation, chosen=3), shuffled(name))) == []


def test_ranges_contain_what_a_hard_reset_leads_to() -> None:
    reset = {"kind": "MembraneReset", "reset_value": -20.0}
    simulation = simulate(experiment(linear(6, 5), neurons("LIF", 5, tau_mem=2.0, tau_syn=None, reset_fn=reset)))[0]
    assert simulation.records[1].v.min() < simulation.records[1].u.min()
    assert outside(drawn(simulation, opened(simulation))) == []


@pytest.mark.parametrize("amplitude", [-3.0, 0.0, 1e-30, 1e20])
def test_ranges_contain_zero_and_leave_room_for_any_size(amplitude: float) -> None:
    current = {"kind": "sine_current", "shape": (1, 40, 1), "amplitude": amplitude, "period": 9}
    simulation = simulate(experiment(neurons("ExpLeak", 1), input=current))[0]
    figure = drawn(simulation, opened(simulation))
    assert outside(figure) == []
    for row in all_rows(figure):
        if row["kind"] == "traces":
            low, high = row["range"]
            assert low <= 0 <= high
            assert low < high


# ----------------------------------------------------------------------------------------------------------- packets


def unpacked(content: bytes) -> tuple[dict[str, Any], list[Values]]:
    """By the packet's own description: the length of the header in 4 bytes, the header as JSON, the arrays at their offsets."""
    begin = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:begin], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    arrays = []
    for entry in header.pop("arrays"):
        start = begin + entry["offset"]
        arrays.append(np.frombuffer(content[start : start + entry["bytes"]], {"u1": "<u1", "f4": "<f4"}[entry["dtype"]]))
    assert begin + sum(array.nbytes for array in arrays) == len(content)
    return header, arrays


@networks
def test_a_packet_unpacks_to_the_same_figure(name: str) -> None:
    simulation = simulation_of(name)
    for heatmaps in (frozenset[int](), frozenset(simulation.records)):
        figure = drawn(simulation, opened(simulation, chosen=2, heatmaps=heatmaps), shuffled(name))
        header, arrays = unpacked(packet(figure, "in words"))
        assert header == {**json.loads(json.dumps(figure.header)), "description": "in words"}
        assert len(arrays) == len(figure.arrays)
        for found, put in zip(arrays, figure.arrays, strict=True):
            assert np.array_equal(found, put.ravel())
            assert np.isfinite(found).all()


@networks
def test_every_array_that_a_row_names_is_in_the_packet(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, opened(simulation))
    named = [row[key] for row in all_rows(figure) for key in ("z", "counts") if key in row]
    named += [line[key] for row in all_rows(figure) for line in row.get("lines", ()) for key in ("u", "v") if line[key] is not None]
    named += [level["values"] for row in all_rows(figure) for level in row.get("thresholds", ()) if "values" in level]
    assert sorted(named) == list(range(len(figure.arrays)))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_no_json_is_no_packet(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        packet(RowsFigure({"range": number}), "")


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("more", [{"dt": 1e-9}, {"input": {"kind": "step_current", "shape": (1, 100, 6), "amplitude": 1e38}}])
def test_numbers_at_the_end_of_float32_still_make_a_packet(more: dict[str, Any]) -> None:
    simulation = simulate(experiment(linear(6, 5), neurons("LIF", 5), **more))[0]
    unpacked(packet(drawn(simulation, opened(simulation)), ""))
