"""Spiking layers as `torch.nn.Module`s that live in an `nn.Sequential` between `Linear`, `Conv2d` and `AvgPool2d`."""

from snncore.layers.lif import IAF, LIF
from snncore.layers.squeeze import IAFSqueeze, LIFSqueeze
from snncore.layers.stateful import StatefulLayer

__all__ = ["IAF", "LIF", "IAFSqueeze", "LIFSqueeze", "StatefulLayer"]
