"""What comes from outside, malformed, from a seed: the same seed makes the same case."""

from __future__ import annotations

import base64
import json
import math
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import safetensors.numpy

from app.state.presets import presets
from app.state.tuned_neuron import DEFAULT as NEURON
from snncore.activation import SURROGATES
from snncore.experiment.edits import fitting_input, fitting_layer
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.layers import LAYER_KINDS
from snncore.experiment.spec import Draft, convolution, ten_spikes
from tests.fuzz.damage import Random, damaged, often
from tests.fuzz.files import FILES

Kind = Literal["link", "json", "tensors", "recording", "labelled", "torch"]
KINDS: tuple[Kind, ...] = ("link", "json", "tensors", "recording", "labelled", "torch")
OTHER_INPUTS = tuple(kind for kind in INPUT_KINDS if kind not in ("random_spikes", "file", "sample"))


@dataclass(frozen=True)
class Case:
    """Attributes:
    name: of the file, if it is one.
    """

    seed: int
    kind: Kind
    name: str
    content: bytes


def case(seed: int) -> Case:
    drawn = Random(seed)
    kind = KINDS[seed % len(KINDS)]
    if kind == "tensors":
        return Case(seed, kind, "weights.safetensors", _tensors(drawn))
    if kind in FILES:
        ending = drawn.choice(list(FILES[kind]))
        return Case(seed, kind, f"{kind}.{ending}", FILES[kind][ending](drawn))
    text = _experiment_text(drawn)
    return Case(seed, kind, "experiment.json", _link(drawn, text) if kind == "link" else text)


# ------------------------------------------------------------------------------------------------- Experiments


def _whole_experiments() -> list[dict[str, Any]]:
    """Valid ones, in which every kind of layer and input occurs."""
    made = [ten_spikes(), convolution(), NEURON, *(preset.experiment for preset in presets())]
    data = [json.loads(experiment.to_json()) for experiment in made]
    for kind in LAYER_KINDS:
        shape = (2, 6, 6) if kind in ("Conv2d", "AvgPool2d") else (4,)
        layer = fitting_layer(kind, shape).model_dump()
        flat = [{"kind": "Flatten"}] if len(shape) > 1 else []
        width = 18 if kind == "AvgPool2d" else 72 if flat else 4
        last = [*flat, {"kind": "Linear", "in_features": width, "out_features": 2}, {"kind": "LIF", "tau_mem": 5.0}]
        data.append({"network": [layer, *last], "input": {"shape": [2, 20, *shape], "probability": 0.5}})
    for kind in OTHER_INPUTS:
        given = fitting_input(kind, (1, 30, 2, 8, 8))
        layers = [{"kind": "Flatten"}, {"kind": "Linear", "in_features": 128, "out_features": 3}, {"kind": "IAF"}]
        data.append({"network": layers, "input": given})
    return data


_WHOLE: list[str] = []


def whole(drawn: Random) -> dict[str, Any]:
    if not _WHOLE:
        _WHOLE.extend(map(json.dumps, _whole_experiments()))
    data: dict[str, Any] = json.loads(drawn.choice(_WHOLE))
    return data


def nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = [value]
    return value


NASTY: tuple[Callable[[Random], Any], ...] = (
    lambda drawn: drawn.choice([0, -1, 1, 2, -0.0, 0.5, 1e-300, 5e-324, 1e300, -1e300, 1e308, 3e38, -3e38, 1e39, 1e-45]),
    lambda drawn: drawn.choice([2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**63, 10**18, 10**400, -(2**63), 10**6, 10**9]),
    lambda drawn: drawn.choice([float("nan"), float("inf"), -float("inf")]),
    lambda drawn: drawn.choice(
        [True, False, None, "", "1", "0,5", "x" * 3000, "\ud800", "\u202e🙂", "![a](http://b.c)", "kind", "__class__"]
    ),
    lambda drawn: drawn.choice([[], {}, [[]], [{}], {"kind": None}, {"kind": []}, {"kind": "LIF"}, {"kind": "random"}, [None], ["a"]]),
    lambda drawn: nested(drawn.choice([1.0, 5, "x", None]), drawn.choice([2, 3, 16, 17, 65, 400, 900])),
    lambda drawn: [drawn.choice([1, 1.0, 5.0, 1e38, True])] * drawn.choice([1, 2, 3, 4, 16, 64, 65, 1000, 5000]),
    lambda drawn: [[drawn.uniform(0, 30) for _ in range(drawn.choice([1, 4, 64]))] for _ in range(drawn.choice([1, 2, 4]))],
    lambda drawn: {
        "kind": drawn.choice(SURROGATES).__name__,
        drawn.choice(["alpha", "sigma", "grad_scale", "s"]): 10.0 ** drawn.randint(-300, 300),
    },
    lambda drawn: {"kind": drawn.choice(["MembraneReset", "MembraneSubtract"]), "reset_value": 10.0 ** drawn.randint(-40, 38)},
    lambda drawn: {"kind": drawn.choice(["constant", "diagonal", "chain", "random"]), "value": 1e6, "groups": drawn.choice([2, 3, 10**9])},
)


