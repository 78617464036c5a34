"""The layers of a plain ANN, read from the shapes of its weights."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping, Sequence
from typing import Any

from snncore.experiment.parameters import Parameters

MOST_UNNUMBERED = 6
"""Layers without numbers in their names whose orders are all tried."""


def dense_layers(weights: Parameters, neurons: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a Linear for each weight (out, in) of a file, with neurons between; none if they aren't of two or more Linears in one order.

    Args:
        weights: all that the file holds, by name.
        neurons: the fields of the layers between.
    """
    found: dict[str, dict[str, tuple[int, ...]]] = {}
    for name, value in weights.items():
        layer, _, field = name.rpartition(".")
        found.setdefault(layer, {})[field] = value.shape
    if not all(map(_is_linear, found.values())):
        return []
    shapes = [fields["weight"] for fields in found.values()]
    if len(shapes) < 2 or not _follow(shapes) or not _is_known(list(found), shapes):
        return []
    layers = [
        {"kind": "Linear", "in_features": inputs, "out_features": outputs, "bias": "bias" in fields}
        for (outputs, inputs), fields in zip(shapes, found.values(), strict=True)
    ]
    return [part for layer in layers for part in (layer, dict(neurons))][:-1]


def _follow(shapes: Sequence[tuple[int, ...]]) -> bool:
    """Return True if each layer takes what the one before gives."""
    return all(one[0] == other[1] for one, other in itertools.pairwise(shapes))


def _is_known(names: Sequence[str], shapes: Sequence[tuple[int, ...]]) -> bool:
    """Return True if the order of the layers is the names' or the only one: safetensors files don't keep that of a network."""
    if all(re.search(r"\d", name) for name in names):
        return True
    return len(names) <= MOST_UNNUMBERED and sum(map(_follow, itertools.permutations(shapes))) == 1


def _is_linear(fields: Mapping[str, tuple[int, ...]]) -> bool:
    weight, bias = fields.get("weight", ()), fields.get("bias")
    return fields.keys() <= {"weight", "bias"} and len(weight) == 2 and all(weight) and bias in (None, weight[:1])
