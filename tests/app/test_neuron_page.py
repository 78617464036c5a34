"""The Neuron page, driven through Streamlit's own test harness: what its view and its buttons do, its links, and neurons of other pages."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from app.server.link import from_parameter, to_parameter
from app.state.composition import DEFAULT as TEN
from app.state.desk import NEURON_PAGE, Desk
from app.state.discoveries import DISCOVERIES
from app.state.handover import open_neuron, open_trained, use_as_layer
from app.state.history import History
from app.state.network_view import NetworkView
from app.state.tuned_neuron import DEFAULT, MOST_STEPS, as_experiment
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft, Experiment, convolution, ten_spikes
from snncore.run.bptt import train
from snncore.run.record import LayerRecord
from snncore.run.simulation import simulate
from tests.app.said import complaints, said
from tests.app.waiting import until

pytestmark = pytest.mark.slow  # each runs a page of the app

MAIN = Path(__file__).parents[2] / "app" / "main.py"
NETWORK, NEURON, TRAINING = "views/network.py", "views/neuron.py", "views/training.py"
VIEW = "one neuron"


# ------------------------------------------------------------------------------------------------------ the harness


def opened(experiment: Draft | None = None, view: str = NEURON) -> AppTest:
    """A page in a session of its own, on what a link names."""
    page = AppTest.from_file(MAIN, default_timeout=30)
    if experiment is not None:
        page.query_params["x"] = to_parameter(experiment)
    return shown(page.switch_page(view).run())


def shown(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def told(page: AppTest, act: dict[str, Any], number: int = 1) -> AppTest:
    """What the view tells by `setTriggerValue`. AppTest runs no scripts, so that this goes to its inner run."""
    (found,) = (element for element in page.get("bidi_component") if element.key == VIEW)
    states = page._tree.get_widget_states()
    acts = json.dumps([{"event": "acts", "value": [{"number": number, "act": act}]}])
    states.widgets.append(WidgetState(id=_make_trigger_id(found.proto.id, "events"), json_trigger_value=acts))
    shown(page._run(states))
    return page if page.menu_button else shown(page.run())


def press(page: AppTest, label: str) -> AppTest:
    (button,) = (button for button in page.button if button.label == label)
    button.click()
    return shown(page.run())


def choose(page: AppTest, key: str, option: str) -> AppTest:
    page.menu_button(key=key).click(option)
    return shown(page.run())


def desk(page: AppTest) -> Desk:
    found: Desk = page.session_state["desk"]
    return found


def experiment(page: AppTest) -> Experiment:
    return desk(page).neuron.experiment


def drawn(page: AppTest) -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays of what the view was given."""
    (found,) = (element for element in page.get("bidi_component") if element.key == VIEW)
    content = found.proto.bytes
    begin = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:begin])
    arrays = [np.frombuffer(content, "<f4", entry["bytes"] // 4, begin + entry["offset"]) for entry in header["arrays"]]
    return header, arrays


def assert_shows(page: AppTest, record: LayerRecord, neuron: int = 0) -> None:
    """The view has u and spikes of a neuron of a record, value for value."""
    header, arrays = drawn(page)
    assert np.array_equal(arrays[header["record"]["u"]], record.u[0].reshape(len(record.u[0]), -1)[:, neuron])
    if record.does_spike:
        assert np.array_equal(arrays[header["record"]["s"]], record.spikes[0].reshape(len(record.u[0]), -1)[:, neuron])


# ------------------------------------------------------------------------------------------------------ how it opens


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
    page = AppTest.from_file(MAIN, default_timeout=30)
    page.query_params["x"] = link
    shown(page.switch_page(NEURON).run())
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


# ---------------------------------------------------------------------------------------------- what the view asks for


def test_an_edit_of_the_view_is_run_and_drawn_and_named_by_the_address() -> None:
    page = told(opened(), {"do": "edit", "changes": {"network.0.tau_mem": 8.0, "input.amplitude": 2.5}})
    wanted = DEFAULT.replace({"network.0.tau_mem": 8.0, "input.amplitude": 2.5})
    assert experiment(page) == wanted
    assert_shows(page, simulate(wanted)[0].records[0])
    assert from_parameter(page.query_params["x"]) == wanted.draft
    page = told(page, {"do": "edit", "changes": {"network.0.kind": "ALIF"}}, number=2)
    assert drawn(page)[0]["kind"] == "ALIF"
    page = press(press(page, "Undo"), "Undo")
    assert experiment(page) == DEFAULT
    assert_shows(page, simulate(DEFAULT)[0].records[0])
    assert experiment(press(page, "Redo")) == wanted


def test_a_random_input_can_be_drawn_again_and_no_other() -> None:
    page = opened()
    (button,) = (button for button in page.button if button.label == "New input")
    assert button.disabled
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
    assert complaints(told(page, {"do": "edit", "changes": {"network.0.spike_threshold": 2.0}}, number=2)) == []


def test_what_is_wrong_is_said_and_its_remedy_is_a_button_of_the_view() -> None:
    page = opened(DEFAULT.replace({"input.amplitude": 0.6}).draft)
    notes = drawn(page)[0]["notes"]
    assert notes["sentence"].startswith("Silent: largest u 0.599 < θ 1")
    assert notes["remedies"][0].startswith("Set θ to ")
    page = told(page, {"do": "remedy", "remedy": 0})
    assert simulate(experiment(page))[0].records[0].spikes.any()


def test_a_is_drawn_beside_with_what_differs_until_it_is_let_go() -> None:
    page = told(opened(), {"do": "pin"})
    page = told(page, {"do": "edit", "changes": {"network.0.tau_mem": 10.0}}, number=2)
    pinned = drawn(page)[0]["pinned"]
    before, after = (int(simulate(made)[0].records[0].spikes.sum()) for made in (DEFAULT, experiment(page)))
    assert pinned["words"] == f"Differs from A: τ_mem 20 → 10; {before} spikes in A, {after} spikes here"
    assert pinned["neuron"]["tau_mem"] == 20.0
    assert drawn(told(page, {"do": "unpin"}, number=3))[0]["pinned"] is None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network.0.kind": "ExpLeak"}, "LIF → ExpLeak; 6 spikes in A, no spike here"),
        ({"input.shape": [1, 100, 1]}, "no difference is drawn of 200 and 100 time steps"),
    ],
)
def test_what_can_not_be_compared_is_said(changes: dict[str, Any], words: str) -> None:
    page = told(told(opened(), {"do": "pin"}), {"do": "edit", "changes": changes}, number=2)
    assert words in drawn(page)[0]["pinned"]["words"]


