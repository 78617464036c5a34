"""A visitor's own labelled data: what a file becomes, with a network that fits them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from app.state.trainability import check_trainable
from snncore.experiment.data.file import LabelledFile
from snncore.experiment.encodings import AsGiven, ConstantCurrent, Encoding
from snncore.experiment.inputs import Sample
from snncore.experiment.layers import ExpLeakSpec, LIFSpec
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.torch_layers import LinearSpec
from snncore.experiment.training import Training
from snncore.io.labelled import BIN_WIDTH, LabelledData, read_labelled

HIDDEN = 128
STEPS = 20
"""Time steps of samples that have no time."""

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
            SNNCoreError: the file holds no labelled data, or too many, or a class has a single sample.
        """
        found = read_labelled(name, content, bin_width=self.bin_width)
        data = found.data_set()
        experiment = own_data(data)
        check_trainable(experiment)  # before the samples are split, which copies them
        data.make(found.files)  # says what is wrong with them
        return found, experiment


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
