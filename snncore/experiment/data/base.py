"""Base of all labelled data: samples with labels, in a half to learn from and a half to be tested with."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from snncore.arrays import Array
from snncore.errors import ExperimentError, RegistrationError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import Part, Shape

Half = Literal["train", "test"]

BYTES = 4
"""Bytes of one float32 value."""


class Labelled(NamedTuple):
    """Samples, float32 (samples, ...), and their labels, int64 (samples,) from 0."""

    values: Tensor
    labels: Tensor


class Halves(NamedTuple):
    """The samples to learn from, and those to be tested with."""

    train: Labelled
    test: Labelled

    def of(self, half: Half) -> Labelled:
        return self.train if half == "train" else self.test


class DataSet(Part):
    """Base of labelled data. A subclass has a field `kind` with its name, and is registered in `DATA_KINDS`.

    Attributes:
        title: its name for people: "Handwritten digits".
    """

    if TYPE_CHECKING:
        kind: str

    title: ClassVar[str] = ""

    @classmethod
    def check_kind(cls) -> None:
        if not (isinstance(cls.title, str) and cls.title):
            raise RegistrationError(f'{cls.__name__} has no title; give it a name for people, such as title = "Handwritten digits".')

    @property
    @abstractmethod
    def classes(self) -> int:
        """Return the number of classes; the labels are 0 to `classes` - 1."""

    @property
    @abstractmethod
    def counts(self) -> tuple[int, int]:
        """Return the number of samples to learn from, and to be tested with."""

    @property
    @abstractmethod
    def sample_shape(self) -> Shape:
        """Return the shape of a sample's values, which are in [0, 1]; of a sample with time, the shape of one step."""

    @property
    def steps(self) -> int | None:
        """Return the time steps of a sample; None if it has no time, and an encoding gives it some."""
        return None

    @property
    def answer_from(self) -> int:
        """Return the first step of the time in which the answer is read."""
        return 0

    @abstractmethod
    def make(self, files: Files = NO_FILES) -> Halves:
        """Return all samples, of shape (samples, ...), or with time (samples, time, ...). They may be shared: don't change them.

        Raises:
            ExperimentError: they are of a file that isn't among `files`, or the halves can't be learned from.
        """

    @property
    def is_plane(self) -> bool:
        """Return True if samples are points of the unit square, so that answers can be painted over it."""
        return self.steps is None and self.sample_shape == (2,)

    def values_at(self, points: Array) -> Array:
        """Return what a network is shown of points (points, 2), x and y from 0 to 1; float32 (points, *sample_shape).

        Only where `is_plane`; the first two values are x and y themselves.
        """
        return points.astype(np.float32)

    def are_inside(self, points: Array) -> NDArray[np.bool_]:
        """Return which points (points, 2) of the unit square may be samples, bool (points,). Only where `is_plane`."""
        return np.ones(len(points), dtype=bool)

    @property
    def nbytes(self) -> int:
        """Return the bytes that all samples take."""
        return sum(self.counts) * (self.steps or 1) * math.prod(self.sample_shape) * BYTES


def halved(values: Array, labels: Array, test: int, seed: int) -> Halves:
    """Return the samples in a random order that depends only on the seed, the last `test` of them as the test half."""
    order = np.random.RandomState(seed % 2**32).permutation(len(labels))  # the one generator whose numbers NumPy never changes
    train, tested = order[: len(order) - test], order[len(order) - test :]
    x, y = torch.tensor(values, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)
    return Halves(*(Labelled(x[torch.from_numpy(part)], y[torch.from_numpy(part)]) for part in (train, tested)))


def check_halves(halves: Halves, classes: int, name: str) -> None:
    """Raise ExperimentError if a class is missing in one half."""
    for half, samples in zip(("training", "test"), halves, strict=True):
        missing = sorted(set(range(classes)) - set(samples.labels.tolist()))
        if missing:
            raise ExperimentError(
                f"{name}: no sample of the class {missing[0]} is in the {half} half; give more samples of it, "
                f"or choose another test_share or seed."
            )


DATA_KINDS: Kinds[DataSet] = Kinds("data set", DataSet)
"""Every kind of labelled data."""

if TYPE_CHECKING:
    DataSpec = DataSet
else:
    DataSpec = Annotated[Any, DATA_KINDS]