def test_what_is_looked_at_stays_open_and_the_surrogate_is_edited_beside_its_curve() -> None:
    page = told(opened(), {"do": "look", "panel": "surrogate"})
    assert drawn(page)[0]["look"]["panel"] == "surrogate"
    (choice,) = (box for box in page.selectbox if box.label == "Surrogate gradient")
    choice.set_value("ATan")
    shown(page.run())
    assert type(desk(page).neuron.layer.surrogate_grad_fn).__name__ == "ATan"
    page = told(page, {"do": "edit", "changes": {"network.0.kind": "ExpLeak"}}, number=2)
    assert any("never spikes" in text for text in said(page, "caption"))
    page = told(page, {"do": "look", "panel": ""}, number=3)
    assert not page.selectbox


# ------------------------------------------------------------------------------------------------------- its buttons


@pytest.mark.parametrize("discovery", DISCOVERIES, ids=lambda discovery: discovery.title)
def test_a_lesson_opens_with_its_sentence_and_closes(discovery: Any) -> None:
    page = choose(opened(), "discover", discovery.title)
    assert experiment(page) == discovery.experiment
    assert drawn(page)[0]["look"] == {"panel": "", "beside": discovery.beside, "neuron": 0}
    assert any(discovery.sentence in text for text in said(page, "sentence"))
    page = press(page, "Close")
    assert not any(discovery.sentence in text for text in said(page, "sentence"))
    assert experiment(page) == discovery.experiment


