"""The layers of an Experiment as data, each of which builds its torch module.

A neuron model needs no code here: its spec is made from its constructor.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

import torch
from pydantic import create_model, model_validator
from torch import nn

from snncore.errors import MisfitError, RegistrationError
from snncore.experiment.arguments import field_of, shape_of
from snncore.experiment.field_words import FieldWords
from snncore.experiment.kinds import Kinds
from snncore.experiment.learnable import Learnable
from snncore.experiment.part import Part, Shape
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, DropoutSpec, FlattenSpec, LinearSpec
from snncore.layers import NEURON_MODELS, StatefulLayer, squeezed
from snncore.layers.models import model_of
from snncore.layers.stateful import constructor_arguments

# ------------------------------------------------------------------------------------------------- the neurons


NEURON_MULTIPLICATIONS = 20
"""Multiplications that take as long as one step of one neuron."""


class NeuronSpec(Learnable):
    """Base of the neuron layers; one class for each of `snncore.layers`, made from its constructor's arguments."""

    model: ClassVar[Any]
    """The layer's class."""
    words: ClassVar[Mapping[str, FieldWords]] = MappingProxyType({})
    """Words for the fields of a model from outside, by name."""
    sentence: ClassVar[str] = ""
    """One sentence on a model from outside."""

    if TYPE_CHECKING:  # each class takes its fields from its layer

        def __init__(self, **fields: Any) -> None: ...

    @model_validator(mode="after")
    def _can_be_built(self) -> Self:
        self._layer(nn.Identity())
        return self

    @model_validator(mode="after")
    def _says_itself_what_learns(self) -> Self:
        connection = self.recurrent_connection
        if connection is not None and connection.learns is not None:
            raise ValueError("rec_connect has learns of its own; name rec_connect in the learns of the layer instead")
        return self

    @property
    def does_spike(self) -> bool:
        return bool(self.model.does_spike)

    @property
    def recurrent_connection(self) -> LinearSpec | None:
        """Its connection from its spikes to itself, `rec_connect`; None if it has none."""
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        return connection

    @property
    def draws_weights(self) -> bool:
        """True if its recurrent weights depend on the weight seed."""
        connection = self.recurrent_connection
        return connection is not None and connection.draws_weights

    @property
    def is_noisy(self) -> bool:
        """True if it uses random numbers while it trains. No neuron does: a step that draws isn't registered."""
        return False

    @property
    def weight_count(self) -> int:
        """Number of its recurrent weights, without biases."""
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        return 0 if connection is None else connection.weight_count

    @property
    def multiplications(self) -> int:
        """Number of multiplications, or of what takes as long, for each neuron and step."""
        connection: LinearSpec | None = getattr(self, "rec_connect", None)
        return NEURON_MULTIPLICATIONS + (0 if connection is None else connection.multiplications)

    @property
    def has_kernel(self) -> bool:
        """True if compiled loops compute the model without its connections."""
        model = model_of(self.model)
        return model is not None and model.has_kernel

    def is_compiled(self, shape: Shape) -> bool:
        """Return True if compiled loops compute neurons of this shape, recurrent ones in a row alone."""
        return self.has_kernel and (len(shape) <= 1 or not hasattr(self, "rec_connect"))

    @property
    def state_names(self) -> tuple[str, ...]:
        """Names of the variables that the built layer keeps from step to step."""
        return self._layer(nn.Identity()).state_names

    @property
    def learnable(self) -> tuple[str, ...]:
        """Names of the parameters that training can move; `rec_connect` stands for the recurrent weights and biases."""
        names = (*self.model.learnable, "rec_connect")
        return tuple(name for name in names if name in type(self).model_fields and getattr(self, name) is not None)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the output's shape, which is the input's.

        Raises:
            MisfitError: a parameter or the recurrent connection doesn't match the number of neurons.
        """
        for name, value in self._arguments().items():
            if isinstance(value, tuple) and not _broadcasts(shape_of(value), shape):
                raise MisfitError(
                    f"{name} has values for {shape_of(value)} neurons, but there are {shape}; give one number, or one for each",
                    {name: torch.tensor(value, dtype=torch.float64).mean().item()},
                )
        connection = self.recurrent_connection
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
        """Return the layer; with `batch_size`, its form for (batch*time, ...). Recurrent weights are drawn too."""
        connection = self.recurrent_connection
        layer = self._layer(nn.Identity() if connection is None else connection.build(weights, noise), batch_size)
        self.revise(layer)
        return layer

    def revise(self, layer: nn.Module) -> None:
        """Update a built layer's surrogate gradient and learning parameters to this spec's."""
        super().revise(layer)
        surrogate: Any = getattr(self, "surrogate_grad_fn", None)
        if surrogate is not None:
            layer.surrogate_grad_fn = surrogate

    def parameters(self, layer: nn.Module, name: str) -> tuple[nn.Parameter, ...]:
        if name == "rec_connect":
            return tuple(layer.get_submodule(name).parameters())
        assert isinstance(layer, StatefulLayer)
        return (layer.get_parameter(layer.parameter_name(name)),)

    def _layer(self, connection: nn.Module, batch_size: int | None = None) -> StatefulLayer:
        tensors = {name: torch.tensor(value) if isinstance(value, tuple) else value for name, value in self._arguments().items()}
        connected = {"rec_connect": connection} if "rec_connect" in type(self).model_fields else {}
        made: Any = self.model if batch_size is None else squeezed(self.model)
        sizes = {} if batch_size is None else {"batch_size": batch_size}
        layer: StatefulLayer = made(**tensors, **connected, **sizes)
        return layer

    def _arguments(self) -> dict[str, Any]:
        """Return the constructor's arguments that are values."""
        return {name: getattr(self, name) for name in type(self).model_fields if name not in NOT_ARGUMENTS}


