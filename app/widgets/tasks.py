"""Controls of the task: its choice and its fields. A task without controls here gets a field for each number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.plain import caption
from app.widgets.controls import Edit, choice, number, text_field
from app.widgets.session import desk
from app.words.tasks import TIMES_APART, task_name, task_words, times_in_text
from app.words.typed_numbers import Numbers
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks import TASK_KINDS, Task
from snncore.experiment.training import OF_THE_TASK


def task_controls(experiment: Experiment, edit: Edit) -> None:
    """Show the choice of a task, with its controls beside and below.

    Args:
        edit: takes new values of fields of the Experiment, by path.
    """
    task = experiment.training.task
    left, right = st.columns(2, gap="small")
    with left:
        choice(
            "Task",
            "training.task",
            task.kind,
            list(TASK_KINDS),
            "",
            lambda changes: _choose(changes["training.task"], edit),
            task_name,
        )
    TASK_CONTROLS.get(task.kind, _numbers)(experiment, right, edit)


def _choose(kind: str, edit: Edit) -> None:
    """Take another kind of task, fitted to the network's output; the same kind stays unchanged, also where a busy server is told twice."""
    present = desk().training.experiment
    shape = present.output_shape
    if kind != present.training.task.kind and shape is not None:
        edit({"training.task": TASK_KINDS[kind].fitting(shape).model_dump()})


def _numbers(experiment: Experiment, beside: Any, edit: Edit) -> None:
    """Show a field for each number of the task, with a line about it."""
    task = experiment.training.task
    names = [name for name, field in type(task).model_fields.items() if field.annotation in (int, float)]
    for place, name in enumerate(names):
        if place == 0:
            with beside:
                _number(task, name, edit)
        else:
            _number(task, name, edit)
        caption(task_words(task).note(name))


def _spike_times(experiment: Experiment, beside: Any, edit: Edit) -> None:
    task: Any = experiment.training.task
    words, steps = task_words(task), experiment.input.shape[1]
    numbers = Numbers(is_whole=True, low=0, high=steps - 1)
    with beside:
        _number(task, "tolerance", edit, help=words.note("tolerance"))
    left, right = st.columns((2.4, 1), gap="small")
    with left:
        text_field(
            words.label("times"),
            f"{OF_THE_TASK}times",
            task.times,
            times_in_text,
            lambda text: [[int(step) for step in numbers.read_all(part, "Target spikes")] for part in text.split(TIMES_APART)],
            lambda times: edit({f"{OF_THE_TASK}times": times}),
            placeholder=times_in_text(((10, 40, 70), (20, 50))),
        )
    with right:
        _number(task, "tau", edit, help=words.note("tau"))
    caption(words.note("times"))


def _number(task: Task, name: str, edit: Edit, **widget: Any) -> None:
    label, numbers = task_words(task).label(name), Numbers.of(type(task), name)
    number(label, f"{OF_THE_TASK}{name}", getattr(task, name), "", edit, numbers, **widget)


TASK_CONTROLS: dict[str, Callable[[Experiment, Any, Edit], None]] = {"spike_times": _spike_times}
"""Functions by kind that draw a task's controls, the first of them beside the choice."""
