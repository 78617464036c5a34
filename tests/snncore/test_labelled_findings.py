"""A layer that keeps a network from learning labelled data is found, and its first remedy cures it. A sound training is left alone."""

from __future__ import annotations

from typing import Any

import pytest

from snncore.diagnosis.remedies import Changes
from snncore.diagnosis.training import findings
from snncore.diagnosis.training_findings import SaturatedLayer, SilentLayer, TrainingFinding
from snncore.experiment.recognition import digits, digits_convolution, remember, yin_yang
from snncore.experiment.spec import Experiment
from tests.snncore.labelled import FILES, learned, made

pytestmark = pytest.mark.usefixtures("one_thread")

POSITIVE = {"network.0.weights": {"kind": "constant", "value": 20.0}, "network.1.spike_fn": {"kind": "SingleSpike"}}


def found_after(experiment: Experiment, epochs: int) -> list[TrainingFinding]:
    """What is found after some of its epochs."""
    return findings(experiment, learned(experiment.replace({"training.epochs": epochs})), files=FILES)


@pytest.mark.parametrize(
    ("changes", "kind", "remedy"),
    [
        ({"network.1.spike_threshold": 100.0}, SilentLayer, "network.1.spike_threshold"),
        ({"network.1.spike_threshold": 5.0, "network.1.norm_input": True}, SilentLayer, "network.1.spike_threshold"),
        (POSITIVE, SaturatedLayer, "network.1.spike_threshold"),
    ],
    ids=["θ too high", "normalised input", "weights too large"],
)
def test_a_layer_that_does_not_tell_samples_apart_is_found_and_the_first_remedy_cures_it(
    changes: Changes, kind: type[TrainingFinding], remedy: str
) -> None:
    experiment = made().replace(changes)
    (found,) = found_after(experiment, 3)
    assert isinstance(found, kind)
    assert getattr(found, "layer") == "1"  # noqa: B009  # the base has none
    assert found.needs_restart
    assert list(found.changes[0]) == [remedy]
    assert not found_after(experiment.replace(found.changes[0]), 3)


def test_silence_is_said_with_the_number_of_its_epochs_and_none_before_one_has_learned() -> None:
    experiment = made().replace({"network.1.spike_threshold": 100.0})
    assert not found_after(experiment, 1)
    for epochs in (2, 4):
        (found,) = found_after(experiment, epochs)
        assert isinstance(found, SilentLayer)
        assert found.epochs == epochs


def test_of_layers_in_a_row_the_first_silent_one_is_named() -> None:
    between: list[dict[str, Any]] = [{"kind": "Linear", "in_features": 12, "out_features": 12}, {"kind": "LIF", "tau_mem": 5.0}]
    network = made().model_dump()["network"]
    experiment = made(*network[:2], *between, *network[2:]).replace({"network.1.spike_threshold": 100.0})
    (found,) = found_after(experiment, 2)
    assert isinstance(found, SilentLayer)
    assert found.layer == "1"


def test_steps_that_silenced_a_layer_are_to_be_smaller() -> None:
    experiment = made(lr=30.0, optimiser="SGD").replace({"training.task.penalty": 100.0})
    (found,) = found_after(experiment, 4)
    assert isinstance(found, SilentLayer)
    assert found.epochs < 4
    assert found.changes == ({"training.lr": 3.0},)


def test_a_layer_without_input_has_no_remedy_of_its_own() -> None:
    experiment = made(task={"encoding": {"kind": "current", "amplitude": 0.0}}).replace({"network.0.bias": False})
    (found,) = found_after(experiment, 2)
    assert isinstance(found, SilentLayer)
    assert not found.found.gets_input
    assert not found.changes


@pytest.mark.parametrize(
    "experiment", [digits(), digits_convolution(), yin_yang(), remember(25)], ids=["digits", "convolution", "yin-yang", "remember"]
)
def test_nothing_is_found_in_the_first_epochs_of_what_learns(experiment: Experiment) -> None:
    assert not found_after(experiment, 2)
