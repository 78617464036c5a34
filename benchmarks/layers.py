"""LIF with τ_mem = 10 against JAX, Sinabs, SpikingJelly, Norse and snnTorch: forward, forward and backward, and memory; LIFRecurrent and
ALIFRecurrent against JAX and Sinabs; and how far from the time that reading and writing the same arrays takes.

`python -m benchmarks.layers` prints medians of one run in which all take turns, on two threads.
"""

from __future__ import annotations

import math
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from unittest import mock

import numba
import numpy as np
import torch
from torch import Tensor

from benchmarks.jax_peer import JaxLayer, as_jax
from benchmarks.peers import Contestant, contestants, recurrent_contestants
from benchmarks.timing import medians
from snncore import kernels
from snncore.kernels import call, memory, sharing
from snncore.layers import LIF

SHAPES = [(1, 100, 64), (8, 100, 512), (32, 100, 1024), (4, 1000, 1024)]
"""(batch, time, neurons)"""

RECURRENT_SHAPES = [(1, 100, 64), (8, 100, 128), (32, 100, 512), (4, 500, 128)]
"""(batch, time, neurons), each neuron connected to all."""

BEYOND_CACHE = (64, 100, 8192)
"""Arrays of 210 MB."""

MEMORY_SHAPE = (32, 100, 4096)
"""Arrays of 52 MB."""

RECURRENT_MEMORY_SHAPE = (64, 1000, 128)
"""Arrays of 33 MB, beside 64 kB of weights."""


def main() -> None:
    torch.set_num_threads(2)
    kernels.prepare()
    peers = contestants()
    print("LIF(tau_mem=10), float32, 2 threads; median milliseconds, and how many times as long the others take")
    for name, task, of_jax in TASKS:
        _print_head(name, [peer.name for peer in peers])
        for shape in SHAPES:
            runs = [partial(task, peer, *_data(shape, peer)) for peer in peers]
            _print_row(shape, medians([*runs, _jax_run(JaxLayer(), of_jax, shape)]))
    print("\nThe same with recurrent connections, each a Linear with bias")
    for name, task, of_jax in TASKS:
        _print_head(name, [peer.name for peer in recurrent_contestants(1)])
        for shape in RECURRENT_SHAPES:
            runs = [partial(task, peer, *_data(shape, peer)) for peer in recurrent_contestants(shape[2])]
            _print_row(shape, medians([*runs, _jax_run(JaxLayer(shape[2]), of_jax, shape)]))
    _print_floor()
    _print_memory("plain", MEMORY_SHAPE)
    _print_memory("recurrent", RECURRENT_MEMORY_SHAPE)


def _print_head(name: str, names: list[str]) -> None:
    print(f"\n{name:22}" + "".join(f"{name:>21}" for name in (*names, "JAX, jitted")))


def _print_row(shape: tuple[int, ...], taken: list[float]) -> None:
    cells = [f"{1e3 * taken[0]:21.3f}", *(f"{1e3 * seconds:12.3f} {f'({seconds / taken[0]:.1f}x)':>8}" for seconds in taken[1:])]
    print(f"{shape!s:22}" + "".join(cells), flush=True)


def _jax_run(layer: JaxLayer, task: Callable[..., None], shape: tuple[int, ...]) -> Callable[[], None]:
    z, grad = (as_jax(values).swapaxes(0, 1).copy() for values in _data(shape, None))
    return partial(task, layer, z, grad)


def _data(shape: tuple[int, ...], peer: Contestant | None) -> tuple[Tensor, Tensor]:
    """Input and gradient of the output, in the peer's order of axes, batch first without one."""
    generator = torch.Generator().manual_seed(0)
    z, grad = 2 * torch.randn(shape, generator=generator) + 0.5, torch.randn(shape, generator=generator)
    if peer is not None and peer.time_first:
        z, grad = z.transpose(0, 1).contiguous(), grad.transpose(0, 1).contiguous()
    return z.requires_grad_(), grad


def _forward(peer: Contestant, z: Tensor, grad: Tensor) -> None:
    with torch.no_grad():
        peer.run(z)


def _forward_backward(peer: Contestant, z: Tensor, grad: Tensor) -> None:
    peer.run(z).backward(grad)
    z.grad = None


