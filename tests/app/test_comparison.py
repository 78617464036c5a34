"""What two Experiments differ in is said in the field's words, everything that differs and nothing else."""

from __future__ import annotations

from typing import Any

import pytest

from app.server.runner import TrainingRun
from app.words.comparison import differences, past_in_words, trial_in_words, why_in_words
from snncore.diagnosis.remedies import without_normalisation
from snncore.experiment import edits as stack
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.run.bptt import train
from snncore.run.simulation import simulate


def test_the_same_experiments_differ_in_nothing() -> None:
    assert differences(ten_spikes(), ten_spikes()) == []
    assert differences(convolution(), convolution()) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"network.1.tau_mem": 13.0, "network.3.tau_mem": 13.0}, ["τ_mem of LIF 2 and LIF 4 10 → 13"]),
        ({"network.1.tau_mem": 13.0, "network.3.tau_mem": 14.0}, ["τ_mem of LIF 2 10 → 13", "τ_mem of LIF 4 10 → 14"]),
        ({"network.3.spike_threshold": 0.5, "seeds.weights": 4}, ["θ of LIF 4 1 → 0.5", "weight seed 0 → 4"]),
        ({"network.1.norm_input": False}, ["normalised input of LIF 2 on → off"]),
        ({"network.1.surrogate_grad_fn": "ATan"}, ["surrogate gradient of LIF 2 exponential → arctangent"]),
        (
            {"network.1.surrogate_grad_fn": {"kind": "SingleExponential", "grad_scale": 4.0}},
            ["surrogate gradient grad_scale of LIF 2 1 → 4"],
        ),
        ({"network.1.surrogate_grad_fn": "TrueDerivative"}, ["surrogate gradient of LIF 2 exponential → true derivative (zero)"]),
        (
            {"network.1.reset_fn": {"kind": "MembraneSubtract", "subtract_value": 0.5}},
            ["reset of LIF 2 subtract θ → subtract 0.5"],
        ),
        (
            {"network.3.spike_fn": {"kind": "MaxSpike", "max_num_spikes_per_bin": 2}},
            ["spikes per step of LIF 4 any number → at most 2"],
        ),
        ({"network.0.learns": ["bias"], "network.3.learns": ["tau_mem", "spike_threshold"]}, ["Linear 1 weights fixed", "LIF 4 θ learns"]),
        ({"checkpoint": {"name": "a.safetensors", "digest": "0" * 32}}, ["loaded weights none → a.safetensors"]),
        ({"network.1.tau_syn": 5.0}, ["τ_syn of LIF 2 none → 5"]),
        ({"network.1.tau_mem": [float(k + 1) for k in range(64)]}, ["τ_mem of LIF 2 10 → 64 values"]),
        ({"training.lr": 0.01, "training.optimiser": "Adam"}, ["optimiser RMSprop → Adam", "learning rate 0.001 → 0.01"]),
        ({"training.task.target": 12}, ["target 10 → 12"]),
        ({"input.probability": 0.5}, ["input probability 0.8 → 0.5"]),
    ],
)
def test_each_difference_is_said_once_with_both_values(changes: dict[str, Any], words: list[str]) -> None:
    assert differences(ten_spikes(), ten_spikes().replace(changes)) == words


def test_other_layers_are_said_as_the_line_of_layers() -> None:
    longer = Experiment(**dict(stack.insert(ten_spikes().draft, 2, "IAF")))
    (words,) = differences(ten_spikes(), longer)
    assert words == "network Linear 16→64 · LIF · Linear 64→4 · LIF → Linear 16→64 · LIF · IAF · Linear 64→4 · LIF"


def test_what_changed_while_one_of_them_trained_is_said_with_its_epoch() -> None:
    changed = ten_spikes().changed(7, {"training.lr": 0.02})
    assert differences(ten_spikes(), changed) == ["changed at epoch 7: learning rate 0.001 → 0.02"]
    assert differences(changed, ten_spikes()) == ["not changed at epoch 7: learning rate 0.001 → 0.02"]


@pytest.mark.slow
def test_a_past_training_and_one_on_trial_say_how_far_they_came() -> None:
    run = TrainingRun(ten_spikes(), speed=None)
    assert past_in_words(run.past()) == "0 spikes at epoch 0"
    assert trial_in_words(TrainingRun(ten_spikes(), speed=None, begins_later=True)) == "starting"
    still = ten_spikes().replace({f"network.{index}.surrogate_grad_fn": "TrueDerivative" for index in (1, 3)})
    run = TrainingRun(still.replace({"training.epochs": 5}), speed=None)
    for _ in range(4):
        run.step()
    assert trial_in_words(run) == "nothing learned in 5 epochs"


def test_why_it_is_silent_is_said_in_the_numbers_of_both() -> None:
    (record,) = train(ten_spikes().replace({"training.epochs": 1}))
    (without,) = simulate(ten_spikes().replace(without_normalisation(ten_spikes())), parameters=record.parameters)
    words = why_in_words(ten_spikes(), record, without)
    assert "that of LIF 2 and LIF 4 by 1-α = 0.0952;" in words
    assert f"the output's largest u/θ is {record.reach[-1]:.2f}" in words
    assert f"{without.outputs[-1].sum():g} spikes" in words
