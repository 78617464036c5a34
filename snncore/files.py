"""Spikes that a user uploads, read from the bytes of an .npy, .npz or .csv file.

Nothing is ever unpickled, and the size of an array is known before memory is taken for it.
"""

from __future__ import annotations

import hashlib
import math
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass
from io import BytesIO, StringIO
from pathlib import PurePath
from typing import IO, Any

import numpy as np

from snncore.errors import InputFileError
from snncore.record import Array
from snncore.spec_errors import abbreviated

LARGEST_FILE = 10 * 2**20
"""Bytes of an uploaded file."""

LARGEST_RASTER = 16_000_000
"""Values of a raster, once events and compressed arrays are unfolded; 64 MB."""

MOST_EVENTS = 2_700_000
"""Events in an .npz file. A .csv file as large as allowed holds fewer."""

LARGEST_HEADER = 16_384
"""Bytes at the beginning of an .npy file among which its header must be. NumPy itself takes headers up to 10,000 characters."""

PIECE = 2**20
"""Bytes of an array that are converted at a time."""

RASTER_NAMES = ("spikes", "raster", "data")
"""By one of these names a raster is found among other arrays."""

EVENT_COLUMNS: tuple[tuple[str, ...], ...] = (("t", "neuron"), ("t", "x", "y", "p"))
"""What an event is told by: its time step, and its neuron or its pixel and polarity."""

NO_NUMBERS = {
    "O": "Python objects, which are never unpickled",
    "c": "complex numbers",
    "S": "text",
    "U": "text",
    "V": "records of several fields",
    "M": "dates",
    "m": "durations",
}
"""What an array holds whose dtype is of no kind of real number, by that kind."""


@dataclass(frozen=True)
class _Kind:
    """What is looked for in an array: how its dimensions are understood, by their number; how many values are taken; and as what."""

    axes: dict[int, str]
    most: int
    dtype: type[np.floating]


_RASTER = _Kind(
    {
        2: "(time, neurons)",
        3: "(batch, time, neurons)",
        4: "(time, channels, height, width)",
        5: "(batch, time, channels, height, width)",
    },
    LARGEST_RASTER,
    np.float32,
)
_EVENTS = _Kind({1: "(events,)"}, MOST_EVENTS, np.float64)  # every time step and place that may be told is exact in float64


def read_raster(name: str, content: bytes) -> Array:
    """The raster in a file as float32 (batch, time, ...). Its values may be any real numbers: spike counts, or currents of either sign.

    | ending | what the file holds |
    |---|---|
    | .npy | an array of numbers or booleans: 2-D is (time, neurons), 3-D (batch, time, neurons), 4-D (time, channels, height, width) and
             5-D (batch, time, channels, height, width) |
    | .npz | such an array: the only one, or the one named spikes, raster or data; or events, as arrays t, neuron or t, x, y, p |
    | .csv | a row for each time step, with a number for each neuron, under a header or not; or events, under a header t,neuron or
             t,x,y,p |

    Of an event, t is its time step, and t, neuron, x (to the right) and y (down) are whole and count from 0. The polarity p is 1 for ON,
    channel 0, and throughout a file either 0 or -1 for OFF, channel 1. Events become (1, time, neurons) or (1, time, 2, height, width), as
    large as the largest t, neuron, x and y ask for; those at the same place in the same step add up.

    Args:
        name: of the file; its ending, in either case, tells its format.

    Raises:
        InputFileError: in one sentence, what is wrong with the file, where, and what would be right.
    """
    try:
        return _read(name, content)
    except InputFileError as error:
        raise InputFileError(f"File {abbreviated(name)}: {error}.") from error


def content_hash(values: Array) -> str:
    """What names an array in an Experiment: the first 32 hexadecimal digits of the SHA-256 of its shape and its float32 values."""
    digest = hashlib.sha256(repr(tuple(map(int, values.shape))).encode())
    digest.update(np.ascontiguousarray(values, dtype="<f4").data)
    return digest.hexdigest()[:32]


def _read(name: str, content: bytes) -> Array:
    readers = {".npy": _read_npy, ".npz": _read_npz, ".csv": _read_csv}
    reader = readers.get(PurePath(name).suffix.lower())
    if reader is None:
        raise InputFileError(f"its ending tells no format that can be read; use {', '.join(readers)}")
    if not content:
        raise InputFileError("it is empty; save the spikes again")
    if len(content) > LARGEST_FILE:
        raise InputFileError(
            f"it has {len(content) / 2**20:.1f} MB, more than the {LARGEST_FILE / 2**20:.0f} MB that are taken; "
            "leave out time steps or neurons, or compress it with np.savez_compressed"
        )
    return reader(content)


