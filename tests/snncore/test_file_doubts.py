"""No file is read as something else than what was written: what may be read in two ways is refused, in words that tell what to write."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snncore.io.recordings import read_raster
from tests.length import examples
from tests.snncore.readings import ARRAYS, EVENTS, GENERATOR, NAMES, RASTERS, STEPS, columns, outcome, read, refusal, rows_of
from tests.snncore.written_files import csv, npy, npz

# ------------------------------------------------------------------------------------------------------- numbers


@pytest.mark.parametrize("what", EVENTS)
def test_events_without_names_are_refused(what: str) -> None:
    assert refusal("a.csv", csv(*rows_of(EVENTS[what]))) == f"its numbers may be times and places of events; {NAMES}."
    for table in (EVENTS[what], EVENTS[what].astype(np.float64), EVENTS[what][None]):
        assert refusal("a.npy", npy(table)) == f"it may be a list of events; {ARRAYS}."
    for name in ("spikes", "data"):
        assert refusal("a.npz", npz(**{name: EVENTS[what]})) == f"array {name!r} may be a list of events; {ARRAYS}."


@pytest.mark.parametrize("what", [what for what in EVENTS if len(EVENTS[what]) == 300])
def test_events_are_refused_in_rows_too(what: str) -> None:
    assert refusal("a.npy", npy(EVENTS[what].T)) == f"it may be a list of events; {ARRAYS}."


@pytest.mark.parametrize("what", RASTERS)
def test_plain_rasters_are_read_without_names(what: str) -> None:
    raster = RASTERS[what]
    holds = "currents" if any(word in what for word in ("currents of", "sine", "ramp")) else "counts"
    header = ["n0,n1"] * (what == "counts of two")  # without names its commas may be decimal
    for name, content in (("a.csv", csv(*header, *rows_of(raster))), ("a.npy", npy(raster)), ("a.npz", npz(anything=raster))):
        given = read_raster(name, content)
        assert (given.values[0].tolist(), given.holds) == (raster.astype(np.float32).tolist(), holds), name


def padded(trains: list[np.ndarray], padding: float) -> np.ndarray:
    """Spike times, a row for each neuron."""
    width = max(map(len, trains))
    return np.array([np.r_[np.float64(train), np.full(width - len(train), padding)] for train in trains])


TRAINS = [np.sort(GENERATOR.choice(1000, size, replace=False)) for size in GENERATOR.integers(1, 30, 16)]
SPIKE_TIMES = {
    "whole": np.sort(GENERATOR.integers(0, 1000, (16, 30)), 1),
    "whole as floats": np.sort(GENERATOR.integers(0, 1000, (16, 30)), 1).astype(float),
    "of few neurons": np.sort(GENERATOR.integers(0, 1000, (10, 12)), 1),
    "few of each neuron, in ms": np.sort(GENERATOR.random((8, 6)) * 1000, 1),
    "in ms": np.sort(GENERATOR.random((16, 30)) * 1000, 1),
    "padded with -1": padded(TRAINS, -1),
    "padded with 0": padded(TRAINS, 0),
    "in ms, padded with -1": padded([train / 7 for train in TRAINS], -1),
    "regular": 7 * np.arange(40) + GENERATOR.integers(0, 7, (16, 1)),
    "latencies": GENERATOR.integers(0, 1000, (10, 64)),
}


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("what", SPIKE_TIMES)
def test_spike_times_of_neurons_are_no_raster(what: str, is_turned: bool) -> None:
    table = SPIKE_TIMES[what].T if is_turned else SPIKE_TIMES[what]
    assert refusal("a.csv", csv(*rows_of(table))) == f"its numbers may be times and places of events; {NAMES}."
    for values in (table, table[None]):
        assert refusal("a.npy", npy(values)) == f"it may be a list of events; {ARRAYS}."
    assert refusal("a.npz", npz(spikes=table)) == f"array 'spikes' may be a list of events; {ARRAYS}."
    header = ",".join(f"n{column}" for column in range(table.shape[1]))
    assert read(header, *rows_of(table)).values[0].tolist() == table.astype(np.float32).tolist()
    assert read_raster("a.npz", npz(raster=table)).values[0].tolist() == table.astype(np.float32).tolist()


@pytest.mark.parametrize("times", [np.sort(GENERATOR.random((16, 30)), 1), np.sort(GENERATOR.integers(0, 20, (16, 10)), 1)])
def test_small_spike_times_of_neurons_in_rows_are_no_raster(times: np.ndarray) -> None:
    """In columns, they may as well be currents that rise."""
    assert refusal("a.csv", csv(*rows_of(times))) == f"its numbers may be times and places of events; {NAMES}."
    assert refusal("a.npy", npy(times)) == f"it may be a list of events; {ARRAYS}."


@pytest.mark.parametrize("first", [np.arange(50), np.arange(1, 51), np.arange(50) * 0.001, np.arange(50).astype(str)])
def test_a_raster_with_a_column_that_numbers_rows_is_refused(first: np.ndarray) -> None:
    table = np.c_[first.astype(float), RASTERS["counts of many"]]
    assert (
        refusal("a.csv", csv(*rows_of(table))) == "its first column may be times or row numbers; leave it out, or head all columns n0,n1,…."
    )
    assert refusal("a.npy", npy(table)) == (
        "it may have times or row numbers in its first column; leave it out, else save it in an .npz under the name raster."
    )


@pytest.mark.parametrize("numbers", [np.arange(50), np.arange(50, 0, -1), np.arange(50) * 0.1])
def test_a_raster_with_a_last_column_that_numbers_rows_is_refused(numbers: np.ndarray) -> None:
    for raster in (RASTERS["counts of many"], RASTERS["counts of many"] > 2, RASTERS["large currents of many"].round()):
        table = np.c_[raster, numbers]
        assert "its last column may be times or row numbers" in refusal("a.csv", csv(*rows_of(table)))
        assert "it may have times or row numbers in its last column" in refusal("a.npy", npy(table))
        assert read_raster("a.npz", npz(raster=table)).values[0].tolist() == table.astype(np.float32).tolist()


@pytest.mark.parametrize("place", [0, 3, 16])
def test_a_line_that_counts_the_others_is_refused_wherever_it_is(place: int) -> None:
    where = {0: "first {}", 3: "{} 4", 16: "last {}"}[place]
    table = np.insert(RASTERS["counts of many"], place, np.arange(1, 51), axis=1)
    assert f"its {where.format('column')} may be times or row numbers" in refusal("a.csv", csv(*rows_of(table)))
    for raster in (RASTERS["counts of many"], RASTERS["counts of many"] > 2):
        rows = np.insert(raster[:16].astype(int), place, np.arange(15, -1, -1), axis=0)
        assert f"it may have column numbers in its {where.format('row')}" in refusal("a.npy", npy(rows))
        assert "column" in refusal("a.csv", csv(*rows_of(rows)))


def graded_steps() -> np.ndarray:
    """The same currents, one step larger for each neuron, between rests."""
    currents = np.zeros((100, 10))
    currents[30:70] = np.arange(10)
    return currents


STIMULI = {
    "graded steps of current": graded_steps(),
    "graded steps of current that fall": graded_steps()[:, ::-1],
    "noise, and a ramp for the last": np.c_[RASTERS["large currents of many"], np.linspace(0, 5, 50)],
    "noise, and a falling ramp for the last": np.c_[RASTERS["large currents of many"], np.linspace(5, 0, 50)],
    "few spikes, and a current for one": np.insert(np.eye(6, 19), 7, np.arange(6), axis=1),
}


@pytest.mark.parametrize("what", STIMULI)
def test_currents_that_step_evenly_over_time_or_neurons_number_nothing(what: str) -> None:
    stimulus = STIMULI[what]
    for name, content in (("a.csv", csv(*rows_of(stimulus))), ("a.npy", npy(stimulus))):
        assert read_raster(name, content).values[0].tolist() == stimulus.astype(np.float32).tolist()


@pytest.mark.parametrize("numbers", [np.arange(10), np.arange(10) / 10, np.arange(10) + 5])
def test_row_numbers_at_the_end_of_a_small_table_of_spikes_are_refused(numbers: np.ndarray) -> None:
    table = np.c_[np.eye(10, 8), numbers]
    assert "its last column may be times or row numbers" in refusal("a.csv", csv(*rows_of(table)))
    assert "it may have times or row numbers in its last column" in refusal("a.npy", npy(table))


@pytest.mark.parametrize("name", ["t", "times", "spike_times", "timestamps", "events", "eventList"])
def test_a_single_array_with_a_name_of_events_is_refused(name: str) -> None:
    assert refusal("a.npz", npz(**{name: np.eye(3)})) == f"array {name!r} may be times or events by its name; {ARRAYS}."


@pytest.mark.parametrize("names", [("times", "ids"), ("timestamps", "units"), ("ts", "addr"), ("t", "x"), ("t", "x", "y", "polarity")])
def test_events_in_arrays_of_other_names_than_theirs_are_refused(names: tuple[str, ...]) -> None:
    assert "events as t, neuron or t, x, y, p" in refusal("a.npz", npz(**dict.fromkeys(names, STEPS)))


@pytest.mark.parametrize("name", ["spikes", "data"])
@pytest.mark.parametrize("other", ["times", "t", "spike_times", "events", "timestamps", "ids", "x", "labels"])
def test_a_raster_beside_what_may_be_its_times_is_refused(name: str, other: str) -> None:
    for values in (np.eye(20)[:, :1], np.eye(20)):
        arrays = {name: values, other: np.arange(20)}
        sentence = f"array {name!r} may belong to events with {other!r}; {ARRAYS}."
        assert refusal("a.npz", npz(**arrays)) == sentence
        given = read_raster("a.npz", npz(raster=values, **{other: np.arange(20)}))
        assert given.values[0].tolist() == values.tolist()
    assert read_raster("a.npz", npz(**{name: np.eye(20)}, dt=np.float64(0.1), weights=np.eye(3))).holds == "counts"
    assert read_raster("a.npz", npz(**{name: np.zeros((4, 20, 3))}, labels=np.arange(4))).values.shape == (4, 20, 3)


def test_a_raster_among_too_many_arrays_to_look_at_is_refused() -> None:
    others = {f"w{number}": np.zeros(3) for number in range(100)}
    sentence = "it holds 101 arrays; save the raster alone, or in an .npz under the name raster."
    assert refusal("a.npz", npz(spikes=np.eye(2), **others)) == sentence
    assert read_raster("a.npz", npz(raster=np.eye(2), **others)).holds == "counts"


# ---------------------------------------------------------------------------------------------------------- axes


@pytest.mark.parametrize("shape", [(100, 2, 16), (100, 1, 16), (3, 3, 16), (60, 4, 2, 8, 8), (100, 128, 16), (65, 128, 2, 8, 8)])
def test_time_before_the_batch_is_refused(shape: tuple[int, ...]) -> None:
    values = np.zeros(shape)
    said = refusal("a.npy", npy(values))
    assert said.startswith(f"it has the shape {shape}, which as (batch, time, ")
    assert said.endswith(
        f"has {shape[1]} time steps for {shape[0]} samples; if time comes first, save values.swapaxes(0, 1), "
        "else save it in an .npz under the name raster."
    )
    assert read_raster("a.npz", npz(raster=values)).values.shape == shape
    if shape[0] >= 2 * shape[1]:
        assert read_raster("a.npy", npy(values.swapaxes(0, 1))).values.shape == (shape[1], shape[0], *shape[2:])


@pytest.mark.parametrize("shape", [(50, 8, 8, 2), (50, 8, 8, 1), (2, 50, 8, 8, 2), (50, 8, 8, 3), (50, 16, 8, 8), (4, 50, 8, 8)])
def test_channels_elsewhere_are_refused(shape: tuple[int, ...]) -> None:
    values = np.zeros(shape)
    said = refusal("a.npy", npy(values))
    assert said.endswith(
        f"has {shape[-3]} channels; if they come last, save np.moveaxis(values, -1, -3), else save it in an .npz under the name raster."
    )
    if shape[-1] <= 2:
        moved = read_raster("a.npy", npy(np.moveaxis(values, -1, -3))).values
        assert moved.shape[-3:] == (shape[-1], *shape[-3:-1])


@pytest.mark.parametrize("shape", [(100, 2, 16), (50, 8, 8, 2), (60, 4, 2, 8, 8), (7, 4), (5, 2, 1)])
def test_an_array_named_raster_is_taken_as_it_is(shape: tuple[int, ...]) -> None:
    values = np.arange(np.prod(shape)).reshape(shape)
    given = read_raster("a.npz", npz(raster=values))
    assert given.values.tolist() == (values if len(shape) in (3, 5) else values[None]).tolist()
    assert given.holds == "counts"


# ---------------------------------------------------------------------------------- whatever is written, and how


UNITS = {"steps": 1, "ms": 0.1, "µs": 997, "s": 1e-4}


@examples(200)
@given(
    st.lists(st.tuples(st.integers(0, 300), st.integers(0, 12)), min_size=8, max_size=40, unique=True),
    st.sampled_from(list(UNITS)),
    st.booleans(),
    st.sampled_from(["t,neuron", "timestamp,channel", "sender,time", "a,b", "V1,V2", ""]),
    st.sampled_from([".csv", ".npy", "spikes", "t neuron", "times ids"]),
)
def test_events_are_read_as_events_or_refused(events: list[Any], unit: str, is_sorted: bool, header: str, form: str) -> None:
    listed = columns(*(np.array(column) for column in zip(*(sorted(events) if is_sorted else events), strict=True)))
    scaled = listed * [UNITS[unit], 1]
    name, content = {
        ".csv": ("a.csv", lambda: csv(*[header] * bool(header), *rows_of(scaled))),
        ".npy": ("a.npy", lambda: npy(scaled)),
        "spikes": ("a.npz", lambda: npz(spikes=scaled)),
        "t neuron": ("a.npz", lambda: npz(t=scaled[:, 0], neuron=listed[:, 1])),
        "times ids": ("a.npz", lambda: npz(times=scaled[:, 0], ids=listed[:, 1])),
    }[form]
    given = outcome(name, content())
    if isinstance(given, str):
        assert re.search(r"t,neuron or t,x,y,p|t, neuron or t, x, y, p|t is .*; it must be a whole number", given)
        return
    is_small = unit == "steps" and not is_sorted and listed.max() <= 20
    assert given.holds == "events" or is_small, "only small numbers in no order may be counts"
    if given.holds == "events":
        assert given.values.shape == (1, int(scaled[:, 0].max()) + 1, listed[:, 1].max() + 1)
        assert given.values.sum() == len(events)


@given(
    st.integers(1, 30),
    st.integers(1, 8),
    st.sampled_from(["spikes", "noise"]),
    st.sampled_from(["n", "", "npy", "npz"]),
    st.integers(0, 99),
)
def test_a_raster_is_read_as_it_was_written_or_refused(steps: int, neurons: int, kind: str, form: str, seed: int) -> None:
    drawn = np.random.default_rng(seed)
    raster = (drawn.random((steps, neurons)) < 0.4).astype(int) if kind == "spikes" else drawn.normal(size=(steps, neurons)).round(3)
    header = [",".join(f"n{number}" for number in range(neurons))] * (form == "n")
    name, content = {"npy": ("a.npy", npy(raster)), "npz": ("a.npz", npz(raster=raster))}.get(form) or (
        "a.csv",
        csv(*header, *rows_of(raster)),
    )
    given = outcome(name, content)
    if isinstance(given, str):
        assert form in ("", "npy")
        assert kind == "noise", given
        return
    assert given.values[0].tolist() == raster.astype(np.float32).tolist()
    assert given.holds == ("counts" if kind == "spikes" or (raster == 0).all() else "currents")
