"""The process ends quietly whatever computes or waits in it: torch in a thread that is cut off would abort it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

PROGRAM = """
import time, torch
from app.server.jobs import Job
from app.server.limits import MOST_RUNNING
from app.server.runner import Owner, TrainingRun, slots
from snncore.experiment.spec import ten_spikes

def compute(stop):
    x = torch.randn(300, 300)
    while not stop():
        x = torch.tanh(x @ x)

def begin(owner):
    if {jobs}:
        return Job(owner, compute)
    run = TrainingRun(ten_spikes().replace({{"training.lr": 1e-7, "training.epochs": 10_000}}), None, owner)
    run.play()
    return run

begun = [begin(Owner(str(number))) for number in range(4 * MOST_RUNNING)]
while slots.computing < MOST_RUNNING:
    time.sleep(0.01)
print(len(begun) - slots.computing, "wait")
"""


@pytest.mark.parametrize("jobs", [True, False], ids=["jobs", "trainings"])
def test_work_that_waits_for_its_turn_does_not_begin_as_the_process_ends(jobs: bool) -> None:
    ended = subprocess.run([sys.executable, "-c", PROGRAM.format(jobs=jobs)], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (0, "12 wait\n"), ended.stderr[-2_000:]
