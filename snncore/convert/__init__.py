"""Artificial networks trained with ReLUs become spiking networks with the same weights."""

from snncore.convert.conversion import from_model
from snncore.convert.network import Network
from snncore.convert.normalization import activation_scales, normalize
from snncore.convert.replacing import replace_module, replace_module_
from snncore.convert.synops import SNNAnalyzer, SynOpCounter

__all__ = [
    "Network",
    "SNNAnalyzer",
    "SynOpCounter",
    "activation_scales",
    "from_model",
    "normalize",
    "replace_module",
    "replace_module_",
]
