"""Weights scaled so that activations are at most about 1, as rates of spikes are: Rueckauer et al. 2017, "Conversion of
Continuous-Valued Deep Networks to Efficient Event-Driven Networks for Image Classification", section 2.2.
"""

from __future__ import annotations

import copy
from collections.abc import Collection
from typing import Any

import numpy as np
import torch
from torch import Tensor, fx, nn
from torch.nn.utils import fusion, parametrize

from snncore.convert import kinds
from snncore.convert.checks import check_data, check_finite, check_plain, evaluated
from snncore.convert.graph import is_relu, module_of, relus, separated, traced
from snncore.errors import ConversionError, ParameterError
from snncore.layers import NeuromorphicReLU, StatefulLayer


def normalize(model: nn.Module, data: Tensor, percentile: float = 99.9) -> nn.Module:
    """Return a copy whose activations are at most about 1, with the same function up to a known factor.

    λ is the percentile of what a ReLU answers on the data; the copy's answers 1 there. A layer between ReLUs with λ_in and λ_out gets the
    weights W·λ_in/λ_out and the bias b/λ_out. So each ReLU answers 1/λ of what it did, and the output is that of `model.eval()` divided by
    the λ of the last ReLU if the model ends in one, unchanged if it doesn't.

    Branches that are added or concatenated get one λ, the largest. If the input or a constant is among them, it is 1, since these can't be
    scaled: such ReLUs answer what they did, even above 1. A layer that answers 0 to all data keeps its scale. Batch norms are folded into
    the layer before them, and leave an `Identity`. Parametrized weights become plain ones, and layers that share a weight get one each.

    Args:
        model: as `from_model` takes it.
        data: samples, (samples, ...), such as the training data.
        percentile: of all activations of a ReLU, above 0 and at most 100. Activations above it saturate.

    Raises:
        ConversionError: the model can't be converted, or doesn't take the data, or the data isn't finite.
        ParameterError: a percentile out of its range.
    """
    check_plain(model)
    copied = copy.deepcopy(model)
    normalize_(copied, data, percentile)
    return copied


def activation_scales(model: nn.Module, data: Tensor, percentile: float = 99.9) -> dict[str, float]:
    """Return λ of each ReLU as `normalize` uses it, by the name that its spiking layer has. Arguments and errors as there."""
    check_plain(model)
    check_finite(model)
    copied = copy.deepcopy(model).eval()
    _make_plain(copied)
    _fold_batch_norms(copied)
    view, scales = _scales(copied, data, percentile, None)
    return {name: scales[node] for name, node in _names(view).items()}


def normalize_(model: nn.Module, data: Tensor, percentile: float, layers: Collection[str] | None = None) -> None:
    """Normalise as in `normalize`, in place; if `layers` are given, only these ReLUs."""
    modes = {module: module.training for module in model.modules()}
    check_plain(model)
    check_finite(model)
    _make_plain(model.eval())
    _fold_batch_norms(model)
    _give_each_its_own(model)
    view, scales = _scales(model, data, percentile, layers)
    _refuse_weights_beside_layers(view)
    done: set[nn.Module] = set()
    with torch.no_grad():
        for node in view.graph.nodes:
            module = module_of(node, view)
            if isinstance(module, kinds.WEIGHTED) and module not in done:
                module.weight *= scales[node.all_input_nodes[0]] / scales[node]
                if module.bias is not None:
                    module.bias /= scales[node]
                done.add(module)
    for module in model.modules():
        module.training = modes.get(module, modes[model])


# -------------------------------------------------------------------------------------------------------- weights


def _make_plain(model: nn.Module) -> None:
    """Let parametrized weights, such as those of `parametrizations.spectral_norm`, be parameters with the value they have, in place."""
    for module in list(model.modules()):
        if not parametrize.is_parametrized(module):
            continue
        values = {name: getattr(module, name).detach().clone() for name in module.parametrizations}  # type: ignore[union-attr]  # a ModuleDict
        # torch's remove_parametrizations changes the class, which is that of the model that was copied too.
        module.__class__ = parametrize.type_before_parametrizations(module)
        del module.parametrizations
        for name, value in values.items():
            module.register_parameter(name, nn.Parameter(value))


def _give_each_its_own(model: nn.Module) -> None:
    """Give each layer weights of its own, in place, so that scaling one doesn't scale another."""
    owners: dict[int, nn.Module] = {}
    for module in model.modules():
        if isinstance(module, kinds.WEIGHTED):
            for name, tensor in list(module.named_parameters()):
                if owners.setdefault(_storage(tensor), module) is not module:
                    setattr(module, name, nn.Parameter(tensor.detach().clone(), tensor.requires_grad))


def _refuse_weights_beside_layers(view: fx.GraphModule) -> None:
    """Raise ConversionError if a layer's weight is also read by something else."""
    parameters = dict(view.named_parameters(remove_duplicate=False))
    read = {_storage(parameters[str(node.target)]) for node in view.graph.nodes if node.op == "get_attr" and node.target in parameters}
    for node in view.graph.nodes:
        module = module_of(node, view)
        if isinstance(module, kinds.WEIGHTED):
            for name, tensor in module.named_parameters():
                if _storage(tensor) in read:
                    raise ConversionError(
                        f"{type(module).__name__} (module {str(node.target)!r}) can't be scaled, since its {name} is also used beside it; "
                        f"use a tensor of its own there."
                    )


def _storage(tensor: Tensor) -> int:
    return tensor.untyped_storage().data_ptr()


# ---------------------------------------------------------------------------------------------------- batch norms


