"""Each control of the input on the Network page edits its field alone."""

from __future__ import annotations

import numpy as np
import pytest

from app.words.input_parameters import INPUT_PARAMETERS
from app.words.seeds import SEEDS, seed_note
from snncore.experiment import edits as stack
from snncore.experiment.spec import Draft
from snncore.run.simulation import simulate
from tests.app.network_page import (
    ORDINARY,
    TEN,
    as_npy,
    assert_edits_its_field_alone,
    captions,
    change,
    draft,
    fields,
    group,
    opened,
    own_fields,
    raster,
    spikes,
    upload,
)
from tests.app.pages import desk, notes, press
from tests.app.said import complaints
from tests.length import sampled

pytestmark = pytest.mark.slow  # each runs a page of the app


@pytest.mark.parametrize("kind", ORDINARY)
def test_an_input_has_widgets_for_each_of_its_parameters_and_no_others(kind: str) -> None:
    made = stack.feed(TEN, kind)
    page = opened(made, panel="Input")
    found = fields(page, "input.")
    assert {path.removeprefix("switch ").split(".")[1] for path in found} == {*own_fields(made.input), "shape"}
    assert {path for path in found if ".shape" in path} == {"input.shape.0", "input.shape.1", "input.shape.2"}
    assert f"{made.input.words[0].upper()}{made.input.words[1:]}." in captions(page)


@pytest.mark.parametrize("kind", sampled(ORDINARY, most=4))
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
    assert fields(page, "")[f"input.{name}"].value == getattr(draft(page).input, name) == INPUT_PARAMETERS[name].when_on
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
    assert fields(page, "")["dt"].value == 1
    change(page, "dt", 0.5)
    assert draft(page) == TEN.replace({"dt": 0.0005})
    assert "Hz" in group(page, 1)["words"]


@pytest.mark.parametrize(("label", "name"), [("New input", "input"), ("New weights", "weights")])
def test_another_seed_is_a_click_away(label: str, name: str) -> None:
    page = opened(panel="Input")
    for times in (1, 2):
        press(page, label)
        assert draft(page) == TEN.replace({f"seeds.{name}": getattr(TEN.seeds, name) + times})
        assert fields(page, "")[f"seeds.{name}"].value == getattr(TEN.seeds, name) + times
    (simulation,) = simulate(desk(page).composition.experiment)
    assert np.array_equal(raster(page, "input"), simulation.input[0].T)


def test_new_weights_are_offered_as_long_as_a_layer_draws_some() -> None:
    fixed = {"network.2.weights": {"kind": "constant", "value": 0.1}, "network.0.bias": False}
    page = opened(TEN.replace(fixed), layer=0)
    assert "New weights" in [button.label for button in page.button]
    change(page, "network.0.weights.gain", 0.0)
    assert "New weights" not in [button.label for button in page.button]


@pytest.mark.parametrize("made", [TEN, stack.insert(TEN, 2, "Dropout"), stack.feed(TEN, "step_current")])
def test_each_seed_says_what_it_decides_here(made: Draft) -> None:
    assert {seed_note(made, seed, shuffles=True) for seed in SEEDS} <= set(notes(opened(made, panel="Input")))
