"""Times contestants in turn, so that a slow moment of the machine meets them all; percentiles, and who used the processors."""

from __future__ import annotations

import gc
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path


def medians(contestants: Sequence[Callable[[], object]], rounds: int = 15, budget: float = 20.0) -> list[float]:
    """Median seconds of each, after one round that warms up. Stops after `budget` seconds once three rounds are done."""
    times: list[list[float]] = [[] for _ in contestants]
    begin = time.perf_counter()
    gc.collect()
    for turn in range(1 + rounds):
        if turn > 3 and time.perf_counter() - begin > budget:
            break
        for run, taken in zip(contestants, times, strict=True):
            start = time.perf_counter()
            run()
            if turn:
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def percentile(values: Sequence[float], percent: int) -> float:
    """Of at least two values."""
    return statistics.quantiles(values, n=100)[percent - 1]


@dataclass(frozen=True)
class ProcessorTime:
    """Seconds that a process and the whole machine computed, of so many that the processors were there; all 0 where there is no /proc."""

    of_process: float = 0.0
    of_machine: float = 0.0
    there: float = 0.0

    @classmethod
    def now(cls, pid: int) -> ProcessorTime:
        if not Path("/proc/stat").exists():
            return cls()
        tick = os.sysconf("SC_CLK_TCK")
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        user, system = (int(fields[place]) for place in (11, 12))  # utime and stime, counted from the state
        machine = [int(ticks) for ticks in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
        idle = machine[3] + machine[4]
        return cls((user + system) / tick, (sum(machine) - idle) / tick, sum(machine) / tick)

    def __add__(self, other: ProcessorTime) -> ProcessorTime:
        return self._with(other, lambda one, two: one + two)

    def __sub__(self, other: ProcessorTime) -> ProcessorTime:
        return self._with(other, lambda one, two: one - two)

    def _with(self, other: ProcessorTime, combine: Callable[[float, float], float]) -> ProcessorTime:
        return ProcessorTime(
            combine(self.of_process, other.of_process), combine(self.of_machine, other.of_machine), combine(self.there, other.there)
        )

    def __str__(self) -> str:
        if not self.there:
            return "processor time is not known here"
        server, machine = self.of_process / self.there, self.of_machine / self.there
        return f"of {os.cpu_count()} processors the server used {server:.0%}, all else {machine - server:.0%}"
