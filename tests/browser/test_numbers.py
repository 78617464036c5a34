"""A decimal comma, typed with real keys into every number field of every page: it's a decimal point, or refused; never another number."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlparse

from playwright.sync_api import Locator, Page, expect

from app.server.link import from_parameter, to_parameter
from app.state.composition import DEFAULT
from app.state.conversion import presets
from app.state.tuned_neuron import DEFAULT as DEFAULT_NEURON
from snncore.experiment.spec import Draft
from tests.browser.conftest import Open, OpenConversion, OpenNetwork, OpenNeuron
from tests.length import sampled

PATIENCE = 30_000.0
"""Milliseconds that a busy machine may take."""

TYPED = "2,5"
MEANT = {2.5, 0.0025}
"""What it may mean; milliseconds are kept in seconds."""

OF_ANY_NUMBER = (
    "Learning rate",
    "Membrane time constant τ_mem (steps)",
    "Spike threshold θ",
    "Surrogate: width",
    "Surrogate: scale",
)
"""Fields of the Training page that take more than whole numbers."""

RICH = Draft(
    network=(
        {"kind": "Linear", "in_features": 16, "out_features": 8, "weights": {"kind": "diagonal", "diagonal": 0.5, "others": 0.1}},
        {
            "kind": "LIFRecurrent",
            "tau_mem": 10.0,
            "min_v_mem": -1.0,
            "spike_fn": {"kind": "MaxSpike", "max_num_spikes_per_bin": 3},
            "reset_fn": {"kind": "MembraneSubtract", "subtract_value": 0.5},
            "surrogate_grad_fn": {"kind": "MultiGaussian"},
            "rec_connect": {"kind": "Linear", "in_features": 8, "out_features": 8, "weights": {"kind": "chain", "groups": 4, "value": 0.1}},
        },
    ),
    input={"kind": "spike_bursts", "shape": (2, 100, 16), "period": 10, "count": 3, "neurons": 4},
)
"""A network of which many parameters are numbers that are typed."""


def in_force(page: Page, usual: Draft) -> Draft:
    """The draft that the address names."""
    linked = parse_qs(urlparse(page.url).query).get("x")
    return from_parameter(linked[0]) if linked else usual


def numbers_of(data: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(data, dict | list | tuple):
        for name, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from numbers_of(value, f"{path}.{name}")
    else:
        yield path, data


def becomes(before: Draft, after: Draft) -> set[Any]:
    """The new values of what was changed."""
    old = dict(numbers_of(before.model_dump()))
    return {value for path, value in numbers_of(after.model_dump()) if old.get(path) != value}


def type_a_comma(page: Page, field: Locator, usual: Draft, until: Callable[[Callable[[], bool]], None]) -> bool:
    """Types it; whether it was taken. It's in force as 2.5 and nothing else is, or refused with what was there still in force."""
    before, shown, alerts = in_force(page, usual), field.input_value(), page.get_by_role("alert").all_inner_texts()
    field.click()
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(TYPED)
    page.keyboard.press("Enter")
    name = field.get_attribute("aria-label")

    def is_refused() -> bool:
        said = page.get_by_role("alert").all_inner_texts()
        return said != alerts and any("2,5" in words or "2.5" in words for words in said)

    def is_in_force() -> bool:
        return in_force(page, usual) != before

    until(lambda: is_refused() or is_in_force())
    if is_refused():
        expect(field).to_have_value(shown, timeout=PATIENCE)
        assert in_force(page, usual) == before, name
        return False
    assert becomes(before, in_force(page, usual)) <= MEANT, name
    assert field.input_value() in (TYPED, "2.5"), name
    return True


def type_everywhere(page: Page, usual: Draft, until: Callable[[Callable[[], bool]], None], within: str = "body") -> dict[str, bool]:
    """Of each field of the sample, by its name, whether the number was taken."""
    fields = page.locator(within).locator(".control-field:visible")
    expect(fields.first).to_be_visible(timeout=PATIENCE)
    names = [field.get_attribute("aria-label") or "" for field in fields.all()]
    return {name: type_a_comma(page, fields.nth(place), usual, until) for place, name in sampled(enumerate(names), most=3)}


