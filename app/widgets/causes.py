"""The causes of a spike in place of the Network page's rows, and the ways there and back."""

from __future__ import annotations

import numpy as np
import streamlit as st

from app.components.answers import Act
from app.components.plain import caption, sentence
from app.components.rows import rows
from app.figures.causes import causes_figure, describe_causes
from app.figures.row_kinds import MOST_COLUMNS, MOST_ROWS, bin_size
from app.figures.style import Theme
from app.state.why import INPUT, Explanation, Why
from app.widgets.drawing import draw
from app.widgets.head import close_and
from app.widgets.session import desk
from app.words.causes import NOTHING_GIVEN, chosen_in_words, fewest_in_words, largest_in_words, parts_in_words, potential_in_words
from snncore.errors import ExperimentError
from snncore.run.record import LayerRecord, neurons_by_time
from snncore.run.simulation import Simulation


def causes_view(simulation: Simulation) -> bool:
    """Show the answer to the present question; return False if there is none to show, and nothing was shown."""
    view = desk().composition.view
    try:
        explained = view.why.explain(simulation, view.sample)
    except ExperimentError as error:
        is_there = view.why.is_there(simulation)
        view.why.end()
        sentence(str(error) if is_there else f"The spike that was asked about is gone. {error}")
        return False
    draft, found = simulation.experiment, explained.found
    told = potential_in_words(draft, found)
    sentence(f"{told} {parts_in_words(draft, found)}")
    if explained.refusal:
        sentence(explained.refusal)
    if view.why.has_missed:
        sentence(NOTHING_GIVEN)
    elif explained.chosen and explained.without:
        sentence(chosen_in_words(draft, found, explained.chosen, explained.without))
    else:
        caption(largest_in_words(found) or "No spike reached it.")
    if explained.is_counted:
        sentence(fewest_in_words(explained.fewest))
    _buttons(view.why, explained)
    theme: Theme = st.context.theme.type or "light"
    rows(
        "causes",
        causes_figure(simulation, found, explained.chosen, theme),
        describe_causes(told, simulation, found),
        on_act=lambda act: _act(simulation, act),
        redraw=lambda: draw("plots", "opening"),
    )
    return True


def ask_about(simulation: Simulation, act: Act) -> None:
    """Ask about a spike that was clicked in a layer's raster."""
    view, place = desk().composition.view, int(act["layer"])
    if place not in simulation.records:
        return  # an edit has removed it since
    spikes = neurons_by_time(simulation.records[place].spikes, view.sample)
    neurons, steps = _cell(act, *spikes.shape)
    clicked = spikes[neurons.start : neurons.stop, steps.start : steps.stop]
    if clicked.size and clicked.any():
        neuron, step = divmod(int(clicked.argmax()), clicked.shape[1])
        view.why.ask(place, neurons.start + neuron, steps.start + step)


def explain_menu() -> None:
    """Show the button that asks about the selected neuron's last spike."""
    composition = desk().composition
    try:
        simulation = composition.simulate()[0]
    except ExperimentError:
        return
    place = composition.selected
    if place not in simulation.records:
        place = max(simulation.records, default=None)
    if place is None:
        return
    neuron = composition.view.traced(simulation)[place][0]
    step = _step_of_interest(simulation.records[place], composition.view.sample, neuron)
    st.button(
        f"What moved neuron {neuron} of {simulation.experiment.layer_label(str(place))}",
        help="Its last spike, or the step at which it came closest to one, with what each input gave. Or click a spike.",
        on_click=lambda: close_and(composition.view.why.ask, place, neuron, step),
    )


def _buttons(why: Why, explained: Explanation) -> None:
    found = explained.found
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="causes_buttons"):
        st.button("Back", help="Key: Escape, in the plots", on_click=why.back)
        if found.spikes:
            st.button("How many must go?", disabled=explained.is_counted, on_click=why.count)
        sender = explained.chosen and (found.layer if explained.chosen.source == "recurrence" else found.sender)
        if sender is not None:  # last, so that the other buttons keep their places
            st.button("Why did that fire?", on_click=why.go_on, args=(found,))


def _act(simulation: Simulation, act: Act) -> None:
    view = desk().composition.view
    if act["do"] == "back":
        view.why.back()
    elif act["do"] == "ask" and view.why.is_asked:
        place = int(act["layer"])
        sent = simulation.input if place == INPUT else simulation.outputs[place]
        senders, steps = _cell(act, sent[0, 0].size, sent.shape[1])
        view.why.choose(simulation, view.sample, place, senders, steps)


def _cell(act: Act, neurons: int, steps: int) -> tuple[range, range]:
    """Return the neurons and steps that a drawn cell of a raster stands for."""
    size, span = bin_size(neurons, MOST_ROWS), bin_size(steps, MOST_COLUMNS)
    first, begin = int(act["row"]) * size, int(act["time"]) // span * span
    return range(first, min(first + size, neurons)), range(begin, min(begin + span, steps))


def _step_of_interest(record: LayerRecord, sample: int, neuron: int) -> int:
    """Return the step of the neuron's last spike, or of its largest u."""
    fired = np.flatnonzero(neurons_by_time(record.spikes, sample)[neuron]) if record.does_spike else np.empty(0)
    return int(fired[-1]) if len(fired) else int(neurons_by_time(record.u, sample)[neuron].argmax())
