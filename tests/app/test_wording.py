"""What is wrong with a layer is told with its numbers, and each remedy says what it does."""

from __future__ import annotations

from typing import Any

import pytest

from app.presets import presets
from app.wording import findings_in_words, remedy_in_words
from snncore.layer_diagnosis import Clipped, Finding, LongMemory, Saturated, Silent, diagnose
from snncore.layer_spec import NeuronSpec
from snncore.simulation import simulate
from snncore.spec import Experiment, ten_spikes

WORDS: dict[str, tuple[Finding, str]] = {
    "silent": (
        Silent(0.1112, 1.0, 0.1094, gets_input=True, lower_threshold=0.11),
        "Silent: largest u 0.111 < θ 1, steady-state v 0.109; needs 8.99× the input or θ ≤ 0.11.",
    ),
    "silent without leak": (
        Silent(0.5, 1.25, None, gets_input=True, lower_threshold=0.5),
        "Silent: largest u 0.5 < θ 1.25; needs 2.5× the input or θ ≤ 0.5.",
    ),
    "held down": (
        Silent(-0.25, 1.0, -0.5, gets_input=True, lower_threshold=None),
        "Silent: u never rises above 0 (largest -0.25); its input holds it down.",
    ),
    "without input": (
        Silent(0.0, 1.0, 0.0, gets_input=False, lower_threshold=None),
        "Silent: nothing but zeros reaches it. See what comes before.",
    ),
    "saturated": (
        Saturated(60, 64, 1.2345),
        "Saturated: 60 of 64 neurons spike at every step, 1.23 spikes per step.",
    ),
    "held up": (
        Clipped("min_v_mem", 0.426, -0.5),
        "Clipped: the lower bound -0.5 holds v at 43% of all values.",
    ),
    "cut": (
        Clipped("spike_fn", 0.0812, 3.456),
        "Clipped: u reached 3.46 θ, but the spike function cut the count at 8% of the spikes.",
    ),
    "long memory": (
        LongMemory(5000.0, 0.99980002, 100),
        "α = 0.9998: τ_mem 5000 is far longer than the run of 100 steps.",
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
        ({"norm_input": False}, "Switch norm_input off"),
        ({"norm_input": True}, "Switch norm_input on"),
        ({"spike_fn": {"kind": "MultiSpike"}}, "Use MultiSpike"),
        ({"min_v_mem": None}, "Remove min_v_mem"),
        ({"spike_threshold": 1.0, "norm_input": False}, "Set θ to 1 and Switch norm_input off"),
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
    "silent": (lif(weight=0.1), "Silent: largest u 0.4 < θ 1, steady-state v 0.4; needs 2.5× the input or θ ≤ 0.39."),
    "silent because normalised": (
        lif(weight=0.1, spike_threshold=2.0),
        "Silent: largest u 0.4 < θ 2, steady-state v 0.4; needs 5× the input or θ ≤ 0.39.",
    ),
    "held down": (lif(weight=-0.25), "Silent: u never rises above 0 (largest -0.0952); its input holds it down."),
    "without input": (lif(weight=0.0), "Silent: nothing but zeros reaches it. See what comes before."),
    "saturated": (lif(weight=10.0), "Saturated: 4 of 4 neurons spike at every step, "),
    "held up": (lif(weight=-0.25, min_v_mem=-0.5), "Clipped: the lower bound -0.5 holds v at "),
    "cut": (lif(weight=10.0, spike_fn="SingleSpike"), "Clipped: u reached "),
    "long memory": (lif(weight=10.0, tau_mem=5000.0), "α = 0.9998: τ_mem 5000 is far longer than the run of 100 steps."),
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
