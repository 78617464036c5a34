"""Handwritten digits with their labels."""

from __future__ import annotations

from functools import cache
from typing import ClassVar, Literal

from snncore import encoders
from snncore.experiment.data.base import DATA_KINDS, DataSet, Halves, halved
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.part import Shape

TESTED = 360
"""Digits in the test half, a fifth of all."""

WHITE = 16
"""Largest value of a pixel."""


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
