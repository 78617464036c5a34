"""Files as others write them: arrays, archives of arrays, tables."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import numpy as np

MEGABYTE = 2**20


def npy(values: Any, version: tuple[int, int] = (1, 0)) -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asanyarray(values), version)
    return stream.getvalue()


def npy_header(shape: tuple[int, ...], dtype: str = "<f4") -> bytes:
    stream = io.BytesIO()
    np.lib.format.write_array_header_1_0(stream, {"shape": shape, "fortran_order": False, "descr": dtype})
    return stream.getvalue()


def npz(**named: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **named)
    return stream.getvalue()


def zipped(method: int = zipfile.ZIP_DEFLATED, **members: bytes) -> bytes:
    """An archive of `name`.npy members with any content."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(f"{name}.npy", content)
    return stream.getvalue()


def csv(*lines: str) -> bytes:
    return "\n".join(lines).encode()


def csv_of(rows: Any) -> list[str]:
    return [",".join(repr(value.item()) for value in row) for row in rows]
