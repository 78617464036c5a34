"""The Network page's controls, each driven through Streamlit's own test harness: what it edits, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.components.v2.bidi_component.main import _make_trigger_id
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from app.figures.stages import stages
from app.server import limits
from app.server.link import from_parameter, to_parameter
from app.state import files
from app.state.desk import Desk
from app.state.network_view import AGAIN, NO_OVERLAY, SHUFFLED, NetworkView
from app.state.presets import Preset, presets
from app.words.parameters import INPUT_PARAMETERS, LAYER_PARAMETERS, part_name, parts
from app.words.seeds import SEEDS, seed_note
from snncore.diagnosis.layers import Silent, diagnose
from snncore.experiment import edits as stack
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft, Experiment, convolution, ten_spikes
from snncore.io.recordings import content_hash
from snncore.run.simulation import simulate
from tests.app.said import complaints, said

pytestmark = pytest.mark.slow  # each runs a page of the app

MAIN = Path(__file__).parents[2] / "app" / "main.py"
TEN = ten_spikes().draft
MISFIT = TEN.replace({"network.0.out_features": 65})
"""Its second Linear takes 64."""


# ------------------------------------------------------------------------------------------------------- the harness


def opened(draft: Draft | None = None, layer: int | None = 1, panel: str = "Layer", **state: Any) -> AppTest:
    """The page in a session of its own, on a draft that a link names, with a layer selected and everything unfolded."""
    page = AppTest.from_file(MAIN, default_timeout=30)
    page.session_state["seeds"] = True
    for place in range(len((draft or TEN).network)):
        page.session_state[f"more network.{place}"] = True
    if draft is not None:
        page.query_params["x"] = to_parameter(draft)
    desk(network_page(page)).composition.view = NetworkView(panel=panel, layer=layer, **state)
    return shown(page.run())


def shown(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def run(page: AppTest) -> AppTest:
    """Runs the page; all of it, also where an edit has drawn the plots alone anew."""
    shown(page.run())
    return page if page.menu_button else shown(page.run())


def told(page: AppTest, component: str, event: str, value: dict[str, Any]) -> AppTest:
    """What a component's script tells by `setTriggerValue`. AppTest runs no scripts, so that this goes to its inner run."""
    (found,) = (element for element in page.get("bidi_component") if element.key == component)
    states = page._tree.get_widget_states()
    told = json.dumps([{"event": event, "value": value}])
    states.widgets.append(WidgetState(id=_make_trigger_id(found.proto.id, "events"), json_trigger_value=told))
    shown(page._run(states))
    return page if page.menu_button else shown(page.run())


def press(page: AppTest, label: str) -> AppTest:
    (button,) = (button for button in page.button if button.label == label)
    button.click()
    return run(page)


def desk(page: AppTest) -> Desk:
    found: Desk = page.session_state["desk"]
    return found


def draft(page: AppTest) -> Draft:
    return desk(page).composition.present


def looking(page: AppTest) -> NetworkView:
    return desk(page).composition.view


def captions(page: AppTest) -> list[str]:
    return [*(caption.value for caption in page.caption), *said(page, "caption")]


def data_of(page: AppTest, component: str) -> dict[str, Any]:
    (found,) = (element for element in page.get("bidi_component") if element.key == component)
    data: dict[str, Any] = json.loads(found.proto.json)
    return data


