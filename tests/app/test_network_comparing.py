"""Runs beside one another on the Network page: a second one, other time constants, other samples."""

from __future__ import annotations

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from app.server import limits
from app.state.network_view import AGAIN, NO_OVERLAY, SHUFFLED
from app.words.network import outcome_in_words
from snncore.experiment.spec import Draft, Experiment, convolution, ten_spikes
from snncore.run.simulation import simulate
from tests.app.network_page import TEN, change, draft, fields, group, opened, raster, view
from tests.app.pages import desk, press, received_by, run, shown
from tests.app.said import complaints, said

FIRING = TEN.replace({"network.1.spike_threshold": 0.2})
PINNED = f"A (dotted potentials): {outcome_in_words(simulate(Experiment(**dict(FIRING)))[0])}. "

pytestmark = pytest.mark.slow  # each runs a page of the app


def test_one_panel_is_open_at_a_time() -> None:
    page = opened()
    panels = {"Layer": "network.1.tau_mem", "Input": "input.probability"}
    for panel in ("Input", "Layer", "Input"):
        page.button_group(key="panel").set_value(panel)
        run(page)
        assert view(page).panel == panel
        assert {path for path in panels.values() if path in fields(page, "")} == {panels[panel]}
    page.button_group(key="panel").set_value(None)
    assert view(run(page)).panel == "Input", "a click on the open one keeps it"


@pytest.mark.parametrize(("choice", "name"), [(SHUFFLED, "shuffled"), (AGAIN, "second run")])
def test_a_second_run_is_drawn_beside_the_first_until_it_is_switched_off(choice: str, name: str) -> None:
    page = opened(TEN.replace({"network.1.spike_threshold": 0.2}), menu="compare")
    assert received_by(page, "rows")[0]["other"] == ""
    page.radio(key="overlay").set_value(choice)
    run(page)
    assert received_by(page, "rows")[0]["other"] == name
    header, arrays = received_by(page, "rows")
    made = desk(page).composition.experiment
    other = simulate(made, shuffled=True)[0] if choice == SHUFFLED else simulate(made, runs=2)[1]
    (beside,) = (row for row in group(page, 1)["rows"] if row["kind"] == "raster" and row["other"] == name)
    assert np.array_equal(arrays[beside["z"]].reshape(64, 100), other.records[1].spikes[0].T)
    page.radio(key="overlay").set_value(NO_OVERLAY)
    run(page)
    assert received_by(page, "rows")[0]["other"] == ""
    assert header["groups"] != received_by(page, "rows")[0]["groups"]


def test_a_second_run_that_is_too_large_is_refused_and_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(menu="compare")
    monkeypatch.setattr(limits, "LARGEST_RECORD", 150_000)
    page.radio(key="overlay").set_value(SHUFFLED)
    run(page)
    assert len(complaints(page)) == 1
    assert "MB for 2 runs" in complaints(page)[0]
    assert view(page).overlay == NO_OVERLAY
    assert received_by(page, "rows")[0]["other"] == ""


def test_time_constants_are_held_side_by_side() -> None:
    page = opened(menu="compare")
    fields(page, "")["taus"].set_value("5, 50")
    run(page)
    assert view(page).taus == (5.0, 50.0)
    assert [title for title in said(page, "title") if title.startswith("τ_mem")] == ["τ_mem 5 steps", "τ_mem 50 steps"]
    for tau in (5.0, 50.0):
        (simulation,) = simulate(ten_spikes().replace({"network.1.tau_mem": tau, "network.3.tau_mem": tau}))
        assert np.array_equal(raster(page, "1", f"rows {tau:g}"), simulation.records[1].spikes[0].T)
    assert draft(page) == TEN, "nothing is edited"
    fields(page, "")["taus"].set_value("")
    run(page)
    assert np.array_equal(raster(page, "1"), simulate(ten_spikes())[0].records[1].spikes[0].T)


def test_held_time_constants_show_the_same_neuron_on_the_same_scale() -> None:
    page = opened(taus=(2.0, 50.0))
    columns = [received_by(page, f"rows {tau}")[0] for tau in (2, 50)]
    for layer in ("1", "3"):
        found = [group for header in columns for group in header["groups"] if group["layer"] == layer]
        potentials = [next(row for row in group["rows"] if row["kind"] == "traces") for group in found]
        assert len({row["lines"][-1]["neuron"] for row in potentials}) == 1
        assert len({tuple(row["range"]) for row in potentials}) == 1


def test_a_typed_time_constant_is_held_and_the_same_one_only_once() -> None:
    page = opened(menu="compare")
    fields(page, "")["taus"].set_value("10 7.25;10.0")
    run(page)
    assert view(page).taus == (10.0, 7.25)
    assert fields(page, "")["taus"].value == "10, 7.25"


