"""What one visitor has before him: the network being composed, its training, what it is compared with, the neuron that is tuned. Every
page finds it here.

A desk outlives its tab for a while, so that a reload finds it again.
"""

from __future__ import annotations

import math
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.runtime import exists, get_instance
from streamlit.runtime.scriptrunner import get_script_run_ctx

from app.server.limits import check
from app.server.link import from_parameter, to_parameter
from app.server.registry import Desks
from app.server.runner import Owner, PastRun, TrainingRun
from app.state.history import History
from app.state.tuned_neuron import DEFAULT as DEFAULT_NEURON
from app.state.tuned_neuron import Tuning, as_experiment
from snncore.arrays import Array
from snncore.diagnosis.training_findings import TrainingFinding
from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.io.checkpoint import Checkpoint
from snncore.run.simulation import Simulation

if TYPE_CHECKING:
    from app.state.network_view import Looking

LINK_PARAMETER = "x"
"""Of the address: what the page edits, the draft or on the Neuron page its Experiment."""

DESK_PARAMETER = "run"
"""Of the address: the desk's id, where it holds more than that."""

NEURON_PAGE = "neuron"
"""Path in the address."""

DEFAULT = ten_spikes().draft
"""What a visitor finds; its address needs no parameter."""


@dataclass
class Desk:
    """What a session holds. It is changed as a whole: every look into Streamlit's session state may be the last thing that a callback
    does, since the next click or key interrupts it there, so no callback looks again once it has begun to change something.

    Attributes:
        id: unguessable; the address names it, so that a reload finds the desk again.
        browser: what tells the browser that it belongs to from others; no other one gets it.
        session: Streamlit's session in which it was seen last.
        history: what was composed, step by step; its present draft may have layers that don't fit.
        experiment: the last draft whose layers fit.
        has_fitting: whether there is one; a link may hold a draft that doesn't fit.
        run: the training on the Training page; made when that page is opened.
        pinned: a past training that the present one is compared with.
        trials: trainings side by side, by what differs between them; none where they aren't looked at.
        resumes: whether the training was paused for the trials, and goes on after them.
        asks_why: whether the same weights without input normalisation are shown beside.
        picked: the traced neuron of each layer on the Training page.
        simulations: forward passes of the experiment by how they were run; made when they are looked at.
        looking: what is looked at on the Network page; made when that page is opened.
        given_up: what a training had come to that was replaced by one that starts over, until that one is driven.
        files: uploaded inputs by digest.
        revision: how often the draft has changed otherwise than by its own widgets. Widgets of another revision are other widgets: what a
            browser still says of those it hasn't seen change is no edit.
        scrubbed: the epoch that is looked at; None: the last one.
        complaint: what was wrong with the last input, until the next one.
        lock: held by each edit, since Streamlit may run the callback of the next click while that of the one before still computes.
        linked: what the address names, and how.
        findings: what was wrong with the training, and when and with what in force that was found.
        around: tells what the page that is seen shows outside the parts of it that are drawn by themselves.
        drawn_for: what that was when the whole page was last drawn.
        polled: the parts of it that are drawn again by themselves.
        drawn_at: when that came to its end, on the monotonic clock; infinite while it hasn't.
        tuning: the neuron on the Neuron page.
        page: the one that is seen, by its path in the address; that of the first one is empty.
    """

    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    browser: str = ""
    session: str = ""
    history: History = field(default_factory=lambda: History(DEFAULT))
    experiment: Experiment = field(default_factory=ten_spikes)
    has_fitting: bool = True
    run: TrainingRun | None = None
    pinned: PastRun | None = None
    trials: dict[str, TrainingRun] = field(default_factory=dict)
    resumes: bool = False
    asks_why: bool = False
    picked: dict[int, int] = field(default_factory=dict)
    simulations: dict[tuple[int, bool], list[Simulation]] = field(default_factory=dict)
    looking: Looking | None = None
    given_up: Checkpoint | None = None
    files: dict[str, Array] = field(default_factory=dict)
    revision: int = 0
    scrubbed: int | None = None
    complaint: str | None = None
    lock: Any = field(default_factory=RLock)
    linked: tuple[Draft, str] | None = None
    findings: tuple[float, object, list[TrainingFinding]] = (0.0, None, [])
    around: Callable[[], object] | None = None
    drawn_for: object = None
    polled: set[str] = field(default_factory=set)
    drawn_at: float = math.inf
    tuning: Tuning = field(default_factory=Tuning)
    page: str = ""

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

    @property
    def owner(self) -> Owner:
        """As trainings know it."""
        return Owner(self.id, self.is_attended)

    def is_attended(self) -> bool:
        """Whether there is a tab in which it is seen."""
        return not exists() or get_instance().is_active_session(self.session)

    @property
    def holds_more_than_its_link(self) -> bool:
        """Whether a reload would lose something that the link of the page that is seen doesn't hold."""
        sees_neuron = self.page == NEURON_PAGE
        other, usual = (self.history, DEFAULT) if sees_neuron else (self.tuning.history, DEFAULT_NEURON)
        is_trained = self.run is not None and len(self.run.records) > 1
        is_compared = self.pinned is not None or bool(self.trials) or self.asks_why
        is_walked = self.history.can_undo or self.history.can_redo or other.present != usual
        return is_trained or is_compared or is_walked or bool(self.picked or self.files) or self.tuning.holds_more_than_its_experiment

    def attempt(self, act: Callable[[], object]) -> bool:
        """Does what may be refused with an ExperimentError. Then the complaint says why, and False is returned."""
        with self.lock:
            self.complaint = None
            try:
                act()
            except ExperimentError as error:
                self.complaint = str(error)
            return self.complaint is None

    def end_trials(self) -> None:
        """Ends the trainings side by side; the page shows the one training again."""
        for trial in self.trials.values():
            trial.pause()
        self.trials = {}

    def leave(self) -> None:
        """Ends all its trainings."""
        self.end_trials()
        if self.run:
            self.run.pause()


