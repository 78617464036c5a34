"""Accuracy against delay, for a training on a bit to remember: one training per delay, drawn as it ends."""

from __future__ import annotations

import streamlit as st

from app.components.kept import seen_theme
from app.components.looks import repeated
from app.components.plain import alert
from app.components.plot import Plot, plots
from app.figures.delays import delays_figure, describe_delays
from app.state.delays import DELAYS
from app.state.recognition import Look
from app.state.training import TrainingState
from app.widgets.data_views import answers_wall, data_view
from app.widgets.session import attempt, desk
from app.words.numbers import counted, listed

BEGIN = f"Train at {listed(list(map(str, DELAYS)))} steps"
HELP = "One training for each delay; neurons that adapt stand beside the same network with LIF, which doesn't adapt."


@data_view("remember")
def remembered(look: Look, training: TrainingState) -> None:
    """Draw accuracy against delay or, where it is asked for, the wall of answers."""
    if st.toggle("Answers at this delay", key="answers_at_delay"):
        answers_wall(look, training)
        return
    delays = training.delays
    delays.follow(training.experiment)
    if delays.are_running:
        st.button("Stop", key="stop_delays", on_click=attempt, args=(delays.stop,))
    else:
        st.button(BEGIN, key="train_delays", on_click=_begin, help=HELP)
    found = delays.remembered()
    failed = [each for each in found if each.failure]
    if failed:
        others = f", as did {counted(len(failed) - 1, 'other')}" if failed[1:] else ""
        alert(f"{failed[0].neurons} over {failed[0].delay} steps failed{others}. {failed[0].failure}")
    repeated(lambda: _curve(training))


def _curve(training: TrainingState) -> None:
    found = training.delays.remembered()
    plots("delays", [Plot(figure=delays_figure(found, DELAYS, seen_theme()), description=describe_delays(found))], grows=True)


def _begin() -> None:
    held = desk()
    training = held.training
    held.attempt(lambda: training.delays.begin(training.experiment, training.owner, training.composition.files))
