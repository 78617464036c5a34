"""Your own labelled data, from an uploaded file."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from snncore.arrays import Array
from snncore.errors import ExperimentError
from snncore.experiment.data.base import DATA_KINDS, DataSet, Halves, halved_by_class
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.part import MOST_AXES, Count, Length, Shape

MOST_SAMPLES = 50_000
MOST_CLASSES = 1000

MOST_KEPT = 2
"""Most files whose halves are kept ready."""


def values_key(digest: str) -> str:
    """Return the name of a file's samples among `Files`."""
    return f"{digest}/x"


def labels_key(digest: str) -> str:
    """Return the name of a file's labels among `Files`."""
    return f"{digest}/y"


@DATA_KINDS.register
class LabelledFile(DataSet):
    """An uploaded file, read by `snncore.io.labelled.read_labelled`.

    An Experiment doesn't hold the file. It has its `name`, for people, its `digest`, and its sizes. Values without time are scaled, each
    by its least and largest value in the training half, to [0, 1].

    Attributes:
        shape: shape of one sample: of its values, or with time (time, ...).
        has_time: whether the first axis of `shape` is time.
        test_share: share of the samples of each class that are tested with; at least one is, and one is learned.
        seed: decides which ones.
    """

    title: ClassVar[str] = "Own labelled data"
    kind: Literal["file"] = "file"
    name: str = Field(max_length=100)
    digest: str = Field(pattern="^[0-9a-f]{32}$")
    samples: int = Field(ge=2, le=MOST_SAMPLES)
    shape: tuple[Length, ...] = Field(min_length=1, max_length=MOST_AXES)
    has_time: bool
    labels: int = Field(ge=2, le=MOST_CLASSES)
    """Number of classes."""
    test_share: float = Field(default=0.2, gt=0, lt=1)
    seed: Count = 0

    @model_validator(mode="after")
    def _has_values_in_time(self) -> Self:
        if self.has_time and len(self.shape) < 2:
            raise ValueError(f"shape is {self.shape}; with time it is (time, ...)")
        return self

    @property
    def classes(self) -> int:
        return self.labels

    @property
    def counts(self) -> tuple[int, int]:
        test = min(max(round(self.samples * self.test_share), self.labels), self.samples - self.labels)
        test = min(max(test, 1), self.samples - 1)  # of too few samples, which `make` refuses
        return self.samples - test, test

    @property
    def sample_shape(self) -> Shape:
        return self.shape[1:] if self.has_time else self.shape

    @property
    def steps(self) -> int | None:
        return self.shape[0] if self.has_time else None

    def make(self, files: Files = NO_FILES) -> Halves:
        values, labels = files.get(values_key(self.digest)), files.get(labels_key(self.digest))
        if values is None or labels is None:
            raise ExperimentError(
                f"The labelled data are the file {self.name!r}, which is not here: links carry no files. "
                f"Upload it again, or choose another data set."
            )
        if values.shape != (self.samples, *self.shape) or labels.shape != (self.samples,):
            raise ExperimentError(
                f"The labelled data have {self.samples} samples of the shape {self.shape}, but the file {self.name!r} has "
                f"{len(labels)} labels and samples {values.shape}; set samples and shape to those."
            )
        if labels.max() != self.labels - 1:
            raise ExperimentError(
                f"The labelled data have {self.labels} classes, but the file {self.name!r} has labels up to {labels.max():g}; "
                f"set labels to {labels.max() + 1:g}."
            )
        return _halves(self, values, labels)


_latest: OrderedDict[tuple[object, ...], Halves] = OrderedDict()
_lock = threading.Lock()


def _halves(data: LabelledFile, values: Array, labels: Array) -> Halves:
    """Return the halves, the same for all that learn from the same file at once."""
    key = data.digest, data.samples, data.shape, data.has_time, data.labels, data.test_share, data.seed
    with _lock:
        if key not in _latest:
            halves = halved_by_class(values, labels, data.counts[1], data.seed, data.name)
            _latest[key] = halves if data.has_time else _scaled(halves)
        _latest.move_to_end(key)
        if len(_latest) > MOST_KEPT:
            _latest.popitem(last=False)
        return _latest[key]


def _scaled(halves: Halves) -> Halves:
    low, high = (found.numpy() for found in (halves.train.values.amin(0), halves.train.values.amax(0)))
    width = np.where(high > low, high - low, 1)

    def scaled(values: Array) -> Array:
        within: Array = np.clip((values - low) / width, 0, 1)
        return within

    return Halves(*(half._replace(values=half.values.new_tensor(scaled(half.values.numpy()))) for half in halves))
