"""Spikes behind averages: what values would be if average pools added, followed through one forward pass.

An average pool turns a spike into a fraction; the weights behind it still add once per spike. Followed is what is called, so it doesn't
matter whether a pool is a module or a function, how often it is used, or whether the model can be traced.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional
from torch.overrides import TorchFunctionMode, _get_current_function_mode_stack, _pop_mode, _push_mode
from torch.utils.weak import WeakTensorKeyDictionary

RENEWING = frozenset(
    (
        *("relu", "relu_", "clamp", "clamp_", "clamp_min", "clamp_min_", "linear", "matmul", "__matmul__", "mm", "bmm", "einsum"),
        *(f"{kind}{axes}d" for kind in ("conv", "conv_transpose") for axes in (1, 2, 3)),
    )
)
"""Functions whose answer is new spikes, or a current: nothing of it is an average of spikes."""


class WholeSpikes(TorchFunctionMode):
    """Follows the torch functions that its thread calls while it is entered.

    Attributes:
        paused: True while nothing is followed, as within the layers that answer spikes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.paused = False
        self._whole = WeakTensorKeyDictionary()

    def of(self, x: Tensor) -> Tensor:
        """Return what `x` would be if the average pools that it came through had added; `x` itself if there were none."""
        whole: Tensor = self._whole.get(x, x)
        return whole

    def end(self) -> None:
        """Stop following, wherever among this thread's modes it is; in another thread it stays, but does nothing."""
        self.paused = True
        if not any(mode is self for mode in _get_current_function_mode_stack()):
            return
        above = []
        while (mode := _pop_mode()) is not self:
            above.append(mode)
        for mode in reversed(above):
            _push_mode(mode)

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if self.paused or not (name in SUMS or name == "batch_norm" or self._is_behind_average((args, *kwargs.values()))):
            return func(*args, **kwargs)
        before = self._before(name, args)
        result = func(*args, **kwargs)
        if name in RENEWING:
            self._whole.pop(result, None)
        elif isinstance(result, (Tensor, tuple, list)):
            self._keep(result, self._answer(name, func, (*before, *args[len(before) :]), kwargs))
        return result

    def _before(self, name: str, args: Any) -> tuple[Tensor, ...]:
        """Return a copy of what is about to be changed in place."""
        is_in_place = name.startswith("__i") or (name.endswith("_") and not name.endswith("__"))
        return (self.of(args[0]).clone(),) if is_in_place else ()

    def _answer(self, name: str, func: Callable[..., Any], args: Any, kwargs: dict[str, Any]) -> Any:
        args, kwargs = self._whole_of(args), {key: self._whole_of(value) for key, value in kwargs.items()}
        if name == "batch_norm" or "dropout" in name:  # as many spikes come out as go in, on average
            return (*args, kwargs.get("input"))[0].clone()
        called: Callable[..., Any] = SUMS.get(name, func)
        return called(*args, **kwargs)

    def _whole_of(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return self.of(value)
        return [self._whole_of(part) for part in value] if type(value) in (tuple, list) else value

    def _is_behind_average(self, value: Any) -> bool:
        if isinstance(value, Tensor):
            return value in self._whole
        return isinstance(value, (tuple, list)) and any(map(self._is_behind_average, value))

    def _keep(self, result: Any, whole: Any) -> None:
        if isinstance(result, Tensor):
            self._whole[result] = whole
        elif isinstance(result, (tuple, list)):
            for part, of_part in zip(result, whole, strict=True):
                self._keep(part, of_part)


# ------------------------------------------------------------------------------------- average pools that add


def _added_1d(input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, *_: Any, **__: Any) -> Tensor:
    size, step, edge = (_first(value) for value in (kernel_size, stride or kernel_size, padding))
    added: Tensor = functional.avg_pool2d(input.unsqueeze(-2), (1, size), (1, step), (0, edge), ceil_mode, divisor_override=1)
    return added.squeeze(-2)


def _added(
    pool: Any, input: Tensor, kernel_size: Any, stride: Any = None, padding: Any = 0, ceil_mode: bool = False, *_: Any, **__: Any
) -> Tensor:
    added: Tensor = pool(input, kernel_size, stride or kernel_size, padding, ceil_mode, divisor_override=1)
    return added


def _added_adaptive(pool: Any, axes: int, input: Tensor, output_size: Any) -> Tensor:
    added: Tensor = pool(input, output_size)
    for axis in range(-axes, 0):
        before, after = input.shape[axis], added.shape[axis]
        windows = [-((place + 1) * before // -after) - place * before // after for place in range(after)]
        added = added * torch.tensor(windows, dtype=added.dtype, device=added.device).view(-1, *(1,) * (-axis - 1))
    return added


def _first(value: Any) -> int:
    return int(value) if isinstance(value, int) else int(value[0])


SUMS: dict[str, Callable[..., Tensor]] = {
    "mean": torch.sum,
    "avg_pool1d": _added_1d,
    "avg_pool2d": partial(_added, functional.avg_pool2d),
    "avg_pool3d": partial(_added, functional.avg_pool3d),
    **{f"adaptive_avg_pool{axes}d": partial(_added_adaptive, getattr(functional, f"adaptive_avg_pool{axes}d"), axes) for axes in (1, 2, 3)},
}
"""Functions that average, by name, and what adds instead, with the same arguments."""
