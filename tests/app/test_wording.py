"""What is wrong with a layer is told with its numbers, and each remedy says what it does."""

from __future__ import annotations

from typing import Any

import pytest

from app.state.presets import presets
from app.words.findings import findings_in_words, remedy_in_words, training_finding_in_words, training_remedy_in_words
from snncore.diagnosis.layers import Clipped, Finding, LongMemory, Saturated, Silent, diagnose
from snncore.diagnosis.training import findings as findings_of_training
from snncore.diagnosis.training_findings import (
    Diverged,
    Diverging,
    ExplodingGradient,
    NoGradient,
    NoProgress,
    SaturatedLayer,
    SilentLayer,
    StaysSilent,
    TrainingFinding,
    UnreachableTarget,
)
from snncore.errors import DivergenceError
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import EpochRecord, Trainer
from snncore.run.simulation import simulate

WORDS: dict[str, tuple[Finding, str]] = {
    "silent": (
        Silent(0.1112, 1.0, 0.1094, gets_input=True, lower_threshold=0.11, sufficient_gain=9.01),
        "Silent: largest u 0.111 < θ 1; under its constant input v tends to 0.109; 9.01× its input or θ ≤ 0.11 makes it spike.",
    ),
    "silent under an input that varies": (
        Silent(0.5, 1.25, None, gets_input=True, lower_threshold=0.5, sufficient_gain=2.51),
        "Silent: largest u 0.5 < θ 1.25; 2.51× its input or θ ≤ 0.5 makes it spike.",
    ),
    "silent by less than three digits show": (
        Silent(0.99981, 1.0, None, gets_input=True, lower_threshold=0.99),
        "Silent: largest u 0.9998 < θ 1; θ ≤ 0.99 makes it spike.",
    ),
    "held down": (
        Silent(-0.25, 1.0, -0.5, gets_input=True, lower_threshold=None),
        "Silent: u never rises above 0 (largest -0.25); what reaches it inhibits it.",
    ),
    "no more than zero": (
        Silent(0.0, 1.0, None, gets_input=True, lower_threshold=None),
        "Silent: u never rises above 0; what reaches it is zero or inhibits it.",
    ),
    "without input": (
        Silent(0.0, 1.0, 0.0, gets_input=False, lower_threshold=None),
        "Silent: nothing but zeros reaches it. Change its input, or what comes before it.",
    ),
    "saturated": (
        Saturated(60, 64, 1.0, 1.2345, while_driven=False),
        "Saturated: 60 of 64 neurons spike at every step, 1.23 spikes per step and neuron.",
    ),
    "saturated while driven": (
        Saturated(60, 64, 0.9713, 0.9713, while_driven=True),
        "Saturated: 60 of 64 neurons spike in 97% of the steps from the first input to the last, 0.971 spikes per step and neuron.",
    ),
    "one neuron saturated": (
        Saturated(1, 1, 0.9999, 3.0, while_driven=False),
        "Saturated: the neuron spikes in over 99% of the steps, 3 spikes per step.",
    ),
    "held up": (
        Clipped("min_v_mem", 0.426, -0.5, (), -0.5),
        "Clipped: the lower bound -0.5 holds v up at 43% of its values.",
    ),
    "held up by bounds of their own": (
        Clipped("min_v_mem", 0.426, -0.1, (), -0.5),
        "Clipped: the lower bounds -0.5 to -0.1 hold v up at 43% of its values.",
    ),
    "cut": (
        Clipped("spike_fn", 0.0812, 3.456),
        "Clipped: u reached 3.46 θ, and the limit of spikes per step cut the count in 8% of the steps with spikes.",
    ),
    "long memory": (
        LongMemory(5000.0, 0.99980002, 100),
        "τ_mem 5000 is far longer than the run of 100 steps: v loses 0.02% per step.",
    ),
}


@pytest.mark.parametrize(("finding", "words"), WORDS.values(), ids=WORDS)
def test_a_finding_in_words(finding: Finding, words: str) -> None:
    assert findings_in_words([finding]) == words


def test_all_findings_are_told_one_after_another_and_none_is_no_word() -> None:
    findings, sentences = zip(*WORDS.values(), strict=True)
    assert findings_in_words(findings) == " ".join(sentences)
    assert findings_in_words(()) == ""


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"spike_threshold": 0.11}, "Set θ to 0.11"),
        ({"tau_mem": 10.0}, "Set τ_mem to 10"),
        ({"norm_input": False}, "Switch normalised input off"),
        ({"norm_input": True}, "Switch normalised input on"),
        ({"spike_fn": {"kind": "MultiSpike"}}, "Set spikes per step to any number"),
        ({"min_v_mem": None}, "Remove min_v_mem"),
        ({"spike_threshold": 1.0, "norm_input": False}, "Set θ to 1 and switch normalised input off"),
    ],
)
def test_a_remedy_in_words(changes: dict[str, Any], words: str) -> None:
    assert remedy_in_words(changes) == words


