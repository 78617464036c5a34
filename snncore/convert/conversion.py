"""An artificial network, trained with ReLUs, becomes a spiking one with the same weights."""

from __future__ import annotations

import copy
import math
import warnings
from collections.abc import Callable
from typing import Any

import torch
from torch import fx, nn

from snncore.activation import MembraneSubtract, MultiSpike, ResetFunction, SingleExponential, SpikeFunction, SurrogateGradient
from snncore.convert import kinds
from snncore.convert.checks import check_finite, check_plain
from snncore.convert.graph import free_name, relus, separated, traced
from snncore.convert.network import Network
from snncore.errors import ConversionError, ParameterError
from snncore.layers import IAFSqueeze, StatefulLayer
from snncore.layers.lif import SpikingMembrane
from snncore.layers.membrane import Scalar
from snncore.layers.squeeze import Squeeze

SPIKE_OUTPUT = "spike_output"


def from_model(
    model: nn.Module,
    input_shape: tuple[int, ...] | None = None,
    spike_threshold: Scalar = 1.0,
    spike_fn: SpikeFunction | type[SpikeFunction] = MultiSpike,
    reset_fn: ResetFunction = MembraneSubtract(),  # noqa: B008 (frozen)
    surrogate_grad_fn: SurrogateGradient = SingleExponential(),  # noqa: B008 (frozen)
    min_v_mem: Scalar | None = -1.0,
    bias_rescaling: float = 1.0,
    batch_size: int | None = None,
    num_timesteps: int | None = None,
    synops: bool = False,
    add_spiking_output: bool = False,
    spike_layer_class: type[StatefulLayer] = IAFSqueeze,
    backend: None = None,
    kwargs_backend: dict[str, Any] | None = None,
    *,
    initial_v_mem: float = 0.0,
) -> Network:
    """Return the model and a spiking copy of it, in which each use of a ReLU is a layer of spiking neurons.

    The copy keeps modules, names and weights. If a ReLU is a function, or a block is used twice, the copy is an `fx.GraphModule` that
    computes the same. Batch norms stay as they are: call `model.eval()` before, or fold them with `snncore.convert.normalize`.

    Args:
        model: a network of linear layers, ReLU or NeuromorphicReLU, average pools, batch norms, dropout and sums.
        input_shape: shape of one sample, without batch and time. If given, each module gets its `out_shape`.
        spike_threshold, spike_fn, reset_fn, surrogate_grad_fn, min_v_mem: arguments of all spiking layers; see `snncore.LIF`.
        bias_rescaling: biases are divided by it, above 0. The number of steps per unit of input, if the input is counts.
        batch_size, num_timesteps: at least one for a squeeze layer, whose input is (batch*time, ...).
        synops: count synaptic operations, for `Network.get_synops`.
        add_spiking_output: add a spiking layer, "spike_output", after a last layer that isn't a ReLU.
        spike_layer_class: class of the spiking layers.
        backend: refused; give `spike_layer_class`.
        kwargs_backend: more arguments of the spiking layers.
        initial_v_mem: potential before the first step and after each reset, as a fraction of θ, below 1. With 0.5, a spike comes when
            half of it is due, so that few steps round to the nearest rate instead of down.

    Raises:
        ConversionError: nothing to convert; a module or function that spikes can't compute; weights that aren't finite. By name.
        ParameterError: an argument out of its range.
    """
    _check_arguments(backend, bias_rescaling, spike_layer_class, initial_v_mem)
    if not isinstance(model, nn.Module):
        raise ConversionError(f"The model is of type {type(model).__name__}; give a torch.nn.Module.")
    check_plain(model)
    check_finite(model)
    device = next((parameter.device for parameter in model.parameters()), torch.device("cpu"))
    arguments = dict(kwargs_backend or {})
    if issubclass(spike_layer_class, Squeeze):
        arguments |= {"batch_size": batch_size, "num_timesteps": num_timesteps}

    def spiking_layer(_relu: nn.Module | None = None) -> StatefulLayer:
        made: Any = spike_layer_class
        layer: StatefulLayer = made(
            spike_threshold=spike_threshold,
            spike_fn=spike_fn,
            reset_fn=reset_fn,
            surrogate_grad_fn=surrogate_grad_fn,
            min_v_mem=min_v_mem,
            **arguments,
        )
        if initial_v_mem:
            layer.initial_v_mem = initial_v_mem
        return layer.to(device)

    spiking = _spiking_copy(model, spiking_layer, add_spiking_output)
    _divide_biases(spiking, bias_rescaling)
    return Network(model, spiking, input_shape, synops, batch_size, num_timesteps)


