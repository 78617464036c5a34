"""What one user may ask of the server, checked before anything is built."""

from __future__ import annotations

import math

from snncore.errors import ExperimentError
from snncore.layer_spec import LayerSpec, NeuronSpec
from snncore.spec import Draft, Experiment
from snncore.torch_spec import Conv2dSpec, LinearSpec

LARGEST_WEIGHTS = 4_000_000
"""Weights of all layers together."""

MOST_LAYERS = 40
MOST_STEPS = 20_000

LARGEST_RECORD = 256 * 2**20
"""Bytes that the record of a training may take, all its epochs together; and the simulations of a network, all together."""

LARGEST_PAST = 64 * 2**20
"""Bytes of a training that is kept to be compared with."""

MOST_EPOCHS = 10_000
FEWEST_EPOCHS = 8
"""So many epochs of a training must fit at least, to be looked back at."""

MOST_RUNNING = 4
"""Trainings that compute at once, of all users together; further ones wait for their turn."""

MOST_RUNNING_OF_ONE = 2
"""Of one user."""

BYTES = 4
"""Of one value, float32."""

NEURON_QUANTITIES = 3
"""Spikes, u and v."""


def check_training(experiment: Experiment) -> None:
    """Raises ExperimentError where the training is larger than a session may have; names the limit."""
    check_network(experiment)
    if experiment.training.epochs > MOST_EPOCHS:
        raise ExperimentError(
            f"The training has {experiment.training.epochs:,} epochs; this server takes up to {MOST_EPOCHS:,}. Use fewer."
        )
    size = (_values(experiment, of_others=0, of_neurons=NEURON_QUANTITIES) + sum(map(_weights, experiment.network))) * BYTES
    if size * FEWEST_EPOCHS > LARGEST_RECORD:
        raise ExperimentError(
            f"Recording an epoch of {_in_words(experiment)} takes {size / 2**20:,.0f} MB; this server takes up to "
            f"{LARGEST_RECORD / FEWEST_EPOCHS / 2**20:.0f} MB. Use fewer samples, time steps, neurons or weights."
        )


def check_simulation(experiment: Experiment, runs: int = 1) -> None:
    """Raises ExperimentError where so many runs are more than a session may have; names the limit."""
    check_network(experiment)
    steps = experiment.input.shape[1]
    if steps > MOST_STEPS:
        raise ExperimentError(f"The input has {steps:,} time steps; this page takes up to {MOST_STEPS:,}. Use fewer.")
    size = _values(experiment, of_others=1, of_neurons=NEURON_QUANTITIES) * BYTES * runs
    if size > LARGEST_RECORD:
        many = "one run" if runs == 1 else f"{runs} runs"
        raise ExperimentError(
            f"Simulating {_in_words(experiment)} takes {size / 2**20:,.0f} MB for {many}; "
            f"this server keeps up to {LARGEST_RECORD / 2**20:.0f} MB. Use fewer samples, time steps or neurons."
        )


def check_network(draft: Draft) -> None:
    """Raises ExperimentError where there are more layers or weights than a session may have, whether the layers fit or not."""
    layers = len(draft.network)
    if layers > MOST_LAYERS:
        raise ExperimentError(f"The network has {layers} layers; this server takes up to {MOST_LAYERS}.")
    weights = sum(map(_weights, draft.network))
    if weights > LARGEST_WEIGHTS:
        raise ExperimentError(f"The network has {weights:,} weights; this server takes up to {LARGEST_WEIGHTS:,}. Use smaller layers.")


def _values(experiment: Experiment, of_others: int, of_neurons: int) -> int:
    """Numbers that are kept: so many quantities of the input and of layers without neurons, so many of neurons, and what adaptation,
    recurrence and synaptic currents add.
    """
    batch, steps, *sample = experiment.input.shape
    values = of_others * math.prod(sample)
    for layer, fit in zip(experiment.network, experiment.fits(), strict=True):
        kept = of_others
        if isinstance(layer, NeuronSpec):
            kept = of_neurons + sum(getattr(layer, name, None) is not None for name in ("tau_syn", "tau_adapt", "rec_connect"))
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
