"""Messages between the Network page's ribbon and rows, with buttons: problems, weights, and what A is."""

from __future__ import annotations

import streamlit as st

from app.components.plain import alert, caption, sentence
from app.state.network_view import NO_OVERLAY
from app.widgets.obstacle import obstacle_in_words, remedy_buttons
from app.widgets.seeds import draw_others
from app.widgets.session import desk
from app.words.comparison import differences, pinned_in_words
from app.words.network import outcome_in_words
from app.words.seeds import Seed
from app.words.weights import let_go_in_words, trained_weights_in_words

NEW = ("New weights", "New input")
"""Labels of what can be drawn here; noise is for training alone."""

STILL_SHOWN = "Below is still the last network whose layers fit. "


def network_messages(problem: str) -> None:
    """Show them.

    Args:
        problem: why the last network whose layers fit can't be simulated; empty if it can be.
    """
    held = desk()
    draft, has_fitting = held.composition.present, held.composition.experiment is not None
    if held.complaint:
        alert(held.complaint)
    elif problem and has_fitting:
        alert(problem)
    elif draft.first_misfit:
        caption(f"{STILL_SHOWN if has_fitting else ''}It can be trained once all layers fit.")
    _obstacle_message()
    _weights_message()
    st.fragment(key="pinned")(_pinned)()


def _pinned() -> None:
    """Say what A is, and how the present network differs from it."""
    composition = desk().composition
    pinned, shown = composition.pinned, composition.experiment
    if pinned is None or shown is None:
        return
    view = composition.view
    if composition.pinned_beside is None:
        how = "its layers or shapes differ, so its rows aren't drawn"
    elif view.taus or view.overlay != NO_OVERLAY:
        how = "not drawn while other runs are compared"
    else:
        how = "dotted potentials"
    found = differences(pinned.experiment, shown)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        sentence(pinned_in_words(how, outcome_in_words(pinned), found, "Same as A so far: change something."))
        st.button("Unpin A", key="unpin", on_click=_unpin)


def _unpin() -> None:
    desk().composition.unpin()
    st.rerun()


def _obstacle_message() -> None:
    """Say why the network can't be trained, unless the ribbon or an alert says so, with a button for each remedy."""
    held = desk()
    draft, reason = held.composition.present, held.training.obstacle
    if draft.first_misfit or not (reason or held.files.lack(draft)):
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if reason:
            sentence(obstacle_in_words(reason))
        remedy_buttons("secondary")


def _weights_message() -> None:
    """Show which weights are used, which the last edit dropped, and a button for the trained ones."""
    held = desk()
    history = held.composition.history
    let_go = let_go_in_words(history.before, history.present)
    if let_go:
        sentence(f"{let_go} Undo brings them back.")
    trained = held.training.relation()
    words = trained_weights_in_words(history.present, epoch=0)
    if trained.epoch:
        words += f" The training stands at epoch {trained.epoch}."
    elif trained.is_of_another:
        words += " The training so far was of the network before your edits; training this one starts over. Undo goes back."
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        caption(words)
        if trained.epoch:
            st.button("Use the trained weights", on_click=_use_trained_weights)
        draw_others(history.present, _next_seed, NEW)


def _use_trained_weights() -> None:
    held = desk()
    held.attempt(held.training.compose_with_trained_weights)


def _next_seed(name: Seed) -> None:
    held = desk()
    held.attempt(lambda: held.composition.replace({f"seeds.{name}": getattr(held.composition.present.seeds, name) + 1}))
