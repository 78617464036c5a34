"""Why a training is silent, diverges or doesn't learn, in numbers, with changes of its Experiment that would help.

The words are left to whoever shows them; `snncore.diagnosis.layers` does the same for a simulation.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from snncore.diagnosis.gradient_flow import growth, largest_surrogate
from snncore.diagnosis.known import has_surrogate, is_known
from snncore.diagnosis.labelled import layer_finding
from snncore.diagnosis.remedies import (
    Changes,
    fewer_spikes_wanted,
    larger_steps,
    limited_growth,
    lower_threshold,
    most_output_spikes,
    multi_spike_output,
    single_exponential,
    smaller_steps,
    unit_grad_scale,
    useful,
    without_normalisation,
)
from snncore.diagnosis.training_findings import (
    Diverged,
    Diverging,
    ExplodingGradient,
    NoGradient,
    NoProgress,
    StaysSilent,
    TrainingFinding,
    UnreachableTarget,
)
from snncore.errors import DivergenceError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord

TREND_EPOCHS = 5
"""Number of epochs over which a trend is measured."""

STEADY = 1e-3
"""A change of u/θ below this over the trend's epochs counts as none."""

RUNAWAY = 10
"""A loss diverges if it is at least this many times the least loss so far, and this many times the loss of a silent output."""

EXPLODING = 1e3
"""A gradient that a layer may multiply by this factor on its way back through time counts as exploding."""

VANISHED = 1e-12
"""Norms of gradients and values of surrogates below this count as zero."""

SILENT_EPOCHS = 20
"""An output that was silent for this many epochs without coming near its threshold needs help."""

STAGNANT_EPOCHS = 100
"""A training whose loss didn't fall for this many epochs needs help."""


@dataclass(frozen=True)
class Silence:
    """No output spike in the last epoch.

    Attributes:
        layer: name of the first silent spiking layer; the layers after it get no spikes from it.
        is_output: whether that layer is the network's last.
        largest_u_over_threshold: max u/θ of that layer, below 1.
        trend: trend of that number over the last epochs, None in the first epoch.
        loss, loss_is_flat: the last loss, and whether it stayed the same over the last epochs.
    """

    layer: str
    is_output: bool
    largest_u_over_threshold: float
    trend: Literal["rising", "falling", "steady"] | None
    loss: float
    loss_is_flat: bool


def silence(records: Sequence[EpochRecord]) -> Silence | None:
    """Return why the last epoch had no output spike; None if it had some, its output isn't spikes, or its record has no layers."""
    last = records[-1]
    if last.spikes or not last.does_spike or not last.layers:
        return None
    index = next(number for number, layer in enumerate(last.layers) if not layer.spikes.any())
    recent = [record.reach[index] for record in records[-TREND_EPOCHS:]]
    losses = [record.loss for record in records[-TREND_EPOCHS:]]
    return Silence(
        layer=last.layers[index].name,
        is_output=index == len(last.layers) - 1,
        largest_u_over_threshold=recent[-1],
        trend=_trend(recent),
        loss=last.loss,
        loss_is_flat=len(losses) > 1 and min(losses) == max(losses),
    )


def findings(
    experiment: Experiment,
    records: Sequence[EpochRecord],
    divergence: DivergenceError | None = None,
    trained: Experiment | None = None,
    files: Files = NO_FILES,
) -> list[TrainingFinding]:
    """Return what is wrong with a training, the most urgent finding first.

    If one finding causes another, only the cause is returned.

    Args:
        experiment: the Experiment in force now.
        records: records of all epochs so far, the last one whole. Only epochs with the present task count for the course of the loss.
            Without records only the Experiment itself is judged; with labelled data, whose records hold no layers, the loss too, and
            layers that are silent or spike at every step.
        divergence: the error that ended the training, if one did.
        trained: the Experiment in force in the last epoch, if it was a different one. Gradients from another surrogate say nothing about
            the present one.
        files: arrays that labelled data and a checkpoint name by their digest.
    """
    learned = records if experiment.training.task.is_labelled else ()
    records = () if learned else records
    unreachable = _unreachable_target(experiment)
    goes_on = bool(records) and not records[-1].is_reached
    exploding = _exploding_gradient(experiment, records[-1]) if goes_on else None
    ended = _diverged(experiment, records, divergence, exploding) if divergence else None
    is_same = trained is None or trained.network == experiment.network
    course = _course(experiment, records, unreachable, exploding) if goes_on and is_same and not divergence else None
    if learned and not (learned[-1].is_reached or divergence):
        course = layer_finding(experiment, learned, files) or _no_progress(experiment, _of_present_task(experiment, learned))
    found = (ended, unreachable, exploding, course)
    return [replace(finding, changes=useful(experiment, finding.changes)) for finding in found if finding]


