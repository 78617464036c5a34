"""Edits of a network that is being composed. Each takes a draft and returns another; a new layer is made to fit where it is put.

Weights of a checkpoint go with their layers; a layer that is new, or made to fit, has its weights drawn.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from snncore.errors import ExperimentError
from snncore.experiment.inputs import INPUT_KINDS, Holds
from snncore.experiment.layers import NEURON_SPECS, LayerSpec, NeuronSpec
from snncore.experiment.part import Shape
from snncore.experiment.spec import Draft, mended
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, DropoutSpec, FlattenSpec, LinearSpec

AnyDraft = TypeVar("AnyDraft", bound=Draft)

USUAL = MappingProxyType({"tau_mem": 10.0, "tau_adapt": 50.0})
"""Values that new neurons have where their model has no default."""


def insert(draft: Draft, place: int, kind: str) -> Draft:
    """A new layer of a kind before the layer at `place`, or at the end. Where the kind allows it, shapes stay as they were."""
    return _put(draft, place, fitting_layer(kind, shape_before(draft, place)))


def remove(draft: Draft, place: int) -> Draft:
    """Raise ExperimentError if it is the only layer."""
    if len(draft.network) == 1:
        raise ExperimentError("The network has one layer, which can't be removed; add another one first.")
    return _rearranged(draft, [other for other in range(len(draft.network)) if other != place])


def duplicate(draft: Draft, place: int) -> Draft:
    """The layer at `place` once more, after it, with the same weights where those are of a checkpoint."""
    places = range(len(draft.network))
    return _rearranged(draft, [*places[: place + 1], *places[place:]])


def move(draft: Draft, place: int, to: int) -> Draft:
    """The layer at `place` at place `to`; the others keep their order."""
    others = [other for other in range(len(draft.network)) if other != place]
    return _rearranged(draft, [*others[:to], place, *others[to:]])


def put(draft: Draft, place: int | None, layer: LayerSpec) -> Draft:
    """The draft with a layer in place of the one at `place`, or as a new last one."""
    return _put(draft, len(draft.network), layer) if place is None else _exchanged(draft, place, layer)


def mend(draft: Draft, place: int) -> Draft:
    """The draft with the layer at `place` made to fit what reaches it, if there is a way."""
    misfit = draft.fits()[place].misfit
    if misfit is None:
        return draft
    if misfit.before:
        return insert(draft, place, misfit.before)
    return _exchanged(draft, place, mended(draft.network[place], misfit))


def feed(draft: Draft, kind: str) -> Draft:
    """The draft with another kind of input, of the same shape where the kind takes it."""
    return _with(draft, input=fitting_input(kind, draft.input.shape))


def feed_file(draft: Draft, name: str, digest: str, shape: tuple[int, ...], holds: Holds | None = None) -> Draft:
    """The draft with an uploaded file (batch, time, ...) as its input, and what that was read as."""
    return _with(draft, input={"kind": "file", "name": name, "digest": digest, "shape": shape, "holds": holds})


def reshape(draft: AnyDraft, shape: Sequence[int]) -> AnyDraft:
    """The draft with its input in another shape (batch, time, ...). A drawn current ends sooner, or is 0 in the time that is new.

    Raises:
        ExperimentError: the input can't have that shape.
    """
    changes = draft.input.reshaped(tuple(shape))
    return draft.replace({f"input.{name}": value for name, value in changes.items()})


def as_kind(layer: NeuronSpec, kind: str, usual: Mapping[str, Any] = USUAL) -> NeuronSpec:
    """The layer as another neuron model without connections of its own.

    What both models have keeps its value, one for each neuron too; parameters that the other one hasn't no longer learn.

    Args:
        usual: by name, values of fields that only the other model has; else they are those of `USUAL` or the model's defaults.
    """
    spec = NEURON_SPECS[kind]
    values = {**USUAL, **_first_values(spec), **usual, **dict(layer), "kind": kind, "learns": None}
    made = spec(**{name: value for name, value in values.items() if name in spec.model_fields})
    if layer.learns is None:
        return made
    return spec(**{**dict(made), "learns": tuple(name for name in layer.learns if name in made.learnable)})


def shape_before(draft: Draft, place: int) -> Shape:
    """What reaches the layer at `place`; after a layer that doesn't fit, the last shape that is known."""
    known = [draft.input.shape[2:], *(fit.shape for fit in draft.fits()[:place])]
    return next(shape for shape in reversed(known) if shape is not None)


def fitting_layer(kind: str, shape: Shape) -> LayerSpec:
    """A layer of a kind for samples of `shape`, with usual parameters; it leaves the shape as it is if that can be."""
    width = shape[-1]
    channels = shape[0]
    match kind:
        case "Linear":
            return LinearSpec(in_features=width, out_features=width)
        case "Conv2d":
            return Conv2dSpec(in_channels=channels, out_channels=channels, kernel_size=3, padding=1)
        case "AvgPool2d":
            return AvgPool2dSpec(kernel_size=2)
        case "Flatten":
            return FlattenSpec()
        case "Dropout":
            return DropoutSpec()
    return fitting_neurons(NEURON_SPECS[kind], width)


def fitting_neurons(spec: type[NeuronSpec], neurons: int) -> NeuronSpec:
    """A layer of so many neurons with usual parameters."""
    connection = {"in_features": neurons, "out_features": neurons}
    usual = {**USUAL, **_first_values(spec), "rec_connect": connection}
    return spec(**{name: value for name, value in usual.items() if name in spec.model_fields})


def _first_values(spec: type[NeuronSpec]) -> dict[str, Any]:
    """Values that a model from outside names for fields that have no default."""
    required = (name for name, field in spec.model_fields.items() if field.is_required())
    return {name: spec.words[name].usual for name in required if name in spec.words}


def fitting_input(kind: str, shape: Shape) -> dict[str, Any]:
    """Return a usual input of a kind as data, of `shape` (batch, time, ...) if the kind takes it."""
    return INPUT_KINDS[kind].fitting(shape)


def _put(draft: Draft, place: int, layer: LayerSpec) -> Draft:
    """The draft with one more layer, before the one at `place`."""
    network, places = draft.network, range(len(draft.network))
    return _with_network(draft, (*network[:place], layer, *network[place:]), [*places[:place], None, *places[place:]])


def _exchanged(draft: Draft, place: int, layer: LayerSpec) -> Draft:
    """The draft with another layer at `place`."""
    network = (*draft.network[:place], layer, *draft.network[place + 1 :])
    return _with_network(draft, network, range(len(network)))


def _rearranged(draft: Draft, places: Sequence[int]) -> Draft:
    """The draft with its layers in the order of these places, each as often as it is named."""
    return _with_network(draft, tuple(draft.network[place] for place in places), places)


def _with_network(draft: Draft, network: tuple[LayerSpec, ...], origins: Sequence[int | None]) -> Draft:
    return _with(draft, network=network).with_weights_of(draft, origins)


def _with(draft: Draft, **parts: Any) -> Draft:
    return Draft(**{**dict(draft), **parts})
