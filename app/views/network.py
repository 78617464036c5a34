"""Network page: compose a stack of layers, feed it spikes, and see what each layer does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from app.components.headline import headline
from app.components.plain import alert, sentence, title
from app.components.ribbon import ribbon
from app.components.rows import rows
from app.figures.acts import RowsAct
from app.figures.row_kinds import NetworkFigure
from app.figures.rows import Notes, describe_rows, picked_neuron, rows_figure
from app.figures.side_by_side import share_scales
from app.figures.stages import stages
from app.figures.style import Theme
from app.server.priority import first
from app.state.desk import TRAINING_PAGE
from app.state.network_view import AGAIN, NO_OVERLAY, OVERLAYS, SHUFFLED
from app.widgets.causes import causes_view, clicked
from app.widgets.controls import Panel, Parts
from app.widgets.drawing import draw, note_drawn
from app.widgets.network import around, network_controls, view_of
from app.widgets.network_menus import network_menus
from app.widgets.network_messages import network_messages
from app.widgets.obstacle import NOT_YET, obstacle
from app.widgets.session import desk, turning_button, write_link
from app.words.findings import findings_in_words, remedy_in_words
from app.words.input_parameters import SHOWN_SAMPLE
from app.words.network import network_milestone, network_status, rates_by_place
from app.words.numbers import operations_in_words, with_minus
from app.words.parameter import Range
from app.words.rates import outside_in_words
from app.words.typed_numbers import Numbers
from snncore.diagnosis.layers import diagnose
from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft
from snncore.run.measures import all_operations
from snncore.run.simulation import Simulation

A = "A"
"""Name of the pinned network."""


def page() -> None:
    note_drawn(around)
    _buttons()
    left, right = st.columns([3.2, 1], gap="medium")
    with left:
        with st.container(key="headline"):
            st.fragment(key="headline")(_headline)()
        _ribbon()
        with st.container(key="messages"):
            found = _simulation()
            network_messages(found if isinstance(found, str) else "")
        st.fragment(key="plots")(_plots)()
    with right, st.container(key="controls"):
        network_controls()


def _buttons() -> None:
    history = desk().composition.history
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="buttons"):
        cannot = obstacle() is not None
        turning_button("Train this network", lambda: None, TRAINING_PAGE, type="primary", disabled=cannot, help=NOT_YET if cannot else None)
        st.button("Undo", on_click=_undo, disabled=not history.can_undo)
        st.button("Redo", on_click=_redo, disabled=not history.can_redo)
        network_menus()
        st.toggle("Controls", key="controls_open")


@first
def _headline() -> None:
    simulation = _simulation()
    if isinstance(simulation, str):
        headline("count", number="–", unit="output spikes", status="Nothing can be simulated so far.", milestone="")
        return
    batch, steps = simulation.input.shape[:2]
    output = simulation.outputs[-1]
    last = simulation.records.get(len(simulation.outputs) - 1)
    samples = "1 sample" if batch == 1 else f"{batch} samples"
    if last is not None and last.does_spike:
        number, unit = f"{output.sum():g}", f"output spikes · {samples} × {steps} steps"
    else:
        number, unit = with_minus(f"{output.mean():.2g}"), f"mean output · {samples} × {steps} steps"
    operations = all_operations(simulation)
    if operations is not None:
        unit += f" · {operations_in_words(operations)}"
    findings = diagnose(simulation)
    status, milestone = network_status(simulation, findings, desk().composition.view.band), network_milestone(simulation, findings)
    headline("count", number=number, unit=unit, status=status, milestone=milestone)


def _ribbon() -> None:
    composition = desk().composition
    draft = composition.present
    batch, steps = draft.input.shape[:2]
    ribbon(
        "ribbon",
        stages(draft),
        composition.selected,
        batch,
        steps,
        folded=draft.is_folded,
        on_select=_select_layer,
        on_remedy=_mend_misfit,
    )


@first
def _plots() -> None:
    simulation = _simulation()
    if isinstance(simulation, str):
        write_link()
        return
    looking = desk().composition.view
    _sample_control(len(simulation.input))
    if looking.why.is_asked and _causes(simulation):
        pass
    elif looking.taus:
        _side_by_side(looking.taus)
    else:
        other, name = _other(looking.overlay)
        if looking.overlay == SHUFFLED and other and np.array_equal(other.input, simulation.input):
            st.caption("Shuffling changes nothing here: no channel's input varies over time.")
        _rows("rows", simulation, other, name)
    write_link()  # last, since the address can wait and the plots can't


def _causes(simulation: Simulation) -> bool:
    """Show what moved the neuron that was asked about; return False if that can't be told, which is said."""
    view = desk().composition.view
    try:
        causes_view(view.why, simulation, view.sample, view.why.back, redraw=_redraw_plots)
    except ExperimentError as error:
        view.why.end()
        sentence(str(error))
        return False
    return True


def _sample_control(batch: int) -> None:
    """Show a field for the sample on display."""
    looking = desk().composition.view
    if batch == 1:
        return
    with st.container(key="sample_row"):
        made = Panel("sample")
        shown = replace(SHOWN_SAMPLE, unit=f"of {batch}", tuned=Range(1, batch, 1))
        made.number(shown, "sample", min(looking.sample, batch - 1) + 1, Numbers(True, 1, batch), _show_sample)
        made.show("Sample", lambda _: draw("plots", "opening"))


def _rows(key: str, simulation: Simulation, other: Simulation | None = None, name: str = "") -> None:
    _show_rows(key, simulation, _figure(simulation, simulation, other, name))


