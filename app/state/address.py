"""A page's address: it holds the draft that the page edits, unless that is the usual one."""

from __future__ import annotations

from typing import Protocol

from app.server.link import to_parameter
from snncore.experiment.spec import Draft


class Addressed(Protocol):
    """The part of a page's model that its address needs."""

    @property
    def address(self) -> Address: ...

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


class Address:
    """Parameter of a page's address.

    Args:
        usual: the draft that needs no parameter.
    """

    def __init__(self, usual: Draft) -> None:
        self.usual = usual
        self._written: tuple[Draft, str] | None = None

    def parameter(self, present: Draft) -> str:
        """Return the draft as text, empty for the usual one. Repeated calls with the same draft encode it once."""
        if self._written is None or self._written[0] is not present:
            self._written = (present, "" if present == self.usual else to_parameter(present))
        return self._written[1]
