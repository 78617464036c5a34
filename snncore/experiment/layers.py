"""The layers of an Experiment as data, each of which builds its torch module.

A neuron model needs no code here: its spec is made from its constructor.
"""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import torch
from pydantic import BeforeValidator, PlainSerializer, create_model, model_validator
from torch import nn

from snncore.activation import RESETS, SPIKE_FUNCTIONS, SURROGATES
from snncore.errors import MisfitError
from snncore.experiment.errors import abbreviated
from snncore.experiment.kinds import Kinds
from snncore.experiment.learnable import Learnable
from snncore.experiment.part import LARGEST_NUMBER, MOST_AXES, Shape
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, DropoutSpec, FlattenSpec, LinearSpec
from snncore.layers import MODELS, RECURRENT, SQUEEZED, StatefulLayer
from snncore.layers.stateful import constructor_arguments

# ----------------------------------------------------------------------------------------- activations as data


def _named(choices: tuple[type, ...]) -> tuple[BeforeValidator, PlainSerializer]:
    """Frozen dataclasses as `{"kind": name, field: value, ...}`; the name alone stands for the defaults."""
    by_name = {choice.__name__: choice for choice in choices}

    def parse(value: Any) -> Any:
        given = dump(value) if isinstance(value, choices) else dict(value) if isinstance(value, dict) else {"kind": value}
        kind = given.pop("kind", None)
        if not isinstance(kind, str) or kind not in by_name:
            raise ValueError(f"{abbreviated(kind)} is not known; use one of {', '.join(by_name)}")
        defaults = {field.name: field.default for field in fields(by_name[kind])}
        for name, entry in given.items():
            if name not in defaults:
                raise ValueError(f"{kind} has no {abbreviated(name)}; it takes {', '.join(defaults) or 'nothing'}")
            if not is_number(entry) and not (entry is None and defaults[name] is None):
                raise ValueError(f"{kind}: {name} is {abbreviated(entry)}; it must be a finite number within ±{LARGEST_NUMBER:g}")
        return by_name[kind](**given)

    def dump(value: Any) -> dict[str, Any]:
        return {"kind": type(value).__name__, **asdict(value)}

    return BeforeValidator(parse), PlainSerializer(dump)


SpikeFn = Annotated[Any, *_named(SPIKE_FUNCTIONS)]
ResetFn = Annotated[Any, *_named(RESETS)]
SurrogateGradFn = Annotated[Any, *_named(SURROGATES)]


def _parse_value(value: Any) -> Any:
    """A finite number, or nested lists of them, one for each neuron, as tuples."""
    return _nested(value, MOST_AXES) if isinstance(value, list | tuple) else _number(value)


def _number(value: Any) -> float:
    if not is_number(value):
        raise ValueError(f"it must be a finite number within ±{LARGEST_NUMBER:g}, or a list with one for each neuron")
    return float(value)


def _nested(values: Any, most_axes: int) -> tuple[Any, ...]:
    if most_axes == 0:
        raise ValueError(f"it must be one list, or up to {MOST_AXES} lists within one another, with a number for each neuron")
    entries = tuple(_nested(value, most_axes - 1) if isinstance(value, list | tuple) else _number(value) for value in values)
    if not entries:
        raise ValueError("it must have a number for each neuron")
    if len(set(map(shape_of, entries))) > 1:
        raise ValueError("it must be one list, or lists of one length, with a number for each neuron")
    return entries


Value = Annotated[Any, BeforeValidator(_parse_value)]
"""A parameter of neurons: a number for all, or nested tuples with one for each."""
OptionalValue = Annotated[Any, BeforeValidator(lambda value: None if value is None else _parse_value(value))]


def is_number(value: Any) -> bool:
    """Whether a value of JSON is a finite number that a layer can compute with."""
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST_NUMBER


def shape_of(value: Any) -> Shape:
    """The shape of a parameter: () of one number for all neurons, else that of its nested tuples."""
    return (len(value), *shape_of(value[0])) if isinstance(value, tuple) else ()


# ------------------------------------------------------------------------------------------------- the neurons


LEARNABLE = ("tau_mem", "tau_syn", "tau_adapt", "spike_threshold", "rec_connect")
"""Arguments of constructors that a layer holds as parameters which can be trained, where they aren't None."""


