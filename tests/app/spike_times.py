"""A training that learns times of spikes, and one that is run to its end."""

from __future__ import annotations

import time
from typing import Any

from app.server.runner import TrainingRun
from snncore.experiment.spec import Experiment, ten_spikes

AWAKE = {"network.1.norm_input": False, "network.3.norm_input": False}
TIMES = ((20, 60), (40,), (), ())


def timed(**more: Any) -> Experiment:
    return ten_spikes().replace({"training.task": {"kind": "spike_times", "times": TIMES}, **AWAKE, **more})


def wait_for(run: TrainingRun) -> TrainingRun:
    limit = time.monotonic() + 60
    while run.is_running:
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.005)
    return run


def played(experiment: Experiment) -> TrainingRun:
    run = TrainingRun(experiment, speed=None)
    run.play()
    return wait_for(run)
