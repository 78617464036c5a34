"""Undo and redo of drafts, step by step."""

from __future__ import annotations

from snncore.experiment.spec import Draft

LONGEST = 200
"""Most steps kept; the oldest go first."""


class History:
    """Line of drafts and a place in it; `present` is the draft there.

    Attributes:
        origin: number of the preset, lesson or neuron that the present draft was made from; 0 for the first draft.
    """

    def __init__(self, first: Draft) -> None:
        self._steps = [(first, 0)]
        self._place = 0
        self._last_origin = 0

    @property
    def present(self) -> Draft:
        return self._steps[self._place][0]

    @property
    def origin(self) -> int:
        return self._steps[self._place][1]

    @property
    def before(self) -> Draft:
        """The draft before the present one; the present one if it is the first."""
        return self._steps[max(self._place - 1, 0)][0]

    @property
    def after(self) -> Draft:
        """The draft that redo leads to; the present one if it is the last."""
        return self._steps[min(self._place + 1, len(self._steps) - 1)][0]

    @property
    def can_undo(self) -> bool:
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        return self._place < len(self._steps) - 1

    def add(self, draft: Draft) -> None:
        """Add a draft after the present one, and drop all undone ones."""
        if draft != self.present:
            self._add(draft, self.origin)

    def begin(self, draft: Draft) -> None:
        """Add a draft that isn't an edit of the present one, with an origin of its own."""
        if draft != self.present:
            self._last_origin += 1
            self._add(draft, self._last_origin)

    def amend(self, draft: Draft) -> None:
        """Put a draft in place of the present one."""
        self._steps[self._place] = draft, self.origin

    def undo(self) -> Draft:
        """Go one step back, if there is one. Return the present draft."""
        return self.walk(-1)

    def redo(self) -> Draft:
        """Go one step forward, if there is one. Return the present draft."""
        return self.walk(1)

    def walk(self, steps: int) -> Draft:
        """Go some steps forward, or back if negative, stopping at either end. Return the present draft."""
        self._place = min(max(self._place + steps, 0), len(self._steps) - 1)
        return self.present

    def steps_to(self, draft: Draft) -> int | None:
        """Number of steps to the nearest equal draft, negative for steps back; None if there is none."""
        found = [place - self._place for place, (kept, _) in enumerate(self._steps) if kept == draft]
        return min(found, key=abs, default=None)

    def _add(self, draft: Draft, origin: int) -> None:
        self._steps = [*self._steps[: self._place + 1], (draft, origin)][-LONGEST:]
        self._place = len(self._steps) - 1
