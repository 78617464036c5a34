"""Words and widgets for parameters of layers and inputs: name, symbol, unit, one sentence, and range."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from app.words.typed_numbers import Numbers
from snncore.activation import RESETS, SPIKE_FUNCTIONS, SURROGATES
from snncore.experiment.field_words import FieldWords
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.part import Part
from snncore.experiment.weights import WEIGHT_KINDS, ChainWeights, ConstantWeights, DiagonalWeights, RandomWeights

Widget = Literal["slider", "whole", "number", "toggle", "parts", "choice"]


@dataclass(frozen=True)
class Parameter:
    """Words and widget of a field.

    Attributes:
        widget: a slider, a field for whole or any numbers, a toggle, a choice among parts with fields, or among `options`.
        low, high, step: of the widget; a slider extends beyond them to reach its value.
        when_on: first value of an optional field when it is switched on.
        more: whether it appears under More.
    """

    label: str
    note: str
    widget: Widget = "number"
    low: float | None = None
    high: float | None = None
    step: float | None = None
    when_on: float | None = None
    more: bool = False
    options: tuple[str, ...] = ()


LAYER_PARAMETERS: dict[str, Parameter] = {
    "in_features": Parameter("Inputs (in_features)", "Number of values the layer receives at each step.", "whole", low=1),
    "in_channels": Parameter("Input channels (in_channels)", "Number of channels the layer receives.", "whole", low=1),
    "out_features": Parameter("Neurons (out_features)", "Number of values the layer outputs at each step.", "whole", low=1),
    "out_channels": Parameter("Channels (out_channels)", "Number of kernels; each makes one output channel.", "whole", low=1),
    "kernel_size": Parameter("Kernel size (pixels)", "Side of the square window.", "whole", low=1),
    "stride": Parameter("Stride (pixels)", "How far the window moves from place to place.", "whole", low=1, when_on=2),
    "padding": Parameter("Padding (pixels)", "Zeros around the picture.", "whole", low=0),
    "p": Parameter("Dropped share p", "Values set to 0 in training only; on this page nothing is dropped.", "slider", 0.0, 0.95, 0.05),
    "tau_mem": Parameter(
        "Membrane time constant τ_mem (steps)", "How long the membrane remembers: it keeps exp(-1/τ) per step.", "slider", 1.0, 100.0, 0.5
    ),
    "spike_threshold": Parameter("Spike threshold θ", "The potential u at which a neuron spikes.", "slider", 0.05, 3.0, 0.05),
    "tau_adapt": Parameter(
        "Adaptation time constant τ_adapt (steps)", "How long a spike keeps the threshold raised.", "slider", 1.0, 200.0, 1.0
    ),
    "adapt_scale": Parameter("Adaptation strength (adapt_scale)", "How far spikes raise the threshold.", "slider", 0.0, 10.0, 0.1),
    "tau_syn": Parameter(
        "Synaptic time constant τ_syn (steps)",
        "Time over which the input is smoothed before it reaches the membrane.",
        "slider",
        1.0,
        50.0,
        0.5,
        when_on=5.0,
    ),
    "norm_input": Parameter("Normalise input (× 1-α)", "A constant current i then leads to v = i, whatever τ_mem is.", "toggle"),
    "rec_connect": Parameter("Recurrent weights", "Spikes come back as current, one step later.", "parts"),
    "weights": Parameter("First weights", "The weights before training.", "parts", more=True),
    "bias": Parameter("Bias", "A constant that each neuron receives at every step.", "toggle", more=True),
    "spike_fn": Parameter("Spikes per step (spike_fn)", "How many spikes a neuron may send in one step.", "parts", more=True),
    "reset_fn": Parameter("Reset (reset_fn)", "What a spike does to the membrane.", "parts", more=True),
    "min_v_mem": Parameter("Lower bound of v (min_v_mem)", "v never falls below this value.", "number", step=0.1, when_on=-1.0, more=True),
    "surrogate_grad_fn": Parameter(
        "Surrogate gradient", "Stands in for the slope of a spike when training; this page doesn't need it.", "parts", more=True
    ),
    "train_alphas": Parameter("Train α instead of τ", "Training moves exp(-1/τ) itself.", "toggle", more=True),
}


def layer_parameters(layer: Part) -> dict[str, Parameter]:
    """Return the parameters of layers, with those that an external neuron model describes."""
    if not isinstance(layer, NeuronSpec):
        return LAYER_PARAMETERS
    return {**LAYER_PARAMETERS, **{name: _from_outside(layer, name, words) for name, words in layer.words.items()}}


def label_of(words: FieldWords) -> str:
    """Label of a widget: name, symbol, and unit in brackets."""
    return " ".join(filter(None, (words.name, words.symbol, f"({words.unit})" if words.unit else "")))


def _from_outside(layer: NeuronSpec, name: str, words: FieldWords) -> Parameter:
    known = LAYER_PARAMETERS.get(name)
    usual = known.when_on if known and words.usual is None else words.usual
    widget: Widget = "slider" if words.has_slider else "number"
    if known and known.widget in ("parts", "toggle"):
        widget = known.widget
    elif type(layer).model_fields[name].annotation is bool:
        widget = "toggle"
    return Parameter(label_of(words), words.note, widget, words.low, words.high, words.step, usual)


INPUT_PARAMETERS: dict[str, Parameter] = {
    "probability": Parameter("Spike probability", "Chance that a channel spikes at a given step.", "slider", 0.0, 1.0, 0.05),
    "rate": Parameter("Rate (Hz)", "Mean spikes per second; a step lasts dt.", "number", low=0.0, step=10.0),
    "period": Parameter("Period (steps)", "Time from the start of one burst or cycle to the start of the next.", "number", low=1, step=1.0),
    "length": Parameter("Burst length (steps)", "Spikes in a row; 1 makes a regular train.", "whole", low=1),
    "count": Parameter("Limit the number of bursts", "No further bursts follow.", "whole", low=1, when_on=3),
    "first": Parameter("First (step, or current)", "First step with a spike, or the current at the first step.", "number", step=1.0),
    "period_step": Parameter("Extra period per channel (steps)", "Trains drift in and out of coincidence.", "whole", low=0),
    "neurons": Parameter("Only the first channels", "The others get nothing.", "whole", low=1, when_on=1),
    "amplitude": Parameter("Amplitude", "Size of the current.", "number", step=0.1),
    "start": Parameter("From step", "The current is 0 before this step.", "whole", low=0),
    "stop": Parameter("Until step", "The current is 0 from this step on.", "whole", low=0, when_on=50),
    "last": Parameter("Last current", "The current at the last step.", "number", step=0.1),
    "offset": Parameter("Offset", "The current oscillates around this value.", "number", step=0.1),
    "width": Parameter("Width of the bar (pixels)", "Number of bright pixels.", "whole", low=1),
    "speed": Parameter("Speed (pixels per step)", "The bar moves to the right and re-enters from the left.", "number", low=0.05, step=0.1),
    "index": Parameter(
        "Digit (0 to 1796)", "Which of the handwritten digits; further samples show the next ones.", "whole", low=0, high=1796
    ),
    "weight": Parameter("Weight of a spike", "Multiplies every value of the input.", "number", step=0.5),
    "code": Parameter("Code", "Stronger contrast spikes more often (rate) or sooner (latency).", "choice", options=("rate", "latency")),
}

INPUT_NAMES: dict[str, str] = {
    "random_spikes": "Random spikes",
    "poisson_spikes": "Poisson spikes",
    "latency": "Latency code",
    "spike_bursts": "Regular and burst trains",
    "step_current": "Constant or step current",
    "ramp_current": "Ramp current",
    "sine_current": "Sine current",
    "drawn": "Drawn by hand",
    "moving_bar": "Moving bar",
    "digit": "Handwritten digit",
    "file": "Own file",
}

PART_PARAMETERS: dict[str, str] = {
    "gain": "Gain",
    "value": "Weight",
    "diagonal": "Weight to itself",
    "others": "Weight to the others",
    "groups": "Groups",
    "offset": "Groups ahead",
    "max_num_spikes_per_bin": "Most spikes per step",
    "subtract_value": "Subtracted value",
    "reset_value": "Value after a spike",
    "grad_width": "Width",
    "grad_scale": "Scale",
    "window": "Window",
    "mu": "Mean μ",
    "sigma": "Width σ",
    "h": "Negative parts h",
    "s": "Their width s",
    "slope": "Slope",
    "alpha": "Steepness α",
}

PART_NUMBERS: dict[str, Numbers] = {
    "gain": Numbers.of(RandomWeights, "gain"),
    "groups": Numbers.of(ChainWeights, "groups"),
    "max_num_spikes_per_bin": Numbers(is_whole=True, low=1),
    **dict.fromkeys(("grad_width", "sigma", "s", "slope", "alpha"), Numbers(above=0)),
}
"""Numbers that fields of parts take, if limited."""

PART_NAMES = {"TrueDerivative": "True derivative (zero)"}
"""Names of kinds that differ from their class names."""

_WEIGHTS: dict[str, type[Part]] = dict(zip(WEIGHT_KINDS, (RandomWeights, ConstantWeights, DiagonalWeights, ChainWeights), strict=True))
FIRST_PARTS: dict[str, dict[str, Any]] = {"constant": {"value": 0.1}, "chain": {"groups": 2, "value": 0.1}}
"""First values of fields of parts without defaults."""


def part_name(kind: str) -> str:
    """Name of a kind of surrogate, reset, ..."""
    return PART_NAMES.get(kind, kind)


def part_numbers(field: str, is_whole: bool = False) -> Numbers:
    """Numbers that a field of a part takes."""
    return PART_NUMBERS.get(field, Numbers(is_whole))


def parts(field: str) -> Mapping[str, dict[str, Any]]:
    """Parts that a field takes, by kind, each with the first values of its fields."""
    if field in ("weights", "rec_connect"):
        return {
            kind: {
                **{name: f.default for name, f in part.model_fields.items() if name != "kind" and not f.is_required()},
                **FIRST_PARTS.get(kind, {}),
            }
            for kind, part in _WEIGHTS.items()
        }
    choices: tuple[type[Any], ...] = {"spike_fn": SPIKE_FUNCTIONS, "reset_fn": RESETS, "surrogate_grad_fn": SURROGATES}[field]
    return {part.__name__: {f.name: f.default for f in fields(part)} for part in choices}
