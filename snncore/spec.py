"""The Experiment: network, input, training and seeds as data, which builds the torch model and goes to and from JSON.

It is what a page edits, what a link and a saved file hold, and what a test repeats. An Experiment that exists can be built.
"""

from __future__ import annotations

import json
import math
import sys
from dataclasses import asdict, fields
from typing import Annotated, Any, Literal, Self

import torch
from pydantic import BaseModel, BeforeValidator, Field, PlainSerializer, ValidationError, model_validator
from torch import Tensor, nn

from snncore.activation import RESETS, SPIKE_FUNCTIONS, SURROGATES, MembraneSubtract, MultiSpike, SingleExponential
from snncore.encoders import random_spikes
from snncore.errors import ExperimentError, SNNCoreError
from snncore.layers import IAF, LIF
from snncore.part import Part
from snncore.tasks import SpikeCount

LARGEST_SEED = 2**63 - 1


# ----------------------------------------------------------------------------------------- activations as data


def _named(choices: tuple[type, ...]) -> tuple[BeforeValidator, PlainSerializer]:
    """Frozen dataclasses as `{"kind": name, field: value, ...}`; the name alone stands for the defaults."""
    by_name = {choice.__name__: choice for choice in choices}

    def parse(value: Any) -> Any:
        if isinstance(value, choices):
            return value
        given = dict(value) if isinstance(value, dict) else {"kind": value}
        kind = given.pop("kind", None)
        if not isinstance(kind, str) or kind not in by_name:
            raise ValueError(f"{_abbreviated(kind)} is not known; use one of {', '.join(by_name)}")
        defaults = {field.name: field.default for field in fields(by_name[kind])}
        for name, entry in given.items():
            if name not in defaults:
                raise ValueError(f"{kind} has no {_abbreviated(name)}; it takes {', '.join(defaults) or 'nothing'}")
            is_number = isinstance(entry, int | float) and not isinstance(entry, bool) and abs(entry) <= sys.float_info.max
            if not is_number and not (entry is None and defaults[name] is None):
                raise ValueError(f"{kind}: {name} is {_abbreviated(entry)}; it must be a finite number")
        return by_name[kind](**given)

    def dump(value: Any) -> dict[str, Any]:
        return {"kind": type(value).__name__, **asdict(value)}

    return BeforeValidator(parse), PlainSerializer(dump)


SpikeFn = Annotated[Any, *_named(SPIKE_FUNCTIONS)]
ResetFn = Annotated[Any, *_named(RESETS)]
SurrogateGradFn = Annotated[Any, *_named(SURROGATES)]


# -------------------------------------------------------------------------------------------------- the layers

Shape = tuple[int, ...]
"""Shape of one sample at one time step, without batch and time."""


class LinearSpec(Part):
    """`torch.nn.Linear` over the last axis."""

    kind: Literal["Linear"] = "Linear"
    in_features: int = Field(ge=1)
    out_features: int = Field(ge=1)
    bias: bool = True

    def output_shape(self, shape: Shape) -> Shape:
        """Raises SNNCoreError where the last axis isn't `in_features`."""
        if not shape or shape[-1] != self.in_features:
            raise SNNCoreError(
                f"in_features is {self.in_features}, but it receives {shape[-1] if shape else 'no'} features; "
                f"set in_features to {shape[-1] if shape else 1}, or change what comes before"
            )
        return (*shape[:-1], self.out_features)

    def build(self, generator: torch.Generator) -> nn.Module:
        """Weights and biases as `torch.nn.Linear` draws them, from `generator`."""
        layer: nn.Linear = nn.utils.skip_init(nn.Linear, self.in_features, self.out_features, bias=self.bias)
        nn.init.kaiming_uniform_(layer.weight, a=math.sqrt(5), generator=generator)
        if self.bias:
            bound = 1 / math.sqrt(self.in_features)
            nn.init.uniform_(layer.bias, -bound, bound, generator=generator)
        return layer


class _SpikingSpec(Part):
    """What LIF and IAF share."""

    tau_syn: float | None = None
    spike_threshold: float = 1.0
    spike_fn: SpikeFn = MultiSpike()
    reset_fn: ResetFn = MembraneSubtract()
    surrogate_grad_fn: SurrogateGradFn = SingleExponential()
    min_v_mem: float | None = None

    def output_shape(self, shape: Shape) -> Shape:
        return shape

    def arguments(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in type(self).model_fields if name != "kind"}


