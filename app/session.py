"""One user's Experiment and run: what the pages edit, show, and restore from the link."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.limits import check_limits
from app.link import from_parameter, to_parameter
from app.runner import TrainingRun
from snncore.errors import ExperimentError
from snncore.spec import Experiment, ten_spikes

LINK_PARAMETER = "x"
DEFAULT_SPEED = 8.0
"""Epochs per second at which a training is watched."""


@dataclass
class Desk:
    """What a session holds. It is changed as a whole: every look into Streamlit's session state may be the last thing that a callback
    does, since the next click or key interrupts it there, so no callback looks again once it has begun to change something.

    Attributes:
        complaint: what was wrong with the last input, until the next one.
        drawn_for: the run, and whether it was running, when the whole page was last drawn.
    """

    run: TrainingRun
    complaint: str | None = None
    drawn_for: tuple[str, bool] | None = None


def run() -> TrainingRun:
    """The session's run; at first that of the link, or of the ten-spike task."""
    return _desk().run


def edit(changes: dict[str, Any]) -> bool:
    """Starts over at epoch 0 with some fields of the Experiment changed. An edit that can't be built changes nothing but the message.

    Returns:
        Whether the Experiment is another now.
    """
    desk = _desk()
    return _attempt(desk, lambda: desk.run.experiment.replace(changes))


def load(text: str) -> None:
    """Starts over with the Experiment in `text`, JSON."""
    _attempt(_desk(), lambda: Experiment.from_json(text))


def restart() -> None:
    """Same Experiment, same weights, from epoch 0."""
    desk = _desk()
    desk.complaint = None
    desk.run.pause()
    desk.run = _new_run(desk.run.experiment, desk.run.speed)


def note_drawn() -> None:
    """The whole page, or all of it that changes, is being drawn for the run as it stands now."""
    desk = _desk()
    desk.drawn_for = (desk.run.id, desk.run.is_running)


def is_drawn() -> bool:
    """Whether the page was drawn for this run, and for its running or resting."""
    desk = _desk()
    return desk.drawn_for == (desk.run.id, desk.run.is_running)


def complaint() -> str | None:
    """What was wrong with the last input, until the next one."""
    return _desk().complaint


def write_link() -> None:
    """Lets the address bar name the Experiment. The default one needs no parameter."""
    experiment = run().experiment
    parameter = "" if experiment == ten_spikes() else to_parameter(experiment)
    if parameter == st.query_params.get(LINK_PARAMETER, "") or complaint():
        return  # an address that couldn't be read stays, to be looked at
    if parameter:
        st.query_params[LINK_PARAMETER] = parameter
    else:
        st.query_params.pop(LINK_PARAMETER, None)


def _desk() -> Desk:
    if "desk" not in st.session_state:
        desk = Desk(_new_run(ten_spikes(), DEFAULT_SPEED))
        linked = st.query_params.get(LINK_PARAMETER)
        if linked:
            _attempt(desk, lambda: from_parameter(linked))
        st.session_state.desk = desk
    found: Desk = st.session_state.desk
    return found


def _attempt(desk: Desk, make: Callable[[], Experiment]) -> bool:
    """Takes the Experiment that `make` returns, or keeps everything and the reason why it can't be."""
    desk.complaint = None
    old = desk.run
    try:
        experiment = make()
        check_limits(experiment)
        if experiment == old.experiment:
            return False
        new = _new_run(experiment, old.speed)
    except ExperimentError as error:
        desk.complaint = str(error)
        return False
    was_running = old.is_running
    old.pause()
    desk.run = new
    if was_running:
        new.play()
    return True


def _new_run(experiment: Experiment, speed: float | None) -> TrainingRun:
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    return TrainingRun(experiment, speed, lambda: not exists() or get_instance().is_active_session(session))
