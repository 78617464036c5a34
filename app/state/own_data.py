"""A visitor's own labelled data: what a file becomes, with a network that fits them."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.trainability import check_trainable
from snncore.experiment.recognition import labelled
from snncore.experiment.spec import Experiment
from snncore.io.labelled import BIN_WIDTH, LabelledData, read_labelled


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
        experiment = labelled(data)
        check_trainable(experiment)  # before the samples are split, which copies them
        data.make(found.files)  # says what is wrong with them
        return found, experiment
