"""Words for a training: its status in one sentence, and milestones worth announcing."""

from __future__ import annotations

import math
from typing import Any, Protocol

from app.words import recognition
from app.words.layers import layer_in_words, layer_names
from app.words.numbers import capitalised, counted, ordinal, share_of_threshold
from app.words.tasks import TaskWords, task_words
from snncore.diagnosis.training import Silence, silence
from snncore.errors import DivergenceError
from snncore.experiment.spec import Experiment
from snncore.explain.first_spike import first_output_spike
from snncore.run.bptt import EpochRecord

WHY_SILENT, LOOK_BACK, WHICH_SURROGATE = "Why silent?", "Look back at the first spike", "Which surrogate learns fastest?"
OPEN_NEURON = "Open neuron "
"""What may be asked of a training, in its menus, below its sentence or by the main button; a number follows the last one."""


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
    def batches(self) -> tuple[int, int]: ...
    @property
    def is_testing(self) -> bool: ...
    @property
    def has_reached_target(self) -> bool: ...
    @property
    def has_reached_limit(self) -> bool: ...
    @property
    def has_reached_end(self) -> bool: ...


def status(run: Course) -> str:
    """Status of the training: what it should do, how far it is, what happened, in one or two sentences with numbers."""
    last, task = run.records[-1], run.in_force.task
    words, score = task_words(task), last.measured_by(task).score
    if run.failure:
        return f"Stopped: training {f'diverged at epoch {run.divergence.epoch}' if run.divergence else 'failed'}."
    if run.place_in_line:
        return waiting(run.most_at_once, run.place_in_line)
    if run.has_reached_target:
        when = f"after {counted(last.epoch, 'epoch')}" if last.epoch else "before any training"
        return f"{capitalised(words.reached(score))} {when}."
    if run.has_reached_end:
        stopped = f"Stopped at {words.of_goal(score, task.goal)}"
        return f"{stopped}: this server trains up to {run.most_epochs:,} epochs. Restart begins again at epoch 0."
    if not run.is_running and run.has_reached_limit:
        return f"Stopped after {counted(last.epoch + (not task.is_labelled), 'epoch')} at {words.of_goal(score, task.goal)}; Train goes on."
    if task.is_labelled:
        return (
            recognition.course(run.in_force, last, run.batches, run.is_testing)
            if last.epoch or run.batches[1]
            else recognition.untrained(run.in_force, last)
        )
    return _start(run, words) if last.epoch == 0 else _course(run, words)


def waiting(most_at_once: int, place_in_line: int) -> str:
    """Say that a training waits for its turn, and for how many others."""
    return f"Waiting: {most_at_once} trainings compute at once on this server; this one is {ordinal(place_in_line)} in line."


def lesson(experiment: Experiment) -> str:
    """What is learned, in a sentence: by which layers, from which input."""
    layers = " · ".join(map(layer_in_words, experiment.network))
    if experiment.training.task.is_labelled:
        return f"{layers} learns to answer with {task_words(experiment.task).asked(1)}."
    samples, steps, *shape = experiment.input.shape
    fed = f"{steps} steps × {'×'.join(map(str, shape))} channels, {experiment.input.words}"
    given = f"one input ({fed})" if samples == 1 else f"{samples} inputs ({fed})"
    return f"{layers} learns to answer {given} with {task_words(experiment.task).asked(samples)}."


def _start(run: Course, words: TaskWords[Any]) -> str:
    """What the network should do, and what it does untrained."""
    first, count = run.records[0], output_neurons(run)
    asked = words.wanted(count, len(first.output))
    if not first.does_spike:
        return f"{asked} Untrained: {words.came_to(first.measured_by(words.task).score)}."
    reason = silence([first])
    if reason is None:
        return f"{asked} Untrained, {'it fires' if count == 1 else 'they fire'} {counted(first.spikes, 'time')}."
    they_are, their = ("It is", "its") if count == 1 else ("They are", "their")
    if not reason.is_output:
        return f"{asked} {they_are} silent: {_hidden_silence(run, reason)}."
    return f"{asked} {they_are} silent: {their} membrane potential {_reaches(reason.largest_u_over_threshold)}."


def output_neurons(run: Course) -> int:
    return math.prod(run.records[0].output.shape[2:])


