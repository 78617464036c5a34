"""Your own labelled data, read from the bytes of an .npz, .csv or .h5 file. Nothing is ever unpickled."""

from __future__ import annotations

import hashlib
import math
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import numpy as np
from numpy.typing import NDArray

from snncore.arrays import Array
from snncore.errors import InputFileError
from snncore.experiment.data.file import MOST_CLASSES, MOST_SAMPLES, LabelledFile, labels_key, values_key
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs import Files
from snncore.io.csv_table import Table, read_table
from snncore.io.doubts import names_places, names_rows, numbers_samples
from snncore.io.npy import ArrayKind, read_member
from snncore.io.recordings import content_hash
from snncore.io.spike_lists import SpikeLists, read_spike_lists

LARGEST_FILE = 100 * 2**20
"""Most bytes of a file."""

MOST_VALUES = 64_000_000
"""Most values of all samples, 256 MB."""

BIN_WIDTH = 0.01
"""Seconds of a time step that spikes of an .h5 file are counted in, unless told otherwise."""

LONGEST_SAMPLE = 30.0
"""Seconds of a sample above which its times may be milliseconds, if they also unfold to more than `MOST_BINS`."""

MOST_BINS = 3000

LABEL_COLUMNS = ("label", "class", "y", "target")
"""Names of the column that holds the labels."""

LAYOUTS = (
    "save an .npz with x (samples, features) or (samples, time, …) and whole-numbered y, a .csv with a column named label, "
    "or an .h5 with spikes/times, spikes/units and labels"
)

LARGEST = float(np.finfo(np.float32).max)

RIGHT_LABELS = f"whole numbers from 0 to {MOST_CLASSES - 1}"

_X = ArrayKind(
    {
        2: "(samples, features)",
        3: "(samples, time, neurons)",
        4: "(samples, time, height, width)",
        5: "(samples, time, channels, height, width)",
    },
    MOST_VALUES,
    np.float32,
)
_Y = ArrayKind({1: "(samples,)"}, MOST_VALUES, np.float64)


@dataclass(frozen=True)
class LabelledData:
    """Samples and labels from a file.

    Attributes:
        name: of the file.
        values: float32 (samples, features), or with time (samples, time, ...).
        labels: int64 (samples,), every whole number from 0 to the largest.
        has_time: whether the samples have time.
    """

    name: str
    values: Array
    labels: NDArray[np.int64]
    has_time: bool

    @property
    def digest(self) -> str:
        """The digest that names the data in an Experiment."""
        both = f"{content_hash(self.values)} {content_hash(self.labels.astype(np.float32))}"
        return hashlib.sha256(both.encode()).hexdigest()[:32]

    def data_set(self, *, test_share: float = 0.2, seed: int = 0) -> LabelledFile:
        """Return the data set of a task, split by share and seed."""
        return LabelledFile(
            name=self.name[-100:],
            digest=self.digest,
            samples=len(self.values),
            shape=self.values.shape[1:],
            has_time=self.has_time,
            labels=int(self.labels.max()) + 1,
            test_share=test_share,
            seed=seed,
        )

    @property
    def files(self) -> Files:
        """What an Experiment with the data set is given as `files`."""
        return {values_key(self.digest): self.values, labels_key(self.digest): self.labels.astype(np.float32)}


