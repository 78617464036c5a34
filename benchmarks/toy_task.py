"""The ten-spike task as the quickstart writes it, with snncore and with Sinabs from the same weights: time per epoch, spikes per epoch.

`python -m benchmarks.toy_task` trains both to ten spikes in turn, for several seeds.
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
from snncore import kernels

SEEDS = range(8)
EPOCHS = 100


def main() -> None:
    torch.set_num_threads(1)  # so that a sum has one order of its terms in both
    kernels.prepare()
    ours: list[float] = []
    theirs: list[float] = []
    for seed in SEEDS:
        counts = [_train(package, seed, taken) for package, taken in ((snncore, ours), (sinabs, theirs))]
        same = "the same spikes in every epoch" if counts[0] == counts[1] else f"DIFFERENT spikes: {counts}"
        print(f"seed {seed}: {counts[0][-1]} spikes at epoch {len(counts[0]) - 1}, {same}")
    mine, other = statistics.median(ours), statistics.median(theirs)
    print(f"median epoch: snncore {1e3 * mine:.2f} ms, Sinabs {1e3 * other:.2f} ms, {other / mine:.1f} times as long")


def _train(package: ModuleType, seed: int, taken: list[float]) -> list[int]:
    """Spikes of every epoch until they are ten; appends the seconds that each epoch took."""
    epoch = _task(package, seed)
    counts: list[int] = []
    while len(counts) < EPOCHS and counts[-1:] != [10]:
        start = time.perf_counter()
        counts.append(epoch())
        taken.append(time.perf_counter() - start)
    return counts


def _task(package: ModuleType, seed: int) -> Callable[[], int]:
    """One epoch per call; returns its spikes."""
    torch.manual_seed(seed)
    layers, surrogate = package.layers, package.activation.SingleExponential()
    model = nn.Sequential(
        nn.Linear(16, 64),
        layers.LIF(tau_mem=10.0, surrogate_grad_fn=surrogate),
        nn.Linear(64, 4),
        layers.LIF(tau_mem=10.0, surrogate_grad_fn=surrogate),
    )
    data = (torch.rand(1, 100, 16) > 0.2).float()
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


if __name__ == "__main__":
    main()
