"""Each control of a layer on the Network page edits its field alone."""

from __future__ import annotations

import numpy as np
import pytest

from app.words.control_rows import values_in_words
from app.words.layer_parameters import LAYER_PARAMETERS
from app.words.parts import PARTS, choice_of
from app.words.typed_numbers import Numbers
from snncore.experiment import edits as stack
from snncore.experiment.arguments import shape_of
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import ten_spikes
from snncore.run.simulation import simulate
from tests.app.network_page import (
    TEN,
    assert_edits_its_field_alone,
    captions,
    change,
    draft,
    enter,
    fields,
    network_with,
    opened,
    other_values,
    own_fields,
    raster,
    value_at,
)
from tests.app.pages import data_of, desk, press, run, shown, told
from tests.app.said import complaints, said
from tests.length import sampled

pytestmark = pytest.mark.slow  # each runs a page of the app


@pytest.mark.parametrize("kind", LAYER_KINDS)
def test_a_layer_has_widgets_for_each_of_its_parameters_and_no_others(kind: str) -> None:
    made = network_with(kind)
    page = opened(made, layer=0)
    names = [path.removeprefix("switch ").split(".")[2] for path in fields(page, "network.")]
    assert set(names) == own_fields(made.network[0])
    assert all(path.removeprefix("switch ").startswith("network.0.") for path in fields(page, "network."))
    for path, widget in fields(page, "network.0.").items():
        value = value_at(made, path.removeprefix("switch "))
        expected = value is not None if path.startswith("switch ") else choice_of(value) if isinstance(value, dict) else value
        assert widget.value == expected, path
    assert ("It has no parameters." in captions(page)) == (not names)
    assert any(kind in text for text in said(page, "title"))


@pytest.mark.parametrize("kind", sampled(LAYER_KINDS, most=4))
def test_each_widget_of_a_layer_edits_its_field_alone(kind: str) -> None:
    page = opened(network_with(kind), layer=0)
    for path in list(fields(page, "network.0.")):
        assert_edits_its_field_alone(page, path)


NUMBERS = {
    name: {number for number, value in first.items() if value is not None} - {"kind"} for of in PARTS.values() for name, first in of.items()
}
WITH_NUMBERS = [(field, name) for field in (*PARTS, "rec_connect") for name in PARTS.get(field, PARTS["weights"]) if NUMBERS[name]]


@pytest.mark.parametrize(("field", "name"), sampled(WITH_NUMBERS, most=6))
def test_each_widget_of_a_part_edits_its_field_alone(field: str, name: str) -> None:
    owner = f"network.0.{field}.weights" if field == "rec_connect" else f"network.0.{field}"
    room = {"groups": 4} if name == "chain" else {}
    first = {**PARTS.get(field, PARTS["weights"])[name], **room}
    made = network_with("Linear" if field == "weights" else "LIFRecurrent").replace({owner: first})
    page = opened(made, layer=0)
    found = fields(page, f"{owner}.")
    assert {path.removeprefix("switch ").removeprefix(f"{owner}.") for path in found} == NUMBERS[name]
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
    assert fields(page, "")[path].value == present == LAYER_PARAMETERS[name].when_on
    (value,) = other_values(path, fields(page, "")[path], present)
    change(page, path, value)
    assert value_at(draft(page), path) == value
    change(page, f"switch {path}", False)
    assert path not in fields(page, "network.0.")
    assert draft(page) == network_with(kind)


@pytest.mark.parametrize(
    ("part", "name", "value", "without", "choice"),
    [
        ("reset_fn", "subtract_value", 0.5, "subtract θ", "subtract a value"),
        ("spike_fn", "max_num_spikes_per_bin", 3, "any number", "at most …"),
    ],
)
def test_a_part_with_a_number_is_another_choice_than_the_one_without(part: str, name: str, value: float, without: str, choice: str) -> None:
    page = opened()
    path = f"network.1.{part}"
    assert fields(page, "")[path].value == without
    change(page, path, choice)
    change(page, f"{path}.{name}", value)
    assert value_at(draft(page), f"{path}.{name}") == value
    change(page, path, without)
    assert complaints(page) == []
    assert f"{path}.{name}" not in fields(page, "")
    assert draft(page) == TEN


def test_values_by_neuron_are_replaced_by_their_mean_and_by_nothing_else() -> None:
    made = TEN.replace({"network.1.tau_mem": [float(neuron) for neuron in range(10, 74)]})
    page = opened(made)
    assert fields(page, "")["network.1.tau_mem"].value == ", ".join(map(str, range(10, 74)))
    assert fields(page, "")["network.1.tau_mem"].row["note"].endswith("It has one value for each neuron.")
    (mean,) = fields(page, "")["network.1.tau_mem"].row["tries"]
    assert mean["words"] == "Use one value for all: 41.5"
    change(page, "network.1.tau_mem", mean["value"])
    assert draft(page) == TEN.replace({"network.1.tau_mem": 41.5})
    assert fields(page, "")["network.1.tau_mem"].value == 41.5


