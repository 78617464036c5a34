"""Spiking layers as `torch.nn.Module`s that live in an `nn.Sequential` between `Linear`, `Conv2d` and `AvgPool2d`.

Each neuron model is a file here; it is found automatically and registers its class.
"""

from importlib import import_module
from pkgutil import iter_modules

# Menus offer these models first, in this order.
# isort: off
from snncore.layers.lif import IAF, LIF, SpikingMembrane
from snncore.layers.exp_leak import ExpLeak
from snncore.layers.alif import ALIF

# isort: on
from snncore.layers.analog import Img2SpikeLayer, NeuromorphicReLU, SumPool2d
from snncore.layers.membrane import Membrane
from snncore.layers.models import NEURON_MODELS, neuron_model, recurrent_form, squeezed
from snncore.layers.reshape import FlattenTime, Repeat, UnflattenTime
from snncore.layers.stateful import StatefulLayer

LIFRecurrent = recurrent_form(LIF)
IAFRecurrent = recurrent_form(IAF)
ALIFRecurrent = recurrent_form(ALIF)
LIFSqueeze = squeezed(LIF)
IAFSqueeze = squeezed(IAF)
ExpLeakSqueeze = squeezed(ExpLeak)
ALIFSqueeze = squeezed(ALIF)
LIFRecurrentSqueeze = squeezed(LIFRecurrent)
IAFRecurrentSqueeze = squeezed(IAFRecurrent)
ALIFRecurrentSqueeze = squeezed(ALIFRecurrent)

__all__ = [
    "ALIF",
    "IAF",
    "LIF",
    "NEURON_MODELS",
    "ALIFRecurrent",
    "ALIFRecurrentSqueeze",
    "ALIFSqueeze",
    "ExpLeak",
    "ExpLeakSqueeze",
    "FlattenTime",
    "IAFRecurrent",
    "IAFRecurrentSqueeze",
    "IAFSqueeze",
    "Img2SpikeLayer",
    "LIFRecurrent",
    "LIFRecurrentSqueeze",
    "LIFSqueeze",
    "Membrane",
    "NeuromorphicReLU",
    "Repeat",
    "SpikingMembrane",
    "StatefulLayer",
    "SumPool2d",
    "UnflattenTime",
    "neuron_model",
    "recurrent_form",
    "squeezed",
]

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
