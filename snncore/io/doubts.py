"""Signs that an uploaded file may not hold the raster that it could be read as: names, numbers and axes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from snncore.arrays import Array

LARGEST_COUNT = 20
"""Most spikes of a neuron in one time step; a table of larger whole numbers may hold times."""

LARGEST_PIXEL = 255
"""Largest whole number that may be a pixel; pixels are read as currents."""

MOST_EVENT_COLUMNS = 6
"""Most columns of a table of events: time, x, y, polarity, and extras that a recorder adds."""

FEWEST_RISING = 5
"""Fewest numbers that don't only rise by accident."""

FEWEST_COUNTED = 8
"""Fewest counts of spikes that don't count up by accident."""

MOST_CHANNELS = 2
"""Number of polarities of a sensor."""

LARGEST_PIECE = 2**16
"""Number of values examined at a time."""

OF_NEURONS = re.compile("n|nrn|neurons?|cells?|units?|nodes?|ch|channels?|inputs?|afferents?|electrodes?|pixels?")
"""Words that, with a number, name a neuron: `n0`, `exc_cell_3`."""

OF_ROWS = re.compile(
    "t|ts|us|µs|μs|ms|ns|sec|secs|seconds?|steps?|ticks?|frames?|bins?|clock|dates?|onsets?|latency|latencies|rows?|trials?|samples?|batch"
    "|.*(?:time|stamp|event|index|indices|unnamed).*"
)
"""Words for times or row numbers, never for neurons."""

OF_EVENTS = re.compile(
    "s|(?:g|n)?ids?|idx|i|j|k|units?|cells?|nodes?|sources?|labels?|class|classes|targets?|ch|chan|x|y|p|pol|cols?|columns?|trains?"
    "|(?:unit|cell|node|source)(?:ids?|idx|no|nr|nums?)"
    "|.*(?:neuron|sender|spike|channel|addr|electrode|polarity|pixel|cluster).*"
)
"""Words for the other columns in lists of events, and for labels."""


OF_NUMBERS = re.compile("ids?|idx|nr|no|num|numbers?|keys?")
"""Words for numbers that only name samples."""

OF_PLACES = re.compile("p|pol|units?|ch|chan|.*(?:neuron|sender|channel|addr|electrode|polarit|pixel).*")
"""Words for where an event is, that mean little else."""


def what_names_say(header: Sequence[str]) -> Literal["neurons", "something else", "nothing"]:
    """Return what a table's columns are, judging by their names.

    The exact names of event columns are handled elsewhere. `n0,n1` or `neuron 1,neuron 2` are neurons; `timestamp,neuron_id`, `t [ms]`,
    `Sender` or `index,n0,n1` something else; `a,b` or `V1,V2` say nothing.
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
    """Return True if a name stands for times, events or row numbers."""
    return any(map(OF_ROWS.fullmatch, _words(name)))


def names_places(name: str) -> bool:
    """Return True if a name stands for the places of events: their neurons, channels or polarities."""
    return any(map(OF_PLACES.fullmatch, _words(name)))


def numbers_samples(name: str, column: Array) -> bool:
    """Return True if a column numbers the samples of labelled data, or holds their times, and isn't one of their values.

    It counts up by one over five samples or more. Or its name stands for times or numbers, and it only rises, only falls, or has another
    whole number for each sample.
    """
    if len(column) >= FEWEST_RISING and (np.diff(column) == 1).all():
        return True
    if not names_rows(name) and not any(map(OF_NUMBERS.fullmatch, _words(name))):
        return False
    is_whole = bool((column == np.floor(column)).all())
    return _rises(column) or _rises(-column) or (is_whole and np.unique(column).size == column.size)


def _words(name: str) -> list[str]:
    """Return the words in a name, in lower case; `neuronId` and `t_us` have two."""
    return [word.lower() for word in re.findall(r"[^\W\d_A-Z]+|[A-Z]+(?![a-z])|[A-Z][^\W\d_A-Z]*", name)]


def look_like_events(table: Array) -> bool:
    """Return True if rows or columns may be events or a neuron's spike times.

    Signs are whole numbers too large for counts, times that only rise, and whole places beside times with fractions.
    """
    is_wide = table.shape[1] > MOST_EVENT_COLUMNS
    return _may_be_events(table) or (is_wide and (_may_be_events(table.T) or _are_too_different(table))) or _lists_times(table)


@dataclass(frozen=True)
class Numbering:
    """A row or column that numbers the others: `what` its numbers may be, and `where` it is."""

    what: str
    where: str


def numbering(table: Array) -> Numbering | None:
    """Return the column that numbers the rows, or holds their times, or the row that numbers the columns, if there is one.

    A first column may also rise or fall by other equal steps than one, and so may a last one beside whole numbers; elsewhere, such a line
    may be a current. So may several inner lines that count.
    """
    column = _numbering_line(table)
    if column is None:
        column = next((place for place in (0, table.shape[1] - 1) if _steps_evenly(table, place)), None)
    if column is not None:
        return Numbering("times or row numbers", _place("column", column, table.shape[1]))
    row = _numbering_line(table.T)
    return None if row is None else Numbering("column numbers", _place("row", row, len(table)))


def _place(axis: str, index: int, count: int) -> str:
    return f"first {axis}" if index == 0 else f"last {axis}" if index == count - 1 else f"{axis} {index + 1}"


def _numbering_line(table: Array) -> int | None:
    """Return the column that counts up or down by one beside others that don't all do so, or has different numbers beside only spikes.

    An inner column is meant only if it is the only one that counts, and never by different numbers alone.
    """
    rows, columns = table.shape
    if columns < 2 or rows < FEWEST_RISING:
        return None
    holds_more = np.zeros(columns, bool)
    for piece in _pieces(table):
        holds_more |= ((piece != 0) & (piece != 1)).any(axis=0)
    if holds_more.sum() == 1:
        column = int(holds_more.argmax())
        if column in (0, columns - 1):
            return column if _are_different_numbers(table[:, column]) else None
    if rows < FEWEST_COUNTED:
        return None
    for upwards in (table, table[::-1]):
        reaching = np.flatnonzero(upwards[-1] - upwards[0] == rows - 1)
        counting = reaching[(np.diff(upwards[:, reaching], axis=0) == 1).all(axis=0)]
        if counting.size and not _all_rise(upwards):
            at_edge = counting[(counting == 0) | (counting == columns - 1)]
            if at_edge.size or counting.size == 1:
                return int([*at_edge, *counting][0])
    return None


def _steps_evenly(table: Array, place: int) -> bool:
    """Return True if the first or last column rises or falls evenly and the others don't all, or has different numbers beside spikes."""
    rows, columns = table.shape
    if columns < 2 or rows < (FEWEST_RISING if place else 3):
        return False
    line, others = table[:, place], table[:, :-1] if place else table[:, 1:]
    if numbers_lines(line, others):
        return True
    if place and any((piece != np.floor(piece)).any() for piece in _pieces(others)):
        return False
    return any(_rises_evenly(line[::step]) and not _all_rise(others[::step]) for step in (1, -1))