class NeuronSpec(Learnable):
    """Base of the neuron layers, one class for each of `snncore.layers`, made from the arguments of its constructor."""

    model: ClassVar[Any]

    if TYPE_CHECKING:  # the fields of each come from its layer

        def __init__(self, **fields: Any) -> None: ...

    @model_validator(mode="after")
    def _can_be_built(self) -> Self:
        self._layer(nn.Identity())
        return self

    @model_validator(mode="after")
    def _says_itself_what_learns(self) -> Self:
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        if connection is not None and connection.learns is not None:
            raise ValueError("rec_connect has learns of its own; name rec_connect in the learns of the layer instead")
        return self

    @property
    def does_spike(self) -> bool:
        return "spike_fn" in type(self).model_fields

    @property
    def draws_weights(self) -> bool:
        """Whether another weight seed gives it other recurrent weights."""
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        return connection is not None and connection.draws_weights

    @property
    def is_noisy(self) -> bool:
        """Whether it is random while it trains."""
        return False

    @property
    def learnable(self) -> tuple[str, ...]:
        """Names of the parameters that training can move; `rec_connect` stands for the recurrent weights and biases."""
        return tuple(name for name in LEARNABLE if getattr(self, name, None) is not None)

    def output_shape(self, shape: Shape) -> Shape:
        """Raises MisfitError where a parameter has another number of values than there are neurons, or the recurrent connection."""
        for name, value in self._arguments().items():
            if isinstance(value, tuple) and not _broadcasts(shape_of(value), shape):
                raise MisfitError(
                    f"{name} has values for {shape_of(value)} neurons, but there are {shape}; give one number, or one for each",
                    {name: torch.tensor(value, dtype=torch.float64).mean().item()},
                )
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        if connection is not None and (connection.in_features, connection.out_features) != (shape[-1], shape[-1]):
            fitting = {**connection.model_dump(), "in_features": shape[-1], "out_features": shape[-1]}
            raise MisfitError(
                f"rec_connect is {connection.in_features}→{connection.out_features} for {shape[-1]} neurons; "
                f"set its in_features and out_features to {shape[-1]}",
                {"rec_connect": fitting},
            )
        if connection is not None:
            try:
                connection.output_shape(shape)
            except MisfitError as error:
                raise MisfitError(f"rec_connect: {error}", {"rec_connect": {**connection.model_dump(), **error.remedy}}) from error
        return shape

    def build(self, weights: torch.Generator, noise: torch.Generator, batch_size: int | None = None) -> StatefulLayer:
        """The layer; with `batch_size`, its form for (batch*time, ...). A recurrent connection draws its weights too."""
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        layer = self._layer(nn.Identity() if connection is None else connection.build(weights, noise), batch_size)
        self.revise(layer)
        return layer

    def revise(self, layer: nn.Module) -> None:
        """Gives a layer that was built from a spec like this one its surrogate gradient, and which parameters learn."""
        super().revise(layer)
        surrogate: Any = getattr(self, "surrogate_grad_fn", None)
        if surrogate is not None:
            layer.surrogate_grad_fn = surrogate

    def parameters(self, layer: nn.Module, name: str) -> tuple[nn.Parameter, ...]:
        if name == "rec_connect":
            return tuple(layer.get_submodule(name).parameters())
        if name == "spike_threshold":
            name = self.model.threshold_name
        elif getattr(self, "train_alphas", False):
            name = name.replace("tau_", "alpha_")
        return (layer.get_parameter(name),)

    def _layer(self, connection: nn.Module, batch_size: int | None = None) -> StatefulLayer:
        tensors = {name: torch.tensor(value) if isinstance(value, tuple) else value for name, value in self._arguments().items()}
        connected = {"rec_connect": connection} if "rec_connect" in type(self).model_fields else {}
        made: Any = self.model if batch_size is None else SQUEEZED[self.model]
        sizes = {} if batch_size is None else {"batch_size": batch_size}
        layer: StatefulLayer = made(**tensors, **connected, **sizes)
        return layer

    def _arguments(self) -> dict[str, Any]:
        """Those of the constructor that are values."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in NOT_ARGUMENTS}


NOT_ARGUMENTS = ("kind", "learns", "rec_connect")
"""Fields that aren't handed to a constructor as they are."""

NOT_DATA = ("shape", "record_states")
"""Arguments of constructors that a run decides, not an Experiment."""

FIELDS: dict[str, Any] = {
    "spike_fn": SpikeFn,
    "reset_fn": ResetFn,
    "surrogate_grad_fn": SurrogateGradFn,
    "train_alphas": bool,
    "norm_input": bool,
    "rec_connect": LinearSpec,
}
"""Types of the arguments that aren't numbers."""


def neuron_spec(model: type[StatefulLayer]) -> type[NeuronSpec]:
    """The spec of a layer of `snncore.layers`: its constructor's arguments as fields."""
    fields: dict[str, Any] = {"kind": (Literal[model.__name__], model.__name__)}
    for name, argument in constructor_arguments(model).items():
        if name not in NOT_DATA:
            default = argument.default
            kind = FIELDS.get(name, OptionalValue if default is None else Value)
            fields[name] = (kind, ... if default is argument.empty else default() if isinstance(default, type) else default)
    spec: type[NeuronSpec] = create_model(
        f"{model.__name__}Spec", __base__=NeuronSpec, __doc__=f"`snncore.layers.{model.__name__}`.", **fields
    )
    spec.model = model
    return spec


NEURON_SPECS: dict[str, type[NeuronSpec]] = {model.__name__: neuron_spec(model) for model in (*MODELS, *RECURRENT)}
LAYER_KINDS: Kinds[Any] = Kinds("layer")
"""Everything that a network may consist of."""
_SPECS: tuple[Any, ...] = (LinearSpec, *NEURON_SPECS.values(), Conv2dSpec, AvgPool2dSpec, FlattenSpec, DropoutSpec)
for _spec in _SPECS:
    LAYER_KINDS.register(_spec)

LIFSpec: Any
LIFSpec, IAFSpec, ExpLeakSpec, ALIFSpec = (NEURON_SPECS[model.__name__] for model in MODELS)

if TYPE_CHECKING:
    LayerSpec = LinearSpec | Conv2dSpec | AvgPool2dSpec | FlattenSpec | DropoutSpec | NeuronSpec
else:
    LayerSpec = Annotated[Any, LAYER_KINDS]

SPIKING_KINDS = tuple(kind for kind, spec in NEURON_SPECS.items() if "spike_fn" in spec.model_fields)


def _broadcasts(shape: Shape, over: Shape) -> bool:
    try:
        return tuple(torch.broadcast_shapes(shape, over)) == over
    except RuntimeError:
        return False
