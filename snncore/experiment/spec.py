"""The Experiment: network, input, training and seeds as data, which builds the torch model and goes to and from JSON.

Pages edit it, links and saved files hold it, tests repeat it. Every Experiment that exists can be built.
"""

from __future__ import annotations

import json
import math
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Sequence
from functools import cached_property
from operator import itemgetter
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import BaseModel, FailFast, Field, ValidationError, field_validator, model_validator
from torch import Tensor, nn

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment.conversion import Conversion
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.encodings import ENCODING_KINDS
from snncore.experiment.errors import sentence
from snncore.experiment.fitting import Fit, fits_of
from snncore.experiment.inputs import INPUT_KINDS, NO_FILES, Files, InputSpec, RandomSpikes, Sample, values_of
from snncore.experiment.json_text import read_object, without_defaults
from snncore.experiment.layers import LAYER_KINDS, LayerSpec, LIFSpec, spiking_kinds
from snncore.experiment.learnable import Learnable
from snncore.experiment.loaded_weights import CheckpointRef
from snncore.experiment.part import Part, Shape
from snncore.experiment.tasks import TASK_KINDS, Task
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.tasks.spike_count import SpikeCount
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, FlattenSpec, LinearSpec
from snncore.experiment.training import Seeds, Training
from snncore.layers import FlattenTime, UnflattenTime

FAMILIES = (LAYER_KINDS, INPUT_KINDS, TASK_KINDS, DATA_KINDS, ENCODING_KINDS)

MOST_LAYERS = 500

SHORTEST_DT, LONGEST_DT = 1e-9, 1e6
"""Seconds."""


