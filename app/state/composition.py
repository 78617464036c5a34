"""What is composed on one's desk and simulated: drafts, files, forward passes. Trainings are in `app.state.training`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.server.limits import check
from app.server.priority import first
from app.state.desk import Desk, desk
from snncore.arrays import Array
from snncore.errors import ExperimentError, SNNCoreError
from snncore.experiment.inputs import Files, FileSpikes
from snncore.experiment.spec import Draft, Experiment
from snncore.io.checkpoint import Checkpoint
from snncore.run.simulation import Simulation, simulate

MOST_VARIANTS = 4
"""Variants that are seen at once."""

LARGEST_FILES = 64 * 2**20
"""Bytes of uploaded inputs and weights that a session keeps; the oldest go first."""


# ------------------------------------------------------------------------------------------------- composing


def draft() -> Draft:
    """What is being composed."""
    return desk().history.present


@first
def compose(make: Callable[[Draft], Draft], by_widget: bool = False) -> bool:
    """Goes on with what `make` makes of the present draft. What can't be built or is too large changes nothing but the message.

    Args:
        by_widget: the widget of the changed field asks for it, and shows the new value already.

    Returns:
        True if the draft changed.
    """
    held = desk()
    with held.lock:
        held.complaint = None
        try:
            before = held.history.present.settled  # what was changed while another network trained is no part of this one's training
            composed = make(before)
            if composed == before:
                return False
            experiment, simulation = _tried(held, composed)
        except ExperimentError as error:
            held.complaint = str(error)
            return False
        held.accept(composed, experiment)
        held.revision += not by_widget
        if simulation:
            held.simulations[1, False] = [simulation]
        return True


@dataclass(frozen=True)
class Trained:
    """How a training relates to the network that is composed.

    Attributes:
        epoch: at which a training of this very network stands still; 0 for none.
        is_of_another: whether what was trained is neither this network nor where its weights are from.
    """

    epoch: int = 0
    is_of_another: bool = False


def trained(held: Desk) -> Trained:
    """How the training relates to the present draft."""
    run, present = held.run, held.history.present
    if run is None or len(run.records) < 2:
        return Trained()
    if run.experiment == held.experiment and present.first_misfit is None:
        return Trained(epoch=0 if run.is_running else len(run.records) - 1)
    epoch, digest = run.taken_along
    has_its_weights = present.checkpoint is not None and (len(run.records) - 1, present.checkpoint.digest) == (epoch, digest)
    return Trained(is_of_another=not has_its_weights)


@first
def use_trained_weights() -> None:
    """Goes on composing with the parameters that the training has come to."""
    held = desk()
    with held.lock:
        run = held.run
        if run is None or run.experiment != held.experiment:
            return  # a click that came after an edit
        try:
            found = run.checkpoint()
        except SNNCoreError as error:
            held.complaint = str(error)
            return
        named = found.experiment.checkpoint
        run.taken_along = len(run.records) - 1, named.digest if named else ""
        keep_weights(found)
        compose(lambda draft: found.experiment.draft)


def undo() -> None:
    held = desk()
    with held.lock:
        _return_to(held, held.history.undo())


def redo() -> None:
    held = desk()
    with held.lock:
        _return_to(held, held.history.redo())


def simulations(runs: int = 1, shuffled: bool = False) -> list[Simulation]:
    """Forward passes of the experiment, one after another without a reset between.

    Raises:
        ExperimentError: no network fits so far, the input is a file that isn't here, or so many runs are more than a session may have.
    """
    held = desk()
    if not held.has_fitting:
        raise ExperimentError("Nothing can be simulated until all layers fit.")
    if (runs, shuffled) not in held.simulations:
        kept = sum(len(passes) for passes in held.simulations.values())
        check(held.experiment, runs=runs + kept)
        held.simulations[runs, shuffled] = simulate(held.experiment, held.files, runs=runs, shuffled=shuffled)
    return held.simulations[runs, shuffled]


def variant(changes: dict[str, Any]) -> Simulation:
    """A forward pass of the experiment with other values in some fields, kept nowhere.

    Raises:
        ExperimentError: the values can't be built.
    """
    held = desk()
    other = held.experiment.replace(changes)
    check(other, runs=MOST_VARIANTS)
    return simulate(other, held.files)[0]


def keep_file(digest: str, content: Array) -> None:
    """Keeps an uploaded input under its digest."""
    _keep(digest, {digest: content})


def keep_weights(found: Checkpoint) -> None:
    """Keeps the weights that the checkpoint's Experiment names."""
    if found.experiment.checkpoint is not None:
        _keep(found.experiment.checkpoint.digest, found.files)


def _keep(digest: str, arrays: Files) -> None:
    """Keeps what one file held. The oldest others go, each with all its arrays; what is in use or an undo away stays."""
    held = desk()
    files, in_use = held.files, {digest, *_digests(held.history.before), *_digests(held.history.present)}
    for key in arrays:
        files.pop(key, None)
    files.update(arrays)
    while sum(kept.nbytes for kept in files.values()) > LARGEST_FILES:
        oldest = next((key.partition("/")[0] for key in files if key.partition("/")[0] not in in_use), None)
        if oldest is None:
            return
        for key in [key for key in files if key.partition("/")[0] == oldest]:
            del files[key]


def _digests(draft: Draft) -> set[str]:
    """Of the files that a draft names."""
    given = {draft.input.digest} if isinstance(draft.input, FileSpikes) else set()
    return given | ({draft.checkpoint.digest} if draft.checkpoint else set())


def complain(error: Exception) -> None:
    """Lets the page say what was wrong with an input."""
    desk().complaint = str(error)


def whole_draft_is_shown() -> bool:
    """Whether the layers that are simulated are those of the draft."""
    held = desk()
    return held.has_fitting and held.history.present.first_misfit is None


def complaint() -> str | None:
    """What was wrong with the last input, until the next one."""
    return desk().complaint


# ----------------------------------------------------------------------------------------------------- details


def _tried(held: Desk, composed: Draft) -> tuple[Experiment | None, Simulation | None]:
    """The experiment and its simulation, if the layers fit one another."""
    check(composed)
    if composed.first_misfit:
        return None, None
    experiment = Experiment(**dict(composed))
    if experiment == held.experiment:
        return experiment, None
    if _is_missing(experiment, held):
        return experiment, None  # the page says what is missing; the network may be composed all the same
    return experiment, simulate(experiment, held.files)[0]


def _is_missing(experiment: Draft, held: Desk) -> bool:
    """Whether the input or the weights are of a file that isn't here."""
    lacks_input = isinstance(experiment.input, FileSpikes) and experiment.input.digest not in held.files
    return lacks_input or (experiment.checkpoint is not None and not experiment.checkpoint.is_here(held.files))


def _return_to(held: Desk, present: Draft) -> None:
    held.complaint = None
    held.revision += 1
    held.show(None if present.first_misfit else Experiment(**dict(present)))