def test_on_the_training_page_a_comma_is_a_decimal_point_or_refused(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_text("More", exact=True).click()
    expect(page.page.get_by_label("Seed: noise")).to_be_visible(timeout=PATIENCE)
    taken = type_everywhere(page.page, DEFAULT, page.until)
    for name, is_taken in taken.items():
        assert is_taken == (name in OF_ANY_NUMBER), name


def test_on_the_network_page_a_comma_is_a_decimal_point_or_refused(open_network: OpenNetwork) -> None:
    page = open_network(f"?x={to_parameter(RICH)}")
    taken: dict[str, bool] = {}
    for chip in (1, 2):
        page.select(chip)
        expect(page.page.locator(".plain-title").filter(has_text=page.chips()[chip].split(",")[0])).to_be_visible(timeout=PATIENCE)
        page.page.get_by_text("More parameters").click()
        expect(page.page.get_by_role("textbox", name="Weight to itself" if chip == 1 else "Their width s")).to_be_visible(timeout=PATIENCE)
        taken |= type_everywhere(page.page, RICH, page.until)
    page.open_panel("Input")
    page.page.get_by_text("Seeds and time step").click()
    expect(page.page.get_by_role("textbox", name="Time step dt (ms)")).to_be_visible(timeout=PATIENCE)
    taken |= type_everywhere(page.page, RICH, page.until)
    page.open_menu("Compare")
    expect(page.page.get_by_role("textbox", name="Hold τ_mem at (steps)")).to_be_visible(timeout=PATIENCE)
    taken |= type_everywhere(page.page, RICH, page.until, "[data-testid=stPopoverBody]")  # elsewhere a click would close the menu
    whole = {
        "Inputs in_features",
        "Groups",
        "Most spikes per step n",
        "Samples",
        "Time steps",
        "Period T (steps)",
        "Seed: noise",
        "Channels",
    }
    for name in (*whole, "Sample shown (of 2)", "Hold τ_mem at (steps)"):
        assert not taken.get(name, False), name
    for name in ("Weight to itself", "Subtracted value d", "Weight of a spike w", "Time step dt (ms)"):
        assert taken.get(name, True), name


def test_on_the_neuron_page_a_comma_is_a_decimal_point_or_refused(open_neuron: OpenNeuron) -> None:
    page = open_neuron()
    page.button("Surrogate").click()
    expect(page.page.get_by_role("textbox", name="Width")).to_be_visible(timeout=PATIENCE)
    taken = type_everywhere(page.page, DEFAULT_NEURON, page.until)
    for name in ("Width", "Scale"):
        assert taken.get(name, True), name


def test_on_the_conversion_page_a_comma_is_a_decimal_point_or_refused(open_conversion: OpenConversion) -> None:
    page = open_conversion()
    page.page.get_by_text("More", exact=True).click()
    expect(page.page.get_by_role("textbox", name="Energy of a multiply-add (pJ)")).to_be_visible(timeout=PATIENCE)
    taken = type_everywhere(page.page, presets()[0].draft, page.until)
    for name in ("Steps T (steps)", "Seed: weights", "Epochs of the ANN epochs", "Initial potential v₀ (θ)"):
        assert not taken.get(name, False), name
    for name in ("Spike threshold θ", "Percentile p", "Energy of a multiply-add (pJ)", "Energy of a synaptic operation (pJ)"):
        assert taken.get(name, True), name


def test_what_is_refused_twice_is_said_and_taken_back_twice_and_a_minus_is_a_minus(open_page: Open) -> None:
    page = open_page()
    field = page.page.get_by_role("textbox", name="Learning rate")
    alert = page.page.get_by_role("alert")
    for typed in ("1,500", "1,500", "\u22121", "\u22121", "a", "a"):
        page.enter("Learning rate", typed)
        expect(field).to_have_value("0.001", timeout=PATIENCE)
        expect(alert).to_contain_text(f"“{typed}”", timeout=PATIENCE)
    page.enter("Learning rate", "0,01")
    expect(alert).to_have_count(0, timeout=PATIENCE)
    page.until(lambda: "x=" in page.page.url)
    assert in_force(page.page, DEFAULT).training.lr == 0.01


def test_no_page_leaves_numbers_to_the_browsers_own_fields(
    open_page: Open, open_network: OpenNetwork, open_neuron: OpenNeuron, open_conversion: OpenConversion
) -> None:
    """They drop a decimal comma before anybody sees it."""
    training = open_page()
    training.page.get_by_text("More", exact=True).click()
    expect(training.page.get_by_label("Seed: noise")).to_be_visible(timeout=PATIENCE)
    training.open("Share")
    network = open_network(f"?x={to_parameter(RICH)}")
    expect(network.page.get_by_role("textbox", name="Sample shown")).to_be_visible(timeout=PATIENCE)
    neuron = open_neuron()
    neuron.button("Surrogate").click()
    expect(neuron.page.get_by_role("textbox", name="Width")).to_be_visible(timeout=PATIENCE)
    conversion = open_conversion()
    conversion.page.get_by_text("More", exact=True).click()
    expect(conversion.page.get_by_role("textbox", name="Energy of a multiply-add (pJ)")).to_be_visible(timeout=PATIENCE)
    for page in (training.page, network.page, neuron.page, conversion.page):
        expect(page.locator("input[type=number]")).to_have_count(0)