class Draft(Part):
    """An Experiment that is being composed: each of its parts is valid, but its layers may not fit one another.

    Raises:
        ExperimentError: on construction, in one sentence that names the layer or field and what would be right.
    """

    version: Literal[1] = 1
    dt: float = Field(default=1e-3, ge=SHORTEST_DT, le=LONGEST_DT)
    """Length of a time step in seconds; only for showing Hz and ms."""
    network: Annotated[tuple[LayerSpec, ...], FailFast()] = Field(min_length=1, max_length=MOST_LAYERS)
    input: InputSpec
    training: Training = Training()
    seeds: Seeds = Seeds()
    checkpoint: CheckpointRef | None = None
    """First weights from a file, instead of drawn ones."""
    conversion: Conversion | None = None
    """How the weights come from an artificial network; such an Experiment is run by `snncore.convert.compare`."""

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise ExperimentError(sentence(error, *FAMILIES)) from error

    @field_validator("input", mode="before")
    @classmethod
    def _random_without_a_kind(cls, given: Any) -> Any:
        return {"kind": "random_spikes", **given} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _changes_can_be_made(self) -> Self:
        try:
            self.settled  # noqa: B018
        except ExperimentError as error:
            raise ValueError(str(error)) from error
        return self

    @model_validator(mode="after")
    def _shows_samples_of_its_task(self) -> Self:
        if isinstance(self.input, Sample):
            task = self.training.task
            if not isinstance(task, Classification):
                raise ValueError(f"The input is a sample of labelled data, but the task {task.kind} has none; choose another input")
            misfit = task.input_misfit(self.input.shape)
            if misfit:
                raise ValueError(misfit)
        return self

    def fits(self) -> tuple[Fit, ...]:
        """Return each layer's output shape, and whether it fits its input.

        Layers after one that doesn't fit are judged by its output once it is made to fit.
        """
        return fits_of(self.network, self.input.shape[2:])

    @property
    def first_misfit(self) -> str | None:
        """Return what is wrong with the first misfitting layer, in a sentence; None if all fit."""
        for number, fit in enumerate(self.fits()):
            if fit.misfit:
                return f"{self.layer_label(str(number))}: {fit.misfit}."
        return None

    @property
    def output_shape(self) -> Shape | None:
        """Return the output's shape (batch, time, ...); None if it can't be known."""
        shape = self.fits()[-1].shape
        return None if shape is None else (*self.input.shape[:2], *shape)

    @property
    def task(self) -> Task:
        """Return the training's task as it measures this network's output."""
        return self.training.task.at_output(self.network[-1].does_spike)

    @property
    def task_misfit(self) -> MisfitError | None:
        """Return why the task can't measure the output; the remedy holds task fields that would fit."""
        shape = self.output_shape
        return None if shape is None else self.task.misfit(shape)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read an Experiment or draft from JSON.

        Raises:
            ExperimentError: `text` isn't JSON, or isn't an Experiment.
        """
        return cls(**read_object(text))

    def to_json(self, *, compact: bool = False) -> str:
        """Return all fields, indented; or if `compact`, one line without fields at their default."""
        if not compact:
            return self.model_dump_json(indent=2)
        return json.dumps(without_defaults(self), separators=(",", ":"))

    def replace(self, changes: dict[str, Any]) -> Self:
        """Return a copy with changed values by path.

        An example of changes is `{"network.1.tau_mem": 20.0, "training.lr": 0.01}`.

        Weights of the `checkpoint` stay unless the changes concern them: a layer whose size or first weights change gets drawn weights, and
        with a different weight seed all layers do.

        Raises:
            ExperimentError: no such path, or the values can't be built; this Experiment stays as it was.
        """
        data = self.model_dump()
        for path, value in changes.items():
            *parents, last = path.split(".")
            place: Any = data
            try:
                for part in parents:
                    place = place[int(part)] if part.isdecimal() else place[part]
                known = isinstance(place, dict) and last in place
            except (KeyError, IndexError, ValueError, TypeError):
                known = False
            if not known:
                raise ExperimentError(f"The Experiment has no field {path!r}.")
            place[last] = value
        made = type(self)(**data)
        names_weights = any(path.partition(".")[0] == "checkpoint" for path in changes)
        return made if names_weights else made.with_weights_of(self, range(len(self.network)))

    def with_weights_of(self, before: Draft, origins: Sequence[int | None]) -> Self:
        """Return this draft with the `checkpoint` weights that an edit keeps.

        Args:
            before: the draft before the edit.
            origins: each layer's place in the draft before; None for a new layer.
        """
        kept = None
        if before.checkpoint and self.seeds.weights == before.seeds.weights and len(origins) == len(self.network):
            kept = before.checkpoint.carried(before.network, self.network, origins)
        if kept == self.checkpoint:
            return self
        return self.model_construct(**{**{name: getattr(self, name) for name in type(self).model_fields}, "checkpoint": kept})

    def at(self, path: str) -> Any:
        """Return the value at a path of `replace`, as data. The path must exist."""
        first, *names = path.split(".")
        value: Any = getattr(self, first)
        if names and isinstance(value, tuple):
            value = value[int(names.pop(0))]
        value = value.model_dump() if isinstance(value, BaseModel) else self.model_dump(include={first})[first]
        for part in names:
            value = value[int(part)] if part.isdecimal() else value[part]
        return value

    def layer_label(self, module_name: str) -> str:
        """Return a layer's name in messages: `"LIF 2"` for the module `"1"` of `build()`, or one in it."""
        index = int(module_name.partition(".")[0])
        return f"{self.network[index].kind} {index + 1}"

    def parameter_label(self, name: str) -> str:
        """Return a parameter's name in messages: `"the weight of Linear 1"` for `"0.weight"`."""
        module_name, _, field = name.partition(".")
        return f"the {field} of {self.layer_label(module_name)}"

    @property
    def is_folded(self) -> bool:
        """True if time is folded into the batch, for layers without a time axis."""
        return any(isinstance(layer, Conv2dSpec | AvgPool2dSpec | FlattenSpec) for layer in self.network)

    def in_force(self, epoch: int) -> Self:
        """Return the Experiment in force at an epoch: changes up to then are made, none are left."""
        if not self.training.changes:
            return self
        return self._phases[bisect_right(self._phases, epoch, key=itemgetter(0)) - 1][1]

    @property
    def settled(self) -> Self:
        """Return the Experiment with all changes made, as if from the start."""
        return self._phases[-1][1] if self.training.changes else self

    @cached_property
    def _phases(self) -> tuple[tuple[float, Self], ...]:
        """Return the Experiments in force, each with its first epoch, -∞ for the start.

        Each change rebuilds only the part that it changes: no other part depends on it, and no shape.

        Raises:
            ExperimentError: a changed part can't be built.
        """
        fields = {name: getattr(self, name) for name in type(self).model_fields}
        fields["training"] = self.training.model_copy(update={"changes": ()})
        phases: dict[float, Self] = {-math.inf: self.model_construct(**fields)}
        for change in self.training.changes:
            try:
                fields = _with(fields, change.field.split("."), change.value)
            except ExperimentError as error:
                raise ExperimentError(f"the change at epoch {change.epoch}: {error}") from error
            phases[change.epoch] = self.model_construct(**fields)
        return tuple(phases.items())

    @property
    def is_input_random(self) -> bool:
        """Return True if the input's values depend on the seed."""
        task = self.training.task
        if isinstance(self.input, Sample) and isinstance(task, Classification):
            return task.encoding.is_random
        return self.input.is_random(self.dt)

    @property
    def carries_spikes(self) -> bool:
        """Return True if the input's values are spikes, as far as they are whole numbers."""
        task = self.training.task
        if isinstance(self.input, Sample) and isinstance(task, Classification):
            return task.encoding.makes_spikes
        return self.input.carries_spikes

    @property
    def draft(self) -> Draft:
        """Return a Draft with the same parts."""
        return Draft(**dict(self))


