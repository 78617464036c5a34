"""Trained weights that an Experiment begins with, as data: it names them, and a file holds them."""

from __future__ import annotations

from collections.abc import Callable

from pydantic import Field
from torch import nn

from snncore.errors import ExperimentError
from snncore.input_spec import Files
from snncore.parameters import is_weight, misfit, put, shapes_of
from snncore.part import Part


class CheckpointRef(Part):
    """Weights of a file, as `checkpoint.read` reads them. An Experiment only names them: by the file's `name`, for people, and by the
    `digest` of the weights.
    """

    name: str = Field(max_length=100)
    digest: str = Field(pattern="^[0-9a-f]{32}$")

    def key(self, parameter: str) -> str:
        """Under which the weights of a parameter are found among files."""
        return f"{self.digest}/{parameter}"

    def is_here(self, files: Files) -> bool:
        return any(key.startswith(self.key("")) for key in files)

    def load_into(self, model: nn.Module, files: Files, label: Callable[[str], str]) -> None:
        """Gives the model its weights and biases.

        Args:
            label: how messages call the parameter of a name.

        Raises:
            ExperimentError: the weights aren't among `files`, or are of another network than the model.
        """
        if not self.is_here(files):
            raise ExperimentError(
                f"The weights in {self.name!r} are not here: links carry no files. Load the file again, or draw new weights."
            )
        weights = {key.removeprefix(self.key("")): values for key, values in files.items() if key.startswith(self.key(""))}
        taken = {name: parameter for name, parameter in model.named_parameters() if is_weight(name)}
        problem = misfit(shapes_of(weights), shapes_of(taken), label)
        if problem:
            raise ExperimentError(f"The weights in {self.name!r} don't fit: {problem}. Draw new weights, or load a file that fits.")
        put(weights, model)
