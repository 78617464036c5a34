"""Work done once in the server process, for all its sessions."""

from __future__ import annotations

import gc
import os
import sys
import threading

import torch
from streamlit.runtime import exists

from app.server import plugins
from app.server.runner import TrainingRun
from snncore.encoders import digit_images
from snncore.errors import RegistrationError
from snncore.experiment.spec import ten_spikes

LOADS_AFTER = 2.0
"""Seconds after which the digits are loaded, whose library takes seconds to import: when the first page is surely there."""

_lock = threading.Lock()
_is_prepared = False


def prepare() -> None:
    """Prepare the process, and return when it is ready.

    Sets one thread per session, and loads what a first training needs. Later garbage collections skip all that was imported. If the time
    loops have to be compiled first, that continues in the background.

    Plugins are loaded here. If one can't be loaded, this prints why to standard error and ends the process, from any thread.
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
        if exists():
            later = threading.Timer(LOADS_AFTER, digit_images)
            later.daemon = True
            later.start()
