"""Synaptic operations and firing rates of a model, counted while it runs.

A synaptic operation is one spike that arrives at one neuron: it adds one weight to a potential. A layer without weights has none.
"""

from __future__ import annotations

import inspect
import math
import threading
from collections.abc import Callable, Iterable
from types import FrameType
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

_taking = threading.Lock()
"""Held while what a call counted is added."""


class SNNAnalyzer:
    """Counts the spikes and synaptic operations of a model's calls, from when it is made until `remove()`.

    A call is one of the model, or of a part of it by itself; a layer that it reaches several times counts all of them. Spikes that an
    average pool or a mean turned into fractions, and those that a batch norm shifted, count as whole spikes. Other functions between
    spikes and weights are taken as they are: a spike times 2 counts twice. Weights of functions such as `F.linear` aren't counted.

    Threads may call the model at once: each call counts for itself when it ends, and the last to end is the last call. A call that is
    interrupted, as by Ctrl-C, isn't counted.

    Args:
        model: a module with `Linear`, convolutional or transposed convolutional layers, spiking layers, or both.
        dt: length of a time step in ms, above 0.
    """

    def __init__(self, model: nn.Module, dt: float = 1.0) -> None:
        self._handles: list[RemovableHandle] = []
        self._calls = _Calls()
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
        """Stop counting: take all hooks off the model. A call that runs isn't counted."""
        for handle in self._handles:
            handle.remove()
        self._handles = []
        self._calls.end_all()

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
        folding = next((layer for layer in self.model.modules() if isinstance(layer, Squeeze)), None)
        for name, module in self.model.named_modules():
            self._handles.append(module.register_forward_pre_hook(self._calls.enter))
            if isinstance(module, StatefulLayer) and module.does_spike:
                self._spikes[name] = _Spikes(self._calls)
                self._handles.append(module.register_forward_hook(self._spikes[name]))
            elif isinstance(module, nn.Linear | Convolution | Transposed):
                self._synops[name] = _Synops(self._calls, folding)
                self._handles.append(module.register_forward_hook(self._synops[name]))
            self._handles.append(module.register_forward_hook(self._calls.leave, always_call=True))


class _Running:
    """A call that runs: of the outermost module, with all that it calls.

    Attributes:
        frame: of the outermost module's call. If nothing of the thread is called from it any more, the call was interrupted.
        entered: modules that run, the outermost first.
        found: by counter, what it counted so far.
    """

    def __init__(self, frame: FrameType | None) -> None:
        self.frame = frame
        self.entered: list[nn.Module] = []
        self.found: dict[_Spikes | _Synops, Any] = {}
        self.spikes = WholeSpikes()
        self.spikes.__enter__()  # type: ignore[no-untyped-call]  # torch's own


class _Calls:
    """The calls that run now, one for each thread."""

    def __init__(self) -> None:
        self.running: dict[int, _Running] = {}

    def __getstate__(self) -> dict[str, Any]:
        return {"running": {}}  # a copy runs nothing yet

    def now(self) -> _Running | None:
        """Return the call that this thread runs; None outside of one."""
        return self.running.get(threading.get_ident())

    def enter(self, module: nn.Module, inputs: tuple[Any, ...]) -> None:
        """Begin a call if none runs, as a hook."""
        hook = inspect.currentframe()
        called_from = hook.f_back if hook is not None else None
        running = self.now()
        if running is not None and not _is_called_from(called_from, running.frame):  # torch calls no hook at a KeyboardInterrupt
            self.end(threading.get_ident())
            running = None
        if running is None:
            running = self.running[threading.get_ident()] = _Running(called_from)
        running.entered.append(module)
        running.spikes.paused = running.spikes.paused or isinstance(module, StatefulLayer)

    def leave(self, module: nn.Module, inputs: tuple[Any, ...], output: Any) -> None:
        """End the call that began with this module, as a hook, also after an error."""
        running = self.now()
        if running is None or module not in running.entered:  # the analyzer was reset within the call
            return
        while running.entered.pop() is not module:
            pass
        running.spikes.paused = any(isinstance(entered, StatefulLayer) for entered in running.entered)
        if not running.entered:
            self.end(threading.get_ident())
            with _taking:
                for counter, found in running.found.items():
                    counter.take(found)

    def end(self, thread: int) -> None:
        """End the call of a thread, without counting it."""
        running = self.running.pop(thread, None)
        if running is not None:
            running.spikes.end()

    def end_all(self) -> None:
        """End the calls of all threads, without counting them."""
        for thread in list(self.running):
            self.end(thread)


