"""Thumbnails computed from real inputs: each kind with usual parameters, and contents of files.

Arrays only; `app/web/gallery/picture.js` draws them.
"""

from __future__ import annotations

import functools
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from pydantic import TypeAdapter

from app.words.input_parameters import INPUT_NAMES
from snncore import encoders
from snncore.arrays import Array
from snncore.experiment.edits import fitting_input
from snncore.experiment.inputs import NO_FILES, DrawnCurrent, InputSpec

SHAPE = (1, 60, 10)
"""(batch, time, channels) of the inputs that are pictured; a sensor's have its own pixels."""

SEED = 0
DT = 1e-3
"""Length of a time step in seconds."""

BAR_STEPS = (6, 12)
"""Steps at which the moving bar is seen: it has come in, and three pixels further on."""

SEEN_AT = {"moving_bar": BAR_STEPS}
"""Time steps to show, for kinds that would show nothing if all were added up."""

MOST_ROWS, MOST_COLUMNS, MOST_PIXELS = 17, 60, 16
"""Most rows and columns of a raster, points of a line, or pixels along a side. More are added up."""

HEAD_START = 0.5
"""Seconds that the page has for itself before a picture that takes long is begun."""

Drawing = Literal["raster", "line", "pixels"]


@dataclass(frozen=True, eq=False)
class Thumbnail:
    """Attributes:
    drawing: how the values are meant.
    values: of a raster (neurons, time); of a line (time,); of pixels (pictures, 2, height, width), ON in channel 0 and OFF in channel 1.
    """

    drawing: Drawing
    values: Array


NOTHING = Thumbnail("raster", np.zeros((1, 1), np.float32))
"""The picture of an input that isn't here."""


@functools.cache
def thumbnail(kind: str) -> Thumbnail:
    """Return the picture of a kind of input that isn't drawn or uploaded: what it makes with usual values.

    The first digit takes a second, to import scikit-learn.
    """
    spec = _usual(kind)
    values = pictured(kind)
    channels = values.reshape(len(values), -1)
    if not spec.carries_spikes and (channels == channels[:, :1]).all():
        return Thumbnail("line", channels[:, 0])
    if kind in SEEN_AT:
        return Thumbnail("pixels", values[list(SEEN_AT[kind])])
    return file_thumbnail(values)


def pictured(kind: str) -> Array:
    """The input that the picture of a kind shows, (time, ...)."""
    sample: Array = _usual(kind).make(torch.Generator().manual_seed(SEED), DT, NO_FILES)[0].numpy()
    return sample


def _usual(kind: str) -> InputSpec:
    spec: InputSpec = TypeAdapter(InputSpec).validate_python(fitting_input(kind, SHAPE))
    return spec


def file_thumbnail(sample: Array) -> Thumbnail:
    """The picture of a sample (time, ...): of two polarities what each pixel adds up to, else a raster of all its channels."""
    if sample.ndim == 4 and sample.shape[1] == 2:
        summed = sample.sum(axis=0, keepdims=True)
        return Thumbnail("pixels", _added_up(_added_up(summed, 2, MOST_PIXELS), 3, MOST_PIXELS))
    channels = sample.reshape(len(sample), -1).T
    return Thumbnail("raster", _added_up(_added_up(channels, 0, MOST_ROWS), 1, MOST_COLUMNS))


def drawn_thumbnail(current: DrawnCurrent) -> Thumbnail:
    """Return the picture of a current drawn by hand, at as many steps as fit."""
    steps = np.linspace(0, len(current.values) - 1, min(len(current.values), MOST_COLUMNS)).round().astype(int)
    return Thumbnail("line", current.weight * np.array(current.values, np.float32)[steps])


def thumbnail_if_ready(kind: str) -> Thumbnail | None:
    """Return the picture of a kind, or None while it is being made in the background, which the first call begins.

    What may take long, or fail, is made there: the digit, whose images have to be loaded, and kinds from outside.
    """
    if kind in INPUT_NAMES and (kind != "digit" or encoders.digit_images.cache_info().currsize):
        return thumbnail(kind)
    made = _in_background(kind)
    if not made.done():
        return None
    return NOTHING if made.exception() else made.result()


_background = ThreadPoolExecutor(1, thread_name_prefix="thumbnails")


@functools.cache
def _in_background(kind: str) -> Future[Thumbnail]:
    def make() -> Thumbnail:
        time.sleep(HEAD_START)
        return thumbnail(kind)

    return _background.submit(make)


def _added_up(values: Array, axis: int, most: int) -> Array:
    """Return at most that many values along an axis, each the sum of neighbours."""
    length = values.shape[axis]
    if length <= most:
        return values
    added: Array = np.add.reduceat(values, np.arange(most) * length // most, axis=axis)
    return added
