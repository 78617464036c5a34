"""Spiking layers as `torch.nn.Module`s that live in an `nn.Sequential` between `Linear`, `Conv2d` and `AvgPool2d`."""

from snncore.layers.alif import ALIF
from snncore.layers.lif import IAF, LIF
from snncore.layers.membrane import ExpLeak
from snncore.layers.recurrent import ALIFRecurrent, IAFRecurrent, LIFRecurrent
from snncore.layers.reshape import FlattenTime, Repeat, UnflattenTime
from snncore.layers.squeeze import ALIFSqueeze, ExpLeakSqueeze, IAFSqueeze, LIFSqueeze
from snncore.layers.stateful import StatefulLayer

MODELS: tuple[type[StatefulLayer], ...] = (LIF, IAF, ExpLeak, ALIF)
"""The neuron models. Each also has a squeeze form, and those that spike have a recurrent one."""
RECURRENT: tuple[type[StatefulLayer], ...] = (LIFRecurrent, IAFRecurrent, ALIFRecurrent)
SQUEEZED: tuple[type[StatefulLayer], ...] = (LIFSqueeze, IAFSqueeze, ExpLeakSqueeze, ALIFSqueeze)

__all__ = [
    "ALIF",
    "IAF",
    "LIF",
    "MODELS",
    "RECURRENT",
    "SQUEEZED",
    "ALIFRecurrent",
    "ALIFSqueeze",
    "ExpLeak",
    "ExpLeakSqueeze",
    "FlattenTime",
    "IAFRecurrent",
    "IAFSqueeze",
    "LIFRecurrent",
    "LIFSqueeze",
    "Repeat",
    "StatefulLayer",
    "UnflattenTime",
]
