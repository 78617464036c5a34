"""Every kind of input has a name, words for its fields, a picture and a usual shape; one from outside brings its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from app.figures import thumbnails
from app.figures.neuron_rows import neuron_rows, single_neuron_inputs
from app.figures.thumbnails import NOTHING, Thumbnail, thumbnail, thumbnail_if_ready
from app.state.tuned_neuron import DEFAULT, edited
from app.words.comparison import differences
from app.words.failures import UNEXPECTED
from app.words.inputs import input_name, input_parameters, offered_inputs
from snncore.experiment import edits
from snncore.experiment.field_words import FieldWords
from snncore.experiment.inputs import INPUT_KINDS, Files, Input
from snncore.experiment.part import Positive, Shape
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from tests.app.network_page import change, draft, fields
from tests.app.network_page import opened as network_page
from tests.app.pages import TRAINING
from tests.app.pages import opened as training_page
from tests.app.said import complaints

pytestmark = pytest.mark.slow  # each runs a page of the app

SHAPE = (1, 40, 6)
NOT_EDITED = {"kind", "shape", "values", "name", "digest", "holds"}
"""Chosen otherwise, or of what was drawn or uploaded."""


class Checkers(Input):
    """Spikes of every other neuron, then of the others; each neuron has another current where it `fades`."""

    title = "Checkers"
    field_words: ClassVar = {
        "every": FieldWords("Spacing", "Steps from change to change.", "k", "steps"),
        "share": FieldWords("Share", "Of the value 1.", low=0.0, high=1.0, step=0.1),
        "fades": FieldWords("Fades", "Later values are smaller."),
        "begins": FieldWords("Begins with", "Which neurons are first."),
        "until": FieldWords("Until step", "Nothing comes after.", unit="steps", usual=30),
    }

    kind: Literal["checkers"] = "checkers"
    every: Positive = 4
    share: float = 1.0
    fades: bool = False
    begins: Literal["even", "odd"] = "even"
    until: Positive | None = None

    @property
    def words(self) -> str:
        return f"checkers of {self.every} steps"

    def is_random(self, dt: float) -> bool:
        return False

    def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
        batch, steps, *sample = self.shape
        cells = torch.arange(steps).view(-1, 1) // self.every + torch.arange(int(np.prod(sample))) + (self.begins == "odd")
        return (self.share * (cells % 2)).float().reshape(1, steps, *sample).repeat(batch, *[1] * (len(self.shape) - 1))

    @classmethod
    def usual(cls, shape: Shape) -> dict[str, Any]:
        return {}

    @classmethod
    def lively(cls, shape: Shape, mean: float, dt: float) -> dict[str, Any] | None:
        return {"share": 2 * mean}


@pytest.fixture
def checkers() -> Iterator[type[Checkers]]:
    INPUT_KINDS.register(Checkers)
    yield Checkers
    INPUT_KINDS.remove("checkers")
    thumbnail.cache_clear()
    thumbnails._in_background.cache_clear()


@contextmanager
def failing(made: Tensor | None = None) -> Iterator[type[Checkers]]:
    """A kind whose `make` raises, or returns this, once it is registered."""

    class Failing(Checkers):
        kind: Literal["failing"] = "failing"  # type: ignore[assignment]

        def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
            if "failing" not in INPUT_KINDS:
                return super().make(generator, dt, files)
            if made is None:
                raise ZeroDivisionError("it is odd")
            return made

    INPUT_KINDS.register(Failing)
    try:
        yield Failing
    finally:
        INPUT_KINDS.remove("failing")
        thumbnail.cache_clear()
        thumbnails._in_background.cache_clear()


# -------------------------------------------------------------------------------------------------- every kind


@pytest.mark.parametrize("kind", INPUT_KINDS)
def test_every_kind_has_a_name_and_words_for_every_field_that_is_edited(kind: str) -> None:
    part = INPUT_KINDS[kind]
    assert input_name(kind)[0].isupper()
    parameters = input_parameters(part)
    for name in part.model_fields.keys() - NOT_EDITED:
        assert parameters[name].label
        assert parameters[name].note.endswith(".")


@pytest.mark.parametrize("kind", INPUT_KINDS)
def test_every_kind_says_whether_it_is_random_and_what_is_lively(kind: str) -> None:
    assert not INPUT_KINDS[kind].__abstractmethods__
    if kind in offered_inputs():
        made = edits.feed(ten_spikes().draft, kind).input
        first, second = (made.make(torch.Generator().manual_seed(seed), 1e-3, {}) for seed in (0, 1))
        assert torch.equal(first, second) != made.is_random(1e-3)
    assert (INPUT_KINDS[kind].lively((1, 100, 1), 0.5, 1e-3) is not None) == (kind in single_neuron_inputs())


@pytest.mark.parametrize("kind", single_neuron_inputs())
def test_a_lively_input_has_about_the_mean_that_is_asked_for_while_it_is_on(kind: str) -> None:
    shape = (1, 1000, 50)
    fields = INPUT_KINDS[kind].lively(shape, 0.5, 1e-3)
    made = INPUT_KINDS[kind](shape=shape, **(fields or {}))
    values = made.make(torch.Generator().manual_seed(0), 1e-3, {})
    assert values[0, 250:750].mean().item() == pytest.approx(0.5, rel=0.1)


@pytest.mark.parametrize("kind", offered_inputs())
@pytest.mark.parametrize("shape", [SHAPE, (2, 9, 2, 5, 5)])
def test_every_kind_that_is_offered_has_a_usual_shape_and_a_picture_of_what_it_makes(kind: str, shape: Shape) -> None:
    made = INPUT_KINDS[kind](**INPUT_KINDS[kind].fitting(shape))
    assert made.shape[:2] == shape[:2]
    assert made.make(torch.Generator().manual_seed(0), 1e-3, {}).shape == made.shape
    assert np.ptp(thumbnail(kind).values) > 0


# ------------------------------------------------------------------------------------------- one from outside


def test_an_input_from_outside_is_called_by_its_own_words(checkers: type[Checkers]) -> None:
    assert input_name("checkers") == "Checkers"
    assert offered_inputs()[-1] == "checkers"
    parameters = input_parameters(checkers)
    assert {name: (parameter.label, parameter.widget) for name, parameter in parameters.items()} == {
        "every": ("Spacing k (steps)", "whole"),
        "share": ("Share", "slider"),
        "fades": ("Fades", "toggle"),
        "begins": ("Begins with", "choice"),
        "until": ("Until step (steps)", "whole"),
    }
    assert parameters["begins"].options == ("even", "odd")
    assert parameters["until"].when_on == 30
    assert input_parameters(checkers)["every"].symbol == "k"
    before = ten_spikes()
    (difference, *_) = differences(before, before.replace({"input": edits.feed(before.draft, "checkers").input.model_dump()}))
    assert "Random spikes → Checkers" in difference


def test_an_input_from_outside_is_pictured_by_what_it_makes(checkers: type[Checkers]) -> None:
    assert picture_of("checkers").drawing == "raster"
    assert np.array_equal(picture_of("checkers").values, thumbnails.pictured("checkers").T)


def test_an_input_from_outside_that_cannot_be_made_has_a_plain_tile() -> None:
    with failing():
        assert picture_of("failing") is NOTHING


@pytest.mark.parametrize("problem", ["can't be made: ZeroDivisionError: it is odd; ", "makes float32 (2,); "])
def test_an_input_from_outside_that_cannot_be_made_is_refused_by_its_name_and_the_page_keeps_what_it_had(problem: str) -> None:
    with failing(torch.zeros(2) if "float32" in problem else None) as kind:
        page = network_page(Draft(network=[{"kind": "IAF"}], input=kind(shape=SHAPE)), panel="Input")
        assert not page.exception
        assert UNEXPECTED not in complaints(page)
        (complaint,) = [text for text in complaints(page) if "'failing'" in text]
        assert f"The input 'failing' {problem}" in complaint
        assert draft(page).input == kind(shape=SHAPE)


def test_the_training_page_refuses_an_input_that_cannot_be_made_by_its_name() -> None:
    with failing() as kind:
        experiment = ten_spikes().replace({"input": kind(shape=(1, 100, 16)).model_dump()})
        page = training_page(TRAINING, experiment)
        assert not page.exception
        assert UNEXPECTED not in complaints(page)
        assert any("The input 'failing' can't be made: ZeroDivisionError: it is odd" in text for text in complaints(page))


def test_an_input_from_outside_has_a_row_for_each_field(checkers: type[Checkers]) -> None:
    page = network_page(Draft(network=[{"kind": "IAF"}], input=checkers(shape=(1, 40, 6))), panel="Input")
    found = fields(page, "input.")
    labels = {"Spacing k (steps)": "number", "Share": "number", "Begins with": "choice", "Fades": "switch", "Until step (steps)": "number"}
    own = [field for path, field in found.items() if ".shape." not in path]
    assert {field.label: field.row["widget"] for field in own} == labels
    change(page, "input.every", "7")
    change(page, "switch input.until", True)
    assert (draft(page).input.every, draft(page).input.until) == (7, 30)


def test_an_input_from_outside_feeds_the_tuned_neuron(checkers: type[Checkers]) -> None:
    fed = edited(DEFAULT, {"input.kind": "checkers"}, {})
    assert fed.input == Checkers(shape=DEFAULT.input.shape, share=3.0)
    rows = {row["label"]: row for row in neuron_rows(fed, "")}
    assert rows["Input"]["options"][rows["Input"]["chosen"]]["label"] == "Checkers"
    assert (rows["Share"]["low"], rows["Share"]["high"]) == (0.0, 3.0), "a slider reaches to where its value is"
    assert rows["Spacing"]["least"] == 1
    assert rows["Fades"]["widget"] == "switch"
    assert [option["label"] for option in rows["Begins with"]["options"]] == ["even", "odd"]
    assert rows["Until step"]["whenOn"] == 30
    assert Experiment.from_json(fed.to_json()) == fed


def picture_of(kind: str) -> Thumbnail:
    limit = time.monotonic() + 60
    while (found := thumbnail_if_ready(kind)) is None:
        assert time.monotonic() < limit
        time.sleep(0.01)
    return found
