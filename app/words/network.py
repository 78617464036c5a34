"""Words for a network after a forward pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.words.numbers import counted, listed, three_digits, with_minus
from app.words.rates import RateBand
from snncore.diagnosis.layers import Clipped, Finding, LongMemory, Saturated, Silent
from snncore.run.simulation import Simulation

MOST_LAYERS = 3
"""Most layers with problems that are named."""


def network_status(simulation: Simulation, findings: Mapping[int, Sequence[Finding]], band: RateBand | None = None) -> str:
    """Layers with problems or outside the target rates or, if there are none, mean firing rates.

    Args:
        findings: of each neuron layer, by its place in the network.
        band: the target rates, if there are any.
    """
    rates = mean_rates(simulation)
    problems = {simulation.experiment.layer_label(str(index)): found[0] for index, found in findings.items() if found}
    if problems:
        against = _against_band(rates, band) if band and rates else ""
        return " ".join(filter(None, [_problems_in_words(problems), against]))
    if not rates:
        return "No layer of this network spikes."
    if band:
        return _against_band(rates, band)
    if len(rates) > 3:
        return f"Mean rates of {len(rates)} layers: {three_digits(min(rates.values()))} to {three_digits(max(rates.values()))} Hz."
    return f"Mean rate{'s' if len(rates) > 1 else ''}: {', '.join(f'{label} {three_digits(rate)} Hz' for label, rate in rates.items())}."


def _against_band(rates: Mapping[str, float], band: RateBand) -> str:
    """Which layers are outside the target rates, with their rates if they are few."""
    told = []
    for side in ("above", "below"):
        found = {label: rate for label, rate in rates.items() if band.side(rate) == side}
        if len(found) > MOST_LAYERS:
            told.append(f"{len(found)} layers {side}")
        elif found:
            told.append(f"{listed([f'{label} ({three_digits(rate)} Hz)' for label, rate in found.items()])} {side}")
    within = "Every layer is" if len(rates) > 1 else f"{next(iter(rates))} is"
    return f"Target rates {band.words} Hz: {listed(told)}." if told else f"{within} within the target rates of {band.words} Hz."


def outcome_in_words(simulation: Simulation) -> str:
    """What a network's last layer puts out: "402 output spikes"."""
    output = simulation.outputs[-1]
    last = simulation.records.get(len(simulation.outputs) - 1)
    if last is not None and last.does_spike:
        return counted(output.sum(), "output spike")
    return f"mean output {with_minus(f'{output.mean():.2g}')}"


def network_milestone(simulation: Simulation, findings: Mapping[int, Sequence[Finding]]) -> str:
    """Status for screen readers, without numbers, which change with every edit."""
    has_numbers = not any(findings.values()) and bool(mean_rates(simulation))
    return "Every neuron layer that can spike does." if has_numbers else network_status(simulation, findings)


def _problems_in_words(problems: Mapping[str, Finding]) -> str:
    """What layers with problems do, and where more is said of it."""
    by_words: dict[tuple[str, str], list[str]] = {}
    for label, finding in problems.items():
        by_words.setdefault(_problem_in_words(finding), []).append(label)
    told = []
    for words, labels in by_words.items():
        who = f"{len(labels)} layers" if len(labels) > MOST_LAYERS else listed(labels)
        told.append(f"{who} {words[len(labels) > 1]}")
    rows = "its row says" if len(problems) == 1 else "their rows say"
    return f"{listed(told)}: {rows} why, and what helps."


def _problem_in_words(finding: Finding) -> tuple[str, str]:
    """What a layer with a finding does, and what several do."""
    match finding:
        case Silent():
            return "never fires", "never fire"
        case Saturated(while_driven=True):
            return "fires at nearly every step while its input lasts", "fire at nearly every step while their input lasts"
        case Saturated():
            return "fires nearly without pause", "fire nearly without pause"
        case Clipped():
            return "is held at a limit", "are held at a limit"
        case LongMemory():
            return "hardly forgets in so short a run", "hardly forget in so short a run"


def mean_rates(simulation: Simulation) -> dict[str, float]:
    """Mean firing rate in Hz of each spiking layer over all samples, by the layer's label."""
    label = simulation.experiment.layer_label
    return {label(str(index)): rate for index, rate in rates_by_place(simulation).items()}


def rates_by_place(simulation: Simulation) -> dict[int, float]:
    """Mean firing rate in Hz of each spiking layer over all samples, by the layer's place."""
    spiking = {index: record for index, record in simulation.records.items() if record.does_spike}
    return {index: float(record.spikes.mean(dtype=np.float64)) / simulation.experiment.dt for index, record in spiking.items()}
