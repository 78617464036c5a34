"""Names of the built-in kinds of input, and their parameters."""

from __future__ import annotations

from app.words.parameter import Parameter, Range, Tried

CURRENTS = Range(-5.0, 10.0, 0.05)

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
    "sample": "Labelled sample",
}

INPUT_PARAMETERS: dict[str, Parameter] = {
    "half": Parameter(
        "Half", "Samples that the network learns from, or those that it is tested with.", "choice", options=("train", "test")
    ),
    "probability": Parameter(
        "Spike probability",
        "Chance that a channel spikes at a given step.",
        "slider",
        0.0,
        1.0,
        0.05,
        "p",
        tries=(Tried(0.8, "the quickstart's input"), Tried(0.1, "few spikes come in")),
    ),
    "rate": Parameter(
        "Rate",
        "Mean spikes per second; a step lasts dt.",
        low=0.0,
        step=10.0,
        symbol="ν",
        unit="Hz",
        tuned=Range(0.0, 1000.0, 5.0),
        tries=(Tried(200.0, "more spikes come in"), Tried(20.0, "fewer do")),
    ),
    "amplitude": Parameter(
        "Amplitude",
        "Size of the current.",
        step=0.1,
        symbol="I",
        tuned=CURRENTS,
        tries=(Tried(3.0, "it fires more often"), Tried(0.8, "u may stay below θ")),
    ),
    "first": Parameter(
        "First current",
        "The current at the first step.",
        step=0.1,
        symbol="I_0",
        tuned=CURRENTS,
        tries=(Tried(0.0, "from rest"), Tried(2.0, "it fires sooner")),
    ),
    "last": Parameter(
        "Last current",
        "The current at the last step.",
        step=0.1,
        symbol="I_T",
        tuned=CURRENTS,
        tries=(Tried(3.0, "the rate rises with the ramp"), Tried(0.5, "it may stay silent")),
    ),
    "period": Parameter(
        "Period",
        "Time from the start of one burst to the start of the next.",
        low=1,
        step=1.0,
        symbol="T",
        unit="steps",
        tuned=Range(1, 200, 1),
        tries=(Tried(40, "each is half forgotten before the next"), Tried(5, "they add up")),
    ),
    "length": Parameter(
        "Burst length",
        "Spikes in a row; 1 makes a regular train.",
        "whole",
        low=1,
        symbol="ℓ",
        unit="steps",
        tuned=Range(1, 50, 1),
        tries=(Tried(3, "spikes in a row add up"), Tried(1, "single pulses")),
    ),
    "count": Parameter(
        "Number of bursts",
        "No further ones follow; without it they go on to the end.",
        "whole",
        low=1,
        symbol="n",
        when_on=3,
        tuned=Range(1, 50, 1),
        tries=(Tried(2, "the second meets what is left of the first"), Tried(10, "a train that ends")),
    ),
    "offset": Parameter(
        "Offset",
        "The current oscillates around this value.",
        step=0.1,
        symbol="I_0",
        tuned=CURRENTS,
        tries=(Tried(0.0, "it fires only at the crests"), Tried(2.0, "it fires all the time")),
    ),
    "start": Parameter(
        "From step",
        "The current is 0 before this step.",
        "whole",
        low=0,
        symbol="t_on",
        tuned=Range(0, 999, 1),
        tries=(Tried(0, "from the first step"), Tried(60, "later")),
    ),
    "stop": Parameter(
        "Until step",
        "The current is 0 from this step on.",
        "whole",
        low=0,
        symbol="t_off",
        when_on=50,
        tuned=Range(1, 1000, 1),
        tries=(Tried(50, "v then decays"), Tried(150, "it goes on longer")),
    ),
    "period_step": Parameter(
        "Extra period per channel",
        "Trains drift in and out of coincidence.",
        "whole",
        low=0,
        unit="steps",
        tuned=Range(0, 20, 1),
        tells_channels_apart=True,
    ),
    "neurons": Parameter(
        "Only the first channels", "The others get nothing.", "whole", low=1, when_on=1, tuned=Range(1, 64, 1), tells_channels_apart=True
    ),
    "width": Parameter("Width of the bar", "Number of bright pixels.", "whole", low=1, unit="pixels", tuned=Range(1, 8, 1)),
    "speed": Parameter(
        "Speed",
        "The bar moves to the right and re-enters from the left.",
        low=0.05,
        step=0.1,
        unit="pixels per step",
        tuned=Range(0.05, 4.0, 0.05),
    ),
    "index": Parameter("Digit", "Number of the digit; with several samples, the next ones follow.", "whole", low=0, high=1796, step=1),
    "weight": Parameter(
        "Weight of a spike",
        "Multiplies every value of the input.",
        step=0.5,
        symbol="w",
        tuned=Range(-10.0, 50.0, 0.1),
        tries=(Tried(30.0, "one spike may be enough"), Tried(-1.0, "it inhibits")),
    ),
    "code": Parameter("Code", "Stronger contrast spikes more often (rate) or sooner (latency).", "choice", options=("rate", "latency")),
}

FACTOR = Parameter(
    "Factor",
    "Multiplies every value of the input.",
    step=0.5,
    symbol="w",
    tuned=Range(-10.0, 10.0, 0.1),
    tries=(Tried(2.0, "all of it is doubled"), Tried(-1.0, "it inhibits")),
)

OF_KIND: dict[str, dict[str, Parameter]] = {
    "spike_bursts": {
        "first": Parameter(
            "First pulse",
            "The first step with a spike.",
            "whole",
            step=1,
            symbol="t_0",
            tuned=Range(0, 999, 1),
            tries=(Tried(0, "at once"), Tried(50, "later")),
        )
    },
    "drawn": {"weight": FACTOR},
    "file": {"weight": FACTOR},
    "sample": {"index": Parameter("Sample", "Number of the sample; with several samples, the next ones follow.", "whole", low=0)},
    "sine_current": {
        "period": Parameter(
            "Period",
            "Time from crest to crest.",
            low=1,
            step=1.0,
            symbol="T",
            unit="steps",
            tuned=Range(2.0, 400.0, 0.5),
            tries=(Tried(20.0, "too fast for a slow membrane"), Tried(150.0, "v follows")),
        )
    },
}
"""Parameters that mean something else in some kinds of input."""

SAMPLES = Parameter("Samples", "Inputs that are simulated together.", tuned=Range(1, 32, 1))
SHOWN_SAMPLE = Parameter("Sample shown", "All samples are simulated.")
TIME_STEPS = Parameter("Time steps", "Length of the run.", tuned=Range(10, 500, 1))
CHANNEL_SHAPE = Parameter("Channels", "Shape of one sample: a number such as 16, or channels × height × width such as 2×8×8.")
TIME_STEP = Parameter(
    "Time step", "For showing Hz and seconds only; time constants count steps.", symbol="dt", unit="ms", tuned=Range(0.1, 10.0, 0.1)
)
