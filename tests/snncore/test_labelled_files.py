"""Labelled data from files: what is read of each layout, and what is refused in one sentence."""

from __future__ import annotations

import io
import pickle
from collections.abc import Callable
from typing import Any

import h5py
import numpy as np
import pytest

from snncore.errors import InputFileError
from snncore.experiment.data.file import MOST_SAMPLES
from snncore.experiment.spec import Experiment
from snncore.io.labelled import read_labelled
from snncore.io.spike_lists import read_spike_lists
from snncore.run.bptt import train
from tests.snncore.written_files import csv, npy_header, npz, zipped

X, Y = np.arange(12.0).reshape(6, 2), np.array([0, 1, 2, 0, 1, 2])


def hdf5(times: Any, units: Any, labels: Any, kind: Any = np.float32, **more: Any) -> bytes:
    """A file in SHD's layout."""
    stream = io.BytesIO()
    with h5py.File(stream, "w") as file:
        for name, lists in (("times", times), ("units", units)):
            data = file.create_dataset(f"spikes/{name}", (len(lists),), dtype=h5py.vlen_dtype(kind))
            for number, each in enumerate(lists):
                data[number] = each
        file["labels"] = np.asarray(labels)
        for name, values in more.items():
            file[name] = values
    return stream.getvalue()


SHD = hdf5([[0.001, 0.0109, 0.011], [0.05]], [[0, 2, 2], [1]], [1, 0], extra=[1])
CSV = b"a,label,b\n0.5,1,2\n1.5,0,3\n0,1,-1\n"


def test_arrays_are_samples_and_labels() -> None:
    read = read_labelled("mine.npz", npz(x=X, y=Y))
    assert np.array_equal(read.values, X.astype(np.float32))
    assert read.labels.tolist() == Y.tolist()
    assert not read.has_time
    assert read_labelled("MINE.NPZ", npz(x=np.ones((6, 5, 2)), y=Y)).has_time


def test_a_table_has_its_labels_in_the_column_of_that_name() -> None:
    read = read_labelled("mine.csv", CSV)
    assert read.values.tolist() == [[0.5, 2], [1.5, 3], [0, -1]]
    assert read.labels.tolist() == [1, 0, 1]


def test_spikes_in_the_layout_of_shd_are_counted_in_bins() -> None:
    read = read_labelled("shd.h5", SHD, bin_width=0.01)
    assert read.values.shape == (2, 6, 3)
    assert {tuple(place): read.values[tuple(place)] for place in np.argwhere(read.values)} == {(0, 0, 0): 1, (0, 1, 2): 2, (1, 5, 1): 1}
    assert read.labels.tolist() == [1, 0]
    assert read_labelled("shd.hdf5", SHD, bin_width=0.1).values.shape == (2, 1, 3)


def test_what_is_read_can_be_trained_and_its_digest_names_values_and_labels() -> None:
    values = np.random.RandomState(0).uniform(size=(30, 4))
    read, other = (read_labelled("mine.npz", npz(x=values, y=labels)) for labels in (np.arange(30) % 2, np.arange(30) % 3))
    assert read.digest != other.digest
    experiment = Experiment(
        network=[{"kind": "Linear", "in_features": 4, "out_features": 2}, {"kind": "LIF", "tau_mem": 5.0}],
        input={"kind": "sample", "shape": (1, 10, 4)},
        training={"task": {"kind": "classification", "data": read.data_set(test_share=0.3).model_dump()}, "epochs": 1},
    )
    (record,) = train(Experiment.from_json(experiment.to_json(compact=True)), files=read.files)
    assert record.measures.keys() == {"test accuracy", "train accuracy", "test loss"}


class Exploding:
    def __reduce__(self) -> Any:
        return (pytest.fail, ("it was unpickled",))


