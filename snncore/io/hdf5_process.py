"""The program that reads the lists of spikes in an .h5 file, run by `spike_lists`.

HDF5's C code may end its process over a damaged file, so it gets one of its own. This file imports nothing of the package, and the package
nothing of it.
"""

from __future__ import annotations

import math
import os
import sys
from contextlib import suppress
from typing import Any

import h5py  # type: ignore[import-untyped]  # h5py has no types
import numpy as np

IN_THE_FILE = "store it in the file itself"


class RefusedError(Exception):
    """The file holds something else; the message says what, and what would be right."""


def main(file: str, answer: str, most_samples: int) -> None:
    """Write the labels, and all times and units with the lengths of their lists, to `answer`, an .npz; or print what is wrong."""
    try:
        with h5py.File(file, "r") as opened:
            labels, times, units = (_data_set(opened, name, most_samples) for name in ("labels", "spikes/times", "spikes/units"))
            if labels.dtype.kind not in "biuf":
                raise RefusedError("labels must be a list of numbers, one for each sample")
            found: dict[str, Any] = {"labels": np.asarray(labels[:], dtype=np.float64)}
            for name, data in (("times", times), ("units", units)):
                if len(data) != len(labels):
                    raise RefusedError(f"spikes/{name} must have one list of numbers for each of the {len(labels):,} labels")
                found[name], found[f"{name} lengths"] = _lists(data, name, 2 * os.path.getsize(file))
    except RefusedError as error:
        print(error)
    else:
        np.savez(answer, **found)


def limit(seconds: int, memory: int) -> None:
    """Limit this process's seconds of the processor and bytes of memory, where the system can."""
    with suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _data_set(opened: Any, name: str, most_samples: int) -> Any:
    """Return a data set that lies in the file itself. Through others, a file could have the server read its own files."""
    found = opened
    for part in name.split("/"):
        link = found.get(part, getlink=True) if isinstance(found, h5py.Group) else None
        if link is None:
            raise RefusedError(f"it has no {name}; save spikes/times, spikes/units and labels")
        if not isinstance(link, h5py.HardLink):
            raise RefusedError(f"{name} is a link; {IN_THE_FILE}")
        found = found[part]
    if not isinstance(found, h5py.Dataset):
        raise RefusedError(f"{name} is no data set; give it one entry for each sample")
    if found.external is not None or found.is_virtual:
        raise RefusedError(f"{name} points to other data; {IN_THE_FILE}")
    if found.ndim != 1:
        raise RefusedError(f"{name} must be a list of numbers, one for each sample" if name == "labels" else f"{name} must have one axis")
    if found.shape[0] > most_samples:
        raise RefusedError(f"it has {found.shape[0]:,} samples; up to {most_samples:,} are taken, so leave some out")
    if found.chunks and math.prod(found.chunks) > most_samples:
        raise RefusedError(f"{name} is stored in chunks of {found.chunks[0]:,} entries; use chunks of up to {most_samples:,}")
    return found


def _lists(data: Any, name: str, most: int) -> tuple[Any, Any]:
    """Return all numbers in one array, and how many each sample has.

    Lists lie uncompressed in a file. So they take no more memory than the file, or twice as much if its numbers have odd widths; only
    a damaged file holds more, where many lists lie at one place.
    """
    kind = h5py.check_vlen_dtype(data.dtype)
    if kind is None or kind.kind not in "biuf":
        raise RefusedError(f"spikes/{name} holds no lists of numbers; store a list of any length for each sample")
    found = [np.empty(0, kind)]
    for number in range(len(data)):
        found.append(np.asarray(data[number], dtype=kind))
        most -= found[-1].nbytes
        if most < 0:
            raise RefusedError(f"it is broken: its spikes/{name} are longer than the file; save it again")
    return np.concatenate(found), np.array([each.size for each in found[1:]], dtype=np.int64)


if __name__ == "__main__":
    path, target, samples, time_limit, memory_limit = sys.argv[1:]
    limit(int(time_limit), int(memory_limit))
    main(path, target, int(samples))
