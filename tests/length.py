"""How many examples the tests draw: a number as a rule, part of it in `make test` and `make check`, ten times as many in `make test-all`.

Examples come from fixed seeds, so that a run finds what the one before found. Of cases that take long each, and of the tests in a browser,
`make test` takes a sample that is a new one for every commit, and `make test-all` takes them all.
"""

from __future__ import annotations

import os
import random
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import settings

LENGTH = float(os.environ.get("SNN_TEST_LENGTH", "1"))
"""Factor on every number of examples."""

EVERYTHING = 10
"""The least `LENGTH` at which nothing is left out."""

USUAL = 100
"""Examples of a test that names no number."""


def examples(count: int, **more: Any) -> settings:
    """Return the settings of a test that draws `count` examples, times `LENGTH`; `more` as `hypothesis.settings` takes it."""
    return settings(max_examples=max(round(count * LENGTH), 1), **more)


def _commit() -> str:
    """Return the commit that is tested, or "" where that isn't known."""
    command = ["git", "-C", str(Path(__file__).parent), "rev-parse", "HEAD"]
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except OSError:
        return ""


SEED = os.environ.get("SNN_TEST_SEED") or _commit()
"""Of the samples of cases. pytest's first lines tell it, and a run with it as SNN_TEST_SEED takes the same ones."""

Case = TypeVar("Case")


def sampled(cases: Iterable[Case], most: int = 1) -> list[Case]:
    """Return `most` of the cases, in their order, drawn for this commit; all of them in `make test-all`."""
    all_of_them = list(cases)
    if LENGTH >= EVERYTHING or len(all_of_them) <= most:
        return all_of_them
    chosen = random.Random(f"{SEED} {len(all_of_them)}").sample(range(len(all_of_them)), most)
    return [all_of_them[place] for place in sorted(chosen)]


def share(cases: Sequence[Case], name: str) -> list[Case]:
    """Return the share `LENGTH` of the cases called `name`, at least one, drawn for this commit; all of them where that is 1 or more."""
    count = min(max(round(len(cases) * LENGTH), 1), len(cases))
    return random.Random(f"{SEED} {name}").sample(cases, count)
