"""Fused time loops for the CPU: the same results as `dynamics.scan`, sooner. Whether one applies is decided in `fused`.

The compiled loops begin to load when the first layer is made. From the cache that takes some ten milliseconds; else they are compiled,
in the background, and the scan serves until they are there.
"""

from snncore.kernels.fused import STEPS, scan
from snncore.kernels.loading import begin, disabled, prepare

__all__ = ["STEPS", "begin", "disabled", "prepare", "scan"]