class Experiment(Draft):
    """Everything that a simulation or training needs; equal Experiments give equal spikes anywhere.

    Raises:
        ExperimentError: on construction, in one sentence that names the layer or field and what would be right.
    """

    @model_validator(mode="after")
    def _layers_fit(self) -> Self:
        if self.first_misfit:
            raise ValueError(self.first_misfit)
        return self

    def changed(self, epoch: int, changes: dict[str, Any]) -> Self:
        """Return the Experiment with fields changed during training, from `epoch` on. Values that were in force already aren't noted.

        Raises:
            ExperimentError: a field that can't be changed while training runs, or a value that can't be built.
        """
        made = [{"epoch": epoch, "field": field, "value": value} for field, value in changes.items()]
        later = [change for change in self.training.changes if change.epoch != epoch or change.field not in changes]
        noted = self.replace({"training.changes": (*(change.model_dump() for change in later), *made)})
        before, after = noted.in_force(epoch - 1), noted.in_force(epoch)
        same = {field for field in changes if before.at(field) == after.at(field)}
        if not same:
            return noted
        kept = [change.model_dump() for change in noted.training.changes if change.epoch != epoch or change.field not in same]
        return self.replace({"training.changes": kept})

    def check_trainable(self) -> None:
        """Raise ExperimentError if the Experiment can't be trained.

        The task can't measure the output, or nothing learns, if only after a change; the network can still be built and run.
        """
        reason = self.task.needs_spikes
        if reason and not self.network[-1].does_spike:
            last = self.layer_label(str(len(self.network) - 1))
            raise ExperimentError(f"{last} doesn't spike, so {reason}; end the network with {', '.join(spiking_kinds())}.")
        shape = self.output_shape
        for epoch in sorted({0, *(change.epoch for change in self.training.changes)}):
            in_force = self.in_force(epoch)
            misfit = (shape and in_force.task.misfit(shape)) or in_force.task.input_misfit(self.input.shape)
            if misfit:
                raise ExperimentError(f"{'' if epoch == 0 else f'From epoch {epoch} on: '}{misfit}.")
            layers = {str(index): layer for index, layer in enumerate(in_force.network) if isinstance(layer, Learnable)}
            if not any(layer.learning for layer in layers.values()):
                name, first = next(iter(layers.items()))
                raise ExperimentError(
                    f"{'Nothing' if epoch == 0 else f'From epoch {epoch} on nothing'} in the network learns; let a parameter learn "
                    f"({self.layer_label(name)} has {', '.join(first.learnable)}), or put a Linear or Conv2d into it."
                )

    def build(self, files: Files = NO_FILES) -> nn.Sequential:
        """Return the network, (batch, time, ...) -> (batch, time, ...); modules are named by layer number.

        Weights are drawn in layer order, as by `torch.manual_seed(seeds.weights)` and construction; or they come from the `checkpoint`. If
        a layer takes no time axis, a module `"fold"` before the first layer folds time into the batch, (batch*time, ...), and a module
        `"unfold"` after the last one unfolds it.

        Raises:
            ExperimentError: the weights of the checkpoint aren't among `files`, or don't fit.
        """
        weights, noise = (torch.Generator().manual_seed(seed) for seed in (self.seeds.weights, self.seeds.noise))
        batch_size = self.input.shape[0] if self.is_folded else None
        layers: dict[str, nn.Module] = {str(number): layer.build(weights, noise, batch_size) for number, layer in enumerate(self.network)}
        if batch_size is not None:
            layers = {"fold": FlattenTime(), **layers, "unfold": UnflattenTime(batch_size)}
        model = nn.Sequential(OrderedDict(layers))
        if self.checkpoint is not None:
            self.checkpoint.load_into(model, files, self.parameter_label)
        return model

    def make_input(self, files: Files = NO_FILES) -> Tensor:
        """Return the input, float32 of `input.shape` (batch, time, ...).

        Raises:
            ExperimentError: it is a file that isn't among `files`, or has another shape there; or its kind fails to make it.
        """
        generator, task = torch.Generator().manual_seed(self.seeds.input), self.training.task
        if isinstance(self.input, Sample) and isinstance(task, Classification):
            values, _ = task.data.make(files).of(self.input.half)
            places = (self.input.index + torch.arange(self.input.shape[0])) % len(values)
            return task.encoded(values[places], self.input.shape[1:], self.dt, generator)
        return values_of(self.input, generator, self.dt, files)

    def make_optimiser(self, model: nn.Module) -> torch.optim.Optimizer:
        optimisers: dict[str, Any] = {"RMSprop": torch.optim.RMSprop, "Adam": torch.optim.Adam, "SGD": torch.optim.SGD}
        kind = optimisers[self.training.optimiser]
        optimiser: torch.optim.Optimizer = kind(model.parameters(), lr=self.training.lr, foreach=True)  # the same numbers in fewer calls
        return optimiser


