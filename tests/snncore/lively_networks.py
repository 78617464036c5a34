"""A small network whose neurons fire often, and where."""

from __future__ import annotations

from typing import Any

import numpy as np

from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.spec import Experiment
from snncore.run.simulation import Simulation

STEPS = 40


def linear(senders: int, receivers: int) -> dict[str, Any]:
    return {"kind": "Linear", "in_features": senders, "out_features": receivers}


def lively(weights: int = 0, **neurons: Any) -> Experiment:
    """Five inputs to four neurons to three, which fire often."""
    layer = {"kind": "LIF", "tau_mem": 8.0, "spike_threshold": 0.1, **neurons}
    return Experiment(
        network=[linear(5, 4), layer, linear(4, 3), layer],
        input=RandomSpikes(shape=(2, STEPS, 5), probability=0.4),
        seeds={"weights": weights},
    )


def spikes_of(simulation: Simulation, layer: int) -> list[tuple[int, int, int]]:
    """(sample, step, neuron) of a layer's spikes."""
    return [tuple(map(int, place)) for place in np.argwhere(simulation.records[layer].spikes)]