def _fold_batch_norms(model: nn.Module) -> None:
    """Fold each batch norm into the layer whose output it takes, in place."""
    if type(model) in kinds.RELUS:
        return
    view = traced(model)
    calls = [node.target for node in view.graph.nodes]
    for node in view.graph.nodes:
        norm = module_of(node, view)
        if not isinstance(norm, kinds.BATCH_NORMS):
            continue
        before = node.all_input_nodes[0]
        layer = module_of(before, view)
        alone = len(before.users) == calls.count(before.target) == calls.count(node.target) == 1
        if not (isinstance(layer, kinds.WEIGHTED) and alone and norm.running_mean is not None):
            raise ConversionError(
                f"{type(norm).__name__} (module {str(node.target)!r}) can't be folded into a layer before it; "
                f"put it directly after a Linear or Conv layer, both used once, with track_running_stats."
            )
        _put_everywhere(model, layer, _folded(layer, norm))
        _put_everywhere(model, norm, nn.Identity())


def _folded(layer: Any, norm: Any) -> nn.Module:
    if norm.weight is None:
        norm.weight, norm.bias = (nn.Parameter(fill(norm.running_mean)) for fill in (torch.ones_like, torch.zeros_like))
    if isinstance(layer, nn.Linear):
        fused: nn.Module = fusion.fuse_linear_bn_eval(layer, norm)
    else:
        transposed = isinstance(layer, nn.ConvTranspose1d | nn.ConvTranspose2d | nn.ConvTranspose3d)
        fused = fusion.fuse_conv_bn_eval(layer, norm, transpose=transposed)
    return fused


def _put_everywhere(model: nn.Module, old: nn.Module, new: nn.Module) -> None:
    for parent in list(model.modules()):
        for name, child in list(parent._modules.items()):
            if child is old:
                setattr(parent, name, new)


# --------------------------------------------------------------------------------------------------------- scales


class _Groups:
    """Sets of values of the graph that must have one scale."""

    def __init__(self) -> None:
        self.parent: dict[Any, Any] = {}

    def of(self, value: Any) -> Any:
        parent = self.parent.setdefault(value, value)
        return value if parent is value else self.of(parent)

    def unite(self, first: Any, second: Any) -> None:
        self.parent[self.of(first)] = self.of(second)


TINY = torch.finfo(torch.float32).tiny
"""A layer whose largest answer isn't above it counts as one that answers 0."""

UNIT = "unit"
"""A member of the group whose scale is 1: the input, and what constants are added to."""


def _scales(model: nn.Module, data: Tensor, percentile: float, layers: Collection[str] | None) -> tuple[fx.GraphModule, dict[Any, float]]:
    """Return the model's graph, and by how much each of its values is to be divided."""
    if not 0 < percentile <= 100:
        raise ParameterError(f"normalize: percentile is {percentile}; it must be above 0 and at most 100, such as 99.9.")
    check_data(data)
    view = traced(separated(model))
    groups = _groups(view)
    found: dict[Any, float] = {}
    highest = _Percentiles(view, percentile)
    evaluated(highest.run, data)
    names = {node: name for name, node in _names(view).items()}
    for node, value in highest.found.items():
        group = groups.of(node)
        if layers is None or names[node] in layers:
            found[group] = max(value, found.get(group, 0.0))
    found = {group: value if value > TINY else 1.0 for group, value in found.items()} | {groups.of(UNIT): 1.0}
    return view, {node: found.get(groups.of(node), 1.0) for node in view.graph.nodes}


def _names(view: fx.GraphModule) -> dict[str, fx.Node]:
    """Return the ReLUs by the name of their module; a model that is only a ReLU has none."""
    return {str(node.target): node for node in relus(view)}


def _groups(view: fx.GraphModule) -> _Groups:
    groups = _Groups()
    uses: dict[nn.Module, fx.Node] = {}
    for node in view.graph.nodes:
        module = module_of(node, view)
        _refuse(node, module)
        if node.op in ("placeholder", "get_attr") or kinds.adds_constant(node):
            groups.unite(node, UNIT)
        if isinstance(module, kinds.WEIGHTED):
            first = uses.setdefault(module, node)
            groups.unite(node, first)
            groups.unite(node.all_input_nodes[0], first.all_input_nodes[0])
            continue
        for part in node.all_input_nodes:
            if not kinds.is_number(part):
                groups.unite(node, part)
    return groups


def _refuse(node: fx.Node, module: nn.Module | None) -> None:
    """Raise ConversionError for a call that from_model can take, but that can't be scaled."""
    if isinstance(module, NeuromorphicReLU) and module.quantize:
        raise ConversionError(f"NeuromorphicReLU (module {str(node.target)!r}) rounds to whole numbers; normalise with quantize=False.")
    if isinstance(module, StatefulLayer):
        raise ConversionError(f"{type(module).__name__} (module {str(node.target)!r}) spikes already; normalise before you convert.")
    if node.target in kinds.WEIGHTED_FUNCTIONS:
        name = getattr(node.target, "__name__", str(node.target))
        raise ConversionError(f"The function {name} has weights that can't be scaled; use a module such as Linear or Conv2d.")


class _Percentiles(fx.Interpreter):
    """Runs a model and keeps the percentile of what each ReLU answers."""

    def __init__(self, view: fx.GraphModule, percentile: float) -> None:
        super().__init__(view)
        self.view = view
        self.percentile = percentile
        self.found: dict[fx.Node, float] = {}

    def run_node(self, n: fx.Node) -> Any:
        result = super().run_node(n)
        if is_relu(n, self.view):
            values = result.detach().cpu().numpy()
            value = float(np.percentile(values, self.percentile))
            self.found[n] = value if value > 0 else float(values.max())  # of a layer that seldom answers
        return result
