"""Settings of all tests: Hypothesis draws the same examples on every run and sets no deadline, and the fused loops are loaded."""

import importlib
import os
import sys
from collections.abc import Iterator
from types import ModuleType

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before torch is loaded; tests run side by side

import pytest
from hypothesis import settings

from snncore import kernels, unregister_neuron
from snncore.experiment.inputs import INPUT_KINDS
from tests.length import SEED, USUAL, examples

pytest.register_assert_rewrite("tests.app", "tests.browser", "tests.snncore")  # what helpers assert is told like the rest

settings.register_profile("deterministic", examples(USUAL, deadline=None, derandomize=True))
settings.load_profile("deterministic")


def pytest_report_header() -> str:
    return f"Samples of what takes long are drawn by SNN_TEST_SEED={SEED}"


@pytest.fixture(scope="session", autouse=True)
def fused_loops() -> None:
    kernels.prepare()


@pytest.fixture
def own_neuron() -> Iterator[ModuleType]:
    """`examples.own_neuron`, whose model is registered while the test lasts."""
    module = importlib.import_module("examples.own_neuron")
    yield module
    unregister_neuron("RefractoryLIF")
    del sys.modules["examples.own_neuron"]


@pytest.fixture
def own_input() -> Iterator[ModuleType]:
    """`examples.own_input`, whose kind is registered while the test lasts."""
    module = importlib.import_module("examples.own_input")
    yield module
    INPUT_KINDS.remove("sawtooth")
    del sys.modules["examples.own_input"]
