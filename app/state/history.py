"""What was composed, step by step, to be undone and redone."""

from __future__ import annotations

from snncore.experiment.spec import Draft

LONGEST = 200
"""Steps that are kept; the oldest go first."""


class History:
    """A line of drafts and a place in it. `present` is the draft there."""

    def __init__(self, first: Draft) -> None:
        self._drafts = [first]
        self._place = 0

    @property
    def present(self) -> Draft:
        return self._drafts[self._place]

    @property
    def before(self) -> Draft:
        """The draft that the last edit was made on; the present one where there is none before."""
        return self._drafts[max(self._place - 1, 0)]

    @property
    def can_undo(self) -> bool:
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        return self._place < len(self._drafts) - 1

    def add(self, draft: Draft) -> None:
        """Goes on from the present one; what was undone is gone."""
        if draft == self.present:
            return
        self._drafts = [*self._drafts[: self._place + 1], draft][-LONGEST:]
        self._place = len(self._drafts) - 1

    def undo(self) -> Draft:
        """One step back, if there is one. Returns the present draft."""
        self._place = max(self._place - 1, 0)
        return self.present

    def redo(self) -> Draft:
        """One step forward again, if there is one. Returns the present draft."""
        self._place = min(self._place + 1, len(self._drafts) - 1)
        return self.present