for _kinds in (LAYER_KINDS, INPUT_KINDS):
    _kinds.held_by(Draft, Experiment)
for _kinds_within in (TASK_KINDS, DATA_KINDS, ENCODING_KINDS):
    _kinds_within.held_by(Training, Draft, Experiment)


def convolution() -> Experiment:
    """Return the quickstart's convolutional network, (8,100,2,8,8) -> (8,100,4).

    Its layers are Conv2d(2,16,3)–LIF–Conv2d(16,32,3)–LIF–Flatten–Linear(512,4).
    """
    return Experiment(
        network=(
            Conv2dSpec(in_channels=2, out_channels=16, kernel_size=3),
            LIFSpec(tau_mem=20.0),
            Conv2dSpec(in_channels=16, out_channels=32, kernel_size=3),
            LIFSpec(tau_mem=20.0),
            FlattenSpec(),
            LinearSpec(in_features=512, out_features=4),
        ),
        input=RandomSpikes(shape=(8, 100, 2, 8, 8), probability=0.5),
    )


def ten_spikes() -> Experiment:
    """Return the quickstart's toy task: learn to answer one random input with ten spikes.

    Its layers are Linear(16,64)–LIF–Linear(64,4)–LIF.
    """
    return Experiment(
        network=(
            LinearSpec(in_features=16, out_features=64),
            LIFSpec(tau_mem=10.0),
            LinearSpec(in_features=64, out_features=4),
            LIFSpec(tau_mem=10.0),
        ),
        input=RandomSpikes(shape=(1, 100, 16), probability=0.8),
        training=Training(task=SpikeCount(target=10), optimiser="RMSprop", lr=1e-3, epochs=100),
        seeds=Seeds(weights=0, input=1, noise=2),
    )


# ----------------------------------------------------------------------------------------------------- details


def _with(fields: dict[str, Any], path: list[str], value: Any) -> dict[str, Any]:
    """Return a Draft's fields with the value at a path replaced, built from data; raise ExperimentError if it can't be."""
    first, *names = path
    if first != "network":
        return {**fields, first: _rebuilt(fields[first], names, value, (first,))}
    place, name = int(names[0]), names[1]
    layers = fields["network"]
    if place >= len(layers) or name not in type(layers[place]).model_fields:
        raise ExperimentError(f"The Experiment has no field {'.'.join(path)!r}.")
    layer = _rebuilt(layers[place], [name], value, ("network", place, layers[place].kind))
    return {**fields, "network": (*layers[:place], layer, *layers[place + 1 :])}


def _rebuilt(part: Part, names: list[str], value: Any, place: tuple[str | int, ...]) -> Part:
    name, *others = names
    changed = _rebuilt(getattr(part, name), others, value, (*place, name)) if others else value
    try:
        return type(part)(**{**dict(part), name: changed})
    except ValidationError as error:
        raise ExperimentError(sentence(error, *FAMILIES, within=place)) from error