class LIFSpec(_SpikingSpec):
    """`snncore.layers.LIF`."""

    kind: Literal["LIF"] = "LIF"
    tau_mem: float
    train_alphas: bool = False
    norm_input: bool = True

    @model_validator(mode="after")
    def _can_be_built(self) -> Self:
        self.build()
        return self

    def build(self, generator: torch.Generator | None = None) -> LIF:
        return LIF(**self.arguments())


class IAFSpec(_SpikingSpec):
    """`snncore.layers.IAF`."""

    kind: Literal["IAF"] = "IAF"

    @model_validator(mode="after")
    def _can_be_built(self) -> Self:
        self.build()
        return self

    def build(self, generator: torch.Generator | None = None) -> IAF:
        return IAF(**self.arguments())


LayerSpec = Annotated[LinearSpec | LIFSpec | IAFSpec, Field(discriminator="kind")]
LAYER_KINDS = ("Linear", "LIF", "IAF")


# ------------------------------------------------------------------------------------ input, training and seeds


class RandomSpikes(Part):
    """Every entry spikes by itself with `probability`: the quickstart's `torch.rand(shape) > 0.2`."""

    kind: Literal["random_spikes"] = "random_spikes"
    shape: tuple[int, ...] = Field(min_length=3)
    """(batch, time, ...)."""
    probability: float = Field(ge=0, le=1)

    @model_validator(mode="after")
    def _axes_are_positive(self) -> Self:
        if min(self.shape) < 1:
            raise ValueError(f"shape is {self.shape}; every axis of (batch, time, ...) must be at least 1")
        return self

    def make(self, generator: torch.Generator) -> Tensor:
        return random_spikes(self.shape, self.probability, generator)


class Change(Part):
    """A field of the Experiment that was changed while training ran, by its path, as in `Experiment.replace`."""

    epoch: int = Field(ge=0)
    field: str
    value: Any


class Training(Part):
    """What is trained for, and how. `lr` is the learning rate, `epochs` the most that are run."""

    task: SpikeCount = SpikeCount()
    optimiser: Literal["RMSprop", "Adam", "SGD"] = "RMSprop"
    lr: float = Field(default=1e-3, gt=0)
    epochs: int = Field(default=100, ge=1)
    changes: tuple[Change, ...] = ()


class Seeds(Part):
    """One seed each for the weights, the input, and everything random while the network runs."""

    weights: int = Field(default=0, ge=0, le=LARGEST_SEED)
    input: int = Field(default=0, ge=0, le=LARGEST_SEED)
    noise: int = Field(default=0, ge=0, le=LARGEST_SEED)


# ---------------------------------------------------------------------------------------------- the Experiment


