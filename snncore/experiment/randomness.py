"""What of an Experiment each of its seeds decides."""

from __future__ import annotations

from dataclasses import dataclass

from snncore.experiment.spec import Draft


@dataclass(frozen=True)
class Randomness:
    """What another seed would change.

    Attributes:
        weights: places of the layers whose first weights are drawn, unless a checkpoint holds them.
        input: whether the input is random.
        noise: places of the layers that are random while they train.
    """

    weights: tuple[int, ...]
    input: bool
    noise: tuple[int, ...]


def randomness(experiment: Draft) -> Randomness:
    """What each seed decides, as the layers and the input say of themselves."""
    layers = list(enumerate(experiment.network))
    return Randomness(
        weights=tuple(place for place, layer in layers if layer.draws_weights),
        input=experiment.input.is_random(experiment.dt),
        noise=tuple(place for place, layer in layers if layer.is_noisy),
    )
