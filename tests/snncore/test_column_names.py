"""What stands above columns decides what a table is, or nothing does and it is refused."""

from __future__ import annotations

import numpy as np
import pytest

from snncore.io.recordings import read_raster
from tests.snncore.readings import NAMES, RASTERS, read, refusal, rows_of
from tests.snncore.written_files import csv, npy, npz

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


@pytest.mark.parametrize(
    "header", ["a,b", "время,нейрон", "sekunden,zelle", "时间,神经元", "id1,id2", "sender1,sender2", "Δt,n", "exc,inh"]
)
def test_names_that_say_nothing_stand_above_no_small_whole_numbers(header: str) -> None:
    """They may be events in any order, or counts."""
    said = refusal("a.csv", csv(header, "5,6", "9,11", "0,1", "2,0"))
    assert said == f"its header {header!r} doesn't say what its numbers are; {NAMES}."
    assert read(header, "0,1", "1,1", "0,0").holds == "counts"
    assert read(header, "0.5,-0.25", "0.25,1").holds == "currents"


@pytest.mark.parametrize("header", ["class,a,b", "a,b,target", "labels,n0,n1"])
def test_a_column_of_labels_is_no_neuron(header: str) -> None:
    assert refusal("a.csv", csv(header, "0,1,1", "1,0,0")) == f"its columns are {header!r}; {NAMES}."


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
