"""Records of what a layer did in one forward pass, as plain arrays. Simulations and trainings keep them, figures and exports read them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from snncore.arrays import Array
from snncore.layers import StatefulLayer


@dataclass(frozen=True)
class LayerRecord:
    """What one neuron layer did in one forward pass.

    Attributes:
        name: the module's name in the model.
        spikes, u, v: output, membrane potential before and after the reset, each (batch, time, ...).
        i_syn: synaptic current, (batch, time, ...); None for a layer without one, whose current is its input.
        threshold: θ, 0-dimensional, one per neuron, or where it adapts (batch, time, ...); infinite for a layer that never spikes.
        largest_u_over_threshold: max u/θ over batch, time and neurons; below 1 the layer is silent.
    """

    name: str
    spikes: Array
    u: Array
    v: Array
    i_syn: Array | None
    threshold: Array
    largest_u_over_threshold: float

    @property
    def does_spike(self) -> bool:
        return bool(np.isfinite(self.threshold).all())

    @property
    def nbytes(self) -> int:
        """Size of all arrays in bytes."""
        arrays = (self.spikes, self.u, self.v, self.i_syn, self.threshold)
        return sum(array.nbytes for array in arrays if array is not None)


def record_of(name: str, layer: StatefulLayer, output: Tensor, base_threshold: Array) -> LayerRecord:
    """Return the record of the layer's last call.

    Args:
        output: what that call returned.
        base_threshold: θ before that call, from `threshold_of`.
    """
    seen = {quantity: value.detach().numpy() for quantity, value in layer.recordings.items()}
    u, threshold = seen["u"], seen.get("spike_threshold", base_threshold)
    return LayerRecord(
        name=name,
        spikes=output.detach().view(u.shape).numpy(),
        u=u,
        v=seen["v_mem"],
        i_syn=seen.get("i_syn"),
        threshold=threshold,
        largest_u_over_threshold=float((u / threshold).max()),
    )


def threshold_of(layer: StatefulLayer) -> Array:
    """Return a copy of the present θ; infinite for a layer that never spikes."""
    if not layer.does_spike:
        return np.array(math.inf, dtype=np.float32)
    threshold: Tensor = layer.spike_threshold  # type: ignore[assignment]  # a tensor of every layer that spikes
    return threshold.detach().clone().numpy()


def neurons_by_time(values: Array, sample: int) -> Array:
    """Return one sample of (batch, time, ...) as (neurons, time)."""
    of_sample: Array = values[sample]
    return of_sample.reshape(len(of_sample), -1).T


def closest_neuron(record: LayerRecord, sample: int = 0) -> int:
    """Return the neuron whose u comes closest to its threshold, or farthest above.

    In a layer without a threshold, it is the neuron with the largest u.
    """
    reach = record.u / record.threshold if record.does_spike else record.u
    return int(neurons_by_time(reach, sample).max(axis=1).argmax())


@contextmanager
def outputs_kept(modules: dict[str, nn.Module], *, copied: bool = False) -> Iterator[dict[str, Tensor]]:
    """Collect the modules' outputs by name while the context lasts.

    Args:
        copied: keep copies, for a model that may change an output in place later.
    """
    outputs: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module) -> RemovableHandle:
        def hook(_module: nn.Module, _arguments: tuple[Tensor, ...], output: Tensor) -> None:
            outputs[name] = output.clone() if copied else output

        return module.register_forward_hook(hook)

    hooks = [keep(name, module) for name, module in modules.items()]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()
