"""Trials of a kind when it registers: what it returns, and whether it draws random numbers that no seed of an Experiment decides."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar

import numpy as np
import torch

T = TypeVar("T")


def tried(call: Callable[[], T]) -> tuple[T, str | None]:
    """Return what `call` returns, and whose global random numbers it drew: "torch", "NumPy", "Python" or None.

    The generators are left as they were.
    """
    of_numpy = np.random.get_state(legacy=False)  # noqa: NPY002  # the global generator itself is asked about
    of_torch, of_python = torch.get_rng_state(), random.getstate()
    try:
        result = call()
        if not torch.equal(of_torch, torch.get_rng_state()):
            return result, "torch"
        if str(of_numpy) != str(np.random.get_state(legacy=False)):  # noqa: NPY002
            return result, "NumPy"
        return result, None if of_python == random.getstate() else "Python"
    finally:
        torch.set_rng_state(of_torch)
        np.random.set_state(of_numpy)  # noqa: NPY002
        random.setstate(of_python)
