"""Words of the Neuron page for parameters, beyond those of all pages: symbol, unit, and values to try."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from app.words.parameters import Parameter


@dataclass(frozen=True)
class Tried:
    """A value to try, and what happens then."""

    value: Any
    sentence: str


@dataclass(frozen=True)
class Shown:
    """Compact description of a parameter.

    Attributes:
        name: in words.
        symbol: as in the equations, or the field's usual one.
        low, high, step: of its slider, if they differ from the other pages.
    """

    name: str
    symbol: str
    unit: str
    tries: tuple[Tried, ...]
    low: float | None = None
    high: float | None = None
    step: float | None = None


SUBTRACT = {"kind": "MembraneSubtract", "subtract_value": None}
TO_ZERO = {"kind": "MembraneReset", "reset_value": 0.0}

LAYER_SHOWN: dict[str, Shown] = {
    "tau_mem": Shown(
        "Membrane time constant",
        "τ_mem",
        "steps",
        (Tried(5.0, "v follows the input closely"), Tried(80.0, "v rises slowly and smooths the input")),
    ),
    "spike_threshold": Shown("Spike threshold", "θ", "", (Tried(0.5, "it fires sooner and more often"), Tried(2.0, "it may fall silent"))),
    "tau_syn": Shown(
        "Synaptic time constant", "τ_syn", "steps", (Tried(20.0, "the current outlasts the input"), Tried(2.0, "it ends with it"))
    ),
    "norm_input": Shown(
        "Normalise input", "1-α", "", (Tried(False, "u grows 1/(1-α) times as large"), Tried(True, "v tends to the input"))
    ),
    "reset_fn": Shown("Reset", "r", "", (Tried(TO_ZERO, "what u had above θ is lost"), Tried(SUBTRACT, "what u had above θ is kept"))),
    "min_v_mem": Shown(
        "Lower bound of v",
        "v_min",
        "",
        (Tried(-0.1, "inhibition can't push v far down"), Tried(0.5, "v starts half way to θ")),
        -2.0,
        1.0,
        0.05,
    ),
    "spike_fn": Shown(
        "Spikes per step",
        "s",
        "",
        (Tried({"kind": "SingleSpike"}, "a strong input leaves v above θ"), Tried({"kind": "MultiSpike"}, "every θ in u makes a spike")),
    ),
    "tau_adapt": Shown(
        "Adaptation time constant", "τ_adapt", "steps", (Tried(10.0, "the threshold falls back soon"), Tried(150.0, "it stays up"))
    ),
    "adapt_scale": Shown("Adaptation strength", "a", "", (Tried(8.0, "every spike delays the next"), Tried(0.0, "it fires like a LIF"))),
}

PARTS_SHOWN: dict[str, tuple[Shown, Parameter]] = {
    "reset_value": (
        Shown("Value after a spike", "v_reset", "", (Tried(-1.0, "it needs longer to the next spike"), Tried(0.5, "it spikes again soon"))),
        Parameter("", "v after every spike.", low=-2.0, high=1.0, step=0.05),
    ),
    "subtract_value": (
        Shown("Subtracted value", "d", "", (Tried(0.5, "v stays high"), Tried(2.0, "v falls below 0"))),
        Parameter("", "What each spike takes from u, instead of θ.", low=0.0, high=3.0, step=0.05),
    ),
    "max_num_spikes_per_bin": (
        Shown("At most", "n", "spikes", (Tried(1, "v may stay above θ"), Tried(5, "a strong input is followed"))),
        Parameter("", "The most spikes in one step.", low=1, high=10, step=1),
    ),
}
"""Descriptions of numbers of parts."""

INPUT_SHOWN: dict[str, Shown] = {
    "amplitude": Shown("Amplitude", "I", "", (Tried(3.0, "it fires more often"), Tried(0.8, "u may stay below θ")), -5.0, 10.0, 0.05),
    "start": Shown("From step", "t_on", "steps", (Tried(0, "from the first step"), Tried(60, "later")), 0, 999, 1),
    "stop": Shown("Until step", "t_off", "steps", (Tried(50, "v then decays"), Tried(150, "it goes on longer")), 1, 1000, 1),
    "period": Shown("Period", "T", "steps", (Tried(40, "each is half forgotten before the next"), Tried(5, "they add up")), 1, 200, 1),
    "length": Shown("Burst length", "ℓ", "steps", (Tried(3, "spikes in a row add up"), Tried(1, "single pulses")), 1, 50, 1),
    "count": Shown(
        "Number of pulses", "n", "", (Tried(2, "the second meets what is left of the first"), Tried(10, "a train that ends")), 1, 50, 1
    ),
    "first": Shown("First current", "I_0", "", (Tried(0.0, "from rest"), Tried(2.0, "it fires sooner")), -5.0, 10.0, 0.05),
    "last": Shown(
        "Last current", "I_T", "", (Tried(3.0, "the rate rises with the ramp"), Tried(0.5, "it may stay silent")), -5.0, 10.0, 0.05
    ),
    "offset": Shown(
        "Offset", "I_0", "", (Tried(0.0, "it fires only at the crests"), Tried(2.0, "it fires all the time")), -5.0, 10.0, 0.05
    ),
    "probability": Shown("Spike probability", "p", "per step", (Tried(0.8, "the quickstart's input"), Tried(0.1, "few spikes come in"))),
    "rate": Shown("Rate", "ν", "Hz", (Tried(200.0, "more spikes come in"), Tried(20.0, "fewer do")), 0.0, 1000.0, 5.0),
    "weight": Shown("Weight of a spike", "w", "", (Tried(30.0, "one spike may be enough"), Tried(-1.0, "it inhibits")), -10.0, 50.0, 0.1),
}

OF_KIND: dict[str, dict[str, Shown]] = {
    "spike_bursts": {"first": Shown("First pulse", "t_0", "steps", (Tried(0, "at once"), Tried(50, "later")), 0, 999, 1)},
    **{
        kind: {"weight": Shown("Factor", "w", "", (Tried(2.0, "all of it is doubled"), Tried(-1.0, "it inhibits")), -10.0, 10.0, 0.1)}
        for kind in ("drawn", "file")
    },
    "sine_current": {
        "period": Shown("Period", "T", "steps", (Tried(20.0, "too fast for a slow membrane"), Tried(150.0, "v follows")), 2.0, 400.0, 0.5)
    },
}
"""Descriptions of fields that mean something else in some kinds of input."""
