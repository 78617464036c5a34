"""What a layer did in one forward pass, as plain arrays. Simulations and trainings keep these; figures, diagnoses and exports read them."""

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
        """Bytes of the arrays."""
        arrays = (self.spikes, self.u, self.v, self.i_syn, self.threshold)
        return sum(array.nbytes for array in arrays if array is not None)


def record_of(name: str, layer: StatefulLayer, output: Tensor, base_threshold: Array) -> LayerRecord:
    """The record of the layer's last call, which put out `output`; `base_threshold` is θ as `threshold_of` told it before that call."""
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
    """θ as it stands, a copy; infinite for a layer that never spikes."""
    if not layer.does_spike:
        return np.array(math.inf, dtype=np.float32)
    threshold: Tensor = layer.spike_threshold  # type: ignore[assignment]  # a tensor of every layer that spikes
    return threshold.detach().clone().numpy()


def neurons_by_time(values: Array, sample: int) -> Array:
    """(batch, time, ...) -> (neurons, time) of one sample."""
    of_sample: Array = values[sample]
    return of_sample.reshape(len(of_sample), -1).T


def closest_neuron(record: LayerRecord, sample: int = 0) -> int:
    """The neuron whose u comes closest to its threshold in a sample, or goes farthest beyond; of those without one, the largest u."""
    reach = record.u / record.threshold if record.does_spike else record.u
    return int(neurons_by_time(reach, sample).max(axis=1).argmax())


@contextmanager
def outputs_kept(modules: dict[str, nn.Module]) -> Iterator[dict[str, Tensor]]:
    """Collect what each of the modules puts out while the context lasts, by name."""
    outputs: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module) -> RemovableHandle:
        def hook(_module: nn.Module, _arguments: tuple[Tensor, ...], output: Tensor) -> None:
            outputs[name] = output

        return module.register_forward_hook(hook)

    hooks = [keep(name, module) for name, module in modules.items()]
    try:
        yield outputs
    finally:
        for hook in hooks:
            hook.remove()
