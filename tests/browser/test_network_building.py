"""A network is built, mended and fed on the Network page, by clicks or by keys alone."""

from __future__ import annotations

from playwright.sync_api import expect

from app.server.link import to_parameter
from snncore.experiment.spec import convolution
from tests.browser.conftest import OpenNetwork
from tests.browser.network_page import TEN_SPIKES

# ------------------------------------------------------------------------------------------------------ building


def test_a_stack_is_built_by_clicks_alone(open_network: OpenNetwork) -> None:
    page = open_network()
    assert page.chips() == TEN_SPIKES
    page.select(3)
    page.button("Remove").click()
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "LIF 3"])
    page.add("ALIF")
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "ALIF 3", "LIF 4"])
    page.button("Duplicate").click()
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "ALIF 3", "ALIF 4", "LIF 5"])
    page.button("Down").click()
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "ALIF 3", "LIF 4", "ALIF 5"])
    page.button("Up").click()
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "ALIF 3", "ALIF 4", "LIF 5"])
    page.select(1)
    page.add("Linear")
    page.until(lambda: page.shapes() == ["(1, 100, 16)", *["(1, 100, 64)"] * 6])
    page.until(lambda: page.figure()["titles"] == ["Input", "LIF 3", "ALIF 4", "ALIF 5", "LIF 6"])
    with_linear = page.chips()
    page.button("Undo").click()
    page.until(lambda: len(page.chips()) == len(with_linear) - 1)
    page.button("Redo").click()
    page.until(lambda: page.chips() == with_linear)


def test_a_stack_is_built_by_keyboard_alone(open_network: OpenNetwork) -> None:
    page = open_network()
    keyboard = page.page.keyboard
    page.tab_to("LIF 2")
    keyboard.press("ArrowRight")
    keyboard.press("Enter")
    expect(page.page.locator(".ribbon-chip").nth(3)).to_have_attribute("aria-pressed", "true")
    page.tab_to("Duplicate")
    keyboard.press("Enter")
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "Linear 3, 64→4", "! Linear 4, 64→4", "LIF 5"])
    page.tab_to("Set in_features to 4")
    keyboard.press("Enter")
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→64", "LIF 2", "Linear 3, 64→4", "Linear 4, 4→4", "LIF 5"])
    page.tab_to("Add")
    keyboard.press("Enter")
    item = page.page.get_by_role("menuitem", name="IAF", exact=True)
    for _ in range(20):
        page.page.wait_for_timeout(200)  # the menu opens by an animation, and may be drawn anew meanwhile
        if item.get_attribute("data-focused"):
            break
        keyboard.press("ArrowDown")
    keyboard.press("Enter")
    page.until(lambda: "IAF 5" in page.chips() or "IAF 6" in page.chips())
    page.until(lambda: "IAF 5" in page.figure()["titles"] or "IAF 6" in page.figure()["titles"])


def test_a_layer_that_does_not_fit_is_marked_and_mended_where_it_stands(open_network: OpenNetwork) -> None:
    page = open_network()
    before = page.figure()
    page.select(1)
    field = page.page.get_by_role("textbox", name="Neurons out_features")
    field.fill("32")
    field.press("Enter")
    problem = page.page.locator(".ribbon-problem")
    expect(problem).to_contain_text("in_features is 64, but it receives 32 features; set in_features to 32, or change what comes before.")
    expect(page.page.get_by_text("Below is still the last network whose layers fit.")).to_be_visible()
    assert page.figure() == before
    page.button("Set in_features to 32").click()
    expect(problem).to_have_count(0)
    page.until(lambda: page.chips() == ["Input", "Linear 1, 16→32", "LIF 2", "Linear 3, 32→4", "LIF 4"])
    page.until(lambda: len(page.figure()["rasters"][1]) == 32)


