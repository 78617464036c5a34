"""Edits of a network that is being composed. Each takes a draft and returns a new one; a new layer is made to fit its place.

Weights of a checkpoint stay with their layers; a layer that is new, or made to fit, has its weights drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment.encodings import ENCODING_KINDS
from snncore.experiment.fitting import mended
from snncore.experiment.inputs import INPUT_KINDS, Holds
from snncore.experiment.layers import NEURON_SPECS, LayerSpec, NeuronSpec
from snncore.experiment.part import Shape
from snncore.experiment.spec import Draft
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.torch_layers import AvgPool2dSpec, Conv2dSpec, DropoutSpec, FlattenSpec, LinearSpec

AnyDraft = TypeVar("AnyDraft", bound=Draft)

PLANES = ("channels", "height", "width")
"""Axes of an image."""

USUAL = MappingProxyType({"tau_mem": 10.0, "tau_adapt": 50.0})
"""Values of new neurons for parameters without a default."""


def insert(draft: Draft, place: int, kind: str) -> Draft:
    """Insert a new layer before the one at `place`, or at the end; it keeps the shape if its kind can."""
    return _put(draft, place, fitting_layer(kind, shape_before(draft, place)))


def remove(draft: Draft, place: int) -> Draft:
    """Remove the layer at `place`.

    Raises:
        ExperimentError: it is the only layer.
    """
    if len(draft.network) == 1:
        raise ExperimentError("The network has one layer, which can't be removed; add another one first.")
    return _rearranged(draft, [other for other in range(len(draft.network)) if other != place])


def duplicate(draft: Draft, place: int) -> Draft:
    """Duplicate the layer at `place`, with the same weights if a checkpoint holds them."""
    places = range(len(draft.network))
    return _rearranged(draft, [*places[: place + 1], *places[place:]])


def move(draft: Draft, place: int, to: int) -> Draft:
    """Move the layer at `place` to place `to`; the others keep their order."""
    others = [other for other in range(len(draft.network)) if other != place]
    return _rearranged(draft, [*others[:to], place, *others[to:]])


def put(draft: Draft, place: int | None, layer: LayerSpec) -> Draft:
    """Replace the layer at `place`, or append a new last layer if it is None."""
    return _put(draft, len(draft.network), layer) if place is None else _exchanged(draft, place, layer)


def mend(draft: Draft, place: int) -> Draft:
    """Make the layer at `place` fit the shape that reaches it, if possible."""
    misfit = draft.fits()[place].misfit
    if misfit is None:
        return draft
    if misfit.before:
        return insert(draft, place, misfit.before)
    return _exchanged(draft, place, mended(draft.network[place], misfit))


def mend_all(draft: Draft) -> Draft:
    """Make each layer fit the shape that reaches it, as far as possible."""
    before = None
    while draft != before:  # a layer may need to be mended more than once
        before = draft
        for place in range(len(draft.network)):
            draft = mend(draft, place)
    return draft


def encode(draft: Draft, kind: str) -> Draft:
    """Encode the task's labelled data by another kind of encoding; the input's shape and the layers follow what it gives.

    A sample that the input shows in a row stays in a row, and one in planes (channels, height, width) in planes.

    Raises:
        ExperimentError: the task has no labelled data, or the encoding can't take its samples.
    """
    task = draft.training.task
    if not isinstance(task, Classification):
        raise ExperimentError(f"The task {task.kind} has no labelled data to encode; choose a classification.")
    encoding = ENCODING_KINDS[kind].model_validate({"kind": kind})
    try:
        needed = encoding.output_shape(task.data.sample_shape)
    except MisfitError as error:
        raise ExperimentError(f"{error}.") from error
    batch, steps, *present = draft.input.shape
    shape = _laid_out(needed, tuple(present))
    changes = {"training.task.encoding": encoding.model_dump(), "input.shape": (batch, steps, *shape)}
    return mend_all(draft.replace(changes))


def feed(draft: Draft, kind: str) -> Draft:
    """Replace the input by another kind, of the same shape if the kind takes it."""
    return _with(draft, input=fitting_input(kind, draft.input.shape))


def feed_file(draft: Draft, name: str, digest: str, shape: tuple[int, ...], holds: Holds | None = None) -> Draft:
    """Make an uploaded file (batch, time, ...) the input, and note how it was read."""
    return _with(draft, input={"kind": "file", "name": name, "digest": digest, "shape": shape, "holds": holds})


def reshape(draft: AnyDraft, shape: Sequence[int]) -> AnyDraft:
    """Give the input another shape (batch, time, ...).

    A drawn current ends sooner, or is 0 in the added steps.

    Raises:
        ExperimentError: the input can't have that shape.
    """
    changes = draft.input.reshaped(tuple(shape))
    return draft.replace({f"input.{name}": value for name, value in changes.items()})


def as_kind(layer: NeuronSpec, kind: str, usual: Mapping[str, Any] = USUAL) -> NeuronSpec:
    """Return the layer as another neuron model, without recurrent connections.

    Fields of both models keep their values, also if there is one for each neuron; parameters that the new model lacks no longer learn.

    Args:
        usual: values by name for fields that only the new model has; otherwise taken from `USUAL` or the model's defaults.
    """
    spec = NEURON_SPECS[kind]
    values = {**USUAL, **_first_values(spec), **usual, **dict(layer), "kind": kind, "learns": None}
    made = spec(**{name: value for name, value in values.items() if name in spec.model_fields})
    if layer.learns is None:
        return made
    return spec(**{**dict(made), "learns": tuple(name for name in layer.learns if name in made.learnable)})


def shape_before(draft: Draft, place: int) -> Shape:
    """Return the shape that reaches the layer at `place`.

    After a layer that doesn't fit, it is the last known shape.
    """
    known = [draft.input.shape[2:], *(fit.shape for fit in draft.fits()[:place])]
    return next(shape for shape in reversed(known) if shape is not None)


def fitting_layer(kind: str, shape: Shape) -> LayerSpec:
    """Return a layer of a kind with usual parameters, for samples of `shape`; it keeps the shape if possible."""
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
    """Return a layer of this many `neurons` with usual parameters."""
    return spec(**usual_values(spec, neurons))


def usual_values(spec: type[NeuronSpec], neurons: int) -> dict[str, Any]:
    """Return the values that differ from the defaults in a layer of this many `neurons` with usual parameters."""
    connection = {"in_features": neurons, "out_features": neurons}
    usual = {**USUAL, **_first_values(spec), "rec_connect": connection}
    return {name: value for name, value in usual.items() if name in spec.model_fields}


def _first_values(spec: type[NeuronSpec]) -> dict[str, Any]:
    """Return a model's own values for fields without a default, if it comes from outside."""
    required = (name for name, field in spec.model_fields.items() if field.is_required())
    return {name: spec.words[name].usual for name in required if name in spec.words}


