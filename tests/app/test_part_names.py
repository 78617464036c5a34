"""Parts of layers have one name each, a word that needs no code, on every page."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

import pytest

from app.figures.neuron_rows import neuron_rows
from app.state.tuned_neuron import DEFAULT
from app.words.layer_parameters import PART_PARAMETERS
from app.words.parts import PARTS, as_data, choice_of, part_in_words, part_name
from snncore.activation import RESETS, SPIKE_FUNCTIONS, SURROGATES, MaxSpike, MembraneReset, MembraneSubtract
from snncore.experiment.spec import ten_spikes
from snncore.experiment.weights import WEIGHT_KINDS
from tests.app import pages
from tests.app.network_page import opened as network_opened
from tests.app.pages import Field, shown

CLASSES = {"spike_fn": SPIKE_FUNCTIONS, "reset_fn": RESETS, "surrogate_grad_fn": SURROGATES}
KINDS = {**{field: tuple(part.__name__ for part in parts) for field, parts in CLASSES.items()}, "weights": WEIGHT_KINDS}
OFFERED = [(field, name) for field, parts in PARTS.items() for name in parts]


@pytest.mark.parametrize("field", KINDS)
def test_every_registered_part_is_offered_and_nothing_else(field: str) -> None:
    assert {first["kind"] for first in PARTS[field].values()} == set(KINDS[field])


@pytest.mark.parametrize(("field", "name"), OFFERED)
def test_a_name_is_no_class_name_and_stands_for_one_part(field: str, name: str) -> None:
    assert not re.search(r"[a-z][A-Z]", name), f"{name} is code"
    assert sum(name in parts for parts in PARTS.values()) == 1
    assert choice_of(PARTS[field][name]) == name


@pytest.mark.parametrize(("field", "name"), OFFERED)
def test_a_part_begins_with_values_that_the_package_takes_each_with_words(field: str, name: str) -> None:
    first = PARTS[field][name]
    path = "network.0.weights" if field == "weights" else f"network.1.{field}"
    made = ten_spikes().draft.replace({path: first})
    assert made.at(path) == first
    assert choice_of(made.at(path)) == name
    assert {number for number, value in first.items() if value is not None} - {"kind"} <= PART_PARAMETERS.keys()


@pytest.mark.parametrize("kind", SURROGATES)
def test_a_surrogate_begins_as_its_class_does(kind: type[Any]) -> None:
    assert PARTS["surrogate_grad_fn"][part_name(kind.__name__)] == as_data(kind())
    assert {field.name for field in fields(kind)} == as_data(kind()).keys() - {"kind"}


@pytest.mark.parametrize(
    ("part", "choice", "words"),
    [
        (MaxSpike(3), "at most …", "at most 3"),
        (MaxSpike(), "any number", "any number"),  # it has no limit, as MultiSpike
        (MembraneSubtract(), "subtract θ", "subtract θ"),
        (MembraneSubtract(0.5), "subtract a value", "subtract 0.5"),
        (MembraneReset(-0.2), "to a value", "to -0.2"),
    ],
)
def test_a_sentence_says_the_number_that_a_name_leaves_open(part: Any, choice: str, words: str) -> None:
    assert choice_of(as_data(part)) == choice
    assert part_in_words(as_data(part)) == words
    rows = neuron_rows(DEFAULT.replace({f"network.0.{'spike_fn' if isinstance(part, MaxSpike) else 'reset_fn'}": as_data(part)}), "")
    assert choice in {row["options"][row["chosen"]]["label"] for row in rows if row["widget"] == "choice"}


def named(found: dict[str, Field], path: str, kind: str) -> list[str]:
    """The names that a row offers; its note says what the present one is called in code."""
    row = found[path].row
    assert row["note"].endswith(f"In code: {kind}.")
    return [option["label"] for option in row["options"]]


def test_all_pages_offer_the_same_names() -> None:
    network = pages.fields(network_opened(layer=1))
    conversion = pages.fields(shown(pages.opened(pages.CONVERSION, conversion_more=True)))
    neuron = {row["path"]: row for row in neuron_rows(DEFAULT, "") if "path" in row}
    for field, kind in (("spike_fn", "MultiSpike"), ("reset_fn", "MembraneSubtract")):
        names = [*PARTS[field]]
        assert named(network, f"network.1.{field}", kind) == names
        assert [option["label"] for option in neuron[f"network.0.{field}"]["options"]] == names
        assert [option["label"] for option in conversion[field].row["options"]] == names
    assert named(network, "network.1.surrogate_grad_fn", "SingleExponential") == [*PARTS["surrogate_grad_fn"]]
