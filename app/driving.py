"""What is done to the training on one's desk: it is made, edited, changed while it runs, looked back at, compared."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app import session
from app.desk import Desk, desk
from app.limits import LARGEST_RECORD, MOST_EPOCHS, check_training
from app.runner import PastRun, TrainingRun
from snncore import checkpoint
from snncore.activation import SURROGATES
from snncore.bptt import EpochRecord
from snncore.errors import ExperimentError, SNNCoreError
from snncore.remedies import without_normalisation
from snncore.simulation import Simulation, simulate
from snncore.spec import Experiment, is_changeable

DEFAULT_SPEED = 8.0
"""Epochs per second at which a training is watched."""

LARGEST_TRIAL = LARGEST_RECORD // 32
"""Bytes that the record of each of the trainings side by side may take."""


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
    training = run()
    if training.has_reached_limit:
        training.epoch_limit = min(training.epoch_limit + training.experiment.training.epochs, MOST_EPOCHS)
    training.play()


def edit(changes: dict[str, Any]) -> bool:
    """Starts over at epoch 0 with some fields of the Experiment changed. An edit that can't be built changes nothing but the message.

    Returns:
        Whether the Experiment is another now.
    """
    held = desk()
    with held.lock:
        return _retrain(held, lambda: _present(held).replace(changes))


def change(changes: dict[str, Any]) -> bool:
    """Goes on training with some fields changed, and notes that in the Experiment; before anything was trained, or where a field can't be
    changed meanwhile, that is an edit.

    Returns:
        Whether the Experiment is another now.
    """
    held = desk()
    with held.lock:
        can_go_on = held.run is not None and len(held.run.records) > 1 and held.run.failure is None and all(map(is_changeable, changes))
        if held.run is None or not can_go_on:
            return _retrain(held, lambda: _present(held).replace(changes))
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
        _retrain(held, lambda: Experiment.from_json(text))


def bring_back(name: str, content: bytes) -> None:
    """Starts over with an Experiment (JSON), or with trained weights and theirs (safetensors), from a file."""
    held = desk()
    with held.lock:
        if name.endswith(".json"):
            _retrain(held, lambda: Experiment.from_json(content.decode(errors="replace")))
            return
        try:
            found = checkpoint.read(name, content)
        except SNNCoreError as error:
            held.complaint = str(error)
            return
        session.keep_weights(found)
        _retrain(held, lambda: found.experiment)


def restart() -> None:
    """Same weights, from epoch 0, with what is in force now from the start."""
    held = desk()
    with held.lock:
        assert held.run is not None
        held.complaint = None
        held.run.pause()
        experiment = _present(held)
        held.run, held.scrubbed = _new_run(held, experiment), None
        held.accept(experiment.draft, experiment)


# ------------------------------------------------------------------------------------------------- looking at it


def scrub(epoch: int | None) -> None:
    """Looks at an epoch that is past; at the last one, or with None, follows the training again."""
    held = desk()
    held.scrubbed = None if epoch is None or epoch >= len(run().records) - 1 else epoch


def seen_record() -> EpochRecord:
    """The record of the epoch that is looked at; of those that were reduced to numbers, the nearest whole one before."""
    training, scrubbed = run(), desk().scrubbed
    last = len(training.records) - 1
    return training.log.whole_at(last if scrubbed is None else min(scrubbed, last))


def note_drawn() -> None:
    """The whole page, or all of it that changes, is being drawn for the training as it stands now."""
    held = desk()
    held.drawn_for = _state(held)


def is_drawn() -> bool:
    """Whether the page was drawn for this training, and for its running or resting."""
    held = desk()
    return held.drawn_for == _state(held)


def is_moving() -> bool:
    """Whether something that the page shows changes by itself."""
    held = desk()
    return any(training.is_running for training in (held.run, *held.trials.values()) if training)


# ------------------------------------------------------------------------------------------------- comparing it


def pin() -> None:
    """Keeps the training as it stands, to compare others with."""
    desk().pinned = run().past()


def unpin() -> None:
    desk().pinned = None


def pinned_pass(epoch: int) -> Simulation | None:
    """What the pinned network did at that epoch, or at its last one; None where nothing is pinned, or its rows are others."""
    pinned = desk().pinned
    if pinned is None or not _have_the_same_rows(pinned.experiment, run().experiment):
        return None
    return forward_pass(pinned, pinned.log.whole_at(epoch))


def forward_pass(training: TrainingRun | PastRun, record: EpochRecord) -> Simulation:
    """What the record of an epoch holds of the network."""
    layers = {int(layer.name): layer for layer in record.layers}
    return Simulation(training.experiment, training.input, (), layers, {})


def ask_why(asks: bool) -> None:
    """Shows what the same weights do without input normalisation, or no longer."""
    desk().asks_why = asks


def unnormalised_pass() -> Simulation | None:
    """The network at the epoch that is looked at, with the same weights, but the input of no layer multiplied by 1-α; None where none is.

    Raises:
        ExperimentError: a potential leaves the finite numbers.
    """
    record = seen_record()
    seen = run().experiment.in_force(record.epoch)
    changes = without_normalisation(seen)
    return simulate(seen.replace(changes), desk().files, parameters=record.parameters)[0] if changes else None


def try_surrogates() -> None:
    """Trains the same weights on the same input with each surrogate gradient, from epoch 0, as fast as it goes."""
    held = desk()
    with held.lock:
        held.complaint = None
        base = _present(held)
        spiking = [index for index, layer in enumerate(base.network) if layer.does_spike]
        try:
            trials = {
                surrogate.__name__: TrainingRun(
                    base.replace({f"network.{index}.surrogate_grad_fn": surrogate.__name__ for index in spiking}),
                    speed=None,
                    owner=held.owner,
                    files=held.files,
                    most_bytes=LARGEST_TRIAL,
                    begins_later=True,
                )
                for surrogate in SURROGATES
            }
        except ExperimentError as error:
            held.complaint = str(error)
            return
        _end_trials(held)
        if held.run:
            held.run.pause()
        held.trials = trials
        for trial in trials.values():
            trial.play()


def close_trials() -> None:
    """Ends what is tried, and shows the training again."""
    held = desk()
    with held.lock:
        _end_trials(held)


def use_trial(name: str) -> None:
    """Starts over with the surrogate gradient of that trial."""
    held = desk()
    with held.lock:
        trial = held.trials[name]
        _end_trials(held)
        _retrain(held, lambda: trial.experiment)


# ------------------------------------------------------------------------------------------------------- details


def _end_trials(held: Desk) -> None:
    for trial in held.trials.values():
        trial.pause()
    held.trials = {}


def _state(held: Desk) -> object:
    run = held.run
    trials = tuple(trial.id for trial in held.trials.values())
    return run and (run.id, run.is_running, trials, any(trial.is_running for trial in held.trials.values()))


def _have_the_same_rows(one: Experiment, other: Experiment) -> bool:
    """Whether what their layers did can be drawn one over the other."""
    shapes = [
        (experiment.input.shape, [(layer.kind, fit.shape) for layer, fit in zip(experiment.network, experiment.fits(), strict=True)])
        for experiment in (one, other)
    ]
    return shapes[0] == shapes[1]


def _present(held: Desk) -> Experiment:
    """The Experiment with what its training has come to, as if it had been so from the start."""
    return held.run.in_force if held.run and held.run.experiment == held.experiment else held.experiment


def _retrain(held: Desk, make: Callable[[], Experiment]) -> bool:
    """Takes the Experiment that `make` returns, or keeps everything and the reason why it can't be."""
    held.complaint = None
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
    held.accept(experiment.draft, experiment)
    held.run, held.scrubbed = new, None
    if was_running:
        new.play()
    return True


def _new_run(held: Desk, experiment: Experiment) -> TrainingRun:
    check_training(experiment)  # before anything is built
    return TrainingRun(experiment, held.run.speed if held.run else DEFAULT_SPEED, held.owner, held.files)
