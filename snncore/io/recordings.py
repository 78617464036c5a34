"""Uploaded spikes, read from the bytes of an .npy, .npz or .csv file.

Nothing is ever unpickled, and the size of an array is known before memory is allocated.
"""

from __future__ import annotations

import hashlib
import math
import zipfile
import zlib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath
from typing import Any

import numpy as np

from snncore.arrays import Array
from snncore.errors import InputFileError
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs import Holds
from snncore.io.csv_table import read_table
from snncore.io.doubts import look_like_events, misplaces_channels, names_rows, numbering, swaps_time, what_names_say
from snncore.io.npy import LARGEST_HEADER, PIECE, ArrayKind, open_member, read_array, read_header, read_member
from snncore.run.measures import is_spikes

LARGEST_FILE = 10 * 2**20
"""Most bytes of an uploaded file."""

LARGEST_RASTER = 16_000_000
"""Most values of a raster, once events and compressed arrays are unfolded; 64 MB."""

MOST_EVENTS = 2_700_000
"""Most events in an .npz file. A .csv file of the largest size holds fewer."""

MOST_ARRAYS = 100
"""Most arrays in an .npz file whose raster isn't declared."""

DECLARED = "raster"
"""Name of an array in an .npz file that is taken as a raster without doubts."""

RASTER_NAMES = ("spikes", DECLARED, "data")
"""Names by which a raster is found among other arrays."""

EVENT_COLUMNS: tuple[tuple[str, ...], ...] = (("t", "neuron"), ("t", "x", "y", "p"))
"""Columns of events: the time step, and the neuron, or the pixel and polarity."""

NAMES_IN_TEXT = "head the columns of events t,neuron or t,x,y,p, with t in time steps, or those of a raster n0,n1,…"
NAMES_OF_ARRAYS = (
    f"save events in an .npz as arrays t, neuron or t, x, y, p, with t in time steps, or a raster in an .npz under the name {DECLARED}"
)
"""Advice on how to make clear what a file holds."""


@dataclass(frozen=True)
class UploadedInput:
    """The raster from a file, and how it was read.

    Attributes:
        values: float32 (batch, time, ...), C-contiguous.
        holds: whether the values were listed as events, or given directly as spike counts or as currents.
    """

    values: Array
    holds: Holds


_RASTER = ArrayKind(
    {
        2: "(time, neurons)",
        3: "(batch, time, neurons)",
        4: "(time, channels, height, width)",
        5: "(batch, time, channels, height, width)",
    },
    LARGEST_RASTER,
    np.float32,
)
_EVENTS = ArrayKind({1: "(events,)"}, MOST_EVENTS, np.float64)  # every valid time step and place is exact in float64


def read_raster(name: str, content: bytes) -> UploadedInput:
    """Return the raster in a file, and how it was read. Its values may be any real numbers.

    | ending | what the file holds |
    |---|---|
    | .npy | an array of numbers or booleans: 2-D is (time, neurons), 3-D (batch, time, neurons), 4-D (time, channels, height, width) and
             5-D (batch, time, channels, height, width) |
    | .npz | such an array: the only one, or the one named spikes, raster or data; or events, as arrays t, neuron or t, x, y, p |
    | .csv | a row for each time step, with a number for each neuron, under a header or not; or events, under a header t,neuron or
             t,x,y,p |

    A file is refused if its meaning is in doubt: if names or numbers look like events under other names, or like each neuron's spike
    times; if a row or column numbers the others; if commas between cells may be decimal; if other whole numbers than 0 and 1 stand under
    a header that doesn't say what they are; if there are more than half as many samples as time steps, or more than two channels. A raster
    is accepted without these doubts if a .csv's header names neurons by a word and a number, as in n0,n1, or if the array in an .npz is
    named raster.

    Cells of a .csv file are separated by commas, semicolons or tabs; a comma within a cell is a decimal point or refused.

    An event's t is its time step; t, neuron, x (to the right) and y (down) are whole numbers from 0. The polarity p is 1 for ON,
    channel 0, and throughout a file either 0 or -1 for OFF, channel 1. Events become (1, time, neurons) or (1, time, 2, height, width), as
    large as the largest t, neuron, x and y require; events at the same place in the same step add up.

    Args:
        name: name of the file; its ending, in upper or lower case, gives the format.

    Raises:
        InputFileError: one sentence on what is wrong with the file, where, and what would be right.
    """
    try:
        return _read(name, content)
    except InputFileError as error:
        raise InputFileError(f"File {abbreviated(name)}: {error}.") from error


