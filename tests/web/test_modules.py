"""Runs the modules' own tests in Node."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.web.node import NODE

FILES = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.removesuffix(".test.mjs"))
def test_module(file: Path) -> None:
    done = subprocess.run([NODE, "--test", str(file)], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
