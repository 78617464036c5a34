"""The Neuron page as tests drive it: what its view is given, and what it asks for."""

from __future__ import annotations

from typing import Any

import numpy as np
from streamlit.testing.v1 import AppTest

from snncore.experiment.spec import Draft, Experiment
from snncore.run.record import LayerRecord
from tests.app import pages
from tests.app.pages import NEURON, desk, received_by, shown

VIEW = "one neuron"


def opened(link: Draft | str | None = None, view: str = NEURON) -> AppTest:
    """The page on what a link names, or another page."""
    return pages.opened(view, link)


def told(page: AppTest, act: dict[str, Any]) -> AppTest:
    """What the view asks for."""
    return pages.told(page, VIEW, act)


def drawn(page: AppTest) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays that the view was given."""
    return received_by(page, VIEW)


def with_open_menu(page: AppTest, menu: str) -> AppTest:
    page.session_state[f"menu_{menu}"] = True
    return shown(page.run())


def experiment(page: AppTest) -> Experiment:
    return desk(page).neuron.experiment


def assert_shows(page: AppTest, record: LayerRecord, neuron: int = 0) -> None:
    """The view has u and spikes of a neuron of a record, value for value."""
    header, arrays = drawn(page)
    assert np.array_equal(arrays[header["record"]["u"]], record.u[0].reshape(len(record.u[0]), -1)[:, neuron])
    if record.does_spike:
        assert np.array_equal(arrays[header["record"]["s"]], record.spikes[0].reshape(len(record.u[0]), -1)[:, neuron])
