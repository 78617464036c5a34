"""Rows of the task: its choice, its fields, and those that stand under More. A task without rows here gets one for each number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from app.widgets.controls import Edit, Panel, Parts
from app.widgets.session import desk
from app.words.tasks import TIMES_APART, task_name, task_words, times_in_text
from app.words.training_parameters import TASK
from app.words.typed_numbers import Numbers
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks import TASK_KINDS
from snncore.experiment.training import OF_THE_TASK


def add_task(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    """Add the choice of a task for one fixed input, and its fields.

    Args:
        edit: takes new values of fields of the Experiment, by path.
    """
    kind, does_spike = experiment.training.task.kind, experiment.network[-1].does_spike
    fitting = [name for name, task in TASK_KINDS.items() if not task.is_labelled and (does_spike or not task.needs_spikes)]
    rows.choice(
        TASK,
        "training.task",
        kind,
        fitting,
        lambda changes: _choose(changes["training.task"], edit),
        lambda name: task_name(name, does_spike),
    )
    TASK_ROWS.get(kind, _numbers)(rows, experiment, edit)


def add_more_of_task(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    """Add the fields that are rarely changed; `edit` as for `add_task`."""
    for name in MORE_FIELDS.get(experiment.training.task.kind, ()):
        _number(rows, experiment.training.task, name, edit)


def _choose(kind: str, edit: Edit) -> Parts:
    """Take another kind of task, fitted to the network's output; the same kind stays unchanged, also where a busy server is told twice."""
    present = desk().training.experiment
    shape = present.output_shape
    if kind == present.training.task.kind or shape is None:
        return None
    return edit({"training.task": TASK_KINDS[kind].fitting(shape).model_dump()})


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


TASK_ROWS: dict[str, Callable[[Panel, Experiment, Edit], None]] = {"spike_times": _spike_times}
"""Functions by kind that add a task's rows."""

MORE_FIELDS = {"spike_times": ("tolerance", "tau")}
"""Names of numbers that stand under More, by kind."""
