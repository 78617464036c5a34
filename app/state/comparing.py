"""What the training on one's desk is compared with: a pinned one, one with each surrogate, the same weights without normalisation."""

from __future__ import annotations

from app.server.limits import LARGEST_RECORD
from app.server.runner import TrainingRun
from app.state import training as driving
from app.state.desk import desk
from snncore.activation import SURROGATES
from snncore.diagnosis.remedies import without_normalisation
from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment
from snncore.run.simulation import Simulation, simulate

LARGEST_TRIAL = LARGEST_RECORD // 32
"""Bytes that the record of each of the trainings side by side may take."""


def pin() -> None:
    """Keeps the training as it stands, to compare others with."""
    desk().pinned = driving.run().past()


def unpin() -> None:
    desk().pinned = None


def pinned_pass(epoch: int) -> tuple[Simulation, int] | None:
    """What the pinned network did, and at which epoch: that one, or the nearest one before that was kept whole.

    None where nothing is pinned, or its rows can't be drawn beside those of the present network.
    """
    pinned = desk().pinned
    if pinned is None or not have_the_same_rows(pinned.experiment, driving.run().experiment):
        return None
    record = pinned.log.whole_at(epoch)
    return driving.forward_pass(pinned, record), record.epoch


def ask_why(asks: bool) -> None:
    """Shows what the same weights do without input normalisation, or no longer."""
    desk().asks_why = asks


def unnormalised_pass() -> Simulation | str | None:
    """The network at the epoch that is looked at, with the same weights, but the input of no layer multiplied by 1-α; None where none is.
    Where that can't be computed, why.
    """
    record = driving.seen_record()
    seen = driving.run().experiment.in_force(record.epoch)
    changes = without_normalisation(seen)
    if not changes:
        return None
    try:
        return simulate(seen.replace(changes), desk().files, parameters=record.parameters)[0]
    except ExperimentError as error:
        return f"Without input normalisation: {error}"


def try_surrogates() -> None:
    """Trains the same weights on the same input with each surrogate gradient, from epoch 0, as fast as it goes."""
    held = desk()
    with held.lock:
        held.complaint = None
        base = driving.present(held)
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
        held.resumes = held.run is not None and (held.run.is_running or (bool(held.trials) and held.resumes))
        held.end_trials()
        if held.run:
            held.run.pause()
        held.trials = trials
        for trial in trials.values():
            trial.play()


def close_trials() -> None:
    """Ends what is tried, and shows the training again, which goes on if it had been paused for that."""
    held = desk()
    with held.lock:
        held.end_trials()
        if held.resumes and held.run:
            held.run.play()


def use_trial(name: str) -> None:
    """Starts over with the surrogate gradient of that trial."""
    held = desk()
    with held.lock:
        trial = held.trials[name]
        driving.retrain(held, lambda: trial.experiment)


def have_the_same_rows(one: Experiment, other: Experiment) -> bool:
    """Whether what their layers did can be drawn one over the other."""
    shapes = [
        (experiment.input.shape, [(layer.kind, fit.shape) for layer, fit in zip(experiment.network, experiment.fits(), strict=True)])
        for experiment in (one, other)
    ]
    return shapes[0] == shapes[1]
