"""Words for a training on labelled data: its status, and a network's answers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.words.numbers import capitalised, counted, operations_in_words, three_digits
from app.words.tasks import task_words
from snncore.experiment.data.base import DataSet
from snncore.experiment.spec import Draft, Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.run.epoch import EpochRecord
from snncore.run.labelled import Answers
from snncore.run.measures import PerSample, per_sample

CLASS_NAMES: dict[str, Sequence[str]] = {"yin_yang": ("Yin", "Yang", "dots")}
"""Names of classes by kind of data; others are called by their numbers."""


def class_name(data: DataSet, number: int) -> str:
    """Return a class's name: "7", "Yang"."""
    names = CLASS_NAMES.get(data.kind)
    return names[number] if names else str(number)


def untrained(experiment: Experiment, record: EpochRecord) -> str:
    """What the network should do, and what it does before it is trained here."""
    task = experiment.training.task
    assert isinstance(task, Classification)
    words = task_words(task)
    start = "Untrained, it guesses" if experiment.checkpoint is None else "With the weights that it begins with"
    return f"{words.wanted(0, 0)} {start}: {words.came_to(record.score)}, chance is {words.number(1 / task.data.classes)}."


def course(experiment: Experiment, record: EpochRecord, batches: tuple[int, int], is_testing: bool = False) -> str:
    """How far a training is: the last epoch in numbers, and the batch within the next one, or that it is tested."""
    done, most = batches
    what = "testing, batch" if is_testing else "batch"
    within = f" Epoch {record.epoch + 1}: {what} {done} of {most}." if most else ""
    return f"{capitalised(numbers(record))}; {cost_in_words(per_sample(experiment, record))} per sample.{within}"


def numbers(record: EpochRecord) -> str:
    """Both accuracies and the loss of an epoch."""
    words, train = task_words(record.task), record.train_score
    learned = "" if train is None else f", {words.number(train)} of those it learns"
    return f"{words.came_to(record.score)}{learned}, loss {record.loss:.3g}"


def cost_in_words(cost: PerSample) -> str:
    """Spikes and synaptic operations, or which of these aren't counted."""
    spikes = f"{three_digits(cost.spikes)} spikes"
    if cost.operations is None:
        return f"{spikes} (synaptic operations through a pool aren't counted)"
    return f"{spikes} and {operations_in_words(cost.operations)}"


def samples_right(answers: Answers) -> str:
    """How many answers are right: "344 of 360 right"."""
    right = int((answers.classes == answers.labels).sum())
    return f"{right:,} of {len(answers.labels):,} right"


def most_common_mistake(answers: Answers, data: DataSet) -> str:
    """The class that is most often taken for another: "9 for 4 in 5 of 36"; empty without mistakes."""
    mistaken = answers.confusion.copy()
    np.fill_diagonal(mistaken, 0)
    if not mistaken.any():
        return ""
    label, said = np.unravel_index(int(mistaken.argmax()), mistaken.shape)
    of_class = int(answers.confusion[label].sum())
    pair = f"{class_name(data, int(label))} is taken for {class_name(data, int(said))}"
    return f"most often {pair}, {mistaken[label, said]} of {of_class:,}"


def wall_title(answers: Answers, data: DataSet, tested: int) -> str:
    """Title of the shown answers: how many are right, and the most common mistake."""
    of_all = f"The first {len(answers.labels):,} of {tested:,} test samples: " if len(answers.labels) < tested else ""
    mistake = most_common_mistake(answers, data)
    return f"{of_all}{samples_right(answers)}{f'; {mistake}' if mistake else ''}"


def sample_in_words(data: DataSet, number: int | None, label: int | None, said: int) -> str:
    """One sample with its answer: "Test sample 12, class 7: taken for 1".

    Args:
        number, label: of a test sample; None for one of the visitor's own.
        said: the class that it is taken for.
    """
    if number is None or label is None:
        return f"Your own sample: taken for {class_name(data, said)}"
    judged = "recognised" if label == said else f"taken for {class_name(data, said)}"
    return f"Test sample {number}, class {class_name(data, label)}: {judged}"


def answers_in_words(answers: Answers, data: DataSet) -> str:
    """All answers by class, for screen readers."""
    confusion = answers.confusion
    parts = [
        f"{class_name(data, label)}: {confusion[label, label]} of {confusion[label].sum()} right"
        for label in range(len(confusion))
        if confusion[label].sum()
    ]
    return f"Answers to {counted(len(answers.labels), 'test sample')}, mistakes first. {'. '.join(parts)}."


def own_data_in_words(draft: Draft) -> str:
    """What own data are, how they are split, and how they come."""
    task = draft.training.task
    assert isinstance(task, Classification)
    data = task.data
    learned, tested = data.counts
    name, values = getattr(data, "name", data.title), "×".join(map(str, data.sample_shape))
    in_time = "" if data.steps is None else f"{data.steps:,} time steps of "
    remedy = (
        "" if data.steps is None or not name.lower().endswith(".npz") else " Are they images, without time? Save x.reshape(len(x), -1)."
    )
    return (
        f"{name}: samples of {in_time}{values} values in {data.classes} classes; {learned:,} to learn, {tested:,} to be tested; "
        f"{task.encoding.title.lower()}.{remedy}"
    )
