"""The record of a training: the numbers of all its epochs, and within a number of bytes what the layers did, evenly spread."""

from __future__ import annotations

from collections.abc import Iterable

from snncore.run.bptt import EpochRecord


class EpochLog:
    """Attributes:
    records: one per epoch so far, in order. Where what all layers did in all epochs would take more than `most_bytes`, it is kept of every
        `stride`-th epoch and the last one; of the others, the numbers.
    """

    def __init__(self, most_bytes: int, records: Iterable[EpochRecord] = ()) -> None:
        self.records: list[EpochRecord] = []
        self.stride = 1
        self._most_bytes = most_bytes
        self._bytes = 0
        for record in records:
            self.add(record)

    def add(self, record: EpochRecord) -> None:
        """Adds the next epoch, and reduces others to their numbers so that the whole ones stay within their bytes."""
        self.records.append(record)
        self._bytes += record.nbytes
        self._reduce(len(self.records) - 2)
        while self._bytes > self._most_bytes and self.stride < len(self.records):
            self.stride *= 2
            for place in range(len(self.records) - 1):
                self._reduce(place)

    def whole_at(self, epoch: int) -> EpochRecord:
        """The whole record of an epoch, or of the nearest one before that has one."""
        return next(record for record in reversed(self.records[: epoch + 1]) if record.is_whole)

    def _reduce(self, place: int) -> None:
        if place > 0 and place % self.stride and self.records[place].is_whole:
            self._bytes -= self.records[place].nbytes
            self.records[place] = self.records[place].reduced()
