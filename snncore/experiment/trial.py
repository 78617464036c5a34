"""Trials of a kind when it registers: what it returns, and whether it draws random numbers that no seed of an Experiment decides."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from typing import TypeVar

import numpy as np
import torch
from torch import Tensor

from snncore.errors import RegistrationError

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


def in_type(given: object) -> str:
    """Return what a message calls a value: "float32 (2, 3)" for a tensor, the name of its type for anything else."""
    if isinstance(given, Tensor):
        return f"{str(given.dtype).removeprefix('torch.')} {tuple(given.shape)}"
    return f"an array, {given.dtype} {given.shape}" if isinstance(given, np.ndarray) else type(given).__name__


def try_seeds(name: str, method: str, make: Callable[[torch.Generator], Tensor], says_random: bool) -> None:
    """Make values with two equal seeds and another one.

    Args:
        name: the kind's class, for messages.
        method: its method that `make` calls, for messages.
        says_random: what its `is_random` says.

    Raises:
        RegistrationError: they aren't finite, depend on something else than the seed, or aren't random exactly if it says so.
    """
    values, draws = [], False
    for seed in (0, 0, 1):
        generator = torch.Generator().manual_seed(seed)
        before = generator.get_state()
        given, drawn_from = tried(partial(make, generator))
        draws = draws or not torch.equal(before, generator.get_state())
        if drawn_from:
            raise RegistrationError(
                f"{name}: its {method} draws random numbers of {drawn_from}, which no seed decides; use the generator given."
            )
        if not given.isfinite().all():
            raise RegistrationError(f"{name}: its {method} returns values that aren't finite; correct {method}.")
        values.append(given)
    first, again, other = values
    if not torch.equal(first, again):
        raise RegistrationError(f"{name}: its {method} returns other values for the same seed; draw all from the generator given.")
    differs = not torch.equal(first, other)
    if differs is not says_random and not (says_random and draws):  # what it drew may be too rare to be seen in so few values
        does = "the same values" if says_random else "other values"
        raise RegistrationError(
            f"{name}: its {method} returns {does} for another seed, but is_random says {says_random}; correct is_random."
        )
