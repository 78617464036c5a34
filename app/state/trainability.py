"""Whether a composed network can be trained, why not, and what would mend that."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from app.server.limits import MOST_EPOCHS, check
from app.state.files import KeptFiles
from app.words.tasks import task_words
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Draft, Experiment
from snncore.experiment.training import OF_THE_TASK


@dataclass(frozen=True)
class Remedy:
    """An edit of a network that can't be trained yet.

    Attributes:
        label: of its button.
        mend: returns the draft with the edit made.
    """

    label: str
    mend: Callable[[Draft], Draft]


def check_trainable(experiment: Experiment) -> None:
    """Raise ExperimentError if the Experiment can't be trained here, as far as it says itself: nothing is built or run."""
    if not _has_neurons(experiment):
        raise ExperimentError("None of its layers has neurons, so there is no activity to follow; end it with a LIF.")
    check(experiment, trains=True)
    experiment.check_trainable()


def remedies(composed: Draft, files: KeptFiles) -> Iterator[Remedy]:
    """Yield edits after which a draft whose layers fit can be trained."""
    if composed.first_misfit:
        return
    if not _has_neurons(composed) or (composed.task.needs_spikes and not composed.network[-1].does_spike):
        yield Remedy("Put a LIF at its end", lambda draft: edits.insert(draft, len(draft.network), "LIF"))
    settled = composed.settled
    misfit = settled.task_misfit
    if misfit and misfit.remedy:
        label = " and ".join(task_words(settled.task).remedy(name, value) for name, value in misfit.remedy.items())
        yield _replacing(label, {f"{OF_THE_TASK}{name}": value for name, value in misfit.remedy.items()})
    if composed.training.epochs > MOST_EPOCHS:
        yield _replacing(f"Train at most {MOST_EPOCHS:,} epochs", {"training.epochs": MOST_EPOCHS})
    if composed.checkpoint and not composed.checkpoint.is_here(files):
        yield _replacing("Draw new weights", {"checkpoint": None})
    learnable = {f"network.{index}.learns": None for index, layer in enumerate(composed.network) if isinstance(layer, Learnable)}
    if learnable and not any(layer.learning for layer in composed.network if isinstance(layer, Learnable)):
        yield _replacing("Let all layers learn", learnable)


def _replacing(label: str, changes: dict[str, Any]) -> Remedy:
    return Remedy(label, lambda draft: draft.replace(changes))


def _has_neurons(draft: Draft) -> bool:
    return any(isinstance(layer, NeuronSpec) for layer in draft.network)
