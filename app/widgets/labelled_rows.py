"""Rows of a task with labelled data: what is asked first, and its data, encoding, readout and loss under More."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from app.widgets.controls import Edit, Panel, Parts
from app.widgets.session import desk
from app.words.labelled_parameters import DATA_FIELDS, ENCODING, ENCODING_FIELDS, criterion_name, encoding_name, readout_name
from app.words.numbers import capitalised
from app.words.parameter import Parameter
from app.words.tasks import task_words
from app.words.training_parameters import BATCH_SIZE, SCHEDULE
from app.words.typed_numbers import Numbers
from snncore.experiment import edits
from snncore.experiment.data import DataSet
from snncore.experiment.encodings import Encoding, kinds_taking
from snncore.experiment.readouts import OF_POTENTIALS, OF_SPIKES
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.training import OF_THE_TASK, Training

FIRST_OF_DATA = {"remember": "delay"}
"""The field of a data set that stands first, where one decides how hard it is; elsewhere the penalty on firing rates does."""


def add_labelled(rows: Panel, experiment: Experiment, edit: Edit) -> None:
    """Add the row that matters most."""
    task = experiment.training.task
    assert isinstance(task, Classification)
    name = FIRST_OF_DATA.get(task.data.kind)
    if name:
        _of_data(rows, experiment, task.data, name, edit)
    else:
        _number(rows, task, "penalty", edit)


def add_more_of_labelled(rows: Panel, experiment: Experiment, task: Classification, edit: Edit) -> None:
    """Add rows of data, encoding, readout, loss and batches."""
    for name in parameters_of(task.data, DATA_FIELDS):
        if name != FIRST_OF_DATA.get(task.data.kind):
            _of_data(rows, experiment, task.data, name, edit)
    if task.data.steps is None:
        kinds = kinds_taking(task.data.sample_shape)
        rows.choice(ENCODING, f"{OF_THE_TASK}encoding", task.encoding.kind, kinds, _encode, encoding_name)
        for name, parameter in parameters_of(task.encoding, ENCODING_FIELDS).items():
            value = getattr(task.encoding, name)
            rows.number(parameter, f"{OF_THE_TASK}encoding.{name}", value, Numbers.of(type(task.encoding), name), edit)
    words = task_words(task)
    does_spike = experiment.network[-1].does_spike
    readouts = [*(OF_SPIKES if does_spike else ()), *OF_POTENTIALS]
    rows.choice(words.parameter("readout"), f"{OF_THE_TASK}readout", task.readout, readouts, edit, readout_name)
    rows.choice(words.parameter("criterion"), f"{OF_THE_TASK}criterion", task.criterion, ("cross_entropy", "counts"), edit, criterion_name)
    numbers = [*(("right", "others") if task.criterion == "counts" else ()), *(("penalty",) if task.data.kind in FIRST_OF_DATA else ())]
    for name in (*numbers, "accuracy"):
        _number(rows, task, name, edit)
    training = experiment.training
    rows.number(BATCH_SIZE, "training.batch_size", training.batch_size, Numbers.of(Training, "batch_size"), edit)
    rows.choice(SCHEDULE, "training.schedule", training.schedule, ("constant", "cosine"), edit, str.capitalize)


def parameters_of(part: DataSet | Encoding, known: Mapping[str, Mapping[str, Parameter]]) -> Mapping[str, Parameter]:
    """Return words for the numbers of a data set or an encoding; a kind from outside has the names of its fields."""
    if part.is_built_in():
        return known.get(part.kind, {})
    numbers = (name for name, field in type(part).model_fields.items() if field.annotation in (int, float))
    return {name: Parameter(capitalised(name.replace("_", " "))) for name in numbers}


def _number(rows: Panel, task: Classification, name: str, edit: Edit) -> None:
    rows.number(task_words(task).parameter(name), f"{OF_THE_TASK}{name}", getattr(task, name), Numbers.of(type(task), name), edit)


def _encode(changes: dict[str, Any]) -> Parts:
    """Start over with another encoding; the input and the network follow what it gives."""
    (kind,) = changes.values()
    held = desk()
    training = held.training
    held.attempt(lambda: training.begin(Experiment(**dict(edits.encode(training.experiment.draft, kind)))))
    return None


def _of_data(rows: Panel, experiment: Experiment, data: Any, name: str, edit: Edit) -> None:
    """Add a number of the data set. If it decides how long a sample lasts, the input follows."""
    path = f"{OF_THE_TASK}data.{name}"

    def change(changes: dict[str, Any]) -> Parts:
        samples, _, *shape = experiment.input.shape
        try:
            steps = type(data)(**{**data.model_dump(), name: changes[path]}).steps
        except ValidationError:
            steps = None  # which the edit refuses in a sentence
        return edit(changes if steps is None else {**changes, "input.shape": (samples, steps, *shape)})

    rows.number(parameters_of(data, DATA_FIELDS)[name], path, getattr(data, name), Numbers.of(type(data), name), change)
