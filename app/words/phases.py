"""Sentences on an epoch's seven phases, and on a training without one of them."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.words.layers import parameter_name
from app.words.numbers import capitalised, counted, listed, reach_in_words, share_in_words
from app.words.tasks import task_words
from snncore.arrays import Array
from snncore.experiment.spec import Experiment
from snncore.explain import WalkedEpoch
from snncore.explain.phase_left_out import Outcome
from snncore.run.epoch import EpochRecord, Phase

LABEL = "Phases of an epoch"
HELP = "The seven steps of the epoch on display one at a time, and what becomes of the training without one."
WALKING = "A copy is trained up to this epoch."

NEXT, PLAY, STOP, LEAVE_OUT, BACK = "Next phase", "Slow motion", "Stop", "What if it is left out?", "Back to the phases"

NAMES: dict[Phase, str] = {
    Phase.RESET_PARAMETER_GRADIENTS: "1 Clear gradients",
    Phase.RESET_STATE_GRADIENTS: "2 Cut the graph",
    Phase.RESET_STATES: "3 Reset states",
    Phase.FORWARD: "4 Forward",
    Phase.LOSS: "5 Loss",
    Phase.BACKWARD: "6 Backward",
    Phase.UPDATE: "7 Update",
}

CODE: dict[Phase, str] = {
    Phase.RESET_PARAMETER_GRADIENTS: "optimiser.zero_grad()",
    Phase.RESET_STATE_GRADIENTS: "snncore.zero_grad(model)",
    Phase.RESET_STATES: "snncore.reset_states(model)",
    Phase.FORWARD: "output = model(data)",
    Phase.LOSS: "loss = task.loss(output)",
    Phase.BACKWARD: "loss.backward()",
    Phase.UPDATE: "optimiser.step()",
}
"""The line of a training loop that does it."""

PREDICT = "What will the output do over {count} epochs without “{phase}”? Choose one."

OUTCOMES: dict[Outcome, str] = {"same": "Just as with it", "other": "It learns, but differently", "still": "Nothing moves"}
"""What may happen without a phase."""

HAPPENED: dict[Outcome, str] = {
    "same": "every epoch is the same as with it",
    "other": "it takes a different course",
    "still": "nothing moves from epoch to epoch",
}

WHY: dict[Phase, str] = {
    Phase.RESET_PARAMETER_GRADIENTS: "Each epoch's gradients are added to all earlier ones, like a momentum that never fades.",
    Phase.RESET_STATE_GRADIENTS: "Resetting the states already cuts the graph, so nothing is left to cut.",
    Phase.RESET_STATES: "Each epoch begins with the potentials that the one before left, so the same weights answer differently.",
    Phase.BACKWARD: "Without gradients the optimiser has nothing to go by.",
    Phase.UPDATE: "Gradients are computed, and nobody uses them.",
}
"""Why that is so."""

MOST_NAMED = 3
"""Parameters that are named with their numbers; the largest come first."""


def phase_in_words(walked: WalkedEpoch, phase: Phase, experiment: Experiment) -> str:
    """What a phase of an epoch changed, in numbers.

    Args:
        experiment: in force in that epoch.
    """
    match phase:
        case Phase.RESET_PARAMETER_GRADIENTS:
            return _cleared(walked, experiment)
        case Phase.RESET_STATE_GRADIENTS:
            return _cut(walked)
        case Phase.RESET_STATES:
            return _reset(walked, experiment)
        case Phase.FORWARD:
            return _forward(walked.record, experiment)
        case Phase.LOSS:
            return _loss(walked.record)
        case Phase.BACKWARD:
            return _backward(walked.record, experiment)
        case Phase.UPDATE:
            return _update(walked, experiment)


def verdict(phase: Phase, guess: Outcome, happened: Outcome, failure: str | None) -> str:
    """What happened without a phase, and whether it was predicted."""
    agreed = "As you said" if guess == happened else f"You said “{OUTCOMES[guess]}”"
    joined = ": " if guess == happened else ", but "
    ended = f" {failure}" if failure else ""
    return f"{agreed}{joined}{HAPPENED[happened]}.{ended} {WHY[phase] if _explains(phase, happened) else ''}".rstrip()


def _explains(phase: Phase, happened: Outcome) -> bool:
    """Whether the usual reason is one for what happened."""
    usual: dict[Phase, Outcome] = {Phase.RESET_STATE_GRADIENTS: "same", Phase.BACKWARD: "still", Phase.UPDATE: "still"}
    return usual.get(phase, "other") == happened


def _cleared(walked: WalkedEpoch, experiment: Experiment) -> str:
    if not walked.old_gradients:
        return "Before the first epoch no parameter has a gradient, so there is nothing to clear."
    sizes = _norms(walked.old_gradients)
    return f"The previous epoch left gradients, {_named(sizes, experiment)}. They are cleared, or this epoch's would be added to them."


def _cut(walked: WalkedEpoch) -> str:
    hung = sum(walked.graphs.values())
    if not walked.record.epoch:
        return "Before the first epoch no state hangs on a graph, so there is nothing to cut."
    why = "Gradients of this epoch must not run on into the one before."
    if not hung:
        return f"{why} No state hung on its graph any more: it was let go when that epoch ended."
    return f"{why} {counted(hung, 'state')} hung on its graph, and kept the values alone."


def _reset(walked: WalkedEpoch, experiment: Experiment) -> str:
    sizes = {name: float(np.abs(v).max()) for name, v in walked.left.items() if v.size}
    if not any(sizes.values()):
        when = "The previous epoch left all potentials at rest" if walked.record.epoch else "Before the first epoch all potentials rest"
        return f"{when}, so there is nothing to reset."
    left = listed([f"{_number(size)} in {experiment.layer_label(name)}" for name, size in sizes.items()])
    return f"The previous epoch left potentials up to |v| {left}. All begin at rest again, as the input does."


def _forward(record: EpochRecord, experiment: Experiment) -> str:
    said = [
        f"{experiment.layer_label(layer.name)} sends {counted(float(layer.spikes.sum()), 'spike')}"
        f" (largest u/θ {reach_in_words(layer.largest_u_over_threshold)})"
        if layer.does_spike
        else f"{experiment.layer_label(layer.name)} reaches u {_number(float(layer.u.max()))}"
        for layer in record.layers
    ]
    return f"The input runs through the layers, step by step: {listed(said)}."


def _loss(record: EpochRecord) -> str:
    words = task_words(record.task)
    return f"{capitalised(words.of_goal(record.score, record.task.goal))}: the loss is {record.loss:g}, one number for all that happened."


def _backward(record: EpochRecord, experiment: Experiment) -> str:
    if not any(record.gradient_norms.values()):
        return "The loss runs back through time, but no gradient arrives at any parameter."
    return f"The loss runs back through layers and time. Gradients arrive, {_named(record.gradient_norms, experiment)}."


def _update(walked: WalkedEpoch, experiment: Experiment) -> str:
    if not walked.moved:
        return f"{experiment.training.optimiser} finds no gradient, so nothing moves."
    moved = _norms(walked.moved)
    shares = {name: size / (float(np.linalg.norm(walked.record.parameters[name].ravel())) or 1.0) for name, size in moved.items()}
    largest = sorted(moved, key=lambda name: -moved[name])[:MOST_NAMED]
    said = listed([f"{parameter_name(experiment, name)} by {_number(moved[name])} ({share_in_words(shares[name])})" for name in largest])
    return f"{experiment.training.optimiser} moves {counted(len(moved), 'parameter')}: {said} of their length."


def _norms(values: Mapping[str, Array]) -> dict[str, float]:
    return {name: float(np.linalg.norm(array.ravel())) for name, array in values.items()}


def _named(sizes: Mapping[str, float], experiment: Experiment) -> str:
    """The largest sizes with their parameters."""
    largest = sorted(sizes, key=lambda name: -sizes[name])[:MOST_NAMED]
    return "of length " + listed([f"{_number(sizes[name])} at {parameter_name(experiment, name)}" for name in largest])


def _number(value: float) -> str:
    return f"{value:.3g}"
