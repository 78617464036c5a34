"""The artificial network of an Experiment: its network with ReLUs in place of neurons, trained on its labelled data."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn

from snncore.convert.checks import check_finite
from snncore.errors import ConversionError
from snncore.experiment.data import Halves, Labelled
from snncore.experiment.encodings import ConstantCurrent, RateCode
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.parameters import Parameters, is_weight, put
from snncore.experiment.spec import Experiment
from snncore.experiment.tasks.classification import Classification

ORDER_SEED = 1
"""Added to the weight seed for the order of the samples."""

ROUNDING = 1e-9
"""By how much the rate 1/dt may seem to be above one spike per step."""

AT_ONCE = 256
"""Samples that go through an artificial network at once while it is tested."""


@dataclass(frozen=True)
class ArtificialEpoch:
    """An epoch of an artificial network, `loss` and accuracies as shares from 0 to 1."""

    epoch: int
    loss: float
    train_accuracy: float
    test_accuracy: float


def neuron_places(experiment: Experiment) -> tuple[int, ...]:
    """Return the places of the layers of neurons."""
    return tuple(place for place, layer in enumerate(experiment.network) if isinstance(layer, NeuronSpec))


def check_convertible(experiment: Experiment) -> None:
    """Raise ConversionError if an artificial network can't stand behind the Experiment; the sentence says what would be right."""
    task = experiment.training.task
    if not isinstance(task, Classification) or task.data.steps is not None:
        raise ConversionError(
            "A converted network needs labelled samples without time; choose labelled data without time, such as the digits."
        )
    places = neuron_places(experiment)
    if not places:
        raise ConversionError("There is nothing to convert: no layer of the network has neurons; put an IAF after each hidden layer.")
    for place in places:
        layer: Any = experiment.network[place]
        if layer.kind != "IAF" or layer.tau_syn is not None or not isinstance(layer.spike_threshold, float):
            raise ConversionError(
                f"{experiment.layer_label(str(place))} can't stand in for a ReLU: its rate isn't proportional to its input; "
                f"use IAF neurons without synaptic current, with one threshold for all."
            )
    if places[-1] == len(experiment.network) - 1:
        raise ConversionError(
            f"{experiment.layer_label(str(places[-1]))} ends the network, but the largest of the values before is the answer; remove it."
        )
    if experiment.training.changes:
        raise ConversionError("An artificial network is trained by one set of settings; remove the changes of the training.")
    encoding = task.encoding
    if isinstance(encoding, RateCode) and encoding.rate > 0 and not input_gain(experiment):
        raise ConversionError(
            f"At a rate of {encoding.rate:g} Hz the larger values all send a spike in every step; "
            f"use a rate of at most 1/dt, {1 / experiment.dt:g} Hz."
        )
    if not input_gain(experiment) > 0:
        raise ConversionError("The input must carry the samples' own values; encode them as a constant current or a rate code, above 0.")
    misfit = task.input_misfit(experiment.input.shape)
    shape = experiment.output_shape
    wrong = misfit or (shape and task.misfit(shape))
    if wrong:
        raise ConversionError(f"{wrong}.")


def input_gain(experiment: Experiment) -> float:
    """Return the mean input per step for a value of 1; 0 for an encoding whose mean isn't in proportion to the values.

    A rate code is in proportion up to one spike per step, where it is clipped.
    """
    task = experiment.training.task
    encoding = task.encoding if isinstance(task, Classification) else None
    if isinstance(encoding, ConstantCurrent):
        return encoding.amplitude
    gain = encoding.rate * experiment.dt if isinstance(encoding, RateCode) else 0.0
    return min(gain, 1.0) if gain <= 1.0 + ROUNDING else 0.0


def artificial_network(experiment: Experiment, files: Files = NO_FILES) -> nn.Sequential:
    """Return the network with a ReLU in place of each layer of neurons, (samples, ...) -> (samples, classes).

    Its weights are the drawn ones, or those of the checkpoint; modules have the names that `experiment.build` gives them.

    Raises:
        ConversionError: the Experiment can't be converted.
        ExperimentError: the weights of the checkpoint aren't among `files`, or don't fit.
    """
    check_convertible(experiment)
    weights, noise = (torch.Generator().manual_seed(seed) for seed in (experiment.seeds.weights, experiment.seeds.noise))
    places = neuron_places(experiment)
    layers = {str(place): nn.ReLU() if place in places else layer.build(weights, noise) for place, layer in enumerate(experiment.network)}
    model = nn.Sequential(OrderedDict(layers))
    if experiment.checkpoint is not None:
        experiment.checkpoint.load_into(model, files, experiment.parameter_label)
        check_finite(model)
    return model


