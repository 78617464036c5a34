"""Names that others chose, of files and weights, stay out of tooltips, which are Markdown."""

from __future__ import annotations

import io
from typing import Any

import pytest
import torch
from streamlit.testing.v1 import AppTest

from app.server.link import to_parameter
from snncore.experiment.recognition import digits
from snncore.experiment.spec import Draft, ten_spikes
from tests.app.pages import CONVERSION, NETWORK, NEURON, TRAINING, desk, opened, shown

pytestmark = pytest.mark.slow  # each runs a page of the app

HOST = "evil.example"
NAME = f"![a](http://{HOST}/a.png) www.{HOST}"
REFERENCE: dict[str, Any] = {"name": NAME, "digest": "0" * 32}
OWN_DATA = {**REFERENCE, "kind": "file", "samples": 30, "shape": (64,), "has_time": False, "labels": 10}

FOREIGN: dict[str, Draft] = {
    "an input": ten_spikes().draft.replace({"input": {**REFERENCE, "kind": "file", "shape": (1, 100, 16)}}),
    "weights": ten_spikes().draft.replace({"checkpoint": REFERENCE}),
    "labelled data": digits().draft.replace({"training.task.data": OWN_DATA}),
}
MENUS = {f"menu_{menu}": True for menu in ("compare", "explain", "share")}


def tooltips(page: AppTest) -> list[str]:
    return [element.proto.help for element in page.main if hasattr(getattr(element, "proto", None), "help")]


@pytest.mark.parametrize("made", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("view", [NETWORK, TRAINING])
def test_no_tooltip_holds_a_name_that_someone_else_chose(view: str, made: Draft) -> None:
    page = opened(view, to_parameter(made), more=True, seeds=True, **MENUS)
    found = tooltips(page)
    assert any(found) or view == TRAINING, "they are found; a network whose files are missing can't be trained, and has none there"
    assert not [text for text in found if HOST in text]
    for other in {NETWORK, TRAINING, NEURON, CONVERSION} - {view}:
        shown(page.switch_page(other).run())
        assert not [text for text in tooltips(page) if HOST in text]


def test_nor_does_one_of_a_network_that_trains_with_weights_of_such_a_name() -> None:
    page = opened(TRAINING, more=True, seeds=True, **MENUS)
    saved = io.BytesIO()
    torch.save(ten_spikes().build().state_dict(), saved)
    desk(page).training.bring_back(NAME, saved.getvalue())
    shown(page.run())
    checkpoint = desk(page).composition.present.checkpoint
    assert checkpoint is not None
    assert HOST in checkpoint.name
    found = tooltips(page)
    assert any(found)
    assert not [text for text in found if HOST in text]
