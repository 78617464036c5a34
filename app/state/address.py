"""What a page's address holds: the draft that the page edits, unless it is the one that every visitor finds."""

from __future__ import annotations

from typing import Protocol

from app.server.link import to_parameter
from snncore.experiment.spec import Draft


class Addressed(Protocol):
    """A page's model, as far as its address is concerned."""

    @property
    def address(self) -> Address: ...

    @property
    def present(self) -> Draft:
        """What the page edits."""
        ...

    @property
    def is_walked(self) -> bool:
        """Whether a reload would lose something besides `present`."""
        ...

    def open(self, draft: Draft) -> None:
        """Begin with the draft of a link. Raises ExperimentError, and changes nothing, where that can't be."""
        ...


class Address:
    """The parameter of a page's address.

    Args:
        usual: the draft that needs none.
    """

    def __init__(self, usual: Draft) -> None:
        self.usual = usual
        self._written: tuple[Draft, str] | None = None

    def parameter(self, present: Draft) -> str:
        """The draft as text; empty for the usual one. The same draft is written once."""
        if self._written is None or self._written[0] is not present:
            self._written = (present, "" if present == self.usual else to_parameter(present))
        return self._written[1]
