"""Sentences on a surrogate gradient: how much of a run it reaches, and how far it can be trusted."""

from __future__ import annotations

from typing import Literal

from app.words.numbers import share_in_words, with_minus
from snncore.explain import LossOverWeight

TITLE = "The surrogate and the true loss"
HELP = "Where the potentials lie under the surrogate gradient, and the true loss as one weight moves."

IN_TRAINING = "What it does in training"
IN_TRAINING_HELP = "Draws it beside the surrogate of the network on the Training page, over the potentials there."

TAKE, DROP = "Use it", "Drop it"
TAKE_HELP = "In all layers, from the next epoch on."

OPTIMISERS = {
    "RMSprop": "RMSprop divides each gradient by its own recent size, so the surrogate's height hardly matters; its shape does.",
    "Adam": "Adam divides each gradient by its own recent size, so the surrogate's height hardly matters; its shape does.",
    "SGD": "SGD takes gradients as they are: a surrogate twice as high moves every weight behind it twice as far.",
}
"""What an optimiser hides of a gradient's size."""


def shares_in_words(name: str, shares: tuple[float, ...], tried: tuple[float, ...] | None = None, tried_name: str = "") -> str:
    """How much of a layer's run the surrogate reaches, and how much another one would."""
    low, high = map(share_in_words, shares)
    said = f"The surrogate, {name}, is above 1% of its peak at {low} of this layer's potentials, above 10% at {high}."
    if tried is None:
        return said
    low, high = map(share_in_words, tried)
    return f"{said} Tried, {tried_name}: {low} and {high}."


def optimiser_in_words(optimiser: Literal["RMSprop", "Adam", "SGD"]) -> str:
    """What the optimiser hides of the gradient's size."""
    return OPTIMISERS[optimiser]


def staircase_in_words(found: LossOverWeight, has_goal: bool) -> str:
    """What the true loss does around the weight, and what the surrogate says instead.

    Args:
        has_goal: whether the loss is 0, and so has no gradient at all.
    """
    small, wide = found.finite_differences
    gradient = found.gradient
    surrogate = f"The surrogate says ∂L/∂w = {_number(gradient)}" if gradient else "No gradient reaches this weight"
    if has_goal and not gradient:
        surrogate = "The loss is 0, so there is no gradient; look at an earlier epoch"
    if found.finite_differences[small]:
        return f"{surrogate}. The true loss has a slope here too: {_number(found.finite_differences[small])} over ±{small:.2g}."
    change = found.nearest_change
    flat = f"The true slope is 0: over ±{small:.2g} no spike changes that the loss sees"
    if change is None:
        return f"{surrogate}. {flat}, nor over ±{wide:.2g}."
    mean = _number(found.finite_differences[wide])
    return f"{surrogate}. {flat}; the nearest step is {_signed(change)} away. Over ±{wide:.2g} the true mean slope is {mean}."


def _number(value: float) -> str:
    return with_minus(f"{value:.3g}")


def _signed(value: float) -> str:
    return with_minus(f"{value:+.2g}")
