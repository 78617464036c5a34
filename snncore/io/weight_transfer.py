"""Weights from any torch program put into an Experiment's network, with a table of what was taken and what wasn't.

`snncore.io.weight_files` reads them from files; those with their own Experiment are read by `snncore.io.checkpoint`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Literal

import torch
from torch import nn

from snncore.arrays import Array
from snncore.errors import ExperimentError, InputFileError
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

Order = Literal["name", "order"]
"""How parameters find each other: by equal names, or layer by layer in order, whatever their names."""


@dataclass(frozen=True)
class Match:
    """One row of the table.

    Attributes:
        parameter: name in the network; None for one that only the file has.
        source: name in the file; None for one that it lacks.
        shape, source_shape: their shapes, None where there is none.
        reason: why it wasn't taken, as a clause; None if it was.
    """

    parameter: str | None
    source: str | None
    shape: Shape | None
    source_shape: Shape | None
    reason: str | None = None

    @property
    def is_taken(self) -> bool:
        return self.reason is None


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
        rows += [(_cell(m.parameter, m.shape), _cell(m.source, m.source_shape), m.reason or "taken") for m in self.table]
        widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
        return "\n".join(f"{own:{widths[0]}}  {theirs:{widths[1]}}  {said}".rstrip() for own, theirs, said in rows)


def transfer(experiment: Experiment, weights: Mapping[str, Any], name: str, by: Order = "name", files: Files = NO_FILES) -> Transfer:
    """Return the Experiment with weights, biases and neuron constants from a state_dict; what doesn't match stays as it is.

    States, as Sinabs saves them, aren't parameters and are left out of the table. An ALIF of Sinabs gives its base threshold b0.

    Args:
        weights: tensors or arrays by name, such as `model.state_dict()` or what `read_weights` returns.
        name: where they come from, for people.
        by: "name": parameters of the same name. "order": the first layer with weights takes those of the first in the file, and so on;
            neuron layers likewise, apart from them. Of a safetensors file, which keeps no order, that is the order of the names.
        files: hold the weights that the Experiment takes so far. Where they aren't here, or don't fit, others are drawn.

    Raises:
        InputFileError: there are no weights, or not all are finite real numbers.
        ExperimentError: not one parameter matches; the message says why.
    """
    try:
        given = arrays_of(weights)
    except InputFileError as error:
        raise InputFileError(f"Weights {abbreviated(name)}: {str(error).removesuffix('.')}.") from error
    begun = experiment.settled.replace({"checkpoint": None})
    model, former = _built(experiment.settled, files)
    theirs = {key: tuple(value.shape) for key, value in given.items()}
    pairs = {key: key for key in _parameters(model) if key in given} if by == "name" else _in_order(model, given)
    given, pairs, states = _without_states(model, given, pairs)
    table, taken = [], {}
    for own, parameter in _parameters(model).items():
        source, shape = pairs.get(own), tuple(parameter.shape)
        reason = _why_not(shape, given.get(source) if source else None, by)
        table.append(Match(own, source, shape, theirs.get(source) if source else None, reason))
        if reason is None and source is not None:
            taken[own] = given[source].reshape(shape)
    used = {*pairs.values(), *states}
    table += [Match(None, key, None, theirs[key], _why_left(key, given, by)) for key in theirs if key not in used]
    if not taken:
        first = next((row.reason for row in table if row.source and row.parameter), "no names are the same; try by order")
        raise ExperimentError(f"Nothing in {abbreviated(name)} matches the network: {first}.")
    parameters = {key: taken.get(key, value.detach().numpy()) for key, value in _parameters(model).items()}
    stay = former.sources(begun.network).keys() - taken.keys() if former else set()
    title = name
    if former and stay:
        title = former.joined(name) if any(map(is_weight, taken)) else former.name
    return Transfer(_only(checkpoint.of(begun, parameters, title), {*taken, *stay}), tuple(table))


# ----------------------------------------------------------------------------------------------------- the match


def _parameters(model: nn.Module) -> dict[str, nn.Parameter]:
    return dict(model.named_parameters())


def _why_not(shape: Shape, value: Array | None, by: Order) -> str | None:
    """Return why a parameter isn't taken, as a clause; None if it is."""
    if value is None:
        return "the file has no such name" if by == "name" else "the file has no layer left for it"
    if tuple(value.shape) != shape and not (value.size == 1 and shape == ()):
        return f"its shape is {abbreviated(tuple(value.shape))}, but the network takes {shape}"
    return None


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


def _without_states(model: nn.Module, given: dict[str, Array], pairs: dict[str, str]) -> tuple[dict[str, Array], dict[str, str], set[str]]:
    """Leave out what belongs to data, and let an adaptive layer say what its thresholds tell of b0.

    Returns:
        The weights with b0 among them, the pairs with it, and the names in the file that are states.
    """
    given, pairs = dict(given), dict(pairs)
    states: set[str] = set()
    sources = {own.rpartition(".")[0]: source.rpartition(".")[0] for own, source in pairs.items()}
    for layer, module in model.named_modules():
        if not isinstance(module, StatefulLayer):
            continue
        source = sources.get(layer, layer)
        prefix = f"{source}." if source else ""
        saved = {name.removeprefix(prefix): torch.tensor(value) for name, value in given.items() if name.startswith(prefix)}
        told = module.parameters_from(saved)
        states |= {f"{prefix}{name}" for name in saved.keys() - told.keys()}
        for name in told.keys() - saved.keys():  # a base threshold, told by the threshold in force
            tells = f"{prefix}spike_threshold"
            given[tells], pairs[_joined(layer, name)] = told[name].numpy(), tells
            states.discard(tells)
    return given, {own: source for own, source in pairs.items() if source not in states}, states


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
