"""What one user may ask of the server, checked before anything is built."""

from __future__ import annotations

import math

from snncore.errors import ExperimentError
from snncore.layer_spec import LayerSpec, NeuronSpec
from snncore.spec import Experiment
from snncore.torch_spec import Conv2dSpec, LinearSpec

LARGEST_WEIGHTS = 4_000_000
"""Weights of all layers together."""

MOST_LAYERS = 40

LARGEST_RECORD = 256 * 2**20
"""Bytes that the record of a training may take, all its epochs together; and the simulations of a network, all together."""

BYTES = 4
"""Of one value, float32."""

TRAINING_QUANTITIES = 4
"""Spikes, u, v and θ or synaptic current of one neuron at one time step."""


def check_training(experiment: Experiment) -> None:
    """Raises ExperimentError where the training is larger than a session may have; names the limit."""
    _check_network(experiment)
    epochs = experiment.training.epochs
    size = _values(experiment, TRAINING_QUANTITIES, TRAINING_QUANTITIES) * BYTES * epochs
    if size > LARGEST_RECORD:
        raise ExperimentError(
            f"Recording {epochs} epochs of {_in_words(experiment)} takes {size / 2**20:,.0f} MB; "
            f"this server keeps up to {LARGEST_RECORD / 2**20:.0f} MB. Use fewer epochs, time steps or neurons."
        )


def check_simulation(experiment: Experiment, runs: int = 1) -> None:
    """Raises ExperimentError where so many runs are more than a session may have; names the limit."""
    _check_network(experiment)
    size = _values(experiment, 1, 3) * BYTES * runs
    if size > LARGEST_RECORD:
        many = "one run" if runs == 1 else f"{runs} runs"
        raise ExperimentError(
            f"Simulating {_in_words(experiment)} takes {size / 2**20:,.0f} MB for {many}; "
            f"this server keeps up to {LARGEST_RECORD / 2**20:.0f} MB. Use fewer samples, time steps or neurons."
        )


def _check_network(experiment: Experiment) -> None:
    layers = len(experiment.network)
    if layers > MOST_LAYERS:
        raise ExperimentError(f"The network has {layers} layers; this server takes up to {MOST_LAYERS}.")
    weights = sum(map(_weights, experiment.network))
    if weights > LARGEST_WEIGHTS:
        raise ExperimentError(f"The network has {weights:,} weights; this server takes up to {LARGEST_WEIGHTS:,}. Use smaller layers.")


def _values(experiment: Experiment, quantities: int, quantities_of_neurons: int) -> int:
    """Numbers that are kept: `quantities` of each value of the input and of layers, `quantities_of_neurons` where they are neurons, and
    what adaptation and synaptic currents add.
    """
    batch, steps, *_ = experiment.input.shape
    values = quantities * math.prod(experiment.input.shape[2:])
    for layer, fit in zip(experiment.network, experiment.fits(), strict=True):
        more = [getattr(layer, name, None) for name in ("tau_syn", "tau_adapt", "rec_connect")]
        kept = quantities_of_neurons + sum(part is not None for part in more) if isinstance(layer, NeuronSpec) else quantities
        values += kept * math.prod(fit.shape or ())
    return batch * steps * values


def _in_words(experiment: Experiment) -> str:
    batch, steps, *shape = experiment.input.shape
    values = math.prod(shape) + sum(math.prod(fit.shape or ()) for fit in experiment.fits())
    return f"{batch}×{steps}×{values} values"


def _weights(layer: LayerSpec | None) -> int:
    if isinstance(layer, LinearSpec):
        return layer.in_features * layer.out_features
    if isinstance(layer, Conv2dSpec):
        return layer.in_channels * layer.out_channels * layer.kernel_size**2
    connection: LayerSpec | None = getattr(layer, "rec_connect", None)
    return 0 if connection is None else _weights(connection)
