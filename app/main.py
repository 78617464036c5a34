"""Entry of the app: settings that hold for the whole process, the look, and the pages."""

from __future__ import annotations

import contextlib
import gc
import sys
from pathlib import Path

import streamlit as st
import torch

ROOT = Path(__file__).parents[1]
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


from app.runner import TrainingRun  # noqa: E402  (needs the root on the path)
from snncore import kernels  # noqa: E402
from snncore.spec import ten_spikes  # noqa: E402


@st.cache_resource(show_spinner=False)
def prepare_process() -> None:
    """Once per process: one thread per session. The fused loops are loaded, so that every training computes alike, and what torch loads
    at its first training. What was imported is left out of every later garbage collection.
    """
    torch.set_num_threads(1)
    with contextlib.suppress(RuntimeError):  # without the fused loops, which has been warned of, the scan computes
        kernels.prepare()
    TrainingRun(ten_spikes(), speed=None)
    gc.collect()
    gc.freeze()


st.set_page_config(page_title="SNN Playground", layout="wide", initial_sidebar_state="collapsed")
prepare_process()
st.html(ROOT / "assets" / "style.css")
st.navigation([st.Page("pages/training.py", title="Training", default=True)], position="hidden").run()
