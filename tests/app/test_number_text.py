"""What is typed into a number field means that number, or is refused in words; never another number."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as some

from app.words.typed_numbers import Numbers, numbers_between, times_power_of_ten, written
from snncore.errors import ExperimentError
from snncore.experiment.training import Seeds, Training
from tests.typed_numbers import TYPED

ANY, WHOLE = Numbers(), Numbers(is_whole=True)
FINITE = some.floats(allow_nan=False, allow_infinity=False)


def read(text: str, numbers: Numbers = ANY) -> float | str:
    """The number, or why there is none."""
    try:
        return numbers.read(text, "Rate")
    except ExperimentError as error:
        return str(error)


@pytest.mark.parametrize(("text", "number", "whole"), TYPED)
def test_what_is_typed_means_what_both_readers_take_it_for(text: str, number: float | None, whole: int | None) -> None:
    for numbers, expected in ((ANY, number), (WHOLE, whole)):
        found = read(text, numbers)
        assert isinstance(found, str) if expected is None else found == expected


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0,01", 0.01),
        ("1,5", 1.5),
        ("-0,5", -0.5),
        ("\u22120.5", -0.5),
        (",5", 0.5),
        (".5", 0.5),
        ("2.", 2.0),
        ("+3", 3.0),
        ("1e-3", 0.001),
        ("1E3", 1000.0),
        ("1,5e-3", 0.0015),
        ("  0,25\u00a0", 0.25),
        ("0,001", 0.001),
        ("0,000", 0.0),
        ("12,3456", 12.3456),
        ("007", 7.0),
    ],
)
def test_a_comma_is_a_decimal_point_and_a_minus_is_a_minus(text: str, number: float) -> None:
    assert read(text) == number


@pytest.mark.parametrize(
    "text",
    ["abc", "1,2,3", "1.000,5", "1,000.5", "1 000", "1_000", "0x10", "nan", "inf", "-Infinity", "٣", "１", "²", "1e", "--1", "1e1.5", "."],
)
def test_what_is_no_number_is_refused_with_what_was_typed(text: str) -> None:
    assert read(text) == f"Rate: {text!r} is not a number; write a number such as 0.5."


@pytest.mark.parametrize("text", ["2,5", "2.5", "2,0", "2.0", "1e3", "1,000", "1_000", "٣", "nan", "1 000"])
def test_a_whole_number_is_never_rounded(text: str) -> None:
    assert read(text, WHOLE) == f"Rate: {text!r} is not a whole number; write a whole number such as 12."


@pytest.mark.parametrize("text", ["1,000", "-1,500", "10,250"])
def test_a_comma_before_three_digits_may_mean_two_numbers_and_is_refused(text: str) -> None:
    assert re.fullmatch(rf"Rate: '{text}' may mean -?1\d+ or -?1\d*\.\d\d\d; write it without the comma\.", str(read(text)))


@pytest.mark.parametrize("text", ["", "  ", "\u00a0"])
def test_an_empty_field_is_refused(text: str) -> None:
    assert read(text) == "Rate: it is empty; write a number such as 0.5."


@pytest.mark.parametrize(("text", "words"), [("1e999", "large"), ("-1e999", "large"), ("1e-999", "small"), ("0,1e-400", "small")])
def test_a_number_beyond_what_can_be_computed_with_is_refused(text: str, words: str) -> None:
    assert read(text) == f"Rate: {text!r} is too {words} to compute with."


def test_a_zero_is_a_zero_with_any_exponent() -> None:
    assert read("0e-999") == 0


def test_whole_numbers_beyond_2_to_53_are_read_to_the_last_digit() -> None:
    assert read(str(2**53 + 1), WHOLE) == 2**53 + 1
    assert read("1" * 19, WHOLE) == f"Rate: '{'1' * 19}' is too large; it must have at most 18 digits."
    assert "is too large" in str(read("9" * 10_000, WHOLE))


@pytest.mark.parametrize(
    ("numbers", "within", "beyond", "words"),
    [
        (Numbers(low=1), "1", "0,9", "a number of at least 1"),
        (Numbers(high=2.5), "2.5", "2,6", "a number of at most 2.5"),
        (Numbers(True, 1, 1796), "1796", "1797", "a whole number from 1 to 1796"),
        (Numbers(True, 1, 1796), "1", "0", "a whole number from 1 to 1796"),
        (Numbers(above=0), "1e-9", "0", "a number above 0"),
        (Numbers(above=0), "1e-9", "-0", "a number above 0"),
        (Numbers(above=0, high=3e38), "3e38", "-1", "a number above 0"),
        (Numbers(above=0, high=3e38), "3e38", "4e38", "a number above 0, at most 3e+38"),
        (Numbers(True, 0, 2**53 - 1), "0", "-1", "a whole number of at least 0"),
        (Numbers(True, 0, 2**53 - 1), str(2**53 - 1), str(2**53), "a whole number from 0 to 9007199254740991"),
    ],
)
def test_what_is_out_of_range_is_refused_and_the_range_named(numbers: Numbers, within: str, beyond: str, words: str) -> None:
    assert read(within, numbers) == float(within)
    assert read(beyond, numbers) == f"Rate: {beyond!r} is out of range; write {words}."


def test_a_field_takes_the_numbers_of_its_schema() -> None:
    assert Numbers.of(Training, "lr") == Numbers(above=0, high=3e38)
    assert Numbers.of(Seeds, "noise") == Numbers(True, 0, 2**53 - 1)


LIMITS = some.tuples(some.just(False), some.lists(some.floats(-1e15, 1e15), min_size=2, max_size=2)) | some.tuples(
    some.just(True), some.lists(some.integers(-(2**53) + 2, 2**53 - 2).map(float), min_size=2, max_size=2)
)


@given(LIMITS, some.sampled_from(["from", "at least", "at most"]))
@example((False, [1.0, 100_000.0]), "from")
def test_a_limit_that_is_named_can_be_typed_as_it_stands_there(limits: tuple[bool, list[float]], ends: str) -> None:
    is_whole, (low, high) = limits[0], sorted(limits[1])
    numbers = Numbers(is_whole, None if ends == "at most" else low, None if ends == "at least" else high)
    said = numbers_between(numbers.low, numbers.high, is_whole)
    assert str(read("no number", numbers)).endswith(f"; write {said}.")
    named = said.partition(f"{ends} ")[2].split(" to ")
    assert [read(limit, numbers) for limit in named] == [limit for limit in (numbers.low, numbers.high) if limit is not None]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [("2, 10, 50", [2, 10, 50]), ("2 10;50", [2, 10, 50]), ("2.5, 10,", [2.5, 10]), ("  ", []), ("7", [7]), ("1 ; 2 , 3", [1, 2, 3])],
)
def test_a_list_is_separated_by_blanks_semicolons_and_commas_with_a_blank(text: str, numbers: list[float]) -> None:
    assert ANY.read_all(text, "Rates") == numbers


@pytest.mark.parametrize("text", ["2,5", "2,10,50", "1, 2,5", "2 ,5"])
def test_in_a_list_a_comma_that_might_be_a_decimal_one_is_refused(text: str) -> None:
    with pytest.raises(ExperimentError, match="may be one number or several"):
        ANY.read_all(text, "Rates")


@given(FINITE)
def test_what_a_field_shows_reads_as_exactly_the_number_in_force(value: float) -> None:
    assert read(written(value)) == value


@given(FINITE)
def test_with_a_comma_for_its_point_it_is_the_same_number_or_refused(value: float) -> None:
    found = read(written(value).replace(".", ","))
    assert found == value or "may mean" in str(found)


@given(some.integers(-(10**18) + 1, 10**18 - 1))
def test_what_a_whole_field_shows_reads_as_exactly_the_number_in_force(value: int) -> None:
    assert read(written(value), WHOLE) == value


@pytest.mark.slow
@given(some.text(max_size=60))
def test_any_other_text_is_a_number_or_refused_in_one_line_of_moderate_length(text: str) -> None:
    for numbers in (ANY, WHOLE):
        found = read(text, numbers)
        assert (len(found) < 400 and "\n" not in found) if isinstance(found, str) else math.isfinite(found)


@given(some.decimals(min_value="1e-6", max_value=1000, places=6))
def test_milliseconds_are_the_digits_of_the_seconds(typed: object) -> None:
    milliseconds = float(str(typed))
    seconds = times_power_of_ten(milliseconds, -3)
    assert seconds == float(f"{typed:f}e-3")
    assert times_power_of_ten(seconds, 3) == milliseconds