def _mild(drawn: Random, value: Any) -> Any:
    """Another value of the same type, that may well be taken."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return drawn.choice([value + 1, max(value - 1, 0), value * 2, value * 10, value * 100, value * 1000, 10 ** drawn.randint(0, 12)])
    if isinstance(value, float):
        whole = round(value) if math.isfinite(value) else 0
        return drawn.choice([value * 10.0 ** drawn.randint(-3, 3), 10.0 ** drawn.randint(-40, 38), -value, whole, drawn.uniform(0, 100)])
    if isinstance(value, list) and value:
        at = drawn.randrange(len(value))
        return drawn.choice([value[:at], value[at:], value + value, value[::-1], [*value[:at], _mild(drawn, value[at]), *value[at + 1 :]]])
    if isinstance(value, str):
        return drawn.choice([*LAYER_KINDS, "SGD", "Adam", "MultiSpike", "SingleSpike", "ATan", "latency", "drawn", "file", value.lower()])
    return drawn.choice([1, 2.0, "ATan", [1.0]])


DEEPEST = 12
"""Places within one another that are changed."""


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if len(path) > DEEPEST:
        return []
    items = value.items() if isinstance(value, dict) else enumerate(value[:50]) if isinstance(value, list) else ()
    return [place for key, entry in items for place in ((*path, key), *_places(entry, (*path, key)))]


def _mutated(drawn: Random, data: dict[str, Any]) -> dict[str, Any]:
    """With one entry changed, added or left out."""
    places = _places(data)
    if not places:
        return data
    *parents, last = drawn.choice(places)
    owner: Any = data
    for part in parents:
        owner = owner[part]
    match drawn.randrange(10):
        case 0 if isinstance(owner, dict):
            del owner[last]
        case 1 if isinstance(owner, dict):
            owner[drawn.choice(["learns", "weights", "tau_syn", "min_v_mem", "neurons", "self", "\ud800", "x" * 1000])] = _nasty(drawn)
        case 2 | 3:
            owner[last] = _nasty(drawn)
        case _:
            owner[last] = _mild(drawn, owner[last])
    return data


def _nasty(drawn: Random) -> Any:
    return drawn.choice(NASTY)(drawn)


def _changes(drawn: Random, layers: int) -> list[dict[str, Any]]:
    """Of fields while it trains: in any order, at the same epochs, of layers that there aren't."""
    values: dict[str, Callable[[], Any]] = {
        "training.lr": lambda: 10.0 ** drawn.randint(-45, 38),
        "training.task.target": lambda: drawn.choice([0, 3, 10**6, 2**53 - 1]),
        "training.optimiser": lambda: drawn.choice(["SGD", "Adam", "RMSprop"]),
        f"network.{drawn.randrange(layers + 1)}.surrogate_grad_fn": lambda: drawn.choice(SURROGATES).__name__,
        f"network.{drawn.randrange(layers + 1)}.learns": lambda: drawn.choice([None, [], ["tau_mem"], ["weight"], ["spike_threshold"]]),
    }
    fields = [drawn.choice(list(values)) for _ in range(drawn.choice([1, 2, 5, 20, 300]))]
    return [
        {
            "epoch": drawn.choice([0, 1, 1, 2, 3, 50, 2**53 - 1]),
            "field": field,
            "value": _nasty(drawn) if often(drawn, 0.02) else values[field](),
        }
        for field in fields
    ]


