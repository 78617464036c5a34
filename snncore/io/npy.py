"""Arrays in NumPy's formats, read without unpickling anything; their size is known before memory is allocated."""

from __future__ import annotations

import math
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any

import numpy as np

from snncore.arrays import Array
from snncore.errors import InputFileError
from snncore.experiment.errors import abbreviated

LARGEST_HEADER = 16_384
"""Bytes at the beginning of an .npy file that must contain its header. NumPy itself takes headers up to 10,000 characters."""

PIECE = 2**20
"""Number of bytes of an array converted at a time."""

NO_NUMBERS = {
    "O": "Python objects, which are never unpickled",
    "c": "complex numbers",
    "S": "text",
    "U": "text",
    "V": "records of several fields",
    "M": "dates",
    "m": "durations",
}
"""Content of arrays that don't hold real numbers, by the kind of their dtype."""


@dataclass(frozen=True)
class ArrayKind:
    """The arrays that are accepted: meaning of the axes by their number, most values, and dtype."""

    axes: dict[int, str]
    most: int
    dtype: type[np.floating]


def read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str, kind: ArrayKind) -> Array:
    with open_member(archive, info, what) as stream:
        return read_array(stream, info.file_size, what, kind)


def open_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, what: str) -> IO[bytes]:
    # np.savez writes no other methods, and some of them take as much memory to unfold as the archive says.
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise InputFileError(f"{what} is compressed by another method than NumPy's; save it with np.savez_compressed")
    return archive.open(info)


def read_array(stream: IO[bytes], size: int, what: str, kind: ArrayKind) -> Array:
    """Return the array of an .npy file of `size` bytes; messages call it `what`.

    It is converted piece by piece, so that only the result takes memory.
    """
    head = BytesIO(stream.read(LARGEST_HEADER))
    shape, is_fortran, stored = read_header(head, what)
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
    with np.errstate(over="ignore", invalid="ignore"):  # values that aren't finite are found, and named, afterwards
        for start in range(0, count, step):
            length = min(step, count - start)
            values[start : start + length] = np.frombuffer(stream.read(length * stored.itemsize), stored, length)
    return values.reshape(shape, order="F" if is_fortran else "C")


def read_header(head: BytesIO, what: str) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    """Return shape, whether it is in Fortran order, and dtype; leaves `head` at the data."""
    try:
        version = np.lib.format.read_magic(head)
        parse = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, is_fortran, stored = parse(head)
    except Exception as error:  # NumPy reads the header with Python's own parser, which fails in more ways than can be listed
        raise InputFileError(f"{what} is no NumPy array; save it with np.save or np.savez") from error
    return shape, is_fortran, stored
