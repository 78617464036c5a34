"""What the Conversion page's menus hold: a run to compare with; how it works, and faults to try; files that go out and come in."""

from __future__ import annotations

import streamlit as st

from app.components.plain import caption, definitions, sentence, title
from app.export.formats import OF_CONVERSIONS, Converted
from app.widgets.exports import export_buttons
from app.widgets.head import close_and, head_menus, pin_button
from app.widgets.own_weights import own_weights
from app.widgets.session import desk
from app.words.conversion import EXPLANATION, NOT_COUNTED, OWN_LAYERS, PLANTED, costs_in_words


def conversion_menus() -> None:
    """Show the menus' buttons, and the open menu."""
    head_menus(_compare, _explain, _share)


def _compare() -> None:
    state = desk().conversion
    if state.pinned is None:
        note = "Its curve stays, whatever you change next: another reset, other spikes per step, another network."
        pin_button("conversion", state.pin, note, can=state.is_current)
    else:
        st.button("Unpin A", key="menu_unpin_conversion", on_click=close_and, args=(state.unpin,), width="stretch")


def _explain() -> None:
    for text in EXPLANATION:
        sentence(text)
    title("Break it, and mend it")
    state = desk().conversion
    for kind, label in PLANTED.items():
        st.button(label, key=f"plant {kind}", on_click=close_and, args=(state.plant, kind), width="stretch")
    if state.shown is not None:
        title("What it costs, by layer")
        definitions(costs_in_words(state.shown))
        caption(f"An add costs 0.9 pJ, a multiply-add 4.6 pJ (Horowitz, ISSCC 2014), unless set otherwise under More. {NOT_COUNTED}")


def _share() -> None:
    state = desk().conversion
    export_buttons(OF_CONVERSIONS, lambda: Converted(state.present, state.spiking()))
    own_weights("brought_conversion", "Weights of your own ANN, or an Experiment from here", state.own_weights, state.present, state.bring)
    caption(OWN_LAYERS)
