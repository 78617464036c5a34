"""Labelled data on the Training page, in a real browser: chosen, learned, looked back at, one sample's spikes, and own data brought."""

from __future__ import annotations

import re
from io import BytesIO
from itertools import islice

import h5py
import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from app.server.link import to_parameter
from snncore.experiment.recognition import digits
from snncore.experiment.spec import Experiment
from snncore.run.bptt import train
from snncore.run.labelled import answer
from tests.browser.conftest import Open
from tests.browser.training_page import TrainingPage
from tests.browser.views import of_view

FEW = digits().replace({"training.epochs": 4})


def shown_answers(page: TrainingPage) -> list[int]:
    """The class that each sample on the wall is taken for, in the order of the data."""
    found: list[int] = of_view(page.page.locator(".wall"), "({ data }) => [...data.arrays[1]]")
    return found


def title_of_sample(page: TrainingPage) -> Locator:
    return page.page.locator(".rows-title").first


def learned(open_page: Open, experiment: Experiment = FEW) -> TrainingPage:
    """The page once the training has come to its end."""
    page = open_page(f"?x={to_parameter(experiment.draft)}")
    expect(page.page.locator(".wall[data-drawn]")).to_be_attached(timeout=60_000)
    page.choose_speed("full speed")
    page.button("Train it").click()
    page.until(lambda: page.status.startswith("Stopped after"), patience=120)
    return page


