"""The Neuron page in a real Chromium: what is dragged is seen at once, Python computes the same, and nothing is lost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import expect

from app.components.neuron import view_source
from app.figures.style import PALETTES
from app.server.link import to_parameter
from app.state.discoveries import DISCOVERIES, discovery_called
from app.state.tuned_neuron import DEFAULT, edited
from snncore.diagnosis.layers import LEAST_SPAN
from snncore.experiment.spec import Experiment
from snncore.run.simulation import simulate
from snncore.run.single_neuron import KINDS
from tests.browser.conftest import OpenNeuron
from tests.browser.neuron_page import NeuronPage

INPUTS = ("step_current", "spike_bursts", "ramp_current", "sine_current", "poisson_spikes", "random_spikes", "drawn")
ARRAYS = {"u": "u", "v": "v", "s": "spikes"}


def link(changes: Mapping[str, Any], experiment: Experiment = DEFAULT) -> str:
    return f"?x={to_parameter(edited(experiment, changes, {}))}"


def assert_shows(page: NeuronPage, experiment: Experiment) -> None:
    """The numbers that are drawn are those of snncore."""
    (record,) = simulate(experiment)[0].records.values()
    shown = page.shown()
    for drawn, kept in ARRAYS.items():
        if kept == "spikes" and not record.does_spike:
            continue
        expected = getattr(record, kept)[0].reshape(experiment.input.shape[1], -1).T
        np.testing.assert_array_equal(np.array(shown[drawn]).reshape(expected.shape), expected.astype(float), drawn)


LARGEST_SCRIPT = 61_000
"""Bytes of the page's own JavaScript, as it is sent."""


# ---------------------------------------------------------------------------------------------------- what is seen first


