"""Data of the Neuron page's view: the neuron as each model, its input, snncore's results, and words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast

import numpy as np
import torch

from app.figures.equation import EquationLine, equation
from app.figures.neuron import Decays, NeuronWithDecays, decays_of, neuron_data
from app.figures.neuron_rows import neuron_rows
from app.figures.row_kinds import RowsFigure
from app.figures.rows import Notes
from app.figures.style import PALETTES, Palette, Theme
from app.words.beside import besides
from app.words.control_rows import ChoiceControl, NumberControl, SwitchControl
from app.words.numbers import counted
from snncore.diagnosis.layers import LEAST_SPAN
from snncore.experiment import edits as stack
from snncore.experiment.spec import Experiment
from snncore.run.measures import spike_intervals
from snncore.run.record import LayerRecord, neurons_by_time
from snncore.run.simulation import Simulation
from snncore.run.single_neuron import KINDS, NeuronNumbers, layer_of, neuron_numbers

KEYS = "Arrow keys move the time cursor, Space plays, the full stop goes one step on."
"""Keys of the view's plot, in words."""


class InputFields(TypedDict):
    """The fields of an input that every kind has; those of its kind are sent with them. `shape` is (1, steps, neurons)."""

    kind: str
    shape: tuple[int, int, int]


class RecordPlaces(TypedDict):
    """Places of snncore's results among the arrays."""

    u: int
    v: int
    i: NotRequired[int]
    s: NotRequired[int]
    theta: NotRequired[int]


class PinnedNeuron(TypedDict):
    """Run A: its neuron, the place of its input among the arrays, and how it differs, in words."""

    neuron: NeuronWithDecays
    z: int
    steps: int
    words: str


class NeuronNotes(TypedDict):
    """A sentence on what is wrong, and labels of the buttons that fix it."""

    sentence: str
    remedies: list[str]


class NeuronLook(TypedDict):
    """The open panel, the variant drawn for comparison, and the neuron shown large."""

    panel: str
    beside: str
    neuron: int


class BesideNeuron(TypedDict):
    """A variant drawn for comparison: its name, and the fields that differ."""

    label: str
    changes: dict[str, Any]


class NeuronHeader(TypedDict):
    """Header of the figure. `z` and `draws` are places among its arrays."""

    kind: str
    models: dict[str, NeuronNumbers]
    decays: Decays
    input: InputFields
    dt: float
    least_span: int
    z: int
    draws: int | None
    record: RecordPlaces
    pinned: PinnedNeuron | None
    notes: NeuronNotes
    description: str
    keys: str
    rows: list[NumberControl | SwitchControl | ChoiceControl]
    equation: list[EquationLine]
    palette: Palette
    look: NeuronLook
    beside: BesideNeuron | None


NeuronFigure = RowsFigure[NeuronHeader]


def neuron_figure(
    simulation: Simulation,
    notes: Notes,
    look: Mapping[str, Any],
    theme: Theme,
    usual: Mapping[str, Any],
    pinned: Simulation | None = None,
    difference: str = "",
) -> NeuronFigure:
    """Return the figure of one layer of neurons without connections, for `app.components.neuron`.

    Args:
        notes: problems of the layer, and labels of the buttons that fix them.
        look: the fields of `NeuronLook`.
        usual: fields that other models would have, by name.
        pinned: the run to compare it with.
        difference: the differences of the two, in words.
    """
    experiment, record = simulation.experiment, simulation.records[0]
    layer = layer_of(experiment)
    models = {kind: neuron_numbers(stack.as_kind(layer, kind, usual)) for kind in KINDS}
    beside = besides(layer).get(look["beside"])
    figure = RowsFigure(cast(NeuronHeader, {}))
    figure.header = {
        "kind": layer.model.__name__,
        "models": models,
        "decays": decays_of(models.values()),
        "input": cast(InputFields, experiment.input.model_dump(mode="json")),
        "dt": experiment.dt,
        "least_span": LEAST_SPAN,
        "z": figure.put_spikes(neurons_by_time(simulation.input, 0)),
        "draws": _draws(figure, experiment),
        "record": _record(figure, record),
        "pinned": _pinned(figure, pinned, difference) if pinned else None,
        "notes": {"sentence": notes.sentence, "remedies": list(notes.remedies)},
        "description": describe_neuron(experiment, record),
        "keys": KEYS,
        "rows": neuron_rows(experiment, look["beside"]),
        "equation": equation(layer),
        "palette": PALETTES[theme],
        "look": {"panel": look["panel"], "beside": look["beside"], "neuron": look["neuron"]},
        "beside": {"label": beside.label, "changes": beside.changes} if beside else None,
    }
    return figure


def describe_neuron(experiment: Experiment, record: LayerRecord) -> str:
    """Input and activity of the neurons in words, for screen readers."""
    spikes = neurons_by_time(record.spikes, 0)
    steps = spikes.shape[1]
    who = "One" if len(spikes) == 1 else str(len(spikes))
    given = f"{who} {layer_of(experiment).model.__name__} neuron{'' if len(spikes) == 1 else 's'}, input {experiment.input.words}"
    if not record.does_spike:
        average = "" if len(spikes) == 1 else " on average"
        return f"{given}: never spikes; u ends at {record.u[0, -1].mean():.3g}{average} after {steps} time steps."
    if not spikes.any():
        return f"{given}: silent in {steps} time steps, largest u/θ {record.largest_u_over_threshold:.3g}."
    first = int(np.flatnonzero(spikes.any(axis=0))[0])
    intervals = spike_intervals(spikes.T)
    between = f", intervals {_from_to(intervals.min(), intervals.max())} steps" if len(intervals) else ""
    return f"{given}: {counted(spikes.sum(), 'spike')} in {steps} time steps, the first at step {first}{between}."


def _from_to(least: float, most: float) -> str:
    return f"of {least:g}" if least == most else f"from {least:g} to {most:g}"


def _draws(figure: NeuronFigure, experiment: Experiment) -> int | None:
    """Return the uniform numbers from which a random input is made."""
    draws = experiment.input.draws(torch.Generator().manual_seed(experiment.seeds.input), experiment.dt)
    return None if draws is None else figure.put(neurons_by_time(draws.numpy(), 0))


def _record(figure: NeuronFigure, record: LayerRecord) -> RecordPlaces:
    places = RecordPlaces(u=figure.put(neurons_by_time(record.u, 0)), v=figure.put(neurons_by_time(record.v, 0)))
    if record.i_syn is not None:
        places["i"] = figure.put(neurons_by_time(record.i_syn, 0))
    if record.does_spike:
        places["s"] = figure.put_spikes(neurons_by_time(record.spikes, 0))
        places["theta"] = figure.put(neurons_by_time(np.broadcast_to(record.threshold, record.u.shape), 0))
    return places


def _pinned(figure: NeuronFigure, pinned: Simulation, difference: str) -> PinnedNeuron:
    layer = layer_of(pinned.experiment)
    return {
        "neuron": neuron_data(layer),
        "z": figure.put_spikes(neurons_by_time(pinned.input, 0)),
        "steps": pinned.input.shape[1],
        "words": difference,
    }
