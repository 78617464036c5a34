"""The middle of the Training page for labelled data: curves of accuracy, the data with the network's answers, and one sample's activity."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from app.components.kept import seen_theme
from app.components.looks import drawn_only, repeated
from app.components.plain import alert
from app.components.plot import Plot, plots
from app.components.rows import rows
from app.figures.accuracy import accuracy_curves, describe_accuracy
from app.figures.acts import RowsAct
from app.figures.race import add_race, racing
from app.figures.rows import View, describe_rows, picked_neuron, rows_figure
from app.figures.training import Ghost
from app.state.recognition import Look
from app.state.shown_training import have_the_same_score
from app.state.training import TrainingState
from app.widgets.data_views import show_data
from app.widgets.session import desk
from app.widgets.trained_causes import ask_of_training
from app.words.changes import changes_in_words
from app.words.recognition import class_name, sample_in_words
from snncore.errors import ExperimentError
from snncore.experiment.tasks.classification import Classification
from snncore.run.measures import per_sample

A = "A"
"""Name of the pinned training."""


def learned_curves(training: TrainingState, redraw: Callable[[], None]) -> None:
    """Draw accuracy and loss over epochs; `redraw` draws what else shows the epoch that is chosen there."""
    run, pinned = training.run, training.pinned
    experiment, records = run.experiment, run.records[:]
    costs = [per_sample(experiment, record) for record in records]
    is_compared = pinned is not None and have_the_same_score(pinned.experiment, experiment)
    ghost = Ghost(A, pinned.records) if pinned and is_compared else None
    ghost_costs = [per_sample(pinned.experiment, record) for record in pinned.records] if pinned and is_compared else []
    task = experiment.training.task
    assert isinstance(task, Classification)
    figure = accuracy_curves(records, costs, task.data.classes, seen_theme(), changes_in_words(experiment), ghost, ghost_costs)
    plots(
        "curves",
        [Plot(figure=figure, description=describe_accuracy(records, costs[-1], ghost))],
        training.scrubbed,
        training.scrub,
        redraw=redraw,
        grows=True,
    )


def learned_plots(training: TrainingState) -> None:
    """Draw the data and a sample's activity at the epoch on display, or within the one that is learned."""
    try:
        look = training.look()
        left, right = st.columns([1, 1], gap="small")
        with left:
            show_data(look, training)
        with right:
            repeated(lambda: _rows(training.look(), training))
    except ExperimentError as error:
        alert(str(error))
        drawn_only()


def _rows(look: Look, training: TrainingState) -> None:
    recognition, data = training.recognition, look.task.data
    shown = recognition.simulate(look, training.composition.files)
    found = training.pinned_sample_pass(look)
    other, other_name = (found[0], f"{A}, epoch {found[1]}") if found else (None, "")
    chosen = {layer: (neuron,) for layer, neuron in recognition.traced(look, shown, training.picked).items()}
    view = View(chosen=chosen, is_brief=True, can_ask=True)
    figure = rows_figure(shown, view, {}, seen_theme(), other, other_name)
    names = [class_name(data, number) for number in range(data.classes)]
    read = racing(shown, look.task)
    add_race(figure, shown, read, look.task, names, look.label)
    said = sample_in_words(data, look.sample, look.label, int(read[-1].argmax()))
    figure.header["groups"][0]["title"] = said
    figure.header["groups"][0]["words"] = ""
    figure.header["plays"] = recognition.picks
    rows("rows", figure, f"{said}. {describe_rows(shown)}", on_act=lambda act: _act(act, training))


def _act(act: RowsAct, training: TrainingState) -> None:
    """Trace a neuron, or ask about a spike."""
    if act["do"] == "ask":
        desk().attempt(lambda: ask_of_training(training, act))
    elif act["do"] == "pick":
        record = training.sample_pass().records.get(act["layer"])
        if record:  # else another network has taken its place since
            training.picked[act["layer"]] = picked_neuron(act, record, sample=0)
