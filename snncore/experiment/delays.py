"""The same Experiment with a bit to remember over another delay, and without the adaptation that carries it."""

from __future__ import annotations

from typing import Any

from snncore.errors import ExperimentError
from snncore.experiment.data.remember import Remember
from snncore.experiment.layers import NEURON_SPECS, NeuronSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification

SHORTEST_ADAPTATION = 20.0
"""Steps."""


def adapting(experiment: Experiment) -> tuple[int, ...]:
    """Return the places of the layers whose threshold adapts."""
    return tuple(place for place, layer in enumerate(experiment.network) if getattr(layer, "tau_adapt", None) is not None)


def at_delay(experiment: Experiment, delay: int) -> Experiment:
    """Return the Experiment with another delay: its input is as long as that takes, and adaptation lasts twice as long as the delay.

    Raises:
        ExperimentError: its task isn't to remember a bit.
    """
    task = experiment.training.task
    if not isinstance(task, Classification) or not isinstance(task.data, Remember):
        raise ExperimentError("Only the data remember have a delay; choose them as the task's data.")
    data = task.data.model_copy(update={"delay": delay})
    batch, _, *shape = experiment.input.shape
    return experiment.replace(
        {
            "training.task.data.delay": delay,
            "input.shape": (batch, data.steps, *shape),
            **{f"network.{place}.tau_adapt": max(2.0 * delay, SHORTEST_ADAPTATION) for place in adapting(experiment)},
        }
    )


def without_adaptation(experiment: Experiment) -> Experiment:
    """Return the Experiment with LIF in place of the layers whose threshold adapts; all else that LIF have stays."""
    network = [_as_lif(layer) if place in adapting(experiment) else layer for place, layer in enumerate(experiment.network)]
    return experiment.replace({"network": [layer.model_dump() for layer in network]})


def _as_lif(layer: Any) -> NeuronSpec:
    spec = NEURON_SPECS["LIFRecurrent" if hasattr(layer, "rec_connect") else "LIF"]
    shared = {name: value for name, value in layer.model_dump().items() if name in spec.model_fields and name != "kind"}
    if layer.learns is not None:
        shared["learns"] = [name for name in layer.learns if name in spec.model_fields]
    return spec(**shared)
