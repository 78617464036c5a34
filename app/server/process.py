"""What is done once in the process that serves, for all its sessions."""

from __future__ import annotations

import gc
import os
import sys
import threading

import torch

from app.server import plugins
from app.server.runner import TrainingRun
from snncore.errors import RegistrationError
from snncore.experiment.spec import ten_spikes

_lock = threading.Lock()
_is_prepared = False


def prepare() -> None:
    """Returns when it is done: one thread per session, and what is loaded at a first training. What was imported is left out of every
    later garbage collection. Where the time loops have to be compiled first, that goes on in the background.

    Plugins are loaded here. Where one can't be, it says why on standard error and ends the process, from whichever thread.
    """
    global _is_prepared
    with _lock:
        if _is_prepared:
            return
        torch.set_num_threads(1)
        try:
            plugins.load()
        except RegistrationError as error:
            print(error, file=sys.stderr, flush=True)
            os._exit(1)
        TrainingRun(ten_spikes(), speed=None)
        gc.collect()
        gc.freeze()
        _is_prepared = True
