"""What the Conversion page draws: accuracy over steps, activations against rates, costs, and one neuron, each for every number of steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

import numpy as np

from app.figures.row_kinds import RowsFigure
from app.figures.style import PALETTES, Palette, Theme
from snncore.arrays import Array
from snncore.convert.artificial import ArtificialEpoch
from snncore.convert.comparison import Compared, ComparedLayer
from snncore.convert.faults import FaultKind
from snncore.experiment.conversion import Conversion
from snncore.experiment.spec import Experiment
from snncore.run.simulation import Simulation


class ConversionLayer(TypedDict):
    """Points of a layer, `least` and `most` of their values, and places of its arrays: activations (points,), sums over the steps so far
    (points, steps), numbers of neurons and samples (points,), and correlations (steps,), -2 where there is none.
    """

    title: str
    place: int
    spikes: bool
    activations: int
    sums: int
    neurons: int
    samples: int
    correlations: int
    most: float
    least: float


class ConversionNeuron(TypedDict):
    """One neuron on one sample, with places of arrays over the steps."""

    title: str
    place: int
    neuron: int
    sample: int
    activation: float
    threshold: float
    z: int
    u: int
    v: int
    s: int


class ConversionCost(TypedDict):
    """Places of arrays over the steps, each per sample and summed up: spikes and synaptic operations. Multiply-adds per sample, and
    those of the first layer if the spiking network needs them too, for a constant input. Picojoules of each.
    """

    spikes: int
    synops: int
    multiplyAdds: float
    firstMultiplyAdds: float
    energyMultiplyAdd: float
    energySynop: float


class ConversionComparison(TypedDict):
    """Both networks: shares of right and of equal answers, as places of arrays over the steps."""

    samples: int
    steps: int
    asked: int
    artificial: float
    accuracies: int
    agreements: int
    layers: Sequence[ConversionLayer]
    cost: ConversionCost


class ConversionFinding(TypedDict):
    """What parts the two networks: the kind of fault, its words, and the label of the button that mends it."""

    kind: FaultKind
    words: str
    remedy: str


class ConversionAction(TypedDict):
    """A button's label, and what it tells."""

    label: str
    do: Literal["weights", "stop", "start again"]


class ConversionNews(TypedDict):
    """What is said above the plots.

    Attributes:
        status: what is being done; empty if nothing.
        alert: what was refused or failed; empty if nothing.
        mended: what the last remedy did; empty if nothing.
        weights: which weights act.
        actions: buttons beside that.
    """

    status: str
    alert: str
    findings: Sequence[ConversionFinding]
    mended: str
    weights: str
    actions: Sequence[ConversionAction]


@dataclass(frozen=True)
class Pinned:
    """Comparison A: its `accuracies` after each step."""

    accuracies: Array


class ConversionHeader(TypedDict):
    """Header of what the view draws.

    Attributes:
        epochs: test accuracies of the training so far, as the place of an array, (epochs,).
        most: number of epochs that it will have.
        trains: whether the training is what there is to see.
        comparison: None until there is one.
        pinned: accuracies of A after each step, as the place of an array; None if nothing is pinned.
    """

    news: ConversionNews
    epochs: int
    most: int
    trains: bool
    comparison: ConversionComparison | None
    pinned: int | None
    neuron: ConversionNeuron | None
    palette: Palette


ConversionFigure = RowsFigure[ConversionHeader]


