"""Signs that an uploaded file may hold something else than the raster it could be read as: names, numbers and axes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

import numpy as np

from snncore.record import Array

LARGEST_COUNT = 20
"""Spikes of a neuron in one time step; a table of larger whole numbers may be one of times."""

MOST_EVENT_COLUMNS = 6
"""Columns of a table of events: time, x, y, polarity, and what else a recorder adds."""

FEWEST_RISING = 5
"""Rows from which it is no accident that fractions only rise."""

MOST_CHANNELS = 2
"""Polarities of a sensor."""

OF_NEURONS = re.compile("n|nrn|neurons?|cells?|units?|nodes?|ch|channels?|inputs?|afferents?|electrodes?|pixels?")
"""Words that make a name with a number that of a neuron: `n0`, `exc_cell_3`."""

OF_ROWS = re.compile(
    "t|ts|us|µs|μs|ms|ns|sec|secs|seconds?|steps?|ticks?|frames?|bins?|clock|dates?|onsets?|latency|latencies|rows?|trials?|samples?|batch"
    "|.*(?:time|stamp|event|index|indices|unnamed).*"
)
"""Words of what counts time or rows, never neurons."""

OF_EVENTS = re.compile(
    "s|(?:g|n)?ids?|idx|i|j|k|units?|cells?|nodes?|sources?|labels?|ch|chan|x|y|p|pol|cols?|columns?|trains?"
    "|(?:unit|cell|node|source)(?:ids?|idx|no|nr|nums?)"
    "|.*(?:neuron|sender|spike|channel|addr|electrode|polarity|pixel|cluster).*"
)
"""Words of what else lists of events have columns for."""


def what_names_say(header: Sequence[str]) -> Literal["neurons", "something else", "nothing"]:
    """What the columns of a table are by their names, if these aren't exactly those of events.

    `n0,n1` or `neuron 1,neuron 2` are neurons; `timestamp,neuron_id`, `t [ms]`, `Sender` or `index,n0,n1` something else; `a,b` or `V1,V2`
    say nothing.
    """
    is_of_rows = any(map(names_rows, header))
    numbered = [re.fullmatch(r"(.*?)[\s_.:#-]*(\d+)(?:\s*[(\[].*)?", name) for name in header]
    prefixes = {match[1] for match in numbered if match}
    if not is_of_rows and all(numbered) and len(set(header)) == len(header):
        if all(any(map(OF_NEURONS.fullmatch, _words(prefix))) for prefix in prefixes):
            return "neurons"
        if len(prefixes) == 1 and len(header) > 1:
            return "nothing"
    if is_of_rows or any(OF_EVENTS.fullmatch(word) for name in header for word in _words(name)):
        return "something else"
    return "nothing"


def names_rows(name: str) -> bool:
    """Whether a name is one of times, events or row numbers."""
    return any(map(OF_ROWS.fullmatch, _words(name)))


def _words(name: str) -> list[str]:
    """The words in a name, in lower case; `neuronId` and `t_us` have two."""
    return [word.lower() for word in re.findall(r"[^\W\d_A-Z]+|[A-Z]+(?![a-z])|[A-Z][^\W\d_A-Z]*", name)]


def look_like_events(table: Array) -> bool:
    """Whether the rows of a table, or its columns, may be events: numbers too large for counts, times that only rise, whole places beside
    times with fractions.
    """
    return _may_be_events(table) or (table.shape[1] > MOST_EVENT_COLUMNS and _may_be_events(table.T))


def numbers_rows(table: Array) -> bool:
    """Whether the first column rises evenly, as times and row numbers do, and not every other one rises too."""
    rows, columns = table.shape
    if rows < 3 or columns < 2 or not _rises_evenly(table[:, 0]):
        return False
    return not all(_rises(table[:, column]) for column in range(1, columns))


def swaps_time(shape: tuple[int, ...]) -> bool:
    """Whether of (batch, time, ...) the batch may be the time: there are more than half as many samples as time steps."""
    batch, steps = shape[:2]
    return 1 < batch > steps / 2


def misplaces_channels(shape: tuple[int, ...]) -> bool:
    """Whether (..., channels, height, width) has more channels than a sensor: they may come last, or be a batch or the time."""
    return shape[-3] > MOST_CHANNELS


def _may_be_events(table: Array) -> bool:
    """The same for rows alone."""
    rows, columns = table.shape
    if columns > MOST_EVENT_COLUMNS:
        return False
    whole: list[Array] = []
    broken: list[Array] = []
    for column in table.T:
        (whole if (column == np.floor(column)).all() else broken).append(column)
    if not broken and table.min() >= -1 and any(column.max() > LARGEST_COUNT and (rows < 3 or _varies(column)) for column in whole):
        return True
    if any(_varies(column) and _rises(column) for column in whole):
        return True
    rising = [column for column in broken if _varies(column) and _rises(column)]
    is_ramp = len(rising) == columns and (columns > 1 or _rises_evenly(table[:, 0]))
    if rising and rows >= FEWEST_RISING and not is_ramp:
        return True
    are_places = [column.min() >= 0 and column.max() > column.min() for column in whole]
    are_times = [column.min() >= 0 for column in broken]
    return table.min() >= -1 and any(are_places) and any(are_times)


def _varies(column: Array) -> bool:
    """Whether it has more than two different values."""
    return bool(((column > column.min()) & (column < column.max())).any())


def _rises(column: Array) -> bool:
    """Whether it never falls, and isn't constant."""
    return bool((column[1:] >= column[:-1]).all() and column[-1] > column[0])


def _rises_evenly(column: Array) -> bool:
    """Whether each step up is the same but for rounding."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.diff(column)
        return bool(steps.size and steps.min() > 0 and steps.max() - steps.min() <= 0.1 * steps.mean())
