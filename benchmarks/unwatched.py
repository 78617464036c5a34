"""An endless ten-spike training that nobody watches, in a process prepared as the app's: what `app_training` compares with.

`python -m benchmarks.unwatched 200 3000` prints the epochs per second from epoch 200 to epoch 3000.
"""

from __future__ import annotations

import sys
import time

from app.server.process import prepare
from app.server.runner import TrainingRun
from snncore.experiment.spec import ten_spikes

ENDLESS = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 10_000})
"""Its target is out of reach, so it goes on until it is paused, or has run as many epochs as a server takes."""

LOOK_INTERVAL = 0.005
"""Seconds."""


def main() -> None:
    first, last = map(int, sys.argv[1:])
    prepare()
    run = TrainingRun(ENDLESS, speed=None)
    run.play()
    begin, end = _reached(run, first), _reached(run, last)
    run.pause()
    print((end[0] - begin[0]) / (end[1] - begin[1]))


def _reached(run: TrainingRun, epoch: int) -> tuple[int, float]:
    """An epoch that is that one or a little later, and when it was there, in seconds."""
    while len(run.records) <= epoch:
        time.sleep(LOOK_INTERVAL)
    return len(run.records) - 1, time.perf_counter()


if __name__ == "__main__":
    main()
