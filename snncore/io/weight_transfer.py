"""Weights from any torch program put into an Experiment's network, with a table of what was taken and what wasn't.

`snncore.io.weight_files` reads them from files; those with their own Experiment are read by `snncore.io.checkpoint`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import torch
from torch import nn

from snncore.arrays import Array
from snncore.errors import ExperimentError, InputFileError, NoMatchError
from snncore.experiment.errors import abbreviated
from snncore.experiment.inputs import NO_FILES, Files
from snncore.experiment.loaded_weights import CheckpointRef
from snncore.experiment.parameters import is_weight
from snncore.experiment.part import Shape
from snncore.experiment.spec import Experiment
from snncore.io import checkpoint
from snncore.io.checkpoint import Checkpoint
from snncore.io.weight_files import arrays_of
from snncore.layers import StatefulLayer
from snncore.layers.saved import Told

Order = Literal["name", "order"]
"""How parameters find each other: by equal names, or layer by layer in order, whatever their names."""

ROUNDING = 1e-5
"""Relative difference of a neuron constant from the file's that isn't told: a time constant held as α may be rounded as much."""


@dataclass(frozen=True)
class Match:
    """One row of the table.

    Attributes:
        parameter: name in the network; None for one that only the file has.
        source: name in the file; None for one that it lacks.
        shape, source_shape: their shapes, None where there is none.
        reason: why it wasn't taken, as a clause; None if it was.
        remark: how it was computed or what was assumed, as a clause; empty if nothing needs to be said.
        held: what acts in place of the file's values, which are out of bounds, as a clause; empty if they act.
    """

    parameter: str | None
    source: str | None
    shape: Shape | None
    source_shape: Shape | None
    reason: str | None = None
    remark: str = ""
    held: str = ""

    @property
    def is_taken(self) -> bool:
        return self.reason is None

    @property
    def details(self) -> list[str]:
        """What has to be said of a parameter that was taken, as clauses."""
        return [clause for clause in (self.remark, self.held) if clause]


@dataclass(frozen=True)
class Transfer:
    """What came of a transfer.

    Attributes:
        checkpoint: the Experiment with the weights that it takes, and those weights.
        table: a row for each parameter of the network, then for each that only the file has.
    """

    checkpoint: Checkpoint
    table: tuple[Match, ...]

    def __str__(self) -> str:
        """Return the table as text."""
        rows = [("network", "file", "")]
        rows += [
            (_cell(m.parameter, m.shape), _cell(m.source, m.source_shape), m.reason or "; ".join(["taken", *m.details])) for m in self.table
        ]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(f"{own:{widths[0]}}  {theirs:{widths[1]}}  {said}".rstrip() for own, theirs, said in rows)


def transfer(experiment: Experiment, weights: Mapping[str, Any], name: str, by: Order = "name", files: Files = NO_FILES) -> Transfer:
    """Return the Experiment with weights, biases and neuron constants from a state_dict; what doesn't match stays as it is.

    States, as Sinabs saves them, aren't parameters and are left out of the table. An ALIF of Sinabs gives its base threshold b0,
    and a decay α gives its time constant.

    Args:
        weights: tensors or arrays by name, such as `model.state_dict()` or what `read_weights` returns.
        name: where they come from, for people.
        by: "name": parameters of the same name. "order": the first layer with weights takes those of the first in the file, and so on;
            neuron layers likewise, apart from them. Of a safetensors file, which keeps no order, that is the order of the names.
        files: hold the weights that the Experiment takes so far. Where they aren't here, or don't fit, others are drawn.

    Raises:
        InputFileError: there are no weights, or not all are finite real numbers.
        NoMatchError: not one parameter matches; the message says why.
        ExperimentError: the network can't have a value, such as a threshold of 0.
    """
    try:
        given = arrays_of(weights)
    except InputFileError as error:
        raise InputFileError(f"Weights {abbreviated(name)}: {str(error).removesuffix('.')}.") from error
    begun = experiment.settled.replace({"checkpoint": None})
    model, former = _built(experiment.settled, files)
    theirs = {key: tuple(value.shape) for key, value in given.items()}
    pairs = {key: key for key in _parameters(model) if key in given} if by == "name" else _in_order(model, given)
    states, told = _told_by_neurons(model, given, pairs)
    pairs = {own: source for own, source in pairs.items() if source not in states} | {own: found.source for own, found in told.items()}
    table, taken = [], {}
    for own, parameter in _parameters(model).items():
        source, shape = pairs.get(own), tuple(parameter.shape)
        value, remark = _value(own, source, given, told)
        reason = remark if source and value is None else _why_not(shape, value, by, own, pairs)
        table.append(Match(own, source, shape, theirs.get(source) if source else None, reason, "" if reason else remark))
        if reason is None and value is not None:
            taken[own] = value.reshape(shape)
    used = {*pairs.values(), *states}
    table += [Match(None, key, None, theirs[key], _why_left(key, given, by)) for key in theirs if key not in used]
    if not taken:
        raise NoMatchError(f"Nothing in {abbreviated(name)} matches the network: {_why_nothing(table, by, experiment)}.")
    parameters = {key: taken.get(key, value.detach().numpy()) for key, value in _parameters(model).items()}
    stay = former.sources(begun.network).keys() - taken.keys() if former else set()
    title = name
    if former and stay:
        title = former.joined(name) if any(map(is_weight, taken)) else former.name
    made = _only(checkpoint.of(begun, parameters, title), {*taken, *stay})
    held = _held(made.experiment, {key: value for key, value in taken.items() if not is_weight(key)})
    return Transfer(made, tuple(replace(row, held=held.get(row.parameter or "", "")) for row in table))


# ----------------------------------------------------------------------------------------------------- the match


def _parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    return dict(model.named_parameters())


def _value(own: str, source: str | None, given: Mapping[str, Array], told: Mapping[str, Told]) -> tuple[Array | None, str]:
    """Return what the file has for a parameter, and what has to be said of that."""
    if own not in told:
        return (given[source] if source else None), ""
    value = told[own].value
    return (None if value is None else value.numpy()), told[own].remark


def _why_not(shape: Shape, value: Array | None, by: Order, own: str, pairs: Mapping[str, str]) -> str | None:
    """Return why a parameter isn't taken, as a clause; None if it is."""
    if value is None and by == "name":
        return "the file has no such name"
    if value is None:
        layer, _, field = own.rpartition(".")
        is_there = any(other.rpartition(".")[0] == layer for other in pairs)
        return f"its layer in the file has no {field}" if is_there else "the file has no layer left for it"
    if tuple(value.shape) != shape and not (value.size == 1 and shape == ()):
        return f"its shape is {abbreviated(tuple(value.shape))}, but the network takes {shape}"
    return None