def as_images(experiment: Experiment, values: Tensor) -> Tensor:
    """Return samples in the shape that the network takes at one time step."""
    return values.reshape(len(values), *experiment.input.shape[2:])


def train_artificial(
    experiment: Experiment, model: nn.Sequential, files: Files = NO_FILES, stop: Callable[[], bool] = lambda: False
) -> Iterator[ArtificialEpoch]:
    """Train the artificial network with cross-entropy, as the Experiment's training says; yield each epoch. Epoch 0 is before it.

    Args:
        stop: asked before each batch, also of a test; if True, training ends. The model is left in evaluation, however it ends.

    Raises:
        ConversionError: the loss became infinite or NaN.
    """
    try:
        yield from _trained(experiment, model, _halves(experiment, files), stop)
    finally:
        model.eval()


def _trained(experiment: Experiment, model: nn.Sequential, halves: Halves, stop: Callable[[], bool]) -> Iterator[ArtificialEpoch]:
    training, labels = experiment.training, halves.train.labels
    images = as_images(experiment, halves.train.values)
    order = torch.Generator().manual_seed(experiment.seeds.weights + ORDER_SEED)
    optimiser = experiment.make_optimiser(model)
    untrained = _tested(experiment, model, halves.train, stop)
    tested = untrained and _tested(experiment, model, halves.test, stop)
    if untrained is None or tested is None:
        return
    yield ArtificialEpoch(0, untrained.loss, untrained.accuracy, tested.accuracy)
    for epoch in range(training.epochs):
        for group in optimiser.param_groups:
            group["lr"] = training.learning_rate_after(epoch / training.epochs)
        total, right = 0.0, 0
        model.train()
        for part in torch.randperm(len(labels), generator=order).split(training.batch_size):
            if stop():
                return
            optimiser.zero_grad()
            outputs = model(images[part])
            batch_loss = nn.functional.cross_entropy(outputs, labels[part])
            batch_loss.backward()
            optimiser.step()
            total += batch_loss.item() * len(part)
            right += int((outputs.argmax(1) == labels[part]).sum())
        if not math.isfinite(total):
            raise ConversionError(f"The loss of the artificial network is {total} in epoch {epoch + 1}; use a lower learning rate.")
        tested = _tested(experiment, model, halves.test, stop)
        if tested is None:
            return
        yield ArtificialEpoch(epoch + 1, total / len(labels), right / len(labels), tested.accuracy)


class _Test(NamedTuple):
    loss: float
    accuracy: float


@torch.no_grad()
def _tested(experiment: Experiment, model: nn.Sequential, samples: Labelled, stop: Callable[[], bool]) -> _Test | None:
    """Return mean loss and share of right answers, some samples at a time; None if `stop()` ended it."""
    loss = right = 0.0
    model.eval()
    for part in torch.arange(len(samples.labels)).split(AT_ONCE):
        if stop():
            return None
        outputs, labels = model(as_images(experiment, samples.values[part])), samples.labels[part]
        loss += nn.functional.cross_entropy(outputs, labels, reduction="sum").item()
        right += (outputs.argmax(1) == labels).sum().item()
    return _Test(loss / len(samples.labels), right / len(samples.labels))


def weights_of(model: nn.Module) -> dict[str, Any]:
    """Return weights and biases as arrays by name."""
    return {name: value.detach().numpy().copy() for name, value in model.named_parameters() if is_weight(name)}


def with_weights(experiment: Experiment, weights: Parameters) -> nn.Sequential:
    """Return the artificial network with these weights, in evaluation."""
    model = artificial_network(experiment.replace({"checkpoint": None}))
    put(weights, model)
    return model.eval()


def _halves(experiment: Experiment, files: Files) -> Halves:
    task = experiment.training.task
    assert isinstance(task, Classification)
    return task.data.make(files)
