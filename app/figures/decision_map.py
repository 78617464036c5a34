"""A network's decision over a plane, and its hidden neurons' spikes, as bytes: what is drawn, and nothing finer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypedDict

import numpy as np
from numpy.typing import NDArray

from app.figures.style import PALETTES, Palette, Theme
from snncore.arrays import Array
from snncore.run.decision_map import OUTSIDE, DecisionMap

Bytes = NDArray[np.uint8]

FULL = 254
"""The byte of the largest value; `OUTSIDE` stands beside it."""

MOST_NEURONS = 256
"""Most hidden neurons of a layer that are drawn."""

TYPICAL = 0.95
"""Share of the margins that aren't larger than the end of their scale, so that a few don't hide the others."""

CLASS_COLORS: dict[Theme, Sequence[str]] = {
    "light": ("#332288", "#DDCC77", "#CC6677", "#44AA99", "#882255", "#88CCEE", "#117733", "#AA4499", "#999933"),
    "dark": ("#7F7BE0", "#DDCC77", "#E0707F", "#44AA99", "#C9447F", "#88CCEE", "#3FA35C", "#C568B4", "#A9A93F"),
}
"""Colours of classes that lie side by side, after Tol: no two next to each other are of the same lightness. Further classes begin again."""


class MapClass(TypedDict):
    """A class, and the colour that it has on the map."""

    name: str
    color: str


class HiddenMaps(TypedDict):
    """Maps of a hidden layer's neurons.

    Attributes:
        layer: its place in the network.
        neurons: number of neurons; `drawn` of them have maps.
        side: points along each axis.
        most: spikes that the largest byte stands for.
        sent: neurons whose maps are in this message, in the order of their array. Others stay as they were.
    """

    layer: int
    name: str
    neurons: int
    drawn: int
    side: int
    most: float
    sent: Sequence[int]


class DecisionHeader(TypedDict):
    """Maps of a decision, and what they are drawn with.

    The arrays are, one byte a point: classes, margins, times; x, y, label and answer of the test samples; then one array for each hidden
    layer. Maps have side² bytes a row after the other, the largest y first; 255 stands for what is outside, and of times for none.

    Attributes:
        largest: margin that the largest byte stands for.
        timing: what the times are of.
        steps: number of time steps.
        picked: number of the sample that is shown elsewhere; None if it is none of these.
        is_moving: whether other messages follow soon.
    """

    side: int
    classes: Sequence[MapClass]
    largest: float
    timing: str
    steps: int
    hidden: Sequence[HiddenMaps]
    picked: int | None
    is_moving: bool
    palette: Palette


class Plane(TypedDict):
    """What a map is drawn with.

    Attributes:
        names: of the classes.
        layers: names of the hidden layers by their place.
        points: of the test samples, (samples, 2).
        labels, answers: their classes, int64 (samples,).
        steps: number of time steps.
    """

    names: Sequence[str]
    layers: dict[int, str]
    points: Array
    labels: NDArray[np.int64]
    answers: NDArray[np.int64]
    steps: int


def decision_figure(
    found: DecisionMap, plane: Plane, picked: int | None, theme: Theme, coarse: int, sent: Sequence[int] | None = None
) -> tuple[DecisionHeader, list[NDArray[Any]]]:
    """Return the header and the arrays.

    Args:
        coarse: grid points that are taken together along each axis for a hidden neuron's map.
        sent: hidden neurons of each layer to draw; None: all. While a training runs they are few.
    """
    inside = found.classes != OUTSIDE
    largest = float(np.quantile(found.margins[inside], TYPICAL)) or 1.0
    steps = plane["steps"]
    times = np.where(found.times < 0, OUTSIDE, np.minimum(found.times * FULL // max(steps - 1, 1), FULL)).astype(np.uint8)
    arrays = [found.classes, _bytes(found.margins, largest, inside), times]
    arrays += [np.rint(np.clip(axis, 0, 1) * 255).astype(np.uint8) for axis in plane["points"].T]
    arrays += [plane["labels"].astype(np.uint8), plane["answers"].astype(np.uint8)]
    hidden = []
    for place, counts in found.counts.items():
        drawn = min(len(counts), MOST_NEURONS)
        chosen = [neuron for neuron in (range(drawn) if sent is None else sent) if neuron < drawn]
        means, within = _coarser(counts[chosen], inside, coarse)
        most = max(float(counts[:drawn].max(initial=0)), 1.0)
        arrays.append(_bytes(means, most, within).reshape(-1))
        hidden.append(
            HiddenMaps(layer=place, name=plane["layers"][place], neurons=len(counts), drawn=drawn, side=len(within), most=most, sent=chosen)
        )
    colors = CLASS_COLORS[theme]
    header = DecisionHeader(
        side=found.side,
        classes=[MapClass(name=name, color=colors[number % len(colors)]) for number, name in enumerate(plane["names"])],
        largest=largest,
        timing="First output spike" if found.timing == "first_spike" else "Answer leads from",
        steps=steps,
        hidden=hidden,
        picked=picked,
        is_moving=sent is not None,
        palette=PALETTES[theme],
    )
    return header, arrays


def describe_decision(found: DecisionMap, plane: Plane) -> str:
    """The maps in words, for screen readers."""
    inside = found.classes != OUTSIDE
    shares = ", ".join(f"{name} {(found.classes[inside] == number).mean():.0%}" for number, name in enumerate(plane["names"]))
    wrong, samples = int((plane["labels"] != plane["answers"]).sum()), len(plane["labels"])
    layers = "; ".join(
        f"of {len(counts)} neurons of {plane['layers'][place]}, {int((counts.max(axis=(1, 2)) > 0).sum())} fire somewhere"
        for place, counts in found.counts.items()
    )
    return f"The network's answer over the plane: {shares}. {wrong:,} of {samples:,} test samples are wrong. {layers}".rstrip() + "."


def _bytes(values: Array, most: float, inside: NDArray[np.bool_]) -> Bytes:
    """Return values from 0 to `most` as bytes."""
    scaled = np.rint(np.clip(values / most, 0, 1) * FULL).astype(np.uint8)
    levels: Bytes = np.where(inside, scaled, np.uint8(OUTSIDE))
    return levels


def _coarser(counts: Array, inside: NDArray[np.bool_], factor: int) -> tuple[Array, NDArray[np.bool_]]:
    """Return the mean of the points inside of each block, and which blocks have some."""
    side = len(inside) // factor

    def summed(values: Array) -> Array:
        total: Array = values.reshape(*values.shape[:-2], side, factor, side, factor).sum(axis=(-3, -1))
        return total

    points = summed(inside.astype(np.float32))
    return summed(counts * inside) / np.maximum(points, 1), points > 0