def conversion_figure(
    compared: Compared | None,
    epochs: Sequence[ArtificialEpoch],
    experiment: Experiment,
    neuron: tuple[Simulation, int, int, int] | None,
    news: ConversionNews,
    trains: bool,
    theme: Theme,
    pinned: Pinned | None = None,
) -> ConversionFigure:
    """Return the page's figure.

    Args:
        epochs: of the training so far.
        experiment: the present one; its conversion has the energies.
        neuron: a run of one sample, and the place of a layer, a neuron's number in it, and the sample's.
        news: what is said.
        trains: whether the training is what there is to see.
    """
    figure = ConversionFigure(
        ConversionHeader(
            news=news,
            epochs=0,
            most=experiment.training.epochs,
            trains=trains,
            comparison=None,
            pinned=None,
            neuron=None,
            palette=PALETTES[theme],
        )
    )
    figure.header["epochs"] = figure.put(np.array([epoch.test_accuracy for epoch in epochs]))
    if compared is not None:
        conversion = experiment.conversion or Conversion()
        figure.header["comparison"] = ConversionComparison(
            samples=len(compared.labels),
            steps=compared.steps,
            asked=compared.asked,
            artificial=compared.artificial_accuracy,
            accuracies=figure.put(compared.accuracies),
            agreements=figure.put(compared.agreements),
            layers=[_layer(figure, compared, layer) for layer in compared.layers],
            cost=_cost(figure, compared, conversion),
        )
        if pinned is not None:
            figure.header["pinned"] = figure.put(pinned.accuracies[: compared.steps])
        if neuron is not None:
            figure.header["neuron"] = _neuron(figure, compared, *neuron)
    return figure


def _layer(figure: ConversionFigure, compared: Compared, layer: ComparedLayer) -> ConversionLayer:
    steps = np.arange(1, compared.steps + 1)
    sums = layer.point_rates * steps
    values = np.concatenate([layer.point_activations, layer.point_rates[:, compared.steps // 2 :].ravel()])
    return ConversionLayer(
        title=compared.experiment.layer_label(str(layer.place)),
        place=layer.place,
        spikes=layer.does_spike,
        activations=figure.put(layer.point_activations),
        sums=figure.put_spikes(np.rint(sums).ravel()) if layer.does_spike else figure.put(sums.ravel()),
        neurons=figure.put(layer.neurons.astype(np.float64)),
        samples=figure.put(layer.samples.astype(np.float64)),
        correlations=figure.put(np.nan_to_num(layer.correlations, nan=-2.0)),
        most=float(values.max(initial=0.01)),
        least=float(values.min(initial=0.0)),
    )


def _cost(figure: ConversionFigure, compared: Compared, conversion: Conversion) -> ConversionCost:
    synops = sum((layer.synops for layer in compared.layers), np.zeros(compared.steps))
    first = min(compared.multiply_adds)
    is_constant = compared.input_synops is None
    return ConversionCost(
        spikes=figure.put(sum((layer.spikes for layer in compared.layers), np.zeros(compared.steps))),
        synops=figure.put(synops if compared.input_synops is None else synops + compared.input_synops),
        multiplyAdds=sum(compared.multiply_adds.values()),
        firstMultiplyAdds=compared.multiply_adds[first] if is_constant else 0.0,
        energyMultiplyAdd=conversion.energy_multiply_add,
        energySynop=conversion.energy_synop,
    )


def _neuron(figure: ConversionFigure, compared: Compared, simulation: Simulation, place: int, neuron: int, sample: int) -> ConversionNeuron:
    layer = next(layer for layer in compared.layers if layer.place == place)
    label = f"{compared.experiment.layer_label(str(place))}, neuron {neuron}, test sample {sample} ({compared.labels[sample]})"
    received = simulation.received(place).reshape(compared.steps, -1)[:, neuron]
    record = simulation.records.get(place)
    if record is None:  # the output: what it receives is what it answers
        received = simulation.outputs[place].reshape(compared.steps, -1)[:, neuron]
        u = v = received
        spikes, threshold = np.zeros(compared.steps), 0.0
    else:
        u, v, spikes = (values[0].reshape(compared.steps, -1)[:, neuron] for values in (record.u, record.v, record.spikes))
        threshold = float(simulation.experiment.network[place].spike_threshold)  # type: ignore[union-attr]  # neurons that spike have one
    return ConversionNeuron(
        title=label,
        place=place,
        neuron=neuron,
        sample=sample,
        activation=float(layer.activations[sample, neuron]),
        threshold=threshold,
        z=figure.put(received),
        u=figure.put(u),
        v=figure.put(v),
        s=figure.put_spikes(spikes),
    )
