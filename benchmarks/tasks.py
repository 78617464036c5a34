"""Labelled data learned as the package's own Experiments: test accuracy of the last epoch and time, over five seeds.

`python -m benchmarks.tasks` measures all of them, `python -m benchmarks.tasks digits` one, `python -m benchmarks.tasks digits 1` with one
seed. The bars are printed beside. Then some epochs of the same training, from the same weights on the same batches, are timed in turn with
Sinabs's layers, and, where there is a twin in JAX, with a batch compiled as one program before it is timed.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from benchmarks.jax_tasks import JaxTraining
from benchmarks.sinabs_tasks import SinabsTraining
from snncore import kernels
from snncore.experiment.recognition import digits, digits_convolution, remember, yin_yang
from snncore.experiment.spec import Experiment
from snncore.run.bptt import Trainer, train
from snncore.run.labelled import LabelledEpoch

SEEDS = 5

TIMED = 3
"""Epochs that are timed of each package, after one that is not."""

RATIO_BAR = 5
"""Times as long as snncore that Sinabs is to take, at least, for digits and remember."""

EXACT_GRADIENTS = 0.981
"""Accuracy on Yin-Yang that Kriener et al. 2022 report for exact gradients of spike times."""

RATES = (2e-3, 5e-3, 2e-2)
"""Learning rates that LIF may choose from, so that a failure is no failure of training."""


@dataclass(frozen=True)
class Result:
    scores: list[float]
    seconds: list[float]

    @property
    def accuracy(self) -> float:
        return statistics.mean(self.scores)

    def __str__(self) -> str:
        each = " ".join(f"{score:.1%}" for score in self.scores)
        return f"{self.accuracy:.1%} on average ({each}), {statistics.median(self.seconds):.1f} s a training"


def main() -> None:
    torch.set_num_threads(1)
    kernels.prepare()
    name, seeds = (*sys.argv[1:], *("", "")[len(sys.argv) - 1 :])[:2]
    for task in [TASKS[name]] if name else TASKS.values():
        task(int(seeds or SEEDS))


def _digits(seeds: int) -> None:
    print(f"digits: {_learned(digits(), seeds)}; bar: 97 % in 5 s")
    print(f"  an epoch: {_beside(digits(), SinabsTraining, JaxTraining)}; bar: {RATIO_BAR} times Sinabs")
    print(f"digits by convolution: {_learned(digits_convolution(), seeds)}; bar: 97.5 % in 60 s")
    print(f"  an epoch: {_beside(digits_convolution(), SinabsTraining)}")


def _yin_yang(seeds: int) -> None:
    result = _learned(yin_yang(), seeds)
    print(f"Yin-Yang: {result}; bar: 96.5 % in 15 s; {EXACT_GRADIENTS - result.accuracy:.1%} below exact gradients")
    print(f"  an epoch: {_beside(yin_yang(), SinabsTraining)}")


def _remember(seeds: int) -> None:
    print(f"remember over 200 steps, ALIF: {_learned(remember(200), seeds)}; bar: 95 %")
    print(f"  an epoch: {_beside(remember(200), SinabsTraining, JaxTraining)}; bar: {RATIO_BAR} times Sinabs")
    for delay, bar in ((200, "below 60 %"), (10, "99 %, so that it is memory that fails")):
        tried = (_learned(remember(delay, adapts=False).replace({"training.lr": lr}), seeds) for lr in RATES)
        best = max(tried, key=lambda found: found.accuracy)
        print(f"remember over {delay} steps, LIF, the best of {len(RATES)} learning rates: {best}; bar: {bar}")


TASKS: dict[str, Callable[[int], None]] = {"digits": _digits, "yin_yang": _yin_yang, "remember": _remember}


def _learned(experiment: Experiment, seeds: int) -> Result:
    scores, seconds = [], []
    for seed in range(seeds):
        start = time.perf_counter()
        *_, last = train(experiment.replace({"seeds": {"weights": seed, "input": seed, "noise": seed}}))
        scores.append(last.score)
        seconds.append(time.perf_counter() - start)
    return Result(scores, seconds)


def _beside(experiment: Experiment, *peers: type[SinabsTraining] | type[JaxTraining]) -> str:
    """Return how long an epoch takes here and with peers, and whether they learn the same in the first one, in words."""
    trainer = Trainer(experiment)
    list(trainer.epochs(1))  # the untrained network is tested
    others = [peer(experiment) for peer in peers]
    ours: list[float] = []
    taken: list[list[float]] = [[] for _ in peers]
    first = []
    for number in range(1, TIMED + 2):
        halves, start = others[0].halves, time.perf_counter()
        (record,) = trainer.epochs(1)
        ours.append(time.perf_counter() - start)
        batches = LabelledEpoch(number, experiment, trainer.model, halves, trainer.optimiser).learned
        for other, seconds in zip(others, taken, strict=True):
            start = time.perf_counter()
            loss, _ = other.epoch(number, batches)
            seconds.append(time.perf_counter() - start)
            if number == 1:
                first.append(f"{loss / record.loss - 1:+.1e}")
    mine = statistics.median(ours[1:])
    words = [f"{1e3 * mine:.0f} ms"]
    for peer, seconds, differs in zip(peers, taken, first, strict=True):
        theirs = statistics.median(seconds[1:])
        name = peer.__name__.removesuffix("Training")
        words.append(f"{name} {1e3 * theirs:.0f} ms, {theirs / mine:.1f} times as long, loss of the first epoch {differs}")
    return "; ".join(words)


if __name__ == "__main__":
    main()
