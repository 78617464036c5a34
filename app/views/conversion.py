"""Conversion page: an artificial network becomes a spiking one with the same weights, and both answer the same samples."""

from __future__ import annotations

from functools import partial

import streamlit as st

from app.components.answers import last_answered
from app.components.conversion import conversion
from app.figures.acts import ConversionAct
from app.figures.conversion import ConversionAction, ConversionFinding, ConversionNews, Pinned, conversion_figure
from app.figures.style import Theme
from app.server.limits import MOST_RUNNING
from app.server.priority import first
from app.state.desk import NEURON_PAGE, TRAINING_PAGE
from app.state.handover import open_neuron
from app.widgets.conversion import conversion_controls
from app.widgets.conversion_menus import conversion_menus
from app.widgets.drawing import draw, is_drawn, note_drawn, polled
from app.widgets.head import open_menus
from app.widgets.session import desk, redo, turning_button, undo, write_link
from app.words.conversion import artificial_in_words, fault_in_words, mended_in_words, remedy_in_words
from app.words.training import waiting

VIEW = "conversion view"
"""Key of the view."""

INTERVAL = 0.1
"""Seconds between two looks at what is being computed."""


def page() -> None:
    held = desk()
    state = held.conversion
    held.guard.look_after(state.prepare)
    note_drawn(_around)
    _buttons()
    left, right = st.columns([3.2, 1], gap="medium")
    with left:
        polled("conversion", INTERVAL if state.work.is_busy else None, _conversion)
    with right, st.container(key="controls"):
        conversion_controls()


def _buttons() -> None:
    state = desk().conversion
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="buttons"):
        is_ready = state.artificial is not None
        turning_button(
            "Fine-tune",
            lambda: desk().composition.start_from(state.converted()),
            TRAINING_PAGE,
            type="primary",
            disabled=not is_ready,
            help="Trains the spiking network with these weights through time, on the Training page.",
        )
        st.button("Undo", on_click=undo, disabled=not state.history.can_undo)
        st.button("Redo", on_click=redo, disabled=not state.history.can_redo)
        conversion_menus()
        st.toggle("Controls", key="controls_open")


@first
def _conversion() -> None:
    """Show both networks, and take what has been computed. If that changes the page around it, the whole page reruns."""
    held = desk()
    state = held.conversion
    number = last_answered(VIEW)  # before the state is read, which may include later answers by then
    held.guard.look_after(state.prepare)
    if not is_drawn():
        st.rerun()
    theme: Theme = st.context.theme.type or "light"
    found = state.neuron()
    neuron = (found[0], found[1].place, found[1].neuron, found[1].sample) if found else None
    pinned = Pinned(state.pinned.accuracies) if state.pinned else None
    trains = state.work.is_training or state.shown is None
    figure = conversion_figure(state.shown, state.work.progress, state.experiment, neuron, _news(), trains, theme, pinned)
    conversion(VIEW, figure, number, _answer, lambda: draw("conversion"))
    if found and found[1].place in found[0].records:
        simulation, picked = found
        opens = partial(open_neuron, held, simulation, picked.place, picked.neuron)
        turning_button("Open on the Neuron page", opens, NEURON_PAGE)
    write_link()  # last, since the address can wait and the figures can't


def _news() -> ConversionNews:
    held = desk()
    state, shown, trained = held.conversion, held.conversion.shown, held.conversion.artificial
    mended = state.mended if state.is_current else None
    return ConversionNews(
        status=_status(),
        alert=held.complaint or state.work.failure or "",
        findings=[
            ConversionFinding(kind=fault.kind, words=fault_in_words(shown, fault), remedy=remedy_in_words(fault))
            for fault in state.faults()
            if shown
        ],
        mended=mended_in_words(mended.before, shown.agreement) if mended and shown else "",
        weights=artificial_in_words(state.present, len(trained.epochs) - 1 if trained else None, state.is_halted),
        actions=_actions(),
    )


def _status() -> str:
    """Say what is being done; nothing if all is shown."""
    state = desk().conversion
    if state.is_halted:
        return "Stopped. Start again, or change something."
    if state.work.place_in_line:
        return waiting(MOST_RUNNING, state.work.place_in_line)
    if state.work.is_training:
        return "The artificial network learns the samples; then it is converted."
    return "Both networks answer the test samples." if state.work.is_busy else ""


def _actions() -> list[ConversionAction]:
    state = desk().conversion
    actions: list[ConversionAction] = []
    if state.work.is_busy:
        actions.append({"label": "Stop", "do": "stop"})
    elif state.is_halted:
        actions.append({"label": "Start again", "do": "start again"})
    if state.present.checkpoint is not None:
        actions.append({"label": "Train one here instead", "do": "weights"})
    return actions


def _around() -> object:
    """Return everything that the page around the view shows."""
    held = desk()
    state = held.conversion
    return (
        held.complaint,
        state.present,
        state.history.can_undo,
        state.history.can_redo,
        state.work.is_busy,
        state.is_halted,
        state.artificial is None,
        state.is_current,
        state.work.failure,
        state.mended,
        state.own_weights.latest is None,
        (state.pinned is None, state.shown is None) if open_menus() else None,
    )


# ---------------------------------------------------------------------------------------------- acts


def _answer(act: ConversionAct) -> None:
    """Do what the view asks for."""
    held = desk()
    state = held.conversion
    if act["do"] == "steps":
        steps = act["steps"]
        held.attempt(lambda: state.ask_for_steps(steps))
    elif act["do"] == "pick":
        state.pick(act["place"], act["neuron"], act["sample"])
    elif act["do"] == "mend":
        kind = act["kind"]
        held.attempt(lambda: state.mend(kind))
    else:
        buttons = {"close": state.unpick, "stop": state.stop, "start again": state.start_again, "weights": state.let_go_of_weights}
        held.attempt(buttons[act["do"]])


page()
