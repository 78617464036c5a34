"""A sample of what `make fuzz` feeds the app: each malformed link or file ends in an Experiment that runs, or in one sentence."""

from __future__ import annotations

import pytest

from snncore.files import LARGEST_FILE
from tests.fuzz.made import Case, case
from tests.fuzz.ways import enter

SAMPLE = range(10_000, 10_080)
"""Seeds; those of `make fuzz` are others."""


@pytest.mark.parametrize("first", range(SAMPLE.start, SAMPLE.stop, 20))
def test_what_is_malformed_ends_in_an_experiment_or_in_a_sentence(first: int) -> None:
    for seed in range(first, first + 20):
        enter(case(seed))


def test_the_same_seed_makes_the_same_case() -> None:
    assert [case(seed) for seed in range(40)] == [case(seed) for seed in range(40)]


@pytest.mark.parametrize("kind", ["link", "json", "tensors", "recording"])
def test_an_empty_one_of_each_kind_is_refused(kind: str) -> None:
    names = {"tensors": "a.safetensors", "recording": "a.npy"}
    assert enter(Case(0, kind, names.get(kind, "a.json"), b"")) is None  # type: ignore[arg-type]  # a literal, by its value
    assert enter(Case(0, kind, names.get(kind, "a.json"), bytes(LARGEST_FILE))) is None  # type: ignore[arg-type]
