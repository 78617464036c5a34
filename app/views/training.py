"""Training: a spiking network learns to fire a given number of spikes, and every layer is seen while it does."""

from __future__ import annotations

import streamlit as st

from app import session
from app.components.headline import headline
from app.components.plot import Pick, Plot, plots
from app.controls.experiment import experiment_controls
from app.figures.network import describe_network, network_rows
from app.figures.style import Theme
from app.figures.training import describe_training, training_curves
from app.runner import TrainingRun
from app.wording import layer_names, milestone, status

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
        experiment_controls(run.experiment)


def _cannot_train(reason: str) -> None:
    """The network that was composed is no network for this task."""
    st.error(f"This network can't be trained yet. {reason}")
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
                target = _in_words(run.experiment.training.task.target)
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
    last, target = run.records[-1], run.experiment.training.task.target
    unit = f"of {target} spikes · epoch {last.epoch}"
    headline("count", number=f"{last.spikes:g}", unit=unit, status=status(run), milestone=milestone(run))


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
    target = experiment.training.task.target
    curves = training_curves(records, target, names, theme)
    network = network_rows(run.input, records[-1].layers, names, _selection(run), theme)
    plots(
        "plots",
        [
            Plot(curves, describe_training(records, target, names)),
            Plot(network, describe_network(run.input, records[-1].layers, names)),
        ],
        on_pick=_select,
    )
    session.write_link()  # last: the address can wait, the plots can't


def _selection(run: TrainingRun) -> dict[str, int]:
    """The traced neuron of each layer: the one that was picked, else the one closest to its threshold at epoch 0."""
    picked: dict[str, int] = st.session_state.setdefault("picked_neurons", {})
    selection = {}
    for layer in run.records[0].layers:
        reach = (layer.u / layer.threshold)[0].reshape(layer.u.shape[1], -1).max(axis=0)
        neuron = picked.get(layer.name, len(reach))
        selection[layer.name] = neuron if neuron < len(reach) else int(reach.argmax())
    return selection


def _select(pick: Pick) -> None:
    st.session_state.setdefault("picked_neurons", {})[pick.layer] = pick.neuron


def _train() -> None:
    run = session.run()
    if run.has_reached_limit:
        run.epoch_limit += run.experiment.training.epochs
    run.play()


def _new_weights() -> None:
    session.edit({"seeds.weights": session.run().experiment.seeds.weights + 1})


def _in_words(target: int) -> str:
    words = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
    return words[target] if target < len(words) else str(target)


page()
