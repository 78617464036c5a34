"""Synaptic operations of spikes that reach a convolution, counted while a network runs: a spike at an edge reaches fewer neurons."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager

import torch
from torch import Tensor, nn

from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.torch_layers import Conv2dSpec, DropoutSpec
from snncore.run.record import outputs_kept


class IntoConvolutions:
    """Counts the synaptic operations that spikes cause in the Conv2d behind their layer, also through a dropout.

    Args:
        experiment: of the network.
        model: the network that it builds.
    """

    def __init__(self, experiment: Experiment, model: nn.Module) -> None:
        self._fanout: dict[str, Tensor] = {}
        spiking: str | None = None
        shape = experiment.input.shape[2:]
        for place, (layer, fit) in enumerate(zip(experiment.network, experiment.fits(), strict=True)):
            if isinstance(layer, NeuronSpec):
                spiking = str(place) if layer.does_spike else None
            elif isinstance(layer, Conv2dSpec) and spiking is not None:
                self._fanout[spiking] = torch.from_numpy(layer.fanout(*shape[1:]))
            if not isinstance(layer, NeuronSpec | DropoutSpec):
                spiking = None
            shape = fit.shape or ()
        self._layers = {name: model.get_submodule(name) for name in self._fanout}

    def watch(self) -> AbstractContextManager[Mapping[str, Tensor]]:
        """Collect the outputs of the layers whose spikes reach a Conv2d, by name, while the context lasts."""
        return outputs_kept(self._layers)

    def count(self, outputs: Mapping[str, Tensor]) -> float:
        """Return the synaptic operations that these outputs cause, all samples and steps together."""
        with torch.no_grad():
            met = (torch.tensordot(output, self._fanout[name], dims=2).sum(dtype=torch.float64) for name, output in outputs.items())
            return float(sum(found.item() for found in met))
