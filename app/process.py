"""What is done once in the process that serves, for all its sessions."""

from __future__ import annotations

import contextlib
import gc
import threading

import torch

from app.runner import TrainingRun
from snncore import kernels
from snncore.spec import ten_spikes

_lock = threading.Lock()
_is_prepared = False


def prepare() -> None:
    """Returns when it is done: one thread per session; the compiled loops loaded, so that every training computes alike; and what torch
    loads at its first training. What was imported is left out of every later garbage collection.
    """
    global _is_prepared
    with _lock:
        if _is_prepared:
            return
        torch.set_num_threads(1)
        with contextlib.suppress(RuntimeError):  # without the loops, which has been warned of, the scan computes
            kernels.prepare()
        TrainingRun(ten_spikes(), speed=None)
        gc.collect()
        gc.freeze()
        _is_prepared = True
