"""The causes of a spike in place of a page's rows, and what a click on a spike asks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from app.components.plain import caption, sentence
from app.components.rows import rows
from app.figures.acts import AskAct, RowsAct
from app.figures.causes import POTENTIAL, causes_figure, describe_causes
from app.figures.row_kinds import MOST_COLUMNS, MOST_ROWS, bin_size
from app.figures.style import Theme
from app.state.why import INPUT, Explanation, Question, Why, sender_of
from app.widgets.controls import Panel
from app.widgets.drawing import draw_itself
from app.widgets.session import attempt
from app.words.causes import (
    LEAVE_OUT,
    NOTHING_GIVEN,
    NOTHING_LEFT_OUT,
    cause_in_words,
    chosen_in_words,
    fewest_in_words,
    largest_in_words,
    parts_in_words,
    potential_in_words,
)
from snncore.errors import ExperimentError
from snncore.explain import Causes
from snncore.run.record import neurons_by_time
from snncore.run.simulation import Simulation


def causes_view(
    why: Why,
    simulation: Simulation,
    sample: int,
    back: Callable[[], None],
    *,
    redraw: Callable[[], None] = draw_itself,
    has_way_out: bool = False,
) -> None:
    """Show the answer to the present question about a sample of a simulation.

    Args:
        back: called when the visitor goes back.
        redraw: called after what the visitor does; it may end the run.
        has_way_out: whether a button around this view does that already.

    Raises:
        ExperimentError: the neuron or step is no longer there, or its causes can't be told; then nothing is shown.
    """
    try:
        explained = why.explain(simulation, sample)
    except ExperimentError as error:
        if why.is_there(simulation):
            raise
        raise ExperimentError(f"The spike that was asked about is gone. {error}") from error
    draft, found = simulation.experiment, explained.found
    told = potential_in_words(draft, found)
    sentence(f"{told} {parts_in_words(draft, found)}")
    if explained.refusal:
        sentence(explained.refusal)
    if why.has_missed:
        sentence(NOTHING_GIVEN)
    elif explained.chosen and explained.without:
        sentence(chosen_in_words(draft, found, explained.chosen, explained.without))
    else:
        caption(largest_in_words(found) or "No spike reached it.")
    if explained.is_counted:
        sentence(fewest_in_words(explained.fewest))
    _buttons(why, explained, None if has_way_out else back)
    _offer(why, found, redraw)
    theme: Theme = st.context.theme.type or "light"
    rows(
        "causes",
        causes_figure(simulation, found, explained.chosen, theme),
        describe_causes(told, simulation, found),
        on_act=lambda act: attempt(lambda: _act(why, simulation, sample, act, back)),
        redraw=redraw,
    )


def clicked(simulation: Simulation, sample: int, act: AskAct) -> Question | None:
    """Return what a click on a spike in a layer's raster asks; None if the spike is no longer there."""
    place = act["layer"]
    if place not in simulation.records:
        return None
    spikes = neurons_by_time(simulation.records[place].spikes, sample)
    neurons, steps = _cell(act, *spikes.shape)
    within = spikes[neurons.start : neurons.stop, steps.start : steps.stop]
    if not within.any():
        return None
    neuron, step = divmod(int(within.argmax()), within.shape[1])
    return Question(place, neurons.start + neuron, steps.start + step)


def _buttons(why: Why, explained: Explanation, back: Callable[[], None] | None) -> None:
    found = explained.found
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="causes_buttons"):
        if back:
            st.button("Back", key="causes_back", help="Key: Escape, in the plots", on_click=attempt, args=(back,))
        if found.spikes:
            st.button("How many must go?", disabled=explained.is_counted, on_click=attempt, args=(why.count,))
        if explained.chosen and sender_of(found, explained.chosen.source) is not None:  # last, so that the others keep their places
            st.button("Why did that fire?", on_click=attempt, args=(partial(why.go_on, found),))


def _offer(why: Why, found: Causes, redraw: Callable[[], None]) -> None:
    """Show a choice of causes to leave out, for those that nobody sent, and for keys."""
    offered = {f"{cause.source} {cause.step} {cause.sender}": cause for cause in why.offered(found)}
    chosen = "" if why.chosen is None else " ".join(map(str, why.chosen))

    def leave_out(changes: dict[str, Any]) -> None:
        attempt(lambda: why.leave_out(offered.get(changes["cause"])))

    if offered:
        named = {"": NOTHING_LEFT_OUT, **{name: cause_in_words(found, cause) for name, cause in offered.items()}}
        panel = Panel("causes_rows")
        panel.choice(LEAVE_OUT, "cause", chosen if chosen in named else "", list(named), leave_out, named.__getitem__)
        panel.show("Causes", lambda _: redraw())


def _act(why: Why, simulation: Simulation, sample: int, act: RowsAct, back: Callable[[], None]) -> None:
    if act["do"] == "back":
        back()
    elif act["do"] == "ask" and why.is_asked:
        place = act["layer"]
        if place == POTENTIAL:
            why.turn_to(act["time"])
            return
        sent = neurons_by_time(simulation.input if place == INPUT else simulation.outputs[place], sample)
        senders, steps = _cell(act, *sent.shape)
        if (sent == sent[0]).all():
            senders = range(len(sent))  # drawn as one line
        why.choose(simulation, sample, place, senders, steps)


def _cell(act: AskAct, neurons: int, steps: int) -> tuple[range, range]:
    """Return the neurons and steps that a drawn cell of a raster stands for."""
    size, span = bin_size(neurons, MOST_ROWS), bin_size(steps, MOST_COLUMNS)
    first, begin = act["row"] * size, act["time"] // span * span
    return range(first, min(first + size, neurons)), range(begin, min(begin + span, steps))
