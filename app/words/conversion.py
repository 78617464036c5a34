"""Words of the Conversion page: its controls, what parts the two networks, and what it costs."""

from __future__ import annotations

from typing import Any

from app.words.numbers import counted
from app.words.parameter import Parameter, Range, Tried
from app.words.typed_numbers import Numbers
from app.words.weights import file_name
from snncore.convert.comparison import Compared
from snncore.convert.faults import Fault, FaultKind
from snncore.experiment.conversion import Conversion
from snncore.experiment.spec import Draft

STEPS = Parameter(
    "Steps",
    "How long the spiking network looks at each sample.",
    "whole",
    symbol="T",
    unit="steps",
    tuned=Range(1, 64, 1),
    tries=(Tried(2, "rates are 0, ½ or 1"), Tried(32, "rates have 33 values")),
)
THRESHOLD = Parameter(
    "Spike threshold",
    "The potential u at which a neuron spikes; 1 makes a rate equal its activation.",
    symbol="θ",
    tuned=Range(0.1, 8.0, 0.05),
    numbers=Numbers(above=0),
    tries=(Tried(0.3, "neurons spike as often as they can"), Tried(4.0, "many neurons never get there")),
)
PERCENTILE = Parameter(
    "Percentile",
    "Weights are scaled so that this percentile of a layer's activations is one spike per step (Rueckauer et al. 2017).",
    symbol="p",
    tuned=Range(50.0, 100.0, 0.1),
    numbers=Numbers.of(Conversion, "percentile"),
    tries=(Tried(50.0, "half of the activations are cut off"), Tried(100.0, "one outlier sets the scale")),
)
RESET = Parameter("Reset", "Subtracting θ keeps what u had above it; a reset to a value loses that.", code="reset_fn")
SPIKES = Parameter("Spikes per step", "How many spikes a neuron may send in one step.", code="spike_fn")
INPUT = Parameter("Input", "Pixels as a constant current, or as spikes at random with the brightness as probability.", code="encoding")
NOT_COUNTED = "This leaves out memory, and what each neuron adds at every step: its constant current and bias."
ENERGY_MULTIPLY_ADD = Parameter(
    "Energy of a multiply-add",
    "4.6 pJ for 32-bit floats in 45 nm (Horowitz, ISSCC 2014). Memory isn't counted.",
    unit="pJ",
    tuned=Range(0.0, 20.0, 0.1),
    numbers=Numbers.of(Conversion, "energy_multiply_add"),
)
ENERGY_SYNOP = Parameter(
    "Energy of a synaptic operation",
    f"One add: 0.9 pJ for 32-bit floats in 45 nm (Horowitz, ISSCC 2014). {NOT_COUNTED}",
    unit="pJ",
    tuned=Range(0.0, 20.0, 0.1),
    numbers=Numbers.of(Conversion, "energy_synop"),
)
EPOCHS = Parameter("Epochs of the ANN", "How often it sees the training samples.", "whole", code="epochs", tuned=Range(1, 60, 1))

INPUTS = {"constant current": "current", "spikes": "rate"}

EXPLANATION = (
    "A ReLU answers with a number, a spiking neuron with a rate. An IAF neuron gives up θ at each spike, so its spikes per step come to "
    "its mean input, and to 0 where that is negative: the ReLU's answer, rounded to a multiple of 1/T. A rate can't exceed one spike per "
    "step, so the weights are scaled first, layer by layer, until activations are at most about 1.",
    "Rueckauer et al. 2017, “Conversion of Continuous-Valued Deep Networks to Efficient Event-Driven Networks for Image Classification”.",
)

OWN_LAYERS = (
    "An ANN of Linear layers brings its layers, with a ReLU taken to stand between each two. "
    "One with other layers needs those that are here."
)

PLANTED: dict[FaultKind, str] = {
    "silent": "Too high a threshold",
    "saturated": "Too low a threshold",
    "clipped": "Too low a percentile",
    "too few steps": "Too few steps",
}
"""Faults to try, by what is set for them."""


