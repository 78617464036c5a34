"""Words for a network after a forward pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from app.words.numbers import three_digits
from snncore.diagnosis.layers import Finding
from snncore.run.simulation import Simulation


def network_status(simulation: Simulation, findings: Mapping[int, Sequence[Finding]]) -> str:
    """Layers with problems or, if there are none, mean firing rates.

    Args:
        findings: of each neuron layer, by its place in the network.
    """
    labels = [simulation.experiment.layer_label(str(index)) for index, found in findings.items() if found]
    if labels:
        more = f" and {len(labels) - 2} more" if len(labels) > 3 else ""
        return f"See {' and '.join(labels[:2] if more else labels)}{more}."
    rates = _mean_rates(simulation)
    if not rates:
        return "No layer of this network spikes."
    if len(rates) > 3:
        return f"Mean rates of {len(rates)} layers: {three_digits(min(rates.values()))} to {three_digits(max(rates.values()))} Hz."
    return f"Mean rate{'s' if len(rates) > 1 else ''}: {', '.join(f'{label} {three_digits(rate)} Hz' for label, rate in rates.items())}."


def network_milestone(simulation: Simulation, findings: Mapping[int, Sequence[Finding]]) -> str:
    """Status for screen readers, without numbers, which change with every edit."""
    has_numbers = not any(findings.values()) and bool(_mean_rates(simulation))
    return "Every neuron layer that can spike does." if has_numbers else network_status(simulation, findings)


def _mean_rates(simulation: Simulation) -> dict[str, float]:
    """Mean firing rate in Hz of each spiking layer, by the layer's label."""
    experiment = simulation.experiment
    spiking = {index: record for index, record in simulation.records.items() if record.does_spike}
    return {
        experiment.layer_label(str(index)): float(record.spikes.mean(dtype=np.float64)) / experiment.dt for index, record in spiking.items()
    }
