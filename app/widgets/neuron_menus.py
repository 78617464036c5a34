"""What the Neuron page's menus hold: lessons; the neuron as a layer, as code and as a file."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from app.components.plain import caption, title
from app.export.formats import OF_NEURONS, Tuned
from app.state.desk import NETWORK_PAGE
from app.state.discoveries import DISCOVERIES, Discovery
from app.state.handover import use_as_layer
from app.state.tuned_neuron import as_experiment
from app.widgets.exports import export_buttons
from app.widgets.head import close_and, head_menus, pin_button
from app.widgets.session import desk, go_after
from app.widgets.uploads import upload
from snncore.errors import ExperimentError
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.spec import Draft
from snncore.io.code import layer_code
from snncore.run.simulation import Simulation

LARGEST_UPLOAD = 1
"""Megabytes."""

NEW_LAYER = "As a new last layer"


def neuron_menus() -> None:
    """Show the menus' buttons, and the open menu."""
    head_menus(_compare, _explain, _share)


def _compare() -> None:
    tuned = desk().neuron
    pin_button("neuron", tuned.pin, "Stays as a second trace, and what differs from it is said, whatever you change next.")
    caption("“Draw beside”, last of the controls, draws the same neuron with one thing changed.")


def _explain() -> None:
    title("Lessons, each one gesture")
    for lesson in DISCOVERIES:
        st.button(lesson.title, key=f"lesson {lesson.title}", on_click=close_and, args=(_begin, lesson), width="stretch")


def _begin(lesson: Discovery) -> None:
    desk().neuron.discover(lesson)


def _use(places: Mapping[str, int | None]) -> None:
    held = desk()
    place = places[st.session_state.use_as_layer]
    go_after(lambda: use_as_layer(held, place), NETWORK_PAGE)


def _share() -> None:
    held = desk()
    tuned = held.neuron
    places = _places(held.composition.present)
    st.menu_button("Use as layer", list(places), key="use_as_layer", on_click=_use, args=(places,), width="stretch")
    try:
        run: Simulation | None = tuned.simulation()
    except ExperimentError:
        run = None
    export_buttons(OF_NEURONS, lambda: Tuned(tuned.experiment, run))
    title("snncore code")
    st.code(layer_code(tuned.layer), language="python")
    upload("brought_neuron", "Experiment from here (JSON)", _bring_back, ["json"], LARGEST_UPLOAD)


def _places(draft: Draft) -> dict[str, int | None]:
    """Return the places for this neuron in the composed network, by their labels in the menu."""
    layers = {
        f"In place of {draft.layer_label(str(place))}": place for place, layer in enumerate(draft.network) if isinstance(layer, NeuronSpec)
    }
    return {**layers, NEW_LAYER: None}


def _bring_back(_: str, content: bytes) -> None:
    desk().neuron.bring(as_experiment(Draft.from_json(content.decode(errors="replace"))))
