"""A page's address: the draft that the page edits, unless that is the usual one; a small input, and settings that aren't in the draft."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Protocol

from app.server.link import from_parameter, input_from_parameter, input_to_parameter, to_parameter
from app.state.history import History
from snncore.experiment.inputs import NO_FILES, Files, FileSpikes
from snncore.experiment.spec import Draft

DRAFT, INPUT, RATES = "x", "input", "rates"
"""Address parameters for the page's draft, for the recorded input that it names, and for target rates in Hz, such as 5-50."""

PARAMETERS = (DRAFT, INPUT, RATES)

MOST_RECENT = 5
"""Latest addresses that are remembered."""

Query = Mapping[str, str]
"""Parameters of an address; empty ones are left out."""


class Addressed(Protocol):
    """The part of a page's model that its address needs."""

    @property
    def address(self) -> Address: ...

    @property
    def history(self) -> History: ...

    @property
    def present(self) -> Draft:
        """The draft that the page edits."""
        ...

    @property
    def is_walked(self) -> bool:
        """Whether a reload would lose anything besides `present`."""
        ...

    def open(self, draft: Draft) -> None:
        """Start from the draft of a link. Raises ExperimentError, and changes nothing, if the page can't take it."""
        ...

    def come_back(self, draft: Draft) -> None:
        """Return to a draft by undo or redo, else take it as another. Raises ExperimentError, and changes nothing, if the page can't."""
        ...


class Settings(Protocol):
    """What a page's address holds besides its draft."""

    def written(self) -> Query:
        """Return its parameters; empty if everything is as usual."""
        ...

    def take(self, query: Query, lacking_stay: bool) -> None:
        """Set them as an address has them. Raises ExperimentError, and changes nothing, if they can't be read.

        Args:
            lacking_stay: whether those that it lacks stay; else they become as usual.
        """
        ...


class NoSettings:
    """The settings of a page without any."""

    def written(self) -> Query:
        return {}

    def take(self, query: Query, lacking_stay: bool) -> None:
        pass


class Address:
    """Parameters of a page's address.

    Args:
        usual: the draft that needs no parameter.
        files: recorded inputs that the address carries if they are small.
        settings: what it holds besides.
    """

    def __init__(self, usual: Draft, files: Files = NO_FILES, settings: Settings | None = None) -> None:
        self.usual = usual
        self.settings: Settings = settings or NoSettings()
        self._files = files
        self._written: tuple[Draft, Query] | None = None
        self._recent: deque[Query] = deque(maxlen=MOST_RECENT)
        self._origin = 0

    def query(self, present: Draft) -> Query:
        """Return the parameters for a draft, none for the usual one. Repeated calls with the same draft encode it once."""
        if self._written is None or self._written[0] is not present:
            self._written = present, self._encoded(present)
        found = {**self._written[1], **self.settings.written()}
        if not self._recent or self._recent[-1] != found:
            self._recent.append(found)
        return found

    @property
    def is_set(self) -> bool:
        """Whether it holds anything besides the draft and its input."""
        return bool(self.settings.written())

    def is_recent(self, query: Query) -> bool:
        """Whether these are the latest parameters, or some just before, which a reload may still have."""
        return query in self._recent

    def takes_entry(self, origin: int) -> bool:
        """Return True, once, if a draft of that origin begins an entry of the browser's history. Edits replace the entry they are in."""
        begins, self._origin = origin > self._origin, max(origin, self._origin)
        return begins

    def _encoded(self, present: Draft) -> Query:
        given = present.input
        recorded = self._files.get(given.digest) if isinstance(given, FileSpikes) else None
        found = {
            DRAFT: "" if present == self.usual else to_parameter(present),
            INPUT: "" if recorded is None else input_to_parameter(recorded),
        }
        return {name: value for name, value in found.items() if value}


def read(query: Query, usual: Draft) -> tuple[Draft, Files]:
    """Return an address's draft, and the recorded input that the draft names, by its digest, if the address carries it.

    Raises:
        ExperimentError: the draft's parameter is cut off, altered or too large.
    """
    draft = from_parameter(query[DRAFT]) if query.get(DRAFT) else usual
    given = draft.input
    if not isinstance(given, FileSpikes):
        return draft, {}
    found = input_from_parameter(query.get(INPUT, ""), given)
    return draft, {} if found is None else {given.digest: found}