def test_a_typed_word_is_refused_and_the_next_number_is_taken() -> None:
    page = opened(menu="compare", taus=(5.0,))
    fields(page, "")["taus"].set_value("5, long")
    run(page)
    assert complaints(page) == ["τ_mem: 'long' is not a number; write a number from 0.1 to 100000."]
    assert view(page).taus == (5.0,)
    assert fields(page, "")["taus"].value == "5"
    fields(page, "")["taus"].set_value("5, 8")
    run(page)
    assert complaints(page) == []
    assert view(page).taus == (5.0, 8.0)


@pytest.mark.parametrize("text", ["0.01", "-3", "nan", "inf", "1e9"])
def test_a_time_constant_that_no_neuron_can_have_is_refused(text: str) -> None:
    page = opened(menu="compare", taus=(5.0,))
    fields(page, "")["taus"].set_value(f"5, {text}")
    run(page)
    (complaint,) = complaints(page)
    assert complaint.startswith(f"τ_mem: {text!r} is ")
    assert complaint.endswith("; write a number from 0.1 to 100000.")
    assert view(page).taus == (5.0,)
    fields(page, "")["taus"].set_value("1, 2, 3, 4, 5")
    run(page)
    assert complaints(page) == ["These are 5 time constants; up to 4 are held side by side."]


def test_without_a_leak_there_is_no_time_constant_to_hold() -> None:
    made = Draft(network=[{"kind": "IAF"}], input={"shape": (1, 10, 2), "probability": 0.5})
    page = opened(made, menu="compare", taus=(5.0,))
    assert "No layer of this network has a leak, so there is no τ_mem to hold." in said(page, "sentence")


def test_the_sample_of_a_batch_is_chosen() -> None:
    page = opened(convolution().draft)
    for sample in (1, 3, 8):
        fields(page, "")["sample"].set_value(str(sample))
        run(page)
        assert np.array_equal(raster(page, "input"), simulate(convolution())[0].input[sample - 1].reshape(100, -1).T)
    view(page).panel = "Input"
    run(page)
    change(page, "input.shape.0", 2)
    assert fields(page, "")["sample"].value == 2, "the last one that there is"
    change(page, "input.shape.0", 1)
    assert "sample" not in fields(page, "")
    assert np.array_equal(raster(page, "input"), desk(page).composition.simulations[1, False][0].input[0].reshape(100, -1).T)


def pinned_page() -> AppTest:
    return press(opened(FIRING, menu="compare"), "Pin this network as A")


def test_a_pinned_network_is_drawn_in_its_own_hue_with_what_differs_until_it_is_unpinned() -> None:
    page = pinned_page()
    assert PINNED + "Same as A so far: change something." in said(page, "sentence")
    change(page, "network.1.tau_mem", 20.0)
    assert f"{PINNED}Differs from A: τ_mem of LIF 2 10 → 20." in said(page, "sentence")
    header, arrays = received_by(page, "rows")
    assert header["other"] == "A"
    (beside,) = (row for row in group(page, 1)["rows"] if row["kind"] == "raster" and row["other"] == "A")
    assert beside["color"] == "compared"
    assert np.array_equal(arrays[beside["z"]].reshape(64, 100), simulate(Experiment(**dict(FIRING)))[0].records[1].spikes[0].T)
    press(page, "Unpin A")
    assert received_by(page, "rows")[0]["other"] == ""
    assert not any("Differs from A" in text for text in said(page, "sentence"))
    assert draft(page).network[1].tau_mem == 20.0


def test_rows_of_a_that_cannot_be_drawn_are_said_not_to_be() -> None:
    page = press(opened(FIRING, layer=3, menu="compare"), "Pin this network as A")
    desk(page).composition.remove()
    shown(page.run())
    assert received_by(page, "rows")[0]["other"] == ""
    (words,) = (text for text in said(page, "sentence") if text.startswith("A ("))
    assert words.startswith("A (its layers or shapes differ, so its rows aren't drawn): ")
    assert desk(page).composition.pinned is not None


def test_what_is_asked_for_after_pinning_is_drawn_in_place_of_a() -> None:
    page = pinned_page()
    page.session_state["menu_compare"] = True
    shown(page.run())
    page.radio(key="overlay").set_value(SHUFFLED)
    run(page)
    assert received_by(page, "rows")[0]["other"] == "shuffled"
    assert any(text.startswith("A (not drawn while other runs are compared)") for text in said(page, "sentence"))


def test_a_second_network_that_is_too_large_beside_the_first_is_not_pinned(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(FIRING, menu="compare")
    monkeypatch.setattr(limits, "LARGEST_RECORD", 150_000)
    press(page, "Pin this network as A")
    assert desk(page).composition.pinned is None
    assert len(complaints(page)) == 1