def _check_arguments(backend: object, bias_rescaling: float, spike_layer_class: type[StatefulLayer], initial_v_mem: float) -> None:
    if backend is not None:
        raise ParameterError(f"from_model: backend is {backend!r}; there is one backend here. Choose the layers with spike_layer_class.")
    if not (bias_rescaling > 0 and math.isfinite(bias_rescaling)):
        raise ParameterError(f"from_model: bias_rescaling is {bias_rescaling}; it must be a finite number above 0.")
    if not (isinstance(spike_layer_class, type) and issubclass(spike_layer_class, StatefulLayer) and spike_layer_class.does_spike):
        raise ParameterError(f"from_model: spike_layer_class is {spike_layer_class!r}; it must be a layer class that spikes.")
    if initial_v_mem and not issubclass(spike_layer_class, SpikingMembrane):
        raise ParameterError(f"from_model: {spike_layer_class.__name__} takes no initial_v_mem; use 0, or a layer such as IAFSqueeze.")
    if not -math.inf < initial_v_mem < 1:
        raise ParameterError(f"from_model: initial_v_mem is {initial_v_mem}; it must be a fraction of the threshold, below 1.")


def _spiking_copy(model: nn.Module, spiking_layer: Callable[..., StatefulLayer], add_spiking_output: bool) -> nn.Module:
    view = separated(model)
    if type(view) in kinds.RELUS:
        return spiking_layer()
    graph = traced(view)
    found = relus(graph)
    if not found and not add_spiking_output:
        raise ConversionError(f"{type(model).__name__} calls no ReLU, so there is nothing to convert; put a ReLU after each hidden layer.")
    (returned,) = graph.graph.output_node().args
    if not isinstance(returned, fx.Node):
        kind = type(returned).__name__.removeprefix("immutable_")
        raise ConversionError(f"{type(model).__name__} returns a {kind}, and spikes have one output; let it return one tensor.")
    copied = copy.deepcopy(view)
    for node in found:
        copied.set_submodule(str(node.target), spiking_layer())
    return _with_spiking_output(copied, graph, spiking_layer) if add_spiking_output else copied


def _with_spiking_output(copied: nn.Module, graph: fx.GraphModule, spiking_layer: Callable[..., StatefulLayer]) -> nn.Module:
    """Return the model with a spiking layer on its output, unless that is a ReLU's already."""
    (returned,) = graph.graph.output_node().args
    if returned in relus(graph):
        warnings.warn("The model ends in a ReLU, so its output spikes already; no spiking output was added.", stacklevel=3)
        return copied
    if type(copied).forward is nn.Sequential.forward:
        copied.add_module(free_name(copied, SPIKE_OUTPUT), spiking_layer())
        return copied
    view = traced(copied)
    output = view.graph.output_node()
    name = free_name(view, SPIKE_OUTPUT)
    view.add_submodule(name, spiking_layer())
    with view.graph.inserting_before(output):
        output.args = (view.graph.call_module(name, (output.args[0],)),)
    view.graph.lint()
    view.recompile()
    return view


def _divide_biases(model: nn.Module, divisor: float) -> None:
    for module in model.modules():
        if divisor != 1 and isinstance(module, kinds.WEIGHTED) and module.bias is not None:
            with torch.no_grad():
                module.bias /= divisor
