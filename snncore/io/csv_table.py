"""The numbers of a .csv file, and the names above them. What they mean is decided in `recordings`."""

from __future__ import annotations

import csv
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from snncore.arrays import Array
from snncore.errors import InputFileError
from snncore.experiment.errors import abbreviated
from snncore.io.doubts import MOST_EVENT_COLUMNS, numbers_lines
from snncore.written_numbers import MINUS, NUMBER, THOUSANDS

SEPARATORS = {";": "semicolons", "\t": "tabs", ",": "commas"}
"""Separators of cells. A file uses the first of these that its first line contains."""

MOST_NAMES = 10_000
"""Most columns that a header may name."""

LONGEST_NAME = 100
"""Most characters of a column's name."""

LARGEST_PIECE = 2**18
"""Most characters that are read at once."""

MOST_READ_SLOWLY = 2**20
"""Most characters with quotation marks, blanks and similar, which take twenty times as long to read as plain numbers."""

FEW_SPIKES = 3
"""Most spikes of a neuron in one time step that are rather a count than the digits behind a decimal comma."""

NO_REMEDIES: Mapping[str, str] = {}

NO_NUMBERS = "it has no line of numbers; write one for each time step, or for each event"

NOT_FINITE = re.compile(r"[+-]?(nan|inf|infinity)", re.IGNORECASE)
"""Python's and NumPy's spellings of infinity and NaN. No raster may hold them."""

MISSING = {"na", "nan", "nat", "nil", "none", "null", "missing", "nodata", "undefined"}
"""Marks of a missing number, in lower case and without punctuation."""


Integers: TypeAlias = NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """The content of a .csv file.

    Attributes:
        header: the columns' names as written, without spaces around them; empty without a header.
        values: the numbers, (rows, columns), float64.
        lines: line number of each row, from 1.
        may_be_decimals: whether the commas between cells may be decimal commas.
    """

    header: Sequence[str]
    values: Array
    lines: Integers
    may_be_decimals: bool


def read_table(content: bytes, remedies: Mapping[str, str] = NO_REMEDIES) -> Table:
    """Return the numbers in a .csv file, separated by commas, semicolons or tabs.

    A comma within a cell is a decimal point if no number in the file has a point, and if at least one number shows that its comma doesn't
    separate thousands.

    Args:
        remedies: what to write in a column whose cells aren't numbers, by its name in lower case, as a clause.

    Raises:
        InputFileError: the text isn't a table of numbers, or can be read in two ways.
    """
    text = _text(content)
    separator = _separator(text)
    stream = StringIO(text)
    first, cells = next(_rows(stream, separator), (0, []))
    if not cells:
        raise InputFileError(NO_NUMBERS)
    header: Sequence[str] = ()
    body, begin = text, 0
    if any(map(_is_name, cells[: MOST_NAMES + 1])) or (len(cells) > 1 and not cells[0].strip()):
        header = _header(cells, first)
        body, begin = text[stream.tell() :], first
    commas = _DecimalCommas({place: remedies[name.lower()] for place, name in enumerate(header, start=1) if name.lower() in remedies})
    values, lines = _numbers(body, separator, (first, len(cells)), begin, commas)
    if not lines.size:
        raise InputFileError(NO_NUMBERS)
    commas.check(body)
    if not header and _counts_columns(values, body):
        raise InputFileError(f"line {first} may count columns, not spikes; write n0,n1,… in its place, or above it if it is a time step")
    return Table(header, values, lines, separator == "," and not header and _may_be_decimals(values, body))


