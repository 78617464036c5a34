"""Spiking layers as `torch.nn.Module`s that live in an `nn.Sequential` between `Linear`, `Conv2d` and `AvgPool2d`."""

from snncore.layers.alif import ALIF
from snncore.layers.lif import IAF, LIF
from snncore.layers.membrane import ExpLeak
from snncore.layers.recurrent import ALIFRecurrent, IAFRecurrent, LIFRecurrent
from snncore.layers.reshape import FlattenTime, Repeat, UnflattenTime
from snncore.layers.squeeze import (
    ALIFRecurrentSqueeze,
    ALIFSqueeze,
    ExpLeakSqueeze,
    IAFRecurrentSqueeze,
    IAFSqueeze,
    LIFRecurrentSqueeze,
    LIFSqueeze,
)
from snncore.layers.stateful import StatefulLayer

MODELS: tuple[type[StatefulLayer], ...] = (LIF, IAF, ExpLeak, ALIF)
"""The neuron models. Those that spike have a recurrent form."""
RECURRENT: tuple[type[StatefulLayer], ...] = (LIFRecurrent, IAFRecurrent, ALIFRecurrent)
SQUEEZED: dict[type[StatefulLayer], type[StatefulLayer]] = {
    LIF: LIFSqueeze,
    IAF: IAFSqueeze,
    ExpLeak: ExpLeakSqueeze,
    ALIF: ALIFSqueeze,
    LIFRecurrent: LIFRecurrentSqueeze,
    IAFRecurrent: IAFRecurrentSqueeze,
    ALIFRecurrent: ALIFRecurrentSqueeze,
}
"""The form of each for (batch*time, ...)."""

__all__ = [
    "ALIF",
    "IAF",
    "LIF",
    "MODELS",
    "RECURRENT",
    "SQUEEZED",
    "ALIFRecurrent",
    "ALIFRecurrentSqueeze",
    "ALIFSqueeze",
    "ExpLeak",
    "ExpLeakSqueeze",
    "FlattenTime",
    "IAFRecurrent",
    "IAFRecurrentSqueeze",
    "IAFSqueeze",
    "LIFRecurrent",
    "LIFRecurrentSqueeze",
    "LIFSqueeze",
    "Repeat",
    "StatefulLayer",
    "UnflattenTime",
]