desks: Desks[Desk] = Desks()
"""Of all visitors in this process."""


def enter(page: str) -> None:
    """Notes which page is seen, by its path in the address, before anything of it runs: its link is for that page."""
    desk(page).page = page


def desk(page: str = "") -> Desk:
    """The session's desk: that of before a reload; else with what the link of the `page` names, or as every visitor finds it."""
    if "desk" not in st.session_state:
        context = get_script_run_ctx()
        session = context.session_id if context else ""
        found = desks.claim(st.query_params.get(DESK_PARAMETER, ""), _browser(), session)
        made = found or Desk(browser=_browser(), session=session)
        linked = st.query_params.get(LINK_PARAMETER)
        if not found:
            if linked:
                _open_link(made, linked, page)
            if exists():
                desks.keep(made)
        st.session_state.desk = made
    held: Desk = st.session_state.desk
    return held


def write_link() -> None:
    """Lets the address bar name what the page edits, which the default needs no parameter for, and the desk where it holds more."""
    held = desk()
    if held.complaint:
        return  # an address that couldn't be read stays, to be looked at
    history, usual = (held.tuning.history, DEFAULT_NEURON) if held.page == NEURON_PAGE else (held.history, DEFAULT)
    present = history.present
    if held.linked is None or held.linked[0] is not present:
        held.linked = (present, "" if present == usual else to_parameter(present))
    _write(LINK_PARAMETER, held.linked[1])
    _write(DESK_PARAMETER, held.id if exists() and held.holds_more_than_its_link else "")


def _write(name: str, value: str) -> None:
    if value == st.query_params.get(name, ""):
        return
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def _open_link(made: Desk, linked: str, page: str) -> None:
    try:
        present = from_parameter(linked)
        if page == NEURON_PAGE:
            made.tuning.history = History(as_experiment(present))
            return
        check(present)
        experiment = None if present.first_misfit else Experiment(**dict(present))
    except ExperimentError as error:
        made.complaint = str(error)
        return
    made.history = History(present)
    made.has_fitting = False
    made.show(experiment)


def _browser() -> str:
    """The secret that Streamlit gives each browser against forged requests, in a cookie `2|mask|masked secret|time`; empty where there is
    none. The mask is another one with every page.
    """
    try:
        _, mask, masked, _ = st.context.cookies.get("_streamlit_xsrf", "").split("|")
        key, hidden = bytes.fromhex(mask), bytes.fromhex(masked)
    except ValueError:
        return ""
    return bytes(byte ^ key[place % len(key)] for place, byte in enumerate(hidden)).hex() if key else ""
