"""Synaptic operations and firing rates of a model, counted while it runs.

A synaptic operation is one spike that arrives at one neuron: it adds one weight to a potential. A layer without weights has none.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.utils.hooks import RemovableHandle

from snncore.convert.whole_spikes import WholeSpikes
from snncore.errors import ParameterError
from snncore.layers import NeuromorphicReLU, StatefulLayer
from snncore.layers.squeeze import Squeeze

Convolution = nn.Conv1d | nn.Conv2d | nn.Conv3d
Transposed = nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d

CONVOLUTIONS: tuple[Callable[..., Tensor], ...] = (functional.conv1d, functional.conv2d, functional.conv3d)
"""By number of axes, less 1."""


class SNNAnalyzer:
    """Counts the spikes and synaptic operations of a model's calls, from when it is made until `remove()`.

    A call is one of the model, or of a part of it by itself; a layer that it reaches several times counts all of them. Spikes that an
    average pool or a mean turned into fractions, and those that a batch norm shifted, count as whole spikes. Other functions between
    spikes and weights are taken as they are: a spike times 2 counts twice. Weights of functions such as `F.linear` aren't counted.

    Args:
        model: a module with `Linear`, convolutional or transposed convolutional layers, spiking layers, or both.
        dt: length of a time step in ms, above 0.
    """

    def __init__(self, model: nn.Module, dt: float = 1.0) -> None:
        self._handles: list[RemovableHandle] = []
        if not dt > 0:
            raise ParameterError(f"SNNAnalyzer: dt is {dt}; it must be a number of milliseconds above 0.")
        self.model = model
        self.dt = dt
        self._begin()

    def reset(self) -> None:
        """Forget what was counted, and count from now on."""
        self.remove()
        self._begin()

    def remove(self) -> None:
        """Stop counting: take all hooks off the model."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def __del__(self) -> None:
        self.remove()

    def get_layer_statistics(self, average: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
        """Return numbers of each called layer: `{"spiking": {name: ...}, "parameter": {name: ...}}`.

        Args:
            average: per call, averaged over all calls that reached the layer; else of the last one.

        Returns:
            Of a spiking layer n_neurons, input and output (batch, time, ...), firing_rate and firing_rate_per_neuron in spikes per step.
            Of a layer with weights synops per sample, num_timesteps (0 if the input has no time axis), time_window in ms, synops/s.
        """
        spiking = {name: count.statistics(average) for name, count in self._spikes.items() if count.calls}
        weighted = {name: count.statistics(average, self.dt) for name, count in self._synops.items() if count.calls}
        return {"spiking": spiking, "parameter": weighted}

    def get_model_statistics(self, average: bool = False) -> dict[str, Tensor]:
        """Return numbers of the whole model: `synops` per sample, `n_spiking_neurons`, and `firing_rate`, the mean over all neurons.

        Args:
            average: per call, averaged over all calls; else of the last one.
        """
        layers = self.get_layer_statistics(average)
        rates = [layer["firing_rate_per_neuron"].ravel() for layer in layers["spiking"].values()]
        found = {
            "synops": sum((layer["synops"] for layer in layers["parameter"].values()), torch.tensor(0.0)),
            "n_spiking_neurons": torch.tensor(float(sum(layer["n_neurons"] for layer in layers["spiking"].values()))),
        }
        return {"firing_rate": torch.cat(rates).mean(), **found} if rates else found

    def _begin(self) -> None:
        self._spikes: dict[str, _Spikes] = {}
        self._synops: dict[str, _Synops] = {}
        call = _Call()
        folding = next((layer for layer in self.model.modules() if isinstance(layer, Squeeze)), None)
        for name, module in self.model.named_modules():
            self._handles.append(module.register_forward_pre_hook(call.enter))
            if isinstance(module, StatefulLayer) and module.does_spike:
                self._spikes[name] = _Spikes(call)
                self._handles.append(module.register_forward_hook(self._spikes[name]))
            elif isinstance(module, nn.Linear | Convolution | Transposed):
                self._synops[name] = _Synops(call, folding)
                self._handles.append(module.register_forward_hook(self._synops[name]))
            self._handles.append(module.register_forward_hook(call.leave, always_call=True))


class _Call:
    """The call that is running: of the outermost module, with all that it calls.

    Attributes:
        number: counts calls, from 1.
    """

    def __init__(self) -> None:
        self.number = 0
        self.depth = 0
        self.spikes: WholeSpikes | None = None

    def enter(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Begin a call if none runs, as a hook."""
        if self.spikes is None:
            self.number += 1
            self.spikes = WholeSpikes()
            self.spikes.__enter__()  # type: ignore[no-untyped-call]  # torch's own
        self.depth += 1
        self.spikes.paused += isinstance(module, StatefulLayer)

    def leave(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """End the call that began with this module, as a hook, also after an error."""
        assert self.spikes is not None
        self.depth -= 1
        self.spikes.paused -= isinstance(module, StatefulLayer)
        if not self.depth:
            self.spikes.__exit__(None, None, None)  # type: ignore[no-untyped-call]  # torch's own
            self.spikes = None


class _Spikes:
    """Counts a spiking layer's output, as its hook."""

    def __init__(self, call: _Call) -> None:
        self.call = call
        self.number = 0
        self.calls = 0
        self.earlier: Tensor | float = 0.0
        self.input: Tensor
        self.output: Tensor

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        folding = layer if isinstance(layer, Squeeze) else None
        # A copy, since what follows may change the output in place.
        given, answered = _unfolded(inputs[0], folding), _unfolded(output, folding).clone()
        if self.number == self.call.number:
            given, answered = torch.cat((self.input, given), 1), torch.cat((self.output, answered), 1)
        elif self.calls:
            self.earlier = self.earlier + self.output.detach()
        self.calls += self.number != self.call.number
        self.number = self.call.number
        self.input, self.output = given, answered

    def statistics(self, average: bool) -> dict[str, Any]:
        output = (self.earlier + self.output) / self.calls if average else self.output
        return {
            "n_neurons": self.output[0, 0].numel(),
            "input": self.input,
            "output": output,
            "firing_rate": output.mean(),
            "firing_rate_per_neuron": output.mean((0, 1)),
        }


class _Synops:
    """Counts the synaptic operations of a layer with weights, as its hook.

    Args:
        call: the call that is running.
        folding: a spiking layer that says how (batch*time, ...) unfolds; None if time isn't folded.
    """

    def __init__(self, call: _Call, folding: Squeeze | None) -> None:
        self.call = call
        self.folding = folding
        self.number = 0
        self.calls = 0
        self.earlier: Tensor | float = 0.0
        self.synops: Tensor | float = 0.0
        self.fanout: tuple[torch.Size, Tensor] | None = None

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        assert self.call.spikes is not None
        z = self.call.spikes.of(inputs[0])
        self.steps = 0
        if self.folding is not None:
            z = _unfolded(z, self.folding)
        elif z.dim() == (1 if isinstance(layer, nn.Linear) else 1 + len(layer.kernel_size)):  # type: ignore[arg-type]  # convolutions have one
            z, output = z.unsqueeze(0), output.unsqueeze(0)
        if self.folding is not None or (isinstance(layer, nn.Linear) and z.dim() >= 3):
            self.steps = z.shape[1]
            z = z.sum(1)
        if isinstance(layer, nn.Linear):
            synops = z.mean(0).sum() * layer.out_features
        else:
            assert isinstance(layer, Convolution | Transposed)
            synops = (z.mean(0) * self._fanout(layer, z.shape[1:], output)).sum()
        if self.number != self.call.number:
            self.earlier = self.earlier + (self.synops.detach() if isinstance(self.synops, Tensor) else self.synops)
            self.synops = 0.0
            self.calls += 1
        self.number = self.call.number
        self.synops = self.synops + synops

    def _fanout(self, layer: Convolution | Transposed, shape: torch.Size, output: Tensor) -> Tensor:
        """Return the number of neurons that each input reaches, fewer at an edge: the gradient of their sum with all weights 1."""
        if self.fanout is None or self.fanout[0] != shape:
            ones = torch.ones(layer.weight.shape, dtype=output.dtype, device=output.device)
            if isinstance(layer, Transposed):
                convolution = CONVOLUTIONS[len(layer.kernel_size) - 1]  # goes from its output to its input
                reached = torch.ones_like(output.detach()[:1])
                fanout = convolution(reached, ones, None, layer.stride, layer.padding, layer.dilation, layer.groups)
            else:
                with torch.inference_mode(False), torch.enable_grad():
                    z = torch.zeros(1, *shape, dtype=output.dtype, device=output.device, requires_grad=True)
                    (fanout,) = torch.autograd.grad(layer._conv_forward(z, ones, None).sum(), z)
            self.fanout = shape, fanout[0][tuple(map(slice, shape))]
        return self.fanout[1]

    def statistics(self, average: bool, dt: float) -> dict[str, Any]:
        synops = torch.as_tensor((self.earlier + self.synops) / self.calls if average else self.synops)
        per_second = synops / self.steps / dt * 1000 if self.steps else synops * math.inf
        return {
            "synops": synops,
            "num_timesteps": self.steps,
            "time_window": self.steps * dt,
            "SynOps/s": per_second,
            "synops/s": per_second,
        }


class SynOpCounter:
    """Counts the synaptic operations of an artificial network's `NeuromorphicReLU`s in its last call.

    Args:
        modules: the modules of a model, `model.modules()`.
        sum_activations: return one number for all; else a list.

    Raises:
        ParameterError: there is no `NeuromorphicReLU` with a fanout above 0.
    """

    def __init__(self, modules: Iterable[nn.Module], sum_activations: bool = True) -> None:
        self.modules = [module for module in modules if isinstance(module, NeuromorphicReLU) and module.fanout > 0]
        self.sum_activations = sum_activations
        if not self.modules:
            raise ParameterError("SynOpCounter: no module is a NeuromorphicReLU with a fanout above 0; put one after each layer.")

    def __call__(self) -> Tensor | list[Tensor]:
        """Return the synaptic operations per sample, differentiable."""
        counted = [module.activity for module in self.modules if module.activity is not None]
        if len(counted) < len(self.modules):
            raise ParameterError("SynOpCounter: the model hasn't run yet; call it before you count.")
        return torch.stack(counted).sum() if self.sum_activations else counted


def _unfolded(x: Tensor, folding: Squeeze | None) -> Tensor:
    """Return (batch, time, ...), from (batch*time, ...) if a squeeze layer folds it."""
    if folding is None:
        return x
    unfolded: Tensor = x.unflatten(0, (folding.batch_size, -1) if folding.batch_size else (-1, folding.num_timesteps or 1))
    return unfolded
