"""The numbers of a .csv file, and the names above them. What they mean is decided in `files`."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import StringIO

import numpy as np

from snncore.errors import InputFileError
from snncore.record import Array
from snncore.spec_errors import abbreviated

SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
"""What may stand between cells. The first of these in the first line is the file's."""

MOST_NAMES = 10_000
"""Columns that a header may name."""

LONGEST_NAME = 100
"""Characters of a column's name."""

THOUSANDS = re.compile(r"\s*[+-]?[1-9]\d{0,2},\d{3}\s*")
"""A number whose comma may as well be decimal as stand between thousands."""


@dataclass(frozen=True)
class Table:
    """The content of a .csv file.

    Attributes:
        header: the columns' names as they were written, without spaces around; empty without a header.
        values: the numbers, (rows, columns), float64.
        lines: number of each row's line, from 1.
    """

    header: Sequence[str]
    values: Array
    lines: Sequence[int]


def read_table(content: bytes) -> Table:
    """Return the numbers in a .csv file, which are separated by commas, semicolons or tabs.

    A comma within a cell is a decimal point if no number of the file has a point, and if one of its numbers shows that it doesn't stand
    between thousands.

    Raises:
        InputFileError: the text is no table of numbers, or can be read in two ways.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((error.object[: error.start] + b"?").splitlines())
        raise InputFileError(f"line {line} is not text in UTF-8; save it as CSV in UTF-8") from error
    lines = StringIO(text, newline=None).readlines()
    separator = _separator(lines)
    values, numbers = array("d"), array("q")
    header: Sequence[str] = ()
    commas = _DecimalCommas()
    first = width = body = 0
    for number, cells in _rows(lines, separator):
        if not width:
            first, width = number, len(cells)
            if any(map(_is_name, cells)) or (len(cells) > 1 and not cells[0].strip()):
                header, body = _header(cells, number), number
                continue
        if len(cells) != width:
            raise InputFileError(f"line {number} has {len(cells):,} columns, but line {first} has {width:,}; give every line as many")
        try:
            values.extend(list(map(float, cells)))  # all of them, or none
        except ValueError:
            values.extend(commas.read(number, cells, SEPARATORS[separator]))
        numbers.append(number)
    if not numbers:
        raise InputFileError("it has no line of numbers; write one for each time step, or for each event")
    commas.check(lines[body:])
    table = Table(header, np.frombuffer(values).reshape(-1, width), numbers)
    if not header and _counts_columns(table, lines):
        raise InputFileError(f"line {first} may count columns, not spikes; write n0,n1,… in its place, or above it if it is a time step")
    return table


def _separator(lines: Sequence[str]) -> str:
    first = next((line for line in lines if line.strip()), "")
    unquoted = re.sub('"[^"]*"', "", first)
    return next((separator for separator in SEPARATORS if separator in unquoted), ",")


def _rows(lines: Sequence[str], separator: str) -> Iterator[tuple[int, Sequence[str]]]:
    """Number and cells of each line that isn't blank."""
    closed = (re.sub('" +(?=[,;\t\n]|$)', '"', line) if '"' in line else line for line in lines)
    rows = csv.reader(closed, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for cells in rows:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield rows.line_num, cells
    except csv.Error as error:
        raise InputFileError(
            f"line {rows.line_num} has a quotation mark out of place, or a cell without end; put one at both ends of a cell or none"
        ) from error


def _header(cells: Sequence[str], line: int) -> Sequence[str]:
    if len(cells) > MOST_NAMES:
        raise InputFileError(f"line {line} has {len(cells):,} names; leave them out above more than {MOST_NAMES:,} neurons")
    for column, cell in enumerate(cells, start=1):
        place = f"line {line}, column {column}"
        if not cell.strip():
            raise InputFileError(f"{place} has no name; name every column, and leave out one that only numbers rows")
        if len(cell) > LONGEST_NAME:
            raise InputFileError(f"{place}: the name {abbreviated(cell)} is too long; use up to {LONGEST_NAME} characters, such as n0")
        if not _is_name(cell):
            raise InputFileError(f"{place}: {abbreviated(cell.strip())} is a number among names; name every column, or write numbers only")
    return [cell.strip() for cell in cells]


def _is_name(cell: str) -> bool:
    """Whether there is something in a cell that isn't meant as a number."""
    text = cell.strip()
    return bool(text) and not _is_number(text) and not re.match(r"[+-]?[.,]?\d", text)


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def _counts_columns(table: Table, lines: Sequence[str]) -> bool:
    """Whether the first row is 0, 1, 2, … or 1, 2, 3, …, the columns' numbers; of one or two columns only where the other numbers are
    written in another way.
    """
    row = table.values[0]
    width = len(row)
    if row[0] not in (0, 1) or not np.array_equal(row, row[0] + np.arange(width)):
        return False
    first, rest = table.lines[0], table.values[1:]
    written_otherwise = rest.size > 0 and "." not in lines[first - 1] and sum(line.count(".") for line in lines[first:]) == rest.size
    return width > 2 or (bool(row[0] == 0) and written_otherwise)


class _DecimalCommas:
    """Numbers that are written with a decimal comma."""

    def __init__(self) -> None:
        self._first = self._doubtful = ""
        self._is_proven = False

    def read(self, line: int, cells: Sequence[str], between: str) -> list[float]:
        """The numbers of a line in which not every cell is one as it stands."""
        numbers = []
        for column, cell in enumerate(cells, start=1):
            try:
                numbers.append(float(cell.replace(",", ".", 1)))
            except ValueError as error:
                problem = f"line {line}, column {column}: {abbreviated(cell.strip())} is not a number"
                if "," in cell and "." in cell:
                    raise InputFileError(f"{problem}; write a decimal point, and nothing between thousands") from error
                raise InputFileError(f"{problem}; write numbers with {between} between") from error
            if "," in cell:
                place = f"line {line}, column {column}: {abbreviated(cell.strip())}"
                self._first = self._first or place
                if THOUSANDS.fullmatch(cell):
                    self._doubtful = self._doubtful or place
                else:
                    self._is_proven = True
        return numbers

    def check(self, lines: Sequence[str]) -> None:
        """Raises InputFileError where the commas may as well stand between thousands."""
        if self._first and any("." in line for line in lines):
            raise InputFileError(f"{self._first} has a comma and other numbers have a point; write a decimal point in all of them")
        if self._doubtful and not self._is_proven:
            raise InputFileError(f"{self._doubtful} has a comma, decimal or between thousands; write a decimal point, or no comma")
