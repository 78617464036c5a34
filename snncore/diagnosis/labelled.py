"""Why a network doesn't learn labelled data: a layer that is silent for all samples, or spikes at every step.

Records of labelled data hold no layers, so a suspected layer is looked at again, in a run of some samples.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from snncore.diagnosis.layers import EVERY_STEP, SATURATED, Finding, Saturated, Silent, diagnose
from snncore.diagnosis.remedies import Changes, smaller_steps
from snncore.diagnosis.training_findings import SaturatedLayer, SilentLayer, TrainingFinding
from snncore.errors import ExperimentError
from snncore.experiment.inputs import Files
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord
from snncore.run.simulation import simulate

LOOKED_AT = 32
"""Most samples of a run in which a suspected layer is looked at."""

F = TypeVar("F", Silent, Saturated)


def layer_finding(experiment: Experiment, records: Sequence[EpochRecord], files: Files) -> TrainingFinding | None:
    """Return the first layer that is silent for all samples; else the first that spikes at every step; else None.

    Nothing is said before an epoch has learned.

    Args:
        records: all epochs so far, the last one whole.
        files: arrays that data and checkpoint name by their digest.
    """
    last = records[-1]
    places = [place for place, layer in enumerate(experiment.network) if isinstance(layer, NeuronSpec)]
    rates = {place: rate for place, rate in zip(places, last.rates, strict=False) if experiment.network[place].does_spike}
    silent = [place for place, rate in rates.items() if rate == 0][:1]
    busy = [place for place, rate in rates.items() if rate >= SATURATED * EVERY_STEP]
    if len(records) < 2 or not (silent or busy):
        return None
    now = _of(experiment, files, last.parameters)
    if now is None:
        return None
    for place in silent:
        found = _first(Silent, now[place])
        if found:
            since = next((number for number, record in enumerate(reversed(records)) if _rate(record, places, place)), len(records))
            changes = _remedies(experiment, files, place, found)
            return SilentLayer(layer=str(place), epochs=since, found=found, changes=changes, needs_restart=True)
    for place in busy:
        saturated = _first(Saturated, now[place])
        if saturated:
            changes = _remedies(experiment, files, place, saturated)
            return SaturatedLayer(layer=str(place), found=saturated, changes=changes, needs_restart=True)
    return None


def _remedies(experiment: Experiment, files: Files, place: int, found: F) -> tuple[Changes, ...]:
    """Return changes for a training that begins again: of the layer as it is then, or smaller steps if those have spoilt it."""
    first = _of(experiment, files, None)
    at_first = _first(type(found), first[place]) if first else None
    if at_first is None:
        return (smaller_steps(experiment, None),)
    return tuple({f"network.{place}.{name}": value for name, value in changes.items()} for changes in at_first.changes)


def _of(experiment: Experiment, files: Files, parameters: Parameters | None) -> dict[int, tuple[Finding, ...]] | None:
    """Return what is found of each layer in a run of some samples; None if a potential becomes infinite or NaN."""
    samples = min(LOOKED_AT, experiment.training.batch_size)
    some = experiment.replace({"input.shape": (samples, *experiment.input.shape[1:])})
    try:
        (simulation,) = simulate(some, files, parameters=parameters)
    except ExperimentError:
        return None
    return diagnose(simulation)


def _first(kind: type[F], found: Sequence[Finding]) -> F | None:
    return next((each for each in found if isinstance(each, kind)), None)


def _rate(record: EpochRecord, places: Sequence[int], place: int) -> float:
    return record.rates[places.index(place)]
