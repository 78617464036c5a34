"""The Training page as tests drive it: opened with everything unfolded."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from app.server.runner import TrainingRun
from snncore.experiment.spec import Draft, Experiment
from tests.app import pages
from tests.app.pages import TRAINING, desk

CONNECTION = {"in_features": 64, "out_features": 64}


def opened(link: Draft | str | None = None) -> AppTest:
    """The page on what a link names, with everything unfolded."""
    return pages.opened(TRAINING, link, more=True)


def run_of(page: AppTest) -> TrainingRun:
    return desk(page).training.run


def experiment_of(page: AppTest) -> Experiment:
    return run_of(page).experiment
