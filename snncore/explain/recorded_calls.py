"""The calls of spiking layers in one pass of a model, with all states and gradients recorded, as one run through time for each layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from snncore.errors import InputError
from snncore.layers import StatefulLayer
from snncore.layers.stateful import Scanned

CHECKPOINTED = (
    "A spiking layer is checkpointed (torch.utils.checkpoint), so its steps are computed again in the backward pass and nothing of them is "
    "kept; run the model without the checkpoint."
)


@dataclass
class Call:
    """One call of a layer.

    Attributes:
        received, output: what it was given and what it returned, as the network passed them on, perhaps with time folded into the batch.
        scanned, recordings, gradients: as in `StatefulLayer`; the gradients are there after the backward pass.
    """

    received: Tensor
    output: Tensor
    scanned: Scanned
    recordings: dict[str, Tensor]
    gradients: dict[str, Tensor]


@dataclass
class LayerCalls:
    """All calls of a layer in their order. What follows is (batch, time, ...) over all of them, one after the other."""

    layer: StatefulLayer
    calls: list[Call]

    @property
    def z(self) -> Tensor:
        """The layer's input."""
        return torch.cat([call.scanned.z for call in self.calls], dim=1)

    @property
    def output(self) -> Tensor:
        return torch.cat([call.output.detach().reshape(call.scanned.z.shape) for call in self.calls], dim=1)

    @property
    def recordings(self) -> dict[str, Tensor]:
        return self._joined([call.recordings for call in self.calls])

    @property
    def gradients(self) -> dict[str, Tensor]:
        return self._joined([call.gradients for call in self.calls])

    def before(self, name: str) -> Tensor:
        """Return a state variable before each step."""
        return torch.cat(
            [torch.cat([call.scanned.state[name].unsqueeze(1), call.recordings[name][:, :-1]], dim=1) for call in self.calls], dim=1
        ).detach()

    def handed_down(self, above: LayerCalls, gradient: Tensor | None) -> Tensor | None:
        """Return a gradient of the next layer's input as one of this layer's output; None if it doesn't get there."""
        if gradient is None or len(above.calls) != len(self.calls):
            return None
        parts, handed = gradient.split([call.scanned.z.shape[1] for call in above.calls], dim=1), []
        for own, other, part in zip(self.calls, above.calls, parts, strict=True):
            if not other.received.requires_grad:
                return None
            of_input = part.reshape(other.received.shape)
            (found,) = torch.autograd.grad(other.received, own.output, of_input, retain_graph=True, allow_unused=True)
            if found is None:
                return None
            handed.append(found.reshape(own.scanned.z.shape))
        return torch.cat(handed, dim=1)

    @staticmethod
    def _joined(values: list[dict[str, Tensor]]) -> dict[str, Tensor]:
        return {name: torch.cat([each[name].detach() for each in values], dim=1) for name in values[0]}


@contextmanager
def recording(layers: Mapping[str, StatefulLayer]) -> Iterator[None]:
    """Record all states and gradients of the layers while the context lasts, and reset them at its end.

    They are reset after an error too: what they recorded holds the whole graph.
    """
    before = {name: (layer.record_states, layer.record_gradients) for name, layer in layers.items()}
    for layer in layers.values():
        layer.record_states, layer.record_gradients = True, "all"
    try:
        yield
    finally:
        for name, layer in layers.items():
            layer.record_states, layer.record_gradients = before[name]
            layer.reset_states()


@contextmanager
def calls_kept(layers: Mapping[str, StatefulLayer]) -> Iterator[dict[str, LayerCalls]]:
    """Collect the layers' calls by name, in the order of the first ones, while the context lasts.

    Raises:
        InputError: a layer is called where no gradient is recorded, or again with another batch or other neurons.
    """
    found: dict[str, LayerCalls] = {}
    names = {layer: name for name, layer in layers.items()}

    def keep(layer: Any, arguments: tuple[Tensor, ...], output: Tensor) -> None:
        name = names[layer]
        if not torch.is_grad_enabled():
            raise InputError(
                f"{name} is called where no gradient is recorded; run the model without torch.no_grad and torch.utils.checkpoint around it."
            )
        of_layer = found.setdefault(name, LayerCalls(layer, []))
        call = Call(arguments[0], output, layer.scanned, layer.recordings, layer.gradients)
        if of_layer.calls and without_time(of_layer.calls[0]) != without_time(call):
            raise InputError(
                f"{name} is called with {tuple(of_layer.calls[0].scanned.z.shape)} and then with {tuple(call.scanned.z.shape)}, (batch, "
                "time, ...); all calls must have the same batch and neurons. Give other data a layer of their own."
            )
        of_layer.calls.append(call)

    hooks = [layer.register_forward_hook(keep) for layer in layers.values()]
    try:
        yield found
    finally:
        for hook in hooks:
            hook.remove()


@contextmanager
def called_no_more(layers: Sequence[StatefulLayer]) -> Iterator[None]:
    """Refuse calls of the layers while the context lasts, which is that of a backward pass.

    A checkpoint makes them, from a state that is no longer the same.

    Raises:
        InputError: a layer is called.
    """

    def refuse(layer: Any, arguments: tuple[Any, ...]) -> None:
        raise InputError(CHECKPOINTED)

    hooks = [layer.register_forward_pre_hook(refuse) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def without_time(call: Call) -> tuple[int, ...]:
    """Return the shape of a call's input without its time axis."""
    batch, _, *neurons = call.scanned.z.shape
    return batch, *neurons
