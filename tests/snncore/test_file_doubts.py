"""No file is read as something else than what was written: what may be read in two ways is refused, in words that tell what to write."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snncore.errors import InputFileError
from snncore.io.recordings import UploadedInput, read_raster
from tests.length import examples
from tests.snncore.test_files import csv, npy, npz

NAMES = "head the columns of events t,neuron or t,x,y,p, with t in time steps, or those of a raster n0,n1,…"
ARRAYS = "save events in an .npz as arrays t, neuron or t, x, y, p, with t in time steps, or a raster in an .npz under the name raster"


def outcome(name: str, content: bytes) -> UploadedInput | str:
    """What was read, or why nothing was."""
    try:
        return read_raster(name, content)
    except InputFileError as refused:
        return str(refused)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(InputFileError) as refused:
        read_raster(name, content)
    return str(refused.value).removeprefix(f"File {name!r}: ")


def read(*lines: str) -> UploadedInput:
    return read_raster("a.csv", csv(*lines))


# ------------------------------------------------------------------------------------------------ names above columns

TIMES = [
    "t",
    "T",
    "ts",
    "time",
    "Times",
    "time_ms",
    "t_us",
    "t_µs",
    "timeMs",
    " Time (ms) ",
    "T[s]",
    "timestamp",
    "time-stamps",
    "spikeTimes",
]
PLACES = ["neuron", "neuron_id", "NeuronID", "Neuron No.", "sender", "addr", "address", "unit", "UNITS", "unit_id", "channel", "ch"]
PLACES += ["node_ids", "cell", "cellId", "id", "ids", "gid", "idx", "index", "spike", "i", "x", "source", "electrode"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("time", TIMES)
def test_events_under_other_names_than_theirs_are_refused(time: str, place: str) -> None:
    for names in ((time, place), (place, time)):
        if [name.lower() for name in sorted(names, key=str.lower)] == ["neuron", "t"]:
            assert read(",".join(names), "0,0", "1,1").holds == "events"
        else:
            header = ",".join(names)
            shown = ",".join(name.strip() for name in names)
            assert refusal("a.csv", csv(header, "0,1", "3,0")) == f"its columns are {shown!r}; {NAMES}."


NO_RASTERS = ["t,n0,n1", "index,n0,n1", "Unnamed: 0,n0,n1", "n0,n1,time", "step,a,b", "t0,t1,t2", "time 1,time 2,time 3", "frame,a,b"]
NO_RASTERS += ["t,x,y", "x,y,t", "t,i,w", "neuron_id,t,weight", "t,x,y,polarity", "timestamp,x,y,on", "event 1,event 2,event 3"]


@pytest.mark.parametrize("header", NO_RASTERS)
def test_a_table_with_a_column_that_is_no_neuron_by_its_name_is_refused(header: str) -> None:
    assert refusal("a.csv", csv(header, "0,1,1,0"[: 2 * header.count(",") + 1])) == f"its columns are {header!r}; {NAMES}."


@pytest.mark.parametrize("header", ["time", "spike_times", "timestamps", "t0", "neuron", "id"])
def test_a_single_column_that_is_no_neuron_by_its_name_is_refused(header: str) -> None:
    assert refusal("a.csv", csv(header, "0", "1")) == f"its columns are {header!r}; {NAMES}."


RASTER_HEADERS = [
    "n0,n1",
    "N1, N2",
    "neuron 0,neuron 1",
    "Neuron_1,Neuron_2",
    "unit1,unit2",
    "ch-0,ch-1",
    "cell #1,cell #2",
    "n0 [nA],n1 [nA]",
]


@pytest.mark.parametrize("header", RASTER_HEADERS)
def test_numbered_neurons_are_a_raster_whatever_their_numbers_look_like(header: str) -> None:
    for rows in ([[0, 3], [4, 1], [250_000, 2]], [[0.001, 1], [0.5, 0]], [[0, 1], [1, 0]]):
        written = read(header, *(",".join(map(str, row)) for row in rows))
        assert written.values[0].tolist() == np.float32(rows).tolist()
        assert written.holds == ("currents" if rows[0][0] else "counts")


@pytest.mark.parametrize("header", ["a,b", "V1,V2", "left,right", "exc,inh", "x0,x1", "Zeit,Kanal"])
def test_other_names_settle_nothing(header: str) -> None:
    assert read(header, "0,1", "1,1", "0,0").values[0].tolist() == [[0, 1], [1, 1], [0, 0]]
    assert refusal("a.csv", csv(header, "0,3", "4,1", "9,2")) == f"its numbers may be times and places of events; {NAMES}."


@pytest.mark.parametrize("header", ["0,1,2", "1,2,3", '"0","1","2"', "0;1;2", ",".join(map(str, range(16)))])
@pytest.mark.parametrize("row", ["0", "0.0", "1"])
def test_column_numbers_are_no_time_step(header: str, row: str) -> None:
    separator = ";" if ";" in header else ","
    rows = [separator.join([row] * (header.count(separator) + 1))] * 3
    sentence = "line 1 may count columns, not spikes; write n0,n1,… in its place, or above it if it is a time step."
    assert refusal("a.csv", csv(header, *rows)) == sentence


HEADERS = ["3,2,1,0", "5,6,7,8", "4,3,2", "10,20,30", "7,3,12,5", "0,2,4,6"]


@pytest.mark.parametrize("header", HEADERS)
def test_different_whole_numbers_beside_nothing_but_spikes_number_them(header: str) -> None:
    numbers = [int(number) for number in header.split(",")]
    spikes = [[(row + column) % 2 for column in range(len(numbers))] for row in range(5)]
    rows = [",".join(map(str, row)) for row in spikes]
    assert "line 1 may count columns" in refusal("a.csv", csv(header, *rows))
    assert "line 1 may count columns" in refusal("a.csv", csv(header, ",".join(["0.5"] * len(numbers))))
    kept = ",".join(f"n{column}" for column in range(len(numbers)))
    assert read(kept, header, *rows).values[0].tolist() == [numbers, *spikes]
    table = np.c_[numbers, np.array(spikes * 8)[: len(numbers), :1].repeat(8, 1)]
    assert "first column" in refusal("a.csv", csv(*rows_of(table)))
    assert "first column" in refusal("a.npy", npy(table))
    assert read_raster("a.npz", npz(raster=table)).values[0].tolist() == table.tolist()


def test_row_numbers_that_fall_are_no_neuron() -> None:
    table = np.c_[np.arange(50)[::-1], RASTERS["counts of many"]]
    assert "its first column may be times or row numbers" in refusal("a.csv", csv(*rows_of(table)))


def test_column_numbers_of_one_or_two_columns_are_told_by_how_they_are_written() -> None:
    for lines in (("0,1", "0.0,1.0", "1.0,0.0"), ("0", "1.0", "0.5")):
        assert "may count columns" in refusal("a.csv", csv(*lines))
    for lines in (("0,1", "1,0"), ("0", "1"), ("0.0,1.0", "1.0,0.0"), ("0,1", "-0.5,0")):
        assert read(*lines).values.shape[1] == len(lines)


@pytest.mark.parametrize("lines", [(",0,1,2", "0,1,0,0", "1,0,0,1"), (",n0", "0,1", "1,0"), ('"","V1"', '"1",0')])
def test_a_column_without_a_name_is_refused(lines: tuple[str, ...]) -> None:
    sentence = "line 1, column 1 has no name; name every column, and leave out one that only numbers rows."
    assert refusal("a.csv", csv(*lines)) == sentence


# ----------------------------------------------------------------------------------------------------------- numbers

GENERATOR = np.random.default_rng(0)
STEPS, MICROSECONDS = np.sort(GENERATOR.integers(0, 400, 300)), np.sort(GENERATOR.integers(0, 299_754, 300))
SHUFFLED = GENERATOR.permutation(300)
PIXELS, POLARITY = GENERATOR.integers(0, 34, (2, 300)), GENERATOR.integers(0, 2, 300)


def columns(*given: Any) -> np.ndarray:
    return np.stack(given, axis=1)


EVENTS = {
    "t, neuron": columns(STEPS, PIXELS[0]),
    "neuron, t": columns(PIXELS[0], STEPS),
    "µs, neuron": columns(MICROSECONDS, PIXELS[0]),
    "ms, neuron": columns(MICROSECONDS / 1e3, PIXELS[0]),
    "s, neuron": columns(MICROSECONDS / 1e6, PIXELS[0]),
    "s, one of two neurons": columns(MICROSECONDS / 1e6, POLARITY),
    "s since an event": columns(MICROSECONDS / 1e6 - 0.1, PIXELS[0]),
    "t, x, y": columns(STEPS, *PIXELS),
    "t, x, y, p": columns(MICROSECONDS, *PIXELS, POLARITY),
    "x, y, t, p": columns(*PIXELS, MICROSECONDS, 2 * POLARITY - 1),
    "s, x, y, p": columns(MICROSECONDS / 1e6, *PIXELS, POLARITY),
    "in any order": columns(MICROSECONDS, *PIXELS, POLARITY)[SHUFFLED],
    "s in any order": columns(MICROSECONDS / 1e6, PIXELS[0])[SHUFFLED],
    "by neuron": columns(STEPS, PIXELS[0])[np.argsort(PIXELS[0], kind="stable")],
    "few, by time": columns([0, 4, 9], [3, 1, 2]),
    "few, by neuron": columns([7, 2, 4], [0, 1, 2]),
    "few, with fractions": columns([0.5, 1.25], [3, 1]),
    "times": STEPS[:, None],
    "times with fractions": MICROSECONDS[:, None] / 1e6,
    "time and a value": columns(np.arange(50) / 10, np.sin(np.arange(50))),
}
RASTERS = {
    "spikes of one": GENERATOR.random((50, 1)) < 0.3,
    "spikes of two": GENERATOR.random((50, 2)) < 0.3,
    "spikes of four": GENERATOR.random((50, 4)) < 0.3,
    "spikes of many": GENERATOR.random((50, 300)) < 0.3,
    "few spikes": np.eye(2),
    "an onset": np.repeat([[0, 0], [1, 1]], 20, axis=0),
    "no spikes": np.zeros((20, 2)),
    "counts of two": GENERATOR.poisson(2, (50, 2)),
    "counts of many": GENERATOR.poisson(2, (50, 16)),
    "currents of two": GENERATOR.normal(size=(50, 2)),
    "currents of four, none below 0": GENERATOR.random((50, 4)),
    "a sine": np.sin(np.arange(100) / 9)[:, None],
    "a ramp": np.linspace(0, 1.5, 100)[:, None],
    "ramps": np.linspace(0, 1.5, 100)[:, None] * [1, 0.5, 2],
    "a step of current": np.repeat([0, 100], 20)[:, None],
    "large currents of many": GENERATOR.normal(50, 20, (50, 16)),
    "a ramp of currents of many": np.linspace(0, 100, 50)[:, None] * np.ones(16),
    "ramps of currents of many": np.linspace(0, 100.5, 50)[:, None] * np.linspace(2, 1, 16),
    "small ramps of currents of many": np.linspace(0, 1.5, 50)[:, None] * np.linspace(1, 2, 16),
    "sines of currents of many": 100 * np.sin(np.arange(100) / 9)[:, None] * np.linspace(1, 2, 16),
    "graded currents of many": np.tile(np.linspace(0, 99.5, 16), (50, 1)),
    "a step for many": np.repeat([[0], [100]], 20, axis=0) * np.ones(16, int),
    "a strong pulse for one of many": 400 * np.eye(20, 16, dtype=int)[:, :1] * np.eye(1, 16, dtype=int),
    "a ramp for one of many": np.linspace(0, 100, 50)[:, None] * np.eye(1, 16, 3),
    "pixels as currents": GENERATOR.integers(0, 256, (50, 64)),
}


def rows_of(table: np.ndarray) -> list[str]:
    return [",".join(str(value.item()) for value in row) for row in np.asarray(table, None if table.dtype != bool else int)]


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


# -------------------------------------------------------------------------------------------------------------- axes


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


# ---------------------------------------------------------------------------------------------------- decimal commas


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (['"0,5","1,5"'], [[0.5, 1.5]]),
        (["0,5;1,5"], [[0.5, 1.5]]),
        (["0,5\t1,5"], [[0.5, 1.5]]),
        (["n0;n1", "1,234;0,125", "2;-3,5e-1"], [[1.234, 0.125], [2, -0.35]]),
        (['"n0","n1"', '"-0,25",1'], [[-0.25, 1]]),
        (["0;1", "1;0"], [[0, 1], [1, 0]]),
        (["0\t1", "1\t0"], [[0, 1], [1, 0]]),
        (["n0,n1", "0,5", "1,5"], [[0, 5], [1, 5]]),
        (["\u22120.5,\u22120.2", "1,2"], [[-0.5, -0.2], [1, 2]]),
        (["\u22120,5;1", "0;1"], [[-0.5, 1], [0, 1]]),
    ],
)
def test_a_comma_within_a_cell_is_a_decimal_point(lines: list[str], numbers: list[list[float]]) -> None:
    assert read(*lines).values[0].tolist() == np.float32(numbers).tolist()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["1.234,5;1"], "line 1, column 1: '1.234,5' is not a number; write a decimal point, and nothing between thousands."),
        (['"1,234.5",1'], "line 1, column 1: '1,234.5' is not a number; write a decimal point, and nothing between thousands."),
        (
            ["n0;n1", "1;2", "0,5;1.5"],
            "line 3, column 1: '0,5' has a comma and other numbers have a point; write a decimal point in all of them.",
        ),
        (["1,234;2,345"], "line 1, column 1: '1,234' has a comma, decimal or between thousands; write a decimal point, or no comma."),
        (['"1,234","2"'], "line 1, column 1: '1,234' has a comma, decimal or between thousands; write a decimal point, or no comma."),
        (["1,234,567;1"], "line 1, column 1: '1,234,567' is not a number; write numbers with semicolons between."),
        (['0,5,"1'], "line 1 has a quotation mark out of place, or a cell without end; put one at both ends of a cell or none."),
    ],
)
def test_a_comma_that_may_be_something_else_is_refused(lines: list[str], sentence: str) -> None:
    assert refusal("a.csv", csv(*lines)) == sentence


COMMAS = "its commas may be decimal, or stand between columns; write decimal points, or head the columns n0,n1,…."


@pytest.mark.parametrize(
    "lines",
    [
        ("0,5", "0,7", "1,2", "0,9"),
        ("0,05", "1,1"),
        ("-0,5", "0,1"),
        ("0,00", "0,00"),
        ("0,5,1,5", "0,7,1,2"),
        ("0,2,0,3", "0,0,0,0"),
        ("0,05,1,00", "0,00,1,00"),
        ("0,9,1,2,0,8", "1,1,0,4,1,3"),
    ],
)
def test_without_quotes_decimal_commas_are_not_taken_to_separate_columns(lines: tuple[str, ...]) -> None:
    assert refusal("a.csv", csv(*lines)) == COMMAS
    header = ",".join(f"n{number}" for number in range(lines[0].count(",") + 1))
    assert read(header, *lines).values[0].tolist() == [[float(cell) for cell in line.split(",")] for line in lines]


@pytest.mark.parametrize(
    "lines",
    [("0,1", "1,1"), ("2,1", "0,0"), ("0.5,-2", "1,3"), ("0, 5", "1, 2"), ("1,-5", "0,3"), ("0,1,1,0", "2,3,1,1")],
)
def test_commas_that_can_only_separate_do(lines: tuple[str, ...]) -> None:
    assert read(*lines).values[0].tolist() == np.float32([[float(cell) for cell in line.split(",")] for line in lines]).tolist()


MARKS = ["NA", "N/A", "#N/A", "n.a.", "-", "--", "\u2013", "\u2026", "?", ".", "none", "None", "null", "<NA>", "missing", "#DIV/0!", "-nan"]


@pytest.mark.parametrize("rest", ["{0}", "1", "n1"])
@pytest.mark.parametrize("mark", [*MARKS, "nan", "NaN", "", "inf", "\u20130.5", "~1", "\u0661", "\u00bd"])
def test_a_first_row_without_names_is_no_header_whatever_else_it_holds(mark: str, rest: str) -> None:
    said = refusal("a.csv", csv(f"{mark},{rest.format(mark)}", "0,1", "1,0"))
    assert said.startswith("line 1, column 1"), said


@pytest.mark.parametrize("mark", MARKS[:-1])
def test_the_mark_of_a_missing_number_is_refused_as_such(mark: str) -> None:
    sentence = f"line 2, column 2: {mark!r} stands for no number; write one in its place."
    assert refusal("a.csv", csv("0,1", f"1,{mark}")) == sentence


@pytest.mark.parametrize("cell", ["1_5", "\u0661", "\uff11", "0x10", "1e", "1__0", "infinit", "\u00b2"])
@pytest.mark.parametrize("other", ["0", "0.5", '"0"'])
def test_only_plain_digits_are_numbers(cell: str, other: str) -> None:
    sentence = f"line 3, column 2: {cell!r} is not a number; write numbers with commas between."
    assert refusal("a.csv", csv("0,1", "0,0", f"{other},{cell}")) == sentence


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["0", "1", "7", "-1", "0.5", "1e3", "+.5", "2.", "x", "1_5", "", "1-2", "1e", "nan"])] * 3), min_size=1
    ),
    st.sampled_from([",", ";", "\t", ", "]),
)
def test_quotes_change_no_number_and_no_refusal(rows: list[tuple[str, ...]], separator: str) -> None:
    """Plain lines and others are read by two ways."""
    header = separator.join(("n0", "n1", "n2"))
    plain = outcome("a.csv", csv(header, *(separator.join(row) for row in rows)))
    quoted = outcome("a.csv", csv(header, *(separator.join(f'"{cell}"' for cell in row) for row in rows)))
    if isinstance(plain, UploadedInput) and isinstance(quoted, UploadedInput):
        assert plain.values.tolist() == quoted.values.tolist()
    else:
        assert plain == quoted


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "sentence"), [("0,x", "column 2: 'x' is not a number"), ("0", "has 1 columns, but line 1 has 2")])
def test_in_a_long_file_the_line_of_an_error_is_named_and_other_lines_are_kept(wrong: str, sentence: str) -> None:
    lines = ["n0,n1", *["0,1"] * 100_000, "", ' 0.5 ,"2"', *["10,1"] * 100_000]
    values = read(*lines).values[0]
    assert values.shape == (200_001, 2)
    assert values[99_999:100_002].tolist() == [[0, 1], [0.5, 2], [10, 1]]
    said = refusal("a.csv", csv(*lines, wrong))
    assert said.startswith("line 200004")
    assert sentence in said
    events = [line for line in lines[1:] if "." not in line]
    assert refusal("a.csv", csv("t,neuron", *events, "-1,0")).startswith("line 200003: t is -1")


@pytest.mark.slow
def test_what_would_take_long_to_read_is_refused() -> None:
    assert refusal("a.csv", csv("n0,n1", *['"0", 1'] * 400_000)) == (
        "more than 1 MB of it has quotation marks, blanks or the like, which take long to read; leave them out, or save it as .npz."
    )
    assert read("n0,n1", *["0,1"] * 1_000_000).values.shape == (1, 1_000_000, 2)


NUMBERS = st.lists(st.lists(st.decimals(-999, 999, places=2), min_size=2, max_size=2), min_size=1, max_size=5)


@given(NUMBERS, st.sampled_from(",;\t"), st.booleans(), st.sampled_from([".", ","]))
def test_no_number_is_read_as_another(rows: list[list[Any]], separator: str, are_quoted: bool, point: str) -> None:
    cells = [[str(number).replace(".", point) for number in row] for row in rows]
    quote = '"' if are_quoted or point == separator else ""
    lines = ["n0" + separator + "n1", *(separator.join(f"{quote}{cell}{quote}" for cell in row) for row in cells)]
    assert read(*lines).values[0].tolist() == np.float32([[float(number) for number in row] for row in rows]).tolist()


# ---------------------------------------------------------------------------------------- whatever is written, and how

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
