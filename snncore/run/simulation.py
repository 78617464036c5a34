"""Simulations: an Experiment's network run forward, without learning, with a record of every layer."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import nn

from snncore.arrays import Array
from snncore.encoders import shuffle_times
from snncore.errors import ExperimentError, NonFiniteError
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.parameters import Parameters, misfit, put, shapes_of
from snncore.experiment.spec import Experiment
from snncore.layers import StatefulLayer
from snncore.layers.model import reset_states
from snncore.run.record import LayerRecord, outputs_kept, record_of, threshold_of


@dataclass(frozen=True)
class Simulation:
    """One forward pass, dropout switched off.

    Attributes:
        input: (batch, time, ...).
        outputs: each layer's output, (batch, time, ...), by its place in the network; the last one alone where no others are kept.
        records: records of the neuron layers, by their place in the network.
        weights: weights and biases by parameter name: `"0.weight"`.
        parameters: all parameters by name; none where they aren't kept.
    """

    experiment: Experiment
    input: Array
    outputs: tuple[Array, ...]
    records: dict[int, LayerRecord]
    weights: dict[str, Array]
    parameters: Parameters = field(default_factory=dict)

    def received(self, layer: int) -> Array:
        """Return the layer's input, (batch, time, ...), without recurrent current."""
        return self.input if layer == 0 else self.outputs[layer - 1]


def simulate(
    experiment: Experiment,
    files: Files = NO_FILES,
    *,
    runs: int = 1,
    shuffled: bool = False,
    parameters: Parameters | None = None,
    given: torch.Tensor | None = None,
) -> list[Simulation]:
    """Build the network and run it on its input.

    Args:
        files: arrays that the input and the checkpoint name by their digest.
        runs: number of runs on the same input; each starts from the state that the one before left.
        shuffled: put each neuron's input in random order in time, by the noise seed; its spike count stays.
        parameters: all parameters of the network by name, to run it with instead of its own, as in `EpochRecord.parameters`.
        given: (batch, time, ...), in place of the Experiment's input and of the same shape.

    Raises:
        ExperimentError: the file of the input or the weights is missing, `parameters` belong to a different network, or a potential became
            infinite or NaN; the message names the layer.
    """
    data = experiment.make_input(files) if given is None else given
    if shuffled:
        data = shuffle_times(data, torch.Generator().manual_seed(experiment.seeds.noise))
    return Simulator(experiment, files).run(data, parameters, runs)


class Simulator:
    """An Experiment's network, built once and run again and again. It is for one thread.

    Raises:
        ExperimentError: the file of the weights is missing.
    """

    def __init__(self, experiment: Experiment, files: Files = NO_FILES) -> None:
        self.experiment = experiment
        self._model = experiment.build(files).eval()
        self._own = _copied(self._model)
        self._modules = {str(index): self._model.get_submodule(str(index)) for index in range(len(experiment.network))}
        self._layers = {int(name): module for name, module in self._modules.items() if isinstance(module, StatefulLayer)}
        for layer in self._layers.values():
            layer.record_states = True

    def run(self, data: torch.Tensor, parameters: Parameters | None = None, runs: int = 1) -> list[Simulation]:
        """Run the network on an input of the Experiment's shape, from rest; arguments and errors otherwise as for `simulate`."""
        if parameters is not None:
            problem = misfit(shapes_of(parameters), shapes_of(self._own), self.experiment.parameter_label)
            if problem:
                raise ExperimentError(f"The parameters are not those of the network: {problem}.")
        put(self._own if parameters is None else parameters, self._model)
        reset_states(self._model)
        with torch.no_grad():
            return [_run(self.experiment, self._model, self._modules, self._layers, data) for _ in range(runs)]


def _copied(model: nn.Module) -> dict[str, Array]:
    return {name: value.detach().clone().numpy() for name, value in model.named_parameters()}


def _run(
    experiment: Experiment, model: nn.Module, modules: dict[str, nn.Module], layers: dict[int, StatefulLayer], data: torch.Tensor
) -> Simulation:
    thresholds = {index: threshold_of(layer) for index, layer in layers.items()}
    try:
        with outputs_kept(modules) as outputs:
            model(data)
    except NonFiniteError as error:
        index = next(index for index, layer in layers.items() if layer is error.layer)
        raise ExperimentError(f"{experiment.layer_label(str(index))}: {str(error).partition(': ')[2]}") from error
    unfolded = tuple(output.reshape(*data.shape[:2], *output.shape[2 - experiment.is_folded :]).numpy() for output in outputs.values())
    return Simulation(
        experiment=experiment,
        input=data.numpy(),
        outputs=unfolded,
        records={index: record_of(str(index), layer, outputs[str(index)], thresholds[index]) for index, layer in layers.items()},
        weights={name: value.clone().numpy() for name, value in model.state_dict().items() if name.endswith(("weight", "bias"))},
        parameters=_copied(model),
    )
