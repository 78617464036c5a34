"""A second run is drawn beside the first, whose scale stays."""

from __future__ import annotations

import numpy as np
import pytest

from app.figures.row_kinds import MOST_GROWTH, RowsFigure
from app.figures.rows import MOST_LINES
from snncore.run.simulation import simulate
from tests.app.drawn_rows import (
    NETWORKS,
    all_rows,
    closed,
    counted,
    drawn,
    experiment,
    group,
    linear,
    networks,
    neurons,
    of_sample,
    opened,
    row_of,
    rows_of,
    shuffled,
    simulation_of,
    values_of,
)

# -------------------------------------------------------------------------------------------------- a second run


@networks
def test_a_second_run_is_drawn_beside_the_first(name: str) -> None:
    simulation, other = simulation_of(name), shuffled(name)
    view = closed(simulation)
    figure = drawn(simulation, view, other)
    for place, record in simulation.records.items():
        beside = other.records[place]
        (line,) = (line for line in row_of(figure, place, "traces", "potential u of")["lines"] if line["name"] == "shuffled")
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
    figure = drawn(simulation, closed(simulation, sample=0), other)
    lines = row_of(figure, len(simulation.outputs) - 1, "traces")["lines"]
    for line in lines:
        run = other if line["name"] == "shuffled" else simulation
        assert np.array_equal(values_of(figure, line, "u"), of_sample(run.outputs[-1], 0)[line["neuron"]])
    assert len(lines) == 2 * MOST_LINES


# -------------------------------------------------------------------------------------------------------- ranges


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


@networks
def test_the_scale_stays_that_of_the_first_run_and_tells_what_of_the_second_is_cut_off(name: str) -> None:
    simulation, other = simulation_of(name), shuffled(name)
    view = opened(simulation, chosen=3)
    alone, both = drawn(simulation, view), drawn(simulation, view, other)
    cut = outside(both)
    for place in simulation.records:
        before, after = (row_of(figure, place, "traces", "potential u of") for figure in (alone, both))
        size = before["range"][1] - before["range"][0]
        assert after["range"][0] >= before["range"][0] - (MOST_GROWTH - 1) * size
        assert after["range"][1] <= before["range"][1] + (MOST_GROWTH - 1) * size
        assert after["title"].endswith(", cut off") == (after["title"] in cut)


def test_a_second_run_far_beyond_the_threshold_leaves_the_first_as_large_as_it_may() -> None:
    current = {"kind": "step_current", "shape": (1, 200, 1), "amplitude": 0.7, "start": 3}
    normalised = experiment(neurons("ExpLeak", 1, tau_mem=60.0, tau_syn=None, norm_input=True), input=current)
    simulation, other = (simulate(each)[0] for each in (normalised, normalised.replace({"network.0.norm_input": False})))
    view = opened(simulation)
    row = row_of(drawn(simulation, view, other), 0, "traces", "potential u of")
    largest = other.records[0].u.max()
    assert row["range"][1] < largest / 10
    assert f"shuffled up to {largest:.3g}, cut off" in row["title"]


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