# ------------------------------------------------------------------------------------------- of networks that run


def lif(count: int = 4, weight: float = 0.25, **more: Any) -> Experiment:
    """All inputs to all neurons with one weight, so that they all do the same."""
    given = {"kind": "step_current", "shape": (1, 100, count), "amplitude": 1.0}
    weights = {"kind": "constant", "value": weight}
    layer = {"kind": "Linear", "in_features": count, "out_features": count, "weights": weights}
    return Experiment(network=(layer, {"kind": "LIF", "tau_mem": 10.0, **more}), input=given)


NETWORKS = {
    "silent": (
        lif(weight=0.1),
        "Silent: largest u 0.4 < θ 1; under its constant input v tends to 0.4; 2.51× its input or θ ≤ 0.39 makes it spike.",
    ),
    "silent because normalised": (
        lif(weight=0.1, spike_threshold=2.0),
        "Silent: largest u 0.4 < θ 2; under its constant input v tends to 0.4; 5.01× its input or θ ≤ 0.39 makes it spike.",
    ),
    "held down": (lif(weight=-0.25), "Silent: u never rises above 0 (largest -0.0952); what reaches it inhibits it."),
    "without input": (lif(weight=0.0), "Silent: nothing but zeros reaches it. Change its input, or what comes before it."),
    "saturated": (lif(weight=10.0), "Saturated: 4 of 4 neurons spike at every step, "),
    "held up": (lif(weight=-0.25, min_v_mem=-0.5), "Clipped: the lower bound -0.5 holds v up at "),
    "cut": (lif(weight=10.0, spike_fn="SingleSpike"), "Clipped: u reached "),
    "long memory": (lif(weight=10.0, tau_mem=5000.0), "τ_mem 5000 is far longer than the run of 100 steps: v loses 0.02% per step."),
}


@pytest.mark.parametrize(("made", "words"), NETWORKS.values(), ids=NETWORKS)
def test_what_a_network_does_is_told_and_its_remedies_change_it(made: Experiment, words: str) -> None:
    findings = diagnose(simulate(made)[0])[1]
    assert words in findings_in_words(findings)
    for finding in findings:
        for changes in finding.changes:
            assert remedy_in_words(changes)
            mended = made.replace({f"network.1.{name}": value for name, value in changes.items()})
            assert finding not in diagnose(simulate(mended)[0])[1]


def test_a_network_in_good_order_has_nothing_told_of_it() -> None:
    assert findings_in_words(diagnose(simulate(lif(weight=0.3))[0])[1]) == ""


@pytest.mark.parametrize("made", [ten_spikes(), *(preset.experiment for preset in presets())])
def test_whatever_is_found_is_told_in_sentences(made: Experiment) -> None:
    found = diagnose(simulate(made)[0])
    assert found.keys() == {index for index, layer in enumerate(made.network) if isinstance(layer, NeuronSpec)}
    for findings in found.values():
        words = findings_in_words(findings)
        assert words == "" or words.endswith(".")
        assert "nan" not in words
        assert "None" not in words


# ------------------------------------------------------------------------------------------------- of a training

SUBTRACTS_3 = {"network.1.reset_fn": {"kind": "MembraneSubtract", "subtract_value": 3.0}}
HEAVISIDE = {"network.3.surrogate_grad_fn": {"kind": "Heaviside", "window": 0.0}}
TRUE_DERIVATIVE = {"network.3.surrogate_grad_fn": "TrueDerivative"}

