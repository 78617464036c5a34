"""Fused time loops for the CPU: the same results as `dynamics.scan`, but faster. `fused` decides whether one applies.

The compiled loops start to load when the first layer is made. From the cache that takes some ten milliseconds; otherwise they are
compiled in the background, and the scan is used until they are ready.
"""

from snncore.kernels.fused import scan
from snncore.kernels.loading import begin, disabled, prepare
from snncore.kernels.parameters import STEPS, LoopParameters
from snncore.kernels.sources import Source, mark

__all__ = ["STEPS", "LoopParameters", "Source", "begin", "disabled", "mark", "prepare", "scan"]
