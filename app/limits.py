"""What one user may ask of the server, checked before anything is built."""

from __future__ import annotations

import math

from snncore.errors import ExperimentError
from snncore.layer_spec import LayerSpec
from snncore.spec import Experiment
from snncore.torch_spec import Conv2dSpec, LinearSpec

LARGEST_WEIGHTS = 4_000_000
"""Weights of all layers together."""

LARGEST_RECORD = 256 * 2**20
"""Bytes that the record of a training may take, all its epochs together."""

BYTES_PER_ENTRY = 4 * 4
"""Spikes, u, v and θ of one neuron at one time step, in float32."""


def check_limits(experiment: Experiment) -> None:
    """Raises ExperimentError where the Experiment is larger than a session may have; names the limit."""
    weights = sum(map(_weights, experiment.network))
    if weights > LARGEST_WEIGHTS:
        raise ExperimentError(f"The network has {weights:,} weights; this server takes up to {LARGEST_WEIGHTS:,}. Use smaller layers.")
    batch, steps, *shape = experiment.input.shape
    entries = math.prod(shape)
    for layer in experiment.network:
        shape = list(layer.output_shape(tuple(shape)))
        entries += math.prod(shape)
    size = batch * steps * entries * BYTES_PER_ENTRY * experiment.training.epochs
    if size > LARGEST_RECORD:
        raise ExperimentError(
            f"Recording {experiment.training.epochs} epochs of {batch}×{steps}×{entries} values takes {size / 2**20:,.0f} MB; "
            f"this server keeps up to {LARGEST_RECORD / 2**20:.0f} MB. Use fewer epochs, time steps or neurons."
        )


def _weights(layer: LayerSpec | None) -> int:
    if isinstance(layer, LinearSpec):
        return layer.in_features * layer.out_features
    if isinstance(layer, Conv2dSpec):
        return layer.in_channels * layer.out_channels * layer.kernel_size**2
    connection: LayerSpec | None = getattr(layer, "rec_connect", None)
    return 0 if connection is None else _weights(connection)