def test_a_refused_edit_leaves_everything_as_it_was(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_panel("Input")
    before = page.figure()
    field = page.page.get_by_role("textbox", name="Time steps")
    field.fill("100000000")
    field.press("Enter")
    page.until(lambda: page.alerts() != [])
    assert "time steps; this page takes up to 20,000" in page.alerts()[0]
    assert page.figure() == before
    expect(field).to_have_value("100")
    field.fill("50")
    field.press("Enter")
    page.until(lambda: page.alerts() == [] and len(page.figure()["rasters"][0][0]) == 50)


# ------------------------------------------------------------------------------------------- squeeze, batch size


def test_a_convolutional_stack_squeezes_by_itself(open_network: OpenNetwork) -> None:
    page = open_network()
    page.start_from("Convolution")
    page.until(lambda: "(800, 16, 6, 6)" in page.shapes())
    assert page.shapes() == [
        "(8, 100, 2, 8, 8)",
        "(800, 2, 8, 8)",
        "(800, 16, 6, 6)",
        "(800, 16, 6, 6)",
        "(800, 32, 4, 4)",
        "(800, 32, 4, 4)",
        "(800, 512)",
        "(800, 4)",
        "(8, 100, 4)",
    ]
    page.until(lambda: len(page.figure()["rasters"][1]) == 576)


def test_squeeze_shows_how_time_is_folded_and_given_back_and_why(open_network: OpenNetwork) -> None:
    page = open_network(f"?x={to_parameter(convolution())}")
    panel, caption = page.page.locator(".ribbon-panel"), page.page.locator(".ribbon-caption").last
    page.button("squeeze").click()
    expect(panel).to_contain_text("squeeze folds (8, 100, …) into (800, …), so that each step is a picture of its own")
    for words in ("(8, 100, …): one row per sample", "(800, …): samples in order", "(8, 100, …): one row per sample", "(800, …): samples"):
        expect(caption).to_contain_text(words)
    expect(page.button("squeeze")).to_have_attribute("aria-expanded", "true")
    page.button("unsqueeze").click()
    expect(caption).to_contain_text("(8, 100, …): one row per sample")
    expect(page.button("squeeze")).to_have_attribute("aria-expanded", "false")
    page.button("unsqueeze").click()
    expect(panel).to_be_hidden()
    page.page.locator(".ribbon-shape").first.click()
    expect(panel).to_be_visible()
    expect(page.page.locator(".ribbon-caption").first).to_be_hidden()  # the reason


def test_a_fold_that_is_played_stops_where_a_hand_takes_over(open_network: OpenNetwork) -> None:
    page = open_network(f"?x={to_parameter(convolution())}")
    page.button("squeeze").focus()
    page.page.keyboard.press("Enter")
    page.page.get_by_label("Try a wrong batch size").fill("4")
    page.page.wait_for_timeout(5000)  # longer than all of the fold takes
    expect(page.page.locator(".ribbon-caption").last).to_contain_text("(4, 200, …): what LIFSqueeze")
    page.page.get_by_role("button", name="Close", exact=True).click()
    expect(page.button("squeeze")).to_be_focused()
    page.page.keyboard.press("ArrowRight")
    expect(page.page.locator(".ribbon-shape").nth(1)).to_be_focused()


def test_a_wrong_batch_size_shows_whose_state_each_sample_inherits(open_network: OpenNetwork) -> None:
    page = open_network(f"?x={to_parameter(convolution())}")
    page.page.locator(".ribbon-shape").first.click()
    panel = page.page.locator(".ribbon-panel")
    expect(panel).to_be_visible()
    page.page.get_by_role("button", name="Fold into B·T = 800").click()
    expect(page.page.get_by_role("button", name="Unfold into (B, T) = (8, 100)")).to_be_visible()
    size = page.page.get_by_label("Try a wrong batch size")
    size.fill("4")
    size.press("Enter")
    expect(panel).to_contain_text("sample 2 starts from the membrane potentials that sample 1 left at its step 100")
    size.fill("16")
    size.press("Enter")
    expect(panel).to_contain_text("sample 1 is cut")
    size.fill("3")
    size.press("Enter")
    expect(panel).to_contain_text("800")
    expect(panel).to_contain_text("refuses batch_size 3")
