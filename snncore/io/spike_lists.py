"""The lists of spikes in an .h5 file, read by a process of its own, since a damaged file may crash HDF5's C code."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from snncore.arrays import Array
from snncore.errors import InputFileError
from snncore.experiment.data.file import MOST_SAMPLES

LONGEST = 30
"""Most seconds that a file is read."""

LARGEST_MEMORY = 2**30
"""Most bytes of memory that the process may reserve; Windows and macOS don't hold it to that."""

PROGRAM = Path(__file__).with_name("hdf5_process.py")

BROKEN = "it is broken, or no HDF5 file; save it again"


@dataclass(frozen=True)
class SpikeLists:
    """Attributes:
    labels: float64 (samples,).
    times: each sample's list of numbers, of any dtype; `units` likewise.
    """

    labels: Array
    times: list[Array]
    units: list[Array]

    def samples(self) -> Iterator[tuple[Array, Array]]:
        """Yield each sample's times and units as float64."""
        for times, units in zip(self.times, self.units, strict=True):
            yield times.astype(np.float64), units.astype(np.float64)


def read_spike_lists(content: bytes, *, longest: float = LONGEST) -> SpikeLists:
    """Return `labels`, `spikes/times` and `spikes/units` of an .h5 file.

    They are read only where they lie in the file itself, not through links, external storage or virtual data sets.

    Args:
        longest: seconds after which the file is given up.

    Raises:
        InputFileError: the file is broken, holds something else, or takes too long to read.
    """
    with TemporaryDirectory() as folder:
        file, answer = Path(folder, "given.h5"), Path(folder, "answer.npz")
        file.write_bytes(content)
        # -P keeps the program's own folder, and the current one, from where Python looks for modules.
        command = [sys.executable, "-P", *map(str, (PROGRAM, file, answer, MOST_SAMPLES, LONGEST, LARGEST_MEMORY))]
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1"}  # its threads would reserve much of the memory
        try:
            ended = subprocess.run(command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=longest)
        except subprocess.TimeoutExpired as error:
            raise InputFileError(f"it takes more than {longest:g} s to read; leave samples out") from error
        if ended.stdout:
            raise InputFileError(ended.stdout.strip())
        if ended.returncode or not answer.exists():
            raise InputFileError(BROKEN)
        with np.load(answer, allow_pickle=False) as found:
            times, units = (np.split(found[name], np.cumsum(found[f"{name} lengths"]))[:-1] for name in ("times", "units"))
            return SpikeLists(found["labels"], times, units)
