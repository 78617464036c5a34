"""How the time of LIF forward and backward grows with the time steps and with the neurons, and how soon a fresh process is at speed.

`python -m benchmarks.scaling` prints the time per value; where it stays the same, time is linear.
"""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import torch

from benchmarks.timing import medians
from snncore import kernels
from snncore.layers import LIF

STEPS = (100, 300, 1000, 3000, 10_000)
"""At batch 4 and 256 neurons."""

NEURONS = (64, 256, 1024, 4096, 16_384, 65_536)
"""At batch 4 and 100 steps."""

FIRST_CALL = """
import time, torch
from snncore.layers import LIF, LIFRecurrent
z = torch.rand(1, 100, 64, requires_grad=True)
linear = torch.nn.Linear(64, 64)
linear(2 * z).sum().backward()  # what torch itself loads at its first backward pass
def run():
    start = time.perf_counter()
    layer = {layer}
    layer(z).sum().backward()
    return time.perf_counter() - start
print(run() - min(run() for _ in range(5)))
"""
"""Prints the seconds by which a first layer and its first call take longer than the next ones."""

FIRST_LAYERS = {"LIF": "LIF(10.0)", "LIFRecurrent": "LIFRecurrent(10.0, rec_connect=linear)"}


def main() -> None:
    torch.set_num_threads(2)
    kernels.prepare()
    print("LIF(tau_mem=10), float32, 2 threads, forward and backward")
    for name, shapes in (("time steps", [(4, steps, 256) for steps in STEPS]), ("neurons", [(4, 100, neurons) for neurons in NEURONS])):
        print(f"\n{name:>12}{'ms':>10}{'ns per value':>15}")
        for shape, seconds in zip(shapes, medians([partial(_step, *_made(shape)) for shape in shapes]), strict=True):
            length = shape[1] if name == "time steps" else shape[2]
            print(f"{length:12,}{1e3 * seconds:10.2f}{1e9 * seconds / torch.Size(shape).numel():15.2f}")
    print("\nIn a fresh process, compiled before, the first layer and its first call take longer than later ones by")
    for name, layer in FIRST_LAYERS.items():
        command = [sys.executable, "-c", FIRST_CALL.format(layer=layer)]
        added = sorted(float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(5))
        print(f"{name:>12}{1e3 * added[2]:10.0f} ms")


def _made(shape: tuple[int, ...]) -> tuple[LIF, torch.Tensor, torch.Tensor]:
    return LIF(10.0), (2 * torch.randn(shape) + 0.5).requires_grad_(), torch.randn(shape)


def _step(layer: LIF, z: torch.Tensor, grad: torch.Tensor) -> None:
    layer.reset_states()
    layer.zero_grad()
    layer(z).backward(grad)
    z.grad = None


if __name__ == "__main__":
    main()
