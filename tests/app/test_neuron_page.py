"""The Neuron page: what its view and its buttons do, its links, and what it refuses."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from app.server.link import from_parameter, to_parameter
from app.state.composition import DEFAULT as TEN
from app.state.desk import NEURON_PAGE, Desk
from app.state.discoveries import DISCOVERIES
from app.state.history import History
from app.state.tuned_neuron import DEFAULT, as_experiment
from snncore.experiment import edits as stack
from snncore.experiment.spec import Experiment
from snncore.run.simulation import simulate
from tests.app.neuron_page import assert_shows, drawn, experiment, opened, told, with_open_menu
from tests.app.pages import NETWORK, NEURON, TRAINING, desk, fields, press, shown
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app

# -------------------------------------------------------------------------------------------------- how it opens


def test_the_page_opens_on_a_neuron_that_spikes() -> None:
    page = opened()
    assert experiment(page) == DEFAULT
    assert "x" not in page.query_params
    assert_shows(page, simulate(DEFAULT)[0].records[0])
    assert complaints(page) == []


def test_its_link_opens_its_experiment_and_leaves_the_composed_network_alone() -> None:
    given = DEFAULT.replace({"network.0.tau_mem": 7.0, "input.shape": (1, 300, 16)})
    page = opened(given.draft)
    assert experiment(page) == given
    assert desk(page).composition.present == TEN
    assert from_parameter(page.query_params["x"]) == given.draft
    shown(page.switch_page(NETWORK).run())
    assert "x" not in page.query_params
    shown(page.switch_page(NEURON).run())
    assert from_parameter(page.query_params["x"]) == given.draft


@pytest.mark.parametrize("view", [NETWORK, TRAINING])
def test_links_of_other_pages_leave_the_neuron_alone(view: str) -> None:
    given = TEN.replace({"network.1.tau_mem": 5.0})
    page = opened(given, view)
    assert desk(page).composition.present == given
    assert experiment(page) == DEFAULT


@pytest.mark.parametrize(("link", "reason"), [(to_parameter(TEN), "has 4 layers"), ("nonsense", "cut off or altered")])
def test_a_link_that_holds_no_neuron_is_refused_in_a_sentence_and_kept_in_the_address(link: str, reason: str) -> None:
    page = opened(link)
    (complaint,) = complaints(page)
    assert reason in complaint
    assert experiment(page) == DEFAULT
    assert page.query_params["x"] == link


@pytest.mark.parametrize("seen", ["", NEURON_PAGE])
def test_a_reload_finds_the_desk_where_the_other_page_holds_something(seen: str) -> None:
    held = Desk(page=seen)
    assert not held.holds_more_than_its_link
    if seen == NEURON_PAGE:
        held.composition.history = History(TEN.replace({"dt": 0.01}))
    else:
        held.neuron.history = History(DEFAULT.replace({"dt": 0.01}))
    assert held.holds_more_than_its_link


# ---------------------------------------------------------------------------------------- what the view asks for


def test_an_edit_of_the_view_is_run_and_drawn_and_named_by_the_address() -> None:
    page = told(opened(), {"do": "edit", "changes": {"network.0.tau_mem": 8.0, "input.amplitude": 2.5}})
    wanted = DEFAULT.replace({"network.0.tau_mem": 8.0, "input.amplitude": 2.5})
    assert experiment(page) == wanted
    assert_shows(page, simulate(wanted)[0].records[0])
    assert from_parameter(page.query_params["x"]) == wanted.draft
    page = told(page, {"do": "edit", "changes": {"network.0.kind": "ALIF"}})
    assert drawn(page)[0]["kind"] == "ALIF"
    page = press(press(page, "Undo"), "Undo")
    assert experiment(page) == DEFAULT
    assert_shows(page, simulate(DEFAULT)[0].records[0])
    assert experiment(press(page, "Redo")) == wanted


def test_a_random_input_can_be_drawn_again_and_no_other() -> None:
    page = opened()
    assert "New input" not in [button.label for button in page.button]
    page = told(page, {"do": "edit", "changes": {"input.kind": "poisson_spikes"}})
    before = experiment(page)
    page = press(page, "New input")
    assert experiment(page) == before.replace({"seeds.input": before.seeds.input + 1})
    header, arrays = drawn(page)
    assert not np.array_equal(arrays[header["z"]], simulate(before)[0].input.ravel())


def test_what_can_not_be_done_is_said_and_changes_nothing() -> None:
    page = told(opened(), {"do": "edit", "changes": {"network.0.spike_threshold": -1.0}})
    (complaint,) = complaints(page)
    assert "spike_threshold" in complaint
    assert experiment(page) == DEFAULT
    assert complaints(told(page, {"do": "edit", "changes": {"network.0.spike_threshold": 2.0}})) == []


def test_what_is_wrong_is_said_and_its_remedy_is_a_button_of_the_view() -> None:
    page = opened(DEFAULT.replace({"input.amplitude": 0.6}).draft)
    notes = drawn(page)[0]["notes"]
    assert notes["sentence"].startswith("Silent: largest u 0.599 < θ 1")
    assert notes["remedies"][0].startswith("Set θ to ")
    page = told(page, {"do": "remedy", "remedy": 0})
    assert simulate(experiment(page))[0].records[0].spikes.any()


def test_a_is_drawn_beside_with_what_differs_until_it_is_let_go() -> None:
    page = press(with_open_menu(opened(), "compare"), "Pin this neuron as A")
    assert drawn(page)[0]["pinned"]["words"].endswith("Same as A so far: change something.")
    page = told(page, {"do": "edit", "changes": {"network.0.tau_mem": 10.0}})
    pinned = drawn(page)[0]["pinned"]
    before = int(simulate(DEFAULT)[0].records[0].spikes.sum())
    assert pinned["words"] == f"A (dashed): {before} spikes. Differs from A: τ_mem 20 → 10."
    assert pinned["neuron"]["tau_mem"] == 20.0
    assert drawn(told(page, {"do": "unpin"}))[0]["pinned"] is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network.0.kind": "ExpLeak"}, "A (dashed): 6 spikes. Differs from A: network LIF → ExpLeak."),
        ({"input.shape": [1, 100, 1]}, "no difference is drawn of 200 and 100 time steps"),
    ],
)
def test_what_can_not_be_compared_is_said(changes: dict[str, Any], words: str) -> None:
    page = told(press(with_open_menu(opened(), "compare"), "Pin this neuron as A"), {"do": "edit", "changes": changes})
    assert words in drawn(page)[0]["pinned"]["words"]


def test_what_is_looked_at_stays_open_and_the_surrogate_is_edited_beside_its_curve() -> None:
    page = told(opened(), {"do": "look", "panel": "surrogate"})
    assert drawn(page)[0]["look"]["panel"] == "surrogate"
    fields(page)["network.0.surrogate_grad_fn"].set_value("arctangent")
    shown(page.run())
    assert type(desk(page).neuron.layer.surrogate_grad_fn).__name__ == "ATan"
    page = told(page, {"do": "edit", "changes": {"network.0.kind": "ExpLeak"}})
    assert any("never spikes" in text for text in said(page, "caption"))
    page = told(page, {"do": "look", "panel": ""})
    assert not fields(page)


# --------------------------------------------------------------------------------------------------- its buttons


@pytest.mark.parametrize("discovery", DISCOVERIES, ids=lambda discovery: discovery.title)
def test_a_lesson_opens_with_its_sentence_and_closes(discovery: Any) -> None:
    page = press(with_open_menu(opened(), "explain"), discovery.title)
    assert experiment(page) == discovery.experiment
    assert drawn(page)[0]["look"] == {"panel": "", "beside": discovery.beside, "neuron": 0}
    assert any(discovery.sentence in text for text in said(page, "sentence"))
    page = press(page, "Close")
    assert not any(discovery.sentence in text for text in said(page, "sentence"))
    assert experiment(page) == discovery.experiment


@pytest.mark.parametrize("option", ["In place of LIF 2", "In place of LIF 4", "As a new last layer"])
def test_the_neuron_becomes_a_layer_of_the_composed_network_which_has_it_selected(option: str) -> None:
    page = with_open_menu(opened(DEFAULT.replace({"network.0.tau_mem": 7.0}).draft), "share")
    page.menu_button(key="use_as_layer").click(option)
    shown(page.run())
    held = desk(page)
    place = {"In place of LIF 2": 1, "In place of LIF 4": 3}.get(option, 4)
    network = [*TEN.network]
    network[place : place + 1] = [held.neuron.layer]
    assert held.composition.present == TEN.replace({"network": network})
    assert (held.composition.view.layer, held.composition.view.panel) == (place, "Layer")
    assert f"LIF {place + 1}" in said(page, "title")


def test_what_is_taken_along_can_be_run_and_brought_back() -> None:
    page = opened()
    with_open_menu(page, "share")
    (code,) = (code.value for code in page.code)
    assert "tau_mem=20.0" in code
    page = told(page, {"do": "edit", "changes": {"network.0.tau_mem": 8.0}})
    assert "tau_mem=8.0" in page.code[0].value
    assert len(page.get("download_button")) == 2
    assert any(element.key == "pictures" for element in page.get("bidi_component"))


@pytest.mark.parametrize(
    ("text", "reason"), [(DEFAULT.replace({"dt": 0.5}).to_json(), ""), (TEN.to_json(), "4 layers"), ("{", "valid JSON")]
)
def test_an_experiment_from_a_file_is_shown_or_refused(text: str, reason: str) -> None:
    page = opened()
    with_open_menu(page, "share")
    page.file_uploader(key="brought_neuron").set_value(("neuron.json", text.encode(), "application/json"))
    shown(page.run())
    if reason:
        assert reason in complaints(page)[0]
        assert experiment(page) == DEFAULT
    else:
        assert experiment(page).dt == 0.5


# -------------------------------------------------------------------------------------------- what a link holds


def test_an_input_that_the_link_does_not_carry_is_named_and_another_stands_in() -> None:
    z = np.ones((1, 50, 1), dtype=np.float32)
    fed = Experiment(**dict(stack.feed_file(DEFAULT.draft, "mine", "0" * 32, z.shape)))
    page = opened(fed.draft)
    assert complaints(page) == []
    assert said(page, "sentence")[0].startswith("This link doesn't carry the recorded input (mine), so a step current stands in for it. ")
    assert experiment(page).input.kind == "step_current"
    assert experiment(page).network == fed.network
    assert_shows(page, simulate(experiment(page))[0].records[0])


def test_every_lesson_and_the_default_travel_in_a_link() -> None:
    for given in (DEFAULT, *(discovery.experiment for discovery in DISCOVERIES)):
        assert as_experiment(from_parameter(to_parameter(given))) == given


def test_what_a_link_writes_is_shown_as_it_is_and_makes_no_picture_or_link() -> None:
    given = {"kind": "file", "name": "![x](https://example.org/x.png)", "digest": "0" * 32, "shape": (1, 50, 1)}
    page = opened(DEFAULT.replace({"input": given}))
    assert "(![x](https://example.org/x.png))" in said(page, "sentence")[0]
    assert not any("![x](https" in text.value for text in (*page.error, *page.markdown, *page.caption))
