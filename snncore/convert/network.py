"""An artificial network and the spiking one made from it, side by side."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import torch
from torch import Tensor, nn

from snncore.arrays import Array
from snncore.convert.checks import check_data, evaluated, fitting
from snncore.convert.constant_input import run_constant
from snncore.convert.graph import separated
from snncore.convert.synops import SNNAnalyzer
from snncore.errors import ConversionError, ParameterError, ShapeError
from snncore.layers import StatefulLayer
from snncore.layers.model import spiking_layers
from snncore.layers.squeeze import Squeeze
from snncore.layers.stateful import ValueRanges
from snncore.run.record import outputs_kept

INPUT = "Input"
"""Name of the input among the layers that are compared."""


class Network(nn.Module):
    """An artificial network and its spiking copy; a call runs the copy.

    Args:
        analog_model, spiking_model: as `from_model` makes them.
        input_shape: shape of one sample, without batch and time. If given, each module of the spiking model gets its `out_shape`.
        synops: count synaptic operations from the start.
        batch_size, num_timesteps: as the spiking layers have them.

    Attributes:
        synops_counter: the `SNNAnalyzer` of the spiking model; None without `synops`.

    Raises:
        ConversionError: the spiking model doesn't take data of `input_shape`.
    """

    def __init__(
        self,
        analog_model: nn.Module | None = None,
        spiking_model: nn.Module | None = None,
        input_shape: Sequence[int] | None = None,
        synops: bool = False,
        batch_size: int | None = 1,
        num_timesteps: int | None = 1,
    ) -> None:
        super().__init__()
        self.analog_model = analog_model
        self.spiking_model = spiking_model
        self.input_shape = input_shape
        self.synops = synops
        if input_shape is not None and spiking_model is not None:
            self._infer_shapes(spiking_model, tuple(input_shape), batch_size or 1, num_timesteps or 1)
        self.synops_counter = SNNAnalyzer(self._spiking) if synops else None

    @property
    def layers(self) -> list[tuple[str, nn.Module]]:
        """Return the spiking model's layers with their names."""
        return list(self._spiking.named_children())

    def forward(self, x: Tensor) -> Tensor:
        """Run the spiking model, on (batch*time, ...) with squeeze layers, on (batch, time, ...) with others.

        Raises:
            ConversionError: the model doesn't take data of this shape or dtype.
            ShapeError: squeeze layers were made for another batch_size or num_timesteps.
        """
        with fitting(x):
            output: Tensor = self._spiking(x)
        return output

    def run(self, x: Tensor, num_timesteps: int) -> Tensor:
        """Return the spiking model's output over time for a constant input, (batch, ...) -> (batch, time, ...).

        The output is that of a call on the input repeated over time, but the layers before the first spikes are computed once. In training
        mode, where dropout differs from step to step, and while synaptic operations are counted, it is such a call.

        Raises:
            ConversionError: the model doesn't take data of this shape or dtype.
            ShapeError: no time step, or other sizes than the spiking layers were made for.
        """
        with fitting(x):
            return run_constant(self._spiking, x, num_timesteps, once=self.synops_counter is None)

    def reset_states(self, randomize: bool = False, value_ranges: Sequence[ValueRanges] | None = None) -> None:
        """Reset the state of all spiking layers.

        Args:
            randomize: draw the states instead, from [0, 1) or from `value_ranges`.
            value_ranges: for each layer with state, {state: (min, max)}.

        Raises:
            ParameterError: not as many ranges as layers.
        """
        layers = [module for module in self.modules() if isinstance(module, StatefulLayer)]
        ranges = [None] * len(layers) if value_ranges is None else list(value_ranges)
        if len(ranges) != len(layers):
            raise ParameterError(f"Network: there are {len(ranges)} value_ranges for {len(layers)} layers with state; give one for each.")
        for layer, of_layer in zip(layers, ranges, strict=True):
            layer.reset_states(randomize=randomize, value_ranges=of_layer)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Reset all gradients, and detach the spiking layers' states from the graph."""
        super().zero_grad(set_to_none)
        for layer in spiking_layers(self._spiking).values():
            layer.zero_grad(set_to_none)

    def get_synops(self) -> dict[str, float]:
        """Return the synaptic operations per sample in the last call, by layer with weights.

        Raises:
            ParameterError: made without `synops=True`.
        """
        if self.synops_counter is None:
            raise ParameterError("Network: no synaptic operations were counted; make it with synops=True and call it.")
        layers = self.synops_counter.get_layer_statistics()["parameter"]
        return {name: layer["synops"].item() for name, layer in layers.items()}

    def compare_activations(
        self, data: Tensor, name_list: list[str] | None = None, compute_rate: bool = False, verbose: bool = False
    ) -> tuple[list[Array], list[Array], list[str]]:
        """Run both models on the same data and return what each layer answers.

        The spiking model runs from rest. Both models run in evaluation, as copies: states, modes and hooks stay as they are.

        Args:
            data: input of the spiking model; the artificial one gets its mean over time.
            name_list: names of modules that are in both models, and "Input". By default the input and all spiking layers.
            compute_rate: compare spikes per time step with activations; else spikes with activations times the number of steps.
            verbose: print the names.

        Returns:
            Activations, spike counts or rates, each an array (batch, ...) per name, and the names.

        Raises:
            ParameterError: an unknown name.
            ConversionError: the models don't take the data.
            ShapeError: squeeze layers were made for another batch_size or num_timesteps.
        """
        check_data(data)
        analog = separated(self._analog).eval()
        spiking = copy.deepcopy(self._spiking).eval()
        names = [INPUT, *spiking_layers(spiking)] if name_list is None else name_list
        if verbose:
            print(f"Comparing activations of {', '.join(names)}")
        folding = next((module for module in spiking.modules() if isinstance(module, Squeeze)), None)
        over_time = _unfolded(data, folding)
        steps = over_time.shape[1]
        answers = _outputs(analog, over_time.mean(1), names)
        for layer in spiking_layers(spiking).values():
            layer.reset_states()
        spikes = {name: _unfolded(output, folding).sum(1) for name, output in _outputs(spiking, data, names).items()}
        activations = [answers[name] * (1 if compute_rate else steps) for name in names]
        counts = [spikes[name] / (steps if compute_rate else 1) for name in names]
        return [value.cpu().numpy() for value in activations], [value.cpu().numpy() for value in counts], names

    def plot_comparison(
        self, data: Tensor, name_list: list[str] | None = None, compute_rate: bool = False
    ) -> tuple[list[Array], list[Array]]:
        """Draw `compare_activations` as a scatter plot with matplotlib, which must be installed; return both lists of arrays."""
        pyplot: Any = import_module("matplotlib.pyplot")
        activations, counts, names = self.compare_activations(data, name_list, compute_rate)
        for name, activation, count in zip(names, activations, counts, strict=True):
            pyplot.scatter(count, activation, label=name)
        pyplot.xlabel("Spikes per time step" if compute_rate else "Spikes")
        pyplot.ylabel("Activation" if compute_rate else "Activation times steps")
        pyplot.legend()
        return activations, counts

    # ---------------------------------------------------------------------------------------------------- details

    @property
    def _spiking(self) -> nn.Module:
        if self.spiking_model is None:
            raise ParameterError("Network: it has no spiking model; make it with from_model.")
        return self.spiking_model

    @property
    def _analog(self) -> nn.Module:
        if self.analog_model is None:
            raise ParameterError("Network: it has no artificial model to compare with; make it with from_model.")
        return self.analog_model

    def _infer_shapes(self, model: nn.Module, shape: tuple[int, ...], batch_size: int, num_timesteps: int) -> None:
        """Set `out_shape` of each module, without its first axis, by a run of a copy."""
        trial = copy.deepcopy(model).eval()
        is_folded = any(isinstance(module, Squeeze) for module in trial.modules())
        sizes = (batch_size * num_timesteps,) if is_folded else (batch_size, num_timesteps)
        first = next(iter((*model.parameters(), *model.buffers())), torch.zeros(()))
        data = torch.zeros(*sizes, *shape, device=first.device)
        with outputs_kept(dict(trial.named_modules())) as outputs:
            output = evaluated(trial, data)
        if not isinstance(output, Tensor):
            raise ConversionError(f"The model returns a {type(output).__name__}, and spikes have one output; let it return one tensor.")
        for name, output in outputs.items():
            if isinstance(output, Tensor):  # a part of a model may return several
                model.get_submodule(name).out_shape = output.shape[1:]  # type: ignore[assignment]  # read by programs, not by torch


