"""An artificial network as the graph of what it calls, so that ReLUs written as functions or used twice are found.

What can't become spiking is refused here, by name.
"""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from torch import fx, nn

from snncore.convert import kinds
from snncore.errors import ConversionError
from snncore.layers import StatefulLayer

_tracing = threading.RLock()
"""Held while torch traces: it replaces `nn.Module.__call__` meanwhile, for all threads, and puts back what it found."""


class _Tracer(fx.Tracer):
    """Follows the modules that its own thread calls; those that other threads call meanwhile run as ever."""

    def __init__(self) -> None:
        super().__init__()
        self.thread = threading.get_ident()

    def is_leaf_module(self, module: nn.Module, name: str) -> bool:
        return kinds.is_leaf(module) or super().is_leaf_module(module, name)

    def call_module(self, module: nn.Module, forward: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        if threading.get_ident() != self.thread:
            return forward(*args, **kwargs)
        return super().call_module(module, forward, args, kwargs)

    def getattr(self, attr: str, attr_val: Any, parameter_proxy_cache: dict[str, Any]) -> Any:
        if threading.get_ident() != self.thread:
            return attr_val
        return super().getattr(attr, attr_val, parameter_proxy_cache)


@contextmanager
def _in_eval(model: nn.Module) -> Iterator[None]:
    modes = {module: module.training for module in model.modules()}
    try:
        model.eval()
        yield
    finally:
        for module, mode in modes.items():
            module.training = mode


def traced(model: nn.Module) -> fx.GraphModule:
    """Return the model as a graph of modules and functions, with the same modules. Dropout written as a function is left out.

    Raises:
        ConversionError: the model can't be traced, or it calls a module or function that can't be converted.
    """
    try:
        with _tracing, _in_eval(model):
            graph = _Tracer().trace(model)
    except Exception as error:  # whatever the model's own code raises when it is called with a placeholder
        reason = str(error).strip().partition("\n")[0].removesuffix(".")
        raise ConversionError(
            f"{type(model).__name__}: its forward can't be followed without data ({reason}); "
            f"write it without conditions on its input, from modules and functions of torch."
        ) from error
    rewired = _take_what_was_changed_in_place(graph, model)
    made = fx.GraphModule(model, graph, type(model).__name__)
    made.meta["rewired"] = rewired
    for node in graph.nodes:
        _check(node, made)
    return made


def module_of(node: fx.Node, model: fx.GraphModule) -> nn.Module | None:
    """Return the module that a node calls; None for anything else."""
    return model.get_submodule(str(node.target)) if node.op == "call_module" else None


def is_relu(node: fx.Node, model: nn.Module) -> bool:
    """Return True for a call of a ReLU, as a module, function or method."""
    if node.op == "call_module":
        return type(model.get_submodule(str(node.target))) in kinds.RELUS
    return node.op in ("call_function", "call_method") and (node.target in kinds.RELU_FUNCTIONS or kinds.is_clamp_at_zero(node))


def relus(model: fx.GraphModule) -> list[fx.Node]:
    return [node for node in model.graph.nodes if is_relu(node, model)]


def separated(model: nn.Module) -> nn.Module:
    """Return the model with a module of its own for each use of a ReLU; parameters and buffers are shared with `model`.

    The modules keep their places and names. If that isn't enough, since a ReLU is a function or a block is used twice, the result is an
    `fx.GraphModule` with the same submodules, and "relu", "relu_1", ... for those that had no name of their own.

    Raises:
        ConversionError: as in `traced`.
    """
    tensors: dict[int, Any] = {id(tensor): tensor for tensor in (*model.parameters(), *model.buffers())}
    same = copy.deepcopy(model, tensors)
    seen: set[int] = set()
    for parent in same.modules():
        for name, child in parent._modules.items():
            if child is not None and type(child) in kinds.RELUS:
                parent._modules[name] = child if id(child) not in seen else copy.deepcopy(child)
                seen.add(id(child))
    if type(same) in kinds.RELUS:
        return same
    view = traced(same)
    found = relus(view)
    calls = Counter(node.target for node in found)
    if all(node.op == "call_module" and calls[node.target] == 1 for node in found) and not view.meta["rewired"]:
        return same
    met: set[Any] = set()
    for node in found:
        if node.op != "call_module" or node.target in met:
            own = copy.deepcopy(module_of(node, view)) or nn.ReLU()
            call_instead(view, node, own, "relu" if node.op != "call_module" else str(node.target).replace(".", "_"))
        met.add(node.target)
    view.graph.lint()
    view.recompile()
    return view


def call_instead(model: fx.GraphModule, node: fx.Node, module: nn.Module, name: str) -> None:
    """Let the model call `module`, under a free name, on the first input of `node` in its place."""
    name = free_name(model, name)
    model.add_submodule(name, module)
    with model.graph.inserting_after(node):
        call = model.graph.call_module(name, (node.all_input_nodes[0],))
    node.replace_all_uses_with(call)
    model.graph.erase_node(node)


def free_name(model: nn.Module, name: str) -> str:
    """Return `name`, or `name_1`, ... if the model has it already."""
    taken = {*dict(model.named_modules()), *dir(model)}
    return next(free for free in (name, *(f"{name}_{number}" for number in range(1, len(taken) + 2))) if free not in taken)


# -------------------------------------------------------------------------------------------------------- details


def _check(node: fx.Node, model: fx.GraphModule) -> None:
    if node.op == "call_module":
        module = model.get_submodule(str(node.target))
        if type(module) in kinds.RELUS or isinstance(module, (*kinds.LINEAR, StatefulLayer)):
            return
        kind = type(module).__name__
        raise ConversionError(f"{kind} (module {str(node.target)!r}) can't be computed by spikes; {kinds.instead_of(kind)}.")
    if node.op not in ("call_function", "call_method") or is_relu(node, model) or kinds.is_number(node):
        return
    name = node.target if isinstance(node.target, str) else getattr(node.target, "__name__", str(node.target))
    if kinds.rounds(node):
        raise ConversionError(f"The function {name} can't be computed by spikes, since it rounds; divide with / and keep fractions.")
    if node.target in kinds.LINEAR_FUNCTIONS | kinds.SUMS | kinds.WEIGHTED_FUNCTIONS or kinds.is_multiple(node):
        return
    raise ConversionError(f"The function {name} can't be computed by spikes; {kinds.instead_of(name)}.")


def _take_what_was_changed_in_place(graph: fx.Graph, model: nn.Module) -> bool:
    """Let all that reads a tensor after a ReLU changed it in place read that ReLU's output; return True if anything does."""
    later = [
        (user, changed, node)
        for node in graph.nodes
        if is_relu(node, model) and _is_in_place(node, model)
        for changed in node.all_input_nodes[:1]
        for user in changed.users
        if node < user
    ]
    for user, changed, node in later:
        user.replace_input_with(changed, node)
    return bool(later)


def _is_in_place(node: fx.Node, model: nn.Module) -> bool:
    if node.op == "call_module":
        return bool(getattr(model.get_submodule(str(node.target)), "inplace", False))
    return node.kwargs.get("inplace") is True or getattr(node.target, "__name__", node.target) in ("relu_", "clamp_")