def _experiment(drawn: Random) -> dict[str, Any]:
    data = whole(drawn)
    if often(drawn, 0.2):
        data["training"] = {**data.get("training", {}), "changes": _changes(drawn, len(data["network"]))}
    if often(drawn, 0.1):
        data["network"] = data["network"] * drawn.choice([2, 5, 20, 400])
    if often(drawn, 0.1):
        data["input"]["shape"] = [10 ** drawn.randint(0, 6) for _ in data["input"]["shape"]]
    if often(drawn, 0.1):
        inner = drawn.choice([entry for entry in data["network"] if isinstance(entry, dict)])
        inner.update({name: 10.0 ** drawn.randint(-2, 6) for name in ("tau_mem", "tau_syn", "spike_threshold") if name in inner})
    for _ in range(drawn.choice([0, 0, 1, 1, 1, 2, 3])):
        data = _mutated(drawn, data)
    return data


def _experiment_text(drawn: Random) -> bytes:
    text = json.dumps(_experiment(drawn))
    if often(drawn, 0.05):  # a key that stands twice
        text = text[:-1] + ', "dt": 0.001, "dt": 0.002}'
    if often(drawn, 0.03):
        text = (
            drawn.choice([" " * 3_000_000, "[" * 50_000, '{"a":' * 3000, '{"a": [' + "1," * 900_000 + "1]}", "1" * 5000, "null", "[]", ""])
            + text
        )
    content = text.encode(errors="surrogatepass")
    return damaged(drawn, content) if often(drawn, 0.15) else content


def _link(drawn: Random, text: bytes) -> bytes:
    compressed = zlib.compress(text, 9)
    parameter = base64.urlsafe_b64encode(damaged(drawn, compressed) if often(drawn, 0.1) else compressed).rstrip(b"=")
    return damaged(drawn, parameter) if often(drawn, 0.05) else parameter


# ------------------------------------------------------------------------------------------------------ weights


def _tensors(drawn: Random) -> bytes:
    experiment = ten_spikes() if often(drawn, 0.5) else Draft(**whole(drawn))
    data = json.loads(experiment.to_json())
    data["checkpoint"] = None
    try:
        model = ten_spikes().replace({"network": data["network"], "input": data["input"]}).build()
        tensors = {name: value.detach().numpy() for name, value in model.named_parameters()}
    except ValueError:
        tensors = {"0.weight": np.zeros((4, 4), np.float32)}
    if often(drawn, 0.5):
        data = _mutated(drawn, data)
    for name in list(tensors):
        if often(drawn, 0.1):
            one = tensors[name]
            others = [np.zeros(3, np.float32), np.full_like(one, np.inf), np.full_like(one, 3e38), one.astype(np.float64), -one]
            tensors[name] = np.asarray(drawn.choice(others))
    content = safetensors.numpy.save(tensors, {"experiment": json.dumps(data)})
    if often(drawn, 0.5):
        content = _with_another_header(drawn, content)
    return damaged(drawn, content) if often(drawn, 0.2) else content


def _with_another_header(drawn: Random, content: bytes) -> bytes:
    length = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + length])
    name = drawn.choice(list(header))
    shapes = [[1] * 70, [0, 2**63], [0, 2**40], [0], [], [2**63], [-1], [1.5], None, "x", [2**31, 0, 2**31], [1, 1, 1, 1]]
    other = drawn.choice(
        [
            {
                "__metadata__": drawn.choice(
                    [None, {}, [], "x", {"experiment": None}, {"experiment": ""}, {"experiment": "{}"}, {"experiment": 5}]
                )
            },
            {name: {"dtype": "F32", "shape": drawn.choice(shapes), "data_offsets": drawn.choice([[0, 0], [0, 4], [4, 0], None])}},
            {name: {**header[name], "shape": drawn.choice(shapes)} if isinstance(header[name], dict) else None},
            {"\u202e": {"dtype": drawn.choice(["F32", "BF16", "BOOL", "X"]), "shape": [0], "data_offsets": [0, 0]}},
            {
                drawn.choice(["", "a" * 5000, "0.weight.weight", "9.weight", "0..weight"]): {
                    "dtype": "F32",
                    "shape": [0],
                    "data_offsets": [0, 0],
                }
            },
        ]
    )
    text = json.dumps({**header, **other}).encode()
    return len(text).to_bytes(8, "little") + text + content[8 + length :]