@pytest.mark.parametrize("typed", ["8, 12, 20, 5", "8;12 20  5"])
def test_a_parameter_of_neurons_takes_a_number_for_each(typed: str) -> None:
    page = opened(layer=3)
    change(page, "network.3.tau_mem", typed)
    assert complaints(page) == []
    assert draft(page) == TEN.replace({"network.3.tau_mem": [8.0, 12.0, 20.0, 5.0]})
    assert fields(page, "")["network.3.tau_mem"].value == "8, 12, 20, 5"
    change(page, "network.3.tau_mem", "7,5")
    assert draft(page) == TEN.replace({"network.3.tau_mem": 7.5})


@pytest.mark.parametrize("typed", ["10 ± 2", "10±2", "10 +- 2", "10 +/- 2", "10,0 ± 2"])
def test_a_mean_and_a_spread_become_a_value_for_each_neuron_that_the_row_describes(typed: str) -> None:
    page = opened()
    change(page, "network.1.tau_mem", typed)
    assert complaints(page) == []
    values = draft(page).network[1].tau_mem
    assert len(set(values)) > 50
    assert values == desk(page).composition.spread("network.1.tau_mem", 10.0, 2.0, Numbers(low=0.1))
    row = fields(page, "")["network.1.tau_mem"].row
    assert row["became"] == values_in_words(values)
    assert row["became"].startswith("64 values: ")
    press(page, "Undo")
    assert draft(page) == TEN


def test_maps_get_a_value_for_each_channel_and_every_field_has_a_draw_of_its_own() -> None:
    made = network_with("LIF")
    page = opened(made, layer=0)
    change(page, "network.0.tau_mem", "10 ± 2")
    change(page, "network.0.spike_threshold", "10 ± 2")
    layer = draft(page).network[0]
    assert complaints(page) == []
    assert shape_of(layer.tau_mem) == (2, 1, 1)
    assert layer.tau_mem != layer.spike_threshold


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [
        ("10 ± x", "Membrane time constant, after ±: 'x' is not a number; write a number of at least 0."),
        ("0 ± 2", "Membrane time constant, before ±: '0' is out of range; write a number of at least 0.1."),
        ("10 ± -2", "Membrane time constant, after ±: '-2' is out of range; write a number of at least 0."),
    ],
)
def test_a_spread_that_cannot_be_drawn_is_refused_by_its_field(typed: str, complaint: str) -> None:
    page = opened()
    change(page, "network.1.tau_mem", typed)
    assert complaints(page) == [complaint]
    assert draft(page) == TEN


def test_a_spread_is_offered_to_try() -> None:
    page = opened()
    offered = fields(page, "")["network.1.tau_mem"].row["tries"][-1]
    assert offered["words"] == "Try 10 ± 2: each neuron has a value of its own"
    change(page, "network.1.tau_mem", offered["value"])
    assert len(draft(page).network[1].tau_mem) == 64


def test_a_list_with_something_else_in_it_is_refused() -> None:
    page = opened(layer=3)
    change(page, "network.3.tau_mem", "8, twelve, 20, 5")
    assert complaints(page) == ["Membrane time constant: 'twelve' is not a number; write a number of at least 0.1."]
    assert draft(page) == TEN


@pytest.mark.parametrize("value", [0.5, 400.0])
def test_a_slider_reaches_as_far_as_its_value(value: float) -> None:
    page = opened(TEN.replace({"network.1.tau_mem": value}))
    slider = fields(page, "")["network.1.tau_mem"]
    assert slider.value == value
    assert slider.row["low"] <= value <= slider.row["high"]


def test_a_slow_or_short_input_shows_its_own_value() -> None:
    for made, path, value in (
        (stack.feed(TEN, "sine_current"), "input.period", 0.5),
        (stack.feed(TEN, "moving_bar"), "input.speed", 0.01),
    ):
        page = opened(made.replace({path: value}), panel="Input")
        assert fields(page, "")[path].value == value


def test_more_groups_than_neurons_are_a_misfit_that_is_shown_at_once() -> None:
    made = stack.insert(TEN, 2, "LIFRecurrent").replace({"network.2.rec_connect.weights": {"kind": "chain", "groups": 2, "value": 0.1}})
    page = opened(made, layer=2)
    change(page, "network.2.rec_connect.weights.offset", 0)
    enter(page, "network.2.rec_connect.weights.groups", 65)
    shown(page.run())
    (wrong,) = (stage for stage in data_of(page, "ribbon")["stages"] if stage["problem"])
    assert (wrong["layer"], wrong["remedy"]) == (2, "Make rec_connect fit")
    told(page, "ribbon", {"do": "remedy", "layer": 2})
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
