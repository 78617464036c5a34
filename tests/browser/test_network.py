"""The Network page in a real browser: a stack is built by clicks alone and by keyboard alone, mended, fed and looked into."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from app.figures.style import PALETTES, Theme
from app.server.link import to_parameter
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.run.simulation import simulate
from tests.browser.conftest import Open, OpenNetwork
from tests.browser.network_page import TEN_SPIKES
from tests.browser.server import Server
from tests.browser.views import of_view
from tests.browser.waiting import box_of
from tests.length import sampled

# ----------------------------------------------------------------------------------------------- looking into it


@pytest.mark.main_job
def test_a_click_selects_a_neuron_and_opens_its_trace_and_its_weights(open_network: OpenNetwork) -> None:
    page = open_network()
    raster = page.canvas("raster", 1)
    box = box_of(raster)
    row = 30
    raster.click(position={"x": 300, "y": (row + 0.5) * box["height"] / 64})
    expect(page.rows).to_contain_text(f"u of neuron {row}, threshold θ dashed")
    expect(page.rows).to_contain_text(f"Weights from Linear 1 to neuron {row}")
    expected = ten_spikes().build()[0].weight[row].tolist()
    shown = of_view(
        page.rows,
        """({ header, arrays }) => {
            const row = header.groups.flatMap(group => group.rows).find(row => row.kind === "weights");
            return [...arrays[row.z]];
        }""",
    )
    assert shown == pytest.approx(expected)
    box = box_of(raster)  # the weights have taken some of its height
    raster.click(position={"x": 300, "y": 5.5 * box["height"] / 64}, modifiers=["Shift"])
    expect(page.rows).to_contain_text(f"u of neurons 5, {row}, threshold θ dashed")


def test_opening_a_layer_shows_currents_rates_operations_intervals_and_maps(open_network: OpenNetwork) -> None:
    experiment = convolution().replace({"network.1.tau_syn": 3.0, "network.1.spike_threshold": 0.3})
    page = open_network(f"?x={to_parameter(experiment)}")
    opener = page.page.locator(".rows-title").filter(has_text="LIF 2")
    opener.click()
    expect(opener).to_have_attribute("aria-expanded", "true")
    for words in (
        "Input z (grey) and synaptic current i",
        "Population rate",
        "Synaptic operations",
        "Rate of each",
        "Intervals",
        "Weights from",
    ):
        expect(page.rows).to_contain_text(words)
    maps = page.canvas("maps")
    maps.scroll_into_view_if_needed()
    before = maps.evaluate("canvas => canvas.toDataURL()")
    page.button("Play").click()
    page.until(lambda: page.readout.count("time") == 1 and maps.evaluate("canvas => canvas.toDataURL()") != before)
    page.click_again("Pause")
    page.page.wait_for_timeout(300)
    held = page.readout
    page.page.wait_for_timeout(500)
    assert page.readout == held
    opener.click()
    expect(page.canvas("maps")).to_have_count(0)


def test_all_neurons_are_seen_as_a_heatmap(open_network: OpenNetwork) -> None:
    page = open_network()
    page.button("all neurons").first.click()
    page.until(lambda: "heatmap" in page.figure()["kinds"])
    page.button("traces").first.click()
    page.until(lambda: "heatmap" not in page.figure()["kinds"])


def test_zoom_selection_and_cursor_survive_a_parameter_change(open_network: OpenNetwork) -> None:
    page = open_network()
    raster = page.canvas("raster", 1)
    raster.click(position={"x": 200, "y": 40})
    page.until(lambda: "weights" in page.figure()["kinds"])
    box = box_of(raster)
    page.page.mouse.move(box["x"] + 150, box["y"] + 20)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 500, box["y"] + 22, steps=5)
    page.page.mouse.up()
    page.until(lambda: page.figure()["zoom"] is not None)
    page.page.mouse.move(box["x"] + 300, box["y"] + 30)
    page.until(lambda: "LIF 2 neuron" in page.readout)
    before, place = page.figure(), page.readout
    page.slide("Membrane time constant", "ArrowLeft", times=12)
    page.until(lambda: page.figure()["values"] != before["values"])
    after = page.figure()
    assert after["zoom"] == before["zoom"]
    assert after["kinds"] == before["kinds"]
    assert page.readout.rpartition("·")[0] == place.rpartition("·")[0]
    expect(page.page.locator(".rows-cursor")).to_be_visible()
    raster.dblclick(position={"x": 200, "y": 40})
    page.until(lambda: page.figure()["zoom"] is None)


def test_a_zoom_beyond_a_shorter_run_ends_with_it(open_network: OpenNetwork) -> None:
    page = open_network()
    page.rows.focus()
    page.page.keyboard.press("End")
    for _ in range(3):
        page.page.keyboard.press("+")
    page.until(lambda: (page.figure()["zoom"] or [0])[0] > 60)
    page.open_panel("Input")
    field = page.page.get_by_role("textbox", name="Time steps")
    field.fill("30")
    field.press("Enter")
    page.until(lambda: len(page.figure()["rasters"][0][0]) == 30)
    assert page.figure()["zoom"] is None


def test_playing_ends_with_the_maps_and_only_keys_are_read_out(open_network: OpenNetwork) -> None:
    page = open_network(f"?x={to_parameter(convolution())}")
    opener = page.page.locator(".rows-title").filter(has_text="LIF 2")
    opener.click()
    page.button("Play").click()
    page.until(lambda: "time" in page.readout)
    expect(page.page.locator(".rows-readout")).to_have_attribute("aria-live", "off")
    opener.click()
    expect(page.canvas("maps")).to_have_count(0)
    held = page.readout
    page.page.wait_for_timeout(500)
    assert page.readout == held
    page.rows.focus()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.locator(".rows-readout")).to_have_attribute("aria-live", "polite")


def test_arrow_keys_walk_through_time_neurons_and_rows(open_network: OpenNetwork) -> None:
    page = open_network()
    page.rows.focus()
    keyboard = page.page.keyboard
    keyboard.press("ArrowRight")
    page.until(lambda: page.readout.startswith("Input channel 0 · time 0 · spikes "))
    keyboard.press("Shift+ArrowRight")
    keyboard.press("ArrowDown")
    page.until(lambda: page.readout.startswith("Input channel 1 · time 10 · spikes "))
    for _ in range(15):
        keyboard.press("ArrowDown")
    page.until(lambda: page.readout.startswith("LIF 2 neuron 21 · time 10 · u "))
    keyboard.press("ArrowDown")
    keyboard.press("ArrowDown")
    keyboard.press("Enter")
    expect(page.rows).to_contain_text("u of neuron 1, threshold θ dashed")
    keyboard.press("+")
    page.until(lambda: page.figure()["zoom"] is not None)
    keyboard.press("0")
    page.until(lambda: page.figure()["zoom"] is None)
    keyboard.press("Escape")
    page.until(lambda: page.readout == "")


def test_a_silent_layer_says_why_and_its_remedy_works(open_network: OpenNetwork) -> None:
    page = open_network()
    note = page.page.locator(".rows-sentence")
    expect(note).to_have_text("Silent: largest u 0.111 < θ 1; 9× its input or θ ≤ 0.11 makes it spike.")
    assert sum(map(sum, page.figure()["rasters"][2])) == 0
    page.button("Set θ to 0.11").click()
    expect(note).to_have_count(0)
    page.until(lambda: sum(map(sum, page.figure()["rasters"][2])) > 0)


# --------------------------------------------------------------------------------------------------- experiments


def test_a_second_run_without_reset_starts_from_the_state_of_the_first(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_menu("Compare")
    page.page.get_by_text("A second run without reset", exact=True).click()
    page.until(lambda: len(page.figure()["rasters"]) == 5)
    first, second = page.figure()["values"][:2]
    assert first[0] != second[0]
    expect(page.rows).to_contain_text("second run: ")
    page.page.get_by_text("Shuffled spike times", exact=True).click()
    page.until(lambda: len(page.figure()["rasters"]) == 6)
    inputs, shuffled = page.figure()["rasters"][:2]
    assert [sum(row) for row in inputs] == [sum(row) for row in shuffled]
    assert inputs != shuffled
    page.page.get_by_text("Nothing", exact=True).click()
    page.until(lambda: len(page.figure()["rasters"]) == 3)


def test_time_constants_are_held_side_by_side_under_one_cursor(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_menu("Compare")
    field = page.page.get_by_role("textbox", name="Hold τ_mem at")
    field.fill("2, 20")
    field.press("Enter")
    expect(page.rows).to_have_count(2)
    expect(page.page.locator(".rows[data-drawn]")).to_have_count(2)
    page.canvas("raster", 0).hover(position={"x": 200, "y": 20})
    expect(page.page.locator(".rows-cursor").nth(1)).to_be_visible()


# ------------------------------------------------------------------------------------------------------ going on


def test_the_network_goes_to_the_training_page_and_back(open_network: OpenNetwork) -> None:
    page = open_network(through_training=True)
    simulation = simulate(ten_spikes().replace({"network.1.spike_threshold": 0.8}))[0]
    network = [spikes[0].T.tolist() for spikes in (simulation.input, *(record.spikes for record in simulation.records.values()))]
    page.slide("Spike threshold", "ArrowLeft", times=4)
    page.until(lambda: page.figure()["rasters"] == network)
    page.button("Train this network").click()
    expect(page.page.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(2)
    page.until(lambda: page.figure()["rasters"] == network)
    page.page.get_by_role("link", name="Network", exact=True).click()
    page.until(lambda: page.page.locator(".ribbon-chip").count() == 5)
    page.until(lambda: page.page.locator(".rows[data-drawn]").count() == 1 and page.figure()["rasters"] == network)


@pytest.mark.main_job
def test_the_convolution_preset_is_trained_until_its_output_sums_to_ten(open_network: OpenNetwork) -> None:
    page = open_network()
    page.start_from("Convolution")
    page.until(lambda: len(page.chips()) == 7)
    page.button("Train this network").click()
    expect(page.page.locator(".plot[data-drawn], .rows[data-drawn]")).to_have_count(2, timeout=60_000)
    expect(page.page.locator(".headline-status")).to_contain_text("Four outputs should sum to ten")
    expect(page.page.locator(".headline-unit")).to_contain_text("of 10, output sum")
    expect(page.rows).to_contain_text("Output of Linear 6")

    def distance() -> float:
        return abs(float(page.page.locator(".headline-number").inner_text().replace("\u2212", "-")) - 10)

    assert distance() > 10
    page.button("Train them").click()
    page.until(lambda: distance() < 5)
    expect(page.page.locator(".headline-status")).to_contain_text("within ½ of 10 after", timeout=60_000)
    assert distance() <= 0.5


def test_a_network_that_cannot_be_trained_says_why_beside_the_button_and_is_mended_by_keyboard(open_network: OpenNetwork) -> None:
    fixed = ten_spikes().replace({f"network.{index}.learns": () for index in range(4)})
    page = open_network(f"?x={to_parameter(fixed)}")
    expect(page.button("Train this network")).to_be_disabled()
    expect(page.page.locator(".st-key-messages")).to_contain_text("This network can't be trained yet. Nothing in the network learns")
    page.tab_to("Let all layers learn")
    page.page.keyboard.press("Enter")
    expect(page.button("Train this network")).to_be_enabled()
    expect(page.page.locator(".st-key-messages")).not_to_contain_text("can't be trained")
    page.button("Train this network").click()
    expect(page.page.get_by_role("button", name="Train them")).to_be_enabled(timeout=60_000)


def test_a_link_opens_the_same_draft_for_somebody_else(open_network: OpenNetwork, server: Server) -> None:
    page = open_network()
    page.select(3)
    page.button("Remove").click()
    page.until(lambda: len(page.chips()) == 4)
    page.until(lambda: "?x=" in page.page.url)
    page.page.wait_for_timeout(500)
    other = open_network(page.page.url.partition("network")[2])
    assert other.chips() == page.chips()
    other.until(lambda: other.figure()["rasters"] == page.figure()["rasters"])


def test_two_users_compose_apart(open_network: OpenNetwork, open_page: Open) -> None:
    mine, theirs = open_network(), open_network()
    mine.select(2)
    mine.button("Remove").click()
    mine.until(lambda: len(mine.chips()) == 4)
    theirs.button("New input").click()
    theirs.until(lambda: theirs.figure()["rasters"][0] != mine.figure()["rasters"][0])
    assert theirs.chips() == TEN_SPIKES
    assert len(mine.chips()) == 4


# ------------------------------------------------------------------------------------------ theme, narrow, large


@pytest.mark.parametrize("theme", sampled(["light", "dark"]))
def test_rows_follow_the_theme(open_network: OpenNetwork, theme: Theme) -> None:
    page = open_network(theme=theme)
    page.until(lambda: page.figure()["color"] == PALETTES[theme].text)


def test_at_1280_by_800_the_ten_spike_net_is_seen_without_scrolling(open_network: OpenNetwork) -> None:
    page = open_network()
    box = box_of(page.rows)
    assert box["y"] + box["height"] <= 800
    assert page.page.evaluate("document.documentElement.scrollWidth") == 1280


def test_at_360_pixels_the_page_does_not_scroll_sideways_and_controls_come_up_in_a_sheet(open_network: OpenNetwork) -> None:
    page = open_network(width=360, height=740)
    assert page.page.evaluate("document.documentElement.scrollWidth") == 360
    number = box_of(page.page.locator(".headline-number"))
    button = box_of(page.button("Train this network"))
    raster = box_of(page.canvas("raster"))
    header = box_of(page.page.locator(".stAppHeader"))
    assert number["y"] >= header["y"] + header["height"] - 1
    for box in (number, button, raster):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 360
        assert box["y"] + box["height"] <= 740
    slider = page.page.get_by_role("slider", name="Spike threshold")
    expect(slider).to_be_hidden()
    page.page.get_by_test_id("stCheckbox").get_by_text("Controls", exact=True).click()
    expect(slider).to_be_visible()
    sheet = box_of(page.page.locator(".st-key-controls"))
    assert sheet["y"] >= 740 * 0.5


def test_ten_thousand_neurons_and_a_thousand_steps_stay_usable(open_network: OpenNetwork) -> None:
    large = Experiment(
        network=[{"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 0.3}],
        input={"kind": "random_spikes", "shape": [1, 1000, 10_000], "probability": 0.05},
    )
    page = open_network(f"?x={to_parameter(large)}")
    expect(page.rows).to_contain_text("10000 neurons · ")
    expect(page.rows).to_contain_text("drawn with 10 neurons a row")
    page.select(1)
    drawn = page.figure()["rasters"][1]
    assert len(drawn) == 1000
    page.slide("Membrane time constant", "ArrowRight")
    page.until(lambda: page.figure()["rasters"][1] != drawn)
    page.canvas("raster", 1).click(position={"x": 300, "y": 40})
    page.until(lambda: "LIF 1 neurons" in page.readout)
