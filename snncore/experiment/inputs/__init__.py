"""Inputs of a network: one file per kind. Importing a file registers its kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from snncore.experiment.inputs.base import (
    INPUT_KINDS,
    NO_FILES,
    SENSOR,
    STRONGEST,
    CurrentInput,
    Files,
    FirstNeurons,
    Holds,
    Input,
    Weighted,
    two_digits,
    values_of,
)

# The order in which they register is the order in which the app offers them.
# isort: off
from snncore.experiment.inputs.random_spikes import RandomSpikes
from snncore.experiment.inputs.poisson import PoissonSpikes
from snncore.experiment.inputs.latency import LatencySpikes
from snncore.experiment.inputs.bursts import SpikeBursts
from snncore.experiment.inputs.currents import RampCurrent, SineCurrent, StepCurrent
from snncore.experiment.inputs.drawn import MOST_DRAWN, DrawnCurrent
from snncore.experiment.inputs.moving_bar import MovingBar
from snncore.experiment.inputs.digit import DigitSpikes
from snncore.experiment.inputs.file import FileSpikes
from snncore.experiment.inputs.sample import Sample
# isort: on

if TYPE_CHECKING:
    InputSpec = Input
else:
    InputSpec = Annotated[Any, INPUT_KINDS]

__all__ = [
    "INPUT_KINDS",
    "MOST_DRAWN",
    "NO_FILES",
    "SENSOR",
    "STRONGEST",
    "CurrentInput",
    "DigitSpikes",
    "DrawnCurrent",
    "FileSpikes",
    "Files",
    "FirstNeurons",
    "Holds",
    "Input",
    "InputSpec",
    "LatencySpikes",
    "MovingBar",
    "PoissonSpikes",
    "RampCurrent",
    "RandomSpikes",
    "Sample",
    "SineCurrent",
    "SpikeBursts",
    "StepCurrent",
    "Weighted",
    "two_digits",
    "values_of",
]
