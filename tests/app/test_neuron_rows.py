"""The widgets of the Neuron page: nothing that can be edited lacks one or lacks words, and what each can be set to, snncore takes."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from app.figures.neuron import TIME_CONSTANTS
from app.figures.neuron_rows import neuron_rows, single_neuron_inputs
from app.state.tuned_neuron import DEFAULT, edited
from app.words.beside import besides
from app.words.inputs import RECEIVED
from app.words.layer_parameters import LAYER_PARAMETERS
from snncore.errors import ExperimentError
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment
from snncore.run.single_neuron import KINDS, layer_of

OFFERED = single_neuron_inputs()
NOT_ON_THIS_PAGE = {"kind", "learns", "surrogate_grad_fn", "detach_reset", "train_alphas", "shape", "values", "neurons", "period_step"}
"""Fields that are chosen or drawn otherwise, matter in training alone, or tell several neurons apart."""

PARTS: dict[str, list[dict[str, Any]]] = {
    "spike_fn": [{"kind": "MaxSpike", "max_num_spikes_per_bin": 3}],
    "reset_fn": [{"kind": "MembraneReset", "reset_value": 0.25}, {"kind": "MembraneSubtract", "subtract_value": 0.5}],
}


def having(kind: str) -> Experiment:
    """The page's neuron as a model, or with an input, as the page begins it."""
    return edited(DEFAULT, {"input.kind" if kind in OFFERED else "network.0.kind": kind}, {})


def path_of(kind: str, name: str) -> str:
    return f"input.{name}" if kind in OFFERED else f"network.0.{name}"


def row_of(experiment: Experiment, path: str) -> dict[str, Any]:
    (found,) = (row for row in neuron_rows(experiment, "") if row.get("path") == path)
    return found


def fields_of(kind: str) -> set[str]:
    owner = type(having(kind).input) if kind in OFFERED else NEURON_SPECS[kind]
    return set(owner.model_fields) - NOT_ON_THIS_PAGE


FIELDS = [(kind, name) for kind in (*KINDS, *OFFERED) for name in sorted(fields_of(kind))]
SOME_PARTS = [(name, part) for name, parts in PARTS.items() for part in parts]


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_parameter_says_in_a_sentence_what_it_does(kind: str, name: str) -> None:
    row = row_of(having(kind), path_of(kind, name))
    assert row["label"]
    assert row["symbol"]
    assert row["symbol"] != row["label"].lower()
    assert row["note"].endswith(".")
    assert row["tries"]
    assert all(tried["words"].startswith("Try ") for tried in row["tries"])


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_every_value_to_try_is_accepted_lies_on_the_slider_and_one_of_them_moves_it(kind: str, name: str) -> None:
    experiment, path = having(kind), path_of(kind, name)
    row = row_of(experiment, path)
    values = [tried["value"] for tried in row["tries"]]
    if row["widget"] == "number":
        assert all(row["low"] <= value <= row["high"] for value in values)
    assert any(edited(experiment, {path: value}, {}) != experiment for value in values)


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_both_ends_of_a_slider_and_of_what_can_be_typed_are_accepted_and_the_value_lies_between(kind: str, name: str) -> None:
    experiment, path = having(kind), path_of(kind, name)
    row = row_of(experiment, path)
    for value in [row[end] for end in ("low", "high", "least", "most", "whenOn") if row.get(end) is not None]:
        assert edited(experiment, {path: value}, {}).at(path) == value
    present = experiment.at(path)
    if row["widget"] == "number" and present is not None:
        assert row["low"] <= present <= row["high"]
        assert row["least"] is None or row["least"] <= present
        assert row.get("above", -math.inf) < present <= row["most"]


@pytest.mark.parametrize(("name", "part"), SOME_PARTS)
def test_a_part_shows_which_it_is_and_its_number(name: str, part: dict[str, Any]) -> None:
    experiment = DEFAULT.replace({f"network.0.{name}": part})
    choice = row_of(experiment, f"network.0.{name}")
    act = choice["options"][choice["chosen"]]["act"]
    assert act["changes"][f"network.0.{name}"].keys() == part.keys()
    (number,) = part.keys() - {"kind"}
    row = row_of(experiment, f"network.0.{name}.{number}")
    assert row["low"] <= part[number] <= row["high"]
    for end in ("least", "most"):
        edited(experiment, {f"network.0.{name}": {**part, number: int(row[end]) if row["isWhole"] else row[end]}}, {})


