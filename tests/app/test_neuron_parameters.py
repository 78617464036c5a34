"""What the Neuron page says of every parameter: nothing that can be edited lacks words, and every value to try can be taken."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.controls.neuron_parameters import neuron_parameters
from app.controls.parameters import LAYER_PARAMETERS
from app.figures.neuron import TIME_CONSTANTS
from app.figures.neuron_page import OFFERED
from app.tuning import DEFAULT, KINDS, edited
from snncore.layer_spec import NEURON_SPECS
from snncore.spec import Experiment

NOT_ON_THIS_PAGE = {"kind", "learns", "surrogate_grad_fn", "train_alphas", "shape", "values", "neurons", "period_step"}
"""Fields that are chosen or drawn otherwise, matter in training alone, or tell several neurons apart."""


def fed(kind: str) -> Experiment:
    """The page's neuron with another input, as the page begins it."""
    return edited(DEFAULT, {"input.kind": kind}, {})


def fields_of(kind: str) -> set[str]:
    owner = type(fed(kind).input) if kind in OFFERED else NEURON_SPECS[kind]
    return set(owner.model_fields) - NOT_ON_THIS_PAGE


def words_of(kind: str, name: str) -> dict[str, Any]:
    found = neuron_parameters()
    return found.get(f"{kind}.{name}") or found[name]


def having(kind: str) -> Experiment:
    """The page's neuron as a model, or with an input."""
    return fed(kind) if kind in OFFERED else edited(DEFAULT, {"network.0.kind": kind}, {})


FIELDS = [(kind, name) for kind in (*KINDS, *OFFERED) for name in sorted(fields_of(kind))]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_parameter_says_in_a_sentence_what_it_does(kind: str, name: str) -> None:
    words = words_of(kind, name)
    assert words["name"]
    assert words["symbol"]
    assert words["note"].endswith(".")
    assert words["tries"]
    assert all(tried["sentence"] for tried in words["tries"])


def test_the_words_travel_as_json() -> None:
    words = neuron_parameters()
    assert json.loads(json.dumps(words, allow_nan=False)) == words


@pytest.mark.parametrize("name", TIME_CONSTANTS)
def test_sliders_of_time_constants_stop_where_their_decays_are_known(name: str) -> None:
    words, slider = neuron_parameters()[name], LAYER_PARAMETERS[name]
    assert (words["low"], words["high"], words["step"]) == (slider.low, slider.high, slider.step)


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_values_to_try_lie_on_the_slider(kind: str, name: str) -> None:
    words = words_of(kind, name)
    numbers = [tried["value"] for tried in words["tries"] if isinstance(tried["value"], int | float) and words["low"] is not None]
    assert all(words["low"] <= value <= words["high"] for value in numbers)


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_value_to_try_is_accepted_and_one_of_them_moves_it(kind: str, name: str) -> None:
    experiment = having(kind)
    path = f"input.{name}" if kind in OFFERED else f"network.0.{name}"
    tried = [edited(experiment, {path: one["value"]}, {}) for one in words_of(kind, name)["tries"]]
    assert any(other != experiment for other in tried)
