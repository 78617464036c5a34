"""A network for handwritten digits, trained with ReLUs and converted: what is lost at how many steps, and how long a run takes.

`python -m benchmarks.conversion` trains five networks in torch, on 1,437 of scikit-learn's digits, and counts right answers among the other
360. Each is normalised, converted, and run by snncore and by Sinabs.
"""

from __future__ import annotations

import statistics
import warnings
from dataclasses import dataclass

import numpy as np
import sinabs.from_torch
import sinabs.layers
import torch
from sklearn.datasets import load_digits
from torch import Tensor, nn
from torch.nn import functional

from benchmarks.timing import medians
from snncore import MembraneReset, kernels
from snncore.activation import MembraneSubtract
from snncore.convert import Network, from_model, normalize

SEEDS = range(5)
SPLIT_SEED = 0
TEST_DIGITS = 360
EPOCHS = 60
BATCH = 64
STEPS = (4, 8, 16, 32, 64)
LEAST_RIGHT = 97.5
"""Percentage of right answers of an ANN."""

SOON = 1.0
"""Seconds in which all test digits are run at 64 steps."""

TIMES = 5.0
"""How many times as long Sinabs takes for that, at least."""

POINTS_LOST = {"constant": {8: 1.0, 16: 0.5}, "rate-coded": {32: 1.0}}
"""Most percentage points that the mean over the seeds may lose, by input and steps."""


@dataclass(frozen=True)
class Digits:
    """Images (digits, 64) with values from 0 to 1, and their labels."""

    images: Tensor
    labels: Tensor

    def accuracy(self, outputs: Tensor) -> float:
        """Percentage of digits whose largest output is their label."""
        return 100 * (outputs.argmax(1) == self.labels).double().mean().item()


def digits() -> tuple[Digits, Digits]:
    """The digits to train on, and to test on."""
    data = load_digits()
    order = torch.randperm(len(data.target), generator=torch.Generator().manual_seed(SPLIT_SEED))
    images, labels = torch.tensor(data.data / 16, dtype=torch.float32)[order], torch.tensor(data.target)[order]
    return Digits(images[:-TEST_DIGITS], labels[:-TEST_DIGITS]), Digits(images[-TEST_DIGITS:], labels[-TEST_DIGITS:])


def trained(digits: Digits, seed: int, epochs: int = EPOCHS) -> nn.Sequential:
    """A network of two hidden layers, in evaluation."""
    torch.manual_seed(seed)
    model = nn.Sequential(
        *(nn.Linear(64, 256), nn.ReLU(), nn.Dropout(0.3)), *(nn.Linear(256, 64), nn.ReLU(), nn.Dropout(0.3)), nn.Linear(64, 10)
    )
    optimiser = torch.optim.AdamW(model.parameters(), lr=2e-3, weight_decay=1e-3)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    for _ in range(epochs):
        for part in torch.randperm(len(digits.labels)).split(BATCH):
            optimiser.zero_grad()
            functional.cross_entropy(model(digits.images[part]), digits.labels[part]).backward()
            optimiser.step()
        schedule.step()
    return model.eval()


def constant(images: Tensor, steps: int) -> Tensor:
    """The image as current at every step: (digits*time, 64)."""
    return images.repeat_interleave(steps, 0)


def rate_coded(images: Tensor, steps: int, seed: int) -> Tensor:
    """Spikes with the brightness as probability: (digits*time, 64)."""
    random = torch.rand(len(images) * steps, images.shape[1], generator=torch.Generator().manual_seed(seed))
    return (random < constant(images, steps)).float()


@torch.no_grad()
def answers(spiking: nn.Module, z: Tensor, steps: int) -> Tensor:
    """The sum of the output over time, (digits, 10)."""
    output: Tensor = spiking(z)
    return output.unflatten(0, (-1, steps)).sum(1)


@dataclass(frozen=True)
class Converted:
    """What a converted network loses in percentage points, and how far its rates are from the activations, in spikes per step."""

    lost: float
    apart: float


