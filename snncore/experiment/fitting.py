"""How each layer of a network fits the layers before it, and what would make it fit."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment.layers import LayerSpec
from snncore.experiment.part import Shape


@dataclass(frozen=True)
class Fit:
    """How one layer of a network fits the layers before it.

    Attributes:
        shape: shape of one sample at one time step after the layer, once it is made to fit; None if it can't be known.
        misfit: why the layer doesn't fit, or None.
    """

    shape: Shape | None
    misfit: MisfitError | None = None


def fits_of(network: Sequence[LayerSpec], shape: Shape) -> tuple[Fit, ...]:
    """Return how each layer fits, for samples of `shape` at one time step.

    Layers after one that doesn't fit are judged by its output once it is made to fit.
    """
    found: list[Fit] = []
    after: Shape | None = shape
    for layer in network:
        misfit = None
        if after is not None:
            before = after
            after, misfit = _output_or_misfit(layer, before)
            if misfit:
                after = _shape_if_mended(layer, misfit, before)
        found.append(Fit(after, misfit))
    return tuple(found)


def _shape_if_mended(layer: LayerSpec, misfit: MisfitError, shape: Shape) -> Shape | None:
    """Return the layer's output shape once made to fit; None if changing its values one by one can't do it."""
    found: Shape | None = None
    if misfit.before == "Flatten":
        shape = (math.prod(shape),)
        found, another = _output_or_misfit(layer, shape)
        misfit = another or misfit
    for _ in type(layer).model_fields:
        if found is not None or not misfit.remedy:
            return found
        try:
            layer = mended(layer, misfit)
        except ExperimentError:
            return None
        found, another = _output_or_misfit(layer, shape)
        misfit = another or misfit
    return found


def _output_or_misfit(layer: LayerSpec, shape: Shape) -> tuple[Shape | None, MisfitError | None]:
    try:
        return layer.output_shape(shape), None
    except MisfitError as error:
        return None, error


def mended(layer: LayerSpec, misfit: MisfitError) -> LayerSpec:
    """Return the layer with values that fit; raise ExperimentError if no layer can have them."""
    try:
        return type(layer)(**{**layer.model_dump(), **misfit.remedy})
    except ValidationError as error:
        raise ExperimentError(f"{misfit}, which no {layer.kind} can have.") from error
