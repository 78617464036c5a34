"""Changes of an Experiment that help a training, in the form of `Experiment.replace`. `diagnosis.training` decides when they help."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from snncore.activation import MembraneSubtract, SingleExponential, SingleSpike
from snncore.arrays import Array
from snncore.diagnosis.gradient_flow import growth, peak_taken
from snncore.diagnosis.known import has_surrogate
from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord
from snncore.run.record import LayerRecord

Changes = dict[str, Any]
"""Values by the path of their field in the Experiment."""

STABLE_PEAK = 2.0
"""Up to this largest θ·ds/du, |1 - θ·ds/du| ≤ 1: no gradient grows through the reset."""

FIRST_STEP = {"RMSprop": 10.0, "Adam": 1.0}
"""Size of the first update of every value of a parameter, in learning rates, whatever its gradient (with torch's other defaults)."""


def useful(experiment: Experiment, remedies: Iterable[Changes]) -> tuple[Changes, ...]:
    """Return the remedies that work, without duplicates or unchanged fields.

    A remedy works if it can be built and changes something.
    """
    kept: list[Changes] = []
    for remedy in remedies:
        try:
            experiment.replace(remedy)
        except ExperimentError:
            continue
        changes = {path: value for path, value in remedy.items() if value != experiment.at(path)}
        if changes and changes not in kept:
            kept.append(changes)
    return tuple(kept)


# ------------------------------------------------------------------------------------------------- learning rate


def larger_steps(experiment: Experiment, factor: float) -> Changes:
    return {"training.lr": float(f"{experiment.training.lr * factor:.2g}")}


def smaller_steps(experiment: Experiment, first: EpochRecord | None) -> Changes:
    """Return a tenth of the learning rate, or less.

    It is less if the first update would still remove more than the whole loss, to first order. That bound is Polyak's step: the loss
    divided by its fall per unit of learning rate, from the gradients of the `first` record.
    """
    lr = float(f"{experiment.training.lr / 10:.2g}")
    fall = _fall(experiment.training.optimiser, first) if first else 0.0
    if first and 0 < fall < math.inf and first.loss > 0:
        lr = min(lr, rounded_down(first.loss / fall, digits=1))
    return {"training.lr": lr}


def _fall(optimiser: str, first: EpochRecord) -> float:
    """Return how much the loss falls in the first update, per unit of learning rate.

    To first order; 0 for a record without parameters. RMSprop and Adam divide the gradient by its size, so the fall is Σ|g| times their
    first step; Σ|g| is at most √n·‖g‖.
    """
    norms = {name: norm for name, norm in first.gradient_norms.items() if name in first.parameters}
    if optimiser == "SGD":
        return sum(norm**2 for norm in norms.values())
    return FIRST_STEP[optimiser] * sum(math.sqrt(first.parameters[name].size) * norm for name, norm in norms.items())


# ---------------------------------------------------------------------------------------------------- surrogates


def single_exponential(experiment: Experiment) -> Changes:
    """Return `SingleExponential` with its defaults for every layer with a surrogate."""
    spiking = (index for index, layer in enumerate(experiment.network) if has_surrogate(layer))
    return {f"network.{index}.surrogate_grad_fn": _as_data(SingleExponential()) for index in spiking}


def unit_grad_scale(experiment: Experiment) -> Changes:
    """Return a grad_scale of 1 for each surrogate above that."""
    changes: Changes = {}
    for index, layer in enumerate(experiment.network):
        surrogate = getattr(layer, "surrogate_grad_fn", None)
        if getattr(surrogate, "grad_scale", 1.0) > 1:
            changes[f"network.{index}.surrogate_grad_fn"] = _as_data(replace(surrogate, grad_scale=1.0))  # type: ignore[type-var]  # it has the field
    return changes


def limited_growth(
    experiment: Experiment, records: Mapping[int, LayerRecord], exploding: Sequence[int], parameters: Mapping[str, Array], largest: float
) -> tuple[Changes, ...]:
    """Return surrogates that keep gradients from growing `largest`-fold within a layer.

    First a smaller grad_scale, then `SingleExponential`; resets change too if need be. The changes concern the exploding layers and
    the layers that would explode next.

    Args:
        records: records of the spiking layers, by their place in the network.
    """
    scaled: Changes = {}
    plain: Changes = {}
    resets: Changes = {}
    for index, record in records.items():
        layer: Any = experiment.network[index]
        scale, peak = getattr(layer.surrogate_grad_fn, "grad_scale", 1.0), peak_taken(layer, record)
        if index not in exploding and peak <= STABLE_PEAK and scale >= 0:
            continue
        path = f"network.{index}.surrogate_grad_fn"
        plain[path] = scaled[path] = _as_data(SingleExponential())
        resets[f"network.{index}.reset_fn"] = _as_data(MembraneSubtract())
        if hasattr(layer.surrogate_grad_fn, "grad_scale") and peak > STABLE_PEAK:
            less = rounded_down(scale * STABLE_PEAK / peak, digits=2)
            scaled[path] = _as_data(replace(layer.surrogate_grad_fn, grad_scale=less))

    def helps(changes: Changes) -> bool:
        network = experiment.replace(changes).network
        return all(growth(network[index], record, parameters).product < largest for index, record in records.items())

    return tuple(changes for changes in useful(experiment, (scaled, plain, {**plain, **resets})) if helps(changes))


def _as_data(part: Any) -> dict[str, Any]:
    return {"kind": type(part).__name__, **asdict(part)}


# -------------------------------------------------------------------------------------------- spikes and targets


def most_output_spikes(experiment: Experiment) -> int | None:
    """Return the most spikes that the output can have in an epoch; None without a limit.

    All samples, neurons and time steps are counted together.
    """
    spike_fn = getattr(experiment.network[-1], "spike_fn", None)
    most = 1 if isinstance(spike_fn, SingleSpike) else getattr(spike_fn, "max_num_spikes_per_bin", None)
    samples, steps = experiment.input.shape[:2]
    return None if most is None else samples * steps * math.prod(experiment.fits()[-1].shape or ()) * most


def fewer_spikes_wanted(experiment: Experiment, most: int) -> Changes:
    """Return changes that make the task ask for at most `most` output spikes; none if it can't."""
    return {f"training.task.{name}": value for name, value in experiment.task.within(most).items()}


def multi_spike_output(experiment: Experiment) -> Changes:
    return {f"network.{len(experiment.network) - 1}.spike_fn": {"kind": "MultiSpike"}}


def without_normalisation(experiment: Experiment) -> Changes:
    """Switch normalised input off where it is on: inputs become 1/(1-α) times as large."""
    return {f"network.{index}.norm_input": False for index, layer in enumerate(experiment.network) if getattr(layer, "norm_input", False)}


def lower_threshold(index: int, largest_u: float) -> Changes:
    """Return a θ just below the potential that the layer reached, above 0."""
    return {f"network.{index}.spike_threshold": rounded_down(largest_u, digits=2)}


def rounded_down(value: float, digits: int) -> float:
    """Round a number above 0 down to this many significant digits."""
    unit = 10.0 ** (math.floor(math.log10(value)) - digits + 1)
    return float(f"{math.floor(value / unit) * unit:.{digits}g}")
