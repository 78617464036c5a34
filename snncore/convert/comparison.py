"""An Experiment's artificial network and the spiking one with its weights, on the same test samples, at every number of steps."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.convert.artificial import AT_ONCE, as_images, check_convertible, input_gain, neuron_places, weights_of
from snncore.convert.normalization import normalize
from snncore.errors import ConversionError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters, put
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification
from snncore.layers.model import reset_states
from snncore.run.labelled import run
from snncore.run.record import outputs_kept

MOST_VALUES = 4_000_000
"""Most values of one layer that are held at once; samples come in parts of as many."""

POINTS = 240
"""Neurons of samples shown of each layer."""

POINTS_SEED = 0

WEIGHTED = (nn.Linear, nn.Conv2d)

ROUNDING = 1e-12
"""A product of variances below it counts as 0."""

Whole = NDArray[np.int64]


@dataclass(frozen=True)
class ComparedLayer:
    """A layer in both networks.

    Attributes:
        place: in the network.
        does_spike: False for the output, whose mean over time stands for its rate.
        activations: of the artificial network, in spikes per step, (samples, neurons).
        rates: spikes per step within the asked steps, (samples, neurons).
        samples, neurons: of the points that are shown, (points,).
        point_activations: (points,).
        point_rates: of the steps so far, after each step, (points, steps).
        correlations: of activations and rates, after each step, (steps,); NaN where one of the two is constant.
        spikes: per sample, until each step, (steps,).
        synops: synaptic operations per sample that they cause, until each step, (steps,).
    """

    place: int
    does_spike: bool
    activations: Array
    rates: Array
    samples: Whole
    neurons: Whole
    point_activations: Array
    point_rates: Array
    correlations: Array
    spikes: Array
    synops: Array

    @property
    def nbytes(self) -> int:
        """Return the bytes of all arrays."""
        return sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))


@dataclass(frozen=True)
class Compared:
    """Both networks on the test half.

    Attributes:
        experiment: with as many steps as were asked for.
        steps: number of steps that were run, at least as many.
        labels, artificial_answers: (samples,).
        answers: of the spiking network after each step, (samples, steps).
        layers: of neurons, and the output.
        multiply_adds: of the artificial network per sample, by place of the layer with weights.
        input_synops: synaptic operations per sample that the input causes, until each step, (steps,); None for a constant current, whose
            effect on the first layer is computed once.
    """

    experiment: Experiment
    steps: int
    labels: Whole
    artificial_answers: Whole
    answers: Whole
    layers: tuple[ComparedLayer, ...]
    multiply_adds: dict[int, float]
    input_synops: Array | None

    @property
    def nbytes(self) -> int:
        """Return the bytes of all arrays."""
        own = sum(value.nbytes for value in vars(self).values() if isinstance(value, np.ndarray))
        return own + sum(layer.nbytes for layer in self.layers)

    @property
    def artificial_accuracy(self) -> float:
        """Share of right answers."""
        return float((self.artificial_answers == self.labels).mean())

    @property
    def accuracies(self) -> Array:
        """Share of right answers of the spiking network after each step, (steps,)."""
        return np.asarray((self.answers == self.labels[:, None]).mean(0))

    @property
    def agreements(self) -> Array:
        """Share of samples to which both give the same answer, after each step, (steps,)."""
        return np.asarray((self.answers == self.artificial_answers[:, None]).mean(0))

    @property
    def asked(self) -> int:
        """The number of steps of the Experiment."""
        return self.experiment.input.shape[1]

    @property
    def agreement(self) -> float:
        """Share of samples to which both give the same answer, after the asked steps."""
        return float(self.agreements[self.asked - 1])


def converted_weights(experiment: Experiment, model: nn.Sequential, files: Files = NO_FILES) -> dict[str, Any]:
    """Return the weights of the spiking network by parameter name: those of the artificial one, normalised on the training half.

    Raises:
        ConversionError: the Experiment has no `conversion`, or weights aren't finite.
    """
    if experiment.conversion is None:
        raise ConversionError("The Experiment has no conversion; give it one with a percentile.")
    task = _task(experiment)
    images = as_images(experiment, task.data.make(files).train.values)
    scaled = normalize(model, images, experiment.conversion.percentile)
    first = next(module for module in scaled.modules() if isinstance(module, WEIGHTED))
    with torch.no_grad():
        first.weight /= input_gain(experiment)
    return weights_of(scaled)


def spiking_network(experiment: Experiment, weights: Parameters) -> nn.Sequential:
    """Return the Experiment's network with these weights, in evaluation."""
    model = experiment.replace({"checkpoint": None}).build().eval()
    put(weights, model)
    return model