def _why_nothing(table: Sequence[Match], by: Order, experiment: Experiment) -> str:
    """Return why not one row was taken, as a clause: of the first that could have been, with its names on both sides."""
    row = next((row for row in table if row.source and row.parameter), None)
    if row is not None and row.parameter is not None:
        return f"{abbreviated(row.source)} isn't taken as {experiment.parameter_label(row.parameter)}, since {row.reason}"
    if by == "name":
        return "no names are the same; try by order"
    left = next((row for row in table if row.source), None)
    return f"{abbreviated(left.source)} is left over, since {left.reason}" if left else "it holds nothing but states of neurons"


def _why_left(name: str, given: Mapping[str, Array], by: Order) -> str:
    if _is_of_batch_norm(name, given):
        return "it belongs to a batch norm; fold it with snncore.convert.normalize first"
    return "the network has no such name" if by == "name" else "the network has no layer left for it"


def _is_of_batch_norm(name: str, given: Mapping[str, Array]) -> bool:
    return _joined(name.rpartition(".")[0], "running_mean") in given


def _in_order(model: nn.Module, given: Mapping[str, Array]) -> dict[str, str]:
    """Return the pairs (own name, name in the file) of layers at the same place among those with weights, or among the neurons'."""
    pairs: dict[str, str] = {}
    neurons = {name for name, module in model.named_modules() if isinstance(module, StatefulLayer)}
    for weighted in (True, False):
        own = _layers(name for name in _parameters(model) if is_weight(name) is weighted)
        own = own if weighted else [(layer, fields) for layer, fields in own if layer in neurons]
        theirs = _layers(name for name in given if is_weight(name) is weighted and not _is_of_batch_norm(name, given))
        for (mine, _), (other, fields) in zip(own, theirs, strict=False):
            known = {name.rpartition(".")[2] for name in _parameters(model) if name.rpartition(".")[0] == mine}
            pairs |= {_joined(mine, field): _joined(other, field) for field in fields if field in known or not weighted}
    return pairs


