"""What one user works on: the network being composed, its simulation, its training. The pages edit and show it; the link restores it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.history import History
from app.limits import check_network, check_simulation, check_training
from app.link import from_parameter, to_parameter
from app.runner import TrainingRun
from snncore.bptt import EpochRecord
from snncore.errors import ExperimentError
from snncore.input_spec import FileSpikes
from snncore.record import Array
from snncore.simulation import Simulation, simulate
from snncore.spec import Draft, Experiment, ten_spikes

LINK_PARAMETER = "x"
DEFAULT = ten_spikes().draft
"""What a visitor finds; its address needs no parameter."""

DEFAULT_SPEED = 8.0
"""Epochs per second at which a training is watched."""

MOST_VARIANTS = 4
"""Variants that are seen at once."""

LARGEST_FILES = 64 * 2**20
"""Bytes of uploaded inputs that a session keeps; the oldest go first."""


@dataclass
class Desk:
    """What a session holds. It is changed as a whole: every look into Streamlit's session state may be the last thing that a callback
    does, since the next click or key interrupts it there, so no callback looks again once it has begun to change something.

    Attributes:
        history: what was composed, step by step; its present draft may have layers that don't fit.
        experiment: the last draft whose layers fit.
        has_fitting: whether there is one; a link may hold a draft that doesn't fit.
        run: the training on the Training page; made when that page is opened.
        simulations: forward passes of the experiment by how they were run; made when they are looked at.
        files: uploaded inputs by digest.
        revision: how often the draft has changed otherwise than by its own widgets. Widgets of another revision are other widgets: what a
            browser still says of those it hasn't seen change is no edit.
        scrubbed: the epoch that is looked at; None: the last one.
        complaint: what was wrong with the last input, until the next one.
        lock: held by each edit, since Streamlit may run the callback of the next click while that of the one before still computes.
        drawn_for: the run, and whether it was running, when the whole Training page was last drawn.
    """

    history: History = field(default_factory=lambda: History(DEFAULT))
    experiment: Experiment = field(default_factory=ten_spikes)
    has_fitting: bool = True
    run: TrainingRun | None = None
    simulations: dict[tuple[int, bool], list[Simulation]] = field(default_factory=dict)
    files: dict[str, Array] = field(default_factory=dict)
    revision: int = 0
    scrubbed: int | None = None
    complaint: str | None = None
    lock: Any = field(default_factory=RLock)
    drawn_for: tuple[str, bool] | None = None

    def accept(self, draft: Draft, experiment: Experiment | None) -> None:
        """Goes on with another draft, and with the experiment that it makes if its layers fit."""
        self.history.add(draft)
        self.show(experiment)

    def show(self, experiment: Experiment | None) -> None:
        """Goes on with another experiment, if it is one."""
        if experiment is None:
            return
        self.has_fitting = True
        if experiment == self.experiment:
            return
        self.experiment = experiment
        self.simulations = {}


# ------------------------------------------------------------------------------------------------- composing


def draft() -> Draft:
    """What is being composed."""
    return desk().history.present


def compose(make: Callable[[Draft], Draft], by_widget: bool = False) -> bool:
    """Goes on with what `make` makes of the present draft. What can't be built or is too large changes nothing but the message.

    Args:
        by_widget: the widget of the changed field asks for it, and shows the new value already.

    Returns:
        Whether the draft is another now.
    """
    held = desk()
    with held.lock:
        held.complaint = None
        try:
            before = held.history.present.settled  # what was changed while another network trained is no part of this one's training
            composed = make(before)
            if composed == before:
                return False
            experiment, simulation = _tried(held, composed)
        except ExperimentError as error:
            held.complaint = str(error)
            return False
        held.accept(composed, experiment)
        held.revision += not by_widget
        if simulation:
            held.simulations[1, False] = [simulation]
        return True


def undo() -> None:
    held = desk()
    with held.lock:
        _return_to(held, held.history.undo())


def redo() -> None:
    held = desk()
    with held.lock:
        _return_to(held, held.history.redo())


def simulations(runs: int = 1, shuffled: bool = False) -> list[Simulation]:
    """Forward passes of the experiment, one after another without a reset between.

    Raises:
        ExperimentError: no network fits so far, the input is a file that isn't here, or so many runs are more than a session may have.
    """
    held = desk()
    if not held.has_fitting:
        raise ExperimentError("Nothing can be simulated until all layers fit.")
    if (runs, shuffled) not in held.simulations:
        kept = sum(len(passes) for passes in held.simulations.values())
        check_simulation(held.experiment, runs + kept)
        held.simulations[runs, shuffled] = simulate(held.experiment, held.files, runs=runs, shuffled=shuffled)
    return held.simulations[runs, shuffled]


def variant(changes: dict[str, Any]) -> Simulation:
    """A forward pass of the experiment with other values in some fields, kept nowhere.

    Raises:
        ExperimentError: the values can't be built.
    """
    held = desk()
    other = held.experiment.replace(changes)
    check_simulation(other, MOST_VARIANTS)
    return simulate(other, held.files)[0]


def keep_file(digest: str, content: Array) -> None:
    """Keeps an uploaded input under its digest."""
    held = desk()
    held.files.pop(digest, None)
    held.files[digest] = content
    while sum(kept.nbytes for kept in held.files.values()) > LARGEST_FILES and len(held.files) > 1:
        held.files.pop(next(iter(held.files)))


def complain(error: Exception) -> None:
    """Lets the page say what was wrong with an input."""
    desk().complaint = str(error)


def whole_draft_is_shown() -> bool:
    """Whether the layers that are simulated are those of the draft."""
    held = desk()
    return held.has_fitting and held.history.present.first_misfit is None


# -------------------------------------------------------------------------------------------------- training


def open_training() -> str | None:
    """Makes the training of the experiment, unless it is there.

    Returns:
        Why there can't be one, if there can't.
    """
    held = desk()
    misfit = held.history.present.first_misfit
    if misfit:
        return misfit
    if held.run is None or held.run.experiment != held.experiment:
        try:
            made = _new_run(held, held.experiment)
        except ExperimentError as error:
            return str(error)
        if held.run:
            held.run.pause()
        held.run, held.scrubbed = made, None
    return None


def run() -> TrainingRun:
    """The training that `open_training` made."""
    found = desk().run
    assert found is not None
    return found


def edit(changes: dict[str, Any]) -> bool:
    """Starts over at epoch 0 with some fields of the Experiment changed. An edit that can't be built changes nothing but the message.

    Returns:
        Whether the Experiment is another now.
    """
    held = desk()
    with held.lock:
        return _retrain(held, lambda: _present(held).replace(changes))


def change(changes: dict[str, Any]) -> bool:
    """Goes on training with some fields changed, and notes that in the Experiment; before anything was trained, that is an edit.

    Returns:
        Whether the Experiment is another now.
    """
    held = desk()
    with held.lock:
        if held.run is None or len(held.run.records) < 2:
            return _retrain(held, lambda: _present(held).replace(changes))
        held.complaint = None
        try:
            if held.run.in_force.replace(changes) == held.run.in_force:
                return False
            held.run.change(changes)
        except ExperimentError as error:
            held.complaint = str(error)
            return False
        held.accept(held.run.experiment.draft, held.run.experiment)
        return True


def load(text: str) -> None:
    """Starts over with the Experiment in `text`, JSON."""
    held = desk()
    with held.lock:
        _retrain(held, lambda: Experiment.from_json(text))


def restart() -> None:
    """Same weights, from epoch 0, with what is in force now from the start."""
    held = desk()
    with held.lock:
        assert held.run is not None
        held.complaint = None
        held.run.pause()
        experiment = _present(held)
        held.run, held.scrubbed = _new_run(held, experiment), None
        held.accept(experiment.draft, experiment)


def scrub(epoch: int | None) -> None:
    """Looks at an epoch that is past; at the last one, or with None, follows the training again."""
    held = desk()
    assert held.run is not None
    held.scrubbed = None if epoch is None or epoch >= len(held.run.records) - 1 else epoch


def seen_record() -> EpochRecord:
    """The record of the epoch that is looked at; of those that were reduced to numbers, the nearest whole one before."""
    held = desk()
    assert held.run is not None
    records = held.run.records
    last = len(records) - 1
    place = last if held.scrubbed is None else min(held.scrubbed, last)
    return next(record for record in reversed(records[: place + 1]) if record.is_whole)


def note_drawn() -> None:
    """The whole page, or all of it that changes, is being drawn for the run as it stands now."""
    held = desk()
    if held.run:
        held.drawn_for = (held.run.id, held.run.is_running)


def is_drawn() -> bool:
    """Whether the page was drawn for this run, and for its running or resting."""
    held = desk()
    return held.run is not None and held.drawn_for == (held.run.id, held.run.is_running)


# ------------------------------------------------------------------------------------------------ both of them


def complaint() -> str | None:
    """What was wrong with the last input, until the next one."""
    return desk().complaint


def write_link() -> None:
    """Lets the address bar name the draft. The default one needs no parameter."""
    held = desk()
    present = held.history.present
    parameter = "" if present == DEFAULT else to_parameter(present)
    if parameter == st.query_params.get(LINK_PARAMETER, "") or held.complaint:
        return  # an address that couldn't be read stays, to be looked at
    if parameter:
        st.query_params[LINK_PARAMETER] = parameter
    else:
        st.query_params.pop(LINK_PARAMETER, None)


def desk() -> Desk:
    """The session's desk; at first with what the link names, or the ten-spike task."""
    if "desk" not in st.session_state:
        made = Desk()
        linked = st.query_params.get(LINK_PARAMETER)
        if linked:
            _open_link(made, linked)
        st.session_state.desk = made
    found: Desk = st.session_state.desk
    return found