def fault_in_words(compared: Compared, fault: Fault) -> str:
    """Say what parts the two networks, in numbers."""
    where = "" if fault.place is None else compared.experiment.layer_label(str(fault.place))
    share = f"{fault.share:.0%}"
    apart = f"The two networks agree on {compared.agreement:.1%} of the samples."
    match fault.kind:
        case "silent":
            return f"Silent: {share} of the activations in {where} that are due a spike get none in {compared.asked} steps. {apart}"
        case "slow":
            return f"Slow: {share} of the activations in {where} get at least one spike too few, since θ is above 1. {apart}"
        case "saturated":
            return f"Saturated: {share} of the activations in {where} are above θ, so those neurons spike at every step. {apart}"
        case "clipped":
            return f"Clipped: {share} of the activations in {where} are above the percentile, more than one spike per step. {apart}"
        case "reset":
            return f"Reset to a value: what u has above θ is lost at each spike, so rates stay low. {apart}"
        case "start":
            assert fault.place is not None
            neurons: Any = compared.experiment.network[fault.place]
            start = neurons.initial_v_mem
            sent = "too many" if start > 0.5 else "too few"
            return f"Start: u begins at {start:g} of θ, so {share} of the activations in {where} get over half a spike {sent}. {apart}"
        case "too few steps":
            rates = "rates are 0 or 1" if compared.asked == 1 else f"rates are multiples of 1/{compared.asked}"
            return f"Too few steps: {rates}. {apart}"


def remedy_in_words(fault: Fault) -> str:
    """Label of the button that mends a fault."""
    match fault.kind:
        case "silent":
            return "Lower θ to 1" if any(path.endswith("spike_threshold") for path in fault.changes) else "Start at half of θ"
        case "slow":
            return "Lower θ to 1"
        case "start":
            return "Start at half of θ"
        case "saturated":
            return "Raise θ to 1"
        case "clipped":
            return f"Use percentile {fault.changes['conversion.percentile']:g}"
        case "reset":
            return "Subtract θ instead"
        case "too few steps":
            return f"Run {counted(fault.changes['input.shape'][1], 'step')}"


def mended_in_words(before: float, after: float) -> str:
    """Say what a remedy did."""
    gain = 100 * (after - before)
    if f"{abs(gain):.1f}" == "0.0":
        return f"Agreement stayed at {after:.1%}."
    return f"Agreement {'rose' if gain > 0 else 'fell'} by {abs(gain):.1f} points, from {before:.1%} to {after:.1%}."


def artificial_in_words(draft: Draft, epochs: int | None, is_halted: bool = False) -> str:
    """Say which weights act.

    Args:
        epochs: that the network was trained for; None if it isn't trained yet.
        is_halted: whether its training was stopped.
    """
    if draft.checkpoint is not None:
        return f"ANN from {file_name(draft.checkpoint.name)}."
    begun = f"from seed {draft.seeds.weights}"
    if epochs is None and is_halted:
        return f"The training of the ANN {begun} was stopped."
    if epochs is None:
        return f"The ANN is being trained here, {begun}."
    return f"ANN trained here {begun}, {counted(epochs or draft.training.epochs, 'epoch')}."


def costs_in_words(compared: Compared) -> dict[str, str]:
    """Return what each layer costs per sample, by its name."""
    found = {}
    label, at = compared.experiment.layer_label, compared.asked - 1
    for place, count in compared.multiply_adds.items():
        found[label(str(place))] = f"{count:,.0f} multiply-adds in the ANN"
    if compared.input_synops is not None:
        found["Input"] = f"{compared.input_synops[at]:,.0f} synaptic operations in {counted(compared.asked, 'step')}"
    for layer in compared.layers:
        if layer.does_spike:
            spikes, synops = layer.spikes[at], layer.synops[at]
            found[label(str(layer.place))] = f"{spikes:,.0f} spikes, {synops:,.0f} synaptic operations in {counted(compared.asked, 'step')}"
    return found
