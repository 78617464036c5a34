"""Times contestants in turn, so that a slow moment of the machine meets them all."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence


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
