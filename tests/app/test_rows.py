"""Rows hold what the simulation holds: every array that is always drawn, every count, every number in their words."""

from __future__ import annotations

import re

import numpy as np
import pytest

from app.figures.rows import MOST_LINES, View, describe_rows, rows_figure
from app.figures.style import PALETTES, Theme
from snncore.run.record import closest_neuron
from tests.app.drawn_rows import (
    NETWORKS,
    closed,
    counted,
    drawn,
    group,
    last_sample,
    networks,
    of_sample,
    opened,
    row_of,
    rows_of,
    shuffled,
    simulation_of,
    spiking,
    values_of,
)

# ------------------------------------------------------------------------------------------ what is always shown


@networks
def test_groups_are_the_input_each_neuron_layer_and_an_output_that_is_none(name: str) -> None:
    simulation = simulation_of(name)
    groups = drawn(simulation, closed(simulation)).header["groups"]
    last = len(NETWORKS[name].network) - 1
    places = [*simulation.records, *([] if last in simulation.records else [last])]
    assert [group["layer"] for group in groups] == ["input", *map(str, places)]
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
        assert row["kind"] == ("heatmap" if name == "currents" or name.startswith("preset Digits") else "raster")
        assert np.array_equal(values_of(figure, row), given)
        assert (row["neurons"], row["bin"], row["span"]) == (len(given), 1, 1)


@networks
def test_the_input_is_lower_than_the_output_and_grows_less(name: str) -> None:
    groups = drawn(simulation_of(name), View()).header["groups"]
    for given in groups[0]["rows"]:
        for out in groups[-1]["rows"]:
            assert given["height"] < out["height"]
            assert given["weight"] < 1 < out["weight"]


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
        told = f"{rate:,.0f}" if rate >= 999.5 else f"{rate:.3g}"
        several = f", up to {spikes.max():.0f} in one step" if spikes.max() > 1 else ""
        role = "output" if place == len(NETWORKS[name].network) - 1 else "hidden"
        words = f"{role} · {counted(len(spikes), 'neuron')} · {counted(spikes.sum(), 'spike')}{several} · {told} Hz"
        assert re.sub(r" · [\d,]+ synaptic operations? in$", "", group(figure, place)["words"]) == words


@networks
def test_chosen_neurons_are_traced_with_u_and_where_a_reset_changed_it_v(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation, chosen=3)
    figure = drawn(simulation, view)
    for place, record in simulation.records.items():
        row = row_of(figure, place, "traces", "potential u of neuron")
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
    assert row_of(figure, 1, "traces")["title"] == "potential u of neurons 40, 3, threshold θ dashed"
    assert row_of(figure, 3, "traces")["title"] == "potential u of neuron 2, others faint, threshold θ dashed"


@networks
def test_thresholds_are_those_of_the_selected_neuron(name: str) -> None:
    simulation = simulation_of(name)
    view = opened(simulation, chosen=2)
    figure = drawn(simulation, view)
    for place, record in spiking(simulation):
        (threshold,) = row_of(figure, place, "traces", "potential u of neuron")["thresholds"]
        theta = of_sample(np.broadcast_to(record.threshold, record.u.shape), view.sample)[view.chosen[place][0]]
        assert ("values" in threshold) == (len(set(theta.tolist())) > 1)
        found = values_of(figure, threshold, "values") if "values" in threshold else np.full(len(theta), threshold["value"], np.float32)
        assert np.array_equal(found, theta)


def test_thresholds_that_adapt_are_curves_and_others_one_value() -> None:
    adapting = simulation_of("ALIF")
    spiking_neuron = int(of_sample(adapting.records[1].spikes, 0).sum(axis=1).argmax())
    view = View(chosen={1: (spiking_neuron,), 3: (0,)})
    (adaptive,) = row_of(drawn(adapting, view), 1, "traces", "potential u of")["thresholds"]
    assert "values" in adaptive
    each = drawn(simulation_of("a threshold for each"), View(chosen={1: (2, 0)}))
    assert row_of(each, 1, "traces", "potential u of")["thresholds"] == [{"value": float(np.float32(0.3))}]


@pytest.mark.parametrize("name", ["ExpLeak", "ExpLeak at the end", "ExpLeak on maps"])
def test_a_layer_that_never_spikes_has_no_raster_no_threshold_and_no_rates(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, opened(simulation))
    kinds = [row["kind"] for row in group(figure, 1)["rows"]]
    assert not {"raster", "bars"} & set(kinds)
    assert all(row["thresholds"] == [] for row in rows_of(figure, 1, "traces"))
    assert "θ" not in row_of(figure, 1, "traces", "potential u of")["title"]
    u = of_sample(simulation.records[1].u, last_sample(simulation))
    assert group(figure, 1)["words"].partition(" · ")[2].startswith(f"{counted(len(u), 'neuron')} · u from {u.min():.3g} to {u.max():.3g}")


@pytest.mark.parametrize("name", ["maps", "pooled maps", "preset Convolution"])
def test_an_output_that_is_no_neuron_layer_is_drawn_line_by_line(name: str) -> None:
    simulation = simulation_of(name)
    sample = last_sample(simulation)
    figure = drawn(simulation, closed(simulation))
    last = len(simulation.outputs) - 1
    if last in simulation.records:
        return
    values = of_sample(simulation.outputs[-1], sample)
    lines = row_of(figure, last, "traces")["lines"]
    assert [line["neuron"] for line in lines] == list(range(min(len(values), MOST_LINES)))
    assert all(np.array_equal(values_of(figure, line, "u"), values[line["neuron"]]) for line in lines)
    more = f", the first {MOST_LINES} drawn" if len(values) > MOST_LINES else ""
    assert group(figure, last)["words"] == f"{len(values)} values per step{more}"
    assert group(figure, last)["title"] == f"Output of {NETWORKS[name].layer_label(str(last))}"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_header_knows_steps_colours_and_the_name_of_the_second_run(theme: Theme) -> None:
    simulation = simulation_of("LIF")
    header = rows_figure(simulation, closed(simulation), {}, theme, shuffled("LIF"), "shuffled").header
    assert (header["steps"], header["other"]) == (40, "shuffled")
    assert header["palette"] == PALETTES[theme]


def test_layers_can_be_called_otherwise() -> None:
    simulation = simulation_of("ten spikes")
    assert [group["title"] for group in drawn(simulation, closed(simulation)).header["groups"]] == [
        "Input",
        "LIF 2",
        "LIF 4",
    ]
    assert "LIF 2: 64 neurons" in describe_rows(simulation)


# --------------------------------------------------------------------------------------------------------- words


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
        "LIF 2: 64 neurons · 5 spikes · 0.781 Hz. LIF 4: 4 neurons · 0 spikes · 0 Hz."
    )