def compare(
    experiment: Experiment, model: nn.Sequential, files: Files = NO_FILES, *, steps: int = 0, stop: Callable[[], bool] = lambda: False
) -> Compared | None:
    """Run both networks on the test half. The model itself stays as it is.

    Args:
        model: the artificial network, as `artificial_network` makes it.
        steps: run at least as many; more than those of the Experiment show what more would bring.
        stop: asked before each part; if True, this ends and returns None.

    Raises:
        ConversionError: the Experiment can't be converted.
    """
    check_convertible(experiment)
    model = copy.deepcopy(model).eval()
    steps = max(steps, experiment.input.shape[1])
    weights = converted_weights(experiment, model, files)
    longer = experiment.replace({"input.shape": [1, steps, *experiment.input.shape[2:]]})
    spiking = spiking_network(longer, weights)
    scaled = model_with(model, weights, input_gain(experiment))
    values, labels = _task(experiment).data.make(files).test
    images = as_images(experiment, values)
    places = (*neuron_places(experiment), len(experiment.network) - 1)
    activations = _activations(scaled, images, places, stop)
    if activations is None:
        return None
    reached = _fanouts(experiment, model, images[:1])
    tallies = {place: _Tally(found, steps, experiment.input.shape[1], reached.get(place)) for place, found in activations.items()}
    synops = torch.zeros(steps)
    answers, generator = [], torch.Generator().manual_seed(experiment.seeds.input)
    is_random = _task(experiment).encoding.is_random
    size = max(MOST_VALUES // (steps * max(found.shape[1] for found in activations.values())), 1)
    for part in torch.arange(len(labels)).split(size):
        if stop():
            return None
        shown = _task(experiment).encoded(values[part], longer.input.shape[1:], experiment.dt, generator)
        with torch.no_grad(), outputs_kept({str(place): spiking.get_submodule(str(place)) for place in places}) as outputs:
            reset_states(spiking)
            run(spiking, shown)
        for place, tally in tallies.items():
            tally.add(part, outputs[str(place)].reshape(len(part), steps, -1))
        answers.append(outputs[str(places[-1])].reshape(len(part), steps, -1)[..., : _task(experiment).data.classes].cumsum(1).argmax(2))
        if is_random:
            synops += (shown.flatten(2) @ reached[-1]).sum(0)
    return Compared(
        experiment=experiment,
        steps=steps,
        labels=labels.numpy(),
        artificial_answers=activations[places[-1]][:, : _task(experiment).data.classes].argmax(1).numpy(),
        answers=torch.cat(answers).numpy(),
        layers=tuple(tally.layer(place, place in neuron_places(experiment)) for place, tally in tallies.items()),
        multiply_adds=_multiply_adds(experiment, model, images[:1]),
        input_synops=(synops.cumsum(0) / len(labels)).numpy() if is_random else None,
    )


def model_with(model: nn.Sequential, weights: Parameters, gain: float) -> nn.Sequential:
    """Return the artificial network with the weights of a spiking one that was made for inputs of this gain."""
    scaled = copy.deepcopy(model)
    put(weights, scaled)
    first = next(module for module in scaled.modules() if isinstance(module, WEIGHTED))
    with torch.no_grad():
        first.weight *= gain
    return scaled.eval()


# ------------------------------------------------------------------------------------------------------- details


def _activations(model: nn.Sequential, images: Tensor, places: tuple[int, ...], stop: Callable[[], bool]) -> dict[int, Tensor] | None:
    """Return the outputs (samples, neurons) of some modules by their place, some samples at a time; None if `stop()` ended it."""
    found: dict[int, list[Tensor]] = {place: [] for place in places}
    for part in images.split(AT_ONCE):
        if stop():
            return None
        with torch.no_grad(), outputs_kept({str(place): model.get_submodule(str(place)) for place in places}) as kept:
            model(part)
        for place in places:
            found[place].append(kept[str(place)].flatten(1))
    return {place: torch.cat(parts) for place, parts in found.items()}


class _Tally:
    """Adds up what a layer did, part by part.

    Args:
        activations: of the artificial network, (samples, neurons).
        fanout: neurons that a spike of each neuron reaches, (neurons,); None for the output.
    """

    def __init__(self, activations: Tensor, steps: int, asked: int, fanout: Tensor | None) -> None:
        self.activations, self.steps, self.asked, self.fanout = activations, steps, asked, fanout
        self.rates = torch.zeros_like(activations)
        self.sums = {name: torch.zeros(steps, dtype=torch.float64) for name in ("r", "rr", "ar", "spikes", "synops")}
        self.samples, self.neurons = _points(activations)
        self.point_rates = torch.zeros(len(self.samples), steps)

    def add(self, part: Tensor, outputs: Tensor) -> None:
        """Add the outputs (part, steps, neurons) of some samples."""
        sofar = outputs.cumsum(1) / torch.arange(1, self.steps + 1)[:, None]
        self.rates[part] = sofar[:, self.asked - 1]
        self.sums["r"] += sofar.sum((0, 2), dtype=torch.float64)
        self.sums["ar"] += (sofar * self.activations[part, None]).sum((0, 2), dtype=torch.float64)
        self.sums["rr"] += sofar.square().sum((0, 2), dtype=torch.float64)
        if self.fanout is not None:
            self.sums["spikes"] += outputs.sum((0, 2), dtype=torch.float64)
            self.sums["synops"] += (outputs @ self.fanout).sum(0, dtype=torch.float64)
        here = (self.samples >= part[0]) & (self.samples <= part[-1])
        self.point_rates[here] = sofar[self.samples[here] - part[0], :, self.neurons[here]]

    def layer(self, place: int, does_spike: bool) -> ComparedLayer:
        count, samples = self.activations.numel(), len(self.activations)
        return ComparedLayer(
            place=place,
            does_spike=does_spike,
            activations=self.activations.numpy(),
            rates=self.rates.numpy(),
            samples=self.samples.numpy(),
            neurons=self.neurons.numpy(),
            point_activations=self.activations[self.samples, self.neurons].numpy(),
            point_rates=self.point_rates.numpy(),
            correlations=self._correlations(count),
            spikes=(self.sums["spikes"].cumsum(0) / samples).numpy(),
            synops=(self.sums["synops"].cumsum(0) / samples).numpy(),
        )

    def _correlations(self, count: int) -> Array:
        a = self.activations.double()
        mean_a, mean_r = a.mean(), self.sums["r"] / count
        together = self.sums["ar"] / count - mean_a * mean_r
        spread = a.var(correction=0) * (self.sums["rr"] / count - mean_r.square())
        found = torch.where(spread > ROUNDING, together / spread.clamp(min=ROUNDING).sqrt(), torch.nan)
        return found.clamp(-1, 1).numpy()


def _points(activations: Tensor) -> tuple[Tensor, Tensor]:
    """Return some samples and neurons to show, those first whose activation isn't 0, in the order of the samples."""
    flat = activations.flatten()
    order = torch.randperm(len(flat), generator=torch.Generator().manual_seed(POINTS_SEED))
    chosen = torch.cat([order[flat[order] != 0], order[flat[order] == 0]])[:POINTS].sort().values
    return chosen // activations.shape[1], chosen % activations.shape[1]


def _fanouts(experiment: Experiment, model: nn.Sequential, sample: Tensor) -> dict[int, Tensor]:
    """Return how many neurons a spike of each neuron reaches, by the place of its layer, -1 for the input."""
    values = [sample]
    with torch.no_grad():
        for module in model:
            values.append(module(values[-1]))
    return {place: _fanout(list(model)[place + 1 :], values[place + 1]) for place in (-1, *neuron_places(experiment))}


def _fanout(modules: list[nn.Module], like: Tensor) -> Tensor:
    """Return the gradient of what arrives at the next layer with weights, with all weights 1 and pools that add."""
    begun = torch.zeros_like(like, requires_grad=True)
    reached = begun
    for module in modules:
        reached = _counting(module)(reached)
        if isinstance(module, nn.AvgPool2d):
            reached = reached * math.prod(np.broadcast_to(module.kernel_size, 2).tolist())
        if isinstance(module, WEIGHTED):
            break
    (found,) = torch.autograd.grad(reached.sum(), begun)
    return found.flatten()


def _multiply_adds(experiment: Experiment, model: nn.Sequential, sample: Tensor) -> dict[int, float]:
    """Return the multiply-adds of each layer with weights for one sample, without those of padded zeros, by its place."""
    found = {}
    with torch.no_grad():
        for place, module in enumerate(model):
            if isinstance(module, WEIGHTED):
                found[place] = _counting(module)(torch.ones_like(sample)).sum().item()
            sample = module(sample)
    return found


def _counting(module: nn.Module) -> nn.Module:
    """Return a layer with all weights 1 and no bias; any other module itself."""
    if not isinstance(module, WEIGHTED):
        return module
    counting = copy.deepcopy(module)
    with torch.no_grad():
        counting.weight.fill_(1.0)
        if counting.bias is not None:
            counting.bias.zero_()
    return counting


def _task(experiment: Experiment) -> Classification:
    task = experiment.training.task
    assert isinstance(task, Classification)
    return task