TRAINING_WORDS: dict[str, tuple[dict[str, Any], TrainingFinding, str]] = {
    "target of one sample": (
        {},
        UnreachableTarget(target=5000, most=400, samples=1, steps=100, outputs=4, most_per_step=1),
        "The target of 5,000 spikes can't be reached: 4 outputs × 100 steps × 1 spike per step allow 400.",
    ),
    "target of samples": (
        {},
        UnreachableTarget(target=5000, most=2400, samples=3, steps=100, outputs=4, most_per_step=2),
        "The target of 5,000 spikes can't be reached: 3 samples × 4 outputs × 100 steps × 2 spikes per step allow 2,400.",
    ),
    "diverged": (
        {},
        Diverged(epoch=3, layer="2", quantity="gradient of the weight"),
        "Training diverged at epoch 3: the gradient of the weight of Linear 3 is not finite.",
    ),
    "diverging": (
        {"training.lr": 10.0},
        Diverging(best_loss=100.0, best_epoch=0, loss=2.657e9),
        "The loss runs away: loss 100 at epoch 0, 2.66e+09 now; the learning rate of 10 is too large.",
    ),
    "exploding": (
        {},
        ExplodingGradient(layer="1", factor=35.06, product=2.92e122, steps=99),
        "The gradient explodes in LIF 2: on its way back through time |α·(1-θ·σ')| multiplies it by up to 35.1 per step, "
        "by 2.9e+122 over 99 steps.",
    ),
    "exploding through the reset": (
        SUBTRACTS_3,
        ExplodingGradient(layer="1", factor=2.82, product=1234.0, steps=9),
        "The gradient explodes in LIF 2: on its way back through time |α·(1-3·σ')| multiplies it by up to 2.82 per step, "
        "by 1.2e+03 over 9 steps.",
    ),
    "no gradient here": (
        HEAVISIDE,
        NoGradient(loss=100.0, largest_norm=0.0, layer="3", largest_surrogate=0.0, overshoot=None),
        "All gradients are zero: the surrogate gradient of LIF 4, step, is 0 at all potentials reached.",
    ),
    "no gradient anywhere": (
        TRUE_DERIVATIVE,
        NoGradient(loss=100.0, largest_norm=None, layer="3", largest_surrogate=0.0, overshoot=None),
        "No parameter has a gradient: the surrogate gradient of LIF 4, true derivative (zero), is 0 everywhere.",
    ),
    "no gradient in spite of the surrogates": (
        {},
        NoGradient(loss=100.0, largest_norm=3e-14, layer=None, largest_surrogate=0.25, overshoot=None),
        "The gradients vanish (largest norm 3e-14): the surrogates aren't why, as |σ'| reaches at least 0.25 in every layer.",
    ),
    "no gradient after an overshoot": (
        {},
        NoGradient(loss=100.0, largest_norm=0.0, layer="3", largest_surrogate=2.7e-42, overshoot=(1, 283.0)),
        "All gradients are zero: after 283 spikes at epoch 1, too large an update took the output so far below θ that σ' is 2.7e-42 there.",
    ),
    "silent and rising": (
        {},
        StaysSilent(layer="3", is_output=True, epochs=20, largest_u_over_threshold=0.123, epochs_to_go=1234.5, overshoot=None),
        "Silent for 20 epochs: largest u/θ of the output 0.12, 1,234 epochs from 1 at the present pace.",
    ),
    "silent": (
        {},
        StaysSilent(layer="1", is_output=False, epochs=40, largest_u_over_threshold=0.5, epochs_to_go=None, overshoot=None),
        "Silent for 40 epochs: largest u/θ of LIF 2 0.50, not rising.",
    ),
    "silent after an overshoot": (
        {},
        StaysSilent(layer="3", is_output=True, epochs=98, largest_u_over_threshold=-0.17, epochs_to_go=None, overshoot=(1, 1541.0)),
        "Silent for 98 epochs: after 1,541 spikes at epoch 1, too large an update took the output down to a largest u/θ of -0.17.",
    ),
    "to and fro": (
        {},
        NoProgress(best_loss=1.0, best_epoch=48, fewest=9.0, most=12.0),
        "No better than loss 1 since epoch 48: 9 to 12 spikes for a target of 10.",
    ),
    "stuck": (
        {},
        NoProgress(best_loss=4.0, best_epoch=31, fewest=8.0, most=8.0),
        "No better than loss 4 since epoch 31: 8 spikes for a target of 10.",
    ),
    "silent for all samples": (
        {},
        SilentLayer(layer="1", epochs=3, found=Silent(24.4, 50.0, None, True, 24.0)),
        "LIF 2 has been silent for every sample of 3 epochs: its largest u is 24.4, below θ 50.",
    ),
    "silent and inhibited": (
        {},
        SilentLayer(layer="1", epochs=2, found=Silent(-1.0, 1.0, None, True, None)),
        "LIF 2 has been silent for every sample of 2 epochs: u never rises above 0; what reaches it inhibits it.",
    ),
    "silent without input": (
        {},
        SilentLayer(layer="1", epochs=2, found=Silent(0.0, 1.0, None, False, None)),
        "LIF 2 has been silent for every sample of 2 epochs: nothing but zeros reaches it.",
    ),
    "spiking at every step": (
        {},
        SaturatedLayer(layer="1", found=Saturated(120, 128, 1.0, 1.5, False)),
        "LIF 2 is saturated, so that samples look alike to what follows: "
        "120 of 128 neurons spike at every step, 1.5 spikes per step and neuron.",
    ),
}


