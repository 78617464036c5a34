"""The Neuron page in a real Chromium: what is dragged is seen at once, Python computes the same, and nothing is lost."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import expect

from app.server.link import to_parameter
from app.state.discoveries import DISCOVERIES
from app.state.tuned_neuron import DEFAULT, edited
from snncore.diagnosis.layers import LEAST_SPAN
from snncore.run.simulation import simulate
from snncore.run.single_neuron import KINDS
from tests.browser.conftest import OpenNeuron
from tests.browser.neuron_page import assert_shows, link
from tests.browser.views import of_view
from tests.browser.waiting import box_of
from tests.length import sampled
from tests.lessons import LESSONS

INPUTS = ("step_current", "spike_bursts", "ramp_current", "sine_current", "poisson_spikes", "random_spikes", "drawn")

# -------------------------------------------------------------------------------------------- what is seen first


def test_the_first_sight_needs_no_scrolling(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    assert page.page.evaluate("document.scrollingElement.scrollHeight") <= 800
    for part in (page.plot, page.page.locator(".neuron-equation"), page.slider("τ_mem"), page.button("Play"), page.button("Phase")):
        box = box_of(part)
        assert box["y"] + box["height"] <= 800
    expect(page.page.locator(".neuron-panel:visible")).to_have_count(0)
    assert page.count == "6 spikes in 200 steps"
    assert page.is_settled
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


@pytest.mark.parametrize("kind", sampled(KINDS))
@pytest.mark.main_job
def test_the_browser_computes_what_snncore_does(kind: str, open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    for number, given in enumerate(INPUTS[KINDS.index(kind) % 2 :: 2]):
        experiment = edited(DEFAULT, {"network.0.kind": kind, "input.shape": [1, 150, 1 + 4 * (number % 2)]}, {})
        experiment = edited(experiment, {"input.kind": given}, {})
        page.page.goto(page.page.url.split("?")[0] + f"?x={to_parameter(experiment)}")
        page.wait()
        assert page.is_settled, given
        assert_shows(page, experiment)


# -------------------------------------------------------------------------------------- what is read and stepped


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
    of_view(
        page.root,
        """(view) => {
            window.lit = [];
            new MutationObserver(() => {
                const part = view.pieces.find(({ node }) => node.classList.contains("neuron-lit"))?.part;
                if (part && window.lit.at(-1) !== part) window.lit.push(part);
            }).observe(view.nodes.root, { subtree: true, attributes: true, attributeFilter: ["class"] });
            return null;
        }""",
    )
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


# ---------------------------------------------------------------------------------------- compared and explained


def test_a_pinned_run_stays_beside_what_is_changed(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    pinned = page.array("u")
    page.choose("Compare", "Pin this neuron as A")
    page.handle("threshold").focus()
    page.page.keyboard.press("Shift+ArrowUp")
    expect(page.page.locator(".neuron-difference")).to_have_text("A (dashed): 6 spikes. Differs from A: θ 1 → 1.5.")
    assert page.shown()["others"]["A"] == pinned.tolist()
    page.button("Unpin A").click()
    page.until(lambda: "A" not in page.shown()["others"])
    expect(page.button("Unpin A")).to_have_count(0)


def test_what_was_before_a_drag_is_past_once_something_else_is_opened(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.handle("amplitude").focus()
    page.page.keyboard.press("Shift+ArrowUp")
    page.until(lambda: "ghost" in page.shown()["others"] and page.button("Undo").is_enabled())
    page.button("Undo").click()
    page.until(lambda: "ghost" not in page.shown()["others"])


def test_silence_is_explained_and_mended(open_neuron: OpenNeuron) -> None:
    page = open_neuron(link({"input.amplitude": 0.63}))
    note = page.page.locator(".neuron-note")
    expect(note).to_contain_text("Silent: largest u 0.629 < θ 1")
    note.get_by_role("button").first.click()
    page.until(lambda: not page.count.startswith("0 "))
    expect(note).not_to_contain_text("Silent")


@pytest.mark.parametrize("name", sampled(["f–I curve", "Phase", "Four models"]))
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
        ("Home", "Surrogate gradient · u -1 · ds/du "),
        ("ArrowRight", "Surrogate gradient · u -0.99 · ds/du "),
        ("ArrowDown", "Spike function · u -0.99 · spikes 0"),
        ("ArrowDown", "Run · around u -0.95 · share in % 0"),
        ("ArrowRight", "Run · around u -0.85 · share in % 0"),
        ("End", "Run · around u 2.95 · share in % 0"),
    ):
        page.page.keyboard.press(key)
        expect(readout).to_contain_text(told)


def test_every_lesson_opens_and_says_what_to_do(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    for discovery in DISCOVERIES:
        page.choose("Explain", discovery.title)
        expect(page.page.get_by_text(discovery.sentence[:40])).to_be_visible()
        assert_shows(page, discovery.experiment)
        page.until(lambda: page.is_settled)


def test_beside_the_leaky_neuron_stands_what_an_iaf_does(open_neuron: OpenNeuron) -> None:
    lesson = LESSONS["Leak against integration"].experiment
    page = open_neuron(f"?x={to_parameter(lesson)}")
    page.page.get_by_label("Draw beside", exact=True).select_option("IAF")
    iaf = simulate(edited(lesson, {"network.0.kind": "IAF"}, {}))[0].records[0]
    page.until(lambda: page.shown()["others"].get("beside") == iaf.u[0, :, 0].astype(float).tolist())


@pytest.mark.parametrize("kind", sampled(KINDS))
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
    page.page.locator(".neuron-controls").get_by_role("button", name="Try 5").click()
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
