"""A visitor's own labelled data: what a file becomes, with a network that fits them."""

from __future__ import annotations

import math
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from app.state.trainability import check_trainable
from snncore.errors import ExperimentError
from snncore.experiment.data.file import LabelledFile
from snncore.experiment.encodings import AsGiven, ConstantCurrent, Encoding
from snncore.experiment.inputs import Sample
from snncore.experiment.layers import ExpLeakSpec, LIFSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.torch_layers import LinearSpec
from snncore.experiment.training import OF_THE_TASK, Training
from snncore.io.labelled import BIN_WIDTH, LabelledData, read_labelled

HIDDEN = 128
STEPS = 20
"""Time steps of samples that have no time."""

SEEDS = 20
"""Seeds that a split is tried with, so that no half lacks a class."""

MEMORY = 10.0
"""Time constant of the membranes in steps; samples with time have a tenth of their length, if that is more."""


@dataclass
class OwnData:
    """Attributes:
    is_asked: whether the page asks for a file of labelled data.
    bin_width: length of a time step in seconds, where such a file holds times of spikes.
    """

    is_asked: bool = False
    bin_width: float = BIN_WIDTH

    def read(self, name: str, content: bytes) -> tuple[LabelledData, Experiment]:
        """Return what a file holds, and an Experiment that learns it.

        Raises:
            SNNCoreError: the file holds no labelled data, or too many.
        """
        found = read_labelled(name, content, bin_width=self.bin_width)
        experiment = own_data(found.data_set())
        check_trainable(experiment)  # before the samples are split, which copies them
        return found, experiment.replace({f"{OF_THE_TASK}data.seed": split_seed(found)})


def own_data(data: LabelledFile) -> Experiment:
    """Return an Experiment that learns the data: values as constant currents, or as they are in time, by Linear-LIF-Linear-ExpLeak."""
    channels = math.prod(data.sample_shape)
    steps = data.steps or STEPS
    tau: dict[str, Any] = {"tau_mem": max(MEMORY, steps / 10)}
    encoding: Encoding = AsGiven() if data.has_time else ConstantCurrent()
    return Experiment(
        network=(
            LinearSpec(in_features=channels, out_features=HIDDEN),
            LIFSpec(**tau, norm_input=False),
            LinearSpec(in_features=HIDDEN, out_features=data.classes),
            ExpLeakSpec(**tau),
        ),
        input=Sample(shape=(1, steps, channels)),
        training=Training(
            task=Classification(data=data, encoding=encoding, readout="mean_potential"),
            optimiser="Adam",
            lr=5e-3,
            schedule="cosine",
            epochs=21,
            batch_size=64,
        ),
    )


def split_seed(found: LabelledData) -> int:
    """Return the first seed that puts samples of each class into both halves.

    Raises:
        ExperimentError: none of the first `SEEDS` does.
    """
    first = found.data_set()
    for seed in range(SEEDS):
        with suppress(ExperimentError):
            first.model_copy(update={"seed": seed}).make(found.files)
            return seed
    first.make(found.files)  # says what is wrong with it
    return 0
