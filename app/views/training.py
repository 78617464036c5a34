"""Training: a spiking network learns to fire a given number of spikes, and every layer is seen while it does."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from app import session
from app.components.headline import headline
from app.components.plot import Plot, plots
from app.components.rows import rows
from app.controls.experiment import experiment_controls
from app.figures.rows import View, closest_neuron, describe_rows, picked_neuron, rows_figure
from app.figures.style import Theme
from app.figures.training import describe_training, training_curves
from app.limits import MOST_EPOCHS
from app.runner import TrainingRun
from app.wording import changes_in_words, layer_names, look_back, milestone, status
from snncore import stack
from snncore.bptt import EpochRecord
from snncore.simulation import Simulation
from snncore.spec import Experiment

POLL_INTERVAL = 0.1
"""Seconds between two looks at a running training."""

SPEEDS: dict[str, float | None] = {"1 epoch/s": 1.0, "4 epochs/s": 4.0, "8 epochs/s": 8.0, "16 epochs/s": 16.0, "full speed": None}


def page() -> None:
    reason = session.open_training()
    if reason:
        _cannot_train(reason)
        return
    run = session.run()
    session.note_drawn()
    left, right = st.columns([3.2, 1], gap="medium")
    with left:
        st.fragment(key="live", run_every=POLL_INTERVAL if run.is_running else None)(live_view)()
    with right, st.container(key="controls"):
        experiment_controls(run.in_force)


def _cannot_train(reason: str) -> None:
    """The network that was composed is no network for this task; what would make it one is offered."""
    st.error(f"This network can't be trained yet. {reason}")
    composed = session.draft()
    with st.container(horizontal=True):
        if not composed.first_misfit and not composed.network[-1].does_spike:
            end = len(composed.network)
            st.button(
                "Put a LIF at its end", type="primary", on_click=session.compose, args=(lambda draft: stack.insert(draft, end, "LIF"),)
            )
        elif composed.training.epochs > MOST_EPOCHS:
            fewer = {"training.epochs": MOST_EPOCHS}
            shorten = partial(session.compose, lambda draft: draft.replace(fewer))
            st.button(f"Train at most {MOST_EPOCHS:,} epochs", type="primary", on_click=shorten)
        st.page_link("views/network.py", label="Change it on the Network page")


def live_view() -> None:
    """The part that runs again by itself while training goes on. Where training began or ended, the whole page runs again."""
    if not session.is_drawn():
        st.rerun()
    _bar(session.run())
    with st.container(key="messages"):
        _messages(session.run())
    st.fragment(key="plots")(_plots)()


def _bar(run: TrainingRun) -> None:
    """The main number and the buttons. A button acts on the run as it is when it is pressed: an edit may have made another."""
    with st.container(horizontal=True, vertical_alignment="center", key="bar"):
        with st.container(key="headline"):
            st.fragment(key="headline")(_headline)()
        with st.container(horizontal=True, vertical_alignment="center", width="content", key="buttons"):
            if run.is_running:
                st.button("Pause", type="primary", on_click=lambda: session.run().pause())
            else:
                target = _in_words(run.in_force.training.task.target)
                st.button(f"Train it to fire {target}", type="primary", on_click=_train, disabled=run.is_over)
            st.button("+1 epoch", on_click=lambda: session.run().step(), disabled=run.is_running or run.failure is not None)
            st.button("Restart", on_click=session.restart, help="Same weights, from epoch 0")
            st.button("New weights", on_click=_new_weights, help="The next weight seed, from epoch 0")
            speed = st.selectbox(
                "Speed", list(SPEEDS), index=list(SPEEDS.values()).index(run.speed), width=130, label_visibility="collapsed"
            )
            run.speed = SPEEDS[speed]
            st.toggle("Controls", key="controls_open")


def _headline() -> None:
    run = session.run()
    seen = session.seen_record()
    target = run.experiment.in_force(seen.epoch).training.task.target
    unit = f"of {target} spikes · epoch {seen.epoch}"
    words = status(run) if session.desk().scrubbed is None else look_back(run, seen)
    headline("count", number=f"{seen.spikes:g}", unit=unit, status=words, milestone=milestone(run))


def _messages(run: TrainingRun) -> None:
    if session.complaint():
        st.error(session.complaint())
    if run.failure:
        st.error(f"{run.failure} Shown is the last good epoch.")


def _plots() -> None:
    run = session.run()
    experiment, records = run.experiment, run.records[:]
    names = layer_names(experiment)
    theme: Theme = st.context.theme.type or "light"
    targets = _targets(experiment, len(records))
    curves = training_curves(records, targets, names, theme, changes_in_words(experiment))
    plots("curves", [Plot(curves, describe_training(records, targets[-1], names))], session.desk().scrubbed, on_scrub=_scrub)
    shown = _forward_pass(run, session.seen_record())
    titles = dict(zip(shown.records, names, strict=True))
    rows("rows", rows_figure(shown, _view(run), {}, theme, titles=titles), describe_rows(shown, titles=titles), on_pick=_pick)
    session.write_link()  # last: the address can wait, the plots can't


def _targets(experiment: Experiment, epochs: int) -> list[int]:
    """The target in force at each epoch."""
    starts = sorted({0, *(change.epoch for change in experiment.training.changes)})
    found = {start: experiment.in_force(start).training.task.target for start in starts}
    return [found[max(start for start in starts if start <= epoch)] for epoch in range(epochs)]


def _forward_pass(run: TrainingRun, record: EpochRecord) -> Simulation:
    """What an epoch's record holds of the network."""
    return Simulation(run.experiment, run.input, (), {int(layer.name): layer for layer in record.layers}, {})


def _view(run: TrainingRun) -> View:
    """The traced neuron of each layer: the one that was picked, else the one closest to its threshold at epoch 0."""
    picked: dict[int, int] = st.session_state.setdefault("picked_neurons", {})
    chosen = {}
    for layer in run.records[0].layers:
        index = int(layer.name)
        neuron = picked.get(index, -1)
        chosen[index] = (neuron if 0 <= neuron < layer.u[0, 0].size else closest_neuron(layer),)
    return View(chosen=chosen)


def _scrub(epoch: int | None) -> None:
    session.scrub(epoch)
    st.rerun(["headline", "plots"])


def _pick(pick: dict[str, Any]) -> None:
    picked: dict[int, int] = st.session_state.setdefault("picked_neurons", {})
    layer = int(pick["layer"])
    record = next(record for record in session.seen_record().layers if record.name == str(layer))
    picked[layer] = picked_neuron(pick, record, sample=0)


def _train() -> None:
    run = session.run()
    if run.has_reached_limit:
        run.epoch_limit = min(run.epoch_limit + run.experiment.training.epochs, MOST_EPOCHS)
    run.play()


def _new_weights() -> None:
    session.edit({"seeds.weights": session.run().experiment.seeds.weights + 1})


def _in_words(target: int) -> str:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[target] if target < len(words) else str(target)


page()