def test_the_first_sight_needs_no_scrolling(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    assert page.page.evaluate("document.scrollingElement.scrollHeight") <= 800
    for part in (page.plot, page.page.locator(".neuron-equation"), page.slider("τ_mem"), page.button("Play"), page.button("Phase")):
        box = part.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 800
    expect(page.page.locator(".neuron-panel:visible")).to_have_count(0)
    assert page.count == "6 spikes in 200 steps"
    assert page.agrees
    assert_shows(page, DEFAULT)


PULSE = {"input.kind": "spike_bursts", "input.period": 10, "input.first": 20, "input.count": 1, "input.weight": 40.0}
QUICK = {"network.0.tau_mem": 2.0, "input.amplitude": 0.5}
READINGS: dict[str, tuple[dict[str, Any], str]] = {
    "a current that lasts": ({}, "steady state without spikes v∞ 1.5"),
    "a weak current that lasts": ({"input.amplitude": 0.5}, "steady state v∞ 0.5"),
    "a current drawn as it lasts": ({"input.kind": "drawn", "input.values": [0.25] * 200}, "steady state v∞ 0.25"),
    "one pulse": (PULSE, ""),
    "a current that lasts long enough": ({**QUICK, "input.stop": 20 + LEAST_SPAN}, "steady state v∞ 0.5"),
    "a short current": ({**QUICK, "input.stop": 20 + LEAST_SPAN - 1}, ""),
    "spikes": ({"input.kind": "poisson_spikes"}, ""),
    "a sine": ({"input.kind": "sine_current"}, ""),
    "a current without leak": ({"network.0.kind": "IAF", "input.amplitude": 0.001}, ""),
}


def test_a_steady_state_is_said_under_a_constant_current_alone_and_is_where_v_tends(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    for name, (changes, words) in READINGS.items():
        experiment = edited(DEFAULT, changes, {})
        page.page.goto(page.page.url.split("?")[0] + f"?x={to_parameter(experiment)}")
        page.wait()
        page.until(lambda: "spike" in page.equation)
        assert words in page.equation, name
        assert ("steady state" in page.equation) == bool(words), name
        said = re.search(r"v∞ ([\d.]+)", page.equation)
        if said:
            held = experiment.replace({"network.0.spike_threshold": 1e6})
            v = simulate(held)[0].records[0].v[0, experiment.input.model_dump().get("stop", 200) - 1, 0]
            assert float(said[1]) == pytest.approx(v, rel=0.01), name


def test_the_script_is_small() -> None:
    assert len(view_source().encode()) < LARGEST_SCRIPT


@pytest.mark.parametrize("kind", KINDS)
def test_the_browser_computes_what_snncore_does(kind: str, open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    for number, given in enumerate(INPUTS[KINDS.index(kind) % 2 :: 2]):
        experiment = edited(DEFAULT, {"network.0.kind": kind, "input.shape": [1, 150, 1 + 4 * (number % 2)]}, {})
        experiment = edited(experiment, {"input.kind": given}, {})
        page.page.goto(page.page.url.split("?")[0] + f"?x={to_parameter(experiment)}")
        page.wait()
        assert page.agrees, given
        assert_shows(page, experiment)


# --------------------------------------------------------------------------------------------------------- what is dragged


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
    assert page.agrees
    assert_shows(page, DEFAULT.replace({"network.0.tau_mem": tau}))


@pytest.mark.parametrize(
    ("handle", "across", "down", "field"),
    [
        ("threshold", 0, 40, "network.0.spike_threshold"),
        ("amplitude", 0, 30, "input.amplitude"),
        ("start", 60, 0, "input.start"),
        ("stop", -80, 0, "input.stop"),
    ],
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
    assert page.agrees
    assert_shows(page, DEFAULT.replace({field: after}))


def test_the_threshold_is_taken_anywhere_along_its_line(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    at = page.shown()["at"]
    plot, handle = page.plot.bounding_box(), page.handle("threshold").bounding_box()
    assert plot
    assert handle
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
    page.until(lambda: page.agrees and page.button("Undo").is_enabled())
    settings = page.shown()["settings"]
    changes = {
        "network.0.spike_threshold": settings["models"]["LIF"]["spike_threshold"],
        "input.amplitude": settings["input"]["amplitude"],
    }
    assert changes["input.amplitude"] < 1.5
    page.page.reload()
    page.wait()
    assert_shows(page, DEFAULT.replace({name: round(value, 6) for name, value in changes.items()}))


def test_the_input_can_be_drawn_by_hand(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.answered(lambda: page.page.get_by_label("Input", exact=True).select_option("Drawn by hand"))
    np.testing.assert_array_equal(page.array("z"), simulate(DEFAULT)[0].input.ravel(), "drawing begins with what was there")
    sketch = page.page.locator(".neuron-sketch")
    answers = page.drawn
    with page.held(sketch) as move:
        move(100, -10)
        move(200, -25)
    page.until(lambda: page.drawn > answers)
    drawn = page.array("z")
    assert len(set(drawn)) > 5
    assert page.agrees
    page.page.reload()
    page.wait()
    np.testing.assert_array_equal(page.array("z"), drawn)


def test_drawing_over_a_weighted_input_begins_with_it_and_takes_values_of_either_sign(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"input.kind": "spike_bursts"}))
    before = page.array("z")
    assert before.max() > 2
    page.answered(lambda: page.page.get_by_label("Input", exact=True).select_option("Drawn by hand"))
    assert page.array("z").tolist() == before.tolist()
    low, _ = page.shown()["ranges"]["input"]
    answers = page.drawn
    with page.held(page.page.locator(".neuron-sketch")) as move:
        move(30, 30)
        move(30, 120)
    page.until(lambda: page.drawn > answers and page.agrees)
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
    page.until(lambda: page.button("Undo").is_enabled() and page.agrees)
    page.page.reload()
    page.wait()
    assert page.array("z").tolist() == expected
    assert page.shown()["at"] == at + 10
    expect(page.handle("pencil")).to_have_attribute("aria-valuetext", f"step {at + 10}, 0.45")


def test_keys_move_handles_and_the_cursor(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("threshold").focus()
    page.answered(lambda: page.page.keyboard.press("ArrowUp"))
    assert page.shown()["threshold"] == str(float(np.float32(1.05)))
    expect(page.handle("threshold")).to_have_attribute("aria-valuetext", "1.05")
    page.plot.focus()
    at = page.shown()["at"]
    page.page.keyboard.press("Shift+ArrowRight")
    page.page.keyboard.press("ArrowLeft")
    page.until(lambda: page.shown()["at"] == at + 9)
    expect(page.page.locator(".neuron-said")).to_contain_text(f"step {at + 9}: input 1.5, u ")
    page.page.keyboard.press("End")
    page.until(lambda: page.shown()["at"] == 199)


# --------------------------------------------------------------------------------------------------- what is read and stepped


def test_the_equation_holds_the_numbers_under_the_cursor(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"network.0.tau_syn": 5.0, "network.0.min_v_mem": -0.5, "input.amplitude": 1.0}))
    before = page.shown()["at"]
    page.plot.focus()
    page.page.keyboard.press("ArrowRight")
    page.until(lambda: page.shown()["at"] == before + 1)
    shown = page.shown()
    at = shown["at"]
    alpha, beta = (float(np.exp(np.float32(-1 / tau))) for tau in (20.0, 5.0))
    for number in (alpha, 1 - alpha, beta, shown["v"][at - 1], shown["i"][at], shown["u"][at], shown["v"][at]):
        assert f"{number:.3f}" in page.equation.replace("\u2212", "-")
    for symbols in ("β·(i[t-1] + z[t])", "α·v[t-1] + (1-α)·i[t]", "max(r, v_min)"):
        assert symbols in page.equation


def test_a_step_lights_each_part_that_the_model_has_in_its_turn(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    at = page.shown()["at"]
    page.page.evaluate("""() => {
        const root = document.querySelector(".neuron");
        window.lit = [];
        new MutationObserver(() => {
            const part = root.querySelector(".neuron-lit")?.dataset.part;
            if (part && window.lit.at(-1) !== part) window.lit.push(part);
        }).observe(root, { subtree: true, attributes: true, attributeFilter: ["class"] });
    }""")
    page.plot.focus()
    page.page.keyboard.press(".")
    page.until(lambda: page.page.evaluate("window.lit") == ["decay", "input", "compare", "spike", "reset"])
    assert page.shown()["at"] == at + 1
    page.until(lambda: page.shown()["part"] is None)


def test_play_goes_on_until_it_is_paused(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.page.get_by_label("Speed of playing").select_option("20 steps/s")
    at = page.shown()["at"]
    page.plot.focus()
    page.page.keyboard.press("Space")
    page.until(lambda: page.shown()["at"] > at + 5)
    page.button("Pause").click()  # which began by key, so that this is no double click
    stopped = page.shown()["at"]
    page.page.wait_for_timeout(300)
    assert page.shown()["at"] == stopped


# -------------------------------------------------------------------------------------------------- compared and explained


def test_a_pinned_run_stays_beside_what_is_changed(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    pinned = page.array("u")
    page.answered(lambda: page.button("Pin as A").click())
    page.handle("threshold").focus()
    page.answered(lambda: page.page.keyboard.press("Shift+ArrowUp"))
    shown = page.shown()
    assert shown["others"]["A"] == pinned.tolist()
    assert shown["pinned"] == "Differs from A: θ 1 → 1.5; 6 spikes in A, 0 spikes here"
    expect(page.page.locator(".neuron-difference")).to_have_text(shown["pinned"])
    page.answered(lambda: page.button("Remove A").click(position={"x": 3, "y": 3}))  # off the middle, so that it is no double click
    assert "A" not in page.shown()["others"]


def test_what_was_before_a_drag_is_past_once_something_else_is_opened(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("amplitude").focus()
    page.answered(lambda: page.page.keyboard.press("Shift+ArrowUp"))
    assert "ghost" in page.shown()["others"]
    page.answered(lambda: page.button("Undo").click())
    assert "ghost" not in page.shown()["others"]


def test_silence_is_explained_and_mended(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"input.amplitude": 0.63}))
    note = page.page.locator(".neuron-note")
    expect(note).to_contain_text("Silent: largest u 0.629 < θ 1")
    page.answered(lambda: note.get_by_role("button").first.click())
    assert not page.count.startswith("0 ")
    expect(note).not_to_contain_text("Silent")


@pytest.mark.parametrize("name", ["f–I curve", "Phase", "Four models"])
def test_a_panel_is_drawn_and_told_in_words(name: str, open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.answered(lambda: page.button(name).click())
    panel = page.page.locator(".neuron-panel:visible")
    expect(panel).to_have_count(1)
    expect(panel).to_have_attribute("role", "img")
    assert len(panel.get_attribute("aria-label") or "") > 20
    inked = "node => node.getContext('2d').getImageData(0, 0, node.width, node.height).data.some((value, at) => at % 4 === 3 && value > 0)"
    assert panel.evaluate(inked)
    page.answered(lambda: page.button(name).click())
    expect(panel).to_have_count(0)


def test_keys_walk_along_the_surrogate_gradient_from_value_to_value(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.button("Surrogate").click()
    plot = page.page.locator(".plot[data-drawn]")
    plot.focus()
    readout = plot.locator(".plot-readout")
    for key, told in (
        ("Home", "Run · around u -0.95 · share in % 0"),
        ("ArrowRight", "Run · around u -0.85 · share in % 0"),
        ("ArrowDown", "Surrogate gradient · u -0.85 · ds/du "),
        ("ArrowRight", "Surrogate gradient · u -0.84 · ds/du "),
        ("Shift+ArrowLeft", "Surrogate gradient · u -0.94 · ds/du "),
        ("End", "Surrogate gradient · u 3 · ds/du "),
    ):
        page.page.keyboard.press(key)
        expect(readout).to_contain_text(told)


def test_every_lesson_opens_and_says_what_to_do(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    for discovery in DISCOVERIES:
        page.button("Discover").click()
        page.answered(lambda title=discovery.title: page.page.get_by_role("menuitem", name=title, exact=True).click())  # type: ignore[misc]
        expect(page.page.get_by_text(discovery.sentence[:40])).to_be_visible()
        page.until(lambda: page.agrees)
        assert_shows(page, discovery.experiment)


def test_beside_the_leaky_neuron_stands_what_an_iaf_does(open_neuron: OpenNeuron) -> None:
    lesson = discovery_called("Leak against integration").experiment
    page = open_neuron(f"?x={to_parameter(lesson)}")
    page.answered(lambda: page.page.get_by_label("Draw beside", exact=True).select_option("IAF"))
    iaf = simulate(edited(lesson, {"network.0.kind": "IAF"}, {}))[0].records[0]
    assert page.shown()["others"]["beside"] == iaf.u[0, :, 0].astype(float).tolist()


@pytest.mark.parametrize("kind", KINDS)
def test_no_place_of_the_equation_stays_without_its_number(kind: str, open_neuron: OpenNeuron) -> None:
    fields: dict[str, Any] = {"tau_syn": 5.0, "min_v_mem": -1.0}
    if kind != "ExpLeak":
        fields |= {"spike_fn": {"kind": "MaxSpike", "max_num_spikes_per_bin": 2}, "reset_fn": {"kind": "MembraneReset", "reset_value": 0.1}}
    for changes in ({}, {f"network.0.{name}": value for name, value in fields.items()}):
        page = open_neuron(link(changes, edited(DEFAULT, {"network.0.kind": kind}, {})))
        assert len(page.equation.splitlines()) > 5
        assert not re.search("undefined|NaN|[{}]", page.equation), page.equation


def test_what_is_tried_moves_the_slider_there(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    title = page.page.locator(".neuron-controls").get_by_role("button", name="Membrane time constant")
    title.click()
    expect(title).to_have_attribute("aria-expanded", "true")
    page.answered(lambda: page.page.locator(".neuron-controls").get_by_role("button", name="Try 5").click())
    assert page.shown()["settings"]["models"]["LIF"]["tau_mem"] == 5
    assert_shows(page, DEFAULT.replace({"network.0.tau_mem": 5.0}))


def test_nonsense_in_a_number_field_changes_nothing_and_says_so(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    field = page.page.get_by_role("textbox", name="τ_mem")
    field.fill("")
    field.press("Enter")
    expect(page.page.locator(".neuron-controls")).to_contain_text("it stays 20")
    field.fill("-3")
    field.press("Enter")
    page.until(lambda: bool(page.alerts()))
    expect(field).to_have_value("20")
    assert page.count == "6 spikes in 200 steps"
    other = page.page.get_by_role("textbox", name="From step")
    for refused in ("2.5", "160"):
        other.fill(refused)
        other.press("Enter")
        expect(page.page.get_by_role("alert").filter(has_text="needs")).to_have_text(
            [f"From step needs a whole number from 0 to 159, not “{refused}”; it stays 20."]
        )
    other.fill("30")
    page.answered(lambda: other.press("Enter"))
    expect(page.page.get_by_role("alert").filter(has_text="needs")).to_have_count(0)
    assert_shows(page, DEFAULT.replace({"input.start": 30}))


# --------------------------------------------------------------------------------------------------------- from page to page


def test_a_reload_keeps_the_neuron_and_what_can_be_undone(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("threshold").focus()
    page.answered(lambda: page.page.keyboard.press("ArrowDown"))
    at = page.shown()["at"]
    page.handle("cursor").focus()
    page.page.keyboard.press("ArrowRight")
    page.page.reload()
    page.wait()
    assert page.shown()["threshold"] == str(float(np.float32(0.95)))
    assert page.shown()["at"] == at + 1
    page.answered(lambda: page.button("Undo").click())
    assert_shows(page, DEFAULT)


def test_the_neuron_becomes_a_layer_and_a_neuron_of_a_network_opens_here(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("threshold").focus()
    page.answered(lambda: page.page.keyboard.press("ArrowDown"))
    page.button("Use as layer").click()
    page.page.get_by_role("menuitem", name="In place of LIF 2").click()
    expect(page.page.locator(".rows[data-drawn]")).to_be_visible(timeout=30_000)
    expect(page.page.get_by_role("slider", name="Spike threshold")).to_have_attribute("aria-valuetext", "0.95")
    page.page.get_by_role("button", name="Open neuron").click()
    page.wait()
    page.until(lambda: page.agrees)
    assert page.shown()["steps"] == 100
    assert page.shown()["settings"]["input"]["kind"] == "file"


def test_pictures_numbers_and_code_are_taken_along(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.answered(lambda: page.button("Four models").click())
    page.button("Take along").click()
    expect(page.page.get_by_text("LIF(tau_mem=20.0)")).to_be_visible()
    saved = {}
    for name in ("Picture (PNG)", "Curves (SVG)", "Run (CSV)"):
        with page.page.expect_download() as download:
            page.page.get_by_role("button", name=name).click()
        saved[name] = download.value.path().read_bytes()
    picture = np.asarray(Image.open(BytesIO(saved["Picture (PNG)"])).convert("RGB")).reshape(-1, 3)
    membrane = [int(PALETTES["light"].membrane[at : at + 2], 16) for at in (1, 3, 5)]
    assert (np.abs(picture.astype(int) - membrane).sum(axis=1) < 12).sum() > 1000, "the potential is in the picture"
    drawing = saved["Curves (SVG)"].decode()
    ElementTree.fromstring(drawing)
    for word in ("potential u, v", "time (steps)", "ExpLeak never spikes"):
        assert word in drawing
    header, *rows = saved["Run (CSV)"].decode().splitlines()
    assert len(rows) == 200
    column = header.split(",").index("u")
    assert [np.float32(row.split(",")[column]) for row in rows] == page.array("u").astype(np.float32).tolist()


# ------------------------------------------------------------------------------------------------------- everyone's page


def test_a_phone_shows_the_count_the_plot_and_play_and_takes_a_finger(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=360, height=740, has_touch=True, is_mobile=True)
    assert page.page.evaluate("document.scrollingElement.scrollWidth") <= 360
    for part in (page.page.locator(".neuron-count"), page.button("Play"), page.plot):
        box = part.bounding_box()
        assert box
        assert box["y"] + box["height"] <= 740
    at = page.shown()["at"]
    box = page.plot.bounding_box()
    assert box
    page.page.touchscreen.tap(box["x"] + box["width"] * 0.7, box["y"] + 150)
    page.until(lambda: page.shown()["at"] > at)
    page.page.get_by_text("Controls", exact=True).click()
    slider = page.slider("τ_mem")
    expect(slider).to_be_visible()
    before = page.array("u")
    box = slider.bounding_box()
    assert box
    page.page.touchscreen.tap(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    page.until(lambda: not np.array_equal(page.array("u"), before))
    box = page.plot.bounding_box()
    assert box
    assert box["y"] < 400, "the sheet leaves the plot in sight"


def test_a_panel_that_is_opened_on_a_phone_comes_into_sight(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=360, height=740)
    page.answered(lambda: page.button("Phase").click())
    panel = page.page.locator(".neuron-panel:visible")

    def is_in_sight() -> bool:
        box = panel.bounding_box()
        return box is not None and box["y"] > 50 and box["y"] + box["height"] < 690

    page.until(is_in_sight)


def test_a_finger_that_scrolls_the_page_moves_no_cursor_and_one_that_goes_aside_takes_it_along(open_neuron: OpenNeuron) -> None:
    page = open_neuron(width=360, height=740, has_touch=True, is_mobile=True)
    touch = page.page.context.new_cdp_session(page.page)
    box = page.plot.bounding_box()
    assert box
    x, y = box["x"] + box["width"] * 0.6, box["y"] + 180

    def swipe(across: float, down: float) -> None:
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        for part in range(1, 11):
            place = {"x": x + across * part / 10, "y": y + down * part / 10}
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [place]})
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        page.page.wait_for_timeout(300)

    at = page.shown()["at"]
    swipe(60, 5)
    aside = page.shown()["at"]
    assert aside > at
    swipe(-3, -120)
    assert page.shown()["at"] == aside


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_words_have_contrast_in_either_theme(theme: str, open_neuron: OpenNeuron) -> None:
    page = open_neuron(theme=theme)
    ratio = """node => {
        const share = (value) => (value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
        const luminance = (color) => {
            const [red, green, blue] = color.match(/[\\d.]+/g).map((value) => share(value / 255));
            return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        };
        const clear = "rgba(0, 0, 0, 0)";
        let back = node;
        while (back.parentElement && getComputedStyle(back).backgroundColor === clear) back = back.parentElement;
        const { backgroundColor } = getComputedStyle(back);
        const pair = [getComputedStyle(node).color, backgroundColor === clear ? "rgb(255, 255, 255)" : backgroundColor].map(luminance);
        return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    }"""
    for place in (".neuron-count", ".neuron-symbols", ".neuron-primary", ".neuron-title", ".neuron-unit"):
        assert page.page.locator(place).first.evaluate(ratio) >= 4.5, place
