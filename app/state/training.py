"""What is done to the training on one's desk: it is made, edited, changed while it runs, looked back at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.server.limits import MOST_EPOCHS, check
from app.server.runner import PastRun, TrainingRun, slots
from app.state import composition as session
from app.state.desk import Desk, desk
from snncore.errors import ExperimentError, SNNCoreError
from snncore.experiment.spec import Experiment
from snncore.experiment.training import is_changeable
from snncore.io import checkpoint
from snncore.run.bptt import EpochRecord
from snncore.run.simulation import Simulation

DEFAULT_SPEED = 8.0
"""Epochs per second at which a training is watched."""

POLL_INTERVAL = 0.095
"""Seconds between two looks at a running training: more than ten a second, drawing included."""

CROWDED_INTERVAL = 0.6
"""The same where more than `FEW` trainings compute, of all users together."""

FEW = 2


def open_training() -> str | None:
    """Makes the training of the experiment, unless it is there.

    Returns:
        Why there can't be one, if there can't.
    """
    held = desk()
    misfit = held.history.present.first_misfit
    if misfit:
        return misfit
    if held.run is None or held.run.experiment != held.experiment:
        try:
            made = _new_run(held, held.experiment)
        except ExperimentError as error:
            return str(error)
        if held.run:
            held.run.pause()
            _give_up(held, held.run, held.experiment)
        held.run, held.scrubbed = made, None
    return None


def run() -> TrainingRun:
    """The training that `open_training` made."""
    found = desk().run
    assert found is not None
    return found


# --------------------------------------------------------------------------------------------------- driving it


def train() -> None:
    """Goes on, beyond the limit of epochs where that was reached."""
    training = _taken_up()
    if training.has_reached_limit:
        training.epoch_limit = min(training.epoch_limit + training.experiment.training.epochs, MOST_EPOCHS)
    training.play()


def pause() -> None:
    _taken_up().pause()


def step() -> None:
    """One epoch."""
    _taken_up().step()


def edit(changes: dict[str, Any]) -> bool:
    """Starts over at epoch 0 with some fields of the Experiment changed. An edit that can't be built changes nothing but the message.

    Returns:
        Whether the Experiment is another now.
    """
    held = desk()
    with held.lock:
        return retrain(held, lambda: present(held).replace(changes))


def change(changes: dict[str, Any]) -> bool:
    """Goes on training with some fields changed, and notes that in the Experiment; before anything was trained, or where a field can't be
    changed meanwhile, that is an edit.

    Returns:
        Whether the Experiment is another now.
    """
    held = desk()
    with held.lock:
        held.end_trials()
        can_go_on = held.run is not None and len(held.run.records) > 1 and held.run.failure is None and all(map(is_changeable, changes))
        if held.run is None or not can_go_on:
            return retrain(held, lambda: present(held).replace(changes))
        held.complaint = None
        try:
            if held.run.in_force.replace(changes) == held.run.in_force:
                return False
            held.run.change(changes)
        except ExperimentError as error:
            held.complaint = str(error)
            return False
        held.accept(held.run.experiment.draft, held.run.experiment)
        return True


def load(text: str) -> None:
    """Starts over with the Experiment in `text`, JSON."""
    held = desk()
    with held.lock:
        retrain(held, lambda: Experiment.from_json(text))


def bring_back(name: str, content: bytes) -> None:
    """Starts over with an Experiment (JSON), or with trained weights and theirs (safetensors), from a file."""
    held = desk()
    with held.lock:
        if name.lower().endswith(".json"):
            retrain(held, lambda: Experiment.from_json(content.decode(errors="replace")))
            if held.complaint:
                held.complaint = f"File {name!r}: {held.complaint}"
            return
        try:
            found = checkpoint.read(name, content)
        except SNNCoreError as error:
            held.complaint = str(error)
            return
        session.keep_weights(found)
        retrain(held, lambda: found.experiment)


def restart() -> None:
    """Same weights, from epoch 0, with what is in force now from the start."""
    held = desk()
    with held.lock:
        assert held.run is not None
        held.complaint = held.given_up = None
        held.end_trials()
        held.run.pause()
        experiment = present(held)
        try:
            held.run, held.scrubbed = _new_run(held, experiment), None
        except ExperimentError as error:
            held.complaint = str(error)
            return
        held.accept(experiment.draft, experiment)


def go_on_from_given_up() -> None:
    """Starts over with the weights of the training that was given up."""
    held = desk()
    with held.lock:
        found = held.given_up
        if found is None or found.experiment.checkpoint is None:
            return
        named = found.experiment.checkpoint.model_dump()
        session.keep_weights(found)
        held.given_up = None
        retrain(held, lambda: present(held).replace({"checkpoint": named}))


def present(held: Desk) -> Experiment:
    """The Experiment with what its training has come to, as if it had been so from the start."""
    return held.run.in_force if held.run and held.run.experiment == held.experiment else held.experiment


def retrain(held: Desk, make: Callable[[], Experiment]) -> bool:
    """Takes the Experiment that `make` returns, or keeps everything and the reason why it can't be."""
    held.complaint = None
    held.end_trials()
    old = held.run
    try:
        experiment = make()
        if experiment == held.experiment:
            return False
        new = _new_run(held, experiment)
    except ExperimentError as error:
        held.complaint = str(error)
        return False
    was_running = old is not None and old.is_running
    if old:
        old.pause()
        _give_up(held, old, experiment)
    held.accept(experiment.draft, experiment)
    held.run, held.scrubbed = new, None
    if was_running:
        new.play()
    return True


