"""When the compiled loops are there: loading them in the background, waiting for them, and doing without."""

from __future__ import annotations

import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType

_lock = threading.Lock()
_loader: threading.Thread | None = None
_loops: ModuleType | None = None
_disabled = 0


def prepare() -> None:
    """Returns when the loops can be used. The first time on a machine compiles them, which takes some seconds.

    Raises:
        RuntimeError: they can't be compiled here.
    """
    _start().join()
    if _loops is None:
        raise RuntimeError("The compiled time loops could not be loaded; the warning given then says why. The scan serves instead.")


@contextmanager
def disabled() -> Iterator[None]:
    """Within, in all threads, layers use the scan."""
    global _disabled
    with _lock:
        _disabled += 1
    try:
        yield
    finally:
        with _lock:
            _disabled -= 1


def loops() -> ModuleType | None:
    """`snncore.kernels.loops` if it is loaded and not disabled; the first call begins to load it."""
    if _disabled:
        return None
    if _loops is None:
        _start()
    return _loops


def _start() -> threading.Thread:
    global _loader
    with _lock:
        if _loader is None:
            # Not a daemon: the interpreter must not end beneath the compiler.
            _loader = threading.Thread(target=_load, name="snncore-kernels")
            _loader.start()
        return _loader


def _load() -> None:
    global _loops
    try:
        from snncore.kernels import loops
    except Exception as error:  # whatever Numba, LLVM or a read-only disk come up with, the scan still computes
        warnings.warn(f"snncore computes without its compiled time loops, more slowly: {error}", RuntimeWarning, stacklevel=2)
    else:
        _loops = loops
