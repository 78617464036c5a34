"""What is dragged or drawn on the Neuron page is seen at once, by finger, mouse and keys."""

from __future__ import annotations

from urllib.parse import parse_qs, urlparse

import numpy as np
import pytest
from playwright.sync_api import expect

from app.server.link import from_parameter
from app.state.tuned_neuron import DEFAULT
from snncore.experiment.spec import Draft
from snncore.run.simulation import simulate
from tests.browser.conftest import OpenNeuron
from tests.browser.neuron_page import NeuronPage, assert_shows, link
from tests.browser.waiting import box_of
from tests.length import sampled


def in_address(page: NeuronPage) -> Draft:
    """The draft that the address names; the usual one before it is written."""
    named = parse_qs(urlparse(page.page.url).query).get("x")
    return from_parameter(named[0]) if named else DEFAULT


def test_the_trace_follows_the_slider_before_it_is_released(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    before, answers = page.array("u"), page.drawn
    with page.held(page.slider("τ_mem")) as move:
        move(20, 0)
        page.until(lambda: not np.array_equal(page.array("u"), before))
        first = page.array("u")
        move(40, 0)
        page.until(lambda: not np.array_equal(page.array("u"), first))
        assert page.drawn == answers, "Python was not asked"
        assert page.shown()["others"]["ghost"] == before.tolist(), "what it was before the drag stays in sight"
    page.until(lambda: page.drawn > answers)
    tau = page.shown()["settings"]["models"]["LIF"]["tau_mem"]
    assert tau > 25
    assert page.is_settled
    assert_shows(page, DEFAULT.replace({"network.0.tau_mem": tau}))


@pytest.mark.parametrize(
    ("handle", "across", "down", "field"),
    sampled(
        [
            ("threshold", 0, 40, "network.0.spike_threshold"),
            ("amplitude", 0, 30, "input.amplitude"),
            ("start", 60, 0, "input.start"),
            ("stop", -80, 0, "input.stop"),
        ],
        most=2,
    ),
)
def test_what_is_drawn_can_be_dragged(handle: str, across: float, down: float, field: str, open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    before = DEFAULT.at(field)
    answers = page.drawn
    with page.held(page.handle(handle)) as move:
        move(across, down)
    page.until(lambda: page.drawn > answers)
    settings = page.shown()["settings"]
    name = field.rpartition(".")[2]
    after = settings["input"][name] if field.startswith("input") else settings["models"]["LIF"][name]
    assert after < before if across < 0 or down > 0 else after > before
    assert page.is_settled
    assert_shows(page, DEFAULT.replace({field: after}))


def test_the_threshold_is_taken_anywhere_along_its_line(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    at = page.shown()["at"]
    plot, handle = box_of(page.plot), box_of(page.handle("threshold"))
    x, y = plot["x"] + 70, handle["y"] + handle["height"] / 2
    mouse = page.page.mouse
    mouse.move(x, y)
    mouse.down()
    mouse.move(x, y + 40, steps=5)
    page.answered(mouse.up)
    assert page.shown()["settings"]["models"]["LIF"]["spike_threshold"] < 1
    assert page.shown()["at"] == at, "the time cursor stays"
    mouse.click(x, y - 40)
    page.until(lambda: page.shown()["at"] < at)


def test_a_press_on_a_handle_that_moves_nothing_changes_nothing(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"input.amplitude": 1.23456}))
    page.handle("amplitude").click()
    page.page.wait_for_timeout(300)
    assert page.shown()["settings"]["input"]["amplitude"] == 1.23456
    assert page.button("Undo").is_disabled()


def test_two_drags_one_right_after_the_other_both_count(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    for handle in ("threshold", "amplitude"):
        with page.held(page.handle(handle)) as move:
            move(0, 20)
    page.until(lambda: page.is_settled and page.button("Undo").is_enabled())
    settings = page.shown()["settings"]
    changes = {
        "network.0.spike_threshold": settings["models"]["LIF"]["spike_threshold"],
        "input.amplitude": settings["input"]["amplitude"],
    }
    assert changes["input.amplitude"] < 1.5
    page.until(lambda: all(in_address(page).at(name) == round(value, 6) for name, value in changes.items()))
    page.page.reload()
    page.wait()
    assert_shows(page, DEFAULT.replace({name: round(value, 6) for name, value in changes.items()}))


def test_the_input_can_be_drawn_by_hand(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.page.get_by_label("Input", exact=True).select_option("Drawn by hand")
    expect(page.page.locator(".neuron-sketch")).to_be_visible()
    np.testing.assert_array_equal(page.array("z"), simulate(DEFAULT)[0].input.ravel(), "drawing begins with what was there")
    sketch = page.page.locator(".neuron-sketch")
    answers = page.drawn
    with page.held(sketch) as move:
        move(100, -10)
        move(200, -25)
    page.until(lambda: page.drawn > answers)
    drawn = page.array("z")
    assert len(set(drawn)) > 5
    assert page.is_settled
    page.until(lambda: len(set(in_address(page).input.model_dump().get("values") or ())) > 5)
    page.page.reload()
    page.wait()
    np.testing.assert_array_equal(page.array("z"), drawn)


def test_drawing_over_a_weighted_input_begins_with_it_and_takes_values_of_either_sign(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"input.kind": "spike_bursts"}))
    before = page.array("z")
    assert before.max() > 2
    page.page.get_by_label("Input", exact=True).select_option("Drawn by hand")
    expect(page.page.locator(".neuron-sketch")).to_be_visible()
    assert page.array("z").tolist() == before.tolist()
    low, _ = page.shown()["ranges"]["input"]
    answers = page.drawn
    with page.held(page.page.locator(".neuron-sketch")) as move:
        move(30, 30)
        move(30, 120)
    page.until(lambda: page.drawn > answers and page.is_settled)
    assert page.array("z").min() < 2 * low < 0, "drawn below the lane"
    assert page.shown()["ranges"]["input"][0] < 2 * low


def test_the_input_is_drawn_with_keys_too(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"input.kind": "drawn", "input.values": [0.0] * 200}))
    assert page.shown()["ranges"]["input"][1] >= 1, "a lane to draw in where nothing is drawn yet"
    at = page.shown()["at"]
    page.handle("pencil").focus()
    page.page.keyboard.press("Shift+ArrowUp")
    page.page.keyboard.press("ArrowDown")
    page.page.keyboard.press("Shift+ArrowRight")
    expected = [0.0] * at + [float(np.float32(0.45))] * 11 + [0.0] * (200 - at - 11)
    page.until(lambda: page.array("z").tolist() == expected)
    page.until(lambda: page.button("Undo").is_enabled() and page.is_settled)
    page.until(lambda: len(set(in_address(page).at("input.values"))) == 2)
    page.page.reload()
    page.wait()
    assert page.array("z").tolist() == expected
    assert page.shown()["at"] == at + 10
    expect(page.handle("pencil")).to_have_attribute("aria-valuetext", f"step {at + 10}, 0.45")


def test_keys_move_handles_and_the_cursor(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("threshold").focus()
    page.page.keyboard.press("ArrowUp")
    page.until(lambda: page.shown()["threshold"] == str(float(np.float32(1.05))))
    expect(page.handle("threshold")).to_have_attribute("aria-valuetext", "1.05")
    page.until(lambda: page.is_settled)  # else Python's answer may be said after the step
    page.plot.focus()
    at = page.shown()["at"]
    page.page.keyboard.press("Shift+ArrowRight")
    page.page.keyboard.press("ArrowLeft")
    page.until(lambda: page.shown()["at"] == at + 9)
    expect(page.page.locator(".neuron-said")).to_contain_text(f"step {at + 9}: input 1.5, u ")
    page.page.keyboard.press("End")
    page.until(lambda: page.shown()["at"] == 199)
