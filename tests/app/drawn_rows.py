"""Rows as tests look at them: networks of every kind, their simulations, and what is found in a figure."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from app.figures.row_kinds import RowsFigure
from app.figures.rows import Notes, View, rows_figure
from app.state.presets import presets
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.record import LayerRecord
from snncore.run.simulation import Simulation, simulate

Values = np.ndarray[Any, Any]
Row = dict[str, Any]
Layer = dict[str, Any]
CONVOLUTION: Layer = {"kind": "Conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3}
MAPS = (2, 12, 2, 6, 5)


def linear(inputs: int, outputs: int) -> Layer:
    return {"kind": "Linear", "in_features": inputs, "out_features": outputs}


def weak(count: int) -> Layer:
    """A recurrent connection under which activity doesn't grow without end."""
    return {**linear(count, count), "bias": False, "weights": {"kind": "random", "gain": 0.2}}


def neurons(kind: str, count: int, **more: Any) -> Layer:
    """A layer of a kind that spikes on weak input."""
    usual = {"tau_mem": 6.0, "tau_syn": 3.0, "tau_adapt": 20.0, "spike_threshold": 0.15, "rec_connect": weak(count)}
    return {"kind": kind, **{name: value for name, value in usual.items() if name in NEURON_SPECS[kind].model_fields}, **more}


def experiment(*layers: Layer, shape: tuple[int, ...] = (2, 40, 6), **more: Any) -> Experiment:
    return Experiment(network=layers, **{"input": {"shape": shape, "probability": 0.4}, "seeds": {"noise": 3}, **more})


NETWORKS: dict[str, Experiment] = {
    "ten spikes": ten_spikes(),
    "maps": experiment(CONVOLUTION, neurons("LIF", 3), {"kind": "Flatten"}, linear(36, 9), shape=MAPS),
    "pooled maps": experiment(CONVOLUTION, neurons("LIF", 3), {"kind": "AvgPool2d", "kernel_size": 2}, neurons("IAF", 1), shape=MAPS),
    **{kind: experiment(linear(6, 5), neurons(kind, 5), linear(5, 3), neurons("LIF", 3)) for kind in NEURON_SPECS},
    **{f"{kind} at the end": experiment(linear(6, 9), neurons(kind, 9)) for kind in NEURON_SPECS},
    **{f"{kind} on maps": experiment(CONVOLUTION, neurons(kind, 3), shape=MAPS) for kind in NEURON_SPECS},
    "a threshold for each": experiment(linear(6, 3), neurons("LIF", 3, spike_threshold=[0.1, 0.2, 0.3])),
    "one current for all": experiment(
        linear(6, 5), neurons("LIF", 5), input={"kind": "sine_current", "shape": (1, 40, 6), "amplitude": 1.5, "period": 9}
    ),
    "currents": experiment(
        neurons("LIF", 6), input={"kind": "step_current", "shape": (2, 40, 6), "amplitude": 0.7, "start": 3, "neurons": 4}
    ),
    **{f"preset {preset.title}": preset.experiment for preset in presets()},
}
networks = pytest.mark.parametrize("name", NETWORKS)
NOTES = Notes("Silent.", ("Set θ to 0.1",))


@functools.cache
def simulation_of(name: str) -> Simulation:
    return simulate(NETWORKS[name])[0]


@functools.cache
def shuffled(name: str) -> Simulation:
    return simulate(NETWORKS[name], shuffled=True)[0]


def of_sample(values: Values, sample: int) -> Values:
    """(neurons, time) of a sample."""
    return np.stack([step.ravel() for step in values[sample]], axis=1)


def last_sample(simulation: Simulation) -> int:
    return len(simulation.input) - 1


def closed(simulation: Simulation, **more: Any) -> View:
    """No layer opened."""
    return opened(simulation, **{"opened": frozenset(), **more})


def opened(simulation: Simulation, chosen: int = 1, **more: Any) -> View:
    """Everything of the last sample, the first neurons of each layer traced."""
    places = frozenset(simulation.records)
    traced = {place: tuple(range(min(chosen, record.u[0, 0].size))) for place, record in simulation.records.items()}
    return View(**{"sample": last_sample(simulation), "opened": places, "chosen": traced, **more})


def drawn(simulation: Simulation, view: View, other: Simulation | None = None, **more: Any) -> RowsFigure:
    notes = dict.fromkeys(simulation.records, NOTES)
    return rows_figure(simulation, view, notes, "light", other, "shuffled" if other else "", **more)


def group(figure: RowsFigure, name: str | int) -> dict[str, Any]:
    (found,) = (group for group in figure.header["groups"] if group["layer"] == str(name))
    return found


def rows_of(figure: RowsFigure, name: str | int, kind: str, title: str = "") -> list[Row]:
    return [row for row in group(figure, name)["rows"] if row["kind"] == kind and row.get("title", "").startswith(title)]


def row_of(figure: RowsFigure, name: str | int, kind: str, title: str = "") -> Row:
    (found,) = rows_of(figure, name, kind, title)
    return found


def values_of(figure: RowsFigure, row: Row, name: str = "z") -> Values:
    """An array that a row names, its rows as lines where it has several."""
    values: Values = figure.arrays[row[name]]
    return values


def counted(number: float, noun: str) -> str:
    return f"1 {noun}" if number == 1 else f"{int(number)} {noun}s"


def spiking(simulation: Simulation) -> Iterator[tuple[int, LayerRecord]]:
    return ((place, record) for place, record in simulation.records.items() if record.does_spike)


def all_rows(figure: RowsFigure) -> Iterator[Row]:
    return (row for group in figure.header["groups"] for row in group["rows"])
