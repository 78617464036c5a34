"""Labelled data learned as the package's own Experiments: test accuracy of the last epoch and time, over five seeds.

`python -m benchmarks.tasks` measures all of them, `python -m benchmarks.tasks digits` one. The bars are printed beside.
"""

from __future__ import annotations

import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from snncore import kernels
from snncore.experiment.recognition import digits, digits_convolution, remember, yin_yang
from snncore.experiment.spec import Experiment
from snncore.run.bptt import train

SEEDS = range(5)

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
    wanted = sys.argv[1:] or list(TASKS)
    for name in wanted:
        TASKS[name]()


def _digits() -> None:
    print(f"digits: {_learned(digits())}; bar: 97 % in 5 s")
    print(f"digits by convolution: {_learned(digits_convolution())}; bar: 97.5 % in 60 s")


def _yin_yang() -> None:
    result = _learned(yin_yang())
    print(f"Yin-Yang: {result}; bar: 96.5 % in 15 s; {EXACT_GRADIENTS - result.accuracy:.1%} below exact gradients")


def _remember() -> None:
    print(f"remember over 200 steps, ALIF: {_learned(remember(200))}; bar: 95 %")
    for delay, bar in ((200, "below 60 %"), (10, "99 %, so that it is memory that fails")):
        best = max((_learned(remember(delay, adapts=False).replace({"training.lr": lr})) for lr in RATES), key=lambda found: found.accuracy)
        print(f"remember over {delay} steps, LIF, the best of {len(RATES)} learning rates: {best}; bar: {bar}")


TASKS: dict[str, Callable[[], None]] = {"digits": _digits, "yin_yang": _yin_yang, "remember": _remember}


def _learned(experiment: Experiment) -> Result:
    scores, seconds = [], []
    for seed in SEEDS:
        start = time.perf_counter()
        *_, last = train(experiment.replace({"seeds": {"weights": seed, "input": seed, "noise": seed}}))
        scores.append(last.score)
        seconds.append(time.perf_counter() - start)
    return Result(scores, seconds)


if __name__ == "__main__":
    main()