def _text(content: bytes) -> str:
    """Return the content with "\\n" after each line and "-" before negative numbers."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = len((error.object[: error.start] + b"?").splitlines())
        raise InputFileError(f"line {line} is not text in UTF-8; save it as CSV in UTF-8") from error
    return text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").replace(MINUS, "-") + "\n"


def _numbers(body: str, separator: str, first: tuple[int, int], line: int, commas: _DecimalCommas) -> tuple[Array, Integers]:
    """Return the numbers of all lines, (rows, columns), and each row's line number.

    Args:
        first: line number and number of columns of the first line that isn't blank.
        line: number of the line before the body.
    """
    width, read_slowly = first[1], 0
    values: list[Array] = []
    lines: list[Integers] = []
    start = 0
    while start < len(body):
        end = body.find("\n", min(start + LARGEST_PIECE, len(body) - 1)) + 1
        piece, start = body[start:end], end
        numbers = _plain_numbers(piece, separator, width, commas.are_decimal)
        if numbers is None:
            read_slowly += len(piece)
            if read_slowly > MOST_READ_SLOWLY + LARGEST_PIECE:
                raise InputFileError(
                    f"more than {MOST_READ_SLOWLY / 2**20:.0f} MB of it has quotation marks, blanks or the like, which take long to read; "
                    "leave them out, or save it as .npz"
                )
            numbers, places = _read_slowly(piece, separator, first, line, commas)
        else:
            places = np.arange(line + 1, line + 1 + len(numbers), dtype=np.int64)
        values.append(numbers)
        lines.append(places)
        line += piece.count("\n")
    return np.concatenate([np.empty((0, width)), *values]), np.concatenate([np.empty(0, np.int64), *lines])


def _plain_numbers(piece: str, separator: str, width: int, are_commas_decimal: bool) -> Array | None:
    """Return the numbers of lines with nothing but numbers, if nothing about them is doubtful."""
    if separator != "," and "," in piece:
        if not are_commas_decimal:
            return None
        piece = piece.replace(",", ".")
    if not piece.isascii():
        return None
    written = piece.replace(f"{separator} ", separator).encode()
    if written.translate(None, b"0123456789.+-eE\n" + separator.encode()):
        return None
    marks = np.frombuffer(written.translate(None, b"0123456789.+-eE"), np.uint8)
    if marks.size % width or (marks.reshape(-1, width) != [ord(separator)] * (width - 1) + [ord("\n")]).any():
        return None
    if len(written) == 2 * marks.size:  # the case of most spikes: one digit in each cell
        found = np.frombuffer(written, np.uint8)[::2] - float(ord("0"))
        if found.min() >= 0 and found.max() <= 9:
            return found.reshape(-1, width)
    try:
        return np.array(list(map(float, written.replace(separator.encode(), b"\n").split(b"\n")[:-1]))).reshape(-1, width)
    except ValueError:  # the slow reader finds and names the cells that aren't numbers
        return None


def _read_slowly(piece: str, separator: str, first: tuple[int, int], before: int, commas: _DecimalCommas) -> tuple[Array, Integers]:
    """Return the numbers of any lines; raise an error that says where they're wrong."""
    values, numbers = array("d"), array("q")
    start, width = first
    for number, cells in _rows(StringIO(piece), separator, before):
        if len(cells) != width:
            raise InputFileError(f"line {number} has {len(cells):,} columns, but line {start} has {width:,}; give every line as many")
        values.extend(commas.read(number, cells, SEPARATORS[separator]))
        numbers.append(number)
    return np.frombuffer(values).reshape(-1, width), np.frombuffer(numbers, np.int64)


def _separator(text: str) -> str:
    first = re.search(r"\S[^\n]*", text)
    unquoted = re.sub('"[^"]*"', "", first[0]) if first else ""
    return next((separator for separator in SEPARATORS if separator in unquoted), ",")