def content_hash(values: Array) -> str:
    """Return the digest that names an array in an Experiment.

    It is the first 32 hexadecimal digits of the SHA-256 of the array's shape and float32 values.
    """
    digest = hashlib.sha256(repr(tuple(map(int, values.shape))).encode())
    digest.update(np.ascontiguousarray(values, dtype="<f4").data)
    return digest.hexdigest()[:32]


def _read(name: str, content: bytes) -> UploadedInput:
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


def _read_npy(content: bytes) -> UploadedInput:
    return _raster(read_array(BytesIO(content), len(content), "it", _RASTER), "it")


def _read_npz(content: bytes) -> UploadedInput:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist() if info.filename.endswith(".npy")}
            names = _arrays_to_read(members.keys())
            kind = _RASTER if len(names) == 1 else _EVENTS
            arrays = {name: read_member(archive, members[name], f"array {abbreviated(name)}", kind) for name in names}
            if len(names) == 1 and names[0] != DECLARED:
                _check_is_alone(archive, members, names[0], arrays[names[0]])
    except InputFileError:
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError, RuntimeError, ValueError) as error:
        raise InputFileError("it is broken, or no .npz file; save it again with np.savez_compressed, without a password") from error
    if len(names) == 1:
        if names[0] not in RASTER_NAMES and names_rows(names[0]):
            raise InputFileError(f"array {abbreviated(names[0])} may be times or events by its name; {NAMES_OF_ARRAYS}")
        return _raster(arrays[names[0]], f"array {abbreviated(names[0])}", is_declared=names[0] == DECLARED)
    lengths = [len(values) for values in arrays.values()]
    if len(set(lengths)) > 1:
        raise InputFileError(
            f"the arrays {', '.join(names)} hold {', '.join(map(str, lengths))} numbers; each must hold one for each event"
        )
    return _unfold(arrays, lambda event: f"at index {event}")


def _arrays_to_read(names: Set[str]) -> tuple[str, ...]:
    """Return which arrays of an .npz file are the raster, or the events."""
    known = [*((name,) for name in RASTER_NAMES), *EVENT_COLUMNS]
    fitting = [wanted for wanted in known if names >= set(wanted)]
    if len(names) == 1 and not fitting:
        return tuple(names)
    if len(fitting) != 1:
        held = f"the arrays {abbreviated(sorted(names))}" if names else "no array"
        events = " or ".join(map(", ".join, EVENT_COLUMNS))
        raise InputFileError(f"it holds {held}; give just one raster, alone or named {', '.join(RASTER_NAMES)}, or events as {events}")
    return fitting[0]


def _check_is_alone(archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo], name: str, values: Array) -> None:
    """Raise InputFileError if another array may hold times or places of events."""
    if len(members) > MOST_ARRAYS:
        raise InputFileError(f"it holds {len(members):,} arrays; save the raster alone, or in an .npz under the name {DECLARED}")
    for other in sorted(members.keys() - {name}):
        may_belong = names_rows(other)
        if not may_belong and values.ndim == 2:
            what = f"array {abbreviated(other)}"
            with open_member(archive, members[other], what) as stream:
                shape, *_ = read_header(BytesIO(stream.read(LARGEST_HEADER)), what)
            may_belong = shape[:1] == values.shape[:1]
        if may_belong:
            raise InputFileError(f"array {abbreviated(name)} may belong to events with {abbreviated(other)}; {NAMES_OF_ARRAYS}")