TASKS = (
    ("forward", _forward, lambda layer, z, grad: layer.forward(z)),
    ("forward and backward", _forward_backward, JaxLayer.forward_backward),
)


# ------------------------------------------------------------------------------------------------ read-write floor


@numba.njit(nogil=True, error_model="numpy")
def _read_one_write_two(z, s, u, part):  # type: ignore[no-untyped-def]
    first_sample, end_sample, first, end = part
    for b in range(first_sample, end_sample):
        for t in range(z.shape[1]):
            for n in range(first, end):
                s[b, t, n] = u[b, t, n] = z[b, t, n]


@numba.njit(nogil=True, error_model="numpy")
def _read_three_write_one(z, u, grad, grad_z, part):  # type: ignore[no-untyped-def]
    first_sample, end_sample, first, end = part
    for b in range(first_sample, end_sample):
        for t in range(z.shape[1] - 1, -1, -1):
            for n in range(first, end):
                grad_z[b, t, n] = z[b, t, n] + u[b, t, n] + grad[b, t, n]


def _print_floor() -> None:
    """The loops on memory that has been touched, beside loops that read and write arrays of the same number and size and do no more."""
    parts = sharing.shares(*BEYOND_CACHE)
    z, s, u, grad, grad_z = (np.ones(BEYOND_CACHE, np.float32) for _ in range(5))
    layer, data = LIF(10.0), torch.from_numpy(z).requires_grad_()
    loop_times: list[float] = []

    def timed_run(work: Callable[..., bool], parts: list[sharing.Part]) -> list[bool]:
        start = time.perf_counter()
        finite = sharing.run(work, parts)
        loop_times.append(time.perf_counter() - start)
        return finite

    def step() -> None:
        layer.reset_states()
        layer.zero_grad()
        layer(data).backward(torch.from_numpy(grad))
        data.grad = None

    with mock.patch.object(memory, "LARGEST_RESERVE", 2**32), mock.patch.object(call, "run", timed_run):
        _, forward_floor, backward_floor = medians(
            [
                step,
                lambda: sharing.run(lambda part: _read_one_write_two(z, s, u, tuple(part)), parts),
                lambda: sharing.run(lambda part: _read_three_write_one(z, u, grad, grad_z, tuple(part)), parts),
            ],
            rounds=7,
        )
    print(f"\nThe loops at {BEYOND_CACHE}, beside loops that only read and write the same arrays; milliseconds")
    for name, loop, floor in (("forward", loop_times[2::2], forward_floor), ("backward", loop_times[3::2], backward_floor)):
        taken = statistics.median(loop)
        print(f"{name:10}{1e3 * taken:7.1f} {1e3 * floor:7.1f}  ({taken / floor:.2f}x)", flush=True)


# ---------------------------------------------------------------------------------------------------------- memory


def _layers_of(kind: str, neurons: int) -> list[Contestant]:
    return recurrent_contestants(neurons) if kind == "recurrent" else contestants()


def _print_memory(kind: str, shape: tuple[int, ...]) -> None:
    size = 4 * math.prod(shape) / 2**20
    print(
        f"\nPeak memory of a training step of {kind} layers at {shape}, in arrays of that size ({size:.0f} MB), beside input and gradient"
    )
    for name in (peer.name for peer in _layers_of(kind, 1)):
        command = [sys.executable, "-m", "benchmarks.layers", "--memory", kind, name, *map(str, shape)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        print(f"{name:14}{float(done.stdout.split()[-1]) / size:6.1f}", flush=True)


def _peak_of(kind: str, name: str, shape: tuple[int, ...]) -> float:
    """MB by which one step raises the most that this process ever held; the first, small step loads what is loaded once."""
    torch.set_num_threads(2)
    kernels.prepare()
    peer = next(peer for peer in _layers_of(kind, shape[2]) if peer.name == name)
    _forward_backward(peer, *_data((1, 10, shape[2]), peer))
    z, grad = _data(shape, peer)
    before = _resident()
    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew
    peer.run(z).backward(grad)
    return _resident("VmHWM") - before


def _resident(which: str = "VmRSS") -> float:
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(which))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        print(_peak_of(*sys.argv[2:4], tuple(map(int, sys.argv[4:]))))
    else:
        main()
