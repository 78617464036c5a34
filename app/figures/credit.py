"""Credit through time as rows: under each layer's raster ∂L/∂u of every neuron and step, on a diverging scale around 0."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from app.figures.row_data import BarsRow, CellNumbers, Chain, HeatmapRow, HeldNumbers, Row, RowsCell, RowsGroup, RowsHeader
from app.figures.row_kinds import (
    MOST_COLUMNS,
    MOST_ROWS,
    NetworkFigure,
    RowsFigure,
    averaged,
    bars,
    bin_size,
    heatmap,
    raster,
    thinned_in_words,
)
from app.figures.style import PALETTES, Theme
from app.words.credit import CREDIT, ChainTerm, arriving_in_words, chain_terms, chain_words, describe_layer
from snncore.experiment.spec import Experiment
from snncore.explain import Credit, LayerCredit, arriving, flow, usual_factor
from snncore.run.record import neurons_by_time

RASTER_HEIGHT = 40
SMALL_RASTER_HEIGHT = 28
CREDIT_HEIGHT = 72
SMALL_CREDIT_HEIGHT = 48
NARROW_HEIGHT = 28
"""Height of a raster on narrow screens, where the credit has to stay in sight."""

FEW = 4
"""Neurons of a small layer."""

MANY_LAYERS = 3
"""Layers from which on their norms are drawn side by side."""

MOST_PARTS = 100_000
"""Most values of all parts together, of a figure that holds the numbers of every cell, and so tells them at once."""


def credit_figure(
    experiment: Experiment, credit: Credit[int], trained: Credit[int], cell: tuple[int, int, int] | None, theme: Theme, ask: str = ""
) -> NetworkFigure:
    """Return the rows of all neuron layers, of the first sample.

    Args:
        credit: what is drawn.
        trained: the credit in the training, whose largest values are the ends of the scales; the same if nothing was changed.
        cell: layer, neuron and step of the cell that is marked and told of.
        ask: what is told before there is one; if it is empty, nothing is told of cells.
    """
    steps = next(iter(credit.layers.values())).u.shape[1]
    header = RowsHeader(steps=steps, dt=experiment.dt, palette=PALETTES[theme], groups=[], other="", back=True)
    if ask:
        header["explains"] = chain_words(ask)
    figure = RowsFigure(header)
    norms, before = arriving(credit), arriving(trained)
    places = list(credit.layers)
    count = sum(part[0].size for layer in credit.layers.values() for part in layer.parts.values())
    for place, above in zip(places, [*places[1:], None], strict=True):
        layer, label = credit.layers[place], experiment.layer_label(str(place))
        rows: list[Row] = []
        if layer.record.does_spike:
            own = raster(figure, neurons_by_time(layer.record.spikes, 0), "spikes", "neuron")
            own["height"] = SMALL_RASTER_HEIGHT if own["neurons"] <= FEW else RASTER_HEIGHT
            own["narrow"], own["weight"] = NARROW_HEIGHT, 0.5
            rows.append(own)
        row = _credit_row(figure, layer, trained.layers[place], place, has_parts=count <= MOST_PARTS)
        if ask:
            row["chain"] = _chain(figure, layer, row, label, chain_terms(experiment, place, layer.parts, above))
        rows.append(row)
        if cell is not None and cell[0] == place:
            at = sum(len(group["rows"]) for group in header["groups"]) + len(rows) - 1
            header["cell"] = RowsCell(row=at, line=cell[1] // row["bin"], time=cell[2])
            if "chain" in row and "held" not in row["chain"]:
                header["cell"]["numbers"] = _numbers(layer, cell[1], cell[2])
        words = arriving_in_words(
            _neurons(layer),
            norms[place],
            norms[place] / norms[above] if above is not None and norms[above] else None,
            experiment.layer_label(str(above)) if above is not None else "",
            usual_factor(layer),
            norms[place] / before[place] if credit is not trained and before[place] else None,
        )
        words += thinned_in_words(neurons_by_time(layer.u, 0))
        header["groups"].append(RowsGroup(layer=str(place), title=label, words=words, rows=rows))
    if len(places) >= MANY_LAYERS:
        header["groups"].append(_norms_group(figure, norms))
    return figure


def describe_credit(experiment: Experiment, credit: Credit[int]) -> str:
    """The rows in words, for screen readers."""
    steps = next(iter(credit.layers.values())).u.shape[1]
    layers = [describe_layer(experiment.layer_label(str(place)), layer) for place, layer in credit.layers.items()]
    return f"Spikes of each layer, and below them {CREDIT}, over {steps} time steps. {'. '.join(layers)}. Escape goes back."


def cells_of(layer: LayerCredit, line: int, time: int) -> tuple[range, range]:
    """Return the neurons and steps that a drawn cell stands for."""
    neurons, steps = _neurons(layer), layer.u.shape[1]
    size, span = bin_size(neurons, MOST_ROWS), bin_size(steps, MOST_COLUMNS)
    first, begin = line * size, time // span * span
    return range(first, min(first + size, neurons)), range(begin, min(begin + span, steps))


def _credit_row(figure: NetworkFigure, layer: LayerCredit, trained: LayerCredit, place: int, *, has_parts: bool) -> HeatmapRow:
    u = neurons_by_time(layer.u, 0)
    far = float(np.abs(trained.u[0]).max()) or float(np.abs(u).max()) or 1.0
    row = heatmap(figure, u, "difference", "neuron", (-far, far), diverges=True)
    row["height"], row["weight"] = SMALL_CREDIT_HEIGHT if len(u) <= FEW else CREDIT_HEIGHT, 1.6
    row["quantity"], row["asks"], row["appears"] = CREDIT, place, "back"
    row["extremes"] = True  # both signs stand side by side, whose mean is nothing
    if has_parts:
        row["parts"] = [
            {"name": name, "z": figure.put(averaged(neurons_by_time(part, 0), row["bin"], row["span"]))}
            for name, part in layer.parts.items()
        ]
    return row


def _chain(figure: NetworkFigure, layer: LayerCredit, row: HeatmapRow, label: str, terms: list[ChainTerm]) -> Chain:
    chain = Chain(layer=label, terms=terms)
    if "parts" in row and row["bin"] == row["span"] == 1:
        slope, factor, held = (neurons_by_time(values, 0) for values in (layer.slope, layer.factor, layer.held))
        chain["held"] = HeldNumbers(
            terms=[part["z"] for part in row["parts"]],
            slope=figure.put(slope),
            factor=figure.put(factor),
            is_held=figure.put(held.astype(np.uint8)),
        )
    return chain


def _numbers(layer: LayerCredit, neuron: int, step: int) -> CellNumbers:
    cell, back = layer.cell(neuron, step), flow(layer, neuron, step)
    return {
        "neuron": neuron,
        "step": step,
        "value": cell.u,
        "terms": list(cell.parts.values()),
        "slope": cell.slope,
        "next": cell.next,
        "is_held": cell.is_held,
        "flow": {"ended_by": back.ended_by, "step": back.step, "left": back.left, "factor": back.factor, "last": back.last},
    }


def _norms_group(figure: NetworkFigure, norms: Mapping[int, float]) -> RowsGroup:
    row: BarsRow = bars(figure, np.array(list(norms.values())), "From the first layer to the last", "neuron layer", "‖∂L/∂u‖")
    return RowsGroup(layer="norms", title="Credit that arrives at each layer", words="", rows=[row])


def _neurons(layer: LayerCredit) -> int:
    return int(layer.u[0, 0].size)
