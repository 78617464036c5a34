"""Words for comparisons: differences of two Experiments, results of trainings, the effect of normalised input."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from app.words.changes import CHANGED, changes_in_words, learning_in_words
from app.words.inputs import input_name
from app.words.layers import layer_in_words, symbol_of
from app.words.numbers import counted, listed, ordinal, reach_in_words
from app.words.parts import part_in_words
from app.words.tasks import task_name, task_words
from app.words.training import Course
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.spec import Experiment
from snncore.experiment.training import OF_THE_TASK
from snncore.run.bptt import EpochRecord
from snncore.run.measures import input_gains
from snncore.run.simulation import Simulation


class Past(Protocol):
    """Snapshot of a training, such as `app.server.runner.PastRun`."""

    @property
    def records(self) -> list[EpochRecord]: ...


LINK_WITHOUT_A = "The link holds what is set now, not A. This page keeps A when it is loaded again."
"""Said beside the button that copies a page's link, where A is pinned."""

Path = tuple[str, ...]

NAMES = {
    **CHANGED,
    "training.epochs": "epochs at most",
    "seeds.weights": "weight seed",
    "seeds.input": "input seed",
    "seeds.noise": "noise seed",
    "input.shape": "input shape",
}


def differences(one: Experiment, other: Experiment) -> list[str]:
    """A phrase for each difference, such as "τ_mem of LIF 2 and LIF 4 10 → 20"."""
    found: dict[tuple[str, str], list[str]] = {}
    if [layer.kind for layer in one.network] != [layer.kind for layer in other.network]:
        found["network", f"{_line(one)} → {_line(other)}"] = []
    else:
        for number, (before, after) in enumerate(zip(one.network, other.network, strict=True)):
            for path, values in _changed(before.model_dump(exclude={"learns"}), after.model_dump(exclude={"learns"})):
                name = " ".join(symbol_of(before, part) for part in path)
                found.setdefault((name, values), []).append(one.layer_label(str(number)))
    for part in ("input", "training", "seeds", "dt"):
        for path, values in _changed(one.model_dump()[part], other.model_dump()[part]):
            name = ".".join((part, *path))
            if name.startswith(OF_THE_TASK):
                words, field = task_words(other.task), path[-1]
                found[words.field(field), _arrow(*(words.value(field, each.at(name)) for each in (one, other)))] = []
            elif name == "training.task":
                found[
                    "task", _arrow(*(task_name(each.training.task.kind, each.network[-1].does_spike).lower() for each in (one, other)))
                ] = []
            elif name != "training.changes":
                found[NAMES.get(name, name.replace(".", " ")), values] = []
    if one.checkpoint != other.checkpoint:
        found["loaded weights", _arrow(*(named.name if named else "none" for named in (one.checkpoint, other.checkpoint)))] = []
    phrases = [f"{name}{' of ' + listed(owners) if owners else ''} {values}" for (name, values), owners in found.items()]
    return phrases + _learning(one, other) + _changes(one, other)


def pinned_in_words(how: str, result: str, phrases: Sequence[str], nothing: str) -> str:
    """Return what A is and how the present differs from it, the same on every page.

    Args:
        how: how A is drawn, or why it isn't.
        result: what came of A.
        phrases: the differences.
        nothing: what is said where there are none.
    """
    differs = f"Differs from A: {'; '.join(phrases)}." if phrases else nothing
    return f"A ({how}): {result}. {differs}"


def past_in_words(past: Past) -> str:
    """Result of a past training."""
    return _came_to(past.records[-1])


def trial_in_words(trial: Course) -> str:
    """Progress of one of the trainings side by side."""
    place = trial.place_in_line
    if place:
        return f"waiting, {ordinal(place)} in line"
    if trial.failure:
        return "diverged" if trial.divergence else "stopped on an error"
    if not trial.records:
        return "starting"
    words = _came_to(trial.records[-1])
    if trial.is_running or trial.has_reached_target:
        return words
    has_learned = any(record.spikes != trial.records[0].spikes or record.reach != trial.records[0].reach for record in trial.records)
    return words if has_learned else f"nothing learned in {counted(len(trial.records), 'epoch')}"


def why_in_words(experiment: Experiment, record: EpochRecord, without: Simulation) -> str:
    """Effect of normalised input at an epoch, and what the same weights do without it.

    Args:
        experiment: the Experiment in force at that epoch.
    """
    gains = input_gains(experiment, record)
    factors = listed(sorted({f"{gain:.3g}" for each in gains.values() for gain in each.ravel()[[each.argmin(), each.argmax()]]}))
    names = [experiment.layer_label(str(index)) for index in gains]
    reach = [layer.largest_u_over_threshold for layer in without.records.values()]
    dropped = ", and without Dropout," if any(layer.is_noisy for layer in experiment.network) else ","
    return (
        f"Normalised input multiplies that of {listed(names)} by 1-α = {factors}; the output's largest u/θ is "
        f"{reach_in_words(record.reach[-1])}. Without it{dropped} the same weights (dotted) reach {reach_in_words(reach[-1])} and fire "
        f"{counted(without.outputs[-1].sum(), 'spike')}."
    )


def _came_to(record: EpochRecord) -> str:
    return f"{task_words(record.task).came_to(record.score)} at epoch {record.epoch}"


def _learning(one: Experiment, other: Experiment) -> list[str]:
    """Phrases for parameters that learn in only one Experiment, if both have the same kinds of layers."""
    if [layer.kind for layer in one.network] != [layer.kind for layer in other.network]:
        return []
    return [phrase for index in range(len(one.network)) for phrase in learning_in_words(one, other, index)]


def _changes(one: Experiment, other: Experiment) -> list[str]:
    """Phrases for changes made in training that differ between the two."""
    before, after = changes_in_words(one), changes_in_words(other)
    phrases = []
    for epoch in sorted({*before, *after}):
        was, now = before.get(epoch), after.get(epoch)
        if was and not now:
            phrases.append(f"not changed at epoch {epoch}: {was}")
        elif now and now != was:
            phrases.append(f"changed at epoch {epoch}: {now}{f' instead of {was}' if was else ''}")
    return phrases


def _changed(before: Any, after: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Yield the path of each differing field with "before → after"; parts of different kinds differ as a whole, and so do resets."""
    is_reset = path == ("reset_fn",)
    if isinstance(before, dict) and isinstance(after, dict) and before.get("kind") == after.get("kind") and not is_reset:
        for name, value in before.items():
            yield from _changed(value, after.get(name), (*path, name))
    elif before != after:
        yield path, _arrow(_in_words(before), _in_words(after))


def _arrow(before: str, after: str) -> str:
    return f"{before} → {after}" if before != after else f"{before} → other {before}"


def _in_words(value: Any) -> str:
    match value:
        case {"kind": kind}:
            return input_name(kind) if kind in INPUT_KINDS else part_in_words(value)
        case None:
            return "none"
        case bool():
            return "on" if value else "off"
        case int() | float():
            return str(value) if float(f"{value:.6g}") != value else f"{value:.6g}"
        case tuple() | list() if len(value) > 5:
            return f"{len(value)} values"
        case tuple() | list():
            return f"({', '.join(map(_in_words, value))})"
    return str(value)


def _line(experiment: Experiment) -> str:
    return " · ".join(map(layer_in_words, experiment.network))
