"""Moves a network's neuron with its input to the Neuron page, and the neuron tuned there into a network."""

from __future__ import annotations

from typing import Any

from app.state.desk import Desk
from app.state.surrogate import SURROGATE
from app.state.tuned_neuron import MOST_STEPS, check_model
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.inputs import FileSpikes
from snncore.experiment.layers import NEURON_SPECS, NeuronSpec
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Draft, Experiment
from snncore.io.recordings import content_hash
from snncore.run.simulation import Simulation
from snncore.run.single_neuron import lone_neuron

LONGEST_NAME = 100
"""Most characters of an input's name."""


def open_neuron(desk: Desk, simulation: Simulation, layer: int, neuron: int, sample: int = 0) -> None:
    """Put a network's neuron, with the input it received, on the Neuron page, where undo takes it back.

    Args:
        layer: place of its layer.
        neuron: its number in the flattened sample.

    Raises:
        ExperimentError: it can't be shown there.
    """
    _show(desk, simulation, layer, neuron, sample)


def open_trained(desk: Desk, layer: int, neuron: int) -> None:
    """Put a neuron of the trained network on the Neuron page, with the first sample, or of labelled data the one that
    is shown, at the epoch on display.

    Raises:
        ExperimentError: it can't be shown there.
    """
    simulation = desk.training.whole_pass(desk.training.seen_record)
    _show(desk, simulation, layer, neuron, parameters=simulation.parameters)


def try_surrogate(desk: Desk) -> None:
    """Explain the surrogate of the present training, and try the Neuron page's one there.

    Raises:
        ExperimentError: the composed network can't be trained, or has no surrogate.
    """
    training = desk.training
    reason = training.prepare()
    if reason:
        raise ExperimentError(f"The network of the Training page can't be trained so far: {reason}")
    training.surrogate.layer_of(training.run.in_force)  # refused if there is none
    training.open_insight("surrogate")
    training.surrogate.try_this(training.run.in_force, desk.neuron.experiment.at(f"network.0.{SURROGATE}"))


def use_as_layer(desk: Desk, place: int | None) -> None:
    """Put the Neuron page's neuron into the composed network, and select it on the Network page.

    It replaces the neuron layer at `place`, or becomes a new last layer.

    Raises:
        ExperimentError: the network can't have it.
    """
    layer, composition = desk.neuron.layer, desk.composition

    def with_layer(draft: Draft) -> Draft:
        return edits.put(draft, place, layer if place is None else in_place_of(draft.network[place], layer))

    composition.compose(with_layer)
    composition.view.forget_neurons()
    composition.view.select(len(composition.present.network) - 1 if place is None else place)


def in_place_of(present: Any, layer: NeuronSpec) -> NeuronSpec:
    """Return the layer, with the present layer's recurrent connection if its model has a recurrent form."""
    recurrent = NEURON_SPECS.get(f"{layer.kind}Recurrent")
    connection = getattr(present, "rec_connect", None)
    if connection is None or recurrent is None:
        return layer
    return recurrent(**layer.model_dump(exclude={"kind", "learns"}), rec_connect=connection)


def _show(desk: Desk, simulation: Simulation, layer: int, neuron: int, sample: int = 0, parameters: Parameters | None = None) -> None:
    """Raise ExperimentError if the neuron can't be shown."""
    whole = simulation.experiment
    spec, received = lone_neuron(simulation, layer, neuron, sample, parameters)
    check_model(spec)
    shown = received[None, :MOST_STEPS, None]
    digest = content_hash(shown)
    desk.keep_file(digest, shown)
    name = _name(f"{whole.layer_label(str(layer))}, neuron {neuron}", sample, len(simulation.input), len(received))
    given = FileSpikes(shape=shown.shape, name=name, digest=digest)
    desk.neuron.bring(Experiment(dt=whole.dt, network=(spec,), input=given))


def _name(whose: str, sample: int, batch: int, steps: int) -> str:
    """Return the input's name, which says where it comes from."""
    of_sample = f", sample {sample + 1}" if batch > 1 else ""
    first = f"the first {MOST_STEPS:,} of {steps:,} steps of " if steps > MOST_STEPS else ""
    return f"{whose}{of_sample}, with {first}the input it received"[:LONGEST_NAME]