def drawn(page: AppTest, component: str = "rows") -> tuple[dict[str, Any], list[np.ndarray[Any, Any]]]:
    """Header and arrays of what the rows component was given."""
    (found,) = (element for element in page.get("bidi_component") if element.key == component)
    content = found.proto.bytes
    begin = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:begin])
    kinds = {"u1": "<u1", "f4": "<f4"}
    arrays = [np.frombuffer(content, kinds[e["dtype"]], e["bytes"] // int(e["dtype"][1]), begin + e["offset"]) for e in header["arrays"]]
    return header, arrays


def raster(page: AppTest, group: str, component: str = "rows") -> np.ndarray[Any, Any]:
    header, arrays = drawn(page, component)
    row = next(row for found in header["groups"] if found["layer"] == group for row in found["rows"] if row["kind"] == "raster")
    return arrays[row["z"]].reshape(row["neurons"], -1)


def group(page: AppTest, layer: int) -> dict[str, Any]:
    (found,) = (group for group in drawn(page)[0]["groups"] if group["layer"] == str(layer))
    return found


def fields(page: AppTest, owner: str) -> dict[str, Any]:
    """Widgets of the fields of a part, by path; those of optional ones by `switch` and their path."""
    widgets = (*page.slider, *page.toggle, *page.selectbox, *page.text_input)
    found = {widget.key.removeprefix("edit ").partition(" #")[0]: widget for widget in widgets if (widget.key or "").startswith("edit ")}
    return {path: widget for path, widget in found.items() if path.removeprefix("switch ").startswith(owner)}


def change(page: AppTest, path: str, value: Any) -> AppTest:
    enter(page, path, value)
    return run(page)


def enter(page: AppTest, path: str, value: Any) -> None:
    widget = fields(page, "")[path]
    text = "" if value is None else str(value)
    widget.set_value(text if widget.type == "text_input" else value)


def value_in(widget: Any) -> Any:
    """What a widget shows; a field for a number holds it as text."""
    if widget.type != "text_input":
        return widget.value
    return float(widget.value) if widget.value else None


def other_values(path: str, widget: Any, present: Any) -> list[Any]:
    """Valid values that a widget doesn't have."""
    if widget.type == "selectbox":
        return [option for option in widget.options if option != part_name(widget.value)]
    if widget.type == "toggle":
        return [not widget.value]
    if present is None:
        return [2 if path.endswith("max_num_spikes_per_bin") else 0.5]
    if widget.type == "text_input":
        return [present + 1 if isinstance(present, int) else present + 0.125]
    step = widget.step or 1
    goes_up = widget.max is None or widget.value + step <= widget.max
    return [widget.value + (step if goes_up else -step)]


def value_at(made: Draft, path: str) -> Any:
    found: Any = made.model_dump()
    for part in path.split("."):
        found = found[int(part)] if part.isdecimal() else found[part]
    return found


def assert_edits_its_field_alone(page: AppTest, path: str) -> None:
    """Sets each widget's other values one after another, and takes them back."""
    before, experiment = draft(page), desk(page).composition.experiment
    field = path.removeprefix("switch ")
    for value in other_values(path, fields(page, "")[path], value_at(before, field)):
        change(page, path, value)
        after = draft(page)
        assert complaints(page) == []
        assert after != before, path
        assert after.replace({field: value_at(before, field)}) == before, f"{path} changed something else"
        found = value_at(after, field)
        if path.startswith("switch "):
            when_on = {**LAYER_PARAMETERS, **INPUT_PARAMETERS}[field.rpartition(".")[2]].when_on
            assert found == (when_on if value else None)
        else:
            assert (part_name(found["kind"]) if isinstance(found, dict) else found) == value
        fits = after.first_misfit is None
        assert desk(page).composition.experiment == (Experiment(**dict(after)) if fits else experiment)
        assert from_parameter(page.query_params["x"]) == after
        press(page, "Undo")
        assert draft(page) == before


# ------------------------------------------------------------------------------------------------------ how it opens


def test_the_page_opens_on_the_ten_spike_net_with_its_first_neurons_selected() -> None:
    page = opened()
    assert draft(page) == TEN
    assert "x" not in page.query_params
    assert [stage["name"] for stage in data_of(page, "ribbon")["stages"]] == [stage.name for stage in stages(TEN)]
    assert data_of(page, "ribbon")["selected"] == 1
    assert "Layer 2 (LIF)" in said(page, "title")
    (simulation,) = simulate(ten_spikes())
    assert np.array_equal(raster(page, "input"), simulation.input[0].T)
    assert np.array_equal(raster(page, "1"), simulation.records[1].spikes[0].T)


def test_the_headline_counts_the_output_spikes() -> None:
    page = opened(TEN.replace({"network.3.spike_threshold": 0.1}))
    spikes = simulate(desk(page).composition.experiment)[0].outputs[-1].sum()
    assert spikes > 0
    assert data_of(page, "count")["number"] == f"{spikes:g}"
    page = opened(convolution().draft)
    assert data_of(page, "count")["unit"] == "mean output · 8 samples × 100 steps"


@pytest.mark.parametrize("made", [TEN.replace({"network.1.tau_mem": 17.0}), convolution().draft, MISFIT], ids=["edited", "maps", "misfit"])
def test_a_link_opens_its_draft(made: Draft) -> None:
    page = opened(made)
    assert draft(page) == made
    assert complaints(page) == []
    assert from_parameter(page.query_params["x"]) == made


def test_a_link_to_a_misfit_says_what_is_wrong_and_offers_the_remedy() -> None:
    page = opened(MISFIT)
    (wrong,) = (stage for stage in data_of(page, "ribbon")["stages"] if stage["problem"])
    assert (wrong["layer"], wrong["remedy"]) == (2, "Set in_features to 65")
    assert "rows" not in [element.key for element in page.get("bidi_component")], "no network of somebody else's"
    assert complaints(page) == []
    told(page, "ribbon", "remedied", {"layer": 2})
    assert draft(page) == stack.mend(MISFIT, 2)
    assert desk(page).composition.experiment.network[2].in_features == 65
    assert "Below is still the last network whose layers fit." not in captions(page)


def test_a_broken_link_opens_the_ten_spike_net_with_a_message() -> None:
    page = AppTest.from_file(MAIN, default_timeout=30)
    page.query_params["x"] = "nonsense"
    network_page(page)
    assert len(complaints(page)) == 1
    assert draft(page) == TEN
    assert page.query_params["x"] == "nonsense"


# ----------------------------------------------------------------------------------------------------- what it starts from


@pytest.mark.parametrize("preset", presets(), ids=lambda preset: preset.title)
def test_every_preset_can_be_started_from_and_says_what_to_watch(preset: Preset) -> None:
    page = opened(TEN.replace({"seeds.noise": 77}), layer=3, sample=2, opened={1}, overlay=SHUFFLED, taus=(5.0,))
    assert page.menu_button(key="preset").label == "Start from: own network"
    page.menu_button(key="preset").click(preset.title)
    run(page)
    assert draft(page) == preset.experiment.draft
    assert desk(page).composition.experiment == preset.experiment
    assert page.menu_button(key="preset").label == f"Start from: {preset.title}"
    assert preset.watch in captions(page)
    seen = looking(page)
    assert (seen.sample, seen.opened, seen.overlay, seen.taus) == (0, set(), NO_OVERLAY, ())
    press(page, "Undo")
    assert draft(page) == TEN.replace({"seeds.noise": 77})


def test_an_edit_makes_a_preset_an_own_network_and_taking_it_back_makes_it_the_preset_again() -> None:
    page = opened()
    page.menu_button(key="preset").click("Convolution")
    run(page)
    fields(page, "")["network.1.tau_mem"].set_value(33.0)
    assert shown(page.run()).menu_button(key="preset").label == "Start from: own network", "drawn anew at once"
    fields(page, "network.1")["network.1.tau_mem"].set_value(20.0)
    assert shown(page.run()).menu_button(key="preset").label == "Start from: Convolution"


# ------------------------------------------------------------------------------------------------------------ the stack


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_every_kind_of_layer_can_be_added_after_the_selected_one(kind: str) -> None:
    page = opened()
    page.menu_button(key="add").click(kind)
    run(page)
    assert draft(page) == stack.insert(TEN, 2, kind)
    assert draft(page).network[2].kind == kind
    assert looking(page).layer == 2
    assert f"Layer 3 ({kind})" in said(page, "title")
    press(page, "Undo")
    assert draft(page) == TEN


def test_where_none_is_selected_a_layer_is_added_after_the_input() -> None:
    page = opened(layer=None)
    assert any(caption.startswith("No layer is selected") for caption in captions(page))
    assert [button.label for button in page.button if button.disabled] == ["Undo", "Redo", "Duplicate", "Up", "Down", "Remove"]
    page.menu_button(key="add").click("LIF")
    run(page)
    assert draft(page) == stack.insert(TEN, 0, "LIF")
    assert looking(page).layer == 0


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
    assert looking(page).layer == selected
    assert looking(page).opened == set(), "layers have other places now"
    assert [stage["name"] for stage in data_of(page, "ribbon")["stages"]] == [stage.name for stage in stages(made)]
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


# -------------------------------------------------------------------------------------------------------- undo and redo


def test_every_step_can_be_undone_and_done_again() -> None:
    page = opened()
    assert [button.disabled for button in page.button if button.label in ("Undo", "Redo")] == [True, True]
    steps = [draft(page)]
    for act in ("New weights", "Duplicate", "New input", "Remove"):
        press(page, act)
        steps.append(draft(page))
    for step in steps[-2::-1]:
        press(page, "Undo")
        assert draft(page) == step
        assert desk(page).composition.experiment.draft == step
    assert next(button for button in page.button if button.label == "Undo").disabled
    for step in steps[1:]:
        press(page, "Redo")
        assert draft(page) == step
    assert next(button for button in page.button if button.label == "Redo").disabled


def test_a_misfit_is_undone_and_done_again_over_the_old_simulation() -> None:
    page = opened(layer=0)
    before = drawn(page)[0]["groups"]
    change(page, "network.0.out_features", 65)
    assert draft(page) == MISFIT
    for act, made in (("Undo", TEN), ("Redo", MISFIT), ("Undo", TEN)):
        press(page, act)
        assert draft(page) == made
        assert desk(page).composition.experiment == ten_spikes()
        assert ("Below is still the last network whose layers fit." in captions(page)) == (made == MISFIT)
        groups = drawn(page)[0]["groups"]
        assert [group["rows"] for group in groups] == [group["rows"] for group in before]
        remedies = [remedy for group in groups for remedy in group.get("notes", {}).get("remedies", [])]
        assert bool(remedies) == (made == TEN), "a remedy is for the layers that are seen"
        assert value_in(fields(page, "network.0")["network.0.out_features"]) == made.network[0].out_features


def test_a_misfit_keeps_the_old_simulation_and_says_so() -> None:
    page = opened(layer=0)
    simulation = desk(page).composition.simulations[1, False][0]
    change(page, "network.0.out_features", 65)
    assert desk(page).composition.simulations[1, False][0] is simulation
    assert "Below is still the last network whose layers fit." in captions(page)
    assert complaints(page) == []
    press(page, "New input")
    assert desk(page).composition.simulations[1, False][0] is simulation, "also after another edit"


# ---------------------------------------------------------------------------------------------------- a layer's parameters

PICTURE = (1, 8, 2, 6, 6)


def network_with(kind: str) -> Draft:
    """A network that begins with a layer of a kind, of whatever shape follows."""
    first = stack.insert(Draft(network=[{"kind": "IAF"}], input={"shape": PICTURE, "probability": 0.5}), 0, kind)
    assert first.first_misfit is None
    return first


def own_fields(part: Any) -> set[str]:
    return set(type(part).model_fields) - {"kind", "shape", "name", "digest", "learns"}


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_a_layer_has_widgets_for_each_of_its_parameters_and_no_others(kind: str) -> None:
    made = network_with(kind)
    page = opened(made, layer=0)
    names = [path.removeprefix("switch ").split(".")[2] for path in fields(page, "network.")]
    assert set(names) == own_fields(made.network[0])
    assert all(path.removeprefix("switch ").startswith("network.0.") for path in fields(page, "network."))
    for path, widget in fields(page, "network.0.").items():
        value = value_at(made, path.removeprefix("switch "))
        expected = value is not None if path.startswith("switch ") else value["kind"] if isinstance(value, dict) else value
        assert value_in(widget) == expected, path
    assert ("It has no parameters." in captions(page)) == (not names)
    assert any(kind in text for text in said(page, "title"))


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_each_widget_of_a_layer_edits_its_field_alone(kind: str) -> None:
    page = opened(network_with(kind), layer=0)
    for path in list(fields(page, "network.0.")):
        assert_edits_its_field_alone(page, path)


PARTS = [
    (field, kind)
    for field in ("spike_fn", "reset_fn", "surrogate_grad_fn", "rec_connect", "weights")
    for kind in parts(field)
    if parts(field)[kind]
]


@pytest.mark.parametrize(("field", "kind"), PARTS)
def test_each_widget_of_a_part_edits_its_field_alone(field: str, kind: str) -> None:
    owner = f"network.0.{field}.weights" if field == "rec_connect" else f"network.0.{field}"
    room = {"groups": 4} if kind == "chain" else {}
    made = network_with("Linear" if field == "weights" else "LIFRecurrent").replace({owner: {"kind": kind, **parts(field)[kind], **room}})
    page = opened(made, layer=0)
    found = fields(page, f"{owner}.")
    assert {path.removeprefix(f"{owner}.") for path in found} == set(parts(field)[kind])
    for path in found:
        assert_edits_its_field_alone(page, path)


@pytest.mark.parametrize(
    ("kind", "name"), [("LIF", "tau_syn"), ("LIF", "min_v_mem"), ("ALIFRecurrent", "tau_syn"), ("AvgPool2d", "stride")]
)
def test_an_optional_parameter_is_switched_on_changed_and_switched_off(kind: str, name: str) -> None:
    page = opened(network_with(kind), layer=0)
    path = f"network.0.{name}"
    assert path not in fields(page, "network.0.")
    change(page, f"switch {path}", True)
    present = value_at(draft(page), path)
    assert value_in(fields(page, "")[path]) == present == LAYER_PARAMETERS[name].when_on
    (value,) = other_values(path, fields(page, "")[path], present)
    change(page, path, value)
    assert value_at(draft(page), path) == value
    change(page, f"switch {path}", False)
    assert path not in fields(page, "network.0.")
    assert draft(page) == network_with(kind)


@pytest.mark.parametrize(("part", "name", "value"), [("reset_fn", "subtract_value", 0.5), ("spike_fn", "max_num_spikes_per_bin", 3)])
def test_a_field_that_may_be_empty_is_filled_and_emptied(part: str, name: str, value: float) -> None:
    made = TEN.replace({"network.1.spike_fn": "MaxSpike"})
    page = opened(made)
    path = f"network.1.{part}.{name}"
    change(page, path, value)
    assert value_at(draft(page), path) == value
    change(page, path, None)
    assert complaints(page) == []
    assert draft(page) == made


def test_values_by_neuron_are_replaced_by_their_mean_and_by_nothing_else() -> None:
    made = TEN.replace({"network.1.tau_mem": [float(neuron) for neuron in range(10, 74)]})
    page = opened(made)
    assert "network.1.tau_mem" not in fields(page, "")
    assert "Membrane time constant τ_mem (steps): one value for each neuron." in captions(page)
    press(page, "Use one value for all")
    assert draft(page) == TEN.replace({"network.1.tau_mem": 41.5})
    assert fields(page, "")["network.1.tau_mem"].value == 41.5


@pytest.mark.parametrize("value", [0.5, 400.0])
def test_a_slider_reaches_as_far_as_its_value(value: float) -> None:
    page = opened(TEN.replace({"network.1.tau_mem": value}))
    slider = fields(page, "")["network.1.tau_mem"]
    assert slider.value == value
    assert slider.min <= value <= slider.max


def test_a_slow_or_short_input_shows_its_own_value() -> None:
    for made, path, value in (
        (stack.feed(TEN, "sine_current"), "input.period", 0.5),
        (stack.feed(TEN, "moving_bar"), "input.speed", 0.01),
    ):
        page = opened(made.replace({path: value}), panel="Input")
        assert value_in(fields(page, "")[path]) == value


def test_more_groups_than_neurons_are_a_misfit_that_is_shown_at_once() -> None:
    made = stack.insert(TEN, 2, "LIFRecurrent").replace({"network.2.rec_connect.weights": {"kind": "chain", "groups": 2, "value": 0.1}})
    page = opened(made, layer=2)
    change(page, "network.2.rec_connect.weights.offset", 0)
    enter(page, "network.2.rec_connect.weights.groups", 65)
    shown(page.run())
    (wrong,) = (stage for stage in data_of(page, "ribbon")["stages"] if stage["problem"])
    assert (wrong["layer"], wrong["remedy"]) == (2, "Make rec_connect fit")
    told(page, "ribbon", "remedied", {"layer": 2})
    assert draft(page).first_misfit is None


def test_edits_that_follow_one_another_draw_the_plots_of_the_last() -> None:
    page = opened()
    for tau in (20.0, 21.0, 22.0):
        fields(page, "")["network.1.tau_mem"].set_value(tau)
        shown(page.run())
        (simulation,) = simulate(ten_spikes().replace({"network.1.tau_mem": tau}))
        assert np.array_equal(raster(page, "3"), simulation.records[3].spikes[0].T)
        run(page)
        assert fields(page, "")["network.1.tau_mem"].value == tau


# ------------------------------------------------------------------------------------------------------- what is refused


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("network.2.out_features", 10**6, "The network has 64,001,024 weights; this server takes up to 4,000,000. Use smaller layers."),
        ("network.1.surrogate_grad_fn.grad_width", 0.0, "Width: '0.0' is out of range; write a number above 0."),
        ("input.shape.0", 0, "Samples: '0' is out of range; write a whole number of at least 1."),
        ("input.shape.0", -5, "Samples: '-5' is out of range; write a whole number of at least 1."),
        ("input.shape.0", 10**9, "this server keeps up to 256 MB"),
        ("input.shape.1", 10**9, "The input has 1,000,000,000 time steps; this page takes up to 20,000. Use fewer."),
        ("input.shape.2", "", "Channels are ''; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "abc", "Channels are 'abc'; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "1e9", "Channels are '1e9'; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "2×-8", "Channels are '2×-8'; they must be whole numbers such as 16 or 2×8×8."),
        ("input.shape.2", "0", "input: shape is (1, 100, 0); every axis of (batch, time, ...) must be at least 1."),
        ("seeds.weights", -1, "Seed: weights: '-1' is out of range; write a whole number of at least 0."),
        ("dt", 0.0, "Time step dt (ms): '0.0' is out of range; write a number from 1e-06 to 1000000000."),
        ("dt", -1.0, "Time step dt (ms): '-1.0' is out of range; write a number from 1e-06 to 1000000000."),
    ],
)
def test_what_is_refused_is_said_in_one_sentence_and_changes_nothing(path: str, value: Any, message: str) -> None:
    page = opened(
        layer=int(path.split(".")[1]) if path.startswith("network") else 1, panel="Layer" if path.startswith("network") else "Input"
    )
    before, simulation, steps = fields(page, "")[path].value, desk(page).composition.simulations[1, False][0], page.query_params.get("x")
    change(page, path, value)
    assert len(complaints(page)) == 1
    assert message in complaints(page)[0]
    assert draft(page) == TEN
    assert desk(page).composition.simulations[1, False][0] is simulation
    assert not desk(page).composition.history.can_undo
    assert fields(page, "")[path].value == before, "the value in force"
    assert page.query_params.get("x") == steps
    press(page, "New input")
    assert complaints(page) == [], "gone with the next input"


# ---------------------------------------------------------------------------------------------------------------- inputs

ORDINARY = [kind for kind in INPUT_KINDS if kind not in ("drawn", "file")]


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_input_has_widgets_for_each_of_its_parameters_and_no_others(kind: str) -> None:
    made = stack.feed(TEN, kind)
    page = opened(made, panel="Input")
    found = fields(page, "input.")
    assert {path.removeprefix("switch ").split(".")[1] for path in found} == {*own_fields(made.input), "shape"}
    assert {path for path in found if ".shape" in path} == {"input.shape.0", "input.shape.1", "input.shape.2"}
    assert f"{made.input.words[0].upper()}{made.input.words[1:]}." in captions(page)


@pytest.mark.parametrize("kind", ORDINARY)
def test_each_widget_of_an_input_edits_its_field_alone(kind: str) -> None:
    page = opened(stack.feed(TEN, kind), panel="Input")
    for path in [path for path in fields(page, "input.") if ".shape." not in path]:
        assert_edits_its_field_alone(page, path)


DRAWN = stack.feed(TEN, "drawn").replace({"input.values": [0.5] * 60 + [-1.0] * 40, "input.weight": 2.0})


def test_a_drawn_current_has_widgets_for_all_but_its_values() -> None:
    page = opened(DRAWN, panel="Input")
    assert set(fields(page, "input.")) == {"input.weight", "input.shape.0", "input.shape.1", "input.shape.2"}
    assert "A current drawn by hand, between -1 and 0.5, weight 2." in captions(page)
    assert_edits_its_field_alone(page, "input.weight")


@pytest.mark.parametrize("steps", [70, 130])
def test_a_drawn_current_ends_sooner_or_in_zeros_where_the_time_is_another(steps: int) -> None:
    page = opened(DRAWN, panel="Input")
    change(page, "input.shape.1", steps)
    assert complaints(page) == []
    assert draft(page) == stack.reshape(DRAWN, (1, steps, 16))
    change(page, "input.shape.1", 1001)
    assert complaints(page) == ["The input is drawn by hand for up to 1000 time steps; choose another one for 1001."]
    assert draft(page) == stack.reshape(DRAWN, (1, steps, 16))


def test_a_file_is_weighted() -> None:
    page = upload(opened(panel="Input"), "mine.npy", as_npy(spikes(50, 16)))
    change(page, "input.weight", 3.0)
    assert draft(page).input.weight == 3.0
    assert np.array_equal(simulate(desk(page).composition.experiment, desk(page).files)[0].input[0], 3 * spikes(50, 16))
    assert "From the file 'mine.npy', weight 3." in captions(page)


@pytest.mark.parametrize(
    ("kind", "name"), [("spike_bursts", "neurons"), ("spike_bursts", "count"), ("step_current", "neurons"), ("step_current", "stop")]
)
def test_an_optional_parameter_of_an_input_is_switched_on_and_off(kind: str, name: str) -> None:
    page = opened(stack.feed(TEN, kind), panel="Input")
    change(page, f"switch input.{name}", True)
    assert value_in(fields(page, "")[f"input.{name}"]) == getattr(draft(page).input, name) == INPUT_PARAMETERS[name].when_on
    change(page, f"switch input.{name}", False)
    assert draft(page) == stack.feed(TEN, kind)


@pytest.mark.parametrize(("place", "value"), [(0, 3), (1, 40)])
def test_samples_and_steps_change_the_shape(place: int, value: int) -> None:
    page = opened(panel="Input")
    press(page, "New input")  # from here on the widgets are others
    change(page, f"input.shape.{place}", value)
    assert draft(page).input.shape == tuple(value if at == place else length for at, length in enumerate((1, 100, 16)))
    assert draft(page).replace({"input.shape": (1, 100, 16)}) == TEN.replace({"seeds.input": 2})
    assert desk(page).composition.simulations[1, False][0].input.shape == draft(page).input.shape


@pytest.mark.parametrize(
    ("text", "channels"),
    [("8", (8,)), ("2×8×8", (2, 8, 8)), ("2 x 8 x 8", (2, 8, 8)), ("2*8*8", (2, 8, 8)), ("(2, 8, 8)", (2, 8, 8)), (" 5 ", (5,))],
)
def test_channels_are_typed_in_any_of_the_usual_ways(text: str, channels: tuple[int, ...]) -> None:
    page = opened(panel="Input")
    press(page, "New input")
    change(page, "input.shape.2", text)
    assert draft(page).input.shape == (1, 100, *channels)
    assert complaints(page) == []
    assert fields(page, "")["input.shape.2"].value == "×".join(map(str, channels))


def test_the_same_channels_are_no_edit() -> None:
    page = opened(panel="Input")
    change(page, "input.shape.2", "16")
    assert not desk(page).composition.history.can_undo


@pytest.mark.parametrize("path", ["seeds.weights", "seeds.input", "seeds.noise"])
def test_each_seed_edits_its_field_alone(path: str) -> None:
    page = opened(TEN.replace({"seeds.noise": 8}), panel="Input")
    assert_edits_its_field_alone(page, path)


def test_the_time_step_is_given_in_ms_and_kept_in_seconds() -> None:
    page = opened(panel="Input")
    assert fields(page, "")["dt"].value == "1"
    change(page, "dt", 0.5)
    assert draft(page) == TEN.replace({"dt": 0.0005})
    assert "Hz" in group(page, 1)["words"]


@pytest.mark.parametrize(("label", "name"), [("New input", "input"), ("New weights", "weights")])
def test_another_seed_is_a_click_away(label: str, name: str) -> None:
    page = opened(panel="Input")
    for times in (1, 2):
        press(page, label)
        assert draft(page) == TEN.replace({f"seeds.{name}": getattr(TEN.seeds, name) + times})
        assert value_in(fields(page, "")[f"seeds.{name}"]) == getattr(TEN.seeds, name) + times
    (simulation,) = simulate(desk(page).composition.experiment)
    assert np.array_equal(raster(page, "input"), simulation.input[0].T)


def test_new_weights_is_enabled_as_long_as_a_layer_draws_some() -> None:
    fixed = {"network.2.weights": {"kind": "constant", "value": 0.1}, "network.0.bias": False}
    page = opened(TEN.replace(fixed), layer=0)
    new = next(button for button in page.button if button.label == "New weights")
    assert not new.disabled
    change(page, "network.0.weights.gain", 0.0)
    new = next(button for button in page.button if button.label == "New weights")
    assert new.disabled
    assert new.help == "No weights of this network are random."


@pytest.mark.parametrize("made", [TEN, stack.insert(TEN, 2, "Dropout"), stack.feed(TEN, "step_current")])
def test_each_seed_says_what_it_decides_here(made: Draft) -> None:
    assert {seed_note(made, seed, shuffles=True) for seed in SEEDS} <= set(captions(opened(made, panel="Input")))


# ------------------------------------------------------------------------------------------------------------ own files


def spikes(*shape: int) -> np.ndarray[Any, Any]:
    return (np.random.default_rng(0).random(shape) < 0.4).astype(np.float32)


def as_npy(values: np.ndarray[Any, Any]) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def upload(page: AppTest, name: str, content: bytes) -> AppTest:
    page.file_uploader(key="upload").set_value((name, content, "application/octet-stream"))
    return run(page)


def test_a_file_becomes_the_input() -> None:
    page = opened(panel="Input")
    raster_of_file = spikes(50, 16)
    upload(page, "mine.npy", as_npy(raster_of_file))
    assert complaints(page) == []
    given = draft(page).input
    assert (given.kind, given.name, given.shape, given.digest) == ("file", "mine.npy", (1, 50, 16), content_hash(raster_of_file[None]))
    assert draft(page) == stack.feed_file(TEN, "mine.npy", given.digest, (1, 50, 16), "counts")
    assert np.array_equal(raster(page, "input"), raster_of_file.T)
    assert "From the file 'mine.npy'." in captions(page)
    assert not [path for path in fields(page, "input.") if ".shape." in path], "its shape is the file's"
    press(page, "New weights")
    assert draft(page).input == given
    press(page, "Undo")
    press(page, "Undo")
    assert draft(page) == TEN
    press(page, "Redo")
    assert np.array_equal(raster(page, "input"), raster_of_file.T), "the file is still here"


def test_a_file_that_does_not_fit_the_network_is_a_misfit() -> None:
    page = upload(opened(panel="Input"), "events.csv", b"t,neuron\n0,0\n3,1\n9,2\n")
    assert draft(page).input.shape == (1, 10, 3)
    assert "Below is still the last network whose layers fit." in captions(page)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("mine.txt", b"1,2", "File 'mine.txt': its ending tells no format that can be read; use .npy, .npz, .csv."),
        ("mine.npy", b"nothing of the kind", "File 'mine.npy': it is no NumPy array; save it with np.save or np.savez."),
        ("mine.csv", b"1,2\n3,x\n", "File 'mine.csv': line 2, column 2: 'x' is not a number; write numbers with commas between."),
        ("mine.csv", b"", "File 'mine.csv': it is empty; save the spikes again."),
        ("long.csv", b"1\n" * 20_001, "this page takes up to 20,000"),
    ],
)
def test_a_file_that_is_refused_leaves_the_input_as_it_was(name: str, content: bytes, message: str) -> None:
    made = Draft(network=[{"kind": "IAF"}], input={"shape": (1, 10, 1), "probability": 0.5})
    page = upload(opened(made, panel="Input"), name, content)
    assert len(complaints(page)) == 1
    assert message in complaints(page)[0]
    assert draft(page) == made
    assert not desk(page).composition.history.can_undo


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.csv", b"t,neuron\n0,0\n99,15\n", "events, in 100 time steps, 16 neurons, 1 sample"),
        (
            "a.csv",
            b"t,x,y,p\n0,0,0,1\n9,7,3,0\n",
            "events, in 10 time steps, 2 × 4 × 8 (channels × height × width), 1 sample",
        ),
        ("a.csv", b"n0;n1\n0,5;1,5\n", "currents, in 1 time step, 2 neurons, 1 sample"),
        ("[a].npy", as_npy(spikes(3, 50, 16)), "spike counts, in 50 time steps, 16 neurons, 3 samples"),
    ],
)
def test_the_page_says_what_a_file_was_read_as(name: str, content: bytes, words: str) -> None:
    sentence = f"{name!r} was read as {words}."
    page = upload(opened(panel="Input"), name, content)
    assert sentence in captions(page)
    press(page, "Undo")
    assert sentence not in captions(page)
    press(page, "Redo")
    assert sentence in captions(page)
    other = opened(draft(page), panel="Input")
    assert sentence not in captions(other), "what isn't here was not read"
    upload(other, "again.csv", b"t,channel\n0,0\n3,1\n")
    assert sentence not in captions(other)
    upload(other, name, content)
    assert sentence in captions(other)


