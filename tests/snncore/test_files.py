"""Uploaded rasters and events return as they were saved; whatever else is uploaded is refused in one sentence, at little cost. What may be
read in two ways is in `test_file_doubts`.
"""

from __future__ import annotations

import hashlib
import io
import pickle
import struct
import tracemalloc
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from snncore.errors import InputFileError, SNNCoreError
from snncore.io import recordings as files
from snncore.io.recordings import LARGEST_RASTER, content_hash, read_raster
from tests.length import examples
from tests.snncore.bad_files import BAD_FILES
from tests.snncore.written_files import MEGABYTE, csv, csv_of, npy, npy_header, npz, zipped

VALUES = st.floats(width=32, allow_nan=False, allow_infinity=False)
EVENTS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 4), st.integers(0, 3), st.booleans()), min_size=1, max_size=30)

# -------------------------------------------------------------------------------------------------- what is read


@given(arrays(np.float32, array_shapes(min_dims=2, max_dims=5, max_side=4), elements=VALUES))
def test_a_raster_returns_from_npz_with_a_batch_of_one_where_it_had_none(values):
    expected = values if values.ndim in (3, 5) else values[None]
    for pack in (npz(raster=values), zipped(raster=npy(values, (2, 0)))):
        raster = read_raster("A.NPZ", pack).values
        assert raster.dtype == np.float32
        assert raster.flags.c_contiguous
        assert raster.shape == expected.shape
        np.testing.assert_array_equal(raster, expected)


@given(
    arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=6), elements=VALUES),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(",;\t"),
)
def test_a_raster_of_named_neurons_returns_from_csv(values, newline, separator):
    header = separator.join(f'"neuron {number}"' for number in range(values.shape[1]))
    lines = [header, *(line.replace(",", separator) for line in csv_of(values))]
    for text in (newline.join(lines), "\ufeff" + newline.join([*lines, ""])):
        np.testing.assert_array_equal(read_raster("spikes.csv", text.encode()).values, values[None])