def read_labelled(name: str, content: bytes, *, bin_width: float = BIN_WIDTH) -> LabelledData:
    """Return the labelled samples in a file.

    | ending | what the file holds |
    |---|---|
    | .npz | x, (samples, features) or (samples, time, ...), and y, the label of each sample |
    | .csv | a row for each sample, under a header with one column named label, class, y or target |
    | .h5, .hdf5 | spikes in the layout of SHD (Cramer et al. 2020): for each sample its spikes/times in seconds, its spikes/units, and its
                    number in labels |

    Labels are whole numbers from 0, each of which occurs. A file is refused if columns of a .csv, or further arrays of an .npz, may number
    the samples or belong to events by their names and numbers; and an .h5 if its times may be milliseconds.

    Args:
        name: name of the file; its ending, in upper or lower case, gives the format.
        bin_width: length of a time step in seconds in which spikes of an .h5 file are counted, above 0.

    Raises:
        InputFileError: one sentence on what is wrong with the file, where, and what would be right.
    """
    readers: dict[str, Callable[[bytes], tuple[Array, Array]]] = {".npz": _read_npz, ".csv": _read_csv}
    readers |= dict.fromkeys((".h5", ".hdf5"), lambda content: _read_events(content, bin_width))
    try:
        reader = readers.get(PurePath(name).suffix.lower())
        if reader is None:
            raise InputFileError(f"its ending tells no format of labelled data; {LAYOUTS}")
        if not content:
            raise InputFileError("it is empty; save the samples again")
        if len(content) > LARGEST_FILE:
            raise InputFileError(f"it has {len(content) / 2**20:.0f} MB, more than the {LARGEST_FILE / 2**20:.0f} MB that are taken")
        values, labels = reader(content)
        return LabelledData(name, values, _whole(values, labels), values.ndim > 2)
    except InputFileError as error:
        raise InputFileError(f"File {abbreviated(name)}: {error}.") from error


def _whole(values: Array, labels: Array) -> NDArray[np.int64]:
    """Return the labels as whole numbers; raise InputFileError if these samples can't be learned."""
    count = len(values)
    if len(labels) != count:
        raise InputFileError(f"it has {count:,} samples but {len(labels):,} labels; give one label for each sample")
    if count > MOST_SAMPLES:
        raise InputFileError(f"it has {count:,} samples; up to {MOST_SAMPLES:,} are taken, so leave some out")
    if count < 2:
        raise InputFileError(
            f"it has {'one' if count else 'no'} sample; give at least two of each class, one to learn from and one to be tested with"
        )
    finite = np.isfinite(values)
    if not finite.all():
        index = tuple(int(place) for place in np.unravel_index(int(finite.argmin()), values.shape))
        raise InputFileError(f"sample {index[0]} is not finite at {index[1:]}; NaN and infinity must be replaced by numbers")
    right = (labels >= 0) & (labels < MOST_CLASSES) & (labels == np.floor(labels))
    if not right.all():
        wrong = int(right.argmin())
        raise InputFileError(f"the label of sample {wrong} is {labels[wrong]:.12g}; labels are {RIGHT_LABELS}")
    whole = labels.astype(np.int64)
    present = np.bincount(whole)
    if len(present) < 2:
        raise InputFileError("all its labels are 0; there is nothing to tell apart, so give samples of at least two classes")
    if not present.all():
        raise InputFileError(f"no sample has the label {int(present.argmin())}; number the classes from 0 without gaps")
    return whole


# ----------------------------------------------------------------------------------------------------------- .npz


def _read_npz(content: bytes) -> tuple[Array, Array]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            members = {info.filename.removesuffix(".npy"): info for info in archive.infolist()}
            if not {"x", "y"} <= members.keys():
                raise InputFileError(f"it holds the arrays {abbreviated(sorted(members))}; name the samples x and their labels y")
            labels = read_member(archive, members["y"], "array y", _Y)
            values = read_member(archive, members["x"], "array x", _X)
            of_events = [name for name in sorted(members.keys() - {"x", "y"}) if names_rows(name) or names_places(name)]
            if of_events and values.ndim == 2 and values.shape[1] == 1:  # wider rows are no coordinate of an event
                raise InputFileError(f"its arrays x and y may belong to events with {abbreviated(of_events[0])}; save x and y alone")
            return values, labels
    except InputFileError as error:
        if "Python objects" in str(error):
            raise InputFileError(
                f"{str(error).partition(';')[0]}; samples of different lengths must be filled up with zeros to one length"
            ) from error
        raise
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, OverflowError, RuntimeError, ValueError) as error:
        raise InputFileError("it is broken, or no .npz file; save it again with np.savez_compressed, without a password") from error


# ----------------------------------------------------------------------------------------------------------- .csv


