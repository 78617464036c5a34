"""What a neuron may be drawn beside: itself with another normalisation, without leak, without a synaptic current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from snncore.experiment.layers import NeuronSpec


@dataclass(frozen=True)
class Beside:
    """The same neuron with something otherwise.

    Attributes:
        label: what it is called beside it.
        changes: its fields that are others, as `app.figures.neuron.neuron_data` has them.
    """

    label: str
    changes: dict[str, Any]


def besides(layer: NeuronSpec) -> dict[str, Beside]:
    """As what a neuron may be drawn beside, by name: with the other input normalisation, without leak, synaptic current or adaptation."""
    found = {}
    if getattr(layer, "tau_mem", None) is not None:
        normalised = layer.norm_input  # type: ignore[attr-defined]  # every layer with a leak
        found["norm_input"] = Beside(f"input {'not ' if normalised else ''}normalised", {"norm_input": not normalised})
        found["leak"] = Beside("IAF" if layer.kind == "LIF" else "without leak", {"tau_mem": None, "norm_input": False})
    if getattr(layer, "tau_syn", None) is not None:
        found["tau_syn"] = Beside("without τ_syn", {"tau_syn": None})
    if layer.kind == "ALIF":
        found["adaptation"] = Beside("without adaptation", {"adapt_scale": 0.0})
    return found
