"""What goes from page to page: a neuron of a network with its input to the Neuron page, and from there a layer into a network."""

from __future__ import annotations

from typing import Any

from app.state import composition as session
from app.state.desk import Desk, desk
from app.state.network_view import look
from app.state.tuned_neuron import MOST_STEPS
from snncore.experiment import edits as stack
from snncore.experiment.inputs import FileSpikes
from snncore.experiment.layers import NEURON_SPECS, NeuronSpec
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Draft, Experiment
from snncore.io.recordings import content_hash
from snncore.run.bptt import EpochRecord
from snncore.run.simulation import Simulation, simulate
from snncore.run.single_neuron import lone_neuron

LONGEST_NAME = 100
"""Characters of an input's name."""


def open_neuron(simulation: Simulation, layer: int, neuron: int, sample: int = 0) -> bool:
    """Puts a neuron of a network, with the input that it received, on the Neuron page, where that can be undone.

    Args:
        layer: the place of its layer.
        neuron: its number in the flattened sample.

    Returns:
        Whether it is there; else the desk's complaint says why not.
    """
    held = desk()
    return held.attempt(lambda: _show(held, simulation, layer, neuron, sample))


def open_trained(experiment: Experiment, record: EpochRecord, layer: int, neuron: int) -> bool:
    """The same with a neuron of the first sample as it was at an epoch of a training."""
    held = desk()

    def show() -> None:
        (simulation,) = simulate(experiment.in_force(record.epoch), held.files, parameters=record.parameters)
        _show(held, simulation, layer, neuron, parameters=record.parameters)

    return held.attempt(show)


def use_as_layer(place: int | None) -> bool:
    """Puts the neuron of the Neuron page into the composed network: in place of the neuron layer at `place`, or as a new last layer. The
    Network page then has it selected.

    Returns:
        Whether the network has it; else the desk's complaint says why not.
    """
    layer, looking = desk().tuning.layer, look()

    def with_layer(draft: Draft) -> Draft:
        return stack.put(draft, place, layer if place is None else in_place_of(draft.network[place], layer))

    session.compose(with_layer)
    if session.complaint():
        return False
    looking.forget_neurons()
    looking.layer, looking.panel = len(session.draft().network) - 1 if place is None else place, "Layer"
    return True


def in_place_of(present: Any, layer: NeuronSpec) -> NeuronSpec:
    """The layer; where the present one is recurrent, with its connection, if the model has a recurrent form."""
    recurrent = NEURON_SPECS.get(f"{layer.kind}Recurrent")
    connection = getattr(present, "rec_connect", None)
    if connection is None or recurrent is None:
        return layer
    return recurrent(**layer.model_dump(exclude={"kind", "learns"}), rec_connect=connection)


def _show(held: Desk, simulation: Simulation, layer: int, neuron: int, sample: int = 0, parameters: Parameters | None = None) -> None:
    """Raises ExperimentError where the neuron can't be shown."""
    whole = simulation.experiment
    spec, received = lone_neuron(simulation, layer, neuron, sample, parameters)
    shown = received[None, :MOST_STEPS, None]
    digest = content_hash(shown)
    session.keep_file(digest, shown)
    name = _name(f"{whole.network[layer].kind} {layer + 1}, neuron {neuron}", sample, len(simulation.input), len(received))
    given = FileSpikes(shape=shown.shape, name=name, digest=digest)
    held.tuning.bring(Experiment(dt=whole.dt, network=(spec,), input=given), held.files)


def _name(whose: str, sample: int, batch: int, steps: int) -> str:
    """Where the input comes from."""
    of_sample = f", sample {sample + 1}" if batch > 1 else ""
    first = f"the first {MOST_STEPS:,} of {steps:,} steps of " if steps > MOST_STEPS else ""
    return f"{whose}{of_sample}, with {first}the input it received"[:LONGEST_NAME]
