"""A decimal comma is read as one where it can be nothing else, and no number is read as another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snncore.io.recordings import UploadedInput
from tests.snncore.readings import outcome, read, refusal
from tests.snncore.written_files import csv


@pytest.mark.parametrize(
    ("lines", "numbers"),
    [
        (['"0,5","1,5"'], [[0.5, 1.5]]),
        (["0,5;1,5"], [[0.5, 1.5]]),
        (["0,5\t1,5"], [[0.5, 1.5]]),
        (["n0;n1", "1,234;0,125", "2;-3,5e-1"], [[1.234, 0.125], [2, -0.35]]),
        (['"n0","n1"', '"-0,25",1'], [[-0.25, 1]]),
        (["0;1", "1;0"], [[0, 1], [1, 0]]),
        (["0\t1", "1\t0"], [[0, 1], [1, 0]]),
        (["n0,n1", "0,5", "1,5"], [[0, 5], [1, 5]]),
        (["\u22120.5,\u22120.2", "1,2"], [[-0.5, -0.2], [1, 2]]),
        (["\u22120,5;1", "0;1"], [[-0.5, 1], [0, 1]]),
    ],
)
def test_a_comma_within_a_cell_is_a_decimal_point(lines: list[str], numbers: list[list[float]]) -> None:
    assert read(*lines).values[0].tolist() == np.float32(numbers).tolist()


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        (["1.234,5;1"], "line 1, column 1: '1.234,5' is not a number; write a decimal point, and nothing between thousands."),
        (['"1,234.5",1'], "line 1, column 1: '1,234.5' is not a number; write a decimal point, and nothing between thousands."),
        (
            ["n0;n1", "1;2", "0,5;1.5"],
            "line 3, column 1: '0,5' has a comma and other numbers have a point; write a decimal point in all of them.",
        ),
        (["1,234;2,345"], "line 1, column 1: '1,234' has a comma, decimal or between thousands; write a decimal point, or no comma."),
        (['"1,234","2"'], "line 1, column 1: '1,234' has a comma, decimal or between thousands; write a decimal point, or no comma."),
        (["1,234,567;1"], "line 1, column 1: '1,234,567' is not a number; write numbers with semicolons between."),
        (['0,5,"1'], "line 1 has a quotation mark out of place, or a cell without end; put one at both ends of a cell or none."),
    ],
)
def test_a_comma_that_may_be_something_else_is_refused(lines: list[str], sentence: str) -> None:
    assert refusal("a.csv", csv(*lines)) == sentence


COMMAS = "its commas may be decimal, or stand between columns; write decimal points, or head the columns n0,n1,…."


@pytest.mark.parametrize(
    "lines",
    [
        ("0,5", "0,7", "1,2", "0,9"),
        ("0,05", "1,1"),
        ("-0,5", "0,1"),
        ("0,00", "0,00"),
        ("0,5,1,5", "0,7,1,2"),
        ("0,2,0,3", "0,0,0,0"),
        ("0,05,1,00", "0,00,1,00"),
        ("0,9,1,2,0,8", "1,1,0,4,1,3"),
        ("1,5,2,5", "2,5,3,5"),
        ("12,5,13,5",),
        ("3,1,2,4", "1,2,5,0"),
        ("1,5,12,5,3,0,4,5", "2,5,13,5,3,5,4,0"),
    ],
)
def test_without_quotes_decimal_commas_are_not_taken_to_separate_columns(lines: tuple[str, ...]) -> None:
    assert refusal("a.csv", csv(*lines)) == COMMAS
    header = ",".join(f"n{number}" for number in range(lines[0].count(",") + 1))
    assert read(header, *lines).values[0].tolist() == [[float(cell) for cell in line.split(",")] for line in lines]


@pytest.mark.parametrize(
    "lines",
    [("0,1", "1,1"), ("2,1", "0,0"), ("0.5,-2", "1,3"), ("0, 5", "1, 2"), ("1,-5", "0,3"), ("0,1,1,0", "2,3,1,1")],
)
def test_commas_that_can_only_separate_do(lines: tuple[str, ...]) -> None:
    assert read(*lines).values[0].tolist() == np.float32([[float(cell) for cell in line.split(",")] for line in lines]).tolist()


MARKS = ["NA", "N/A", "#N/A", "n.a.", "-", "--", "\u2013", "\u2026", "?", ".", "none", "None", "null", "<NA>", "missing", "#DIV/0!", "-nan"]


@pytest.mark.parametrize("rest", ["{0}", "1", "n1"])
@pytest.mark.parametrize("mark", [*MARKS, "nan", "NaN", "", "inf", "\u20130.5", "~1", "\u0661", "\u00bd"])
def test_a_first_row_without_names_is_no_header_whatever_else_it_holds(mark: str, rest: str) -> None:
    said = refusal("a.csv", csv(f"{mark},{rest.format(mark)}", "0,1", "1,0"))
    assert said.startswith("line 1, column 1"), said


@pytest.mark.parametrize("mark", MARKS[:-1])
def test_the_mark_of_a_missing_number_is_refused_as_such(mark: str) -> None:
    sentence = f"line 2, column 2: {mark!r} stands for no number; write one in its place."
    assert refusal("a.csv", csv("0,1", f"1,{mark}")) == sentence


@pytest.mark.parametrize("cell", ["1_5", "\u0661", "\uff11", "0x10", "1e", "1__0", "infinit", "\u00b2"])
@pytest.mark.parametrize("other", ["0", "0.5", '"0"'])
def test_only_plain_digits_are_numbers(cell: str, other: str) -> None:
    sentence = f"line 3, column 2: {cell!r} is not a number; write numbers with commas between."
    assert refusal("a.csv", csv("0,1", "0,0", f"{other},{cell}")) == sentence


@given(
    st.lists(
        st.tuples(*[st.sampled_from(["0", "1", "7", "-1", "0.5", "1e3", "+.5", "2.", "x", "1_5", "", "1-2", "1e", "nan"])] * 3), min_size=1
    ),
    st.sampled_from([",", ";", "\t", ", "]),
)
def test_quotes_change_no_number_and_no_refusal(rows: list[tuple[str, ...]], separator: str) -> None:
    """Plain lines and others are read by two ways."""
    header = separator.join(("n0", "n1", "n2"))
    plain = outcome("a.csv", csv(header, *(separator.join(row) for row in rows)))
    quoted = outcome("a.csv", csv(header, *(separator.join(f'"{cell}"' for cell in row) for row in rows)))
    if isinstance(plain, UploadedInput) and isinstance(quoted, UploadedInput):
        assert plain.values.tolist() == quoted.values.tolist()
    else:
        assert plain == quoted


@pytest.mark.slow
@pytest.mark.parametrize(("wrong", "sentence"), [("0,x", "column 2: 'x' is not a number"), ("0", "has 1 columns, but line 1 has 2")])
def test_in_a_long_file_the_line_of_an_error_is_named_and_other_lines_are_kept(wrong: str, sentence: str) -> None:
    lines = ["n0,n1", *["0,1"] * 100_000, "", ' 0.5 ,"2"', *["10,1"] * 100_000]
    values = read(*lines).values[0]
    assert values.shape == (200_001, 2)
    assert values[99_999:100_002].tolist() == [[0, 1], [0.5, 2], [10, 1]]
    said = refusal("a.csv", csv(*lines, wrong))
    assert said.startswith("line 200004")
    assert sentence in said
    events = [line for line in lines[1:] if "." not in line]
    assert refusal("a.csv", csv("t,neuron", *events, "-1,0")).startswith("line 200003: t is -1")


@pytest.mark.slow
def test_what_would_take_long_to_read_is_refused() -> None:
    assert refusal("a.csv", csv("n0,n1", *['"0", 1'] * 400_000)) == (
        "more than 1 MB of it has quotation marks, blanks or the like, which take long to read; leave them out, or save it as .npz."
    )
    assert read("n0,n1", *["0,1"] * 1_000_000).values.shape == (1, 1_000_000, 2)


NUMBERS = st.lists(st.lists(st.decimals(-999, 999, places=2), min_size=2, max_size=2), min_size=1, max_size=5)


@given(NUMBERS, st.sampled_from(",;\t"), st.booleans(), st.sampled_from([".", ","]))
def test_no_number_is_read_as_another(rows: list[list[Any]], separator: str, are_quoted: bool, point: str) -> None:
    cells = [[str(number).replace(".", point) for number in row] for row in rows]
    quote = '"' if are_quoted or point == separator else ""
    lines = ["n0" + separator + "n1", *(separator.join(f"{quote}{cell}{quote}" for cell in row) for row in cells)]
    assert read(*lines).values[0].tolist() == np.float32([[float(number) for number in row] for row in rows]).tolist()
