"""Artificial networks trained with ReLUs become spiking networks with the same weights."""

from snncore.convert.artificial import artificial_network, train_artificial
from snncore.convert.comparison import Compared, ComparedLayer, compare
from snncore.convert.conversion import from_model
from snncore.convert.faults import Fault, faults
from snncore.convert.network import Network
from snncore.convert.normalization import activation_scales, normalize
from snncore.convert.replacing import replace_module, replace_module_
from snncore.convert.synops import SNNAnalyzer, SynOpCounter

__all__ = [
    "Compared",
    "ComparedLayer",
    "Fault",
    "Network",
    "SNNAnalyzer",
    "SynOpCounter",
    "activation_scales",
    "artificial_network",
    "compare",
    "faults",
    "from_model",
    "normalize",
    "replace_module",
    "replace_module_",
    "train_artificial",
]