def _course(
    experiment: Experiment, records: Sequence[EpochRecord], unreachable: UnreachableTarget | None, exploding: ExplodingGradient | None
) -> TrainingFinding | None:
    """Return what the course of a training shows that hasn't reached its goal."""
    since = _of_present_task(experiment, records)
    is_cut_short = exploding is not None and not records[-1].gradient_norms  # the backward pass ended at the first that was not finite
    return (
        _diverging(experiment, records, since)
        or (None if is_cut_short else _no_gradient(experiment, records))
        or _stays_silent(experiment, records)
        or (None if unreachable else _no_progress(experiment, since))
    )


def _unreachable_target(experiment: Experiment) -> UnreachableTarget | None:
    samples, steps = experiment.input.shape[:2]
    task, most = experiment.task, most_output_spikes(experiment)
    target = task.spikes_wanted(samples)
    if most is None or target is None or target <= most:
        return None
    outputs = math.prod(experiment.fits()[-1].shape or ())
    return UnreachableTarget(
        target=target,
        most=most,
        samples=samples,
        steps=steps,
        outputs=outputs,
        most_per_step=most // (samples * steps * outputs),
        changes=(fewer_spikes_wanted(experiment, most), multi_spike_output(experiment)),
    )


def _diverged(
    experiment: Experiment, records: Sequence[EpochRecord], divergence: DivergenceError, exploding: ExplodingGradient | None
) -> Diverged:
    smaller = (smaller_steps(experiment, records[0] if records else None), unit_grad_scale(experiment))
    return Diverged(
        epoch=divergence.epoch,
        layer=divergence.layer.partition(".")[0],
        quantity=divergence.quantity,
        changes=(exploding.changes if exploding else ()) or smaller,
        needs_restart=True,
    )


def _diverging(experiment: Experiment, records: Sequence[EpochRecord], since: Sequence[EpochRecord]) -> Diverging | None:
    """Return a finding if the loss ran away and won't come back.

    It ran away over the trend's epochs and isn't falling, or has no gradient that could bring it back.
    """
    best = min(since, key=lambda record: record.loss)
    last, recent = since[-1], since[-TREND_EPOCHS:]
    least = RUNAWAY * max(best.loss, experiment.task.silent_loss(last.output.shape))
    stays = len(since) > TREND_EPOCHS and min(record.loss for record in recent) >= least and last.loss >= recent[0].loss
    is_lost = last.loss >= least and _largest_norm(last) < VANISHED
    if not (stays or is_lost):
        return None
    lr = smaller_steps(experiment, records[0])
    return Diverging(best_loss=best.loss, best_epoch=best.epoch, loss=last.loss, changes=(lr,), needs_restart=True)


def _exploding_gradient(experiment: Experiment, last: EpochRecord) -> ExplodingGradient | None:
    spiking = {int(record.name): record for record in last.layers if record.does_spike and is_known(experiment.network[int(record.name)])}
    grown = {index: growth(experiment.network[index], record, last.parameters) for index, record in spiking.items()}
    exploding = [index for index, found in grown.items() if found.product >= EXPLODING]
    if not exploding:
        return None
    worst = max(exploding, key=lambda index: grown[index].product)
    return ExplodingGradient(
        layer=str(worst),
        factor=grown[worst].factor,
        product=grown[worst].product,
        steps=grown[worst].steps,
        changes=limited_growth(experiment, spiking, exploding, last.parameters, EXPLODING),
    )