def _is_called_from(frame: FrameType | None, caller: FrameType | None) -> bool:
    while frame is not None and frame is not caller:
        frame = frame.f_back
    return frame is caller


class _Spikes:
    """Counts a spiking layer's output, as its hook."""

    def __init__(self, running: _Calls) -> None:
        self.running = running
        self.calls = 0
        self.earlier: Tensor | float = 0.0
        self.input: Tensor
        self.output: Tensor

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        running = self.running.now()
        if running is None:
            return
        folding = layer if isinstance(layer, Squeeze) else None
        # A copy, since what follows may change the output in place.
        given, answered = _unfolded(inputs[0], folding), _unfolded(output, folding).clone()
        if self in running.found:
            before = running.found[self]
            given, answered = torch.cat((before[0], given), 1), torch.cat((before[1], answered), 1)
        running.found[self] = given, answered

    def take(self, found: tuple[Tensor, Tensor]) -> None:
        """Add what was counted in one call."""
        if self.calls:
            self.earlier = self.earlier + self.output.detach()
        self.calls += 1
        self.input, self.output = found

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
        running: the calls that run.
        folding: a spiking layer that says how (batch*time, ...) unfolds; None if time isn't folded.
    """

    def __init__(self, running: _Calls, folding: Squeeze | None) -> None:
        self.running = running
        self.folding = folding
        self.steps = 0
        self.calls = 0
        self.earlier: Tensor | float = 0.0
        self.synops: Tensor | float = 0.0
        self.fanout: tuple[torch.Size, Tensor] | None = None

    def __call__(self, layer: nn.Module, inputs: tuple[Tensor, ...], output: Tensor) -> None:
        running = self.running.now()
        if running is None:
            return
        z = running.spikes.of(inputs[0])
        steps = 0
        if self.folding is not None:
            z = _unfolded(z, self.folding)
        elif z.dim() == (1 if isinstance(layer, nn.Linear) else 1 + len(layer.kernel_size)):  # type: ignore[arg-type]  # convolutions have one
            z, output = z.unsqueeze(0), output.unsqueeze(0)
        if self.folding is not None or (isinstance(layer, nn.Linear) and z.dim() >= 3):
            steps = z.shape[1]
            z = z.sum(1)
        if isinstance(layer, nn.Linear):
            synops = z.mean(0).sum() * layer.out_features
        else:
            assert isinstance(layer, Convolution | Transposed)
            synops = (z.mean(0) * self._fanout(layer, z.shape[1:], output)).sum()
        before, _ = running.found.get(self, (0.0, 0))
        running.found[self] = before + synops, steps

    def take(self, found: tuple[Tensor, int]) -> None:
        """Add what was counted in one call."""
        if isinstance(self.synops, Tensor):
            self.earlier = self.earlier + self.synops.detach()
        self.calls += 1
        self.synops, self.steps = found

    def _fanout(self, layer: Convolution | Transposed, shape: torch.Size, output: Tensor) -> Tensor:
        """Return the number of neurons that each input reaches, fewer at an edge: the gradient of their sum with all weights 1."""
        known = self.fanout
        if known is None or known[0] != shape:
            ones = torch.ones(layer.weight.shape, dtype=output.dtype, device=output.device)
            if isinstance(layer, Transposed):
                convolution = CONVOLUTIONS[len(layer.kernel_size) - 1]  # goes from its output to its input
                reached = torch.ones_like(output.detach()[:1])
                fanout = convolution(reached, ones, None, layer.stride, layer.padding, layer.dilation, layer.groups)
            else:
                with torch.inference_mode(False), torch.enable_grad():
                    z = torch.zeros(1, *shape, dtype=output.dtype, device=output.device, requires_grad=True)
                    (fanout,) = torch.autograd.grad(layer._conv_forward(z, ones, None).sum(), z)
            known = self.fanout = shape, fanout[0][tuple(map(slice, shape))]
        return known[1]

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
