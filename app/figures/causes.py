"""Causes of a spike as rows: the layers that sent something, and lines from each spike to the potential that it moved."""

from __future__ import annotations

import numpy as np

from app.figures.row_data import Row, RowLinks, RowsGroup, RowsHeader
from app.figures.row_kinds import NetworkFigure, RowsFigure, currents, line, raster, traces
from app.figures.style import PALETTES, Theme
from snncore.arrays import Array
from snncore.explain import Cause, Causes
from snncore.explain.spike_causes import Source
from snncore.run.measures import is_spikes
from snncore.run.record import neurons_by_time
from snncore.run.simulation import Simulation

MOST_LINKS = 40
"""Most causes of each source that are drawn as lines, the largest first."""

INPUT, POTENTIAL = -1, -2
"""Stand for the network's input, and for the potential that is explained, among places of layers."""

POTENTIAL_HEIGHT = 110


def causes_figure(simulation: Simulation, found: Causes, chosen: Cause | None, theme: Theme) -> NetworkFigure:
    """Return the rows: who sent, the layer's own spikes where they are fed back, and u of the neuron below."""
    experiment = simulation.experiment
    header = RowsHeader(
        steps=simulation.input.shape[1], dt=experiment.dt, palette=PALETTES[theme], groups=[], other="", links=[], back=True
    )
    figure = RowsFigure(header)
    record, label = simulation.records[found.layer], experiment.layer_label(str(found.layer))
    sent = simulation.input if found.sender is None else simulation.outputs[found.sender]
    title = "Input" if found.sender is None else experiment.layer_label(str(found.sender))
    is_current = found.sender is None and not experiment.carries_spikes
    _sender_group(figure, neurons_by_time(sent, found.sample), INPUT if found.sender is None else found.sender, title, is_current)
    if "recurrence" in found.parts:
        _sender_group(figure, neurons_by_time(record.spikes, found.sample), found.layer, f"{label}, fed back")
    u, v = (neurons_by_time(values, found.sample)[found.neuron] for values in (record.u, record.v))
    theta = neurons_by_time(np.broadcast_to(record.threshold, record.u.shape), found.sample)[found.neuron]
    row = traces(figure, [line(figure, u, v, found.neuron, "membrane", width=1.8)], "u", [theta] if record.does_spike else [])
    row["height"], row["weight"], row["asks"] = POTENTIAL_HEIGHT, 1.6, POTENTIAL
    words = f"neuron {found.neuron} · step {found.step}; click another step to ask about it"
    header["groups"].append(RowsGroup(layer=f"why {found.layer}", title=label, words=words, rows=[row]))
    senders: tuple[Source, ...] = ("input", "recurrence")
    for place, source in enumerate(source for source in senders if source in found.parts):
        links = _links(figure, found, source, place, len(header["groups"]) - 1, chosen)
        if links is not None:
            header["links"].append(links)
    return figure


def _sender_group(figure: NetworkFigure, values: Array, place: int, title: str, is_current: bool = False) -> None:
    is_input = place == INPUT
    row: Row
    if is_spikes(values) and not is_current:
        row = raster(figure, values, "quiet_input" if is_input else "spikes", "channel" if is_input else "neuron")
    else:
        row = currents(figure, values)
    row["asks"] = place
    words = f"{len(values)} {'channels' if is_input else 'neurons'}"
    figure.header["groups"].append(RowsGroup(layer="input" if is_input else str(place), title=title, words=words, rows=[row]))


def _links(figure: NetworkFigure, found: Causes, source: Source, row: int, to_row: int, chosen: Cause | None) -> RowLinks | None:
    drawn = found.ranked(source, most=MOST_LINKS)
    if chosen is not None and chosen.source == source and chosen not in drawn:
        drawn.append(chosen)
    if not drawn:
        return None
    sender = figure.header["groups"][row]["rows"][0]
    size = sender["bin"] if sender["kind"] in ("raster", "heatmap") else 0
    return RowLinks(
        row=row,
        lines=figure.put(np.array([cause.sender // size + 0.5 if size else 0.5 for cause in drawn])),
        times=figure.put(np.array([cause.step for cause in drawn])),
        values=figure.put(np.array([cause.value for cause in drawn])),
        chosen=drawn.index(chosen) if chosen in drawn else -1,
        to_row=to_row,
        to_time=found.step,
        to_value=found.u,
    )


def describe_causes(words: str, simulation: Simulation, found: Causes) -> str:
    """The rows in words, for screen readers."""
    return f"What moved u of neuron {found.neuron}, over {simulation.input.shape[1]} time steps. {words} Escape goes back."
