"""How long LIF(tau_mem=10) takes with the fused loops, by the scan, and in Sinabs, forward and with the gradient.

`python -m benchmarks.layers` prints medians, each round timing all three in turn, and how many times as long the others take.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import sinabs.layers
import torch
from torch import Tensor

from snncore import kernels
from snncore.layers import LIF

SHAPES = [(1, 100, 64), (8, 100, 512), (32, 100, 1024), (4, 1000, 1024)]
"""(batch, time, neurons)"""

ROUNDS = 15
BUDGET = 12.0
"""Seconds after which a measurement ends, if three rounds are done."""


def main() -> None:
    kernels.prepare()
    print(f"LIF(tau_mem=10), float32, {torch.get_num_threads()} threads; median milliseconds")
    print(f"{'(batch, time, neurons)':24}{'':18}{'fused':>9}{'scan':>9}{'Sinabs':>9}{'scan':>11}{'Sinabs':>9}")
    for shape in SHAPES:
        z = 2 * torch.randn(shape, generator=torch.Generator().manual_seed(0)) + 0.5
        for name, task in (("forward", _forward), ("forward, backward", _forward_backward)):
            fused, scan, sinabs_ = _medians(task, z)
            print(
                f"{shape!s:24}{name:18}{1e3 * fused:9.2f}{1e3 * scan:9.2f}{1e3 * sinabs_:9.2f}{scan / fused:10.1f}x{sinabs_ / fused:8.1f}x",
                flush=True,
            )


def _medians(task: Callable[[torch.nn.Module, Tensor], None], z: Tensor) -> list[float]:
    ours, theirs = LIF(10.0), sinabs.layers.LIF(10.0)

    def by_scan() -> None:
        with kernels.disabled():
            task(ours, z)

    contestants: list[Callable[[], None]] = [lambda: task(ours, z), by_scan, lambda: task(theirs, z)]
    times: list[list[float]] = [[] for _ in contestants]
    begin = time.perf_counter()
    for turn in range(1 + ROUNDS):
        if turn > 3 and time.perf_counter() - begin > BUDGET:
            break
        for run, taken in zip(contestants, times, strict=True):
            start = time.perf_counter()
            run()
            if turn:  # the first warms up
                taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]


def _forward(layer: torch.nn.Module, z: Tensor) -> None:
    layer.reset_states()
    with torch.no_grad():
        layer(z)


def _forward_backward(layer: torch.nn.Module, z: Tensor) -> None:
    layer.reset_states()
    layer.zero_grad()
    layer(z.requires_grad_()).sum().backward()
    z.grad = None


if __name__ == "__main__":
    main()
