"""The Experiment as a file, from which everything can be repeated."""

from __future__ import annotations

from app.export.formats import OF_NEURONS, OF_TRAININGS, Trained, Tuned


@OF_TRAININGS.register(
    "Experiment (JSON)", "The network, input, training and seeds, with all changes made while it trained.", "experiment.json"
)
def trained_experiment(trained: Trained) -> str:
    """Return the Experiment of a training, as `Experiment.from_json` reads it."""
    return trained.experiment.to_json()


@OF_NEURONS.register("Experiment (JSON)", "The neuron and its input as data.", "neuron.json")
def neuron_experiment(tuned: Tuned) -> str:
    """Return the Experiment of a single neuron, as `Experiment.from_json` reads it."""
    return tuned.experiment.to_json()
