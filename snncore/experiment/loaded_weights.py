"""Weights that an Experiment takes from a file, as data, and which of them stay when the network is edited.

The Experiment only names them; the file holds them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Self

from pydantic import Field, model_validator
from torch import nn

from snncore.errors import ExperimentError
from snncore.experiment.inputs import Files
from snncore.experiment.parameters import is_weight, misfit, put, shapes_of
from snncore.experiment.part import Part, Shape
from snncore.experiment.torch_layers import Conv2dSpec, LinearSpec

WeightName = Annotated[str, Field(max_length=40, pattern=r"^\d+\.(rec_connect\.)?(weight|bias)$")]
"""Name of a weight or bias in the built network: "0.weight"."""

AND = " and "
"""Stands between the names of files whose weights are taken together."""

MOST_TAKEN = 10_000
"""Most weights and biases that one Experiment may name."""


class CheckpointRef(Part):
    """Weights of a file that `checkpoint.read` reads.

    Attributes:
        name: name of the file, for people.
        digest: digest of the weights, by which they are found among files.
        takes: pairs (parameter of the network, parameter in the file). Other parameters are drawn. None: all, under their own names.
    """

    name: str = Field(max_length=100)
    digest: str = Field(pattern="^[0-9a-f]{32}$")
    takes: tuple[tuple[WeightName, WeightName], ...] | None = Field(default=None, max_length=MOST_TAKEN)

    @model_validator(mode="after")
    def _takes_each_once(self) -> Self:
        own = [name for name, _ in self.takes or ()]
        if len(set(own)) < len(own):
            twice = next(name for name in own if own.count(name) > 1)
            raise ValueError(f"takes names {twice} twice; give each parameter of the network once")
        return self

    def key(self, parameter: str) -> str:
        """Return the key of a parameter's weights among files."""
        return f"{self.digest}/{parameter}"

    @property
    def names(self) -> list[str]:
        """Names of the files, the latest last, where the weights are of several."""
        return self.name.split(AND)

    def joined(self, name: str) -> str:
        """Return a name for these weights with those of another file: "old.pt and new.pt"."""
        return AND.join([*(other for other in self.names if other != name), name])

    def is_here(self, files: Files) -> bool:
        return any(key.startswith(self.key("")) for key in files)

    def sources(self, network: Sequence[Any]) -> dict[str, str]:
        """Return the names in the file of the weights taken, by parameter of the network."""
        return {name: name for name in weight_shapes(network)} if self.takes is None else dict(self.takes)

    def load_into(self, model: nn.Module, files: Files, label: Callable[[str], str]) -> None:
        """Load the weights and biases from the file into the model.

        Args:
            label: returns a parameter's name in messages.

        Raises:
            ExperimentError: the weights aren't among `files`, or belong to a different network.
        """
        if not self.is_here(files):
            raise ExperimentError(
                f"The weights in {self.name!r} are not here: links carry no weights. "
                f"Load them again where they came from, or draw new weights."
            )
        weights = {key.removeprefix(self.key("")): values for key, values in files.items() if key.startswith(self.key(""))}
        taken = {name: parameter for name, parameter in model.named_parameters() if is_weight(name)}
        missing = None
        if self.takes is not None:
            missing = next((f"the file has no {theirs}" for _, theirs in self.takes if theirs not in weights), None)
            weights = {own: weights[theirs] for own, theirs in self.takes if theirs in weights}
            taken = {name: parameter for name, parameter in taken.items() if name in weights}
        problem = missing or misfit(shapes_of(weights), shapes_of(taken), label)
        if problem:
            raise ExperimentError(f"The weights in {self.name!r} don't fit: {problem}. Draw new weights, or load a file that fits.")
        put(weights, model)

    def carried(self, before: Sequence[Any], after: Sequence[Any], origins: Sequence[int | None]) -> CheckpointRef | None:
        """Return what an edited network still takes from the file; None for nothing.

        A weight goes with its layer, as long as its shape and what it would be drawn from stay the same.

        Args:
            before, after: the layers of the network.
            origins: place before the edit of each layer after it; None for a new layer.
        """
        sources, old, new = self.sources(before), _identities(before), _identities(after)
        takes = {}
        for place, origin in enumerate(origins):
            for name in (name for name in new if name.startswith(f"{place}.")):
                former = f"{origin}.{name.partition('.')[2]}"
                if former in sources and old.get(former) == new[name]:
                    takes[name] = sources[former]
        if takes == sources == self.sources(after):
            return self
        return self.model_copy(update={"takes": tuple(takes.items())}) if takes else None


def weight_shapes(network: Sequence[Any]) -> dict[str, Shape]:
    """Return the shapes of the built network's weights and biases, by parameter name."""
    return {name: shape[:1] if name.endswith("bias") else shape for name, (shape, _) in _identities(network).items()}


def drawn_from(network: Sequence[Any]) -> dict[str, Any]:
    """Return the source of each weight and bias without a file, by parameter name.

    The source is a spec of `snncore.experiment.weights`, or None for torch's own random numbers.
    """
    return {name: source for name, (_, source) in _identities(network).items()}


def _identities(network: Sequence[Any]) -> dict[str, tuple[Shape, Any]]:
    """Return shape and source of each weight and bias, by its name.

    If either changes, it is a different weight.
    """
    found: dict[str, tuple[Shape, Any]] = {}
    for place, layer in enumerate(network):
        for part, spec in (("", layer), ("rec_connect.", getattr(layer, "rec_connect", None))):
            match spec:
                case LinearSpec():
                    shape: Shape = (spec.out_features, spec.in_features)
                case Conv2dSpec():
                    shape = (spec.out_channels, spec.in_channels, spec.kernel_size, spec.kernel_size)
                case _:
                    continue
            for name in ("weight", "bias") if spec.bias else ("weight",):
                found[f"{place}.{part}{name}"] = shape, getattr(spec, "weights", None)
    return found