@pytest.mark.parametrize("dtype", ["?", "i1", "u2", ">i4", "<i8", "e", ">f4", ">f8", "g"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("pack", [npy, lambda values: npz(spikes=values)], ids=["npy", "npz"])
def test_numbers_of_any_kind_and_order_are_read(dtype, order, pack):
    values = np.asarray(np.arange(24).reshape(2, 4, 3) % 5 % 2, dtype, order=order)
    raster = read_raster("a.npy" if pack is npy else "a.npz", pack(values)).values
    assert raster.dtype == np.float32
    assert raster.flags.c_contiguous
    np.testing.assert_array_equal(raster, values.astype(np.float32))


@pytest.mark.parametrize("dtype", ["?", "<f8"])
def test_an_array_of_several_pieces_is_read_whole(dtype):
    values = np.random.default_rng(0).random((3, files.PIECE // 4)) < 0.5
    np.testing.assert_array_equal(read_raster("a.npz", npz(raster=values.astype(dtype))).values[0], values)


@given(EVENTS, st.permutations(["t", "neuron"]), st.permutations(["t", "x", "y", "p"]), st.sampled_from([0, -1]))
def test_events_become_a_raster_in_which_they_add_up(events, columns, pixel_columns, off):
    time, x, y, is_on = (np.array(column) for column in zip(*events, strict=True))
    listed = {"t": time, "x": x, "y": y, "p": np.where(is_on, 1, off), "neuron": x}
    expected = np.zeros((1, time.max() + 1, 2, y.max() + 1, x.max() + 1))
    for t, column, row, polarity in events:
        expected[0, t, 0 if polarity else 1, row, column] += 1

    for names, raster in ((columns, expected.sum(axis=(2, 3))), (pixel_columns, expected)):
        lines = [",".join(str(listed[name][event]) for name in names) for event in range(len(events))]
        from_csv = read_raster("e.csv", csv(",".join(names), *lines))
        from_npz = read_raster("e.npz", npz(**{name: listed[name] for name in names}, labels=np.arange(3)))
        for read in (from_csv, from_npz):
            assert read.holds == "events"
            assert read.values.dtype == np.float32
            assert read.values.shape == raster.shape
            np.testing.assert_array_equal(read.values, raster)
            assert read.values.sum() == len(events)


@pytest.mark.parametrize("name", ["spikes", "raster", "data"])
def test_a_raster_among_other_arrays_is_found_by_its_name(name):
    values = np.eye(3)
    np.testing.assert_array_equal(read_raster("a.npz", npz(labels=np.arange(4), **{name: values})).values[0], values)


def test_what_is_no_array_in_an_archive_is_left_alone():
    stream = io.BytesIO(npz(a=np.eye(2)))
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr("README.txt", "spikes of last week")
    assert read_raster("a.npz", stream.getvalue()).values.tolist() == [[[1, 0], [0, 1]]]


def test_blank_lines_spaces_quotes_and_capitals_do_not_matter_in_text():
    assert read_raster("A.CSV", b' "T" , "Neuron"\n\n 1 , 0\n\n"0",1\n\n').values.tolist() == [[[0, 1], [1, 0]]]


# --------------------------------------------------------------------------------------------- what it is called


@given(arrays(np.float32, array_shapes(min_dims=3, max_dims=3, max_side=3), elements=VALUES))
def test_hash_is_that_of_shape_and_values_only(values):
    digest = content_hash(values)
    assert len(digest) == 32
    assert set(digest) <= set("0123456789abcdef")
    assert content_hash(np.asfortranarray(values).astype(">f4")) == digest
    assert content_hash(read_raster("b.npz", npz(raster=values)).values) == digest
    assert content_hash(values[None]) != digest
    changed = values.copy()
    changed[0, 0, 0] = 1 if values[0, 0, 0] == 0 else -values[0, 0, 0]
    assert content_hash(changed) != digest


def test_hash_stays_what_links_have_written():
    written = hashlib.sha256(b"(1, 2, 3)" + struct.pack("<6f", 1, 0, 2, 0, 0, -0.5)).hexdigest()[:32]
    assert content_hash(np.array([[[1, 0, 2], [0, 0, -0.5]]], np.float32)) == written


# ----------------------------------------------------------------------------------------------- what is refused


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("what", BAD_FILES)
def test_a_bad_file_is_refused_in_one_sentence(what):
    name, make, sentence = BAD_FILES[what]
    with pytest.raises(InputFileError) as refusal:
        read_raster(name, make())
    assert str(refusal.value) == f"File {name!r}: {sentence}."
    assert isinstance(refusal.value, SNNCoreError)


def test_a_long_name_is_abbreviated():
    with pytest.raises(InputFileError, match=r"^File 'x{56}\.\.\.: it is empty"):
        read_raster("x" * 10_000 + ".npy", b"")


@pytest.mark.slow
def test_as_many_values_as_allowed_are_read():
    assert read_raster("a.npz", npz(a=np.ones((LARGEST_RASTER // 1000, 1000), bool))).values.sum() == LARGEST_RASTER
    assert read_raster("a.csv", csv("t,neuron", f"{LARGEST_RASTER // 8 - 1},7")).values.size == LARGEST_RASTER


@pytest.mark.slow
@pytest.mark.parametrize(
    "bomb",
    [
        lambda: zipped(a=npy_header((100, 2_500_000)) + bytes(100 * MEGABYTE)),
        lambda: zipped(a=npy_header((2, 2)) + bytes(100 * MEGABYTE)),
        lambda: zipped(a=b"\x93NUMPY\x02\x00" + struct.pack("<I", 100 * MEGABYTE) + bytes(100 * MEGABYTE)),
        lambda: zipped(t=npy_header((LARGEST_RASTER,)) + bytes(4 * LARGEST_RASTER), neuron=npy([0])),
        lambda: npz(t=[2e9], x=[1e4], y=[1e4], p=[1]),
    ],
    ids=["large shape", "small shape", "long header", "many events", "far event"],
)
def test_what_would_unfold_to_too_much_takes_no_memory(bomb):
    content = bomb()
    assert len(content) < MEGABYTE
    tracemalloc.start()
    try:
        with pytest.raises(InputFileError):
            read_raster("a.npz", content)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < MEGABYTE


@pytest.mark.slow
def test_only_the_result_takes_memory():
    content = npz(a=np.ones((1000, 8000)))
    tracemalloc.start()
    try:
        raster = read_raster("a.npz", content).values
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1.5 * raster.nbytes


class Opened:
    """Says so when it is unpickled."""

    def __reduce__(self) -> tuple[Any, ...]:
        return pytest.fail, ("a file was unpickled",)


def test_nothing_is_unpickled():
    pickled = npy(np.array([[Opened()]]))
    for name, content in (("a.npy", pickled), ("a.npz", zipped(a=pickled)), ("a.npy", pickle.dumps(Opened()))):
        with pytest.raises(InputFileError):
            read_raster(name, content)


GOOD_FILES = [
    ("a.npy", npy(np.eye(4))),
    ("a.npy", npy(np.eye(4, dtype=np.float16), (2, 0))),
    ("a.npz", npz(spikes=np.eye(4))),
    ("a.npz", npz(t=[0, 3], x=[1, 2], y=[2, 1], p=[1, 0])),
    ("a.csv", csv("t,neuron", "0,1", "2,3")),
    ("a.csv", csv("0,1,0", "0.5,-1,0")),
]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # Python's own, about what it finds in a damaged header
@examples(600)
@given(st.sampled_from(GOOD_FILES), st.lists(st.tuples(st.floats(0, 1), st.integers(0, 3), st.binary(max_size=4)), min_size=1, max_size=4))
def test_a_damaged_file_is_either_read_or_refused_in_a_short_line(file, damages):
    name, content = file
    for place, removed, inserted in damages:
        at = int(place * len(content))
        content = content[:at] + inserted + content[at + removed :]
    try:
        outcome: Any = read_raster(name, content).values
    except InputFileError as refusal:
        outcome = str(refusal)
    if isinstance(outcome, str):
        assert outcome.startswith("File 'a.")
        assert outcome.endswith(".")
        assert "\n" not in outcome
        assert len(outcome) < 400
    else:
        assert outcome.dtype == np.float32
        assert outcome.ndim in (3, 5)
        assert np.isfinite(outcome).all()
