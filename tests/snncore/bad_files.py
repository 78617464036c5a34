"""Files that are refused, each with what the refusal says."""

from __future__ import annotations

import pickle
import struct
import zipfile
from collections.abc import Callable

import numpy as np

from snncore.io.recordings import LARGEST_FILE, LARGEST_RASTER, MOST_EVENTS
from tests.snncore.written_files import MEGABYTE, csv, npy, npy_header, npz, zipped


def damaged(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


def with_encryption_flag() -> bytes:
    content = bytearray(zipped(spikes=npy(np.eye(2))))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def with_member_far_away() -> bytes:
    """The archive's directory says, in its 64-bit extension, that the member starts at byte 2⁶³."""
    content = zipped(spikes=npy(np.eye(2)))
    start, end = content.index(b"PK\x01\x02"), content.index(b"PK\x05\x06")
    directory, closing = bytearray(content[start:end]), bytearray(content[end:])
    extension = struct.pack("<HHQ", 1, 8, 2**63)
    struct.pack_into("<H", directory, 30, len(extension))
    struct.pack_into("<L", directory, 42, 2**32 - 1)
    directory += extension
    struct.pack_into("<L", closing, 12, len(directory))
    return content[:start] + bytes(directory + closing)


BROKEN_ARCHIVE = "it is broken, or no .npz file; save it again with np.savez_compressed, without a password"
NO_ARRAY = "it is no NumPy array; save it with np.save or np.savez"
ALL_AXES = "(time, neurons) or (batch, time, neurons) or (time, channels, height, width) or (batch, time, channels, height, width)"
FINITE = "NaN, infinity and what is beyond ±3.4e38 must be replaced by numbers"
NUMBERS = "save an array of real numbers or booleans"
NAMES = "head the columns of events t,neuron or t,x,y,p, with t in time steps, or those of a raster n0,n1,…"
ONE_RASTER = "give just one raster, alone or named spikes, raster, data, or events as t, neuron or t, x, y, p"
WHOLE = "it must be a whole number, at least 0"
BAD_FILES: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "unknown ending": ("a.mat", lambda: b"5", "its ending tells no format that can be read; use .npy, .npz, .csv"),
    "no ending": ("npy", lambda: npy([[1]]), "its ending tells no format that can be read; use .npy, .npz, .csv"),
    "empty": ("a.csv", lambda: b"", "it is empty; save the spikes again"),
    "too large": (
        "a.npy",
        lambda: bytes(LARGEST_FILE + MEGABYTE // 2),
        "it has 10.5 MB, more than the 10 MB that are taken; leave out time steps or neurons, or compress it with np.savez_compressed",
    ),
    "text called npy": ("a.npy", lambda: b"0,1\n1,0\n", NO_ARRAY),
    "pickle called npy": ("a.npy", lambda: pickle.dumps(np.eye(2)), NO_ARRAY),
    "cut in its header": ("a.npy", lambda: npy(np.eye(2))[:50], NO_ARRAY),
    "header of another format": ("a.npy", lambda: b"\x93NUMPY\x03" + npy(np.eye(2))[7:], NO_ARRAY),
    "header nested deeply": ("a.npy", lambda: b"\x93NUMPY\x01\x00" + struct.pack("<H", 9000) + b"-" * 8999 + b"1", NO_ARRAY),
    "header with a shape of text": ("a.npy", lambda: npy(np.eye(2)).replace(b"(2, 2), ", b"('', 2),"), NO_ARRAY),
    "cut in its data": (
        "a.npy",
        lambda: npy(np.eye(3))[:-9],
        "it is cut off: it has 63 bytes of data, its shape takes 72; save or upload it again",
    ),
    "two arrays in one npy": (
        "a.npy",
        lambda: npy(np.eye(3)) + npy(np.eye(3)),
        "it goes on after its end: it has 272 bytes of data, its shape takes 72; save or upload it again",
    ),
    "negative shape": (
        "a.npy",
        lambda: npy_header((-1, -2)) + bytes(8),
        "it has the shape (-1, -2); every axis of (time, neurons) must be at least 1",
    ),
    "objects": (
        "a.npy",
        lambda: npy(np.array([[1, "a"]], dtype=object)),
        f"it holds Python objects, which are never unpickled; {NUMBERS}",
    ),
    "complex": ("a.npy", lambda: npy(np.eye(2, dtype=complex)), f"it holds complex numbers; {NUMBERS}"),
    "text in npy": ("a.npy", lambda: npy(np.array([["1", "0"]])), f"it holds text; {NUMBERS}"),
    "records": ("a.npy", lambda: npy(np.zeros(3, "i4,f4")), f"it holds records of several fields; {NUMBERS}"),
    "dates": ("a.npy", lambda: npy(np.zeros((2, 2), "M8[s]")), f"it holds dates; {NUMBERS}"),
    "one dimension": ("a.npy", lambda: npy(np.zeros(5)), f"it has the shape (5,); use {ALL_AXES}"),
    "no dimension": ("a.npy", lambda: npy(5.0), f"it has the shape (); use {ALL_AXES}"),
    "six dimensions": ("a.npy", lambda: npy(np.zeros((1, 2, 1, 1, 1, 1))), f"it has the shape (1, 2, 1, 1, 1, 1); use {ALL_AXES}"),
    "hundred dimensions": ("a.npy", lambda: npy_header((1,) * 100) + bytes(4), f"it has the shape ({'1, ' * 18}1,...; use {ALL_AXES}"),
    "no time step": ("a.npy", lambda: npy(np.zeros((0, 4))), "it has the shape (0, 4); every axis of (time, neurons) must be at least 1"),
    "no neuron": (
        "a.npy",
        lambda: npy(np.zeros((2, 4, 0))),
        "it has the shape (2, 4, 0); every axis of (batch, time, neurons) must be at least 1",
    ),
    "NaN": ("a.npy", lambda: npy([[0, 1], [1, np.nan]]), f"it is not finite at index (1, 1); {FINITE}"),
    "infinity": ("a.npz", lambda: npz(a=[[[0, -np.inf, 1]]]), f"array 'a' is not finite at index (0, 0, 1); {FINITE}"),
    "beyond float32": ("a.npy", lambda: npy([[1e39]]), f"it is not finite at index (0, 0); {FINITE}"),
    "too many values": (
        "a.npz",
        lambda: npz(a=np.zeros((LARGEST_RASTER + 1, 1), bool)),
        "array 'a' has the shape (16000001, 1); up to 16,000,000 values are taken, so leave some out",
    ),
    "no value in a shape beyond counting": (
        "a.npy",
        lambda: npy_header((0, 10**4000)),
        "it has the shape (0, a number of many digits); every axis of (time, neurons) must be at least 1",
    ),
    "too many values to count": (
        "a.npy",
        lambda: npy_header((10**4000, 10**3000)),
        "it has the shape (a number of many digits, a number of many digits); up to 16,000,000 values are taken, so leave some out",
    ),
    "npy called npz": ("a.npz", lambda: npy(np.eye(2)), BROKEN_ARCHIVE),
    "archive cut off": ("a.npz", lambda: npz(a=np.eye(9))[:-30], BROKEN_ARCHIVE),
    "archive of another content than its checksum": ("a.npz", lambda: damaged(zipped(0, a=npy(np.zeros((2, 2)))), 170), BROKEN_ARCHIVE),
    "archive damaged in compressed data": ("a.npz", lambda: damaged(zipped(a=npy(np.eye(9))), 40), BROKEN_ARCHIVE),
    "archive with a password": ("a.npz", with_encryption_flag, BROKEN_ARCHIVE),
    "archive with a member far away": ("a.npz", with_member_far_away, BROKEN_ARCHIVE),
    "archive of another method": (
        "a.npz",
        lambda: zipped(zipfile.ZIP_LZMA, a=npy(np.eye(2))),
        "array 'a' is compressed by another method than NumPy's; save it with np.savez_compressed",
    ),
    "archive of no arrays": ("a.npz", lambda: npz(), f"it holds no array; {ONE_RASTER}"),
    "member that is no array": ("a.npz", lambda: zipped(a=b"0,1"), "array 'a' is no NumPy array; save it with np.save or np.savez"),
    "pickle in an archive": (
        "a.npz",
        lambda: npz(a=np.array([[None]])),
        f"array 'a' holds Python objects, which are never unpickled; {NUMBERS}",
    ),
    "several arrays": ("a.npz", lambda: npz(b=np.eye(2), a=np.eye(2)), f"it holds the arrays ['a', 'b']; {ONE_RASTER}"),
    "two rasters by name": (
        "a.npz",
        lambda: npz(data=np.eye(2), spikes=np.eye(2)),
        f"it holds the arrays ['data', 'spikes']; {ONE_RASTER}",
    ),
    "raster and events": (
        "a.npz",
        lambda: npz(data=np.eye(2), t=[1], neuron=[1]),
        f"it holds the arrays ['data', 'neuron', 't']; {ONE_RASTER}",
    ),
    "event arrays of several lengths": (
        "a.npz",
        lambda: npz(t=[1, 2], neuron=[1]),
        "the arrays t, neuron hold 2, 1 numbers; each must hold one for each event",
    ),
    "event arrays of two dimensions": (
        "a.npz",
        lambda: npz(t=[[1]], neuron=[[1]]),
        "array 't' has the shape (1, 1); use (events,)",
    ),
    "no events": ("a.npz", lambda: npz(t=[], neuron=[]), "array 't' has the shape (0,); every axis of (events,) must be at least 1"),
    "too many events": (
        "a.npz",
        lambda: npz(t=np.zeros(MOST_EVENTS + 1, "i1"), neuron=np.zeros(MOST_EVENTS + 1, "i1")),
        "array 't' has the shape (2700001,); up to 2,700,000 values are taken, so leave some out",
    ),
    "event before the start": ("a.npz", lambda: npz(t=[0, 1, -1], neuron=[0, 0, 0]), f"at index 2: t is -1; {WHOLE}"),
    "ragged rows": ("a.csv", lambda: csv("0,1,0", "", "0,1"), "line 3 has 2 columns, but line 1 has 3; give every line as many"),
    "row longer than the header": ("a.csv", lambda: csv("a,b", "0,1,2"), "line 2 has 3 columns, but line 1 has 2; give every line as many"),
    "text": ("a.csv", lambda: csv("a,b", "0,1", "0,one"), "line 3, column 2: 'one' is not a number; write numbers with commas between"),
    "gap": ("a.csv", lambda: csv("0,,1"), "line 1, column 2: '' is not a number; write numbers with commas between"),
    "row numbers": (
        "a.csv",
        lambda: csv(",a,b", "0,1,1"),
        "line 1, column 1 has no name; name every column, and leave out one that only numbers rows",
    ),
    "numbers among names": (
        "a.csv",
        lambda: csv("a,0,1", "0,1,1"),
        "line 1, column 2: '0' is a number among names; name every column, or write numbers only",
    ),
    "a long name": (
        "a.csv",
        lambda: csv("n" * 10_000, "0"),
        f"line 1, column 1: the name '{'n' * 56}... is too long; use up to 100 characters, such as n0",
    ),
    "many names": (
        "a.csv",
        lambda: csv(",".join(["n"] * 20_000), "0"),
        "line 1 has 20,000 names; leave them out above more than 10,000 neurons",
    ),
    "semicolons after commas": (
        "a.csv",
        lambda: csv("0", "1;0"),
        "line 2, column 1: '1;0' is not a number; write numbers with commas between",
    ),
    "a quote within a number": (
        "a.csv",
        lambda: csv('1,"0"5'),
        "line 1 has a quotation mark out of place, or a cell without end; put one at both ends of a cell or none",
    ),
    "a cell without end": (
        "a.csv",
        lambda: b"1" * 200_000,
        "line 1 has a quotation mark out of place, or a cell without end; put one at both ends of a cell or none",
    ),
    "numbers beyond counting after a 0": ("a.csv", lambda: csv("0,inf,inf"), f"line 1, column 2 is not finite; {FINITE}"),
    "a quote that is not closed": (
        "a.csv",
        lambda: csv('1,"0'),
        "line 1 has a quotation mark out of place, or a cell without end; put one at both ends of a cell or none",
    ),
    "not UTF-8": ("a.csv", lambda: csv("0,1", "1,0") + b"\n\xff,0", "line 3 is not text in UTF-8; save it as CSV in UTF-8"),
    "not UTF-8 after other line ends": (
        "a.csv",
        lambda: b"\xef\xbb\xbf0\r1\r\xff\r",
        "line 3 is not text in UTF-8; save it as CSV in UTF-8",
    ),
    "NaN in text": ("a.csv", lambda: csv("a,b", "0,1", "0,nan"), f"line 3, column 2 is not finite; {FINITE}"),
    "beyond float32 in text": ("a.csv", lambda: csv("1e39,0"), f"line 1, column 1 is not finite; {FINITE}"),
    "header only": ("a.csv", lambda: b"t,neuron\n", "it has no line of numbers; write one for each time step, or for each event"),
    "blank": ("a.csv", lambda: b"\n \n", "it has no line of numbers; write one for each time step, or for each event"),
    "events without y": (
        "a.csv",
        lambda: csv("t,x,p", "0,0,1"),
        f"its columns are 't,x,p'; {NAMES}",
    ),
    "events with time called otherwise": (
        "a.csv",
        lambda: csv("time,neuron", "0,0"),
        f"its columns are 'time,neuron'; {NAMES}",
    ),
    "events with a column twice": (
        "a.csv",
        lambda: csv("t,t,neuron", "0,0,0"),
        f"its columns are 't,t,neuron'; {NAMES}",
    ),
    "negative time": ("a.csv", lambda: csv("t,neuron", "0,0", "-3,0"), f"line 3: t is -3; {WHOLE}"),
    "fractional time": ("a.csv", lambda: csv("t,neuron", "", "0.5,0"), f"line 3: t is 0.5; {WHOLE}"),
    "time without end": ("a.csv", lambda: csv("t,neuron", "inf,0"), f"line 2: t is inf; {WHOLE}"),
    "time that is no number": ("a.csv", lambda: csv("t,neuron", "nan,0"), f"line 2: t is nan; {WHOLE}"),
    "negative neuron": ("a.csv", lambda: csv("neuron,t", "-1,0"), f"line 2: neuron is -1; {WHOLE}"),
    "fractional pixel": ("a.csv", lambda: csv("t,x,y,p", "0,1,2.5,1"), f"line 2: y is 2.5; {WHOLE}"),
    "no polarity": ("a.csv", lambda: csv("t,x,y,p", "0,0,0,1", "0,0,0,2"), "line 3: p is 2; a polarity is 1 (ON) or 0 (OFF)"),
    "polarities of two kinds": ("a.csv", lambda: csv("t,x,y,p", "0,0,0,0", "0,0,0,-1"), "line 2: p is 0; a polarity is 1 (ON) or -1 (OFF)"),
    "events that unfold to too much": (
        "a.csv",
        lambda: csv("t,neuron", "0,7", "2000000,0"),
        "its events unfold to 2,000,001 × 8 values (time, neurons), more than the 16,000,000 that are taken; "
        "count from 0, and t in time steps, not in µs",
    ),
    "pixels that unfold to too much": (
        "a.npz",
        lambda: npz(t=[0], x=[10**9], y=[1e300], p=[1.0]),
        "its events unfold to 1 × 2 × 1e+300 × 1,000,000,001 values (time, channels, height, width), "
        "more than the 16,000,000 that are taken; count from 0, and t in time steps, not in µs",
    ),
}
