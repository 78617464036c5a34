"""Record of a training: numbers of every epoch, and layer activity of evenly spaced epochs, within a byte limit."""

from __future__ import annotations

from collections.abc import Iterable

from snncore.run.bptt import EpochRecord
from snncore.run.course import Course


class EpochLog:
    """Attributes:
    records: one per epoch so far, in order. If the activity of all layers would take more than `most_bytes`, it is kept for every
        `stride`-th epoch and the last one only; the others keep their numbers.
    course: numbers of all of them.
    """

    def __init__(self, most_bytes: int, records: Iterable[EpochRecord] = ()) -> None:
        self.records: list[EpochRecord] = []
        self.course = Course()
        self.stride = 1
        self._most_bytes = most_bytes
        self._bytes = 0
        for record in records:
            self.add(record)

    def add(self, record: EpochRecord) -> None:
        """Add the next epoch, and reduce others to their numbers to keep the whole ones within the byte limit."""
        self.course.add(record)
        self.records.append(record)
        self._bytes += record.nbytes
        self._reduce(len(self.records) - 2)
        while self._bytes > self._most_bytes and self.stride < len(self.records):
            self.stride *= 2
            for place in range(len(self.records) - 1):
                self._reduce(place)

    def whole_at(self, epoch: int) -> EpochRecord:
        """Return the whole record of an epoch, or of the nearest earlier one that has one."""
        return next(record for record in reversed(self.records[: epoch + 1]) if record.is_whole)

    def _reduce(self, place: int) -> None:
        if place > 0 and place % self.stride and self.records[place].is_whole:
            self._bytes -= self.records[place].nbytes
            self.records[place] = self.records[place].reduced()
