"""How many examples the tests draw: a sample as a rule, a tenth of it in `make check`, ten times as many in `make test-all`.

Examples come from fixed seeds, so that a run finds what the one before found.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings

LENGTH = float(os.environ.get("SNN_TEST_LENGTH", "1"))
"""Factor on every number of examples."""

USUAL = 100
"""Examples of a test that names no number."""


def examples(count: int, **more: Any) -> settings:
    """Return the settings of a test that draws `count` examples, times `LENGTH`; `more` as `hypothesis.settings` takes it."""
    return settings(max_examples=max(round(count * LENGTH), 1), **more)