def conversions(train: Digits, test: Digits, seed: int) -> tuple[float, dict[tuple[str, int], Converted]]:
    """The network's accuracy, and its conversions by input or reset and steps."""
    model = trained(train, seed)
    right = test.accuracy(model(test.images))
    scaled = normalize(model, train.images)
    found = {}
    for steps in STEPS:
        for name, z, reset in (
            ("constant", constant(test.images, steps), MembraneSubtract()),
            ("rate-coded", rate_coded(test.images, steps, seed), MembraneSubtract()),
            ("constant, hard reset", constant(test.images, steps), MembraneReset()),
        ):
            network = from_model(scaled, reset_fn=reset, num_timesteps=steps, min_v_mem=None, initial_v_mem=0.5)
            lost = test.accuracy(answers(network, z, steps)) - right
            found[name, steps] = Converted(lost, _apart(network, z, steps))
    return right, found


def _apart(network: Network, z: Tensor, steps: int) -> float:
    """Mean distance of rates and activations over all neurons whose activation isn't 0, in spikes per step."""
    activations, rates, _ = network.compare_activations(z, compute_rate=True)
    far = [abs(rate - activation)[activation > 0] for activation, rate in zip(activations[1:], rates[1:], strict=True)]
    return float(np.concatenate(far).mean())


def main() -> None:
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    kernels.prepare()
    train, test = digits()
    runs = [conversions(train, test, seed) for seed in SEEDS]
    print(f"ANN: {', '.join(f'{right:.2f}' for right, _ in runs)} % of {TEST_DIGITS} test digits, seeds {', '.join(map(str, SEEDS))}")
    print(f"at least {LEAST_RIGHT} % with every seed: {min(right for right, _ in runs) >= LEAST_RIGHT}")
    print("Points gained or lost by the converted network, mean over the seeds (worst seed)")
    print(f"{'steps':>24}" + "".join(f"{steps:>16}" for steps in STEPS))
    for name in dict.fromkeys(name for name, _ in runs[0][1]):
        means = {steps: statistics.mean(found[name, steps].lost for _, found in runs) for steps in STEPS}
        worst = {steps: min(found[name, steps].lost for _, found in runs) for steps in STEPS}
        print(f"{name:>24}" + "".join(f"{means[steps]:>+8.2f} ({worst[steps]:+.2f})" for steps in STEPS))
        for steps, most in POINTS_LOST.get(name, {}).items():
            print(f"{'':>24}  at {steps} steps within {most} points: {means[steps] >= -most}")
    print("Rates differ from activations by so many spikes per step, mean over the seeds")
    for name in dict.fromkeys(name for name, _ in runs[0][1]):
        apart = (statistics.mean(found[name, steps].apart for _, found in runs) for steps in STEPS)
        print(f"{name:>24}" + "".join(f"{each:>16.3f}" for each in apart))
    scaled = normalize(trained(train, 0), train.images)
    for number in sorted({1, threads}):
        torch.set_num_threads(number)
        race(scaled, test, steps=64)


def race(scaled: nn.Module, test: Digits, steps: int) -> None:
    """Time all test digits with both libraries, in as many threads as are set."""
    arguments = {"batch_size": len(test.labels), "num_timesteps": steps, "min_v_mem": None}
    ours = from_model(scaled, **arguments)
    theirs = sinabs.from_torch.from_model(scaled, **arguments)
    z = constant(test.images, steps)

    @torch.no_grad()
    def with_ours() -> Tensor:
        ours.reset_states()
        return ours.run(test.images, steps)

    @torch.no_grad()
    def with_theirs() -> Tensor:
        theirs.reset_states()
        output: Tensor = theirs(z)
        return output.unflatten(0, (-1, steps))

    same = torch.equal(with_ours(), with_theirs())
    mine, other = medians([with_ours, with_theirs])
    threads = torch.get_num_threads()
    print(
        f"{TEST_DIGITS} digits at {steps} steps, {threads} thread{'s' * (threads > 1)}: snncore {mine:.2f} s, Sinabs {other:.2f} s, "
        f"{other / mine:.1f} times as long (bars: below {SOON:.0f} s, at least {TIMES:.0f} times)"
    )
    print(f"the same output in both: {same}")


if __name__ == "__main__":
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of Sinabs
        main()
