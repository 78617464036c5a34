"""Fused time loops for the CPU: the same results as `dynamics.scan`, sooner. Whether one applies is decided in `fused`.

The compiled loops are loaded in the background from the first call that could use them; the scan serves until they are there.
"""

from snncore.kernels.fused import scan
from snncore.kernels.loading import disabled, prepare

__all__ = ["disabled", "prepare", "scan"]
