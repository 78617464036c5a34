"""A training in the server takes one core, so that pages and other trainings have the rest."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
import threading, time
from itertools import islice
from app.server.process import prepare
from snncore import kernels, ten_spikes, train

prepare()
kernels.prepare()
experiment = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 10_000})
spent = []

def learn():
    for _ in islice(train(experiment), 600):
        pass
    spent.append(time.thread_time())

before = time.process_time()
thread = threading.Thread(target=learn)
thread.start()
thread.join()
print((time.process_time() - before) / spent[0])
"""


@pytest.mark.slow
def test_no_other_thread_computes_or_waits_busily_beside_a_training() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, text=True, check=True)
    assert float(done.stdout) < 1.3, "processor time of the process, as a share of the training's own"
