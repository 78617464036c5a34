"""The stack on the Network page: layers are added, moved, removed, and mended where they do not fit."""

from __future__ import annotations

import pytest

from app.figures.stages import stages
from app.server import limits
from snncore.experiment import edits as stack
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft
from tests.app.network_page import TEN, captions, change, draft, fields, opened, view
from tests.app.pages import data_of, desk, press, run, told
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app

# ----------------------------------------------------------------------------------------------------- the stack


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_kind_of_layer_can_be_added_after_the_selected_one(kind: str) -> None:
    page = opened()
    page.menu_button(key="add").click(kind)
    run(page)
    assert draft(page) == stack.insert(TEN, 2, kind)
    assert draft(page).network[2].kind == kind
    assert view(page).layer == 2
    assert f"{kind} 3" in said(page, "title")
    press(page, "Undo")
    assert draft(page) == TEN


def test_where_none_is_selected_a_layer_is_added_after_the_input() -> None:
    page = opened(layer=None)
    assert any(caption.startswith("No layer is selected") for caption in captions(page))
    assert [button.label for button in page.button if button.disabled] == ["Undo", "Redo", "Duplicate", "Up", "Down", "Remove"]
    page.menu_button(key="add").click("LIF")
    run(page)
    assert draft(page) == stack.insert(TEN, 0, "LIF")
    assert view(page).layer == 0


@pytest.mark.parametrize(
    ("label", "at", "made", "selected"),
    [
        ("Duplicate", 1, stack.duplicate(TEN, 1), 2),
        ("Duplicate", 3, stack.duplicate(TEN, 3), 4),
        ("Up", 3, stack.move(TEN, 3, 2), 2),
        ("Down", 0, stack.move(TEN, 0, 1), 1),
        ("Remove", 3, stack.remove(TEN, 3), 2),
        ("Remove", 0, stack.remove(TEN, 0), 0),
    ],
)
def test_the_stack_is_changed_at_the_selected_layer(label: str, at: int, made: Draft, selected: int) -> None:
    page = opened(layer=at, chosen={1: [3]}, opened={1})
    press(page, label)
    assert draft(page) == made
    assert view(page).layer == selected
    assert view(page).opened == set(), "layers have other places now"
    assert [stage["name"] for stage in data_of(page, "ribbon")["stages"]] == [stage["name"] for stage in stages(made)]
    assert complaints(page) == []


def test_the_first_layer_cannot_go_up_nor_the_last_one_down() -> None:
    assert {button.label: button.disabled for button in opened(layer=0).button} | {"Undo": False, "Redo": False} == {
        "Train this network": False,
        "Undo": False,
        "Redo": False,
        "New input": False,
        "New weights": False,
        "Duplicate": False,
        "Up": True,
        "Down": False,
        "Remove": False,
    }
    assert next(button for button in opened(layer=3).button if button.label == "Down").disabled


def test_the_only_layer_cannot_be_removed() -> None:
    only = Draft(network=[{"kind": "IAF"}], input={"shape": (1, 10, 2), "probability": 0.5})
    page = opened(only, layer=0)
    assert next(button for button in page.button if button.label == "Remove").disabled


def test_layers_beyond_the_limit_are_refused() -> None:
    deep = Draft(network=[{"kind": "IAF"}] * limits.MOST_LAYERS, input={"shape": (1, 10, 2), "probability": 0.5})
    page = opened(deep, layer=0)
    press(page, "Duplicate")
    assert complaints(page) == ["The network has 41 layers; this server takes up to 40."]
    assert draft(page) == deep


# -------------------------------------------------------------------------------------- the ribbon


def test_a_click_on_the_ribbon_selects_a_layer_or_the_input() -> None:
    page = opened()
    told(page, "ribbon", {"do": "select", "layer": 2})
    assert "network.2.in_features" in fields(page, "")
    assert data_of(page, "ribbon")["selected"] == 2
    told(page, "ribbon", {"do": "select", "layer": None})
    assert "input.probability" in fields(page, "")
    assert data_of(page, "ribbon")["selected"] is None
    told(page, "ribbon", {"do": "select", "layer": 0})
    assert "network.0.in_features" in fields(page, "")


def test_every_misfit_is_mended_from_the_ribbon() -> None:
    page = opened(layer=0)
    change(page, "network.0.in_features", 17)
    change(page, "network.0.out_features", 30)
    for place in (0, 2):
        told(page, "ribbon", {"do": "remedy", "layer": place})
    assert draft(page) == TEN.replace({"network.0.out_features": 30, "network.2.in_features": 30})
    assert desk(page).composition.experiment.draft == draft(page)