NOT_ARGUMENTS = ("kind", "learns", "rec_connect")
"""Fields that aren't passed to a constructor unchanged."""

NOT_DATA = ("shape", "record_states")
"""Constructor arguments that a run decides, not an Experiment."""


def neuron_spec(layer: type[StatefulLayer]) -> type[NeuronSpec]:
    """Return the spec of a neuron layer: its constructor's arguments as fields.

    Raises:
        RegistrationError: the type of an argument isn't known, or its name is one that a spec needs itself.
    """
    name = layer.__name__
    fields: dict[str, Any] = {"kind": (Literal[name], name)}
    for argument in constructor_arguments(layer).values():
        if argument.name in NOT_DATA:
            continue
        if argument.name in fields or hasattr(NeuronSpec, argument.name):
            raise RegistrationError(
                f"{name}: its argument can't be called {argument.name}, as its spec has that already; choose another name."
            )
        fields[argument.name] = field_of(name, argument)
    spec: type[NeuronSpec] = create_model(f"{name}Spec", __base__=NeuronSpec, __doc__=f"`{layer.__module__}.{name}`.", **fields)
    spec.model = layer
    return spec


NEURON_SPECS: dict[str, type[NeuronSpec]] = {}
"""The neuron layers among `LAYER_KINDS`."""

LAYER_KINDS: Kinds[Any] = Kinds("layer", Part)
"""All kinds of layer that a network may have."""


def _register_all() -> None:
    models = NEURON_MODELS.values()
    layers = [*(model.layer for model in models), *(model.recurrent for model in models if model.recurrent)]
    NEURON_SPECS.update({layer.__name__: neuron_spec(layer) for layer in layers})
    specs: tuple[Any, ...] = (LinearSpec, *NEURON_SPECS.values(), Conv2dSpec, AvgPool2dSpec, FlattenSpec, DropoutSpec)
    for spec in specs:
        LAYER_KINDS.register(spec)


_register_all()

LIFSpec: Any = NEURON_SPECS["LIF"]
IAFSpec: Any = NEURON_SPECS["IAF"]
ExpLeakSpec: Any = NEURON_SPECS["ExpLeak"]
ALIFSpec: Any = NEURON_SPECS["ALIF"]

if TYPE_CHECKING:
    LayerSpec = LinearSpec | Conv2dSpec | AvgPool2dSpec | FlattenSpec | DropoutSpec | NeuronSpec
else:
    LayerSpec = Annotated[Any, LAYER_KINDS]


def spiking_kinds() -> tuple[str, ...]:
    """Return the kinds of layers whose output is spikes."""
    return tuple(kind for kind, spec in NEURON_SPECS.items() if spec.model.does_spike)


def _broadcasts(shape: Shape, over: Shape) -> bool:
    try:
        return tuple(torch.broadcast_shapes(shape, over)) == over
    except RuntimeError:
        return False