@pytest.mark.parametrize("option", ["In place of LIF 2", "In place of LIF 4", "As a new last layer"])
def test_the_neuron_becomes_a_layer_of_the_composed_network_which_has_it_selected(option: str) -> None:
    page = choose(opened(DEFAULT.replace({"network.0.tau_mem": 7.0}).draft), "use_as_layer", option)
    held = desk(page)
    place = {"In place of LIF 2": 1, "In place of LIF 4": 3}.get(option, 4)
    network = [*TEN.network]
    network[place : place + 1] = [held.neuron.layer]
    assert held.composition.present == TEN.replace({"network": network})
    assert (held.composition.view.layer, held.composition.view.panel) == (place, "Layer")
    assert f"Layer {place + 1} (LIF)" in said(page, "title")


def test_in_place_of_a_recurrent_layer_its_connection_stays() -> None:
    connected = stack.insert(stack.remove(TEN, 1), 1, "IAFRecurrent")
    held = Desk()
    assert held.composition.compose(lambda draft: connected)
    held.neuron.edit({"network.0.kind": "ALIF", "network.0.spike_threshold": 0.5})
    use_as_layer(held, 1)
    layer: Any = held.composition.present.network[1]
    assert (layer.kind, layer.spike_threshold) == ("ALIFRecurrent", 0.5)
    assert layer.rec_connect == connected.network[1].rec_connect
    held.neuron.edit({"network.0.kind": "ExpLeak"})
    use_as_layer(held, 1)
    assert held.composition.present.network[1].kind == "ExpLeak"


def test_what_is_taken_along_can_be_run_and_brought_back() -> None:
    page = opened()
    page.session_state["take_along"] = True
    shown(page.run())
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
    page.session_state["take_along"] = True
    shown(page.run())
    page.file_uploader(key="brought_neuron").set_value(("neuron.json", text.encode(), "application/json"))
    shown(page.run())
    if reason:
        assert reason in complaints(page)[0]
        assert experiment(page) == DEFAULT
    else:
        assert experiment(page).dt == 0.5


# -------------------------------------------------------------------------------------------- neurons of other pages


def recurrent() -> Experiment:
    """A network whose layers drive themselves, with more of what neurons can have."""
    layers: list[dict[str, Any]] = [
        {"kind": "Linear", "in_features": 16, "out_features": 6, "bias": True},
        {"kind": "LIFRecurrent", "tau_mem": 9.0, "tau_syn": 4.0, "rec_connect": {"in_features": 6, "out_features": 6, "bias": True}},
        {"kind": "ALIFRecurrent", "tau_mem": 9.0, "tau_adapt": 30.0, "rec_connect": {"in_features": 6, "out_features": 6}},
        {"kind": "IAF", "spike_threshold": [0.3, 0.4, 0.5, 0.6, 0.7, 0.8]},
        {"kind": "ExpLeak", "tau_mem": 5.0},
    ]
    return ten_spikes().replace({"network": layers})


@pytest.mark.parametrize("whole", [ten_spikes(), recurrent(), convolution()], ids=["ten spikes", "recurrent", "convolution"])
def test_a_neuron_of_a_network_does_on_its_page_what_it_did_there(whole: Experiment) -> None:
    held = Desk()
    (simulation,) = simulate(whole)
    for place, record in simulation.records.items():
        neurons = record.u[0, 0].size
        for sample, neuron in ((0, 0), (len(record.u) - 1, neurons - 1)):
            open_neuron(held, simulation, place, neuron, sample)
            alone = held.neuron.simulation().records[0]
            assert np.array_equal(alone.u[0, :, 0], record.u[sample].reshape(len(record.u[0]), -1)[:, neuron])
            assert np.array_equal(alone.spikes[0, :, 0], record.spikes[sample].reshape(len(record.u[0]), -1)[:, neuron])
            assert held.neuron.experiment.input.name.startswith(f"{whole.network[place].kind} {place + 1}, neuron {neuron}")
    held.neuron.undo()
    assert held.neuron.history.can_undo