def _rows(lines: Iterable[str], separator: str, before: int = 0) -> Iterator[tuple[int, Sequence[str]]]:
    """Yield number and cells of each line that isn't blank. `before` is the number of the line before."""
    closed = (re.sub('" +(?=[,;\t\n]|$)', '"', line) if '"' in line else line for line in lines)
    rows = csv.reader(closed, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        for cells in rows:
            if len(cells) > 1 or (cells and cells[0].strip()):
                yield before + rows.line_num, cells
    except csv.Error as error:
        raise InputFileError(
            f"line {before + rows.line_num} has a quotation mark out of place, or a cell without end; "
            "put one at both ends of a cell or none"
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
        if _is_missing(cell):
            raise InputFileError(f"{place}: {abbreviated(cell.strip())} is no name; name every column, and write numbers below")
        if not _is_name(cell):
            raise InputFileError(f"{place}: {abbreviated(cell.strip())} is a number among names; name every column, or write numbers only")
    return [cell.strip() for cell in cells]


def _is_name(cell: str) -> bool:
    """Return True if a cell holds a word, not a number or missing number."""
    text = cell.strip()
    is_number = re.match(r"[\W_]*\d", text) or NOT_FINITE.fullmatch(text)
    return any(map(str.isalpha, text)) and not is_number and not _is_missing(text)


def _is_missing(cell: str) -> bool:
    """Return True if a cell marks a missing number: `NA`, `-`, `?`, `#DIV/0!`."""
    text = cell.strip()
    bare = re.sub(r"[\W_]", "", text).lower()
    return bool(text) and (not bare or bare in MISSING or bool(re.fullmatch(r"#.*[!?]", text)))


def _counts_columns(values: Array, body: str) -> bool:
    """Return True if the first row may hold the columns' numbers.

    It counts up from 0 or 1, or from anywhere, up or down, over more than three columns; or its whole numbers all differ, and those below
    are nothing but spikes or are all written with a point.
    """
    row, rest = values[0], values[1:]
    width = len(row)
    if width > (2 if row[0] in (0, 1) else 3) and any(np.array_equal(row, row[0] + sign * np.arange(width)) for sign in (1, -1)):
        return bool(row.min() >= 0)
    if numbers_lines(row, rest):
        return True
    if np.unique(row).size < width or row.min() < 0 or (width == 1 and row[0] != 0):
        return False
    top, _, below = body.lstrip("\n").partition("\n")
    return bool(rest.size and "." not in top and "e" not in top.lower() and below.count(".") == rest.size)


def _may_be_decimals(values: Array, body: str) -> bool:
    """Return True if the commas may be decimal, so that each number was read as two.

    Then both sides of each comma are digits only, and what stands behind the commas is more than spikes: with two columns something above
    1; with more, something that reaches much further than what stands before them, or with up to six, above `FEW_SPIKES`. So is a leading
    zero, and a row of numbers that all end in 0 or 5.
    """
    whole, decimals = values[:, ::2], values[:, 1::2]
    if whole.shape != decimals.shape or body.encode().translate(None, b"0123456789,+-\n") or ",-" in body or ",+" in body:
        return False
    columns, most = values.shape[1], 2 * whole.max() + 1
    if columns <= MOST_EVENT_COLUMNS:
        most = 1 if columns == 2 else min(most, FEW_SPIKES)
    are_halves = decimals.max() == 5 and bool(((decimals == 0) | (decimals == 5)).all() and not ((whole == 0) | (whole == 5)).all())
    return bool(decimals.max() > most) or are_halves or bool(re.search(",0[0-9]", body))


class _DecimalCommas:
    """Numbers that may be written with a decimal comma.

    Attributes:
        are_decimal: whether one of them shows that its comma doesn't separate thousands.
    """

    def __init__(self, remedies: Mapping[int, str]) -> None:
        """Take what to write in a column whose cells aren't numbers, by its place from 1."""
        self._remedies = remedies
        self._first = self._doubtful = ""
        self.are_decimal = False

    def read(self, line: int, cells: Sequence[str], between: str) -> list[float]:
        """Return the numbers of a line."""
        usual = f"write numbers with {between} between"
        return [
            self._read(f"line {line}, column {column}", cell.strip(), self._remedies.get(column, usual))
            for column, cell in enumerate(cells, start=1)
        ]

    def _read(self, place: str, cell: str, remedy: str) -> float:
        pointed = cell.replace(",", ".", 1)
        if not NUMBER.fullmatch(pointed) and not NOT_FINITE.fullmatch(cell):
            if _is_missing(cell):
                raise InputFileError(f"{place}: {abbreviated(cell)} stands for no number; write one in its place")
            problem = f"{place}: {abbreviated(cell)} is not a number"
            if "," in cell and "." in cell:
                raise InputFileError(f"{problem}; write a decimal point, and nothing between thousands")
            raise InputFileError(f"{problem}; {remedy}")
        if "," in cell:
            place = f"{place}: {abbreviated(cell)}"
            self._first = self._first or place
            if THOUSANDS.fullmatch(cell):
                self._doubtful = self._doubtful or place
            else:
                self.are_decimal = True
        return float(pointed)

    def check(self, body: str) -> None:
        """Raise InputFileError if the commas may as well separate thousands."""
        if self._first and "." in body:
            raise InputFileError(f"{self._first} has a comma and other numbers have a point; write a decimal point in all of them")
        if self._doubtful and not self.are_decimal:
            raise InputFileError(f"{self._doubtful} has a comma, decimal or between thousands; write a decimal point, or no comma")
