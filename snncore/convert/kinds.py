"""Modules and functions that a converted network may have: ReLUs, and linear ones. For others, what to use instead."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import fx, nn
from torch.nn import functional

from snncore.layers import FlattenTime, NeuromorphicReLU, StatefulLayer, SumPool2d, UnflattenTime

RELUS: tuple[type[nn.Module], ...] = (nn.ReLU, NeuromorphicReLU)
"""Modules that become spiking layers, by their exact type."""

WEIGHTED = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d, nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)
"""Modules with a weight, and a bias that is added to their output."""

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d, nn.SyncBatchNorm)

POOLS = (nn.AvgPool1d, nn.AvgPool2d, nn.AvgPool3d, nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d, SumPool2d)

RESHAPES = (
    *(nn.Identity, nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d, nn.Flatten, nn.Unflatten, FlattenTime, UnflattenTime),
    *(nn.ZeroPad1d, nn.ZeroPad2d, nn.ZeroPad3d, nn.Upsample, nn.PixelShuffle, nn.PixelUnshuffle, nn.ChannelShuffle),
)
"""Modules that move values and don't compute with them, or only average."""

LINEAR = (*WEIGHTED, *BATCH_NORMS, *POOLS, *RESHAPES)

RELU_FUNCTIONS: frozenset[Any] = frozenset((torch.relu, torch.relu_, functional.relu, functional.relu_, "relu", "relu_"))
"""Functions, and names of a tensor's methods."""

SUMS: frozenset[Any] = frozenset(
    (operator.add, operator.iadd, operator.sub, operator.isub, torch.add, torch.sub, "add", "add_", "sub", "sub_")
)

PRODUCTS: frozenset[Any] = frozenset((operator.mul, operator.imul, torch.mul, "mul", "mul_"))
"""Linear if one factor is a number."""

QUOTIENTS: frozenset[Any] = frozenset((operator.truediv, operator.itruediv, torch.div, "div", "div_"))
"""Linear if the divisor is a number."""

WEIGHTED_FUNCTIONS: frozenset[Any] = frozenset((functional.linear, functional.conv1d, functional.conv2d, functional.conv3d))

ROUNDINGS: frozenset[Any] = frozenset(
    (
        *(operator.floordiv, operator.ifloordiv, torch.floor_divide, torch.floor, torch.ceil, torch.round, torch.trunc),
        *("floor_divide", "floor_divide_", "floor", "floor_", "ceil", "ceil_", "round", "round_", "trunc", "trunc_"),
        *("int", "long", "short", "char", "byte", "bool"),
    )
)

SIZES: frozenset[Any] = frozenset(("size", "dim", "ndimension", "numel", len))
"""Functions that return numbers about a tensor's shape."""

LINEAR_FUNCTIONS: frozenset[Any] = frozenset(
    (
        *(operator.neg, operator.getitem, getattr, torch.neg, torch.cat, torch.stack, torch.flatten, torch.reshape),
        *(torch.permute, torch.transpose, torch.squeeze, torch.unsqueeze, torch.mean, torch.sum, torch.chunk, torch.split),
        *(functional.avg_pool1d, functional.avg_pool2d, functional.avg_pool3d, functional.pad),
        *(functional.adaptive_avg_pool1d, functional.adaptive_avg_pool2d, functional.adaptive_avg_pool3d),
        *(functional.dropout, functional.dropout1d, functional.dropout2d, functional.dropout3d),
        *("view", "reshape", "flatten", "unflatten", "permute", "transpose", "squeeze", "unsqueeze", "contiguous", "expand", "mean", "sum"),
        *("neg", "chunk", "split", "clone", "detach", "float", "to", "t"),
    )
)