def _open_link(made: Desk, linked: str) -> None:
    try:
        present = from_parameter(linked)
        check_network(present)
        experiment = None if present.first_misfit else Experiment(**dict(present))
        check_simulation(experiment or made.experiment)
    except ExperimentError as error:
        made.complaint = str(error)
        return
    made.history = History(present)
    made.has_fitting = False
    made.show(experiment)


def _tried(held: Desk, composed: Draft) -> tuple[Experiment | None, Simulation | None]:
    """The experiment and its simulation, if the layers fit one another."""
    check_network(composed)
    if composed.first_misfit:
        return None, None
    experiment = Experiment(**dict(composed))
    if experiment == held.experiment:
        return experiment, None
    check_simulation(experiment)
    if _is_missing(experiment, held):
        return experiment, None  # the page says what is missing; the network may be composed all the same
    return experiment, simulate(experiment, held.files)[0]


def _is_missing(experiment: Draft, held: Desk) -> bool:
    """Whether the input is a file that isn't here."""
    return isinstance(experiment.input, FileSpikes) and experiment.input.digest not in held.files


def _return_to(held: Desk, present: Draft) -> None:
    held.complaint = None
    held.revision += 1
    held.show(None if present.first_misfit else Experiment(**dict(present)))


def _present(held: Desk) -> Experiment:
    """The Experiment with what its training has come to, as if it had been so from the start."""
    return held.run.in_force if held.run and held.run.experiment == held.experiment else held.experiment


def _retrain(held: Desk, make: Callable[[], Experiment]) -> bool:
    """Takes the Experiment that `make` returns, or keeps everything and the reason why it can't be."""
    held.complaint = None
    old = held.run
    try:
        experiment = make()
        if experiment == held.experiment:
            return False
        new = _new_run(held, experiment)
    except ExperimentError as error:
        held.complaint = str(error)
        return False
    was_running = old is not None and old.is_running
    if old:
        old.pause()
    held.accept(experiment.draft, experiment)
    held.run, held.scrubbed = new, None
    if was_running:
        new.play()
    return True


def _new_run(held: Desk, experiment: Experiment) -> TrainingRun:
    check_training(experiment)  # before anything is built
    context = get_script_run_ctx()
    session = context.session_id if context else ""
    speed = held.run.speed if held.run else DEFAULT_SPEED
    return TrainingRun(experiment, speed, lambda: not exists() or get_instance().is_active_session(session), held.files)
