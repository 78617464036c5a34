"""An opened layer shows currents, rates, intervals, operations, weights and maps as they are."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from app.figures.row_kinds import RowsFigure
from app.figures.rows import Notes, View, rows_figure
from snncore.run.measures import incoming_weights, recurrent_operations, synaptic_operations
from snncore.run.simulation import simulate
from tests.app.drawn_rows import (
    CONVOLUTION,
    MAPS,
    NETWORKS,
    all_rows,
    closed,
    drawn,
    experiment,
    group,
    last_sample,
    networks,
    neurons,
    of_sample,
    opened,
    row_of,
    rows_of,
    simulation_of,
    spiking,
    values_of,
)


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
        assert float(told.replace(",", "")) == pytest.approx(spikes.mean() / dt, rel=5e-3), "three digits"
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
def test_synaptic_operations_are_those_of_the_layer_before_and_of_its_own_spikes_where_they_return(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation)
    figure = drawn(simulation, view)
    carries_spikes = name not in ("preset Digits", "preset Digits by convolution")
    for place in simulation.records:
        before = NETWORKS[name].network[place - 1] if place else None
        expected = synaptic_operations(before, simulation.received(place - 1)) if before and (place > 1 or carries_spikes) else None
        own = recurrent_operations(NETWORKS[name].network[place], simulation.records[place].spikes)
        if own is not None:
            expected = own if expected is None else expected + own
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
    names = [NETWORKS["LIFRecurrent"].layer_label("1")] * 2
    assert [row["across"] for row in (from_the_input, from_itself, from_the_layer_before)] == [
        "input channel",
        *(f"neuron of {name}" for name in names),
    ]
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
    assert row["shape"] == record.spikes.shape[2:]
    assert row["spikes"] == record.does_spike
    assert np.array_equal(values_of(figure, row), (record.spikes if record.does_spike else record.u)[view.sample])
    assert row["selected"] == view.chosen[1][0]


def test_maps_of_many_spikes_hold_their_numbers_and_are_still_maps_of_spikes() -> None:
    """A byte would end at 255."""
    simulation = simulate(experiment(CONVOLUTION, neurons("LIF", 3, spike_threshold=1e-4), shape=MAPS))[0]
    view = opened(simulation)
    figure = drawn(simulation, view)
    row = row_of(figure, 1, "maps")
    values = values_of(figure, row)
    assert values.max() > 255
    assert np.array_equal(values, simulation.records[1].spikes[view.sample])
    assert row["spikes"]


@pytest.mark.parametrize(
    ("spikes", "kind"),
    [([0, 1, 1], np.uint8), ([0, 255, 3], np.uint8), ([0, 256, 3], np.float32), ([0, 0.5, 1], np.float32), ([-1, 0, 1], np.float32)],
)
def test_spikes_are_bytes_where_they_stay_what_they_are(spikes: list[float], kind: type[np.generic]) -> None:
    figure = RowsFigure({})
    figure.put_spikes(np.array(spikes, np.float32))
    assert figure.arrays[0].dtype == kind
    assert figure.arrays[0].tolist() == spikes


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
        assert row["diverges"]
        assert row["range"][0] <= min(u.min(), 0)
        if not record.does_spike:
            assert row["range"][1] == pytest.approx(u.max())
            continue
        assert row["theta"] == pytest.approx(float(np.max(record.threshold)))
        assert row["range"][1] > row["theta"]
        spikes = of_sample(record.spikes, last_sample(simulation))
        assert np.array_equal(figure.arrays[row["spikes"]].reshape(u.shape), spikes), "where they are marked"
        assert group(figure, place)["heatmap"]