def fitting_input(kind: str, shape: Shape) -> dict[str, Any]:
    """Return a usual input of a kind as data.

    It has the given `shape` (batch, time, ...) if the kind takes it.
    """
    return INPUT_KINDS[kind].fitting(shape)


def _laid_out(needed: Shape, present: Shape) -> Shape:
    """Return the shape of an input with as many values as `needed`, laid out as the `present` one."""
    values = math.prod(needed)
    if values == math.prod(present):
        return present
    return (values,) if len(present) == 1 else (*(1,) * (len(PLANES) - len(needed)), *needed)


def _put(draft: Draft, place: int, layer: LayerSpec) -> Draft:
    """Insert a layer before the one at `place`."""
    network, places = draft.network, range(len(draft.network))
    return _with_network(draft, (*network[:place], layer, *network[place:]), [*places[:place], None, *places[place:]])


def _exchanged(draft: Draft, place: int, layer: LayerSpec) -> Draft:
    """Replace the layer at `place`."""
    network = (*draft.network[:place], layer, *draft.network[place + 1 :])
    return _with_network(draft, network, range(len(network)))


def _rearranged(draft: Draft, places: Sequence[int]) -> Draft:
    """Arrange the layers in the order of `places`, repeated or left out as listed."""
    return _with_network(draft, tuple(draft.network[place] for place in places), places)


def _with_network(draft: Draft, network: tuple[LayerSpec, ...], origins: Sequence[int | None]) -> Draft:
    return _with(draft, network=network).with_weights_of(draft, origins)


def _with(draft: Draft, **parts: Any) -> Draft:
    return Draft(**{**dict(draft), **parts})
