"""Own files in a real browser: good ones are fed to the network, bad ones are refused in one sentence and change nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import numpy as np
import pytest
import torch
from playwright.sync_api import Page, expect
from torch import nn

from snncore.io.recordings import LARGEST_FILE
from tests.browser.conftest import OpenNetwork
from tests.browser.server import Server
from tests.length import sampled
from tests.snncore.bad_files import BAD_FILES

REFUSED_HERE = (
    "empty",
    "text called npy",
    "pickle called npy",
    "cut in its data",
    "objects",
    "complex",
    "one dimension",
    "NaN",
    "npy called npz",
    "several arrays",
    "ragged rows",
    "text",
    "not UTF-8",
    "events without y",
    "negative time",
    "no polarity",
    "events that unfold to too much",
)
"""Kinds of bad files that a browser hands on; what it keeps back by itself (endings, size) is tested apart."""


def npy(values: np.ndarray) -> bytes:
    stream = io.BytesIO()
    np.save(stream, values)
    return stream.getvalue()


def raster() -> np.ndarray:
    return (np.random.default_rng(3).random((60, 16)) < 0.3).astype(np.uint8)


def as_csv(values: np.ndarray) -> bytes:
    return "\n".join(",".join(map(str, row)) for row in values).encode()


def as_events(values: np.ndarray) -> bytes:
    return ("t,neuron\n" + "\n".join(f"{t},{neuron}" for t, neuron in np.argwhere(values))).encode()


@pytest.mark.parametrize(("name", "make"), sampled([("own.npy", npy), ("own.csv", as_csv), ("events.csv", as_events)]))
def test_a_good_file_is_fed_to_the_network(open_network: OpenNetwork, name: str, make) -> None:
    values = raster()
    values[-1, -1] = 1  # so that the events reach to the last step and neuron
    page = open_network()
    page.open_panel("Input")
    page.upload(name, make(values))
    page.until(lambda: page.figure()["rasters"][0] == values.T.tolist())
    expect(page.page.get_by_text(f"From the file '{name}'.")).to_be_visible()
    page.button("Undo").click()
    page.until(lambda: len(page.figure()["rasters"][0][0]) == 100)


def test_a_sensors_file_of_another_shape_marks_the_layer_that_does_not_fit(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_panel("Input")
    page.upload("sensor.csv", b"t,x,y,p\n0,0,0,1\n5,7,7,0\n19,3,4,-1\n".replace(b"-1", b"0"))
    expect(page.page.locator(".ribbon-problem")).to_contain_text(
        "it takes 16 features in one row, but it receives (2, 8, 8); put a Flatten before it"
    )
    page.until(lambda: page.shapes()[0] == "(1, 20, 2, 8, 8)")


def test_bad_files_are_refused_in_one_sentence_and_change_nothing(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_panel("Input")
    before = page.figure()
    for place, what in enumerate(REFUSED_HERE):
        usual, make, sentence = BAD_FILES[what]
        name = f"{place} {usual}"  # so that no sentence is that of the file before
        page.upload(name, make())
        page.until(lambda name=name, sentence=sentence: page.alerts() == [f"File {name!r}: {sentence}."])
        assert page.figure() == before, what
    page.upload("own.npy", npy(raster()))
    page.until(lambda: page.alerts() == [] and len(page.figure()["rasters"][0][0]) == 60)


def test_what_the_browser_keeps_back_is_told_of_until_the_next_file(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_panel("Input")
    page.upload("huge.npy", b"0" * (LARGEST_FILE + 1))
    page.until(lambda: page.alerts() == [f"Error: File must be {LARGEST_FILE / 2**20:.1f}MB or smaller."])
    page.upload("own.npy", npy(raster()))
    page.until(lambda: page.alerts() == [] and len(page.figure()["rasters"][0][0]) == 60)
    page.button("Remove own.npy").click()
    expect(page.button("Remove own.npy")).to_have_count(0)
    expect(page.button("Remove huge.npy")).to_have_count(0)
    assert page.alerts() == [], "it is told of no more"
    page.upload("bad.npy", b"nonsense")
    page.until(lambda: len(page.alerts()) == 1 and "'bad.npy'" in page.alerts()[0])


def test_the_page_says_what_a_file_was_read_as_and_keeps_it_where_another_may_be_events(open_network: OpenNetwork) -> None:
    page = open_network()
    page.open_panel("Input")
    page.upload("own.csv", as_events(np.eye(16)))
    said = page.page.get_by_text("'own.csv' was read as events, in 16 time steps, 16 neurons, 1 sample.")
    expect(said).to_be_visible()
    page.until(lambda: len(page.figure()["rasters"][0][0]) == 16)
    before = page.figure()
    page.upload("other.csv", b"timestamp,channel\n0,3\n40,1\n9000,2\n")
    expect(page.page.get_by_role("alert")).to_have_text(
        "File 'other.csv': its columns are 'timestamp,channel'; "
        "head the columns of events t,neuron or t,x,y,p, with t in time steps, or those of a raster n0,n1,…."
    )
    expect(said).to_be_visible()
    assert page.figure() == before
    page.page.reload()
    expect(page.rows).to_be_visible(timeout=60_000)
    page.open_panel("Input")
    expect(said).to_be_visible()
    page.until(lambda: page.figure() == before)


def test_a_link_to_a_network_with_a_file_says_what_is_missing(
    open_network: OpenNetwork, visitors: Callable[..., Page], server: Server
) -> None:
    mine = open_network()
    mine.open_panel("Input")
    mine.upload("own.npy", npy(raster()))
    mine.until(lambda: "?x=" in mine.page.url)
    mine.page.wait_for_timeout(500)
    theirs = visitors(server)
    theirs.goto(mine.page.url)
    expect(theirs.get_by_role("alert")).to_have_text(
        "The input is the file 'own.npy', which is not here: links carry no files. Upload it again, or choose another input."
    )
    expect(theirs.locator(".ribbon-chip")).to_have_count(5)
    theirs.close()


def test_weights_of_plain_torch_act_and_a_reload_keeps_them_and_the_target_rates(open_network: OpenNetwork) -> None:
    page = open_network("?rates=5-50")
    content = io.BytesIO()
    torch.save(nn.Sequential(nn.Linear(16, 64), nn.ReLU(), nn.Linear(64, 4)).state_dict(), content)
    page.open_menu("Share")
    page.upload("mine.pt", content.getvalue())
    expect(page.page.get_by_text("mine.pt, by name: 4 of 4 parameters are taken.")).to_be_visible()
    expect(page.page.get_by_text("Weights from mine.pt.")).to_be_visible()
    expect(page.page).to_have_url(re.compile(r"rates=5-50.*x=|x=.*rates=5-50"))  # what a reload opens
    page.page.reload()
    expect(page.page.get_by_text("Weights from mine.pt.")).to_be_visible()
    expect(page.page.get_by_text("5 to 50 Hz").first).to_be_visible()
