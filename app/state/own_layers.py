"""The layers of a plain ANN, read from the shapes of its weights."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

from snncore.experiment.parameters import Parameters


def dense_layers(weights: Parameters, neurons: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return a Linear for each weight (out, in) of a file, in its order, with neurons between; none if they aren't of two or more Linears.

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
    if len(shapes) < 2 or any(one[0] != other[1] for one, other in itertools.pairwise(shapes)):
        return []
    layers = [
        {"kind": "Linear", "in_features": inputs, "out_features": outputs, "bias": "bias" in fields}
        for (outputs, inputs), fields in zip(shapes, found.values(), strict=True)
    ]
    return [part for layer in layers for part in (layer, dict(neurons))][:-1]


def _is_linear(fields: Mapping[str, tuple[int, ...]]) -> bool:
    weight, bias = fields.get("weight", ()), fields.get("bias")
    return fields.keys() <= {"weight", "bias"} and len(weight) == 2 and all(weight) and bias in (None, weight[:1])
