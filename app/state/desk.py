"""All state of one visitor. It outlives its tab for a while, so that a reload finds it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from app.server.registry import Desks
from app.server.runner import Owner
from app.state.address import Addressed, Query, read
from app.state.composition import Composition
from app.state.conversion import ConversionState
from app.state.files import KeptFiles, digests_of
from app.state.guard import Guard
from app.state.training import TrainingState
from app.state.tuned_neuron import TunedNeuron
from snncore.arrays import Array
from snncore.experiment.spec import Draft

TRAINING_PAGE, NETWORK_PAGE, NEURON_PAGE, CONVERSION_PAGE = "", "network", "neuron", "conversion"
"""The pages, by their paths in the address."""

TITLES = {TRAINING_PAGE: "Training", NETWORK_PAGE: "Network", NEURON_PAGE: "Neuron", CONVERSION_PAGE: "Conversion"}
"""Names of the pages, in the order of their links. The file of each in `app/views` is called like its path; the first is `training.py`."""

TURNS_FOR = 10.0
"""Seconds for which it holds that another page was asked for."""


@dataclass(frozen=True)
class Turning:
    """Another page that was asked for, the one to leave, and until when that holds."""

    page: str
    left: str
    until: float


class Desk:
    """One visitor's identity, and one model per subject.

    The next click or key interrupts a callback wherever it reads Streamlit's session state. So no callback reads it again once it has begun
    to change a desk.

    Args:
        is_open: returns whether a tab shows a session of Streamlit.

    Attributes:
        id: unguessable; the address names it, so that a reload finds the desk again.
        browser: identifies the browser that it belongs to; no other browser gets it.
        session: Streamlit's session that showed it last.
        page: path of the page on display; empty for the first page.
        turning: another page that was asked for, if one was. It isn't in Streamlit's session, where noting it could be interrupted.
        guard: runs every act.
        files: uploaded inputs and weights.
        composition: the network composed on the Network page.
        training: its training, on the Training page.
        neuron: the neuron on the Neuron page.
        conversion: the artificial network made spiking, on the Conversion page.
    """

    def __init__(self, browser: str = "", session: str = "", page: str = "", is_open: Callable[[str], bool] = lambda session: True) -> None:
        self.id = secrets.token_urlsafe(16)
        self.browser, self.session, self.page = browser, session, page
        self._is_open = is_open
        self.turning: Turning | None = None
        self.guard = Guard()
        self.files = KeptFiles(self._files_in_use)
        self.composition = Composition(self.files)
        owner = Owner(self.id, self.is_attended)
        self.training = TrainingState(self.composition, owner)
        self.neuron = TunedNeuron(files=self.files)
        self.conversion = ConversionState(owner, self.files)

    @property
    def complaint(self) -> str | None:
        """Why the last act was refused; None if it wasn't."""
        return self.guard.complaint

    def drop_complaint(self) -> None:
        """Say no more why the last act was refused: what was wrong has been taken away."""
        self.guard.complaint = None

    def attempt(self, act: Callable[[], object]) -> bool:
        """Do an act, and return True; if it is refused, return False, and `complaint` says why."""
        return self.guard.attempt(act)

    @property
    def seen(self) -> Addressed:
        """The model behind the address of the present page."""
        return self._addressed(self.page)

    @property
    def holds_more_than_its_link(self) -> bool:
        """Whether a reload would lose anything that the present page's link doesn't hold."""
        others = [model for model in (self.composition, self.neuron, self.conversion) if model is not self.seen]
        is_elsewhere = any(model.present != model.address.usual or model.address.is_set for model in others)
        is_walked = any(model.is_walked for model in (self.composition, self.neuron, self.training, self.conversion))
        return is_elsewhere or is_walked or bool(self.files)

    @property
    def query(self) -> Query:
        """Parameters of the present page's address."""
        return self.seen.address.query(self.seen.present)

    def open(self, page: str, query: Query) -> None:
        """Start from the link of a page."""
        model = self._addressed(page)
        self._take(query, model, model.open, lacking_stay=True)

    def come_back(self, query: Query) -> None:
        """Show the present page as another entry of the browser's history has it."""
        model = self.seen
        if query != self.query:
            self._take(query, model, model.come_back, lacking_stay=False)
        model.address.takes_entry(model.history.origin)

    def reload(self, query: Query) -> None:
        """Show the present page as its address has it, unless that is only a moment behind what was done."""
        if not self.seen.address.is_recent(query):
            self.come_back(query)

    def turn_after(self, act: Callable[[], object], page: str) -> None:
        """Do an act and, unless it is refused, ask for another page."""
        if self.attempt(act):
            self.turning = Turning(page, self.page, time.monotonic() + TURNS_FOR)

    def asked_for(self, left: str) -> str | None:
        """The page that was asked for on the page `left`; None if none was."""
        found = self.turning
        if found is None or found.left != left or time.monotonic() > found.until:
            return None
        return found.page

    def turn_to(self, page: str) -> None:
        """Note the page on display. It has an entry in the browser's history already."""
        self.turning = None
        if page != self.page:
            self.page = page
            self.seen.address.takes_entry(self.seen.history.origin)

    @property
    def is_compared(self) -> bool:
        """Whether something is pinned on the present page, to compare others with."""
        return self._edited.pinned is not None

    def undo(self) -> None:
        """Take back the last edit on the present page. Raises ExperimentError, and changes nothing, if it can't be."""
        self._edited.undo()

    def redo(self) -> None:
        """Do again what was taken back last on the present page. Raises ExperimentError, and changes nothing, if it can't be."""
        self._edited.redo()

    def keep_file(self, digest: str, content: Array) -> None:
        """Keep an uploaded input under its digest."""
        self.files.keep(digest, {digest: content})

    def is_attended(self) -> bool:
        """Return True if a tab shows it."""
        return self._is_open(self.session)

    def leave(self) -> None:
        """End all its trainings."""
        self.training.leave()
        self.conversion.leave()

    @property
    def _edited(self) -> Composition | TrainingState | TunedNeuron | ConversionState:
        """The model that the present page edits."""
        found: dict[str, Composition | TunedNeuron | ConversionState] = {
            NETWORK_PAGE: self.composition,
            NEURON_PAGE: self.neuron,
            CONVERSION_PAGE: self.conversion,
        }
        return found.get(self.page, self.training)

    def _addressed(self, page: str) -> Addressed:
        others: dict[str, Addressed] = {NEURON_PAGE: self.neuron, CONVERSION_PAGE: self.conversion}
        return others.get(page, self.composition)

    def _files_in_use(self) -> set[str]:
        return self.composition.files_in_use | digests_of(self.neuron.present) | digests_of(self.conversion.present)

    def _take(self, query: Query, model: Addressed, take: Callable[[Draft], None], lacking_stay: bool) -> None:
        """Take an address's draft, and then the settings that it has besides: a bad one doesn't refuse the draft."""
        if self.attempt(lambda: take(self._read(query, model))):
            self.attempt(lambda: model.address.settings.take(query, lacking_stay))

    def _read(self, query: Query, model: Addressed) -> Draft:
        """Return an address's draft, and keep the recorded input that it carries."""
        draft, carried = read(query, model.address.usual)
        for digest, content in carried.items():
            self.keep_file(digest, content)
        return draft


desks: Desks[Desk] = Desks()
"""Desks of all visitors in this process."""
