"""The ten-spike task as the quickstart writes it, with snncore, Sinabs and JAX from the same weights: time per epoch, spikes per epoch.

`python -m benchmarks.toy_task` trains them to ten spikes in turn, for several seeds. JAX compiles an epoch as one program, whose sums have
an order of their own, so that its spikes may come to differ.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from types import ModuleType

import sinabs.activation
import sinabs.layers
import torch
from torch import nn

import snncore.activation
import snncore.layers
from benchmarks.jax_peer import TenSpikes
from snncore import kernels

SEEDS = range(8)
EPOCHS = 100


def main() -> None:
    torch.set_num_threads(1)  # so that a sum has one order of its terms in both
    kernels.prepare()
    ours: list[float] = []
    theirs: list[float] = []
    compiled: list[float] = []
    for seed in SEEDS:
        counts = [_train(package, seed, taken) for package, taken in ((snncore, ours), (sinabs, theirs))]
        same = "the same spikes in every epoch" if counts[0] == counts[1] else f"DIFFERENT spikes: {counts}"
        of_jax = _timed(_jax_task(seed), compiled)
        print(f"seed {seed}: {counts[0][-1]} spikes at epoch {len(counts[0]) - 1}, {same}; JAX at epoch {len(of_jax) - 1}")
    mine, other, jax = (statistics.median(taken) for taken in (ours, theirs, compiled))
    print(f"median epoch: snncore {1e3 * mine:.2f} ms, Sinabs {1e3 * other:.2f} ms, {other / mine:.1f} times as long")
    print(f"JAX, an epoch compiled as one program: {1e3 * jax:.2f} ms, {jax / mine:.1f} times as long")


def _train(package: ModuleType, seed: int, taken: list[float]) -> list[int]:
    return _timed(_task(package, seed), taken)


def _timed(epoch: Callable[[], int], taken: list[float]) -> list[int]:
    """Spikes of every epoch until they are ten; appends the seconds that each epoch took."""
    counts: list[int] = []
    while len(counts) < EPOCHS and counts[-1:] != [10]:
        start = time.perf_counter()
        counts.append(epoch())
        taken.append(time.perf_counter() - start)
    return counts


def _task(package: ModuleType, seed: int) -> Callable[[], int]:
    """One epoch per call; returns its spikes."""
    model, data = _model_and_data(package, seed)
    optim = torch.optim.RMSprop(model.parameters(), lr=1e-3)
    lif_layers = (model[1], model[3])

    def epoch() -> int:
        optim.zero_grad()
        for layer in lif_layers:
            layer.zero_grad()
        for layer in lif_layers:
            layer.reset_states()
        spikes = model(data).sum()
        loss = (spikes - 10) ** 2
        loss.backward()
        optim.step()
        return int(spikes.item())

    return epoch


def _model_and_data(package: ModuleType, seed: int) -> tuple[nn.Sequential, torch.Tensor]:
    torch.manual_seed(seed)
    layers, surrogate = package.layers, package.activation.SingleExponential()
    model = nn.Sequential(
        nn.Linear(16, 64),
        layers.LIF(tau_mem=10.0, surrogate_grad_fn=surrogate),
        nn.Linear(64, 4),
        layers.LIF(tau_mem=10.0, surrogate_grad_fn=surrogate),
    )
    return model, (torch.rand(1, 100, 16) > 0.2).float()


def _jax_task(seed: int) -> Callable[[], int]:
    """As `_task`, compiled before it is timed."""
    model, data = _model_and_data(snncore, seed)
    weights = [{name: value.clone() for name, value in model[place].named_parameters()} for place in (0, 2)]
    TenSpikes(weights, data, lr=1e-3)()
    return TenSpikes(weights, data, lr=1e-3)


if __name__ == "__main__":
    main()
