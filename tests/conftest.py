"""Settings of all tests: Hypothesis draws the same examples on every run and sets no deadline, and the fused loops are loaded."""

import pytest
from hypothesis import settings

from snncore import kernels

pytest.register_assert_rewrite("tests.app", "tests.browser", "tests.snncore")  # what helpers assert is told like the rest

settings.register_profile("deterministic", deadline=None, derandomize=True)
settings.load_profile("deterministic")


@pytest.fixture(scope="session", autouse=True)
def fused_loops() -> None:
    kernels.prepare()
