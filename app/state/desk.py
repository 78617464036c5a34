"""Everything that one visitor has. It outlives its tab for a while, so that a reload finds it again."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from app.server import tabs
from app.server.registry import Desks
from app.server.runner import Owner
from app.state.address import Addressed
from app.state.composition import Composition
from app.state.files import KeptFiles, digests_of
from app.state.guard import Guard
from app.state.training import TrainingState
from app.state.tuned_neuron import TunedNeuron
from snncore.arrays import Array

NEURON_PAGE = "neuron"
"""Path in the address."""


class Desk:
    """An identity, and one model for each subject.

    It is changed as a whole: every look into Streamlit's session state may be the last thing that a callback does, since the next click
    or key interrupts it there, so no callback looks again once it has begun to change something.

    Attributes:
        id: unguessable; the address names it, so that a reload finds the desk again.
        browser: tells the browser that it belongs to from others; no other one gets it.
        session: Streamlit's session in which it was seen last.
        page: the one that is seen, by its path in the address; that of the first one is empty.
        guard: what every act goes through.
        files: uploaded inputs and weights.
        composition: the network that is composed, on the Network page.
        training: its training, on the Training page.
        neuron: the neuron on the Neuron page.
    """

    def __init__(self, browser: str = "", session: str = "", page: str = "") -> None:
        self.id = secrets.token_urlsafe(16)
        self.browser, self.session, self.page = browser, session, page
        self.guard = Guard()
        self.files = KeptFiles(lambda: self.composition.files_in_use | digests_of(self.neuron.present))
        self.composition = Composition(self.files)
        self.training = TrainingState(self.composition, Owner(self.id, self.is_attended))
        self.neuron = TunedNeuron(files=self.files)

    @property
    def complaint(self) -> str | None:
        """Why the last act was refused, until the next one."""
        return self.guard.complaint

    def attempt(self, act: Callable[[], object]) -> bool:
        """Return True if the act was done; else `complaint` says why it was refused."""
        return self.guard.attempt(act)

    @property
    def seen(self) -> Addressed:
        """The model that the address of the page that is seen is about."""
        return self._addressed(self.page)

    @property
    def holds_more_than_its_link(self) -> bool:
        """Whether a reload would lose something that the link of the page that is seen doesn't hold."""
        others = [model for model in (self.composition, self.neuron) if model is not self.seen]
        is_elsewhere = any(model.present != model.address.usual for model in others)
        is_walked = self.composition.is_walked or self.neuron.is_walked or self.training.is_walked
        return is_elsewhere or is_walked or bool(self.files)

    def open(self, page: str, read: Callable[[], object]) -> None:
        """Begin with what a link to a page names; `read` returns its draft, or raises ExperimentError."""
        model = self._addressed(page)
        self.attempt(lambda: model.open(read()))  # type: ignore[arg-type]  # a Draft

    def keep_file(self, digest: str, content: Array) -> None:
        """Keep an uploaded input under its digest."""
        self.files.keep(digest, {digest: content})

    def is_attended(self) -> bool:
        """Return True if a tab shows it."""
        return tabs.is_open(self.session)

    def leave(self) -> None:
        """End all its trainings."""
        self.training.leave()

    def _addressed(self, page: str) -> Addressed:
        return {NEURON_PAGE: self.neuron}.get(page, self.composition)


desks: Desks[Desk] = Desks()
"""Of all visitors in this process."""
