"""Undo and redo of drafts, step by step."""

from __future__ import annotations

from snncore.experiment.spec import Draft

LONGEST = 200
"""Most steps kept; the oldest go first."""


class History:
    """Line of drafts and a place in it; `present` is the draft there."""

    def __init__(self, first: Draft) -> None:
        self._drafts = [first]
        self._place = 0

    @property
    def present(self) -> Draft:
        return self._drafts[self._place]

    @property
    def before(self) -> Draft:
        """The draft before the present one; the present one if it is the first."""
        return self._drafts[max(self._place - 1, 0)]

    @property
    def can_undo(self) -> bool:
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        return self._place < len(self._drafts) - 1

    def add(self, draft: Draft) -> None:
        """Add a draft after the present one, and drop all undone ones."""
        if draft == self.present:
            return
        self._drafts = [*self._drafts[: self._place + 1], draft][-LONGEST:]
        self._place = len(self._drafts) - 1

    def undo(self) -> Draft:
        """Go one step back, if there is one. Return the present draft."""
        self._place = max(self._place - 1, 0)
        return self.present

    def redo(self) -> Draft:
        """Go one step forward, if there is one. Return the present draft."""
        self._place = min(self._place + 1, len(self._drafts) - 1)
        return self.present
