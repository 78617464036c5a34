"""A sample of what `make fuzz` feeds the app: each malformed link or file ends in an Experiment that runs, or in one sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from snncore.io.recordings import LARGEST_FILE
from tests.fuzz.made import KINDS, Case, case
from tests.fuzz.ways import enter

FIRST, CASES = 10_000, 96
"""Seeds that `make fuzz` doesn't use."""


@pytest.mark.slow
def test_what_is_malformed_ends_in_an_experiment_or_in_a_sentence_within_the_limits_of_time_and_memory() -> None:
    command = [sys.executable, "-m", "tests.fuzz", "--first", str(FIRST), "--count", str(CASES)]
    ended = subprocess.run(command, cwd=Path(__file__).parents[1], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert f"{CASES} of {CASES} cases, 0 faults" in ended.stdout


def test_the_same_seed_makes_the_same_case() -> None:
    assert [case(seed) for seed in range(40)] == [case(seed) for seed in range(40)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_one_of_each_kind_is_refused(kind: str) -> None:
    names = {"tensors": "a.safetensors", "recording": "a.npy", "labelled": "a.h5", "torch": "a.pt"}
    assert enter(Case(0, kind, names.get(kind, "a.json"), b"")) is None  # type: ignore[arg-type]  # a literal, by its value
    assert enter(Case(0, kind, names.get(kind, "a.json"), bytes(LARGEST_FILE))) is None  # type: ignore[arg-type]
