"""Handwritten digits with their labels."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from snncore import encoders
from snncore.arrays import Array
from snncore.errors import InputError
from snncore.experiment.data.base import DATA_KINDS, DataSet, Halves, halved
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.part import Shape

TESTED = 360
"""Digits in the test half, a fifth of all."""

WHITE = 16
"""Largest value of a pixel: all the ink that its block may hold."""

SIDE, BLOCK = 8, 4
"""Pixels along a side of an image, and of the square of ink that is counted for each."""

INK_SIDE = SIDE * BLOCK

Ink = NDArray[np.bool_]
"""A drawing (32, 32), from the top row down; True where there is ink."""


@DATA_KINDS.register
class Digits(DataSet):
    """scikit-learn's 1,797 handwritten digits of 8×8 pixels, in one fixed split of 1,437 and 360.

    Source: E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits, UCI Machine Learning Repository, 1998.
    """

    title: ClassVar[str] = "Handwritten digits"
    kind: Literal["digits"] = "digits"

    @property
    def classes(self) -> int:
        return 10

    @property
    def counts(self) -> tuple[int, int]:
        return encoders.DIGITS - TESTED, TESTED

    @property
    def sample_shape(self) -> Shape:
        return 8, 8

    def make(self, files: Files = NO_FILES) -> Halves:
        return _digits()


@cache
def _digits() -> Halves:
    return halved((encoders.digit_images() / WHITE).numpy(), encoders.digit_labels().numpy(), TESTED, seed=0)


def digit_of_ink(ink: Ink) -> Array:
    """Return a drawing as the data have their digits: centred, its ink counted in blocks of 4x4; float32 (8, 8) in [0, 1].

    The middle of the ink's height comes to the middle of the image, and that of its width half a pixel to the right, where it lies in the
    data on average.

    Raises:
        InputError: a drawing without ink, or of another shape.
    """
    if ink.shape != (INK_SIDE, INK_SIDE):
        raise InputError(f"The drawing has the shape {ink.shape}; it must have {INK_SIDE}x{INK_SIDE} pixels.")
    if not ink.any():
        raise InputError("The pad is empty, so there is nothing to recognise; draw a digit.")
    (top, bottom), (left, right) = (np.flatnonzero(ink.any(axis=axis))[[0, -1]] for axis in (1, 0))
    centred = np.roll(ink, ((INK_SIDE - 1 - top - bottom) // 2, (INK_SIDE - left - right) // 2), axis=(0, 1))
    counts: Array = centred.reshape(SIDE, BLOCK, SIDE, BLOCK).sum(axis=(1, 3), dtype=np.float32) / WHITE
    return counts


def ink_of_digit(image: Array) -> Ink:
    """Return a drawing whose blocks hold as much ink as the pixels of an image (8, 8) in [0, 1] say.

    In each block it lies towards the ink of its neighbours, as in a drawn stroke.
    """
    middles = (np.arange(INK_SIDE) + 0.5) / BLOCK - 0.5
    tent = np.maximum(1 - np.abs(middles[:, None] - np.arange(SIDE)), 0)  # interpolates between the middles of pixels
    blocks = (tent @ image @ tent.T).reshape(SIDE, BLOCK, SIDE, BLOCK).swapaxes(1, 2).reshape(SIDE, SIDE, BLOCK**2)
    ranks = np.argsort(np.argsort(-blocks, axis=2, kind="stable"), axis=2)
    ink: Ink = ranks < np.rint(image * WHITE)[..., None]
    return ink.reshape(SIDE, SIDE, BLOCK, BLOCK).swapaxes(1, 2).reshape(INK_SIDE, INK_SIDE)
