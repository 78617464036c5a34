"""Arrays with reused memory: the first touch of fresh megabytes takes longer than the loops need to fill them.

An array's memory returns when the last tensor or array on it is gone, and waits for an array of the same size, up to a limit.
"""

from __future__ import annotations

import math
import mmap
import os
import threading
import weakref
from collections import deque

import numpy as np
import torch
from numpy.typing import NDArray

SMALLEST = 2**18
"""Bytes below which torch allocates the memory, which it has at hand."""

LARGEST_RESERVE = 2**28
"""Most bytes that may wait for reuse, in the whole process."""

HUGE_PAGE = 2**21

PRIVATE = {"flags": mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS} if hasattr(mmap, "MAP_PRIVATE") else {}
"""A forked process must not write into its parent's arrays."""

CPU = torch.device("cpu")

_lock = threading.RLock()
"""Reentrant, since the garbage collector may give memory back while the same thread takes some."""
_reserve: deque[mmap.mmap] = deque()
"""Unused memory, most recently used at the right."""


class _Leased(np.ndarray):
    """An array whose end can be observed; views of it keep it alive."""


def empty(shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Return a float32 array with arbitrary contents."""
    size = 4 * math.prod(shape)
    if size < SMALLEST:
        values: NDArray[np.float32] = torch.empty(shape, dtype=torch.float32, device="cpu").numpy()
        return values
    memory = _take(size)
    leased = _Leased(shape, np.float32, buffer=memory)
    weakref.finalize(leased, _give_back, memory).atexit = False
    return leased


def _take(size: int) -> mmap.mmap:
    with _lock:
        memory = next((memory for memory in reversed(list(_reserve)) if len(memory) == size), None)
        if memory is not None:
            _reserve.remove(memory)
            return memory
    memory = mmap.mmap(-1, size, **PRIVATE)
    if size >= HUGE_PAGE and hasattr(mmap, "MADV_HUGEPAGE"):
        memory.madvise(mmap.MADV_HUGEPAGE)
    return memory


def _renew_lock() -> None:
    global _lock
    _lock = threading.RLock()


if hasattr(os, "register_at_fork"):
    # A forked process inherits the lock's state, but not the thread that would release it.
    os.register_at_fork(after_in_child=_renew_lock)


def _give_back(memory: mmap.mmap) -> None:
    dropped = []
    with _lock:
        _reserve.append(memory)
        waiting = sum(map(len, _reserve))
        while waiting > LARGEST_RESERVE:
            dropped.append(_reserve.popleft())
            waiting -= len(dropped[-1])


_of_thread = threading.local()

LARGEST_SCRATCH = 2**18
"""Most values of scratch space that a thread keeps."""


def scratch(count: int) -> int:
    """Return the address of `count` float32 values of scratch space. A thread has one such space, until it asks again."""
    kept: torch.Tensor | None = getattr(_of_thread, "scratch", None)
    if kept is None or not count <= kept.numel() <= max(count, LARGEST_SCRATCH):
        kept = _of_thread.scratch = torch.empty(count, dtype=torch.float32, device=CPU)
    return kept.data_ptr()


# torch shares out the work on larger arrays among threads of its own, which then wait in a loop and keep a processor from the threads of
# `sharing`. NumPy computes in this thread.


def zeros(shape: tuple[int, ...]) -> torch.Tensor:
    return torch.from_numpy(np.zeros(shape, np.float32))


def copied(x: torch.Tensor) -> torch.Tensor:
    """Return a contiguous copy."""
    if x.numel() < SMALLEST // 4:
        return x.detach().clone(memory_format=torch.contiguous_format)
    return torch.from_numpy(np.array(x.detach().numpy(), order="C"))


def summed(x: torch.Tensor) -> torch.Tensor:
    """Return the sum over the first axis, in the memory of its first entry."""
    values = x.numpy()
    for more in values[1:]:
        np.add(values[0], more, out=values[0])
    return x[0]