def _outputs(model: nn.Module, data: Tensor, names: Sequence[str]) -> dict[str, Tensor]:
    """Return the outputs of the named modules, and the data as "Input"."""
    modules = dict(model.named_modules())
    unknown = [name for name in names if name != INPUT and name not in modules]
    if unknown:
        known = ", ".join(name for name in modules if name)
        raise ParameterError(f"Network: there is no module {unknown[0]!r} in both models; use {INPUT} or some of {known}.")
    with outputs_kept({name: modules[name] for name in names if name != INPUT}, copied=True) as outputs:
        evaluated(model, data.clone())
    return {INPUT: data, **{name: output.detach() for name, output in outputs.items()}}


def _unfolded(x: Tensor, folding: Squeeze | None) -> Tensor:
    """Return (batch, time, ...)."""
    if folding is None:
        if x.dim() < 2:
            raise ShapeError(f"The data has the shape {tuple(x.shape)}; it must be (batch, time, ...).")
        return x
    known = folding.batch_size or folding.num_timesteps or 1
    if not x.dim() or len(x) % known:
        raise ShapeError(
            f"The data has the shape {tuple(x.shape)}, but its first axis is batch*time, and the spiking layers were made for "
            f"batch_size={folding.batch_size} and num_timesteps={folding.num_timesteps}; give a multiple of {known} rows."
        )
    unfolded: Tensor = x.unflatten(0, (folding.batch_size, -1) if folding.batch_size else (-1, known))
    return unfolded
