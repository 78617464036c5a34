"""A draft's layers as stages of the shape ribbon: names, shapes, what doesn't fit and what would mend it."""

from __future__ import annotations

from dataclasses import dataclass

from app.words.layers import remedy_label, stage_name
from snncore.experiment.part import Shape
from snncore.experiment.spec import Draft


@dataclass(frozen=True)
class Stage:
    """What stands in the line: the input, a layer, or the squeeze and unsqueeze between which time is folded into the batch.

    Attributes:
        name: "Input", "squeeze", "Conv2d 2→16, 3×3", "LIF", "unsqueeze".
        shape: the tensor's shape after it, "(800, 16, 6, 6)"; None where it is unknown, after a layer that doesn't fit.
        layer: its index in the network; None for the input, squeeze and unsqueeze.
        problem: what is wrong with it, in one sentence.
        remedy: label of the button that mends it, "Set in_channels to 16".
    """

    name: str
    shape: str | None
    layer: int | None
    problem: str | None = None
    remedy: str | None = None


def stages(draft: Draft) -> list[Stage]:
    """In the order of the data: the input, each layer, and where time is folded into the batch, squeeze and unsqueeze around them."""
    batch, steps, *sample = draft.input.shape
    folded = draft.is_folded

    def full(shape: Shape | None) -> str | None:
        return None if shape is None else str((batch * steps, *shape) if folded else (batch, steps, *shape))

    line = [Stage("Input", str(draft.input.shape), None)]
    if folded:
        line.append(Stage("squeeze", full(tuple(sample)), None))
    fits = draft.fits()
    for place, fit in enumerate(fits):
        problem = f"{fit.misfit}." if fit.misfit else None
        line.append(Stage(stage_name(draft, place), full(fit.shape), place, problem, remedy_label(fit.misfit) if fit.misfit else None))
    if folded:
        last = fits[-1].shape
        line.append(Stage("unsqueeze", None if last is None else str((batch, steps, *last)), None))
    return line