@pytest.mark.parametrize(("changes", "finding", "words"), TRAINING_WORDS.values(), ids=TRAINING_WORDS)
def test_a_finding_of_a_training_in_words(changes: dict[str, Any], finding: TrainingFinding, words: str) -> None:
    assert training_finding_in_words(ten_spikes().replace(changes), finding) == words


def surrogate(index: int, kind: str, **fields: float) -> dict[str, Any]:
    return {f"network.{index}.surrogate_grad_fn": {"kind": kind, **fields}}


DEFAULT = {"grad_width": 0.5, "grad_scale": 1.0}


@pytest.mark.parametrize(
    ("present", "changes", "words"),
    [
        ({}, {"training.lr": 1e-4}, "Set the learning rate to 0.0001"),
        ({}, {"training.task.target": 1200}, "Set the target to 1,200"),
        ({}, {"network.3.spike_fn": {"kind": "MultiSpike"}}, "Set spikes per step to any number for the output"),
        ({}, {"network.1.norm_input": False, "network.3.norm_input": False}, "Switch normalised input off"),
        ({}, {"network.3.spike_threshold": 0.45}, "Set θ of LIF 4 to 0.45"),
        (
            {**surrogate(1, "Gaussian"), **HEAVISIDE},
            {**surrogate(1, "SingleExponential", **DEFAULT), **surrogate(3, "SingleExponential", **DEFAULT)},
            "Set the surrogate gradient to exponential",
        ),
        (
            {**surrogate(1, "SingleExponential", grad_scale=20.0), **surrogate(3, "SingleExponential", grad_scale=20.0)},
            {**surrogate(1, "SingleExponential", **DEFAULT), **surrogate(3, "SingleExponential", **DEFAULT)},
            "Set grad_scale to 1",
        ),
        (
            {},
            {
                **surrogate(1, "SingleExponential", grad_width=0.5, grad_scale=0.33),
                **surrogate(3, "SingleExponential", grad_width=0.5, grad_scale=0.5),
            },
            "Set grad_scale of LIF 2 to 0.33 and set grad_scale of LIF 4 to 0.5",
        ),
        (
            surrogate(1, "SingleExponential", grad_width=0.1),
            surrogate(1, "SingleExponential", **DEFAULT),
            "Set the surrogate gradient to its default",
        ),
        (
            {**SUBTRACTS_3, **surrogate(1, "ATan")},
            {**surrogate(1, "SingleExponential", **DEFAULT), "network.1.reset_fn": {"kind": "MembraneSubtract", "subtract_value": None}},
            "Set the surrogate gradient to exponential and set the reset to subtract θ",
        ),
    ],
)
def test_a_remedy_of_a_training_in_words(present: dict[str, Any], changes: dict[str, Any], words: str) -> None:
    assert training_remedy_in_words(ten_spikes().replace(present), changes) == words


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "words", "remedies"),
    [
        (
            {"training.task.target": 500, "network.3.spike_fn": "SingleSpike"},
            "The target of 500 spikes can't be reached: 4 outputs × 100 steps × 1 spike per step allow 400.",
            ["Set the target to 400", "Set spikes per step to any number for the output"],
        ),
        (
            {"training.lr": 1e38},
            "Training diverged at epoch 0: the weight of Linear 1 is not finite.",
            ["Set the learning rate to 0.004"],
        ),
        (
            HEAVISIDE,
            "All gradients are zero: the surrogate gradient of LIF 4, step, is 0 at all potentials reached.",
            ["Set the surrogate gradient to exponential"],
        ),
        (
            surrogate(1, "SingleExponential", grad_scale=2.0),
            "The gradient explodes in LIF 2: on its way back through time |α·(1-θ·σ')| multiplies it by up to ",
            ["Set grad_scale to 1"],
        ),
        (
            {"training.optimiser": "Adam"},
            "Silent for 21 epochs: largest u/θ of the output 0.13, ",
            ["Set the learning rate to 0.01", "Switch normalised input off", "Set θ of LIF 4 to 0.11"],
        ),
    ],
)
def test_what_goes_wrong_in_a_training_is_told_with_its_remedies(changes: dict[str, Any], words: str, remedies: list[str]) -> None:
    experiment = ten_spikes().replace(changes)
    records: list[EpochRecord] = []
    divergence = None
    try:
        records.extend(Trainer(experiment).epochs(21))
    except DivergenceError as error:
        divergence = error
    found = findings_of_training(experiment, records, divergence)[0]
    assert training_finding_in_words(experiment, found).startswith(words)
    assert [training_remedy_in_words(experiment, change) for change in found.changes] == remedies
