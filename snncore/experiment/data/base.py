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
    order = _shuffled(len(labels), seed)
    return _parted(values, labels, order[: len(order) - test], order[len(order) - test :])


def halved_by_class(values: Array, labels: Array, test: int, seed: int, name: str) -> Halves:
    """Return the samples in a random order that depends only on the seed, `test` of them as the test half: of each class about its share.

    Each half has at least one sample of each class.

    Args:
        values: float32 (samples, ...).
        labels: (samples,), whole numbers from 0.
        test: at least the number of classes, and at most as many fewer than the samples.
        name: where the samples come from, for people.

    Raises:
        ExperimentError: a class has fewer than two samples.
    """
    sizes = np.bincount(labels.astype(np.int64))
    if sizes.min() < 2:
        few = int(sizes.argmin())
        raise ExperimentError(f"{name}: class {few} has {('no', 'one')[sizes[few]]} sample; give at least two of each class.")
    order = _shuffled(len(labels), seed)
    label = labels[order].astype(np.int64)
    rank = np.empty(len(order), np.int64)  # of each sample within its class
    rank[np.argsort(label, kind="stable")] = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    size = sizes[label]
    place = (rank + 0.5) / size
    place[rank == 0], place[rank == size - 1] = 0, 1  # the first of each class is tested with, the last is learned
    is_tested = np.zeros(len(order), np.bool_)
    is_tested[np.argsort(place, kind="stable")[:test]] = True
    return _parted(values, labels, order[~is_tested], order[is_tested])


def _shuffled(count: int, seed: int) -> NDArray[np.int64]:
    return np.random.RandomState(seed % 2**32).permutation(count)  # the one generator whose numbers NumPy never changes


def _parted(values: Array, labels: Array, train: NDArray[np.int64], tested: NDArray[np.int64]) -> Halves:
    x, y = torch.tensor(values, dtype=torch.float32), torch.tensor(labels, dtype=torch.int64)
    return Halves(*(Labelled(x[torch.from_numpy(part)], y[torch.from_numpy(part)]) for part in (train, tested)))


DATA_KINDS: Kinds[DataSet] = Kinds("data set", DataSet)
"""Every kind of labelled data."""

if TYPE_CHECKING:
    DataSpec = DataSet
else:
    DataSpec = Annotated[Any, DATA_KINDS]