# -------------------------------------------------------------------------------------------------- NumPy's formats


def _read_npy(content: bytes) -> Array:
    return _as_raster(_read_array(BytesIO(content), len(content), "it", _RASTER), "it")


def _read_npz(content: bytes) -> Array:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist() if info.filename.endswith(".npy")}
            names = _arrays_to_read(members.keys())
            kind = _RASTER if len(names) == 1 else _EVENTS
            arrays = {name: _read_member(archive, members[name], f"array {abbreviated(name)}", kind) for name in names}
    except InputFileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError, RuntimeError, ValueError) as error:
        raise InputFileError("it is broken, or no .npz file; save it again with np.savez_compressed, without a password") from error
    if len(names) == 1:
        return _as_raster(arrays[names[0]], f"array {abbreviated(names[0])}")
    lengths = [len(values) for values in arrays.values()]
    if len(set(lengths)) > 1:
        raise InputFileError(
            f"the arrays {', '.join(names)} hold {', '.join(map(str, lengths))} numbers; each must hold one for each event"
        )
    return _unfold(arrays, lambda event: f"at index {event}")


def _arrays_to_read(names: Set[str]) -> tuple[str, ...]:
    """Which arrays of an .npz file are the raster, or the events."""
    known = [*((name,) for name in RASTER_NAMES), *EVENT_COLUMNS]
    fitting = [wanted for wanted in known if names >= set(wanted)]
    if len(names) == 1 and not fitting:
        return tuple(names)
    if len(fitting) != 1:
        held = f"the arrays {abbreviated(sorted(names))}" if names else "no array"
        events = " or ".join(map(", ".join, EVENT_COLUMNS))
        raise InputFileError(f"it holds {held}; give just one raster, alone or named {', '.join(RASTER_NAMES)}, or events as {events}")
    return fitting[0]


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str, kind: _Kind) -> Array:
    # np.savez writes no other ones, and some others take as much memory to unfold as the archive says.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputFileError(f"{what} is compressed by another method than NumPy's; save it with np.savez_compressed")
    with archive.open(info) as stream:
        return _read_array(stream, info.file_size, what, kind)


def _read_array(stream: IO[bytes], size: int, what: str, kind: _Kind) -> Array:
    """The array of an .npy file of `size` bytes, which messages call `what`. Converted piece by piece: only the result takes memory."""
    head = BytesIO(stream.read(LARGEST_HEADER))
    try:
        version = np.lib.format.read_magic(head)
        parse = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, is_fortran, stored = parse(head)
    except Exception as error:  # NumPy reads the header with Python's own parser, which fails in more ways than can be listed
        raise InputFileError(f"{what} is no NumPy array; save it with np.save or np.savez") from error
    if stored.kind not in "biuf":
        raise InputFileError(f"{what} holds {NO_NUMBERS.get(stored.kind, stored.name)}; save an array of real numbers or booleans")
    count, has = math.prod(shape), f"{what} has the shape {abbreviated(shape)}"
    if len(shape) not in kind.axes:
        raise InputFileError(f"{has}; use {' or '.join(kind.axes.values())}")
    if min(shape) < 1:
        raise InputFileError(f"{has}; every axis of {kind.axes[len(shape)]} must be at least 1")
    if count > kind.most:
        raise InputFileError(f"{has}; up to {kind.most:,} values are taken, so leave some out")
    held, promised = size - head.tell(), count * stored.itemsize
    if held != promised:
        how = "is cut off" if held < promised else "goes on after its end"
        raise InputFileError(f"{what} {how}: it has {held:,} bytes of data, its shape takes {promised:,}; save or upload it again")
    stream.seek(head.tell())
    values = np.empty(count, kind.dtype)
    step = PIECE // stored.itemsize
    with np.errstate(over="ignore", invalid="ignore"):  # what isn't finite is found, and named, afterwards
        for start in range(0, count, step):
            length = min(step, count - start)
            values[start : start + length] = np.frombuffer(stream.read(length * stored.itemsize), stored, length)
    return values.reshape(shape, order="F" if is_fortran else "C")


def _as_raster(values: Array, what: str) -> Array:
    """(batch, time, ...), C-contiguous."""
    _check_finite(values, lambda index: f"{what} is not finite at index {index}")
    return np.ascontiguousarray(values if values.ndim in (3, 5) else values[None])


