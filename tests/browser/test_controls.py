"""The rows of controls in a browser: a number is dragged, typed and taken back, and says what it does when asked."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from app.server.link import from_parameter
from tests.browser.conftest import Open, OpenNetwork
from tests.browser.waiting import box_of

THRESHOLD = "Spike threshold θ"


def boxes_overlap(one: Locator, other: Locator) -> bool:
    a, b = box_of(one), box_of(other)
    across = a["x"] < b["x"] + b["width"] and b["x"] < a["x"] + a["width"]
    return across and a["y"] < b["y"] + b["height"] and b["y"] < a["y"] + a["height"]


def test_a_drag_is_one_edit_that_is_told_when_it_is_released(open_network: OpenNetwork) -> None:
    page = open_network()
    slider, field = (page.page.get_by_role(role, name=THRESHOLD) for role in ("slider", "textbox"))  # type: ignore[arg-type]
    box = box_of(slider)
    before, y = page.figure()["values"], box["y"] + box["height"] / 2
    page.page.mouse.move(box["x"] + box["width"] * 0.33, y)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + box["width"] * 0.6, y, steps=10)
    dragged = float(field.input_value())
    assert dragged > 1.5, "the field follows the thumb"
    page.page.mouse.up()
    page.until(lambda: page.figure()["values"] != before and "x=" in page.page.url)
    assert from_parameter(page.page.url.partition("x=")[2].partition("&")[0]).network[1].spike_threshold == dragged
    page.button("Undo").click()
    expect(field).to_have_value("1")
    expect(page.button("Undo")).to_be_disabled()


def test_escape_takes_back_what_is_typed_and_a_refused_number_is_said_at_its_row(open_network: OpenNetwork) -> None:
    page = open_network()
    field = page.page.get_by_role("textbox", name=THRESHOLD)
    field.fill("7")
    field.press("Escape")
    expect(field).to_have_value("1")
    field.fill("-1")
    field.press("Tab")
    expect(page.page.get_by_role("alert")).to_have_text("Spike threshold needs a number above 0, not “-1”; it stays 1.")
    expect(field).to_have_value("1")
    expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("0,5")
    field.press("Enter")
    page.until(lambda: page.alerts() == [] and "x=" in page.page.url)
    expect(field).to_have_value("0.5")


def test_a_row_explains_itself_beside_it_to_pointer_and_keyboard_until_escape(open_network: OpenNetwork) -> None:
    page = open_network()
    name = page.button(THRESHOLD)
    tip = page.page.locator(".control-tip:popover-open")
    row = page.page.locator(".control").filter(has=name)
    name.hover()
    expect(tip).to_contain_text("The potential u at which a neuron spikes.")
    assert not boxes_overlap(tip, row)
    tip.hover()
    page.page.wait_for_timeout(600)
    expect(tip).to_be_visible()
    page.page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    page.page.mouse.move(2, 2)
    page.tab_to("Spike threshold")
    expect(name).to_be_focused()
    expect(tip).to_have_count(1)
    page.page.keyboard.press("Tab")
    expect(page.button("Try 0.5: it fires sooner and more often")).to_be_focused()
    page.page.keyboard.press("Escape")
    expect(tip).to_have_count(0)
    expect(name).to_be_focused()
    note = page.page.get_by_role("slider", name=THRESHOLD).get_attribute("aria-describedby")
    expect(page.page.locator(f"#{note}")).to_have_text("The potential u at which a neuron spikes.")


def test_a_value_that_is_tried_is_edited(open_network: OpenNetwork) -> None:
    page = open_network()
    page.page.locator(".controls").get_by_role("button", name=THRESHOLD).click()
    page.button("Try 0.5: it fires sooner and more often").click()
    expect(page.page.get_by_role("textbox", name=THRESHOLD)).to_have_value("0.5")
    page.until(lambda: "x=" in page.page.url)


def test_a_learning_rate_is_slid_by_factors(open_page: Open) -> None:
    page = open_page()
    field = page.page.get_by_role("textbox", name="Learning rate")
    expect(field).to_have_value("0.001")
    page.slide("Learning rate", "ArrowRight", times=2)
    expect(field).to_have_value("0.0013")
    page.slide("Learning rate", "End")
    expect(field).to_have_value("1")
