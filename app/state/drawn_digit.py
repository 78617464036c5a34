"""A digit that the visitor draws, as the network gets it."""

from __future__ import annotations

from dataclasses import dataclass

from app.state.recognition import Look, Recognition
from snncore.arrays import Array
from snncore.errors import InputError
from snncore.experiment.data.digits import Ink, digit_of_ink, ink_of_digit


@dataclass
class DrawnDigit:
    """Attributes:
    ink: of the drawing; None if there is none.
    values: the drawing as the network gets it, (8, 8) in [0, 1]; None if there is none.
    complaint: what is wrong with the drawing, as a sentence; empty if nothing is.
    base: ink of the digit that was taken last to be drawn on, and how many were taken.
    """

    ink: Ink | None = None
    values: Array | None = None
    complaint: str = ""
    base: tuple[int, Ink | None] = (0, None)

    def draw(self, ink: Ink, recognition: Recognition) -> None:
        """Take a drawing, and show its spikes; those shown before stay if it is empty."""
        try:
            self.ink, self.values, self.complaint = ink, digit_of_ink(ink), ""
        except InputError as error:
            self.ink, self.values, self.complaint = None, None, str(error)
            return
        recognition.bring(self.values)

    def take(self, look: Look, recognition: Recognition) -> None:
        """Take the test digit that was picked last, to draw on it."""
        number, _ = self.base
        digits = look.answerer.halves.test.values
        self.base = number + 1, ink_of_digit(digits[min(recognition.sample, len(digits) - 1)].numpy())
