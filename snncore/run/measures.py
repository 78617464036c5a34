"""Numbers computed from a simulation or an epoch: spike intervals, synaptic operations, incoming weights, α and 1-α of each layer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch

from snncore.arrays import Array
from snncore.experiment.layers import LayerSpec, NeuronSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, DropoutSpec, FlattenSpec, LinearSpec
from snncore.layers.bounds import decay
from snncore.run.bptt import EpochRecord
from snncore.run.record import LayerRecord
from snncore.run.simulation import Simulation


def spike_intervals(spikes: Array) -> Array:
    """Return the intervals between each neuron's spikes, in steps, all neurons in one row.

    A step with several spikes counts once.

    Shape: (time, neurons) -> (intervals,).
    """
    neurons, times = np.nonzero(spikes.T)
    same_neuron = np.diff(neurons) == 0
    intervals: Array = np.diff(times)[same_neuron].astype(np.float32)
    return intervals


def is_spikes(values: Array) -> bool:
    """Return True if all values are spike counts: whole numbers ≥ 0."""
    return bool((values >= 0).all() and (values == np.trunc(values)).all())


def synaptic_operations(layer: LayerSpec, received: Array) -> Array | None:
    """Return the number of synaptic operations at each step.

    Each input spike counts once for every connection that leaves its neuron. None for a layer without weights, and if the input
    isn't spikes.

    Shape: (batch, time, ...) -> (batch, time).
    """
    if not is_spikes(received):
        return None
    if isinstance(layer, LinearSpec):
        operations: Array = received.sum(axis=tuple(range(2, received.ndim))) * layer.out_features
        return operations
    if isinstance(layer, Conv2dSpec):
        seen: Array = np.einsum("btchw,hw->bt", received, layer.fanout(*received.shape[3:]))
        return seen
    return None


def operations_of(simulation: Simulation, layer: int) -> Array | None:
    """Return the synaptic operations of a layer of weights at each step of a run.

    None for a layer without weights, and if its input isn't spikes, or isn't kept.

    Args:
        layer: its place in the network.

    Shape: (batch, time).
    """
    experiment = simulation.experiment
    if layer == 0:
        return synaptic_operations(experiment.network[0], simulation.input) if experiment.carries_spikes else None
    before = simulation.records.get(layer - 1)
    if (before is None and len(simulation.outputs) < layer) or (before is not None and not before.does_spike):
        return None
    return synaptic_operations(experiment.network[layer], simulation.received(layer) if before is None else before.spikes)


def recurrent_operations(layer: LayerSpec, spikes: Array) -> Array | None:
    """Return the synaptic operations of a layer's recurrent connection, in the steps of the spikes that cause them.

    None for a layer without one, and for one that doesn't spike.

    Shape: (batch, time, ...) -> (batch, time).
    """
    connection = layer.recurrent_connection if isinstance(layer, NeuronSpec) and layer.does_spike else None
    if connection is None:
        return None
    operations: Array = spikes.sum(axis=tuple(range(2, spikes.ndim))) * connection.out_features
    return operations


def operations_into(simulation: Simulation, layer: int) -> Array | None:
    """Return the synaptic operations by which spikes reach a layer of neurons, its own over its recurrent connection included.

    None if there are none, or they can't be counted.

    Args:
        layer: its place in the network.

    Shape: (batch, time).
    """
    before = operations_of(simulation, layer - 1) if layer else None
    own = recurrent_operations(simulation.experiment.network[layer], simulation.records[layer].spikes)
    if before is None or own is None:
        return own if before is None else before
    both: Array = before + own
    return both


def all_operations(simulation: Simulation) -> float | None:
    """Return the synaptic operations of a whole run, all layers, samples and steps; None if none can be counted."""
    network = simulation.experiment.network
    found = [operations_of(simulation, place) for place in range(len(network))]
    found += [recurrent_operations(network[place], record.spikes) for place, record in simulation.records.items()]
    counted = [operations for operations in found if operations is not None]
    return sum(float(operations.sum(dtype=np.float64)) for operations in counted) if counted else None


def operations_per_epoch(experiment: Experiment, records: Sequence[EpochRecord], data: Array) -> Array | None:
    """Return the synaptic operations of each epoch's forward pass, all layers, samples and steps.

    They follow from the firing rates, so that records without arrays have them too. None if they can't be counted, or don't follow: a
    spike before a Conv2d has more or fewer operations by its place, and labelled data come in batches.

    Args:
        records: of a training, the first one whole.
        data: the input of every epoch, (batch, time, ...).

    Shape: (epochs,).
    """
    if experiment.training.task.is_labelled:
        return None
    rates = np.array([record.rates for record in records])
    neurons = iter(enumerate(records[0].layers))
    carries_spikes = experiment.carries_spikes and is_spikes(data)
    spikes = np.full(len(records), data.sum(dtype=np.float64)) if carries_spikes else None
    total, is_counted, is_input = np.zeros(len(records)), False, True
    for layer in experiment.network:
        if isinstance(layer, NeuronSpec):
            place, record = next(neurons)
            spikes, is_input = np.rint(rates[:, place] * record.u.size) if record.does_spike else None, False
            connection = layer.recurrent_connection
            if connection is not None and spikes is not None:
                total, is_counted = total + spikes * connection.out_features, True
        elif isinstance(layer, LinearSpec | Conv2dSpec) and spikes is not None:
            if isinstance(layer, LinearSpec):
                total += spikes * layer.out_features
            else:
                found = synaptic_operations(layer, data) if is_input else None
                if found is None:
                    return None
                total += found.sum(dtype=np.float64)
            spikes, is_counted = None, True
        elif not isinstance(layer, FlattenSpec):
            spikes = None
    return total if is_counted else None


@dataclass(frozen=True)
class PerSample:
    """What a sample costs a network that learns labelled data, on average over an epoch.

    Attributes:
        spikes: of all layers that spike.
        operations: synaptic operations that these cause; those of the input are not counted. None where spikes reach weights through a
            pool, which makes other values of them.
    """

    spikes: float
    operations: float | None


def per_sample(experiment: Experiment, record: EpochRecord) -> PerSample:
    """Return the spikes and synaptic operations of a sample in an epoch of labelled data, from its firing rates."""
    steps, rates = experiment.input.shape[1], iter(record.rates)
    spikes = fired = 0.0
    operations = record.into_convolutions
    for layer, fit in zip(experiment.network, experiment.fits(), strict=True):
        if isinstance(layer, NeuronSpec):
            count = next(rates) * math.prod(fit.shape or ()) * steps
            fired = count if layer.does_spike else 0.0
            spikes += fired
            connection = layer.recurrent_connection
            operations += fired * connection.out_features if connection else 0.0
        elif isinstance(layer, LinearSpec):
            operations += fired * layer.out_features
            fired = 0.0
        elif isinstance(layer, Conv2dSpec):
            operations += math.nan if math.isnan(fired) else 0.0
            fired = 0.0
        elif not isinstance(layer, FlattenSpec | DropoutSpec):
            fired = math.nan if fired else 0.0  # values that are no spikes
    return PerSample(spikes, None if math.isnan(operations) else operations)


@dataclass(frozen=True)
class IncomingWeights:
    """Weights that lead to one neuron.

    Attributes:
        values: (inputs,), or (channels, height, width) for a convolution.
        source: place in the network of the layer they come from; for recurrent weights, the neuron's own layer.
    """

    source: int
    values: Array


def incoming_weights(simulation: Simulation, layer: int, neuron: tuple[int, ...]) -> tuple[IncomingWeights, ...]:
    """Return the weights that feed a neuron, its recurrent ones included.

    They belong to the Linear or Conv2d before it; pooling and dropout in between are skipped. If pooling takes the mean of several
    neurons of a Linear, no single row of weights is the neuron's, and none is returned.

    Args:
        layer: place of the neuron's layer in the network.
        neuron: its index in the layer's shape, (...).
    """
    found = []
    is_pooled = False
    for source in range(layer - 1, -1, -1):
        before = simulation.experiment.network[source]
        is_pooled = is_pooled or isinstance(before, AvgPool2dSpec)
        if isinstance(before, LinearSpec) and not is_pooled:
            found.append(IncomingWeights(source, simulation.weights[f"{source}.weight"][neuron[-1]]))
        elif isinstance(before, Conv2dSpec):
            found.append(IncomingWeights(source, simulation.weights[f"{source}.weight"][neuron[0]]))
        if not isinstance(before, DropoutSpec | AvgPool2dSpec):
            break
    recurrent = simulation.weights.get(f"{layer}.rec_connect.weight")
    if recurrent is not None:
        found.append(IncomingWeights(layer, recurrent[neuron[-1]]))
    return tuple(found)


def leak_factor(record: LayerRecord, parameters: Mapping[str, Array]) -> Array:
    """Return α of each neuron as the layer rounds it; 1 without leak."""
    for kind in ("tau_mem", "alpha_mem"):
        value = parameters.get(f"{record.name}.{kind}")
        if value is not None:
            return decay(torch.from_numpy(value), is_alpha=kind == "alpha_mem", longest_tau=math.inf)[0].numpy()
    return np.ones((), dtype=record.u.dtype)


def input_gains(experiment: Experiment, record: EpochRecord) -> dict[int, Array]:
    """Return the factor 1-α of each layer with normalised input, by the layer's place."""
    normalised = {index for index, layer in enumerate(experiment.network) if getattr(layer, "norm_input", False)}
    layers = {int(layer.name): layer for layer in record.layers}
    return {index: 1 - leak_factor(layer, record.parameters) for index, layer in layers.items() if index in normalised}
