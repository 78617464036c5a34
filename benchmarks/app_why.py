"""What it costs to see why: recording gradients while a network trains, opening the causes of a spike, and opening credit through time.

`python -m benchmarks.app_why` prints each beside its bar; `python -m benchmarks.app_why short` measures few rounds.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial

import numpy as np
import torch

from app.figures.causes import causes_figure
from app.figures.credit import credit_figure
from app.state.why import Why
from benchmarks.timing import medians
from snncore import kernels
from snncore.experiment.inputs import RandomSpikes
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain import credit, flow
from snncore.layers.model import spiking_layers
from snncore.run.bptt import Trainer
from snncore.run.simulation import Simulation, simulate

MOST_ADDED = 0.30
"""Share of an epoch that recording ∂L/∂u of all layers may add."""

TEN_SPIKES, LARGE = 0.2, 1.0
"""Seconds until an explanation of the ten-spike network, and of 1,000 neurons over 200 steps, is there to be sent."""


def main() -> None:
    torch.set_num_threads(1)
    kernels.prepare()
    rounds = 3 if "short" in sys.argv else 30
    plain, recorded = medians([_epoch(ten_spikes(), records=False), _epoch(ten_spikes(), records=True)], rounds)
    print(f"an epoch of ten spikes {1e3 * plain:.2f} ms; recording ∂L/∂u adds {recorded / plain - 1:.0%}; bar: {MOST_ADDED:.0%}")
    for name, experiment, bar in (("ten spikes", ten_spikes(), TEN_SPIKES), ("1,000 neurons, 200 steps", large(), LARGE)):
        simulation = simulate(experiment)[0]
        opened, known, drawn = medians([partial(_open, simulation), partial(credit, experiment), partial(_open_credit, experiment)], rounds)
        print(
            f"{name}: causes of a spike {1e3 * opened:.0f} ms, credit {1e3 * known:.0f} ms, with its rows {1e3 * drawn:.0f} ms; "
            f"bar: {1e3 * bar:.0f} ms"
        )


def large() -> Experiment:
    """Return a network of 1,000 hidden neurons over 200 steps."""
    network = [
        {"kind": "Linear", "in_features": 100, "out_features": 1000},
        {"kind": "LIF", "tau_mem": 10.0},
        {"kind": "Linear", "in_features": 1000, "out_features": 10},
        {"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 0.1},
    ]
    return Experiment(network=network, input=RandomSpikes(shape=(1, 200, 100), probability=0.8))


def _epoch(experiment: Experiment, *, records: bool) -> Callable[[], object]:
    """Return a call that trains one more epoch."""
    trainer = Trainer(experiment)
    for layer in spiking_layers(trainer.model).values():
        layer.record_gradients = records
    return lambda: list(trainer.epochs(1))


def _open(simulation: Simulation) -> object:
    """Explain the last output spike, or the last output potential, and draw the figure."""
    layer = max(simulation.records)
    fired = np.argwhere(simulation.records[layer].spikes[0])
    step, neuron = fired[-1] if len(fired) else (simulation.input.shape[1] - 1, 0)
    why = Why()
    why.ask(layer, int(neuron), int(step))
    explained = why.explain(simulation, 0)
    return causes_figure(simulation, explained.found, None, "light")


def _open_credit(experiment: Experiment) -> object:
    """Compute credit and draw its figure, one cell asked about."""
    found = credit(experiment)
    layer = max(found.layers)
    flow(found.layers[layer], 0, found.layers[layer].u.shape[1] - 1)
    return credit_figure(experiment, found, found, (layer, 0, 0), "light")


if __name__ == "__main__":
    main()
