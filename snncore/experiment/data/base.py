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
from snncore.errors import ExperimentError, RegistrationError, in_a_line
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import Part, Shape
from snncore.experiment.trial import in_type, tried

Half = Literal["train", "test"]

BYTES = 4
"""Bytes of one float32 value."""

LARGEST_TRIED = 64 * 2**20
"""Most bytes of a data set that is made once when it registers."""

RETURNED = "Halves(train, test), each a Labelled(values, labels)"
"""What `make` returns, for messages."""


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

    @classmethod
    def try_kind(cls) -> None:
        """Make the usual data set once, unless it is large or its file isn't here; raise RegistrationError if it isn't as it says."""
        if any(field.is_required() for field in cls.model_fields.values()):
            return
        data = cls.model_validate({})
        data._try_sizes()
        if data.nbytes > LARGEST_TRIED:
            return
        try:
            halves, drawn_from = tried(data.make)
        except (ExperimentError, OSError):  # its file isn't here
            return
        except Exception as error:
            raise RegistrationError(f"{cls.__name__}: its make ended in {in_a_line(error)}; it must return {RETURNED}.") from error
        if drawn_from:
            raise RegistrationError(f"{cls.__name__}: its make draws random numbers of {drawn_from}, which no seed decides.")
        data._try_halves(halves)
        if data.is_plane:
            data._try_plane()

    def _try_sizes(self) -> None:
        name, steps = type(self).__name__, self.steps
        for what, given, is_right, wanted in (
            ("classes", self.classes, _are_positive(self.classes), "a whole number from 1"),
            ("counts", self.counts, _is_shape(self.counts) and len(self.counts) == 2, "two whole numbers from 1"),
            ("sample_shape", self.sample_shape, _is_shape(self.sample_shape), "a tuple of whole numbers from 1"),
            ("steps", steps, steps is None or _are_positive(steps), "a whole number from 1, or None"),
        ):
            if not is_right:
                raise RegistrationError(f"{name}: its {what} is {abbreviated(given)}; it must be {wanted}.")
        if steps is not None and self.answer_from not in range(steps):
            raise RegistrationError(f"{name}: its answer_from is {self.answer_from!r}; it must be a step from 0 to {steps - 1}.")

    def _try_halves(self, halves: Halves) -> None:
        name = type(self).__name__
        if not (isinstance(halves, Halves) and all(isinstance(half, Labelled) for half in halves)):
            raise RegistrationError(f"{name}: its make returns {in_type(halves)}; it must return {RETURNED}.")
        time = () if self.steps is None else (self.steps,)
        for half, (values, labels), count in zip(("training", "test"), halves, self.counts, strict=True):
            for what, given, dtype, shape in (
                ("values", values, torch.float32, (count, *time, *self.sample_shape)),
                ("labels", labels, torch.int64, (count,)),
            ):
                if not isinstance(given, Tensor) or given.dtype != dtype or given.shape != shape:
                    wanted = f"{str(dtype).removeprefix('torch.')} {shape}"
                    raise RegistrationError(f"{name}: the {what} of its {half} half are {in_type(given)}; they must be {wanted}.")
            if not values.isfinite().all():
                raise RegistrationError(f"{name}: values of its {half} half aren't finite; correct its make.")
            if not time and not (values.min() >= 0 and values.max() <= 1):
                found = f"{values.min().item():g} to {values.max().item():g}"
                raise RegistrationError(f"{name}: the values of its {half} half are {found}; scale them to 0 to 1.")
            if not (labels.min() >= 0 and labels.max() < self.classes):
                found = f"{labels.min().item()} to {labels.max().item()}"
                has = f"{self.classes} class{'' if self.classes == 1 else 'es'}"
                wanted = f"label them 0 to {self.classes - 1}, or correct classes"
                raise RegistrationError(f"{name}: the labels of its {half} half are {found}, but it has {has}; {wanted}.")
        taken = sum(half.values.nbytes for half in halves)
        if self.nbytes < taken:
            raise RegistrationError(f"{name}: its nbytes is {self.nbytes:,}, but its samples take {taken:,} bytes; correct nbytes.")

    def _try_plane(self) -> None:
        points = np.array([[0.25, 0.5], [0.5, 0.75]])
        for what, given, dtype, shape in (
            ("values_at", self.values_at(points), np.float32, (2, *self.sample_shape)),
            ("are_inside", self.are_inside(points), np.bool_, (2,)),
        ):
            if not isinstance(given, np.ndarray) or given.dtype != dtype or given.shape != shape:
                wanted = f"{np.dtype(dtype)} {shape}"
                raise RegistrationError(f"{type(self).__name__}: its {what} returns {in_type(given)} for two points; it must be {wanted}.")

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
        """Return points (points, 2), x and y from 0 to 1, as samples; float32 (points, *sample_shape).

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


def _are_positive(*numbers: object) -> bool:
    return all(isinstance(number, int) and not isinstance(number, bool) and number >= 1 for number in numbers)


def _is_shape(given: object) -> bool:
    return isinstance(given, tuple) and _are_positive(*given)


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