@pytest.mark.parametrize(
    "content",
    [b"timestamp,channel\n0,0\n30,1\n", b"0,3\n40,1\n250000,2\n", as_npy(np.arange(400).reshape(100, 4))],
    ids=["named", "csv", "npy"],
)
def test_no_layer_is_offered_to_fit_a_file_that_was_misread(content: bytes) -> None:
    name = "a.npy" if content.startswith(b"\x93") else "a.csv"
    page = upload(opened(panel="Input"), name, content)
    assert len(complaints(page)) == 1
    assert draft(page) == TEN
    assert draft(page).first_misfit is None


FILE = spikes(1, 100, 16)
FROM_FILE = stack.feed_file(TEN, "mine.npy", content_hash(FILE), FILE.shape, "counts")


def test_a_link_to_a_file_that_is_not_here_says_what_is_missing() -> None:
    page = opened(FROM_FILE, panel="Input")
    assert complaints(page) == [
        "The input is the file 'mine.npy', which is not here: links carry no files. Upload it again, or choose another input."
    ]
    assert data_of(page, "count")["status"] == "Nothing can be simulated so far."
    assert "rows" not in [element.key for element in page.get("bidi_component")]
    assert draft(page) == FROM_FILE


def test_without_the_file_an_ordinary_input_can_be_chosen() -> None:
    page = opened(FROM_FILE, panel="Input")
    told(page, "input kind", "choice", {"kind": "poisson_spikes", "number": 1})
    assert complaints(page) == []
    assert draft(page) == stack.feed(FROM_FILE, "poisson_spikes")
    assert np.array_equal(raster(page, "input"), simulate(desk(page).composition.experiment)[0].input[0].T)
    press(page, "Undo")
    assert "which is not here" in complaints(page)[0]


