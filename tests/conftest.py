"""Settings of all tests: Hypothesis draws the same examples on every run and sets no deadline, and the fused loops are loaded."""

import pytest
from hypothesis import settings

from snncore import kernels
from tests.length import USUAL, examples

settings.register_profile("deterministic", examples(USUAL, deadline=None, derandomize=True))
settings.load_profile("deterministic")


@pytest.fixture(scope="session", autouse=True)
def fused_loops() -> None:
    kernels.prepare()
