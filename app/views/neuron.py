"""Neuron page: one neuron, its input and its membrane potential, all responding during a drag."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from app.components.answers import last_answered
from app.components.neuron import neuron
from app.components.plain import alert, caption, sentence
from app.components.plot import Plot, plots
from app.figures.acts import NeuronAct
from app.figures.neuron_page import neuron_figure
from app.figures.rows import Notes
from app.figures.style import Theme
from app.figures.surrogate import describe_surrogate, surrogate_figure
from app.server.priority import first
from app.state.desk import TRAINING_PAGE
from app.state.handover import try_surrogate
from app.widgets.controls import Panel, Parts
from app.widgets.drawing import draw_itself, is_drawn, note_drawn
from app.widgets.fields import Edits, add_fields
from app.widgets.head import open_menus
from app.widgets.neuron_menus import neuron_menus
from app.widgets.seeds import draw_others
from app.widgets.session import desk, turning_button, write_link
from app.words.comparison import differences, pinned_in_words
from app.words.findings import findings_in_words, remedy_in_words
from app.words.inputs import RECEIVED, input_name, lacking_input_in_words
from app.words.numbers import counted
from app.words.parameter import Parameter
from app.words.seeds import Seed, can_draw
from app.words.surrogate import IN_TRAINING, IN_TRAINING_HELP
from snncore.diagnosis.layers import diagnose
from snncore.errors import ExperimentError
from snncore.experiment.inputs import FileSpikes
from snncore.run.record import LayerRecord
from snncore.run.simulation import Simulation

VIEW = "one neuron"
"""Key of the view."""

SURROGATE = {"surrogate_grad_fn": Parameter("Surrogate gradient", "Stands in for the slope of a spike when training.", "parts")}


def page() -> None:
    note_drawn(_around)
    _buttons()
    with st.container(key="messages"):
        _messages()
    st.fragment(key="neuron")(_neuron)()


def _buttons() -> None:
    tuned = desk().neuron
    history = tuned.history
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="buttons"):
        st.button("Undo", on_click=_walk, args=(tuned.undo,), disabled=not history.can_undo)
        st.button("Redo", on_click=_walk, args=(tuned.redo,), disabled=not history.can_redo)
        neuron_menus()
        st.toggle("Controls", key="controls_open")


def _messages() -> None:
    held = desk()
    discovery, given = held.neuron.discovery, held.neuron.experiment.input
    missing = _simulation()
    if held.complaint:
        alert(held.complaint)
    elif isinstance(missing, str):
        alert(missing)
    if held.neuron.lacks:
        sentence(lacking_input_in_words(held.neuron.lacks))
    if discovery:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            sentence(f"{discovery.title}. {discovery.sentence}")
            st.button("Close", key="close_discovery", on_click=_close_discovery)
    elif isinstance(given, FileSpikes):
        sentence(f"{given.name}.")
    draw_others(held.neuron.experiment, _next_seed, ["New input"])


@first
def _neuron() -> None:
    """Show the neuron. If an act changes the page around it, the whole page reruns."""
    if not is_drawn():
        st.rerun()
    number = last_answered(VIEW)  # before the state is read, which may include later answers by then
    simulation = _simulation()
    if isinstance(simulation, Simulation):
        _figures(simulation, number)
    write_link()  # last, since the address can wait and the figures can't


def _figures(simulation: Simulation, number: int) -> None:
    tuned = desk().neuron
    theme: Theme = st.context.theme.type or "light"
    findings = diagnose(simulation)[0]
    remedies = tuple(remedy_in_words(changes) for finding in findings for changes in finding.changes)
    notes = Notes(findings_in_words(findings), remedies)
    pinned = tuned.pinned
    difference = difference_in_words(pinned, simulation) if pinned else ""
    neuron(VIEW, neuron_figure(simulation, notes, tuned.look, theme, tuned.usual, pinned, difference), number, _answer, draw_itself)
    if tuned.panel == "surrogate":
        _surrogate(simulation, theme)


def _surrogate(simulation: Simulation, theme: Theme) -> None:
    layer: Any = desk().neuron.layer
    if not layer.does_spike:
        caption(f"{layer.kind} never spikes, so it needs no surrogate gradient.")
        return
    shown = (layer.spike_fn, layer.surrogate_grad_fn, layer.spike_threshold, simulation.records[0])
    left, right = st.columns([3, 1], gap="medium")
    with left:
        plots("surrogate", [Plot(figure=surrogate_figure(*shown, theme), description=describe_surrogate(*shown))])
    with right:
        made = Panel("surrogate fields")
        add_fields(made, (layer, "network.0", SURROGATE), Edits(_replace, _replace))
        made.show("Surrogate gradient", lambda _: None)
        turning_button(IN_TRAINING, partial(try_surrogate, desk()), TRAINING_PAGE, help=IN_TRAINING_HELP, width="stretch")


def difference_in_words(pinned: Simulation, shown: Simulation) -> str:
    """Say what A, the pinned neuron, did, and how the present one differs from it."""
    kind = pinned.experiment.network[0].kind
    found = [
        phrase.replace(f" of {kind} 1", "").replace(input_name("file"), RECEIVED)
        for phrase in differences(pinned.experiment, shown.experiment)
    ]
    steps = [run.input.shape[1] for run in (pinned, shown)]
    how = "dashed" if steps[0] == steps[1] else f"dashed; no difference is drawn of {steps[0]} and {steps[1]} time steps"
    return pinned_in_words(how, _count(pinned.records[0]), found, "Same as A so far: change something.")


def _count(record: LayerRecord) -> str:
    return counted(record.spikes.sum(), "spike") if record.does_spike else "no spike"


def _simulation() -> Simulation | str:
    """Return the forward pass on display, or say why there is none."""
    try:
        return desk().neuron.simulation()
    except ExperimentError as error:
        return str(error)


def _around() -> object:
    """Return everything that the page around the neuron shows."""
    held = desk()
    tuned = held.neuron
    given = tuned.experiment.input
    return (
        held.complaint,
        tuned.history.can_undo,
        tuned.history.can_redo,
        tuned.discovery,
        tuned.lacks,
        given.kind == "file" and given,
        can_draw(tuned.experiment, "input"),
        tuned.experiment if open_menus() else None,
    )


# ---------------------------------------------------------------------------------------------- acts


def _next_seed(name: Seed) -> None:
    _edit({f"seeds.{name}": getattr(desk().neuron.experiment.seeds, name) + 1})


def _answer(act: NeuronAct) -> None:
    """Do what the view asks for."""
    held = desk()
    tuned = held.neuron
    if act["do"] == "edit":
        changes = act["changes"]
        held.attempt(lambda: tuned.edit(changes))
    elif act["do"] == "remedy":
        place = act["remedy"]
        held.attempt(lambda: tuned.mend(place))
    elif act["do"] == "unpin":
        tuned.unpin()
    else:
        tuned.look_at(act)


def _replace(changes: dict[str, Any]) -> Parts:
    _edit(changes)
    return None


def _edit(changes: dict[str, Any]) -> None:
    held = desk()
    held.attempt(lambda: held.neuron.edit(changes))


def _walk(step: Callable[[], None]) -> None:
    held = desk()
    held.attempt(step)


def _close_discovery() -> None:
    desk().neuron.discovery = None


page()