def test_uploading_the_file_that_a_link_names_makes_its_network_run() -> None:
    page = upload(opened(FROM_FILE, panel="Input"), "mine.npy", as_npy(FILE))
    assert complaints(page) == []
    assert draft(page) == FROM_FILE
    assert np.array_equal(raster(page, "input"), FILE[0].T)


# ---------------------------------------------------------------------------------------------------- panels and overlays


def test_one_panel_is_open_at_a_time() -> None:
    page = opened()
    panels = {"Layer": "network.1.tau_mem", "Input": "input.probability", "Compare": None}
    for panel in ("Input", "Compare", "Layer", "Compare"):
        page.button_group(key="panel").set_value(panel)
        run(page)
        assert looking(page).panel == panel
        assert {path for path in panels.values() if path in fields(page, "")} == ({panels[panel]} - {None})
        assert bool(page.radio) == (panel == "Compare")
    page.button_group(key="panel").set_value(None)
    assert looking(run(page)).panel == "Compare", "a click on the open one keeps it"


@pytest.mark.parametrize(("choice", "name"), [(SHUFFLED, "shuffled"), (AGAIN, "second run")])
def test_a_second_run_is_drawn_beside_the_first_until_it_is_switched_off(choice: str, name: str) -> None:
    page = opened(TEN.replace({"network.1.spike_threshold": 0.2}), panel="Compare")
    assert drawn(page)[0]["other"] == ""
    page.radio(key="overlay").set_value(choice)
    run(page)
    assert drawn(page)[0]["other"] == name
    header, arrays = drawn(page)
    made = desk(page).composition.experiment
    other = simulate(made, shuffled=True)[0] if choice == SHUFFLED else simulate(made, runs=2)[1]
    (beside,) = (row for row in group(page, 1)["rows"] if row["kind"] == "raster" and row["other"] == name)
    assert np.array_equal(arrays[beside["z"]].reshape(64, 100), other.records[1].spikes[0].T)
    page.radio(key="overlay").set_value(NO_OVERLAY)
    run(page)
    assert drawn(page)[0]["other"] == ""
    assert header["groups"] != drawn(page)[0]["groups"]


