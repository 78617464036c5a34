"""Every program in examples/ runs by itself and prints what it found."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.length import sampled

pytestmark = pytest.mark.slow  # runs whole programs

ROOT = Path(__file__).parents[1]
PROGRAMS = sorted((ROOT / "examples").glob("*.py"))


@functools.cache
def output_of(program: Path, *arguments: str) -> list[str]:
    """The lines that a program prints, run by the interpreter as from a checkout."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, program, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    return ended.stdout.splitlines()


@pytest.mark.parametrize("program", sampled(PROGRAMS, most=2), ids=lambda program: program.stem)
def test_it_runs_and_says_what_it_found(program: Path) -> None:
    assert len(output_of(program)) >= 3


def test_ten_spikes_ends_with_ten_spikes() -> None:
    lines = output_of(ROOT / "examples" / "ten_spikes.py")
    assert any(line.startswith("epoch  51:   10 spikes, loss    0.0") for line in lines)
    assert any(line.startswith("10 output spikes with the trained weights") for line in lines)


def test_own_data_takes_a_file_that_is_named(tmp_path: Path) -> None:
    raster = tmp_path / "mine.csv"
    raster.write_text("n0,n1,n2\n" + "\n".join(f"{t % 2},{t % 3 == 0:d},1" for t in range(50)))
    lines = output_of(ROOT / "examples" / "own_data.py", str(raster))
    assert lines[0] == "mine.csv holds counts: 1 sample(s), 50 time steps, [3] neurons, 92 spikes in all"
    assert lines[-1].endswith("opens as it was: True")
