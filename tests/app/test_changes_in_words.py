"""What was changed while a network trained is told with its epoch: values before and after, and what learns or no longer does."""

from __future__ import annotations

from typing import Any

import pytest

from app.words.changes import changes_in_words
from snncore.experiment.spec import Experiment, ten_spikes

CHANGES: list[tuple[dict[str, Any], str]] = [
    ({"training.lr": 0.01}, "learning rate 0.001 → 0.01"),
    ({"training.optimiser": "Adam", "training.task.target": 3}, "optimiser RMSprop → Adam, target 10 → 3"),
    (
        {"network.1.surrogate_grad_fn": "TrueDerivative", "network.3.surrogate_grad_fn": "TrueDerivative"},
        "surrogate gradient exponential → true derivative (zero)",
    ),
    ({"network.1.learns": ["tau_mem", "spike_threshold"]}, "LIF 2 θ learns"),
    ({"network.0.learns": ["bias"]}, "Linear 1 weights fixed"),
    ({"network.1.learns": []}, "LIF 2 τ_mem fixed"),
    (
        {"network.0.learns": [], "network.1.learns": ["spike_threshold"]},
        "Linear 1 weights fixed, Linear 1 bias fixed, LIF 2 τ_mem fixed, LIF 2 θ learns",
    ),
]


@pytest.mark.parametrize(("changes", "words"), CHANGES, ids=[words for _, words in CHANGES])
def test_a_change_is_told_with_its_epoch(changes: dict[str, Any], words: str) -> None:
    assert changes_in_words(ten_spikes().changed(4, changes)) == {4: words}


def test_what_learns_again_is_told_and_what_goes_on_learning_is_no_change() -> None:
    made = ten_spikes().changed(2, {"network.0.learns": ["bias"]}).changed(5, {"network.0.learns": None, "training.lr": 0.1})
    assert changes_in_words(made) == {2: "Linear 1 weights fixed", 5: "Linear 1 weights learn, learning rate 0.001 → 0.1"}
    assert changes_in_words(ten_spikes().changed(2, {"network.0.learns": ["weight", "bias"]})) == {}


def test_recurrent_weights_are_told_as_such() -> None:
    recurrent = {"kind": "IAFRecurrent", "rec_connect": {"in_features": 4, "out_features": 4}}
    made = Experiment(network=[recurrent], input={"shape": (1, 10, 4), "probability": 0.5})
    words = changes_in_words(made.changed(1, {"network.0.learns": ["spike_threshold"]}).changed(3, {"network.0.learns": None}))
    assert words == {
        1: "IAFRecurrent 1 θ learns, IAFRecurrent 1 recurrent weights fixed",
        3: "IAFRecurrent 1 θ fixed, IAFRecurrent 1 recurrent weights learn",
    }