@pytest.mark.main_job
def test_digits_are_chosen_and_learned_and_the_wall_shows_the_answers_of_the_epoch_on_display(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_role("combobox", name="Learns").select_option("Digits")
    expect(page.page.locator(".wall[data-drawn]")).to_be_attached(timeout=60_000)
    page.choose_speed("full speed")
    page.button("Train it").click()
    page.until(lambda: page.epoch >= 3, patience=120)
    if page.button("Pause").count():
        page.button("Pause").click()
    for record in list(islice(train(digits()), 3)):
        place = page.place_of_epoch(record.epoch)
        assert place
        page.page.mouse.click(*place)
        page.until(lambda number=record.epoch: page.epoch == number)
        expected = answer(digits(), parameters=record.parameters).classes.tolist()
        page.until(lambda wanted=expected: shown_answers(page) == wanted)
        assert page.number == f"{record.score:.1%}"


def test_a_click_on_the_wall_or_enter_runs_that_samples_spikes_through_the_layers(open_page: Open) -> None:
    page = learned(open_page)
    wall = page.page.locator(".wall-body")
    wall.locator("canvas").click(position={"x": 10, "y": 10})
    found = answer(digits(), parameters=list(train(FEW))[-1].parameters)
    first, *_ = np.flatnonzero(found.labels != found.classes)
    expect(title_of_sample(page)).to_have_text(f"Test sample {first}, class {found.labels[first]}: taken for {found.classes[first]}")
    expect(page.page.locator(".rows-readout")).to_have_text(re.compile("Answer so far"))
    wall.focus()
    for _ in range(40):
        page.page.keyboard.press("ArrowRight")
    said = page.page.locator(".wall-readout").inner_text()
    page.page.keyboard.press("Enter")
    expect(title_of_sample(page)).to_have_text(said)


def test_the_matrix_counts_answers_and_leads_to_the_samples_of_a_cell(open_page: Open) -> None:
    page = learned(open_page)
    page.button("Confusion matrix").click()
    found = answer(digits(), parameters=list(train(FEW))[-1].parameters)
    wall = page.page.locator(".wall-body")
    wall.focus()
    page.page.keyboard.press("ArrowRight")
    counts = found.confusion[0]
    expect(page.page.locator(".wall-readout")).to_have_text(f"{counts[0]} of {counts.sum()} samples of 0 recognised")
    page.page.keyboard.press("Enter")
    page.until(lambda: of_view(page.page.locator(".wall"), "({ order }) => order.length") == counts[0])
    page.button("All samples").click()
    page.until(lambda: of_view(page.page.locator(".wall"), "({ order }) => order.length") == 360)


def test_a_batch_is_learned_at_a_time(open_page: Open) -> None:
    page = open_page(f"?x={to_parameter(FEW.draft)}")
    expect(page.page.locator(".wall[data-drawn]")).to_be_attached(timeout=60_000)
    before = shown_answers(page)
    page.button("+1 batch").click()
    page.until(lambda: "Epoch 1: batch 1 of 29." in page.status)
    page.until(lambda: shown_answers(page) != before)


@pytest.mark.parametrize("is_good", [False, True])
def test_own_data_are_learned_and_a_file_that_cannot_be_is_refused_in_a_sentence(open_page: Open, is_good: bool) -> None:
    page = open_page()
    page.page.get_by_role("combobox", name="Learns").select_option("Own labelled data")
    labels = np.arange(60) % 3
    content = BytesIO()
    np.savez(content, x=np.random.RandomState(0).uniform(size=(60, 4)) + np.eye(4)[labels], y=labels if is_good else 2 * labels)
    page.page.locator("input[type=file]").first.set_input_files({"name": "mine.npz", "mimeType": "", "buffer": content.getvalue()})
    if is_good:
        expect(page.page.get_by_text("mine.npz: samples of 4 values in 3 classes; 48 to learn, 12 to be tested")).to_be_visible()
        expect(page.page.locator(".wall[data-drawn]")).to_be_attached()
    else:
        page.until(lambda: "number the classes from 0 without gaps" in page.said)
        assert page.spikes == 0, "the ten-spike task is still there"


def spoken(count: int = 100, seconds: float = 0.5) -> bytes:
    """A file in the layout of SHD, with its types: each of two classes spikes in all of 20 units, and more often in its own half."""
    random, stream = np.random.RandomState(0), BytesIO()
    labels = np.arange(count) % 2
    with h5py.File(stream, "w") as file:
        lists = {"times": h5py.vlen_dtype(np.float16), "units": h5py.vlen_dtype(np.int64)}
        times, units = (file.create_dataset(f"spikes/{name}", (count,), dtype=kind) for name, kind in lists.items())
        for sample, label in enumerate(labels):
            spikes = random.randint(30, 60)
            times[sample] = np.sort(random.uniform(0, seconds, spikes)).astype(np.float16)
            units[sample] = np.where(
                random.uniform(size=spikes) < 0.7, random.randint(20, size=spikes), random.randint(10, size=spikes) + 10 * label
            )
        file["labels"] = labels.astype(np.uint16)
        file["extra/keys"] = np.array([b"zero", b"one"])
    return stream.getvalue()


def test_spikes_in_the_layout_of_shd_are_counted_in_the_bins_that_were_set_learned_and_there_after_undo(open_page: Open) -> None:
    page = open_page()
    page.page.get_by_role("combobox", name="Learns").select_option("Own labelled data")
    page.page.locator("input[type=file]").first.set_input_files({"name": "spoken.h5", "mimeType": "", "buffer": spoken()})
    counted = page.page.get_by_text("spoken.h5: samples of 51 time steps of 20 values in 2 classes; 80 to learn, 20 to be tested")
    expect(counted).to_be_visible(timeout=60_000)
    width = page.page.get_by_label("Bin width of .h5 (s)", exact=True)
    width.fill("0.000001")
    width.press("Enter")
    page.until(lambda: "use wider bins or fewer samples" in page.said)
    expect(width).to_have_value("0.01")
    expect(counted).to_be_visible()
    width.fill("0.025")
    width.press("Enter")
    brought = page.page.get_by_text("spoken.h5: samples of 21 time steps of 20 values in 2 classes; 80 to learn, 20 to be tested")
    expect(brought).to_be_visible(timeout=60_000)
    expect(page.page.locator(".wall[data-drawn]")).to_be_attached()
    page.choose_speed("full speed")
    page.button("Train it").click()
    page.until(lambda: float(page.number.rstrip("%")) >= 90, patience=60)
    page.page.locator(".rows").press("Control+z")
    expect(brought).to_be_hidden()
    page.page.locator(".rows").press("Control+y")
    expect(brought).to_be_visible()
