"""Formats numbers and lists for the pages."""

from __future__ import annotations

from collections.abc import Sequence

LARGEST_IN_DIGITS = 1e9
"""Larger counts are written with an exponent."""


def counted(number: float, noun: str) -> str:
    """A whole number and what it counts: 1 spike, 2 spikes, 4.8e+31 spikes."""
    digits = f"{number:.0f}" if number < LARGEST_IN_DIGITS else f"{number:.2g}"
    return f"{digits} {noun}{'' if number == 1 else 's'}"


def operations_in_words(number: float) -> str:
    """A number of synaptic operations, its thousands set apart: 12,345 synaptic operations."""
    digits = f"{number:,.0f}" if number < LARGEST_IN_DIGITS else f"{number:.2g}"
    return f"{digits} synaptic operation{'' if number == 1 else 's'}"


def capitalised(words: str) -> str:
    """The words with a capital first letter."""
    return words[:1].upper() + words[1:]


def listed(words: Sequence[str]) -> str:
    """The words as a list: one, two and three."""
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def ordinal(number: int) -> str:
    """1st, 2nd, ... 20th."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def share_in_words(share: float) -> str:
    """A percentage that is 0% or 100% only if that is exact."""
    if 0.99 < share < 1:
        return "over 99%"
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"


def share_of_threshold(reach: float) -> str:
    """u/θ as a percentage, where it isn't negative."""
    return "below zero" if reach < 0 else share_in_words(reach)


def reach_in_words(value: float) -> str:
    """u/θ with two decimals, or more to tell it from 1, where a neuron spikes."""
    decimals = next((decimals for decimals in range(2, 8) if (round(value, decimals) >= 1) == (value >= 1)), 8)
    return f"{round(value, decimals) + 0.0:.{decimals}f}"  # a zero without a sign


def with_minus(digits: str) -> str:
    """The digits with a minus sign instead of a hyphen."""
    return digits.replace("-", "\u2212")


def three_digits(number: float) -> str:
    """A number with three digits, or from 1000 on as a whole one: 0.781, 62.5, 5,660."""
    return f"{number:.3g}" if abs(number) < 999.5 else f"{number:,.0f}"


def told_apart(value: float, limit: float) -> tuple[str, str]:
    """Two numbers with three digits, or more to show which is larger."""
    pairs = ((f"{value:.{digits}g}", f"{limit:.{digits}g}") for digits in range(3, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), (repr(value), repr(limit)))