def _raster(values: Array, what: str, is_declared: bool = False) -> UploadedInput:
    """Return a raster; raise InputFileError if it is in doubt and isn't declared."""
    _check_finite(values, lambda index: f"{what} is not finite at index {index}")
    if not is_declared:
        _check_is_raster(values, what)
    return _as_input(values)


def _as_input(values: Array) -> UploadedInput:
    """Return a raster as (batch, time, ...), C-contiguous."""
    batched = np.ascontiguousarray(values if values.ndim in (3, 5) else values[None])
    flat = batched.reshape(-1)
    are_counts = all(is_spikes(flat[start : start + PIECE]) for start in range(0, flat.size, PIECE))
    return UploadedInput(batched, "counts" if are_counts else "currents")


def _check_is_raster(values: Array, what: str) -> None:
    """Raise InputFileError if an array's axes may have another meaning."""
    shape = f"{what} has the shape {values.shape}, which as {_RASTER.axes[values.ndim]}"
    otherwise = f"else save it in an .npz under the name {DECLARED}"
    if values.ndim in (3, 5) and swaps_time(values.shape):
        batch, steps = values.shape[:2]
        raise InputFileError(
            f"{shape} has {steps} time steps for {batch} samples; if time comes first, save values.swapaxes(0, 1), {otherwise}"
        )
    if values.ndim in (4, 5) and misplaces_channels(values.shape):
        raise InputFileError(f"{shape} has {values.shape[-3]} channels; if they come last, save np.moveaxis(values, -1, -3), {otherwise}")
    if values.ndim > 3:
        return
    tables = values[None] if values.ndim == 2 else values
    if all(map(look_like_events, tables)):
        raise InputFileError(f"{what} may be a list of events; {NAMES_OF_ARRAYS}")
    numbers = numbering(tables[0])
    if numbers and all(numbering(table) == numbers for table in tables[1:]):
        raise InputFileError(f"{what} may have {numbers.what} in its {numbers.where}; leave it out, {otherwise}")


def _check_finite(values: Array, complaint: Callable[[tuple[int, ...]], str]) -> None:
    finite = np.isfinite(values)
    if not finite.all():
        index = tuple(int(place) for place in np.unravel_index(int(finite.argmin()), values.shape))
        raise InputFileError(f"{complaint(index)}; NaN, infinity and what is beyond ±3.4e38 must be replaced by numbers")


# --------------------------------------------------------------------------------------------------------- text


def _read_csv(content: bytes) -> UploadedInput:
    table = read_table(content)
    header = [name.lower() for name in table.header]
    if sorted(header) in map(sorted, EVENT_COLUMNS):
        return _unfold(dict(zip(header, table.values.T, strict=True)), lambda event: f"line {table.lines[event]}")
    with np.errstate(over="ignore"):
        raster = table.values.astype(np.float32)
    _check_finite(raster, lambda index: f"line {table.lines[index[0]]}, column {index[1] + 1} is not finite")
    meant = what_names_say(table.header) if header else "nothing"
    if meant == "something else":
        raise InputFileError(f"its columns are {abbreviated(','.join(table.header))}; {NAMES_IN_TEXT}")
    if meant == "nothing":
        if look_like_events(table.values):
            raise InputFileError(f"its numbers may be times and places of events; {NAMES_IN_TEXT}")
        numbers = numbering(table.values)
        if numbers:
            raise InputFileError(f"its {numbers.where} may be {numbers.what}; leave it out, or head all columns n0,n1,…")
        if table.may_be_decimals:
            raise InputFileError("its commas may be decimal, or stand between columns; write decimal points, or head the columns n0,n1,…")
        if header and (raster == np.floor(raster)).all() and not ((raster == 0) | (raster == 1)).all():
            raise InputFileError(f"its header {abbreviated(','.join(table.header))} doesn't say what its numbers are; {NAMES_IN_TEXT}")
    return _as_input(raster)


# ------------------------------------------------------------------------------------------------------- events


def _unfold(columns: dict[str, Array], place: Callable[[int], str]) -> UploadedInput:
    """Return events, by their `columns` (events,), as (1, time, ...). `place` says in messages where an event is."""
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
    return UploadedInput(raster[None], "events")