@pytest.mark.parametrize("kind", [*KINDS, *OFFERED])
def test_every_choice_is_accepted_and_shows_itself_as_chosen(kind: str) -> None:
    experiment = having(kind)
    for row in neuron_rows(experiment, ""):
        for place, option in enumerate(row.get("options", ())):
            if option["act"]["do"] == "look":
                continue
            chosen = edited(experiment, option["act"]["changes"], {})
            again = next(other for other in neuron_rows(chosen, "") if other["label"] == row["label"])
            assert again["options"][again["chosen"]]["label"] == option["label"], (row["label"], place)


@pytest.mark.parametrize("kind", KINDS)
def test_what_may_be_drawn_beside_is_offered_and_what_is_drawn_is_chosen(kind: str) -> None:
    experiment = having(kind).replace({"network.0.tau_syn": 5.0})
    offered = besides(layer_of(experiment))
    assert {"LIF": "IAF", "ALIF": "without leak"}.get(kind) in {None, *(beside.label for beside in offered.values())}
    for name in ("", *offered, "unknown"):
        row = neuron_rows(experiment, name)[-1]
        assert row["label"] == "Draw beside"
        looked = row["options"][row["chosen"]]["act"]["beside"]
        assert looked == (name if name in offered else "")


@pytest.mark.parametrize(
    ("changes", "path", "least", "most", "needs"),
    [
        ({"input.start": 30, "input.stop": 50}, "input.start", 0, 49, "a whole number from 0 to 49"),
        ({"input.start": 30, "input.stop": 50}, "input.stop", 31, 200, "a whole number from 31 to 200"),
        ({"input.start": 30, "input.stop": None}, "input.start", 0, 199, "a whole number from 0 to 199"),
        ({"input.kind": "spike_bursts", "input.period": 7}, "input.length", 1, 7, "a whole number from 1 to 7"),
        ({"network.0.tau_mem": 3.0}, "network.0.tau_mem", 0.1, 1e6, "a number from 0.1 to 1000000"),
        ({}, "input.amplitude", -1e6, 1e6, "a number from -1000000 to 1000000"),
    ],
)
def test_what_another_value_rules_out_cannot_be_set(changes: dict[str, Any], path: str, least: float, most: float, needs: str) -> None:
    row = row_of(edited(DEFAULT, changes, {}), path)
    assert (row["least"], row["most"], row["needs"]) == (least, most, needs)
    assert row["low"] >= least
    assert row["high"] <= most
    assert all(least <= tried["value"] <= most for tried in row["tries"])


def test_a_slider_reaches_to_where_its_value_is() -> None:
    row = row_of(DEFAULT.replace({"network.0.tau_mem": 700.0}), "network.0.tau_mem")
    assert row["high"] == 700


def test_an_input_that_was_received_is_called_so_and_no_own_file() -> None:
    received = {"kind": "file", "name": "LIF 2, neuron 0", "digest": "0" * 32, "shape": (1, 100, 1)}
    (row,) = (row for row in neuron_rows(DEFAULT.replace({"input": received}), "") if row["label"] == "Input")
    names = [option["label"] for option in row["options"]]
    assert names[row["chosen"]] == RECEIVED
    assert "Own file" not in names


def test_of_an_input_that_was_received_no_other_size_is_offered() -> None:
    received = {"kind": "file", "name": "LIF 2, neuron 0", "digest": "0" * 32, "shape": (1, 100, 1)}
    labels = [row["label"] for row in neuron_rows(DEFAULT.replace({"input": received}), "")]
    assert "Time steps" not in labels
    assert "Neurons" not in labels
    assert "Factor" in labels


def test_the_rows_travel_as_json() -> None:
    for kind in (*KINDS, *OFFERED):
        rows = neuron_rows(having(kind), "")
        assert json.loads(json.dumps(rows, allow_nan=False)) == rows


@pytest.mark.parametrize("name", TIME_CONSTANTS)
def test_sliders_of_time_constants_stop_where_their_decays_are_known(name: str) -> None:
    kind = "ALIF" if name == "tau_adapt" else "LIF"
    row, slider = row_of(having(kind), f"network.0.{name}"), LAYER_PARAMETERS[name]
    assert (row["low"], row["high"], row["step"]) == (slider.low, slider.high, slider.step)


def test_what_lies_below_the_least_is_refused() -> None:
    for kind, name in FIELDS:
        experiment, path = having(kind), path_of(kind, name)
        row = row_of(experiment, path)
        least = row.get("above", row.get("least"))
        if row["widget"] == "number" and least > -1e6 and name not in ("start", "stop", "first", "period"):
            below = least - (1 if row["isWhole"] else 0.001)
            with pytest.raises(ExperimentError):
                edited(experiment, {path: below}, {})
