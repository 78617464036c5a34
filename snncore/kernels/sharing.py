"""Work on (samples, steps, neurons) split among threads. No arithmetic.

The threads are Python's, for loops that release the interpreter lock, not Numba's: its default threading layer aborts the
process when two callers meet.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import NamedTuple, TypeVar

import torch

LEAST_SHARE = 2**18
"""Values (samples × steps × neurons) below which a second thread costs more than it saves."""

VECTOR = 16
"""Neurons are split in multiples of this number of float32 values, one vector and one cache line."""


Share = TypeVar("Share")
Result = TypeVar("Result")


class Part(NamedTuple):
    """Ranges of samples and neurons, each without its end. Steps depend on each other and aren't split."""

    first_sample: int
    end_sample: int
    first_neuron: int
    end_neuron: int


def shares(samples: int, steps: int, neurons: int, *, work: int = 1, only_samples: bool = False) -> list[Part]:
    """Return independent parts of (samples, steps, neurons), at most one for each of torch's threads.

    Args:
        work: how many times as long a value takes as one that depends on its own neuron alone.
        only_samples: neurons depend on each other, and aren't split.
    """
    count = samples * steps * neurons * work // LEAST_SHARE
    if count > 1:
        count = min(count, torch.get_num_threads(), samples if only_samples else count)
    if count <= 1:
        return [Part(0, samples, 0, neurons)]
    if samples >= count:
        return [Part(first, end, 0, neurons) for first, end in _ranges(samples, -(-samples // count))]
    width = -(-neurons // (count * VECTOR)) * VECTOR
    return [Part(0, samples, first, end) for first, end in _ranges(neurons, width)]


def run(work: Callable[[Share], Result], parts: list[Share]) -> list[Result]:
    """Return the results of `work` for every part.

    The first part is computed in this thread, the others in parallel. An interrupt may end the call while a thread still works, so `work`
    has to keep the arrays that it writes into alive.
    """
    if len(parts) == 1:
        return [work(parts[0])]
    beside, here = [], parts[:1]
    try:
        for part in parts[1:]:
            try:
                beside.append(_workers().submit(work, part))
            except RuntimeError:  # the interpreter is about to exit and takes no more work
                here.append(part)
        done = [work(part) for part in here]
    finally:
        wait(beside)
    return [*done, *(future.result() for future in beside)]


def _ranges(length: int, width: int) -> list[tuple[int, int]]:
    return [(k, min(k + width, length)) for k in range(0, length, width)]


_pool: ThreadPoolExecutor | None = None


def _workers() -> ThreadPoolExecutor:
    global _pool
    if _pool is None:
        _pool = ThreadPoolExecutor(os.cpu_count(), thread_name_prefix="snncore")
    return _pool


def _forget_workers() -> None:
    global _pool
    _pool = None


if hasattr(os, "register_at_fork"):
    # A forked process has the pool, but none of its threads.
    os.register_at_fork(after_in_child=_forget_workers)
