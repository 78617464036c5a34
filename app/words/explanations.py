"""Words for why a training came to its first spike."""

from __future__ import annotations

from app.words.numbers import counted, share_of_threshold
from snncore.explain.first_spike import FirstSpike

WAKING = 3
"""A layer that fires at least this many times as often has woken."""


def reason_in_words(cause: FirstSpike) -> str:
    """Why the output came to fire."""
    hidden, output = ("none" if reach < 0 else share_of_threshold(reach) for reach in (cause.hidden_alone, cause.output_alone))
    before, together = share_of_threshold(cause.before), share_of_threshold(cause.together)
    if not cause.hidden_learned:
        kept = "The hidden layer is as it was" if cause.hidden_spikes else "There is no hidden layer"
        return f"{kept}: the output weights alone took the potential from {before} to {together} of the threshold for the first spike."
    woke = _woke(cause.hidden_spikes, cause.epoch) if cause.hidden_spikes else "The layers before the output weights changed"
    if not cause.output_learned:
        return f"{woke}, and the output weights are as they were: for the first spike, from {before} to {together} of the threshold."
    new = "the new hidden spikes" if cause.hidden_spikes else "the new layers before them"
    return (
        f"{woke} and the output weights learned to use it. For the first spike, {new} alone reach {hidden} of the threshold, "
        f"the new weights alone {output}, both together {together}."
    )


def _woke(spikes: tuple[int, int], epoch: int) -> str:
    before, now = spikes
    if now >= WAKING * max(before, 1):
        verb = "woke"
    else:
        verb = "fires more" if now > before else "fires less" if now < before else "fires otherwise"
    return f"The hidden layer {verb} ({counted(before, 'spike')} at first, {now:,} at epoch {epoch})"


def sources_in_words(cause: FirstSpike) -> str:
    """Which weights could learn until the first spike; empty if unknown."""
    sources = cause.sources
    if sources is None or not sources.fired:
        return ""
    fired = f"{counted(sources.fired, 'hidden neuron')} had fired before now"
    if not sources.fired == sources.changed == sources.changed_and_fired:
        return f"{fired}; {sources.changed_and_fired} of the {sources.changed} weights to neuron {cause.neuron} that changed are theirs."
    theirs = "its weight" if sources.fired == 1 else f"their {sources.changed} weights"
    changed = f"exactly {theirs} to neuron {cause.neuron} {'has' if sources.fired == 1 else 'have'} changed"
    return f"{fired}, and {changed}: a weight from a neuron that never fires gets no gradient."


ASKED = "When will the first spike come? Click your guess on the curve, or:"
"""Asks for a guess, followed by epochs to choose from."""


def guess_in_words(guessed: int, came: int | None) -> str:
    """What was guessed, and what came of it."""
    if came is None:
        return f"You said that the first spike comes at epoch {guessed}."
    return f"You said epoch {guessed}; it came at {'exactly that one' if came == guessed else came}."