def _check_finite(values: Array, complaint: Callable[[tuple[int, ...]], str]) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        index = tuple(int(place) for place in np.unravel_index(int(finite.argmin()), values.shape))
        raise InputFileError(f"{complaint(index)}; NaN, infinity and what is beyond ±3.4e38 must be replaced by numbers")


# --------------------------------------------------------------------------------------------------------- text


def _read_csv(content: bytes) -> Array:
    header, table, numbers = _read_table(content)
    if any(name in columns for columns in EVENT_COLUMNS for name in header):
        if sorted(header) not in map(sorted, EVENT_COLUMNS):
            raise InputFileError(
                f"its columns are {abbreviated(','.join(header))}; events have {' or '.join(map(','.join, EVENT_COLUMNS))}, "
                "and the neurons of a raster have other names than these"
            )
        return _unfold(dict(zip(header, table.T, strict=True)), lambda event: f"line {numbers[event]}")
    with np.errstate(over="ignore"):
        raster = table.astype(np.float32)
    _check_finite(raster, lambda index: f"line {numbers[index[0]]}, column {index[1] + 1} is not finite")
    return raster[None]


def _read_table(content: bytes) -> tuple[Sequence[str], Array, Sequence[int]]:
    """The header in lower case, if there is one; the numbers, (rows, columns); and for each row the number of its line."""
    try:
        lines = _lines(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = len((error.object[: error.start] + b"?").splitlines())
        raise InputFileError(f"line {line} is not text in UTF-8; save it as CSV in UTF-8") from error
    values, numbers = array("d"), array("q")
    header: Sequence[str] = ()
    first = width = 0
    for number, cells in lines:
        if not width:
            first, width = number, len(cells)
            if _is_header(cells):
                header = [cell.strip().lower() for cell in cells]
                continue
        if len(cells) != width:
            raise InputFileError(f"line {number} has {len(cells):,} columns, but line {first} has {width:,}; give every line as many")
        try:
            values.extend(map(float, cells))
        except ValueError as error:
            column = next(column for column, cell in enumerate(cells) if not _is_number(cell))
            place = f"line {number}, column {column + 1}"
            raise InputFileError(
                f"{place}: {abbreviated(cells[column].strip())} is not a number; write numbers with commas between"
            ) from error
        numbers.append(number)
    if not numbers:
        raise InputFileError("it has no line of numbers; write one for each time step, or for each event")
    return header, np.frombuffer(values).reshape(-1, width), numbers


def _lines(text: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Number and cells of each line that isn't blank."""
    for number, line in enumerate(StringIO(text, newline=None), start=1):
        if line.strip():
            yield number, line.replace('"', "").split(",")


def _is_header(cells: Sequence[str]) -> bool:
    """Whether every column has a name. A column without one holds row numbers, which would be taken for a neuron."""
    return all(cell.strip() for cell in cells) and not any(map(_is_number, cells))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


# ------------------------------------------------------------------------------------------------------- events


def _unfold(columns: dict[str, Array], place: Callable[[int], str]) -> Array:
    """Events, by their `columns` (events,), as a raster (1, time, ...). `place` says for a message where an event stands."""
    for name, values in columns.items():
        if name == "p":
            off = -1 if (values == -1).any() else 0
            allowed, right = (values == 1) | (values == off), f"a polarity is 1 (ON) or {off} (OFF)"
        else:
            allowed, right = (values >= 0) & (values < np.inf) & (values == np.floor(values)), "it must be a whole number, at least 0"
        if not allowed.all():
            wrong = int(allowed.argmin())
            raise InputFileError(f"{place(wrong)}: {name} is {values[wrong]:.12g}; {right}")
    axes: dict[str, Any] = {"time": columns["t"]}
    if "neuron" in columns:
        axes |= {"neurons": columns["neuron"]}
    else:
        axes |= {"channels": columns["p"] != 1, "height": columns["y"], "width": columns["x"]}
    sizes = [2.0 if name == "channels" else float(index.max()) + 1 for name, index in axes.items()]
    if math.prod(sizes) > LARGEST_RASTER:
        unfolded = " × ".join(f"{size:,.12g}" for size in sizes)
        raise InputFileError(
            f"its events unfold to {unfolded} values ({', '.join(axes)}), more than the {LARGEST_RASTER:,} that are taken; "
            "count from 0, and t in time steps, not in µs"
        )
    raster = np.zeros([int(size) for size in sizes], np.float32)
    np.add.at(raster, tuple(index.astype(np.intp) for index in axes.values()), 1)
    return raster[None]
