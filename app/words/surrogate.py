"""What is said of a surrogate gradient: how much of a run it reaches, and how far it can be trusted."""

from __future__ import annotations

from typing import Literal

from app.words.numbers import share_in_words, with_minus
from snncore.explain import LossOverWeight

TITLE = "Surrogate"
HELP = "Where the potentials lie under the surrogate gradient, and the true loss as one weight moves."

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
    said = f"{name} is above 1% of its peak at {share_in_words(shares[0])} of this layer's potentials, above 10% at {_share(shares[1])}."
    if tried is None:
        return said
    return f"{said} {tried_name}, tried: {share_in_words(tried[0])} and {_share(tried[1])}."


def optimiser_in_words(optimiser: Literal["RMSprop", "Adam", "SGD"]) -> str:
    """What the optimiser hides of the gradient's size."""
    return OPTIMISERS[optimiser]


def staircase_in_words(found: LossOverWeight) -> str:
    """What the true loss does around the weight, and what the surrogate says instead."""
    small, wide = found.finite_differences
    gradient = found.gradient
    surrogate = f"The surrogate says ∂L/∂w = {_number(gradient)}" if gradient else "No gradient reaches this weight"
    if found.finite_differences[small]:
        return f"{surrogate}. The true loss moves too: over ±{small:.2g} its slope is {_number(found.finite_differences[small])}."
    change = found.nearest_change
    flat = f"The true slope is 0: moving the weight by ±{small:.2g} changes no spike that the loss sees"
    if change is None:
        return f"{surrogate}. {flat}, nor does any move up to ±{wide:.2g}."
    where = f"The nearest step of the loss is {_signed(change)} away"
    return f"{surrogate}. {flat}. {where}; over ±{wide:.2g} the loss changes by {_number(found.finite_differences[wide])} per unit."


def _share(share: float) -> str:
    return share_in_words(share)


def _number(value: float) -> str:
    return with_minus(f"{value:.3g}")


def _signed(value: float) -> str:
    return with_minus(f"{value:+.2g}")