def _read_csv(content: bytes) -> tuple[Array, Array]:
    table = read_table(content, dict.fromkeys(LABEL_COLUMNS, f"labels are {RIGHT_LABELS}"))
    named = [place for place, name in enumerate(table.header) if name.lower() in LABEL_COLUMNS]
    if len(named) != 1:
        raise InputFileError(f"{len(named)} of its columns hold labels by their names; name just one of them {' or '.join(LABEL_COLUMNS)}")
    if table.values.shape[1] < 2:
        raise InputFileError("it has no column beside the labels; give at least one value for each sample")
    _check_are_values(table, named[0])
    with np.errstate(over="ignore"):
        values = table.values.astype(np.float32)
    finite = np.isfinite(values)
    if not finite.all():
        row, column = divmod(int(finite.argmin()), finite.shape[1])
        right = f"labels are {RIGHT_LABELS}" if column == named[0] else f"values are finite, of up to {LARGEST:.2g}"
        found = f"{table.values[row, column]:g}"
        raise InputFileError(f"line {table.lines[row]}, column {abbreviated(table.header[column])} is {found}; {right}")
    return np.ascontiguousarray(np.delete(values, named[0], axis=1)), table.values[:, named[0]]


def _check_are_values(table: Table, labels: int) -> None:
    """Raise InputFileError if the columns beside the labels may be events, or one of them may number the samples."""
    columns = [place for place in range(len(table.header)) if place != labels]
    names = [table.header[place] for place in columns]
    if any(map(names_rows, names)) and any(map(names_places, names)):
        raise InputFileError(f"its columns {abbreviated(','.join(names))} may list events; give a row of values for each sample")
    for place, name in zip(columns, names, strict=True):
        if len(columns) > 1 and numbers_samples(name, table.values[:, place]):
            raise InputFileError(
                f"its column {abbreviated(name)} may number the samples, or hold their times; leave it out, "
                "or save an .npz with x and y if it is one of their values"
            )


# ------------------------------------------------------------------------------------------------------ .h5 of SHD


def _read_events(content: bytes, bin_width: float) -> tuple[Array, Array]:
    if not (math.isfinite(bin_width) and bin_width > 0):
        raise InputFileError(f"the bin width is {bin_width} s; it must be above 0")
    lists = read_spike_lists(content)
    if lists.times and not any(map(len, lists.times)):
        raise InputFileError("it holds no spikes; give at least one sample with spikes/times and spikes/units")
    return _counted(lists, bin_width), lists.labels


def _counted(lists: SpikeLists, bin_width: float) -> Array:
    """Return the number of spikes in each bin, float32 (samples, time, units)."""
    samples = len(lists.labels)
    steps = neurons = 1
    for number, (at, unit) in enumerate(lists.samples()):
        if len(at) != len(unit):
            raise InputFileError(f"sample {number} has {len(at)} times but {len(unit)} units; give one unit for each time")
        if not (np.isfinite(at).all() and (at >= 0).all()):
            raise InputFileError(f"a time of sample {number} is below 0 or no number; times are seconds from 0")
        if not ((unit >= 0) & (unit == np.floor(unit)) & (unit < MOST_VALUES)).all():
            raise InputFileError(f"a unit of sample {number} is no whole number from 0")
        if len(at):
            latest = at.max() / bin_width
            if at.max() > LONGEST_SAMPLE and latest > MOST_BINS:
                raise InputFileError(
                    f"sample {number} lasts {at.max():g} s, {latest + 1:,.0f} bins of {bin_width:g} s; give times in seconds, not in ms, "
                    "or use wider bins"
                )
            if latest >= MOST_VALUES:
                raise InputFileError(f"sample {number} lasts {at.max():g} s, too many bins of {bin_width:g} s; use wider bins")
            steps, neurons = max(steps, int(latest) + 1), max(neurons, int(unit.max()) + 1)
    if samples * steps * neurons > MOST_VALUES:
        raise InputFileError(
            f"its spikes unfold to {samples:,} × {steps:,} × {neurons:,} values (samples, time, units), more than the {MOST_VALUES:,} "
            f"that are taken; use wider bins or fewer samples"
        )
    counts = np.zeros((samples, steps, neurons), np.float32)
    for number, (at, unit) in enumerate(lists.samples()):
        np.add.at(counts[number], ((at / bin_width).astype(np.int64), unit.astype(np.int64)), 1)
    return counts