def test_a_second_run_that_is_too_large_is_refused_and_switched_off(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(panel="Compare")
    monkeypatch.setattr(limits, "LARGEST_RECORD", 150_000)
    page.radio(key="overlay").set_value(SHUFFLED)
    run(page)
    assert len(complaints(page)) == 1
    assert "MB for 2 runs" in complaints(page)[0]
    assert looking(page).overlay == NO_OVERLAY
    assert drawn(page)[0]["other"] == ""


def test_time_constants_are_held_side_by_side() -> None:
    page = opened(panel="Compare")
    page.text_input(key="edit taus").set_value("5, 50")
    run(page)
    assert looking(page).taus == (5.0, 50.0)
    assert said(page, "title") == ["τ_mem 5 steps", "τ_mem 50 steps"]
    for tau in (5.0, 50.0):
        (simulation,) = simulate(ten_spikes().replace({"network.1.tau_mem": tau, "network.3.tau_mem": tau}))
        assert np.array_equal(raster(page, "1", f"rows {tau:g}"), simulation.records[1].spikes[0].T)
    assert draft(page) == TEN, "nothing is edited"
    page.text_input(key="edit taus").set_value("")
    run(page)
    assert np.array_equal(raster(page, "1"), simulate(ten_spikes())[0].records[1].spikes[0].T)


def test_a_typed_time_constant_is_held_and_the_same_one_only_once() -> None:
    page = opened(panel="Compare")
    page.text_input(key="edit taus").set_value("10 7.25;10.0")
    run(page)
    assert looking(page).taus == (10.0, 7.25)
    assert page.text_input(key="edit taus").value == "10, 7.25"


def test_a_typed_word_is_refused_and_the_next_number_is_taken() -> None:
    page = opened(panel="Compare", taus=(5.0,))
    page.text_input(key="edit taus").set_value("5, long")
    run(page)
    assert complaints(page) == ["τ_mem: 'long' is not a number; write a number from 0.1 to 100000."]
    assert looking(page).taus == (5.0,)
    assert page.text_input(key="edit taus").value == "5"
    page.text_input(key="edit taus").set_value("5, 8")
    run(page)
    assert complaints(page) == []
    assert looking(page).taus == (5.0, 8.0)


@pytest.mark.parametrize("text", ["0.01", "-3", "nan", "inf", "1e9"])
def test_a_time_constant_that_no_neuron_can_have_is_refused(text: str) -> None:
    page = opened(panel="Compare", taus=(5.0,))
    page.text_input(key="edit taus").set_value(f"5, {text}")
    run(page)
    (complaint,) = complaints(page)
    assert complaint.startswith(f"τ_mem: {text!r} is ")
    assert complaint.endswith("; write a number from 0.1 to 100000.")
    assert looking(page).taus == (5.0,)
    page.text_input(key="edit taus").set_value("1, 2, 3, 4, 5")
    run(page)
    assert complaints(page) == ["These are 5 time constants; up to 4 are held side by side."]


def test_without_a_leak_there_is_no_time_constant_to_hold() -> None:
    made = Draft(network=[{"kind": "IAF"}], input={"shape": (1, 10, 2), "probability": 0.5})
    page = opened(made, panel="Compare", taus=(5.0,))
    assert "No layer of this network has a leak, so there is no τ_mem to hold." in said(page, "sentence")


def test_the_sample_of_a_batch_is_chosen() -> None:
    page = opened(convolution().draft)
    for sample in (1, 3, 8):
        page.text_input(key="edit sample").set_value(str(sample))
        run(page)
        assert np.array_equal(raster(page, "input"), simulate(convolution())[0].input[sample - 1].reshape(100, -1).T)
    looking(page).panel = "Input"
    run(page)
    change(page, "input.shape.0", 2)
    assert page.text_input(key="edit sample").value == "2", "the last one that there is"
    change(page, "input.shape.0", 1)
    assert "edit sample" not in [widget.key for widget in page.text_input]
    assert np.array_equal(raster(page, "input"), desk(page).composition.simulations[1, False][0].input[0].reshape(100, -1).T)


# ------------------------------------------------------------------------------------------------ ribbon and rows are used


def test_a_click_on_the_ribbon_selects_a_layer_or_the_input() -> None:
    page = opened()
    told(page, "ribbon", "selected", {"layer": 2})
    assert "network.2.in_features" in fields(page, "")
    assert data_of(page, "ribbon")["selected"] == 2
    told(page, "ribbon", "selected", {"layer": None})
    assert "input.probability" in fields(page, "")
    assert data_of(page, "ribbon")["selected"] is None
    told(page, "ribbon", "selected", {"layer": 0})
    assert "network.0.in_features" in fields(page, "")


def test_every_misfit_is_mended_from_the_ribbon() -> None:
    page = opened(layer=0)
    change(page, "network.0.in_features", 17)
    change(page, "network.0.out_features", 30)
    for place in (0, 2):
        told(page, "ribbon", "remedied", {"layer": place})
    assert draft(page) == TEN.replace({"network.0.out_features": 30, "network.2.in_features": 30})
    assert desk(page).composition.experiment.draft == draft(page)


def traced(page: AppTest, layer: int) -> list[int]:
    """The last one lies on top and is the selected one."""
    lines = next(row for row in group(page, layer)["rows"] if row["kind"] == "traces")["lines"]
    return [line["neuron"] for line in lines if line["opacity"] == 1]


def test_a_picked_neuron_is_traced_with_its_weights_and_others_beside_it() -> None:
    page = opened()
    told(page, "rows", "picked", {"layer": 1, "row": 40, "add": False})
    assert traced(page, 1) == [40]
    assert [row["title"] for row in group(page, 1)["rows"] if row["kind"] == "weights"] == ["Weights from Layer 1 (Linear) to neuron 40"]
    told(page, "rows", "picked", {"layer": 1, "neuron": 7, "add": True})
    assert traced(page, 1) == [40, 7]
    told(page, "rows", "picked", {"layer": 1, "neuron": 7, "add": True})
    assert traced(page, 1) == [40]
    assert draft(page) == TEN, "nothing is edited"


def test_a_layer_is_opened_and_closed_and_shown_as_a_heatmap() -> None:
    page = opened()
    closed = [row["kind"] for row in group(page, 1)["rows"]]
    told(page, "rows", "toggled", {"layer": 1, "what": "open"})
    assert group(page, 1)["open"]
    assert len(group(page, 1)["rows"]) > len(closed)
    assert not group(page, 3)["open"]
    told(page, "rows", "toggled", {"layer": 1, "what": "heatmap"})
    assert group(page, 1)["rows"][0]["kind"] == "heatmap"
    told(page, "rows", "toggled", {"layer": 1, "what": "open"})
    told(page, "rows", "toggled", {"layer": 1, "what": "heatmap"})
    assert [row["kind"] for row in group(page, 1)["rows"]] == closed


def test_each_remedy_of_a_silent_layer_does_what_its_button_says() -> None:
    silent = TEN.replace({"network.1.spike_threshold": 3.0})
    (simulation,) = simulate(Experiment(**dict(silent)))
    (finding,) = diagnose(simulation)[1]
    assert isinstance(finding, Silent)
    for number, changes in enumerate(finding.changes):
        page = opened(silent)
        assert len(group(page, 1)["notes"]["remedies"]) == len(finding.changes)
        assert group(page, 1)["notes"]["sentence"].startswith("Silent: ")
        assert "Layer 2 (LIF)" in data_of(page, "count")["status"]
        told(page, "rows", "remedied", {"layer": 1, "remedy": number})
        assert draft(page) == silent.replace({f"network.1.{name}": value for name, value in changes.items()})
        assert raster(page, "1").any()
        assert not group(page, 1)["notes"]["sentence"].startswith("Silent: ")


# ---------------------------------------------------------------------------------------------------- the Training page


def training_page(page: AppTest) -> AppTest:
    return shown(page.switch_page("views/training.py").run())


def network_page(page: AppTest) -> AppTest:
    return shown(page.switch_page("views/network.py").run())


def train(page: AppTest) -> AppTest:
    """Goes on to the Training page by this one's button."""
    (button,) = (button for button in page.button if button.label == "Train this network")
    button.click()
    shown(page.run())
    page.switch_page("views/training.py")  # where it is already; AppTest would return to the page that it was sent to last
    return page


def press_on_training_page(page: AppTest, label: str) -> AppTest:
    (button,) = (button for button in page.button if button.label == label)
    button.click()
    return shown(page.run())


def test_the_network_that_was_composed_is_trained() -> None:
    page = opened(TEN.replace({"network.1.tau_mem": 12.0}))
    train(page)
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.1.tau_mem": 12.0})
    assert "Train it to fire ten" in [button.label for button in page.button]


def test_a_network_that_does_not_end_in_spikes_is_given_neurons_on_the_training_page() -> None:
    made = stack.remove(TEN, 3)
    page = opened(made)
    train(page)
    (error,) = complaints(page)
    assert error.startswith("This network can't be trained yet. Layer 3 (Linear) doesn't spike")
    press_on_training_page(page, "Put a LIF at its end")
    assert draft(page) == stack.insert(made, 3, "LIF")
    assert complaints(page) == []
    assert "Train it to fire ten" in [button.label for button in page.button]


def test_a_training_that_is_too_long_is_shortened_on_the_training_page() -> None:
    made = TEN.replace({"training.epochs": 10**6})
    page = opened(made)
    train(page)
    assert "this server takes up to 10,000" in complaints(page)[0]
    press_on_training_page(page, "Train at most 10,000 epochs")
    assert draft(page) == made.replace({"training.epochs": 10_000})
    assert complaints(page) == []


def test_a_misfit_is_named_on_the_training_page_and_mended_on_this_one() -> None:
    page = opened(MISFIT)
    train(page)
    assert complaints(page) == [f"This network can't be trained yet. {MISFIT.first_misfit}"]
    assert [link.label for link in page.get("page_link")] == ["Change it on the Network page"]
    network_page(page)
    told(page, "ribbon", "remedied", {"layer": 2})
    training_page(page)
    assert complaints(page) == []
    assert desk(page).training.run.experiment.draft == stack.mend(MISFIT, 2)


def test_both_pages_edit_the_same_draft() -> None:
    page = opened(layer=3)
    change(page, "network.3.tau_mem", 14.0)
    training_page(page)
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.3.tau_mem": 14.0})
    for path, value in (("training.lr", 0.01), ("tau_mem", 25.0)):
        enter(page, path, value)
        shown(page.run())
        shown(page.run())  # all of it
    network_page(page)
    both = {"network.1.tau_mem": 25.0, "network.3.tau_mem": 25.0, "training.lr": 0.01}
    assert draft(page) == TEN.replace(both)
    assert fields(page, "")["network.3.tau_mem"].value == 25.0
    assert from_parameter(page.query_params["x"]) == TEN.replace(both)
    press(page, "Undo")
    press(page, "Undo")
    assert draft(page) == TEN.replace({"network.3.tau_mem": 14.0})
    training_page(page)
    assert desk(page).training.run.experiment == ten_spikes().replace({"network.3.tau_mem": 14.0})


# ----------------------------------------------------------------------------------------------------------- sessions


def test_the_edits_of_one_session_do_not_touch_another() -> None:
    one, other = opened(), opened()
    change(one, "network.1.tau_mem", 44.0)
    told(one, "rows", "toggled", {"layer": 1, "what": "open"})
    upload(opened(panel="Input"), "mine.npy", as_npy(spikes(50, 16)))
    run(other)
    assert draft(other) == TEN
    assert fields(other, "")["network.1.tau_mem"].value == 10.0
    assert not group(other, 1)["open"]
    assert desk(other).files == {}
    press(other, "New weights")
    run(one)
    assert draft(one) == TEN.replace({"network.1.tau_mem": 44.0})


def test_the_oldest_files_of_a_session_go_first(monkeypatch: pytest.MonkeyPatch) -> None:
    page = opened(panel="Input")
    monkeypatch.setattr(files, "LARGEST_FILES", 2 * spikes(1, 50, 16).nbytes)
    for number in range(4):  # the present one and the one an undo away stay beside the new one
        upload(page, f"{number}.npy", as_npy(np.roll(spikes(50, 16), number, axis=0)))
    assert [content_hash(np.roll(spikes(50, 16), number, axis=0)[None]) for number in (1, 2, 3)] == list(desk(page).files)


def test_no_parameter_is_without_words() -> None:
    for kind in LAYER_KINDS:
        assert own_fields(network_with(kind).network[0]) <= set(LAYER_PARAMETERS)
    for kind in ORDINARY:
        assert own_fields(stack.feed(TEN, kind).input) <= set(INPUT_PARAMETERS)
    for parameter in (*LAYER_PARAMETERS.values(), *INPUT_PARAMETERS.values()):
        assert parameter.label
        assert parameter.note.endswith(".")
