"""A draft's layers as stages of the shape ribbon: names, shapes, what doesn't fit and what would mend it."""

from __future__ import annotations

from typing import TypedDict

from app.words.layers import remedy_label, stage_name
from snncore.experiment.part import Shape
from snncore.experiment.spec import Draft


class Stage(TypedDict):
    """What stands in the line: the input, a layer, or the squeeze and unsqueeze between which time is folded into the batch.

    Fields:
        name: "Input", "squeeze", "Conv2d 2→16, 3×3", "LIF", "unsqueeze".
        shape: the tensor's shape after it, "(800, 16, 6, 6)"; None where it is unknown, after a layer that doesn't fit.
        layer: its index in the network; None for the input, squeeze and unsqueeze.
        folded: whether time is folded into the batch in that tensor.
        problem: what is wrong with it, in one sentence.
        remedy: label of the button that mends it, "Set in_channels to 16".
    """

    name: str
    shape: str | None
    layer: int | None
    folded: bool
    problem: str | None
    remedy: str | None


def stages(draft: Draft) -> list[Stage]:
    """In the order of the data: the input, each layer, and where time is folded into the batch, squeeze and unsqueeze around them."""
    batch, steps, *sample = draft.input.shape
    folded = draft.is_folded

    def full(shape: Shape | None) -> str | None:
        return None if shape is None else str((batch * steps, *shape) if folded else (batch, steps, *shape))

    line = [_between_layers("Input", str(draft.input.shape), folded=False)]
    if folded:
        line.append(_between_layers("squeeze", full(tuple(sample)), folded=True))
    fits = draft.fits()
    for place, fit in enumerate(fits):
        problem, remedy = (f"{fit.misfit}.", remedy_label(fit.misfit)) if fit.misfit else (None, None)
        line.append(Stage(name=stage_name(draft, place), shape=full(fit.shape), layer=place, folded=folded, problem=problem, remedy=remedy))
    if folded:
        last = fits[-1].shape
        line.append(_between_layers("unsqueeze", None if last is None else str((batch, steps, *last)), folded=False))
    return line


def _between_layers(name: str, shape: str | None, folded: bool) -> Stage:
    return Stage(name=name, shape=shape, layer=None, folded=folded, problem=None, remedy=None)
