"""The Experiment as a file, from which everything can be repeated."""

from __future__ import annotations

from app.export.formats import OF_NETWORKS, OF_NEURONS, OF_TRAININGS, Trained, Tuned
from snncore.experiment.spec import Draft


@OF_TRAININGS.register(
    "Experiment (JSON)", "The network, input, training and seeds, with all changes made while it trained.", "experiment.json"
)
def trained_experiment(trained: Trained) -> str:
    """Return the Experiment of a training, as `Experiment.from_json` reads it."""
    return trained.experiment.to_json()


@OF_NETWORKS.register("Experiment (JSON)", "The network, its input and seeds, and how it is trained.", "network.json")
def network_experiment(composed: Draft) -> str:
    """Return the composed network, as `Experiment.from_json` reads it once its layers fit."""
    return composed.to_json()


@OF_NEURONS.register("Experiment (JSON)", "The neuron and its input as data.", "neuron.json")
def neuron_experiment(tuned: Tuned) -> str:
    """Return the Experiment of a single neuron, as `Experiment.from_json` reads it."""
    return tuned.experiment.to_json()