ACTIVATION = "use ReLU and train again"
RECURRENT = "use Linear layers and ReLU, or train a spiking LIFRecurrent through time"
NORM = "use BatchNorm, which is linear once trained"
INSTEAD = {
    "maxpool": "use AvgPool2d or snncore.layers.SumPool2d and train again",
    "adaptivemaxpool": "use AdaptiveAvgPool2d and train again",
    "softmax": "leave it out: the largest output stays the largest, and CrossEntropyLoss has its own",
    "logsoftmax": "leave it out: the largest output stays the largest, and CrossEntropyLoss has its own",
    **dict.fromkeys(("lstm", "gru", "rnn"), RECURRENT),
    **dict.fromkeys(("layernorm", "groupnorm", "instancenorm", "rmsnorm", "localresponsenorm"), NORM),
    **dict.fromkeys(("sigmoid", "tanh", "gelu", "silu", "mish", "elu", "selu", "celu", "prelu", "rrelu", "leakyrelu", "relu6"), ACTIVATION),
    **dict.fromkeys(("hardtanh", "hardswish", "hardsigmoid", "softplus", "softsign", "threshold", "logsigmoid", "clamp"), ACTIVATION),
    "transformer": "use convolutions and ReLU; attention multiplies activations with each other, which no layer of spikes does",
    "multiheadattention": "use convolutions and ReLU; it multiplies activations with each other, which no layer of spikes does",
    "mul": "add activations instead; a product of two isn't linear",
    "lppool": "use snncore.layers.SumPool2d",
}
"""What to use instead, by how a name begins, in lower case and without underscores."""

ELSE = "use Linear, Conv2d, AvgPool2d, BatchNorm2d, Dropout, Flatten and ReLU"


def instead_of(name: str) -> str:
    """Return what to use instead of a module or function, as a clause."""
    plain = name.lower().replace("_", "")
    return next((advice for start, advice in sorted(INSTEAD.items(), key=lambda row: -len(row[0])) if plain.startswith(start)), ELSE)


def is_leaf(module: nn.Module) -> bool:
    """Return True for a module that is one step of the graph, whatever it consists of."""
    return isinstance(module, (*LINEAR, NeuromorphicReLU, StatefulLayer))


def is_number(node: Any) -> bool:
    """Return True for a number that was computed from shapes, or written in the source."""
    if not isinstance(node, fx.Node):
        return not isinstance(node, (tuple, list)) or all(is_number(part) for part in node)
    if reads_size(node):
        return True
    return node.op == "call_function" and getattr(node.target, "__module__", "") == "_operator" and all(map(is_number, node.args))


def is_multiple(node: fx.Node) -> bool:
    """Return True for a product or quotient of an activation and a number."""
    if node.target in QUOTIENTS:
        return is_number(node.args[1])
    return node.target in PRODUCTS and any(map(is_number, node.args))


def rounds(node: fx.Node) -> bool:
    """Return True for a call that makes whole numbers of an activation."""
    given = (*node.args, *node.kwargs.values())
    is_whole = any(isinstance(value, torch.dtype) and not value.is_floating_point for value in given)
    return is_whole or node.target in ROUNDINGS or node.kwargs.get("rounding_mode") is not None


def adds_constant(node: fx.Node) -> bool:
    """Return True for a sum with a number, or padding with a number other than 0."""
    if node.target is functional.pad:
        value = node.kwargs.get("value", (*node.args[3:], 0)[0])
        return bool(value)
    return node.target in SUMS and any(map(is_number, node.args))


def is_clamp_at_zero(node: fx.Node) -> bool:
    """Return True for `clamp` with a minimum of 0 and no maximum, which is a ReLU."""
    if node.target not in (torch.clamp, torch.clamp_min, "clamp", "clamp_min"):
        return False
    low, high = (*node.args[1:], None, None)[:2]
    low, high = node.kwargs.get("min", low), node.kwargs.get("max", high)
    return isinstance(low, (int, float)) and low == 0 and high is None


def reads_size(node: fx.Node) -> bool:
    """Return True for a call that returns a tensor's shape, or a number about it."""
    is_call = node.op in ("call_method", "call_function")
    return is_call and (node.target in SIZES or (node.target is getattr and node.args[1] in ("shape", "ndim")))