def _no_gradient(experiment: Experiment, records: Sequence[EpochRecord]) -> NoGradient | None:
    last = records[-1]
    if _largest_norm(last) >= VANISHED:
        return None
    layers = {record.name: (experiment.network[int(record.name)], record) for record in last.layers if record.does_spike}
    surrogates = {name: largest_surrogate(layer, record) for name, (layer, record) in layers.items() if has_surrogate(layer)}
    if not surrogates:
        return None
    dead = [name for name, largest in surrogates.items() if largest < VANISHED]
    overshoot = _overshoot(experiment, records)
    return NoGradient(
        loss=last.loss,
        largest_norm=max(last.gradient_norms.values(), default=None),
        layer=dead[-1] if dead else None,
        largest_surrogate=surrogates[dead[-1]] if dead else min(surrogates.values()),
        overshoot=overshoot,
        changes=(smaller_steps(experiment, records[0]) if overshoot else single_exponential(experiment),),
        needs_restart=overshoot is not None,
    )


def _stays_silent(experiment: Experiment, records: Sequence[EpochRecord]) -> StaysSilent | None:
    epochs = next((number for number, record in enumerate(reversed(records)) if record.spikes), len(records))
    now = silence(records)
    if epochs < SILENT_EPOCHS or now is None:
        return None
    last = records[-1]
    index = next(number for number, layer in enumerate(last.layers) if layer.name == now.layer)
    pace = (last.reach[index] - records[-TREND_EPOCHS].reach[index]) / (TREND_EPOCHS - 1)
    to_go = (1 - last.reach[index]) / pace if now.trend == "rising" else None
    if to_go is not None and to_go <= _epochs_left(experiment, last):
        return None
    overshoot = _overshoot(experiment, records)
    changes: list[Changes] = [larger_steps(experiment, 10)]
    largest_u = min(float(record.layers[index].u.max()) for record in (records[0], last) if record.is_whole)
    if largest_u > 0:
        stronger = [without_normalisation(experiment), lower_threshold(int(now.layer), largest_u)]
        changes = [*changes, *stronger] if to_go is not None else [*stronger, *changes]
    return StaysSilent(
        layer=now.layer,
        is_output=now.is_output,
        epochs=epochs,
        largest_u_over_threshold=now.largest_u_over_threshold,
        epochs_to_go=to_go,
        overshoot=overshoot,
        changes=(smaller_steps(experiment, records[0]),) if overshoot else tuple(changes),
        needs_restart=overshoot is not None,
    )


def _no_progress(experiment: Experiment, since: Sequence[EpochRecord]) -> NoProgress | None:
    """Suggest half the learning rate if steps lead past the goal and back, else more."""
    best = min(since, key=lambda record: record.loss)
    if since[-1].epoch - best.epoch < STAGNANT_EPOCHS or not any(record.spikes for record in since[-SILENT_EPOCHS:]):
        return None
    meanwhile = [record.score for record in since if record.epoch > best.epoch]
    oversteps = experiment.task.oversteps([record.score for record in since[-STAGNANT_EPOCHS:]])
    return NoProgress(
        best_loss=best.loss,
        best_epoch=best.epoch,
        fewest=min(meanwhile),
        most=max(meanwhile),
        changes=(larger_steps(experiment, 0.5 if oversteps else 10),),
    )


# ------------------------------------------------------------------------------------------------------- details


def _trend(values: Sequence[float]) -> Literal["rising", "falling", "steady"] | None:
    if len(values) < 2:
        return None
    change = values[-1] - values[0]
    if abs(change) < STEADY:
        return "steady"
    return "rising" if change > 0 else "falling"


def _of_present_task(experiment: Experiment, records: Sequence[EpochRecord]) -> Sequence[EpochRecord]:
    """Return the records since the task last changed; at least the last one, measured by the present task."""
    task = experiment.task
    others = next((number for number, record in enumerate(reversed(records)) if record.task != task), len(records))
    return records[-others:] if others else [records[-1].measured_by(task)]


def _largest_norm(record: EpochRecord) -> float:
    return max(record.gradient_norms.values(), default=0.0)


def _overshoot(experiment: Experiment, records: Sequence[EpochRecord]) -> tuple[int, float] | None:
    """Return epoch and count of the most spikes, if too many then and none now."""
    most = max(records, key=lambda record: record.spikes)
    wanted = experiment.task.spikes_wanted(experiment.input.shape[0])
    is_lost = wanted is not None and most.spikes > wanted and records[-1].spikes == 0
    return (most.epoch, most.spikes) if is_lost else None


def _epochs_left(experiment: Experiment, last: EpochRecord) -> int:
    """Return the epochs left until training stops, as it does after each `training.epochs`."""
    return experiment.training.epochs - (last.epoch + 1) % experiment.training.epochs
