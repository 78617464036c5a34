"""How a file is read, or why it is refused; tables that are events, and others that are rasters."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from snncore.errors import InputFileError
from snncore.io.recordings import UploadedInput, read_raster
from tests.snncore.written_files import csv

NAMES = "head the columns of events t,neuron or t,x,y,p, with t in time steps, or those of a raster n0,n1,…"
ARRAYS = "save events in an .npz as arrays t, neuron or t, x, y, p, with t in time steps, or a raster in an .npz under the name raster"


def outcome(name: str, content: bytes) -> UploadedInput | str:
    """What was read, or why nothing was."""
    try:
        return read_raster(name, content)
    except InputFileError as refused:
        return str(refused)


def refusal(name: str, content: bytes) -> str:
    with pytest.raises(InputFileError) as refused:
        read_raster(name, content)
    return str(refused.value).removeprefix(f"File {name!r}: ")


def read(*lines: str) -> UploadedInput:
    return read_raster("a.csv", csv(*lines))


GENERATOR = np.random.default_rng(0)
STEPS, MICROSECONDS = np.sort(GENERATOR.integers(0, 400, 300)), np.sort(GENERATOR.integers(0, 299_754, 300))
SHUFFLED = GENERATOR.permutation(300)
PIXELS, POLARITY = GENERATOR.integers(0, 34, (2, 300)), GENERATOR.integers(0, 2, 300)


def columns(*given: Any) -> np.ndarray:
    return np.stack(given, axis=1)


EVENTS = {
    "t, neuron": columns(STEPS, PIXELS[0]),
    "neuron, t": columns(PIXELS[0], STEPS),
    "µs, neuron": columns(MICROSECONDS, PIXELS[0]),
    "ms, neuron": columns(MICROSECONDS / 1e3, PIXELS[0]),
    "s, neuron": columns(MICROSECONDS / 1e6, PIXELS[0]),
    "s, one of two neurons": columns(MICROSECONDS / 1e6, POLARITY),
    "s since an event": columns(MICROSECONDS / 1e6 - 0.1, PIXELS[0]),
    "t, x, y": columns(STEPS, *PIXELS),
    "t, x, y, p": columns(MICROSECONDS, *PIXELS, POLARITY),
    "x, y, t, p": columns(*PIXELS, MICROSECONDS, 2 * POLARITY - 1),
    "s, x, y, p": columns(MICROSECONDS / 1e6, *PIXELS, POLARITY),
    "in any order": columns(MICROSECONDS, *PIXELS, POLARITY)[SHUFFLED],
    "s in any order": columns(MICROSECONDS / 1e6, PIXELS[0])[SHUFFLED],
    "by neuron": columns(STEPS, PIXELS[0])[np.argsort(PIXELS[0], kind="stable")],
    "few, by time": columns([0, 4, 9], [3, 1, 2]),
    "few, by neuron": columns([7, 2, 4], [0, 1, 2]),
    "few, with fractions": columns([0.5, 1.25], [3, 1]),
    "times": STEPS[:, None],
    "times with fractions": MICROSECONDS[:, None] / 1e6,
    "time and a value": columns(np.arange(50) / 10, np.sin(np.arange(50))),
}
RASTERS = {
    "spikes of one": GENERATOR.random((50, 1)) < 0.3,
    "spikes of two": GENERATOR.random((50, 2)) < 0.3,
    "spikes of four": GENERATOR.random((50, 4)) < 0.3,
    "spikes of many": GENERATOR.random((50, 300)) < 0.3,
    "few spikes": np.eye(2),
    "an onset": np.repeat([[0, 0], [1, 1]], 20, axis=0),
    "no spikes": np.zeros((20, 2)),
    "counts of two": GENERATOR.poisson(2, (50, 2)),
    "counts of many": GENERATOR.poisson(2, (50, 16)),
    "currents of two": GENERATOR.normal(size=(50, 2)),
    "currents of four, none below 0": GENERATOR.random((50, 4)),
    "a sine": np.sin(np.arange(100) / 9)[:, None],
    "a ramp": np.linspace(0, 1.5, 100)[:, None],
    "ramps": np.linspace(0, 1.5, 100)[:, None] * [1, 0.5, 2],
    "a step of current": np.repeat([0, 100], 20)[:, None],
    "large currents of many": GENERATOR.normal(50, 20, (50, 16)),
    "a ramp of currents of many": np.linspace(0, 100, 50)[:, None] * np.ones(16),
    "ramps of currents of many": np.linspace(0, 100.5, 50)[:, None] * np.linspace(2, 1, 16),
    "small ramps of currents of many": np.linspace(0, 1.5, 50)[:, None] * np.linspace(1, 2, 16),
    "sines of currents of many": 100 * np.sin(np.arange(100) / 9)[:, None] * np.linspace(1, 2, 16),
    "graded currents of many": np.tile(np.linspace(0, 99.5, 16), (50, 1)),
    "a step for many": np.repeat([[0], [100]], 20, axis=0) * np.ones(16, int),
    "a strong pulse for one of many": 400 * np.eye(20, 16, dtype=int)[:, :1] * np.eye(1, 16, dtype=int),
    "a ramp for one of many": np.linspace(0, 100, 50)[:, None] * np.eye(1, 16, 3),
    "pixels as currents": GENERATOR.integers(0, 256, (50, 64)),
}


def rows_of(table: np.ndarray) -> list[str]:
    return [",".join(str(value.item()) for value in row) for row in np.asarray(table, None if table.dtype != bool else int)]