# ------------------------------------------------------------------------------------------------- looking at it


def scrub(epoch: int | None) -> None:
    """Looks at an epoch that is past; at the last one, or with None, follows the training again."""
    held = desk()
    held.scrubbed = None if epoch is None or epoch >= len(run().records) - 1 else epoch


def seen_record() -> EpochRecord:
    """The record of the epoch that is looked at; of those that were reduced to numbers, the nearest whole one before."""
    return seen_on(desk())


def seen_on(held: Desk) -> EpochRecord:
    """The same of a desk, for those who have no session."""
    assert held.run is not None
    last = len(held.run.records) - 1
    return held.run.log.whole_at(last if held.scrubbed is None else min(held.scrubbed, last))


def forward_pass(training: TrainingRun | PastRun, record: EpochRecord) -> Simulation:
    """What the record of an epoch holds of the network."""
    layers = {int(layer.name): layer for layer in record.layers}
    return Simulation(training.experiment, training.input, (), layers, {})


def poll_interval() -> float | None:
    """Seconds between two looks at what changes by itself; None where nothing does. Where many trainings compute, each is looked at more
    rarely, so that whoever does something finds the server free.
    """
    if not is_moving():
        return None
    return POLL_INTERVAL if slots.computing <= FEW else CROWDED_INTERVAL


def is_moving() -> bool:
    """Whether something that the page shows changes by itself."""
    held = desk()
    return any(training.is_running for training in (held.run, *held.trials.values()) if training)


# ------------------------------------------------------------------------------------------------------- details


def _taken_up() -> TrainingRun:
    """The training, for something that is done to it: what was said of the last input is past, and what was tried beside it."""
    held = desk()
    held.complaint = held.given_up = None
    held.end_trials()
    return run()


def _give_up(held: Desk, old: TrainingRun, experiment: Experiment) -> None:
    """Keeps what a training had come to, so that the page can say and bring back what the Experiment that replaces it begins without."""
    if len(old.records) < 2:
        return
    try:
        found = old.checkpoint()
    except SNNCoreError:  # it diverged
        return
    lost, begun = found.experiment.checkpoint, experiment.checkpoint
    held.given_up = found if lost and (begun is None or begun.digest != lost.digest) else None


def _new_run(held: Desk, experiment: Experiment) -> TrainingRun:
    check(experiment, trains=True)
    return TrainingRun(experiment, held.run.speed if held.run else DEFAULT_SPEED, held.owner, held.files)
