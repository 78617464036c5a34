"""The parts of an Experiment that depend on each of its seeds."""

from __future__ import annotations

from dataclasses import dataclass

from snncore.experiment.spec import Draft
from snncore.experiment.tasks.classification import Classification


@dataclass(frozen=True)
class Randomness:
    """The parts of an Experiment that depend on a seed.

    Attributes:
        weights: places of the layers whose first weights are drawn, unless a checkpoint holds them.
        input: whether the input is random.
        batches: whether training orders its batches at random, which the input seed decides too.
        samples: whether training encodes the samples of these batches at random, which the input seed decides too.
        noise: places of the layers that are random while they train.
    """

    weights: tuple[int, ...]
    input: bool
    batches: bool
    samples: bool
    noise: tuple[int, ...]


def randomness(experiment: Draft) -> Randomness:
    """Return what depends on each seed, by asking the layers, the input and the task."""
    task = experiment.training.task
    layers = list(enumerate(experiment.network))
    return Randomness(
        weights=tuple(place for place, layer in layers if layer.draws_weights),
        input=experiment.is_input_random,
        batches=task.is_labelled,
        samples=isinstance(task, Classification) and task.encoding.is_random,
        noise=tuple(place for place, layer in layers if layer.is_noisy),
    )
