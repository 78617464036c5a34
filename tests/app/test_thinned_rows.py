"""What is too large to be drawn is thinned, and nothing is lost."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from app.figures.row_kinds import MOST_COLUMNS, MOST_ROWS, raster_height
from app.figures.rows import View, picked_neuron
from snncore.run.simulation import Simulation, simulate
from tests.app.drawn_rows import (
    Values,
    closed,
    drawn,
    experiment,
    group,
    neurons,
    of_sample,
    opened,
    row_of,
    simulation_of,
    values_of,
)

NEURONS, STEPS = MOST_ROWS + 77, MOST_COLUMNS + 51


@functools.cache
def large() -> Simulation:
    busy = {"kind": "random_spikes", "shape": (1, STEPS, NEURONS), "probability": 0.7}
    return simulate(experiment(neurons("LIF", NEURONS), input=busy))[0]


def blocks(values: Values) -> Values:
    """Split (neurons, time) into cells of two neurons and two steps: (rows, 2, columns, 2), NaN beyond the end."""
    rows, columns = (-(-length // 2) for length in values.shape)
    padded = np.full((2 * rows, 2 * columns), np.nan)
    padded[: values.shape[0], : values.shape[1]] = values
    return padded.reshape(rows, 2, columns, 2)


@pytest.mark.slow
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
    assert picked_neuron({"neuron": 640}, record, 0) == 63, "of a network that was larger when it was drawn"
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