class Experiment(Part):
    """Everything that a simulation or training needs; the same Experiment gives the same spikes anywhere.

    Raises:
        ExperimentError: on construction, in one sentence that names the layer or field and what would be right.
    """

    version: Literal[1] = 1
    dt: float = Field(default=1e-3, gt=0)
    """Length of a time step in seconds; only for showing Hz and ms."""
    network: tuple[LayerSpec, ...] = Field(min_length=1)
    input: RandomSpikes
    training: Training = Training()
    seeds: Seeds = Seeds()

    def __init__(self, /, **data: Any) -> None:
        try:
            super().__init__(**data)
        except ValidationError as error:
            raise ExperimentError(_sentence(error)) from error

    @model_validator(mode="after")
    def _layers_fit(self) -> Self:
        shape: Shape = self.input.shape[2:]
        for number, layer in enumerate(self.network, start=1):
            try:
                shape = layer.output_shape(shape)
            except SNNCoreError as error:
                raise ValueError(f"{self.layer_label(str(number - 1))}: {error}") from error
        if not isinstance(self.network[-1], LIFSpec | IAFSpec):
            last = self.layer_label(str(len(self.network) - 1))
            raise ValueError(f"{last} doesn't spike, so nothing can be counted; end the network with LIF or IAF")
        return self

    @classmethod
    def from_json(cls, text: str) -> Experiment:
        """Raises ExperimentError where `text` is no JSON or no Experiment."""
        try:
            data = json.loads(text)
        except json.JSONDecodeError as error:
            message = f"This is not valid JSON: {error.msg} at line {error.lineno}, column {error.colno}."
            raise ExperimentError(message) from error
        except ValueError as error:
            raise ExperimentError("This is not an Experiment: it holds a number of thousands of digits.") from error
        except RecursionError as error:
            raise ExperimentError("This is not an Experiment: it is nested too deeply.") from error
        if not isinstance(data, dict):
            raise ExperimentError(f"An Experiment is a JSON object {{…}}, not {type(data).__name__}.")
        return cls(**data)

    def to_json(self, *, compact: bool = False) -> str:
        """All fields, indented; or compact: one line without the fields that have their default."""
        if not compact:
            return self.model_dump_json(indent=2)
        # A layer's kind equals its default but tells the layers apart, so defaults are left out by hand.
        return json.dumps(_without_defaults(self), separators=(",", ":"))

    def replace(self, changes: dict[str, Any]) -> Experiment:
        """A new Experiment with other values at some paths, such as `{"network.1.tau_mem": 20.0, "training.lr": 0.01}`.

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
        return type(self)(**data)

    def layer_label(self, module_name: str) -> str:
        """How messages call the layer that `build()` puts under `module_name`: `"Layer 2 (LIF)"` for `"1"`."""
        index = int(module_name)
        return f"Layer {index + 1} ({self.network[index].kind})"

    # ------------------------------------------------------------------------------------------ what it builds

    def build(self) -> nn.Sequential:
        """The network, weights drawn in layer order: those of `torch.manual_seed(seeds.weights)` and construction."""
        generator = torch.Generator().manual_seed(self.seeds.weights)
        return nn.Sequential(*(layer.build(generator) for layer in self.network))

    def make_input(self) -> Tensor:
        """The input, float32 of `input.shape` (batch, time, ...)."""
        return self.input.make(torch.Generator().manual_seed(self.seeds.input))

    def make_optimiser(self, model: nn.Module) -> torch.optim.Optimizer:
        optimisers: dict[str, Any] = {"RMSprop": torch.optim.RMSprop, "Adam": torch.optim.Adam, "SGD": torch.optim.SGD}
        optimiser: torch.optim.Optimizer = optimisers[self.training.optimiser](model.parameters(), lr=self.training.lr)
        return optimiser


def ten_spikes() -> Experiment:
    """The quickstart's toy task: Linear(16,64)–LIF–Linear(64,4)–LIF learns to answer one random input with ten spikes."""
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


def _without_defaults(part: BaseModel) -> dict[str, Any]:
    dumped = part.model_dump()
    kept: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        if name not in ("kind", "version") and not field.is_required() and value == field.get_default():
            continue
        if isinstance(value, BaseModel):
            kept[name] = _without_defaults(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            kept[name] = [_without_defaults(entry) for entry in value]
        else:
            kept[name] = dumped[name]
    return kept


def _sentence(error: ValidationError) -> str:
    """The first problem as one sentence: where, what, and what would be right."""
    problem = error.errors(include_url=False)[0]
    location = list(problem["loc"])
    place = kind = ""
    if location[:1] == ["network"] and len(location) > 1:
        kind = str(location[2]) if len(location) > 2 else ""
        place = f"Layer {int(location[1]) + 1}" + (f" ({kind})" if kind else "")
        location = location[3:]
    field = ".".join(str(part) for part in location if part not in ("random_spikes", "spike_count"))
    given = _abbreviated(problem.get("input"))
    message = problem["msg"].removeprefix("Value error, ").removeprefix(f"{kind}: ")
    match problem["type"]:
        case "extra_forbidden":
            text = f"{_abbreviated(field)} is not a field it knows; remove it or correct its name"
        case "missing":
            text = f"{field} is missing; give it a value"
        case "union_tag_invalid":
            text = f"{_abbreviated(problem['ctx']['tag'])} is not a known layer; use one of {', '.join(LAYER_KINDS)}"
        case "union_tag_not_found":
            text = f'a layer needs a "kind"; use one of {", ".join(LAYER_KINDS)}'
        case "value_error" | "assertion_error":
            text = message if not field else f"{field}: {message}"
        case _:
            requirement = message[0].lower() + message[1:]
            text = f"{field or 'it'} is {given}; {requirement.replace('input should', 'it should')}"
    text = f"{place}: {text}" if place else text
    return text if text.endswith(".") else f"{text}."


def _abbreviated(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