def numbers_lines(line: Array, others: Array) -> bool:
    """Return True if the line holds different whole numbers, and the others only 0 and 1."""
    return bool(others.size) and _are_different_numbers(line) and bool(((others == 0) | (others == 1)).all())


def _are_different_numbers(line: Array) -> bool:
    """Return True if no two numbers of three or more are equal, and they are whole and not just 0 and 1."""
    if line.size < 3 or line.min() < 0 or line.max() <= 1 or (line != np.floor(line)).any():
        return False
    return np.unique(line).size == line.size


def swaps_time(shape: tuple[int, ...]) -> bool:
    """Return True if the first axis of (batch, time, ...) may be the time.

    It may if there are more than half as many samples as time steps.
    """
    batch, steps = shape[:2]
    return 1 < batch > steps / 2


def misplaces_channels(shape: tuple[int, ...]) -> bool:
    """Return True if (..., channels, height, width) has more channels than a sensor.

    If so, the channels may come last, or this axis may be a batch or the time.
    """
    return shape[-3] > MOST_CHANNELS


def _lists_times(table: Array) -> bool:
    """Return True if each row, or each column, may hold a neuron's spike times.

    Currents that rise evenly over time, or over neurons if they are small, are ramps; so are constant currents.
    """
    is_large = table.max() > LARGEST_COUNT
    if _only_rise(table):
        return bool((table != table[0]).any()) and (is_large or not _are_even(table))
    if is_large and _only_rise(table.T):
        is_ramp = _are_even(table.T) and (table != np.floor(table)).any()
        return bool((table != table[:, :1]).any()) and not is_ramp
    return False


def _only_rise(table: Array) -> bool:
    """Return True if rows never fall, except to padding, and most rise often."""
    if table.shape[1] < FEWEST_RISING:
        return False
    padding = min(table.min(), 0)
    values: list[Array] = []  # number of different values in each row
    for piece in _pieces(table):  # most rasters end it with the first
        is_padding = np.logical_and.accumulate((piece == padding)[:, ::-1], axis=1)[:, ::-1]
        highest = np.maximum.accumulate(piece, axis=1)
        if not ((piece == highest) | is_padding).all():
            return False
        values.append(1 + (highest[:, 1:] > highest[:, :-1]).sum(axis=1))
    different = np.concatenate(values)
    return bool(different.max() >= FEWEST_RISING and np.median(different) > 2)


def _are_even(table: Array) -> bool:
    """Return True if each row rises evenly or is constant."""
    with np.errstate(over="ignore", invalid="ignore"):
        all_steps = (np.diff(piece, axis=1) for piece in _pieces(table))
        return all(bool((np.ptp(steps, axis=1) <= 0.1 * steps.mean(axis=1)).all()) for steps in all_steps)


def _pieces(table: Array) -> Iterator[Array]:
    """Yield a few rows at a time."""
    step = max(1, LARGEST_PIECE // table.shape[1])
    return (table[start : start + step] for start in range(0, len(table), step))


def _are_too_different(table: Array) -> bool:
    """Return True if the values are whole, above any pixel, and mostly different."""
    if table.max() <= LARGEST_PIXEL or table.min() < -1:
        return False
    some = next(_pieces(table))
    if (some != np.floor(some)).any():
        return False
    held = some[some > 0]  # no padding
    return bool(held.size > some.size / 4 and np.unique(held).size > held.size / 2)


def _may_be_events(table: Array) -> bool:
    """Return True if each row of a narrow table may be an event."""
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
    """Return True if the column has more than two different values."""
    return bool(((column > column.min()) & (column < column.max())).any())


def _rises(column: Array) -> bool:
    """Return True if the column never falls, and isn't constant."""
    return bool((column[1:] >= column[:-1]).all() and column[-1] > column[0])


def _all_rise(table: Array) -> bool:
    """Return True if no column ever falls, and none is constant."""
    return bool((table[-1] > table[0]).all() and (table[1:] >= table[:-1]).all())


def _rises_evenly(column: Array) -> bool:
    """Return True if the column rises by the same amount each time, up to rounding."""
    with np.errstate(over="ignore", invalid="ignore"):
        steps = np.diff(column)
        return bool(steps.size and steps.min() > 0 and steps.max() - steps.min() <= 0.1 * steps.mean())