ONE = np.array([0])
REFUSED: dict[str, tuple[str, bytes, str]] = {
    "another ending": ("mine.npy", b"x", "its ending tells no format of labelled data; save an .npz with x"),
    "empty": ("mine.npz", b"", "it is empty"),
    "broken": ("mine.npz", b"PK", "it is broken, or no .npz file"),
    "other names": ("mine.npz", npz(data=X, labels=Y), "it holds the arrays ['data', 'labels']; name the samples x and their labels y"),
    "broken labels": ("mine.npz", npz(x=X, y=Y + 0.5), "the label of sample 0 is 0.5; labels are whole numbers from 0 to 999"),
    "labels below 0": ("mine.npz", npz(x=X, y=Y - 1), "the label of sample 0 is -1"),
    "labels from 1": ("mine.npz", npz(x=X, y=Y + 1), "no sample has the label 0; number the classes from 0 without gaps"),
    "labels that are NaN": ("mine.npz", npz(x=X, y=np.where(Y == 2, np.nan, Y)), "the label of sample 2 is nan"),
    "text as labels": ("mine.npz", npz(x=X, y=np.array(list("abcabc"))), "array y holds text"),
    "one class": ("mine.npz", npz(x=X, y=0 * Y), "all its labels are 0; there is nothing to tell apart"),
    "fewer labels": ("mine.npz", npz(x=X, y=Y[:5]), "it has 6 samples but 5 labels"),
    "samples of different lengths": (
        "mine.npz",
        zipped(x=npy_header((2,), "|O") + pickle.dumps(Exploding()), y=npy_header((2,), "<f8") + bytes(16)),
        "array x holds Python objects, which are never unpickled; samples of different lengths must be filled up with zeros",
    ),
    "NaN": ("mine.npz", npz(x=np.where(X == 5, np.nan, X), y=Y), "sample 2 is not finite at (1,)"),
    "100,000 samples": (
        "mine.npz",
        npz(x=np.zeros((100_000, 1)), y=np.arange(100_000) % 2),
        "it has 100,000 samples; up to 50,000",
    ),
    "one sample": ("mine.npz", npz(x=X[:1], y=ONE), "it has one sample; give at least two of each class"),
    "no label column": ("mine.csv", b"a,b\n1,2\n3,4\n", "0 of its columns hold labels by their names; name just one of them label"),
    "two label columns": ("mine.csv", b"label,y,a\n1,2,3\n3,4,5\n", "2 of its columns hold labels"),
    "labels alone": ("mine.csv", b"label\n1\n0\n", "it has no column beside the labels"),
    "class names in a table": ("mine.csv", b"a,label\n1,0\n2,cat\n", "line 3, column 2: 'cat' is not a number; labels are whole numbers"),
    "NaN in a table": ("mine.csv", b"a,label,b\n\n1,0,2\n3,1,nan\n", "line 4, column 'b' is nan; values are finite"),
    "a label that is NaN in a table": ("mine.csv", b"a,Label\n1,nan\n", "line 2, column 'Label' is nan; labels are whole numbers"),
    "too large in a table": ("mine.csv", b"a,label\n1,0\n1e39,1\n", "line 3, column 'a' is 1e+39; values are finite, of up to 3.4e+38"),
    "no spikes": ("mine.h5", hdf5([[], []], [[], []], [0, 1]), "it holds no spikes; give at least one sample"),
    "rows of different lengths": ("mine.csv", b"a,label\n1,0\n1,2,1\n", "line 3"),
    "no sample": ("mine.h5", hdf5([], [], np.zeros(0)), "it has no sample; give at least two of each class"),
    "no HDF5": ("mine.h5", b"x" * 100, "it is broken, or no HDF5 file"),
    "no units": ("mine.h5", hdf5([[0.1]], [[0.0]], [0]).replace(b"units", b"unots"), "it has no spikes/units"),
    "other layout of labels": ("mine.h5", hdf5([[0.1]], [[0.0]], [[0]]), "labels must be a list of numbers, one for each sample"),
    "times without units": ("mine.h5", hdf5([[0.1], [0.2, 0.3]], [[0], [1]], [0, 1]), "sample 1 has 2 times but 1 units"),
    "times before 0": ("mine.h5", hdf5([[-0.1], [0.2]], [[0], [1]], [0, 1]), "a time of sample 0 is below 0"),
    "broken units": ("mine.h5", hdf5([[0.1], [0.2]], [[0.5], [1]], [0, 1]), "a unit of sample 0 is no whole number from 0"),
    "times in microseconds": (
        "mine.h5",
        hdf5([[1e9], [0.2]], [[0], [1]], [0, 1]),
        "sample 0 lasts 1e+09 s, 100,000,000,001 bins of 0.01 s",
    ),
    "times in milliseconds": (
        "mine.h5",
        hdf5([[997.5], [12.0]], [[0], [1]], [0, 1]),
        "sample 0 lasts 997.5 s, 99,751 bins of 0.01 s; give times in seconds, not in ms, or use wider bins",
    ),
    "too many bins": ("mine.h5", hdf5([[10.0], [0.2]], [[0], [99_999]], [0, 1]), "its spikes unfold to 2 × 1,001 × 100,000 values"),
    "a neuron for each array beside": ("mine.npz", npz(x=X[:, :1], y=Y, neuron=Y), "its arrays x and y may belong to events with 'neuron'"),
    "times beside": ("mine.npz", npz(x=X[:, :1], y=Y, t=np.arange(6), p=Y), "may belong to events with 'p'; save x and y alone"),
}


