"""A spiking model run on a constant input: what comes before the first spikes is computed once, not at every step."""

from __future__ import annotations

from typing import Any

from torch import Tensor, fx, nn

from snncore.convert import kinds
from snncore.convert.graph import module_of, traced
from snncore.errors import ShapeError
from snncore.layers import FlattenTime, StatefulLayer, UnflattenTime
from snncore.layers.squeeze import Squeeze


def run_constant(model: nn.Module, x: Tensor, num_timesteps: int, *, once: bool = True) -> Tensor:
    """Return the output over time, (batch, time, ...), for an input (batch, ...) that is the same at every step.

    Args:
        once: compute what comes before the first spikes once, if nothing there depends on the number of rows and no hook waits for a call
            of the whole model.

    Raises:
        ShapeError: no time step, or other sizes than the squeeze layers were made for.
    """
    if num_timesteps < 1:
        raise ShapeError(f"The number of time steps is {num_timesteps}; it must be at least 1.")
    foldings = [module for module in model.modules() if isinstance(module, Squeeze)]
    if not foldings:
        output: Tensor = model(x.unsqueeze(1).expand(-1, num_timesteps, *x.shape[1:]))
        return output
    for layer in foldings:
        if layer.batch_size not in (None, len(x)) or layer.num_timesteps not in (None, num_timesteps):
            raise ShapeError(
                f"The input has {len(x)} samples and {num_timesteps} time steps, but the spiking layers were made for "
                f"batch_size={layer.batch_size} and num_timesteps={layer.num_timesteps}. Convert again with one of them as here."
            )
    once = once and not model.training and not model._forward_hooks
    output = _once_before_spikes(model, x, num_timesteps) if once else model(_repeated(x, num_timesteps))
    over_time: Tensor = output.unflatten(0, (len(x), num_timesteps))
    return over_time


def _once_before_spikes(model: nn.Module, x: Tensor, steps: int) -> Any:
    before = _layers_before_spikes(model)
    if before:  # tracing takes longer than some runs
        first, others = model[:before], model[before:]  # type: ignore[index]  # it is a Sequential
        return others(_repeated(first(x), steps))
    view = traced(model)
    if any(map(kinds.reads_size, view.graph.nodes)):
        return model(_repeated(x, steps))
    return _OnceBeforeSpikes(view, steps).run(x)


def _layers_before_spikes(model: nn.Module) -> int:
    """Return the number of layers before the first spikes, of a plain sequence whose layers there take any number of rows; else 0."""
    if type(model) is not nn.Sequential:
        return 0
    for place, layer in enumerate(model):
        if isinstance(layer, StatefulLayer):
            return place
        if not isinstance(layer, kinds.LINEAR) or isinstance(layer, (FlattenTime, UnflattenTime)):
            return 0
    return 0


def _repeated(x: Tensor, steps: int) -> Tensor:
    return x.unsqueeze(1).expand(-1, steps, *x.shape[1:]).flatten(0, 1)


class _OnceBeforeSpikes(fx.Interpreter):
    """Runs a model; values that come from no spikes have one row per sample until they meet spikes, then one per step."""

    def __init__(self, view: fx.GraphModule, steps: int) -> None:
        super().__init__(view)
        self.steps = steps
        self.over_time: set[fx.Node] = set()
        for node in view.graph.nodes:
            begins = isinstance(module_of(node, view), StatefulLayer) or node.op == "output"
            if begins or not self.over_time.isdisjoint(node.all_input_nodes):
                self.over_time.add(node)

    def fetch_args_kwargs_from_env(self, n: fx.Node) -> tuple[tuple[Any, ...], dict[str, Any]]:
        args, kwargs = super().fetch_args_kwargs_from_env(n)
        if n not in self.over_time:
            return args, kwargs

        def value(node: fx.Node) -> Any:
            found = self.env[node]
            is_sample = node not in self.over_time and node.op != "get_attr" and isinstance(found, Tensor)
            return _repeated(found, self.steps) if is_sample else found

        return fx.map_arg(n.args, value), fx.map_arg(n.kwargs, value)
