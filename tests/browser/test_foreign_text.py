"""What others wrote into links, files and fields reads as it stands: no page makes a link, a picture, a heading or a symbol of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from app.server.link import to_parameter
from app.state.tuned_neuron import DEFAULT as DEFAULT_NEURON
from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from tests.browser.conftest import Open, OpenNetwork, listen
from tests.browser.server import Server
from tests.length import sampled

NAMES = (
    r"![a](http://evil.example/a.png) \[Click](http://evil.example) <img src=http://evil.example/b.png>",
    "http://evil.example www.evil.example me@evil.example :smile: :material/home: :red[r] $x$ `c` &amp; -",
    "a\n# Heading\n\n- **b** _c_ ~~d~~ |e|\n\n> f &lt; --",
)
"""Of files: pictures and links in every way that Markdown knows, its symbols, and what makes blocks."""

TEN = ten_spikes().draft
HERE = "0" * 32


def assert_reads(page: Page, text: str) -> None:
    """The page shows the text letter by letter."""
    expect(page.locator(".stMain")).to_contain_text(" ".join(text.split()), timeout=60_000)
    expect(page.locator("[href*=evil], [src*=evil]")).to_have_count(0)
    expect(page.locator("h1, h2, h3, h4, h5, h6").filter(has_text="Heading")).to_have_count(0)


def why_not(make: Callable[[], object]) -> str:
    with pytest.raises(ExperimentError) as refused:
        make()
    return str(refused.value)


def fed_by(name: str, draft: Draft, shape: tuple[int, ...]) -> str:
    given = {"kind": "file", "name": name, "digest": HERE, "shape": shape}
    return f"?x={to_parameter(draft.replace({'input': given}))}"


@pytest.mark.parametrize("name", sampled(NAMES))
def test_the_name_of_an_input_is_text_on_every_page(visitors: Callable[..., Page], server: Server, name: str) -> None:
    page, words = visitors(server), f"The input is the file {name!r}, which is not here"
    query = fed_by(name, TEN, (1, 100, 16))
    page.goto(f"{server.url}{query}")
    assert_reads(page, f"This network can't be trained yet. {words}")
    page.goto(f"{server.url}network{query}")
    assert_reads(page, words)
    page.get_by_test_id("stButtonGroup").get_by_text("Input", exact=True).click()
    assert_reads(page, f"From the file {name!r}")
    page.goto(f"{server.url}neuron{fed_by(name, DEFAULT_NEURON.draft, (1, 200, 1))}")
    assert_reads(page, f"This link doesn't carry the recorded input ({name}), so a step current stands in for it.")


@pytest.mark.parametrize("name", sampled(NAMES))
def test_the_name_of_loaded_weights_is_text(visitors: Callable[..., Page], server: Server, name: str) -> None:
    page = visitors(server)
    query = f"?x={to_parameter(TEN.replace({'checkpoint': {'name': name, 'digest': HERE}}))}"
    page.goto(f"{server.url}{query}")
    assert_reads(page, repr(name))
    page.goto(f"{server.url}network{query}")
    assert_reads(page, repr(name))
    page.get_by_test_id("stButtonGroup").get_by_text("Input", exact=True).click()
    page.get_by_text("Seeds and time step").click()
    assert_reads(page, f"Unused: the weights are those of {name}.")


def test_unknown_fields_kinds_and_values_are_quoted_as_text(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_text("More", exact=True).click()
    field = page.page.get_by_role("textbox", name="Experiment (JSON)")
    known: dict[str, Any] = json.loads(ten_spikes().to_json())
    for name in NAMES:
        for wrong in (
            {**known, name: 1},
            {**known, "dt": name},
            {**known, "input": {**known["input"], "kind": name}},
            {**known, "network": [{"kind": name}]},
        ):
            text = json.dumps(wrong)
            field.fill(text)
            page.press("Apply")
            assert_reads(page.page, why_not(lambda text=text: Experiment.from_json(text)))


def test_what_was_typed_and_a_files_name_are_quoted_as_text(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_panel("Input")
    samples = page.page.get_by_role("textbox", name="Samples")
    for typed in (NAMES[1][:40], "[a](http://evil.example)"):
        samples.fill(typed)
        samples.press("Enter")
        assert_reads(page.page, f"Samples needs a whole number of at least 1, not “{typed}”")
    name = r"\[b](c) www.evil.example :smile: $x$ &amp;.npy"
    page.upload(name, b"nothing")
    assert_reads(page.page, f"File {name!r}: ")


def test_the_other_tests_hear_of_every_request_to_a_foreign_host(browser: Browser, server: Server) -> None:
    heard: list[str] = []
    page = browser.new_page()
    listen(page, server.url, heard)
    page.goto(server.url)
    assert heard == []
    with page.expect_request("http://evil.example/a.png"):
        page.evaluate("document.body.append(Object.assign(new Image(), { src: 'http://evil.example/a.png' }))")
    page.close()
    assert "http://evil.example/a.png" in heard
