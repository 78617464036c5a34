"""Rows of the task: its choice, its fields, and those that stand under More. A task without rows here gets one for each number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.widgets.controls import Edit, Panel, Parts
from app.widgets.labelled_rows import add_labelled, add_more_of_labelled
from app.widgets.session import desk
from app.words.tasks import LEARNED_NAMES, OWN_DATA, TIMES_APART, learned_name, task_words, times_in_text
from app.words.training_parameters import LEARNS
from app.words.typed_numbers import Numbers
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.recognition import digits, labelled, remember, yin_yang
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.experiment.tasks import TASK_KINDS
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.training import OF_THE_TASK

LEARNED: dict[str, Callable[[], Experiment]] = {"digits": digits, "yin_yang": yin_yang, "remember": remember}
"""Functions that return labelled data with a network that learns them, by kind of data. Data sets from outside get a usual network."""


def add_task(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    """Add the choice of what is learned, and its fields.

    Args:
        edit: takes new values of fields of the Experiment, by path.
    """
    task, does_spike = experiment.training.task, experiment.network[-1].does_spike
    kind = task.data.kind if isinstance(task, Classification) else task.kind
    takes_any = does_spike or task.is_labelled
    unlabelled = [name for name, each in TASK_KINDS.items() if not each.is_labelled and (takes_any or not each.needs_spikes)]
    offered = [*unlabelled, *LEARNED_NAMES, *_data_from_outside()]
    rows.choice(
        LEARNS,
        "training.task",
        kind,
        offered if kind in offered else [*offered, kind],
        lambda changes: _choose(changes["training.task"], edit),
        lambda name: learned_name(name, task, takes_any),
    )
    TASK_ROWS.get(task.kind, _numbers)(rows, experiment, edit)


def add_more_of_task(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    """Add the fields that are rarely changed; `edit` as for `add_task`."""
    task = experiment.training.task
    if isinstance(task, Classification):
        add_more_of_labelled(rows, experiment, task, edit)
    for name in MORE_FIELDS.get(task.kind, ()):
        _number(rows, task, name, edit)


def _choose(kind: str, edit: Edit) -> Parts:
    """Take another kind of task, fitted to the network's output, or data with a network that learns them.

    The same kind stays unchanged, also where a busy server is told twice. A network that learned labelled data gives way to the usual one.
    """
    held = desk()
    training = held.training
    present = training.experiment
    task, shape = present.training.task, present.output_shape
    training.own_data.is_asked = kind == OWN_DATA
    if kind in LEARNED or kind in _data_from_outside():
        if not (isinstance(task, Classification) and task.data.kind == kind):
            held.attempt(lambda: training.begin(LEARNED[kind]() if kind in LEARNED else labelled(DATA_KINDS[kind].model_validate({}))))
        return None
    if kind not in TASK_KINDS or kind == task.kind or shape is None:
        return None
    if not task.is_labelled:
        return edit({"training.task": TASK_KINDS[kind].fitting(shape).model_dump()})
    usual = ten_spikes()
    assert usual.output_shape is not None
    fitted = TASK_KINDS[kind].fitting(usual.output_shape).model_dump()
    held.attempt(lambda: training.begin(usual.replace({"training.task": fitted})))
    return None


def _data_from_outside() -> list[str]:
    """Return kinds of data sets from outside that need no values for their fields."""
    outside = {kind: each for kind, each in DATA_KINDS.items() if kind not in LEARNED_NAMES}
    return [kind for kind, each in outside.items() if not any(field.is_required() for field in each.model_fields.values())]


def _numbers(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    """Add a row for each number of the task."""
    task = experiment.task
    for name, field in type(task).model_fields.items():
        if field.annotation in (int, float):
            _number(rows, task, name, edit)


def _spike_times(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    task: Any = experiment.training.task
    words = task_words(task)
    numbers = Numbers(is_whole=True, low=0, high=experiment.input.shape[1] - 1)
    rows.text(
        words.parameter("times"),
        f"{OF_THE_TASK}times",
        task.times,
        times_in_text,
        lambda text: [[int(step) for step in numbers.read_all(part, "Target spikes")] for part in text.split(TIMES_APART)],
        edit,
        placeholder=times_in_text(((10, 40, 70), (20, 50))),
    )


def _number(rows: Panel, task: Any, name: str, edit: Edit) -> None:
    rows.number(task_words(task).parameter(name), f"{OF_THE_TASK}{name}", getattr(task, name), Numbers.of(type(task), name), edit)


TASK_ROWS: dict[str, Callable[[Panel, Experiment, Edit], None]] = {"spike_times": _spike_times, "classification": add_labelled}
"""Functions by kind that add a task's rows."""


MORE_FIELDS = {"spike_times": ("tolerance", "tau")}
"""Names of numbers that stand under More, by kind."""
