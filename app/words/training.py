"""Words for a training: its status in one sentence, and milestones worth announcing."""

from __future__ import annotations

from typing import Protocol

from app.words.layers import layer_names
from app.words.numbers import capitalised, ordinal, reach_in_words
from app.words.tasks import task_words
from snncore.diagnosis.training import silence
from snncore.errors import DivergenceError
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord


class Course(Protocol):
    """A training to describe, such as `app.server.runner.TrainingRun`."""

    failure: str | None
    divergence: DivergenceError | None

    @property
    def experiment(self) -> Experiment: ...
    @property
    def in_force(self) -> Experiment: ...
    @property
    def records(self) -> list[EpochRecord]: ...
    @property
    def is_running(self) -> bool: ...
    @property
    def place_in_line(self) -> int: ...
    @property
    def most_at_once(self) -> int: ...
    @property
    def most_epochs(self) -> int: ...
    @property
    def stride(self) -> int: ...
    @property
    def has_reached_target(self) -> bool: ...
    @property
    def has_reached_limit(self) -> bool: ...
    @property
    def has_reached_end(self) -> bool: ...


def status(run: Course) -> str:
    """Status of the training, in one sentence with numbers."""
    last, task = run.records[-1], run.in_force.training.task
    words, score = task_words(task), last.measured_by(task).score
    if run.failure:
        return f"Stopped: training {f'diverged at epoch {run.divergence.epoch}' if run.divergence else 'failed'}."
    if run.place_in_line:
        return f"Waiting: {run.most_at_once} trainings compute at once on this server; this one is {ordinal(run.place_in_line)} in line."
    if run.has_reached_target:
        return f"{capitalised(words.came_to(score))} at epoch {last.epoch}."
    if run.has_reached_end:
        stopped = f"Stopped at {words.of_goal(score, task.goal)}"
        return f"{stopped}: this server trains up to {run.most_epochs:,} epochs. Restart begins again at epoch 0."
    if not run.is_running and run.has_reached_limit:
        return f"Stopped after {len(run.records)} epochs at {words.of_goal(score, task.goal)}; Train goes on."
    reason = silence(run.records)
    if reason is None:
        return f"Loss {last.loss:g}, largest u/θ of the output {reach_in_words(last.reach[-1])}."
    names = dict(zip((layer.name for layer in last.layers), layer_names(run.experiment), strict=True))
    whose = "the output" if reason.is_output else names[reason.layer]
    flat = "flat at " if reason.loss_is_flat else ""
    trend = f", {reason.trend}" if reason.trend else ""
    return f"Silent: loss {flat}{reason.loss:g}; largest u/θ of {whose} {reach_in_words(reason.largest_u_over_threshold)}{trend}."


def look_back(run: Course, seen: EpochRecord) -> str:
    """Loss of a past epoch, and where training is now."""
    kept = f" What the layers did is kept for every {ordinal(run.stride)} epoch." if run.stride > 1 else ""
    now = run.records[-1]
    stands = f"Training is at epoch {now.epoch}, {task_words(now.task).came_to(now.score)}; Escape returns."
    return f"Looking back: loss {seen.loss:g}. {stands}{kept}"


def milestone(run: Course) -> str:
    """Milestone for screen readers, without numbers that change at every epoch."""
    last, task = run.records[-1], run.in_force.training.task
    words, score = task_words(task), last.measured_by(task).score
    if run.failure:
        return f"Training {'diverged and stopped' if run.divergence else 'stopped on an error'}."
    if run.has_reached_target:
        return f"Reached {words.came_to(score)} at epoch {last.epoch}."
    if run.place_in_line:
        return "Waiting to train."
    if run.is_running:
        return "Training." if not last.spikes else "Training: the output spikes."
    return f"Stopped at epoch {last.epoch}, {words.of_goal(score, task.goal)}."
