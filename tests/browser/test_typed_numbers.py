"""What is typed as a number into the app's own fields is that number, or is refused in words; never another number."""

from __future__ import annotations

from playwright.sync_api import Locator, expect

from app.server.link import to_parameter
from snncore.experiment.spec import convolution
from tests.browser.conftest import OpenNetwork, OpenNeuron
from tests.browser.neuron_page import NeuronPage

TAKEN = {"12.5": 12.5, "12,5": 12.5, " 7 ": 7.0, "0,01e2": 1.0, "2e1": 20.0, "+3.": 3.0, ",5": 0.5}
REFUSED = (
    "",
    "5 ms",
    "1 000",
    "1.234,5",
    "1,234.5",
    "1,2,3",
    "1.2.3",
    "0x10",
    "\u22125",
    "-5",
    "five",
    "1,500",
    "1_0",
    "Infinity",
    "1e999",
    "0,01",
)
"""Of a time constant, which is at least 0.1."""


def enter(page: NeuronPage, field: Locator, typed: str) -> None:
    """Types key by key, as a person does: a field may drop what it doesn't like."""
    field.fill("")
    field.press_sequentially(typed)
    field.press("Enter")


def tau(page: NeuronPage) -> float:
    return float(page.shown()["settings"]["models"]["LIF"]["tau_mem"])


def test_a_comma_or_point_before_decimals_is_read_and_anything_else_is_refused_in_words(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    field = page.page.get_by_role("textbox", name="Membrane time constant τ_mem")
    alert = page.page.locator(".neuron-controls").get_by_role("alert").filter(has_text="needs")
    for typed, value in TAKEN.items():
        page.answered(lambda typed=typed: enter(page, field, typed))  # type: ignore[misc]
        page.until(lambda value=value: tau(page) == value and page.is_settled)  # type: ignore[misc]
        expect(field).to_have_value(f"{value:g}")
        expect(alert).to_have_count(0)
    before = tau(page)
    for typed in REFUSED:
        enter(page, field, typed)
        expect(alert).to_have_text(f"Membrane time constant needs a number from 0.1 to 1000000, not “{typed}”; it stays {before:g}.")
        expect(field).to_have_value(f"{before:g}")
    assert tau(page) == before


FIELD_AT_FRAMES = """field => {
    window.fieldShowed = new Set();
    const look = () => {
        window.fieldShowed.add(field.value);
        requestAnimationFrame(look);
    };
    field.addEventListener("change", () => queueMicrotask(look), { once: true });
}"""
"""Notes what a field shows at every frame from when its number is taken."""


def test_a_number_that_was_taken_stays_in_its_field_until_it_is_answered(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    field = page.page.get_by_role("textbox", name="Amplitude I")
    field.evaluate(FIELD_AT_FRAMES)
    page.answered(lambda: enter(page, field, "2,5"))
    expect(field).to_have_value("2.5")
    assert set(page.page.evaluate("() => [...window.fieldShowed]")) <= {"2,5", "2.5"}


def test_a_minus_sign_may_be_the_typographic_one(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    field = page.page.get_by_role("textbox", name="Amplitude I")
    page.answered(lambda: enter(page, field, "\u22120,25"))
    page.until(lambda: page.shown()["settings"]["input"]["amplitude"] == -0.25)


def test_a_value_between_the_steps_of_its_slider_is_kept_and_told_as_it_is(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.answered(lambda: page.page.get_by_role("radio", name="ALIF").check())
    page.answered(lambda: enter(page, page.page.get_by_role("textbox", name="Adaptation time constant τ_adapt"), "12.5"))
    page.until(lambda: page.shown()["settings"]["models"]["ALIF"]["tau_adapt"] == 12.5 and page.is_settled)
    expect(page.slider("τ_adapt")).to_have_attribute("aria-valuetext", "12.5")


def test_a_batch_size_that_is_no_whole_number_is_refused_in_words(open_network: OpenNetwork) -> None:
    page = open_network(f"?x={to_parameter(convolution())}")
    page.page.locator(".ribbon-shape").first.click()
    field = page.page.get_by_label("Try a wrong batch size")
    panel = page.page.locator(".ribbon-panel")
    for typed in ("1,5", "1.5", "1 6", "3e", "", "17", "0", "\u22124", "four"):
        field.fill("4")
        expect(panel).to_contain_text("With batch_size 4")
        field.fill("")
        field.press_sequentially(typed)
        expect(panel).to_contain_text(f"batch_size is a whole number from 1 to 16 here, not “{typed}”.")
        expect(field).to_have_attribute("aria-invalid", "true")
    field.fill("4")
    field.press("ArrowUp")
    expect(field).to_have_value("5")
    expect(panel).to_contain_text("batch_size 5")