def _figure(simulation: Simulation, base: Simulation, other: Simulation | None = None, name: str = "") -> NetworkFigure:
    """Return a simulation's rows.

    Args:
        base: the simulation that decides which neurons are traced where none was picked.
        other: the one drawn beside it, under its `name`.
    """
    composition = desk().composition
    theme: Theme = st.context.theme.type or "light"
    mendable = composition.is_shown_whole  # else a remedy would change other layers than those on display
    band = composition.view.band
    rates = rates_by_place(simulation) if band else {}
    notes = {
        index: Notes(
            " ".join(filter(None, [outside_in_words(band, rates[index]) if band and index in rates else "", findings_in_words(findings)])),
            tuple(remedy_in_words(changes) for finding in findings for changes in finding.changes if mendable),
            band.side(rates[index]) if band and index in rates else "",
        )
        for index, findings in diagnose(simulation).items()
    }
    return rows_figure(simulation, view_of(composition.view, base), notes, theme, other, name)


def _show_rows(key: str, simulation: Simulation, figure: NetworkFigure) -> None:
    composition = desk().composition
    rows(
        key,
        figure,
        describe_rows(simulation, composition.view.sample),
        on_act=lambda act: _act_on_rows(simulation, act),
        redraw=partial(_redraw_rows, composition.present, _selection()),
    )


def _side_by_side(taus: tuple[float, ...]) -> None:
    """Show the network with each τ_mem in all its leaky layers: the same neurons, on the same scales."""
    composition = desk().composition
    shown = composition.simulate()[0]
    leaky = [f"network.{index}.tau_mem" for index, layer in enumerate(shown.experiment.network) if hasattr(layer, "tau_mem")]
    if not leaky:
        sentence("No layer of this network has a leak, so there is no τ_mem to hold.")
        _rows("rows", shown)
        return
    variants: dict[float, Simulation | str] = {}
    for tau in taus:
        try:
            variants[tau] = composition.variant(dict.fromkeys(leaky, tau))
        except ExperimentError as error:
            variants[tau] = str(error)
    figures = {tau: _figure(found, shown) for tau, found in variants.items() if isinstance(found, Simulation)}
    share_scales(list(figures.values()))
    for column, (tau, found) in zip(st.columns(len(taus), gap="small"), variants.items(), strict=True):
        with column:
            title(f"τ_mem {tau:g} steps")
            if isinstance(found, Simulation):
                _show_rows(f"rows {tau:g}", found, figures[tau])
            else:
                alert(found)


def _simulation() -> Simulation | str:
    """Return the forward pass on display, or say why there is none."""
    try:
        return desk().composition.simulate()[0]
    except ExperimentError as error:
        return str(error)


def _other(overlay: str) -> tuple[Simulation | None, str]:
    """Return the run drawn beside the network's, and its name."""
    composition = desk().composition
    name = OVERLAYS[overlay][0]
    try:
        if overlay == AGAIN:
            return composition.simulate(runs=2)[1], name
        if overlay == SHUFFLED:
            return composition.simulate(shuffled=True)[0], name
        pinned = composition.pinned_beside
        return pinned, A if pinned else ""
    except ExperimentError as error:
        alert(str(error))
        composition.view.overlay = NO_OVERLAY
        return None, ""


# ---------------------------------------------------------------------------------------------- acts


def _undo() -> None:
    held = desk()
    held.attempt(held.composition.undo)


def _redo() -> None:
    held = desk()
    held.attempt(held.composition.redo)


def _mend_misfit(place: int) -> None:
    held = desk()
    held.attempt(lambda: held.composition.mend(place))


def _select_layer(place: int | None) -> None:
    desk().composition.view.select(place)


def _act_on_rows(simulation: Simulation, act: RowsAct) -> None:
    view, layer = desk().composition.view, act.get("layer")
    if layer not in simulation.records:
        return  # an edit has removed it since
    if act["do"] == "pick":
        view.pick(layer, picked_neuron(act, simulation.records[layer], view.sample), act["add"])
    elif act["do"] == "toggle":
        view.toggle(layer, opens=act["what"] == "open")
    elif act["do"] == "ask":
        asked = clicked(simulation, view.sample, act)
        if asked:
            view.why.ask(asked)
    elif act["do"] == "remedy":
        _mend(simulation, layer, act["remedy"])


def _mend(simulation: Simulation, layer: int, remedy: int) -> None:
    """Apply a remedy of a layer's findings."""
    remedies = [changes for finding in diagnose(simulation)[layer] for changes in finding.changes]
    if remedy >= len(remedies):
        return  # the second of two clicks on its button
    changes = {f"network.{layer}.{name}": value for name, value in remedies[remedy].items()}
    held = desk()
    if held.composition.is_shown_whole:
        held.attempt(lambda: held.composition.replace(changes))


def _selection() -> tuple[str, int | None]:
    """What the ribbon marks and the controls show."""
    composition = desk().composition
    return composition.view.panel, composition.selected


def _redraw_rows(drawn: Draft, selected: tuple[str, int | None]) -> None:
    """Redraw what an act on the rows changed: all of the page where that is the network or the selected layer."""
    if desk().composition.present != drawn or _selection() != selected:
        st.rerun()
    _redraw_plots()


def _redraw_plots() -> None:
    draw("plots", "opening")


def _show_sample(changes: dict[str, Any]) -> Parts:
    desk().composition.view.sample = changes["sample"] - 1
    return None


page()
