"""Words for changes made while a network trained."""

from __future__ import annotations

from app.words.layers import parameter_name
from app.words.parts import part_in_words
from app.words.tasks import task_words
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Experiment
from snncore.experiment.training import OF_THE_TASK

CHANGED = {
    "training.lr": "learning rate",
    "training.optimiser": "optimiser",
    "training.batch_size": "batch size",
    "training.schedule": "schedule of the learning rate",
}


def changes_in_words(experiment: Experiment) -> dict[int, str]:
    """Changes made while training, by their first epoch: "learning rate 0.001 → 0.01, LIF 2 θ learns"."""
    said: dict[int, list[str]] = {}
    for change in experiment.training.changes:
        before, after = experiment.in_force(change.epoch - 1), experiment.in_force(change.epoch)
        for sentence in _change_in_words(before, after, change.field):
            if sentence not in said.setdefault(change.epoch, []):
                said[change.epoch].append(sentence)
    return {epoch: ", ".join(sentences) for epoch, sentences in said.items()}


def _change_in_words(before: Experiment, after: Experiment, field: str) -> list[str]:
    if field.endswith(".learns"):
        return learning_in_words(before, after, int(field.split(".")[1]))
    if field.startswith(OF_THE_TASK):
        name, words = field.removeprefix(OF_THE_TASK), task_words(after.task)
        return [f"{words.field(name)} {words.value(name, before.at(field))} → {words.value(name, after.at(field))}"]
    what = CHANGED.get(field, "surrogate gradient")
    old, new = before.at(field), after.at(field)
    if isinstance(old, dict) and isinstance(new, dict) and old["kind"] == new["kind"]:
        return [f"{what} {name} {value:g} → {new[name]:g}" for name, value in old.items() if value != new[name]]
    return [f"{what} {_field_in_words(before, field)} → {_field_in_words(after, field)}"]


def learning_in_words(before: Experiment, after: Experiment, index: int) -> list[str]:
    """A phrase for each parameter of a layer that learns in only one of two Experiments: "LIF 2 θ learns"."""
    old, new = before.network[index], after.network[index]
    if not (isinstance(old, Learnable) and isinstance(new, Learnable)):
        return []
    phrases = []
    for name in (name for name in new.learnable if name in old.learnable):
        called = parameter_name(after, f"{index}.{name}")
        if name in new.learning and name not in old.learning:
            phrases.append(f"{called} {'learn' if called.endswith('weights') else 'learns'}")
        elif name in old.learning and name not in new.learning:
            phrases.append(f"{called} fixed")
    return phrases


def _field_in_words(experiment: Experiment, path: str) -> str:
    value = experiment.at(path)
    return part_in_words(value) if isinstance(value, dict) else value if isinstance(value, str) else f"{value:g}"
