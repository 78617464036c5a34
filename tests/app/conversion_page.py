"""The Conversion page as tests drive it: opened on a small network, and its state once all is computed."""

from __future__ import annotations

import io
import itertools
import time

import torch
from streamlit.testing.v1 import AppTest
from torch import nn

from app.state.conversion import ConversionState, presets
from app.state.desk import Desk
from snncore.experiment.spec import Experiment
from tests.app.pages import CONVERSION, desk, opened, run

VIEW = "conversion view"
PATIENCE = 120.0

DENSE, CONVOLUTIONAL = (preset.experiment for preset in presets())
SMALL = DENSE.replace({"training.epochs": 12})
"""Trained in a moment."""


def settled(state: ConversionState) -> ConversionState:
    """The state once all is computed."""
    begun = time.monotonic()
    state.prepare()
    while state.work.is_busy or not (state.is_current or state.work.failure):
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
        state.prepare()
    return state


def begun(experiment: Experiment = SMALL) -> ConversionState:
    state = Desk().conversion
    state.open(experiment.draft)
    return settled(state)


def page_of(experiment: Experiment = SMALL) -> AppTest:
    """The page once all is computed."""
    page = opened(CONVERSION, experiment)
    settled(desk(page).conversion)
    return run(page)


def weights_file(model: nn.Module) -> bytes:
    file = io.BytesIO()
    torch.save(model.state_dict(), file)
    return file.getvalue()


def own_network(*sizes: int) -> nn.Sequential:
    """A dense network with ReLUs."""
    torch.manual_seed(1)
    layers = [part for one, other in itertools.pairwise(sizes) for part in (nn.Linear(one, other), nn.ReLU())]
    return nn.Sequential(*layers[:-1])
