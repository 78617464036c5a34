"""A callback of a widget that the next click or key interrupts at one of its looks into Streamlit's session state."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from app.state.composition import Composition
from app.state.desk import Desk
from app.state.presets import presets
from app.widgets import controls, experiment, head, messages, network
from app.words.parameter import Parameter
from app.words.typed_numbers import Numbers
from tests.app.states import InterruptedState

pytestmark = pytest.mark.slow  # each is interrupted at all its looks

MOST_LOOKS = 12
"""More than any callback takes before it changes something."""

UNINTERRUPTED = 10**6


def desk_that_trains() -> Desk:
    held = Desk()
    held.training.prepare()
    held.training.run.speed = 1.0
    held.training.train()
    return held


@pytest.fixture
def state(monkeypatch: pytest.MonkeyPatch) -> Iterator[InterruptedState]:
    """Of a session with a training that goes on, and with what widgets hold."""
    widgets = {"more": False, "drawer": False, "menu_compare": True, "add": "IAF", "preset": presets()[1].title}
    made = InterruptedState(desk=desk_that_trains(), **widgets)
    monkeypatch.setattr(st, "session_state", made)
    yield made
    made["desk"].leave()


def finishes(callback: Callable[[], object], state: InterruptedState, looks: int) -> bool:
    """Return True if the callback came to its end, after so many looks at most."""
    state.looks = looks
    try:
        callback()
    except RerunException:
        return False
    finally:
        state.looks = UNINTERRUPTED
    return True


@pytest.mark.parametrize("looks", range(8))
def test_an_edit_that_is_interrupted_leaves_a_training_that_goes_on(looks: int, state: InterruptedState) -> None:
    training = state["desk"].training
    old = training.run
    is_finished = finishes(lambda: experiment.edit_field({"network.1.tau_mem": 20.0}, changes_controls=True), state, looks)
    assert training.run.is_running
    assert is_finished == (training.run is not old)
    assert old.is_running != is_finished


def edit_and_draw() -> None:
    experiment.edit_field({"network.1.tau_mem": 20.0}, changes_controls=False)


def move_quickly() -> None:
    network.quick({"network.1.tau_mem": 20.0})


def edit_network() -> None:
    network.edit({"network.1.tau_mem": 20.0})


def duplicate_layer() -> None:
    network._change_stack(Composition.duplicate)


def feed_otherwise() -> None:
    network._change_input("latency")


def type_number() -> None:
    rows = controls.Panel("fields")
    rows.number(Parameter("Learning rate"), "training.lr", 0.001, Numbers(), network.quick)
    rows._takes["training.lr"]("0.03")


def take_remedy() -> None:
    held: Desk = st.session_state["desk"]
    messages._then_all(held.training.edit, {"network.3.norm_input": False})


def pin() -> None:
    held: Desk = st.session_state["desk"]
    head.close_and(held.training.pin)


CALLBACKS = (
    edit_and_draw,
    move_quickly,
    edit_network,
    duplicate_layer,
    network._add_layer,
    network._take_preset,
    feed_otherwise,
    type_number,
    take_remedy,
    pin,
)


def what_is_there(held: Desk) -> object:
    """All that one of the callbacks may change."""
    composition, training = held.composition, held.training
    run = training.run
    return (
        (composition.present, composition.experiment, composition.history.can_undo, composition.view),
        (run.in_force, run.is_running, training.pinned and training.pinned.experiment),
        held.complaint,
    )


@pytest.mark.parametrize("callback", CALLBACKS, ids=lambda callback: callback.__name__.strip("_"))
def test_what_a_callback_does_is_done_as_a_whole_or_not_at_all(callback: Callable[[], object], state: InterruptedState) -> None:
    def outcome(looks: int) -> object:
        state["desk"].leave()
        state["desk"] = held = desk_that_trains()
        finishes(callback, state, looks)
        return what_is_there(held)

    not_at_all, whole = outcome(0), outcome(UNINTERRUPTED)
    assert not_at_all != whole
    outcomes = [outcome(looks) for looks in range(MOST_LOOKS)]
    first = outcomes.index(whole)
    assert outcomes == [not_at_all] * first + [whole] * (MOST_LOOKS - first)
