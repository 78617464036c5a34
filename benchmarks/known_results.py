"""Results that others have published, come to with the package's own Experiments: each line beside what they report.

`python -m benchmarks.known_results` runs all lines with the seeds 0 to 4, which takes an hour on one core; `... hidden 1` one line with one
seed, and `... hidden 1 5` with 5 epochs, of which 4 learn: it shows that it runs, and no more.
"""

from __future__ import annotations

import statistics
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import torch

from snncore import kernels
from snncore.activation import FastSigmoid, SingleExponential
from snncore.errors import DivergenceError
from snncore.experiment.recognition import digits, yin_yang
from snncore.experiment.spec import Experiment
from snncore.run.bptt import train
from snncore.run.measures import per_sample

SEEDS = 5

SLOPES = (1.0, 5.0, 25.0, 100.0)
SCALES = (0.3, 1.0, 10.0, 100.0)
PENALTIES = (0.0, 0.1, 1.0, 10.0)

HIDDEN = 1
"""Place of the hidden layer of neurons in the Experiments."""


class Line(NamedTuple):
    """Experiments that differ in one thing, by what that is, and what others report of them."""

    title: str
    published: str
    experiments: Mapping[str, Experiment]


def hidden() -> Line:
    """Without a hidden layer the mean is read: which potential is the largest in time is a nonlinearity of its own, with 85 % by itself."""
    mean = {"training.task.readout": "mean_potential"}
    return Line(
        "Yin-Yang with and without a hidden layer",
        "56 to 64 % without one, above 95 % with one (Kriener, Göltz and Petrovici 2022)",
        {
            "no hidden layer, mean potential": without_hidden(yin_yang()).replace(mean),
            "120 LIF, mean potential": yin_yang().replace(mean),
            "120 LIF, largest potential": yin_yang(),
        },
    )


def slope() -> Line:
    return Line(
        "Yin-Yang by the slope of the surrogate gradient, FastSigmoid",
        "the slope hardly matters from 1 to 100 (Zenke and Vogels 2021)",
        {f"slope {slope:g}": with_hidden(surrogate_grad_fn=FastSigmoid(slope=slope)) for slope in SLOPES},
    )


def scale() -> Line:
    return Line(
        "Yin-Yang by the scale of the surrogate gradient, SingleExponential, whether or not the reset passes a gradient",
        "a large scale harms, unless the reset is detached (Zenke and Vogels 2021)",
        {
            f"scale {scale:g}, reset {'detached' if detached else 'attached'}": with_hidden(
                surrogate_grad_fn=SingleExponential(grad_scale=scale), detach_reset=detached
            )
            for detached in (False, True)
            for scale in SCALES
        },
    )


def penalty() -> Line:
    return Line(
        "Digits by the penalty on firing rates",
        "several times fewer spikes before the accuracy falls (Zenke and Vogels 2021; Cramer et al. 2022)",
        {f"penalty {penalty:g}": digits().replace({"training.task.penalty": penalty}) for penalty in PENALTIES},
    )


LINES: dict[str, Callable[[], Line]] = {each.__name__: each for each in (hidden, slope, scale, penalty)}


def with_hidden(**changes: Any) -> Experiment:
    """Return Yin-Yang with other parameters of its hidden neurons."""
    written = {name: value if isinstance(value, bool) else _written(value) for name, value in changes.items()}
    return yin_yang().replace({f"network.{HIDDEN}.{name}": value for name, value in written.items()})


def without_hidden(experiment: Experiment) -> Experiment:
    """Return an Experiment whose inputs lead to its outputs at once."""
    *_, linear, output = experiment.model_dump()["network"]
    return experiment.replace({"network": [{**linear, "in_features": experiment.input.shape[2]}, output]})


def main() -> None:
    name, seeds, epochs = (*sys.argv[1:], *("", "", "")[len(sys.argv) - 1 :])[:3]
    torch.set_num_threads(1)
    kernels.prepare()
    for line in [LINES[name]] if name else LINES.values():
        run(line(), int(seeds or SEEDS), int(epochs) if epochs else None)


def run(line: Line, seeds: int, epochs: int | None = None) -> None:
    """Train each Experiment of a line, and print what it came to. A training that left the finite numbers only counts as one."""
    print(f"{line.title}. Published: {line.published}.")
    for name, experiment in line.experiments.items():
        scores, spikes, diverged = [], [], 0
        for seed in range(seeds):
            changes: dict[str, Any] = {"seeds": {"weights": seed, "input": seed, "noise": seed}}
            if epochs is not None:
                changes["training.epochs"] = epochs
            changed = experiment.replace(changes)
            try:
                *_, last = train(changed)
            except DivergenceError:
                diverged += 1
                continue
            scores.append(last.score)
            spikes.append(per_sample(changed, last).spikes)
        words = [f"{diverged} of {seeds} diverged"] if diverged else []
        if scores:
            words.append(f"{statistics.mean(scores):.1%} from {min(scores):.1%} to {max(scores):.1%}")
            words.append(f"{statistics.mean(spikes):.3g} spikes a sample")
        print(f"  {name}: {', '.join(words)}", flush=True)


def _written(part: Any) -> Any:
    """Return a part of the activation as an Experiment holds it."""
    return {"kind": type(part).__name__, **vars(part)} if hasattr(part, "__dataclass_fields__") else part


if __name__ == "__main__":
    main()
