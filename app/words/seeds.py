"""Words for seeds, for notes and buttons of all pages: what each decides, and whether a new one changes anything."""

from __future__ import annotations

from typing import Literal

from app.words.numbers import listed
from app.words.parameter import Parameter
from snncore.experiment.inputs import Sample
from snncore.experiment.loaded_weights import weight_shapes
from snncore.experiment.randomness import randomness
from snncore.experiment.spec import Draft

Seed = Literal["weights", "input", "noise"]
SEEDS: tuple[Seed, ...] = ("weights", "input", "noise")


SEED_OF: dict[str, Seed] = {"New weights": "weights", "New input": "input", "New noise": "noise"}
"""Seed that each button increases."""


def can_draw(draft: Draft, seed: Seed, trains: bool = False) -> bool:
    """Return True if another seed changes anything: weights, input, or noise in training.

    Args:
        trains: whether the page trains, so that the batches count too, which the input seed decides.
    """
    found = randomness(draft)
    return bool(getattr(found, seed)) or (trains and seed == "input" and (found.batches or found.samples))


def draw_help(draft: Draft, seed: Seed, trains: bool = False) -> str:
    """Help of a button that draws with the next seed, or why there is nothing to draw; arguments are those of `can_draw`."""
    if not can_draw(draft, seed, trains):
        return _why_not(seed)
    if seed == "weights" and draft.checkpoint:
        return "Draws random weights in place of those that were loaded."  # a tooltip is Markdown, so it names no file
    found = randomness(draft)
    what = {"weights": "other first weights", "input": "another random input", "noise": "other noise"}[seed]
    if seed == "input" and trains and found.batches:
        what = f"a different batch order{' and other spikes of the samples' if found.samples else ''}"
    return f"Draws {what}, with the next seed."


def seed_note(draft: Draft, seed: Seed, shuffles: bool = False) -> str:
    """Sentence on what a seed decides.

    Args:
        shuffles: whether the page can shuffle spike times, which the noise seed decides too.
    """
    decided = _decided(draft, seed)
    if seed == "noise" and shuffles:
        decided = ["the order of shuffled spike times", *decided]
    if seed == "weights" and draft.checkpoint and can_draw(draft, seed):
        others = f"{'the others' if decided else 'the weights'} are those of {draft.checkpoint.name}. Another seed draws new ones."
        return f"Decides {decided[0]}; {others}" if decided else f"Unused: {others}"
    return f"Decides {listed(decided)}." if decided else f"Unused: {_lowered(_why_not(seed))}"


def seed_parameter(draft: Draft, seed: Seed, shuffles: bool = False) -> Parameter:
    """Return how a seed is edited; arguments are those of `seed_note`."""
    return Parameter(f"Seed: {seed}", seed_note(draft, seed, shuffles), "whole", has_slider=False)


def _decided(draft: Draft, seed: Seed) -> list[str]:
    found = randomness(draft)
    if seed == "input":
        said = {
            "the random input": found.input and not isinstance(draft.input, Sample),
            "the order of the batches": found.batches,
            "the spikes of their samples": found.samples,
        }
        return [what for what, is_so in said.items() if is_so]
    places = found.noise
    if seed == "weights":
        loaded = draft.checkpoint.sources(draft.network) if draft.checkpoint else {}
        drawn = {int(name.partition(".")[0]) for name in weight_shapes(draft.network) if name not in loaded}
        places = tuple(place for place in found.weights if place in drawn)
    names = " and ".join(draft.layer_label(str(place)) for place in places)
    what = {"weights": f"the first weights of {names}", "noise": f"which values {names} drops while training"}[seed]
    return [what] if places else []


def _why_not(seed: Seed) -> str:
    return {
        "weights": "No weights of this network are random.",
        "input": "Nothing in the input is random.",
        "noise": "No layer of this network is random while it trains.",
    }[seed]


def _lowered(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]
