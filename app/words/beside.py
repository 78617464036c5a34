"""Variants that a neuron may be compared with: other normalisation, no leak, no synaptic current, no adaptation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from snncore.experiment.layers import NeuronSpec


@dataclass(frozen=True)
class Beside:
    """A variant of a neuron, drawn for comparison.

    Attributes:
        label: its name in the figure.
        changes: the fields that differ, as in `snncore.run.single_neuron.neuron_numbers`.
    """

    label: str
    changes: dict[str, Any]


def besides(layer: NeuronSpec) -> dict[str, Beside]:
    """Return a neuron's variants by name: with or without normalised input, no leak, no synaptic current, no adaptation."""
    found = {}
    if getattr(layer, "tau_mem", None) is not None:
        normalised = layer.norm_input  # type: ignore[attr-defined]  # every layer with a leak
        found["norm_input"] = Beside(f"{'without ' if normalised else ''}normalised input", {"norm_input": not normalised})
        found["leak"] = Beside("IAF" if layer.kind == "LIF" else "without leak", {"tau_mem": None, "norm_input": False})
    if getattr(layer, "tau_syn", None) is not None:
        found["tau_syn"] = Beside("without τ_syn", {"tau_syn": None})
    if layer.kind == "ALIF":
        found["adaptation"] = Beside("without adaptation", {"adapt_scale": 0.0})
    return found