def test_of_a_long_run_the_first_steps_are_shown() -> None:
    held = Desk()
    (simulation,) = simulate(ten_spikes().replace({"input.shape": (1, MOST_STEPS + 7, 16)}))
    open_neuron(held, simulation, 1, 3)
    assert held.neuron.experiment.input.shape == (1, MOST_STEPS, 1)
    assert held.neuron.experiment.input.name == "LIF 2, neuron 3, with the first 1,000 of 1,007 steps of the input it received"
    alone = held.neuron.simulation().records[0]
    assert np.array_equal(alone.u[0, :, 0], simulation.records[1].u[0, :MOST_STEPS, 3])


def test_a_trained_neuron_is_opened_as_it_was_at_its_epoch() -> None:
    held = Desk()
    whole = ten_spikes().replace({"training.epochs": 4, "training.lr": 0.05})
    held.training.begin(whole)
    held.training.run.speed = None
    held.training.train()
    until(lambda: not held.training.run.is_running)
    for epoch, record in enumerate(train(whole)):
        held.training.scrub(epoch)
        for layer in record.layers:
            open_trained(held, int(layer.name), 2)
            alone = held.neuron.simulation().records[0]
            assert np.array_equal(alone.u[0, :, 0], layer.u[0, :, 2])
            assert np.array_equal(alone.spikes[0, :, 0], layer.spikes[0, :, 2])
    assert epoch == 3


def test_the_network_page_opens_the_traced_neuron_of_the_selected_layer() -> None:
    page = opened(view=NETWORK)
    desk(page).composition.view = NetworkView(layer=1, chosen={1: [5, 2]})
    shown(page.run())
    page = press(page, "Open neuron 5 on the Neuron page")
    assert_shows(page, simulate(ten_spikes())[0].records[1], neuron=5)
    assert "LIF 2, neuron 5, with the input it received." in said(page, "sentence")
    assert experiment(press(page, "Undo")) == DEFAULT


def test_a_neuron_that_can_not_be_shown_alone_stays_where_it_is_and_the_page_says_why() -> None:
    held = Desk()
    without_outputs = replace(simulate(ten_spikes())[0], outputs=())
    assert not held.attempt(lambda: open_neuron(held, without_outputs, layer=1, neuron=5))
    assert "was not kept" in str(held.complaint)
    assert held.neuron.experiment == DEFAULT


def test_a_layer_without_neurons_has_none_to_open() -> None:
    page = opened(view=NETWORK)
    desk(page).composition.view = NetworkView(layer=0)
    shown(page.run())
    assert not [button.label for button in page.button if button.label.startswith("Open neuron")]


def test_the_training_page_opens_the_picked_neuron_of_each_layer() -> None:
    page = opened(view=TRAINING)
    desk(page).training.picked = {1: 9}
    page.session_state["menu"] = True
    shown(page.run())
    record = desk(page).training.run.records[0]
    page = press(page, "Hidden LIF, neuron 9")
    assert_shows(page, record.layers[0], neuron=9)


def test_a_file_that_is_not_here_is_named_with_a_way_on() -> None:
    z = np.ones((1, 50, 1), dtype=np.float32)
    fed = Experiment(**dict(stack.feed_file(DEFAULT.draft, "mine", "0" * 32, z.shape)))
    page = opened(fed.draft)
    (complaint,) = complaints(page)
    assert "not here" in complaint
    page = press(page, "Feed it a step current")
    assert complaints(page) == []
    assert experiment(page).input.kind == "step_current"
    assert_shows(page, simulate(experiment(page))[0].records[0])


def test_every_lesson_and_the_default_travel_in_a_link() -> None:
    for given in (DEFAULT, *(discovery.experiment for discovery in DISCOVERIES)):
        assert as_experiment(from_parameter(to_parameter(given))) == given


def test_what_a_link_writes_is_shown_as_it_is_and_makes_no_picture_or_link() -> None:
    given = {"kind": "file", "name": "![x](https://example.org/x.png)", "digest": "0" * 32, "shape": (1, 50, 1)}
    page = opened(DEFAULT.replace({"input": given}))
    (complaint,) = complaints(page)
    assert complaint.startswith("The input is not here: ![x](https://example.org/x.png). ")
    assert not any("![x](https" in text.value for text in (*page.error, *page.markdown, *page.caption))
