"""The gallery of inputs: its pictures show real inputs, and each of its tiles feeds the network with what it names."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from pydantic import TypeAdapter
from streamlit.testing.v1 import AppTest

from app.components import gallery as component
from app.components.gallery import Tile
from app.figures import thumbnails
from app.figures.thumbnails import (
    BAR_STEPS,
    DT,
    NOTHING,
    SEED,
    SHAPE,
    Thumbnail,
    drawn_thumbnail,
    file_thumbnail,
    thumbnail,
    thumbnail_if_ready,
)
from app.state.desk import Desk
from app.widgets import network
from app.words.input_parameters import INPUT_NAMES
from snncore import encoders
from snncore.arrays import Array
from snncore.experiment.edits import feed_file, fitting_input
from snncore.experiment.inputs import INPUT_KINDS, NO_FILES, DrawnCurrent, InputSpec
from snncore.experiment.spec import Draft
from snncore.io.recordings import content_hash
from tests.app.said import complaints
from tests.app.states import InterruptedState

pytestmark = pytest.mark.slow  # each runs a page of the app

MAIN = Path(__file__).parents[2] / "app" / "main.py"
KINDS = [kind for kind in INPUT_KINDS if kind not in ("drawn", "file", "sample")]
RASTERS = ["random_spikes", "poisson_spikes", "latency", "spike_bursts"]
CURRENTS = ["step_current", "ramp_current", "sine_current"]


def real_input(kind: str) -> Array:
    """(time, ...)"""
    spec: InputSpec = TypeAdapter(InputSpec).validate_python(fitting_input(kind, SHAPE))
    return spec.make(torch.Generator().manual_seed(SEED), DT, NO_FILES)[0].numpy()


# ---------------------------------------------------------------------------------------------------- thumbnails


def test_every_kind_of_input_has_a_name_and_a_picture_in_which_something_is_seen() -> None:
    assert set(INPUT_NAMES) == set(INPUT_KINDS)
    for kind in KINDS:
        assert np.ptp(thumbnail(kind).values) > 0, kind
        assert thumbnail(kind) is thumbnail(kind), "made once per process"


@pytest.mark.parametrize("kind", RASTERS)
def test_spikes_are_pictured_as_the_raster_of_the_real_input(kind: str) -> None:
    picture = thumbnail(kind)
    assert picture.drawing == "raster"
    assert picture.values.shape == (10, 60)
    assert np.array_equal(picture.values, real_input(kind).T)


@pytest.mark.parametrize("kind", CURRENTS)
def test_a_current_is_pictured_as_one_line_since_all_channels_have_the_same(kind: str) -> None:
    picture = thumbnail(kind)
    assert picture.drawing == "line"
    assert picture.values.shape == (60,)
    assert np.array_equal(np.repeat(picture.values[:, None], 10, axis=1), real_input(kind))


def test_the_moving_bar_is_pictured_at_two_steps_between_which_it_moves() -> None:
    picture = thumbnail("moving_bar")
    assert picture.drawing == "pixels"
    assert picture.values.shape == (2, 2, 8, 8)
    assert np.array_equal(picture.values, real_input("moving_bar")[list(BAR_STEPS)])
    before, after = picture.values
    assert before.sum() == after.sum() == 16, "a column arrives and one is left"
    assert np.array_equal(np.roll(before, 3, axis=-1), after)


def test_the_digit_is_pictured_by_what_its_pixels_add_up_to_over_time() -> None:
    picture = thumbnail("digit")
    assert picture.drawing == "pixels"
    assert picture.values.shape == (1, 2, 8, 8)
    assert np.array_equal(picture.values[0], real_input("digit").sum(axis=0))
    assert not (picture.values[0, 0] * picture.values[0, 1]).any(), "a pixel is ON or OFF"


@pytest.mark.parametrize("shape", [(5, 3), (60, 17), (61, 18), (1000, 400), (50, 3, 4, 5)])
def test_a_raster_from_a_file_is_pictured_whole_and_no_spike_is_lost(shape: tuple[int, ...]) -> None:
    sample = (np.random.default_rng(0).random(shape) < 0.1).astype(np.float32)
    picture = file_thumbnail(sample)
    assert picture.drawing == "raster"
    neurons = int(np.prod(shape[1:]))
    assert picture.values.shape == (min(neurons, 17), min(shape[0], 60))
    assert picture.values.sum() == sample.sum()
    if picture.values.size == sample.size:
        assert np.array_equal(picture.values, sample.reshape(len(sample), -1).T)


@pytest.mark.parametrize("steps", [2, 60, 61, 1000])
def test_a_drawn_current_is_pictured_from_its_first_to_its_last_value(steps: int) -> None:
    values = np.sin(np.linspace(0, 5, steps)).astype(np.float32)
    picture = drawn_thumbnail(DrawnCurrent(shape=(1, steps, 3), values=tuple(values.tolist()), weight=-2.0))
    assert picture.drawing == "line"
    assert picture.values.shape == (min(steps, 60),)
    assert picture.values[[0, -1]].tolist() == [-2 * values[0], -2 * values[-1]]
    assert np.abs(picture.values + 2 * np.sin(np.linspace(0, 5, len(picture.values)))).max() < 0.1, "as early in the picture"


@pytest.mark.parametrize(("shape", "pictured"), [((30, 2, 8, 8), (1, 2, 8, 8)), ((30, 2, 40, 33), (1, 2, 16, 16))])
def test_a_sensor_from_a_file_is_pictured_by_what_its_pixels_add_up_to(shape: tuple[int, ...], pictured: tuple[int, ...]) -> None:
    sample = np.random.default_rng(0).poisson(0.1, shape).astype(np.float32)
    picture = file_thumbnail(sample)
    assert (picture.drawing, picture.values.shape) == ("pixels", pictured)
    assert np.array_equal(picture.values[0].sum(axis=(1, 2)), sample.sum(axis=(0, 2, 3)))


def test_the_first_look_at_a_digit_does_not_wait_for_scikit_learn(monkeypatch: pytest.MonkeyPatch) -> None:
    """It has a plain tile until the images have been loaded in the background."""
    encoders.digit_images.cache_clear()
    thumbnail.cache_clear()
    thumbnails._in_background.cache_clear()
    began = time.perf_counter()
    assert thumbnail_if_ready("digit") is None
    assert time.perf_counter() - began < thumbnails.HEAD_START
    limit = time.monotonic() + 60
    while (found := thumbnail_if_ready("digit")) is None:
        assert time.monotonic() < limit
        time.sleep(0.01)
    assert found is thumbnail("digit")
    assert encoders.digit_images.cache_info().misses == 1


def test_a_digit_that_cannot_be_loaded_leaves_its_tile_plain_for_good(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(kind: str) -> Thumbnail:
        raise ImportError("no scikit-learn")

    encoders.digit_images.cache_clear()
    thumbnails._in_background.cache_clear()
    monkeypatch.setattr(thumbnails, "thumbnail", fail)
    monkeypatch.setattr(thumbnails, "HEAD_START", 0.0)
    limit = time.monotonic() + 60
    while (found := thumbnail_if_ready("digit")) is None:
        assert time.monotonic() < limit
        time.sleep(0.01)
    assert found is NOTHING
    thumbnails._in_background.cache_clear()


# ------------------------------------------------------------------------------------------- what the browser gets


def test_spikes_travel_as_levels_of_which_0_means_none() -> None:
    sent = component._as_data(Tile("file", "Own file", Thumbnail("raster", np.array([[0.0, 1e-6, -1.0], [0.5, 1.0, 0.0]]))))["picture"]
    assert sent["shape"] == (2, 3)
    assert list(base64.b64decode(sent["levels"])) == [0, 1, 255, 128, 255, 0]
    assert list(base64.b64decode(component._as_data(Tile("file", "Own file", NOTHING))["picture"]["levels"])) == [0]


@pytest.mark.parametrize(
    ("current", "levels", "zero"),
    [
        ([0, 1, 2], [0, 128, 255], 0),
        ([-1, 0, 1], [0, 128, 255], 128),
        ([-2, -1], [0, 128], 255),
        ([3, 3], [255, 255], 0),
        ([0, 0], [0, 0], 0),
    ],
)
def test_a_current_travels_with_the_level_of_0(current: list[float], levels: list[int], zero: int) -> None:
    sent = component._as_data(Tile("a", "A", Thumbnail("line", np.array(current, np.float32))))["picture"]
    assert (list(base64.b64decode(sent["levels"])), sent["zero"]) == (levels, zero)


def test_a_tile_whose_picture_is_being_made_has_none() -> None:
    assert component._as_data(Tile("digit", "Handwritten digit", None))["picture"] is None


# ---------------------------------------------------------------------------------------------------- choosing


@pytest.fixture
def tiles(monkeypatch: pytest.MonkeyPatch) -> dict[str, Tile]:
    """The tiles that the page showed last. In place of each stands a button, since Streamlit's harness can't press components."""
    shown: dict[str, Tile] = {}

    def buttons(key: str, tiles: Sequence[Tile], chosen: str, on_choose: Callable[[str], None]) -> None:
        shown.clear()
        for tile in tiles:
            shown[tile.kind] = tile
            st.button(tile.name, key=f"{key} {tile.kind}", on_click=on_choose, args=(tile.kind,), type=_type(tile.kind == chosen))

    def _type(is_chosen: bool) -> str:
        return "primary" if is_chosen else "secondary"

    monkeypatch.setattr(network, "gallery", buttons)
    return shown


def network_page() -> AppTest:
    page = AppTest.from_file(MAIN, default_timeout=60)
    page.run()
    page.switch_page("views/network.py")
    page.run()
    next(control for control in page.segmented_control if control.key == "panel").set_value("Input")
    return shown(page.run())


def shown(page: AppTest) -> AppTest:
    assert not page.exception, page.exception
    return page


def press(page: AppTest, kind: str) -> AppTest:
    page.button(key=f"input kind {kind}").click()
    return shown(page.run())


def draft_of(page: AppTest) -> Draft:
    draft: Draft = page.session_state["desk"].composition.present
    return draft


@pytest.mark.parametrize("kind", KINDS)
def test_choosing_a_tile_feeds_the_network_with_its_kind(tiles: dict[str, Tile], kind: str) -> None:
    page = network_page()
    press(page, "sine_current" if kind == "random_spikes" else "random_spikes")
    press(page, kind)
    assert draft_of(page).input.kind == kind
    assert list(tiles) == KINDS
    assert [tile.name for tile in tiles.values()] == [INPUT_NAMES[kind] for kind in KINDS]
    assert not complaints(page)


def test_the_tile_of_the_input_in_force_is_the_chosen_one(tiles: dict[str, Tile]) -> None:
    page = network_page()
    for kind in ("latency", "ramp_current"):
        press(page, kind)
        chosen = [button.key for button in page.button if str(button.key).startswith("input kind") and button.proto.type == "primary"]
        assert chosen == [f"input kind {kind}"]


def test_an_input_that_is_too_large_is_refused_in_one_sentence_and_the_old_one_stays(tiles: dict[str, Tile]) -> None:
    page = network_page()
    composition = page.session_state["desk"].composition
    large = composition.present.replace({"input.shape": (40, 10_000, 1), "network": [{"kind": "IAF"}]})
    composition.accept(large, None)
    press(page, "moving_bar")  # its sensor has 128 pixels instead of 1 channel
    assert draft_of(page) == large
    (complaint,) = complaints(page)
    assert "this server keeps up to" in complaint


def test_own_file_has_a_tile_only_while_it_is_the_input_and_shows_it(tiles: dict[str, Tile]) -> None:
    page = network_page()
    raster = (np.random.default_rng(0).random((1, 50, 16)) < 0.2).astype(np.float32)
    digest = content_hash(raster)
    desk = page.session_state["desk"]
    desk.files[digest] = raster
    desk.composition.history.add(feed_file(draft_of(page), "spikes.npy", digest, raster.shape))
    shown(page.run())
    assert list(tiles) == [*KINDS, "file"]
    pictured = tiles["file"].thumbnail
    assert pictured is not None
    assert np.array_equal(pictured.values, raster[0].T)

    press(page, "file")
    assert draft_of(page).input.kind == "file"
    press(page, "latency")
    assert draft_of(page).input.kind == "latency"
    assert "file" not in tiles


def test_a_file_that_is_not_here_has_a_plain_tile(tiles: dict[str, Tile]) -> None:
    page = network_page()
    page.session_state["desk"].composition.history.add(feed_file(draft_of(page), "gone.npy", "0" * 32, (1, 50, 16)))
    shown(page.run())
    assert tiles["file"].thumbnail is NOTHING


def test_a_drawn_current_has_a_tile_only_while_it_is_the_input_and_shows_it(tiles: dict[str, Tile]) -> None:
    page = network_page()
    drawn = DrawnCurrent(shape=(1, 3, 16), values=(0.5, -1.0, 2.0))
    page.session_state["desk"].composition.history.add(Draft(**{**dict(draft_of(page)), "input": drawn}))
    shown(page.run())
    assert list(tiles) == [*KINDS, "drawn"]
    pictured = tiles["drawn"].thumbnail
    assert pictured is not None
    assert pictured.values.tolist() == [0.5, -1.0, 2.0]

    press(page, "drawn")
    assert draft_of(page).input == drawn
    press(page, "latency")
    assert draft_of(page).input.kind == "latency"
    assert "drawn" not in tiles


@pytest.mark.parametrize("kind", ["file", "drawn"])
def test_a_late_choice_of_what_was_left_changes_nothing(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its tile stands until the page has been drawn anew, and an arrow key may come back to it before."""
    held = Desk()
    before = held.composition.present
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=held))
    network._change_input(kind)
    assert held.composition.present is before
    assert not held.composition.history.can_undo
    assert held.complaint is None


def test_the_page_shows_the_gallery_itself_without_an_exception() -> None:
    assert "desk" in network_page().session_state
