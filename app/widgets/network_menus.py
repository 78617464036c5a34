"""What the Network page's menus hold: what to draw beside; the causes of a spike; files that go out and come in."""

from __future__ import annotations

import streamlit as st

from app.export.formats import OF_NETWORKS
from app.state.why import of_interest
from app.widgets.exports import export_buttons
from app.widgets.head import close_and, head_menus
from app.widgets.network import compare_controls
from app.widgets.own_weights import own_weights
from app.widgets.session import desk
from app.words.causes import HELP
from snncore.errors import ExperimentError


def network_menus() -> None:
    """Show the menus' buttons, and the open menu."""
    head_menus(lambda: compare_controls(desk().composition.view), _explain, _share)


def _explain() -> None:
    """Show the button that asks about the selected neuron's last spike."""
    composition = desk().composition
    view = composition.view
    try:
        simulation = composition.simulate()[0]
    except ExperimentError:
        return
    place = composition.selected
    if place not in simulation.records:
        place = max(simulation.records, default=None)
    if place is None:
        return
    neuron = view.traced(simulation)[place][0]
    asked = of_interest(simulation.records[place], place, neuron, view.sample)
    st.button(
        f"What moved neuron {neuron} of {simulation.experiment.layer_label(str(place))}",
        help=HELP,
        on_click=lambda: close_and(view.why.ask, asked),
    )


def _share() -> None:
    composition = desk().composition
    export_buttons(OF_NETWORKS, lambda: composition.present)
    label = "Own weights, or an Experiment from here"
    own_weights("brought_network", label, composition.own_weights, composition.present, composition.bring)
