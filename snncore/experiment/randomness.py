"""The parts of an Experiment that depend on each of its seeds."""

from __future__ import annotations

from dataclasses import dataclass

from snncore.experiment.spec import Draft


@dataclass(frozen=True)
class Randomness:
    """The parts of an Experiment that depend on a seed.

    Attributes:
        weights: places of the layers whose first weights are drawn, unless a checkpoint holds them.
        input: whether the input is random.
        noise: places of the layers that are random while they train.
    """

    weights: tuple[int, ...]
    input: bool
    noise: tuple[int, ...]


def randomness(experiment: Draft) -> Randomness:
    """Return what depends on each seed, by asking the layers and the input."""
    layers = list(enumerate(experiment.network))
    return Randomness(
        weights=tuple(place for place, layer in layers if layer.draws_weights),
        input=experiment.is_input_random,
        noise=tuple(place for place, layer in layers if layer.is_noisy),
    )
