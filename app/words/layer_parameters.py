"""Parameters of layers, and of the parts they hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.words.parameter import Parameter, Range, Tried, Widget
from app.words.parts import SUBTRACT, TO_ZERO
from app.words.typed_numbers import Numbers
from snncore.experiment.field_words import FieldWords
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.part import Part
from snncore.experiment.weights import ChainWeights, NormalWeights, RandomWeights
from snncore.layers.bounds import MIN_TAU

SIZES, WINDOWS = Range(1, 128, 1), Range(1, 8, 1)

LAYER_PARAMETERS: dict[str, Parameter] = {
    "in_features": Parameter(
        "Inputs", "Number of values the layer receives at each step.", "whole", low=1, code="in_features", tuned=SIZES
    ),
    "in_channels": Parameter("Input channels", "Number of channels the layer receives.", "whole", low=1, code="in_channels", tuned=SIZES),
    "out_features": Parameter(
        "Neurons", "Number of values the layer outputs at each step.", "whole", low=1, code="out_features", tuned=SIZES
    ),
    "out_channels": Parameter(
        "Channels", "Number of kernels; each makes one output channel.", "whole", low=1, code="out_channels", tuned=SIZES
    ),
    "kernel_size": Parameter("Kernel size", "Side of the square window.", "whole", low=1, unit="pixels", tuned=WINDOWS),
    "stride": Parameter("Stride", "How far the window moves from place to place.", "whole", low=1, unit="pixels", when_on=2, tuned=WINDOWS),
    "padding": Parameter("Padding", "Zeros around the picture.", "whole", low=0, unit="pixels", tuned=Range(0, 4, 1)),
    "p": Parameter("Dropped share", "Values set to 0 in training only; on this page nothing is dropped.", "slider", 0.0, 0.95, 0.05, "p"),
    "tau_mem": Parameter(
        "Membrane time constant",
        "How long the membrane remembers: it keeps exp(-1/τ) per step.",
        "slider",
        1.0,
        100.0,
        0.5,
        "τ_mem",
        "steps",
        numbers=Numbers(low=MIN_TAU),
        tries=(Tried(5.0, "v follows the input closely"), Tried(80.0, "v rises slowly and smooths the input")),
    ),
    "spike_threshold": Parameter(
        "Spike threshold",
        "The potential u at which a neuron spikes.",
        "slider",
        0.05,
        3.0,
        0.05,
        "θ",
        numbers=Numbers(above=0),
        tries=(Tried(0.5, "it fires sooner and more often"), Tried(2.0, "it may fall silent")),
    ),
    "tau_adapt": Parameter(
        "Adaptation time constant",
        "How long a spike keeps the threshold raised.",
        "slider",
        1.0,
        200.0,
        1.0,
        "τ_adapt",
        "steps",
        numbers=Numbers(low=MIN_TAU),
        tries=(Tried(10.0, "the threshold falls back soon"), Tried(150.0, "it stays up")),
    ),
    "adapt_scale": Parameter(
        "Adaptation strength",
        "How far spikes raise the threshold.",
        "slider",
        0.0,
        10.0,
        0.1,
        "a",
        code="adapt_scale",
        tries=(Tried(8.0, "every spike delays the next"), Tried(0.0, "it fires like a LIF")),
    ),
    "tau_syn": Parameter(
        "Synaptic time constant",
        "Time over which the input is smoothed before it reaches the membrane.",
        "slider",
        1.0,
        50.0,
        0.5,
        "τ_syn",
        "steps",
        when_on=5.0,
        numbers=Numbers(low=MIN_TAU),
        tries=(Tried(20.0, "the current outlasts the input"), Tried(2.0, "it ends with it")),
    ),
    "norm_input": Parameter(
        "Normalised input",
        "A constant current i then leads to v = i, whatever τ_mem is.",
        "toggle",
        symbol="1-α",
        code="× 1-α",
        tries=(Tried(False, "u grows 1/(1-α) times as large"), Tried(True, "v tends to the input")),
    ),
    "rec_connect": Parameter("Recurrent weights", "Spikes come back as current, one step later.", "parts"),
    "weights": Parameter("First weights", "The weights before training.", "parts", more=True),
    "bias": Parameter("Bias", "A constant that each neuron receives at every step.", "toggle", more=True),
    "spike_fn": Parameter(
        "Spikes per step",
        "How many spikes a neuron may send in one step.",
        "parts",
        symbol="s",
        code="spike_fn",
        more=True,
        tries=(
            Tried({"kind": "SingleSpike"}, "a strong input leaves v above θ"),
            Tried({"kind": "MultiSpike"}, "every θ in u makes a spike"),
        ),
    ),
    "reset_fn": Parameter(
        "Reset",
        "What a spike does to the membrane.",
        "parts",
        symbol="r",
        code="reset_fn",
        more=True,
        tries=(Tried(TO_ZERO, "what u had above θ is lost"), Tried(SUBTRACT, "what u had above θ is kept")),
    ),
    "min_v_mem": Parameter(
        "Lower bound of v",
        "v never falls below this value.",
        "number",
        step=0.1,
        symbol="v_min",
        code="min_v_mem",
        when_on=-1.0,
        more=True,
        tuned=Range(-2.0, 1.0, 0.05),
        tries=(Tried(-0.1, "inhibition can't push v far down"), Tried(0.5, "v starts half way to θ")),
    ),
    "initial_v_mem": Parameter(
        "Initial potential",
        "Where v starts, as a fraction of θ: from 0.5 the number of spikes is rounded to the nearest, from 0 it is rounded down.",
        "number",
        step=0.05,
        symbol="v₀",
        unit="θ",
        code="initial_v_mem",
        more=True,
        tuned=Range(-1.0, 0.95, 0.05),
        numbers=Numbers(high=0.99),
        tries=(Tried(0.5, "the first spike comes early"), Tried(0.0, "rates come out a little low")),
    ),
    "surrogate_grad_fn": Parameter(
        "Surrogate gradient", "Stands in for the slope of a spike when training; this page doesn't need it.", "parts", more=True
    ),
    "detach_reset": Parameter(
        "Detach the reset", "In training, the gradient ignores that a spike resets the membrane.", "toggle", more=True
    ),
    "train_alphas": Parameter("Train α instead of τ", "Training moves exp(-1/τ) itself.", "toggle", more=True),
}

TUNED = (
    "tau_mem",
    "spike_threshold",
    "tau_syn",
    "norm_input",
    "reset_fn",
    "min_v_mem",
    "initial_v_mem",
    "spike_fn",
    "tau_adapt",
    "adapt_scale",
)
"""Parameters of a neuron on the Neuron page, in their order there."""

WEIGHTS, SLOPES, STEEP = Range(-1.0, 1.0, 0.01), Range(0.0, 3.0, 0.05), Range(0.5, 50.0, 0.5)

PART_PARAMETERS: dict[str, Parameter] = {
    "gain": Parameter("Gain", "Multiplies the random weights.", tuned=Range(0.0, 5.0, 0.05), numbers=Numbers.of(RandomWeights, "gain")),
    "mean": Parameter("Mean", "The mean of the random weights.", tuned=WEIGHTS),
    "std": Parameter(
        "Standard deviation", "How widely the random weights vary.", tuned=Range(0.0, 3.0, 0.05), numbers=Numbers.of(NormalWeights, "std")
    ),
    "value": Parameter("Weight", "Of every connection that there is.", tuned=WEIGHTS),
    "diagonal": Parameter("Weight to itself", "From input k to neuron k.", tuned=WEIGHTS),
    "others": Parameter("Weight to the others", "From input k to all other neurons.", tuned=WEIGHTS),
    "groups": Parameter(
        "Groups",
        "Number of groups into which inputs and neurons are divided in order.",
        tuned=Range(2, 16, 1),
        numbers=Numbers.of(ChainWeights, "groups"),
    ),
    "offset": Parameter("Groups ahead", "How many groups further on each group's connections lead.", tuned=Range(-8, 8, 1)),
    "max_num_spikes_per_bin": Parameter(
        "Most spikes per step",
        "The most spikes in one step; switched off, there is no limit.",
        low=1,
        high=10,
        step=1,
        symbol="n",
        numbers=Numbers(is_whole=True, low=1),
        when_on=2,
        tries=(Tried(1, "v may stay above θ"), Tried(5, "a strong input is followed")),
    ),
    "subtract_value": Parameter(
        "Subtracted value",
        "What each spike takes from u; switched off, θ.",
        low=0.0,
        high=3.0,
        step=0.05,
        symbol="d",
        when_on=1.0,
        tries=(Tried(0.5, "v stays high"), Tried(2.0, "v falls below 0")),
    ),
    "reset_value": Parameter(
        "Value after a spike",
        "v after every spike.",
        low=-2.0,
        high=1.0,
        step=0.05,
        symbol="v_reset",
        tries=(Tried(-1.0, "it needs longer to the next spike"), Tried(0.5, "it spikes again soon")),
    ),
    "grad_width": Parameter("Width", "How far from θ a potential still learns.", tuned=SLOPES, numbers=Numbers(above=0)),
    "grad_scale": Parameter("Scale", "Multiplies the gradient.", tuned=SLOPES),
    "window": Parameter("Window", "How far below θ a potential still learns.", tuned=SLOPES),
    "mu": Parameter("Mean", "Where above θ the gradient is largest.", symbol="μ", tuned=Range(-2.0, 2.0, 0.05)),
    "sigma": Parameter("Width", "How far from there a potential still learns.", symbol="σ", tuned=SLOPES, numbers=Numbers(above=0)),
    "h": Parameter("Negative parts", "Height of the negative parts on either side.", symbol="h", tuned=SLOPES),
    "s": Parameter("Their width", "As a multiple of σ.", symbol="s", tuned=Range(0.05, 10.0, 0.05), numbers=Numbers(above=0)),
    "slope": Parameter("Slope", "How fast the gradient falls off on either side of θ.", tuned=STEEP, numbers=Numbers(above=0)),
    "alpha": Parameter("Steepness", "How narrow the gradient is around θ.", symbol="α", tuned=STEEP, numbers=Numbers(above=0)),
}

HELD_TAUS = Parameter(
    "Hold τ_mem at",
    "Up to four, side by side: the same network and input with each; all layers with a leak have the same τ_mem.",
    unit="steps",
)


BASE_THRESHOLD = replace(
    LAYER_PARAMETERS["spike_threshold"],
    name="Base threshold",
    note="Where the threshold θ begins, and what it falls back to after spikes have raised it.",
    symbol="b0",
)
"""The spike threshold of neurons that adapt."""


def layer_parameters(layer: Part) -> dict[str, Parameter]:
    """Return the parameters of layers as this one has them, with those that an external neuron model describes."""
    if not isinstance(layer, NeuronSpec):
        return LAYER_PARAMETERS
    if "b" in layer.state_names and not layer.words:
        return {**LAYER_PARAMETERS, "spike_threshold": BASE_THRESHOLD}
    return {**LAYER_PARAMETERS, **{name: _from_outside(layer, name, words) for name, words in layer.words.items()}}


def described(words: FieldWords, widget: Widget) -> Parameter:
    """Return the parameter that words from outside describe."""
    return Parameter(words.name, words.note, widget, words.low, words.high, words.step, words.symbol, words.unit, when_on=words.usual)


def _from_outside(layer: NeuronSpec, name: str, words: FieldWords) -> Parameter:
    known = LAYER_PARAMETERS.get(name)
    widget: Widget = "slider" if words.has_slider else "number"
    if known and known.widget in ("parts", "toggle"):
        widget = known.widget
    elif type(layer).model_fields[name].annotation is bool:
        widget = "toggle"
    parameter = described(words, widget)
    return replace(parameter, when_on=known.when_on) if known and words.usual is None else parameter


def in_code(parameter: Parameter, part: Mapping[str, Any]) -> Parameter:
    """Return the parameter of a part, whose note also says what the present one is called in code."""
    return replace(parameter, note=f"{parameter.note} In code: {part['kind']}.")
