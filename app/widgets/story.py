"""How a training goes: its score and a sentence, the reason for its first spike, and what to do next."""

from __future__ import annotations

from functools import partial

from app.components.headline import Part, headline
from app.components.looks import repeated
from app.state.desk import NEURON_PAGE
from app.state.guess import epochs_to_guess, first_spike_of
from app.state.handover import open_trained
from app.state.training import TrainingState
from app.widgets.session import desk, go_after, turn
from app.words.explanations import ASKED, guess_in_words, reason_in_words, sources_in_words
from app.words.layers import parts_in_words
from app.words.tasks import task_words, watch
from app.words.training import OPEN_NEURON, WHICH_SURROGATE, WHY_SILENT, look_back, milestone, status
from app.words.weights import trained_weights_in_words
from snncore.experiment.tasks.spike_count import SpikeCount
from snncore.experiment.training import OF_THE_TASK
from snncore.explain.first_spike import FirstSpike

GUESS = "epoch "
"""Begin of the labels of guesses."""


def story(training: TrainingState) -> None:
    """Show the score, the sentence that goes on with the training, and what to do next."""
    repeated(lambda: _headline(training))
    turn(desk().page)


def _headline(training: TrainingState) -> None:
    run, seen = training.run, training.seen_record
    words = task_words(seen.task)
    cause = training.cause()
    headline(
        "count",
        number=words.number(seen.score),
        unit=f"{words.unit(seen.task.goal)} · epoch {seen.epoch}",
        status=status(run) if training.scrubbed is None else look_back(run, seen),
        more=_more(training, cause),
        milestone=milestone(run),
        actions=_next_steps(training, cause),
        parts=[Part(label=label, row=row) for label, row in parts_in_words(run.experiment)],
        origin=trained_weights_in_words(run.experiment, seen.epoch),
        on_action=_take_step,
    )


def _more(training: TrainingState, cause: FirstSpike | None) -> str:
    """The second sentence: a reason, the guess, or what to watch."""
    run, seen = training.run, training.seen_record
    begins = len(run.records) == 1 and not run.failure
    if training.is_labelled:
        return watch(run.in_force.task) if begins else ""
    if cause and seen.epoch == cause.epoch:
        return sources_in_words(cause)
    if training.scrubbed is not None:
        return ""
    if cause and run.has_reached_target:
        return reason_in_words(cause)
    if training.guess.is_asked(run):
        return ASKED
    guessed = training.guess.of(run)
    if guessed is not None:
        return guess_in_words(guessed, first_spike_of(run))
    is_told = seen.does_spike and (first_spike_of(run) is not None or not training.composition.history.can_undo)  # by the first sentence
    return watch(run.in_force.task) if begins and not (is_told and isinstance(run.in_force.task, SpikeCount)) else ""


def _next_steps(training: TrainingState, cause: FirstSpike | None) -> list[str]:
    """Labels of what fits what was done."""
    run = training.run
    if training.guess.is_asked(run):
        return [f"{GUESS}{epoch}" for epoch in epochs_to_guess(run)] if training.scrubbed is None else []
    if not run.has_reached_target:
        return [WHY_SILENT] if training.can_ask_why and not training.asks_why else []
    if cause and not training.has_seen_first_spike:
        return []  # the main button looks back at it
    further = task_words(run.in_force.task).further()
    return [WHICH_SURROGATE, *([further[0]] if further else []), *([f"{OPEN_NEURON}{cause.neuron}"] if cause else [])]


def _take_step(label: str) -> None:
    held = desk()
    training = held.training
    cause = training.cause()
    further = task_words(training.run.in_force.task).further()
    if label.startswith(GUESS):
        training.guess.make(training.run, int(label.removeprefix(GUESS)))
    elif label == WHY_SILENT:
        training.ask_why(True)
    elif label == WHICH_SURROGATE:
        held.attempt(training.try_surrogates)
    elif further and label == further[0]:
        held.attempt(lambda: training.ask_for_more({f"{OF_THE_TASK}{name}": value for name, value in further[1].items()}))
    elif label.startswith(OPEN_NEURON) and cause:
        layer = len(training.run.experiment.network) - 1
        go_after(partial(open_trained, held, layer, cause.neuron), NEURON_PAGE)
