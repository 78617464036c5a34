"""A visitor's own weights: a file's parameters put into the layers that are there, with the table of what matched."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from snncore.errors import ExperimentError
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.loaded_weights import CheckpointRef, weight_shapes
from snncore.experiment.parameters import Parameters, is_weight
from snncore.experiment.spec import Draft, Experiment
from snncore.io import checkpoint
from snncore.io.checkpoint import Checkpoint
from snncore.io.weight_files import read_weights
from snncore.io.weight_transfer import Order, Transfer, transfer

Matching = Literal["more", "name", "order"]
"""How a file's parameters find those of the network; "more" takes whichever of the two finds more."""

OF_NEURONS = re.compile(r"(spike_threshold|(min_)?v_mem|i_syn|i_rec|b|b0|adapt_scale|(tau|alpha)_(mem|syn|adapt))")
"""Constants and states of neurons as snncore and Sinabs save them. An artificial network has none."""


@dataclass(frozen=True)
class Brought:
    """What a file makes of the network.

    Attributes:
        draft: the Experiment to go on with.
        weights: those that it names; None if it names none.
        transferred: what was taken and what wasn't; None if the file brings an Experiment of its own.
        before: the weights that it was brought to; None if they were drawn.
        is_edit: whether the layers stay those that were there.
    """

    draft: Draft
    weights: Checkpoint | None = None
    transferred: tuple[Transfer, Order] | None = None
    before: CheckpointRef | None = None

    @property
    def is_edit(self) -> bool:
        return self.transferred is not None


@dataclass
class OwnWeights:
    """Attributes:
    matching: how the next file is matched.
    latest: what came of the last file, how it was matched, and its name.
    """

    matching: Matching = "more"
    latest: tuple[Transfer, Order, str] | None = None
    _before: CheckpointRef | None = None
    """The weights that it was brought to."""

    def read(
        self,
        name: str,
        content: bytes,
        present: Callable[[Parameters], Experiment],
        files: Files = NO_FILES,
        takes_experiments: bool = True,
    ) -> Brought:
        """Return what a file makes of the present network: .json, .safetensors or .pt. A file that is brought again replaces itself.

        Args:
            present: returns the Experiment whose layers take the weights that it is given; may raise ExperimentError.
            files: hold the weights that it takes so far, which stay where the file has none.
            takes_experiments: whether weights saved with their Experiment bring that too, unless `matching` was chosen.

        Raises:
            SNNCoreError: it holds neither an Experiment nor weights for these layers.
        """
        if name.lower().endswith(".json"):
            try:
                return Brought(Draft.from_json(content.decode(errors="replace")))
            except ExperimentError as error:
                raise ExperimentError(f"File {name!r}: {error}") from error
        if takes_experiments and self.matching == "more" and checkpoint.holds_experiment(content):
            found = checkpoint.read(name, content)
            return Brought(found.experiment.draft, found)
        given = read_weights(name, content)
        experiment = present(given)
        acting = self.acting(experiment.draft)
        if acting and acting[2] == name:
            experiment = experiment.replace({"checkpoint": self._before.model_dump() if self._before else None})
        made, by = self._matched(experiment, given, name, files)
        return Brought(made.checkpoint.experiment.draft, made.checkpoint, (made, by), experiment.checkpoint)

    def note(self, brought: Brought, name: str) -> None:
        """Note what came of a file, once the page has taken it."""
        self.latest = None if brought.transferred is None else (*brought.transferred, name)
        self._before = brought.before

    def acting(self, draft: Draft) -> tuple[Transfer, Order, str] | None:
        """Return what came of the last file; None if the draft has other layers by now, or no longer what was taken."""
        return self.latest if self.latest and _holds(draft, self.latest[0]) else None

    def _matched(self, experiment: Experiment, weights: Parameters, name: str, files: Files) -> tuple[Transfer, Order]:
        """Match as was chosen, or else as takes more. Raises ExperimentError if nothing matches."""
        if self.matching != "more":
            return transfer(experiment, weights, name, self.matching, files), self.matching
        in_order: Order = "order"
        try:
            by_name = transfer(experiment, weights, name, "name", files)
        except ExperimentError:
            return transfer(experiment, weights, name, in_order, files), in_order
        try:
            made = transfer(experiment, weights, name, in_order, files)
        except ExperimentError:
            return by_name, "name"
        return (made, in_order) if taken(made) > taken(by_name) else (by_name, "name")


def _holds(draft: Draft, made: Transfer) -> bool:
    """Whether a draft has the layers that a table was made for, and what they took."""
    whole = made.checkpoint.experiment
    if [layer.kind for layer in draft.network] != [layer.kind for layer in whole.network]:
        return False
    if weight_shapes(draft.network) != weight_shapes(whole.network) or draft.checkpoint != whole.checkpoint:
        return False
    names = [row.parameter for row in made.table if row.parameter and row.is_taken]
    return any(map(is_weight, names)) or all(_constant(draft, name) == _constant(whole, name) for name in names)


def _constant(draft: Draft, parameter: str) -> object:
    """Return a neuron constant's value; its layer if that has it under another name."""
    index, _, name = parameter.partition(".")
    layer = draft.network[int(index)]
    return getattr(layer, name, layer)


def taken(made: Transfer) -> int:
    """Number of the network's parameters that were taken."""
    return sum(row.is_taken for row in made.table if row.parameter)


def missing_weight(made: Transfer) -> str | None:
    """Return the first weight or bias of the network that wasn't taken, and why, as a clause; None if all were."""
    row = next((row for row in made.table if row.reason and is_weight(row.parameter or "")), None)
    if row is None or row.parameter is None:
        return None
    label = made.checkpoint.experiment.parameter_label(row.parameter)
    untaken = f"{abbreviated(row.source)} isn't taken as {label}" if row.source else f"{label} isn't taken"
    return f"{untaken}, since {row.reason}"


def left_over(made: Transfer) -> str | None:
    """Return the first parameter that only the file has, and why, as a clause; None if there is none.

    Constants and states of neurons don't count.
    """
    rows = (row for row in made.table if row.parameter is None)
    row = next((row for row in rows if not OF_NEURONS.fullmatch(str(row.source).rpartition(".")[2])), None)
    return None if row is None else f"{abbreviated(row.source)} is left over, since {row.reason}"