def call(run: Course) -> str:
    """Label of the button that trains, or why it can't be pressed."""
    if run.failure:
        return "Stopped"
    if run.has_reached_target:
        return "Goal reached"
    if run.has_reached_end:
        return "No epochs left"
    return "Train it" if run.in_force.task.is_labelled or output_neurons(run) == 1 else "Train them"


def why_over(run: Course) -> str:
    """Why the button that trains can't be pressed, and what can be done instead; empty if it can be.

    It is for a tooltip, which is Markdown: a failure may quote what others wrote, so it is only pointed to.
    """
    if run.failure:
        return "Training failed; the page says why. Restart begins again at epoch 0."
    if run.has_reached_target:
        return "Nothing is left to train: the output is as asked. Ask for something else, or restart with the same weights."
    if run.has_reached_end:
        return f"This server trains up to {run.most_epochs:,} epochs. Restart begins again at epoch 0."
    return ""


def _course(run: Course, words: TaskWords[Any]) -> str:
    """What has happened so far."""
    last, reason = run.records[-1], silence(run.records)
    first = next((record for record in run.records if record.fires), None)
    if reason is None:
        now = f"{capitalised(words.of_goal(last.measured_by(words.task).score, words.task.goal))}, loss {last.loss:g}."
        return f"{_first_spike(first)} {now}" if first and first.epoch else now
    silent = "Still silent" if first is None else f"Silent again, after {counted(max(record.spikes for record in run.records), 'spike')}"
    if not reason.is_output:
        return f"{silent}: {_hidden_silence(run, reason)}."
    before, now = (share_of_threshold(record.reach[-1]) for record in (run.records[0], last))
    if first is not None:
        return f"{silent}: the membrane potential {_reaches(last.reach[-1])}."
    if before == now:
        return f"{silent}: neither the loss nor the membrane potential has moved, which {_reaches(last.reach[-1])}."
    if last.reach[-1] < run.records[0].reach[-1]:
        return f"{silent}: the loss has not moved, and the membrane potential fell from {before} to {now} of the threshold."
    return f"{silent}, but not idle: the loss has not moved, the membrane potential has, from {before} to {now} of the threshold."


def _hidden_silence(run: Course, reason: Silence) -> str:
    names = dict(zip((layer.name for layer in run.records[-1].layers), layer_names(run.experiment), strict=True))
    return (
        f"{names[reason.layer]} never fires, so nothing reaches the output; its membrane potential "
        f"{_reaches(reason.largest_u_over_threshold)}"
    )


def _reaches(reach: float) -> str:
    return "stays below zero" if reach < 0 else f"reaches {share_of_threshold(reach)} of the threshold"


def _first_spike(first: EpochRecord) -> str:
    """When and, where its record is held whole, where the output fired first."""
    if not first.is_whole:
        return f"First spike at epoch {first.epoch}."
    _, step, neuron = first_output_spike(first)
    return f"First spike at epoch {first.epoch}: output neuron {neuron}, step {step}."


def look_back(run: Course, seen: EpochRecord) -> str:
    """Loss of a past epoch, and where training is now."""
    now = run.records[-1]
    what = "Weights are" if now.task.is_labelled else "What the layers did is"
    kept = f" {what} kept for every {ordinal(run.stride)} epoch." if run.stride > 1 else ""
    stands = f"Training is at epoch {now.epoch}, {task_words(now.task).came_to(now.score)}; Escape returns."
    looked = recognition.numbers(seen) if seen.task.is_labelled else f"loss {seen.loss:g}"
    return f"Looking back: {looked}. {stands}{kept}"


def milestone(run: Course) -> str:
    """Milestone for screen readers, without numbers that change at every epoch."""
    last, task = run.records[-1], run.in_force.task
    words, score = task_words(task), last.measured_by(task).score
    if run.failure:
        return f"Training {'diverged and stopped' if run.divergence else 'stopped on an error'}."
    if run.has_reached_target:
        return f"Reached {words.came_to(score)} at epoch {last.epoch}."
    if run.place_in_line:
        return "Waiting to train."
    if run.is_running:
        return "Training: the output spikes." if last.fires and not task.is_labelled else "Training."
    return f"Stopped at epoch {last.epoch}, {words.of_goal(score, task.goal)}."
