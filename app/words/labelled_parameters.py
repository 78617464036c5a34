"""Parameters of labelled data, of their encodings, and what may be read of an output."""

from __future__ import annotations

from app.words.numbers import capitalised
from app.words.parameter import Parameter, Range, Tried
from snncore.experiment.encodings import ENCODING_KINDS

BIN_WIDTH = Parameter(
    "Bin width of .h5", "Length of a time step in which the spikes of an .h5 file are counted.", unit="s", has_slider=False
)
ENCODING = Parameter("Encoding", "How a sample's values become spikes or currents in time.")

_RATE = Parameter("Rate", "Firing rate for a value of 1 (white, in images).", unit="Hz", tuned=Range(10, 1000, 10))
ENCODING_FIELDS: dict[str, dict[str, Parameter]] = {
    "rate": {"rate": _RATE},
    "on_off": {"rate": _RATE},
    "current": {"amplitude": Parameter("Amplitude", "Current for a value of 1 (white, in images).", tuned=Range(0, 5, 0.1))},
}
"""Numbers of the encodings, by kind."""

_SEED = Parameter("Seed: data", "Draws other samples.", "whole", has_slider=False)
DATA_FIELDS: dict[str, dict[str, Parameter]] = {
    "yin_yang": {"seed": _SEED},
    "remember": {
        "delay": Parameter(
            "Delay",
            "Steps for which the bit must be carried.",
            unit="steps",
            tuned=Range(0, 400, 5),
            tries=(Tried(50, "easy"), Tried(400, "as long as few networks manage")),
        ),
        "shown": Parameter("Shown for", "Steps for which the bit is shown.", unit="steps", tuned=Range(1, 100, 1)),
        "asked": Parameter("Asked for", "Steps of the cue, in which the answer is read.", unit="steps", tuned=Range(1, 100, 1)),
        "seed": _SEED,
    },
    "file": {
        "test_share": Parameter("Test share", "Share of the samples that are tested with, never learned.", tuned=Range(0.05, 0.5, 0.05)),
        "seed": Parameter("Seed: split", "Decides which samples are tested with.", "whole", has_slider=False),
    },
}
"""Numbers of the data sets, by kind."""


def encoding_name(kind: str) -> str:
    """Name of a kind of encoding."""
    return ENCODING_KINDS[kind].title or kind


def readout_name(readout: str) -> str:
    return capitalised(readout.replace("_", " "))


def criterion_name(criterion: str) -> str:
    return {"cross_entropy": "Cross-entropy", "counts": "Wanted values"}[criterion]