@pytest.mark.parametrize(("name", "content", "sentence"), REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_read_is_refused_in_one_sentence(name: str, content: bytes, sentence: str) -> None:
    with pytest.raises(InputFileError) as refused:
        read_labelled(name, content)
    said = str(refused.value)
    assert said.startswith(f"File '{name}': ")
    assert said.endswith(".")
    assert sentence in said


def test_the_largest_number_of_samples_is_taken() -> None:
    read = read_labelled("mine.npz", npz(x=np.zeros((MOST_SAMPLES, 1)), y=np.arange(MOST_SAMPLES) % 2))
    assert len(read.values) == MOST_SAMPLES


def table(header: str, *columns: Any) -> bytes:
    return csv(header, *(",".join(map(str, row)) for row in zip(*columns, strict=True)))


COUNT, DRAWN, UNORDERED = np.arange(10), np.random.RandomState(0).uniform(size=10).round(2), np.random.RandomState(0).permutation(10)
NO_VALUES = {
    "index,a,label": COUNT,
    "id,a,label": UNORDERED,
    "Unnamed: 0,a,label": COUNT + 1,
    "t,a,label": COUNT / 10,
    "time_ms,a,label": np.sort(DRAWN),
    "sample,a,label": COUNT[::-1],
    "first,a,label": COUNT + 7,
}


@pytest.mark.parametrize("header", NO_VALUES)
def test_a_column_that_numbers_the_samples_is_none_of_their_values(header: str) -> None:
    name = header.partition(",")[0]
    for at_end in (False, True):
        columns = [(name, NO_VALUES[header]), ("a", DRAWN), ("label", COUNT % 2)]
        names, values = zip(*(columns[::-1] if at_end else columns), strict=True)
        with pytest.raises(InputFileError, match=f"its column '{name}' may number the samples, or hold their times; leave it out"):
            read_labelled("mine.csv", table(",".join(names), *values))


@pytest.mark.parametrize("header", ["t,neuron,label", "timestamp,neuron_id,label", "channel,time,label"])
def test_events_with_labels_are_no_samples(header: str) -> None:
    with pytest.raises(InputFileError, match="may list events; give a row of values for each sample"):
        read_labelled("mine.csv", table(header, UNORDERED, DRAWN, COUNT % 2))


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ("reaction time,a,label", (DRAWN, DRAWN, COUNT % 2)),
        ("batch,a,label", (COUNT // 3 % 2, DRAWN, COUNT % 2)),
        ("first,a,label", (np.sort(DRAWN), DRAWN, COUNT % 2)),
        ("x,label", (COUNT, COUNT % 2)),
    ],
)
def test_values_are_taken_if_nothing_says_that_they_number_the_samples(header: str, columns: Any) -> None:
    assert read_labelled("mine.csv", table(header, *columns)).values[:, 0].tolist() == columns[0].astype(np.float32).tolist()


@pytest.mark.parametrize("name", ["index", "created_time", "timestamps", "neuron"])
def test_an_array_beside_samples_of_several_values_says_nothing_about_them(name: str) -> None:
    assert np.array_equal(read_labelled("mine.npz", npz(x=X, y=Y, **{name: np.arange(6)})).values, X.astype(np.float32))


def damaged() -> bytes:
    """A file whose lists HDF5's C code reads outside its memory."""
    content = bytearray(hdf5([[0.1, 0.2]] * 4, [[0, 1]] * 4, [0, 1, 0, 1], kind=np.float64))
    for place, value in ((1889, 184), (6226, 155), (6438, 49)):
        content[place] = value
    return bytes(content)


def test_a_file_that_crashes_hdf5_is_refused_in_one_sentence_and_the_process_lives_on() -> None:
    with pytest.raises(InputFileError, match=r"^File 'mine.h5': it is broken, or no HDF5 file; save it again\.$"):
        read_labelled("mine.h5", damaged())


def test_a_file_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(InputFileError, match=r"it takes more than 0\.01 s to read"):
        read_spike_lists(SHD, longest=0.01)


def changed(change: Callable[[Any], object]) -> bytes:
    """A file in SHD's layout with something else in a place."""
    stream = io.BytesIO(SHD)
    with h5py.File(stream, "r+") as file:
        change(file)
    return stream.getvalue()


ENTRY = 16
"""Bytes of a list's length and place."""


@pytest.mark.parametrize(("shared", "sentence"), [(True, "its spikes/times are longer than the file"), (False, "it is broken")])
def test_lists_that_unfold_to_more_than_the_file_are_refused(shared: bool, sentence: str) -> None:
    content = hdf5([np.zeros(1000), *[[1.0]] * 49], [[0.0]] * 50, np.arange(50) % 2)
    with h5py.File(io.BytesIO(content)) as file:
        begin = file["spikes/times"].id.get_offset()
    first = content[begin : begin + ENTRY]
    lists = first * 50 if shared else b"\xff" * 4 + first[4:] + content[begin + ENTRY : begin + 50 * ENTRY]
    with pytest.raises(InputFileError, match=sentence):
        read_labelled("mine.h5", content[:begin] + lists + content[begin + len(lists) :])


def link_elsewhere(name: str, link: Any) -> Callable[[Any], None]:
    def change(file: Any) -> None:
        file.move(name, "other")
        file[name] = link

    return change


def store_elsewhere(file: Any) -> None:
    del file["labels"]
    file.create_dataset("labels", (2,), "u1", external=[(__file__, 0, 2)])


def view_elsewhere(file: Any) -> None:
    del file["labels"]
    layout = h5py.VirtualLayout((2,), "i8")
    layout[:] = h5py.VirtualSource("other.h5", "labels", (2,))
    file.create_virtual_dataset("labels", layout)


def chunk_hugely(file: Any) -> None:
    del file["labels"]
    file.create_dataset("labels", data=[0, 1], chunks=(10**6,), maxshape=(None,), compression="gzip")


def nest(file: Any) -> None:
    del file["labels"]
    file.create_group("labels")


ELSEWHERE: dict[str, tuple[Callable[[Any], object], str]] = {
    "external storage": (store_elsewhere, "labels points to other data; store it in the file itself"),
    "virtual data set": (view_elsewhere, "labels points to other data"),
    "external link": (
        link_elsewhere("labels", h5py.ExternalLink("other.h5", "labels")),
        "labels is a link; store it in the file itself",
    ),
    "external link to the group": (link_elsewhere("spikes", h5py.ExternalLink("other.h5", "spikes")), "spikes/times is a link"),
    "soft link": (link_elsewhere("spikes/units", h5py.SoftLink("/other")), "spikes/units is a link"),
    "group": (nest, "labels is no data set"),
    "chunks to unfold": (chunk_hugely, "labels is stored in chunks of 1,000,000 entries; use chunks of up to 50,000"),
}


@pytest.mark.parametrize(("change", "sentence"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_only_numbers_in_the_file_itself_are_read(change: Callable[[Any], object], sentence: str) -> None:
    with pytest.raises(InputFileError) as refused:
        read_labelled("mine.h5", changed(change))
    assert sentence in str(refused.value)


@pytest.mark.parametrize("bin_width", [0.0, -1.0, float("nan")])
def test_a_bin_has_a_width(bin_width: float) -> None:
    with pytest.raises(InputFileError, match="the bin width is"):
        read_labelled("shd.h5", SHD, bin_width=bin_width)