def _layers(names: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return the layers among parameters' names, each with its fields, in order."""
    found: dict[str, list[str]] = {}
    for name in names:
        layer, _, field = name.rpartition(".")
        found.setdefault(layer, []).append(field)
    return list(found.items())


def _joined(layer: str, field: str) -> str:
    return f"{layer}.{field}" if layer else field


def _told_by_neurons(model: nn.Module, given: Mapping[str, Array], pairs: Mapping[str, str]) -> tuple[set[str], dict[str, Told]]:
    """Return the names in the file that are states of neurons, and what it tells of parameters under other names than theirs.

    Args:
        pairs: own names and names in the file, which say which layers belong together.

    Returns:
        The states, and by own name what is told, its source being a name in the file.
    """
    states: set[str] = set()
    found: dict[str, Told] = {}
    sources = {own.rpartition(".")[0]: source.rpartition(".")[0] for own, source in pairs.items()}
    for layer, module in model.named_modules():
        if not isinstance(module, StatefulLayer):
            continue
        source = sources.get(layer, layer)
        prefix = f"{source}." if source else ""
        saved = {name.removeprefix(prefix): torch.tensor(value) for name, value in given.items() if name.startswith(prefix)}
        told = module.parameters_from(saved)
        states |= {f"{prefix}{name}" for name in saved.keys() - {value.source for value in told.values()}}
        for name, value in told.items():
            if value.source != name:
                found[_joined(layer, name)] = value._replace(source=f"{prefix}{value.source}")
    return states, found


def _held(experiment: Experiment, taken: Mapping[str, Array]) -> dict[str, str]:
    """Return what the network computes with in place of constants that are out of its bounds, as clauses by parameter."""
    if not taken:
        return {}
    model = experiment.replace({"checkpoint": None}).build()
    for module in model.modules():
        if isinstance(module, StatefulLayer):
            module.hold_parameters()
    acting = {name: model.get_parameter(name).detach().numpy() for name in taken}
    clauses = {name: _held_in_words(value, acting[name]) for name, value in taken.items()}
    return {name: clause for name, clause in clauses.items() if clause}


def _held_in_words(given: Array, acting: Array) -> str:
    """Return where values aren't those given, as a clause; empty if they are, but for roundings."""
    differs = ~np.isclose(acting, given, rtol=ROUNDING, atol=0)
    if not differs.any():
        return ""
    if not given.ndim:
        return f"held at {_number(acting)}, since the file has {_number(given)}"
    low, high = acting[differs].min(), acting[differs].max()
    place = f"at {_number(low)}" if low == high else f"between {_number(low)} and {_number(high)}"
    return f"{differs.sum()} of {given.size} values are held {place}"


def _number(value: Any) -> str:
    """Return a float32 with the fewest digits that give it back."""
    return f"{float(str(np.float32(value))):.9g}"


def _built(experiment: Experiment, files: Files) -> tuple[nn.Module, CheckpointRef | None]:
    """Return the network, and the weights that it takes from files; with drawn ones if those can't be had."""
    if experiment.checkpoint and experiment.checkpoint.is_here(files):
        with suppress(ExperimentError):
            return experiment.build(files), experiment.checkpoint
    return experiment.replace({"checkpoint": None}).build(), None


def _only(made: Checkpoint, taken: Collection[str]) -> Checkpoint:
    """Return the checkpoint with the weights that files gave; others stay drawn."""
    weights = {name: values for name, values in made.weights.items() if name in taken}
    named = made.experiment.checkpoint
    if named is None or len(weights) == len(made.weights):
        return made
    if not weights:
        return Checkpoint(made.experiment.replace({"checkpoint": None}), {})
    takes = tuple((name, name) for name in weights)
    ref = {"name": named.name, "digest": checkpoint.digest_of(weights), "takes": takes}
    return Checkpoint(made.experiment.replace({"checkpoint": ref}), weights)


def _cell(name: str | None, shape: Shape | None) -> str:
    return "-" if name is None else f"{name} {shape if shape is not None else ''}".rstrip()
