"""Why a layer of a simulation is silent, saturated or clipped, in numbers, with the parameters that would change it.

The words are left to whoever shows them; `snncore.diagnosis.training` does the same for a training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from snncore.activation import MaxSpike, MembraneReset, MembraneSubtract, SingleSpike
from snncore.arrays import Array
from snncore.diagnosis.known import is_known
from snncore.experiment.layers import NeuronSpec
from snncore.layers.bounds import LOWEST_LEARNED_THRESHOLD, decay
from snncore.run.record import LayerRecord
from snncore.run.simulation import Simulation

EVERY_STEP = 0.95
"""A neuron with spikes in at least this share of the time steps counts as spiking at every step."""

LEAST_SPAN = 20
"""If the input begins late or ends early, at least this many steps with input may count alone."""

SATURATED = 0.5
"""A layer with at least this share of such neurons counts as saturated."""

CLIPPED = 0.05
"""A bound or limit that cuts at least this share of the values is reported."""

MODERATE_RATE = 0.2
"""Spikes per neuron and step that a remedy aims at."""

MARGIN = 1.1
"""Least factor by which a remedy goes beyond what ends saturation."""

ROUNDING = 1.001
"""Factor above θ that a calculated potential must reach, so that rounding can't keep it below."""

LONG_MEMORY = 10
"""A time constant of at least this many runs is as good as no leak."""

Mask = npt.NDArray[np.bool_]

Changes = dict[str, Any]
"""Fields of a layer with values that would help."""


@dataclass(frozen=True)
class Silent:
    """No neuron spikes.

    Attributes:
        largest_u: largest u of the neuron that comes closest to its threshold.
        threshold: θ of that neuron.
        steady_state: v that its input leads to while it lasts, if the input is the same at `LEAST_SPAN` or more steps, from the
            first step with input to the last; else, and without leak, None.
        gets_input: whether anything but zeros reaches the layer.
        lower_threshold: a θ at which that neuron would spike; None where u never rises above 0, or above what `initial_v_mem` left.
        sufficient_gain: a factor on its input that makes it spike; None where none is known: u never rises above 0, or a
            lower bound above 0, a recurrent bias, or a start that a bound may have lifted contributes, none of which grows with the
            input.
        changes: remedies, the most direct first.
    """

    largest_u: float
    threshold: float
    steady_state: float | None
    gets_input: bool
    lower_threshold: float | None
    sufficient_gain: float | None = None
    changes: tuple[Changes, ...] = ()


@dataclass(frozen=True)
class Saturated:
    """`saturated` of the layer's `neurons` spike at nearly every step.

    Attributes:
        share: share of the steps in which these neurons spike; at least nearly `EVERY_STEP`.
        rate: spikes per step of one of these neurons, their mean over the same steps.
        while_driven: whether only the steps from a neuron's first input to its last count, in each sample; else all steps do.
    """

    saturated: int
    neurons: int
    share: float
    rate: float
    while_driven: bool
    changes: tuple[Changes, ...] = field(default=())


@dataclass(frozen=True)
class Clipped:
    """`min_v_mem` or `spike_fn` limits what the neurons do.

    `min_v_mem`, from `lowest` to `largest`, raises v at `share` of all values; or `spike_fn` cuts the count at `share` of the steps
    with spikes, and u reached up to `largest` thresholds.
    """

    by: str
    share: float
    largest: float
    changes: tuple[Changes, ...] = field(default=())
    lowest: float | None = None


@dataclass(frozen=True)
class LongMemory:
    """The membrane hardly leaks during the run of `steps` time steps; `alpha` is exp(-1/τ)."""

    tau: float
    alpha: float
    steps: int
    changes: tuple[Changes, ...] = field(default=())


Finding = Silent | Saturated | Clipped | LongMemory


def diagnose(simulation: Simulation) -> dict[int, tuple[Finding, ...]]:
    """Return the findings on each neuron layer, by its place in the network.

    The most serious finding comes first. A layer in good order has none.

    Args:
        simulation: one of those that `snncore.simulate` returns.
    """
    return {index: tuple(_findings(simulation, index, record)) for index, record in simulation.records.items()}


def _findings(simulation: Simulation, index: int, record: LayerRecord) -> list[Finding]:
    layer = simulation.experiment.network[index]
    assert isinstance(layer, NeuronSpec)
    if not is_known(layer):
        return _of_unknown_model(simulation, index, layer, record)
    found: list[Finding] = []
    if record.does_spike:
        found += [_silence(simulation, index, layer, record)] if not record.spikes.any() else _excess(simulation, index, layer, record)
    found += _bound(layer, record)
    steps = record.u.shape[1]
    tau = getattr(layer, "tau_mem", None)
    if isinstance(tau, float) and tau > LONG_MEMORY * steps:
        found.append(LongMemory(tau, math.exp(-1 / tau), steps, ({"tau_mem": max(1.0, steps / LONG_MEMORY)},)))
    return found


def _of_unknown_model(simulation: Simulation, index: int, layer: NeuronSpec, record: LayerRecord) -> list[Finding]:
    """Return what the record alone shows of a model from outside; the only remedy is a lower θ, if it has one."""
    if not record.does_spike:
        return []
    if not record.spikes.any():
        threshold = np.broadcast_to(record.threshold, record.u.shape)
        place = np.unravel_index(int((record.u / threshold).argmax()), record.u.shape)
        largest_u = float(record.u[place])
        lower = _rounded_down(largest_u) if largest_u > 0 else None
        gets_input = bool(simulation.received(index).any())
        return [Silent(largest_u, float(threshold[place]), None, gets_input, lower, changes=tuple(_with_lower_threshold(layer, lower)))]
    spiking = record.spikes > 0
    always = _always(spiking, _driven(simulation, index))
    return [_saturation(simulation, index, record, always, ())] if always.mean() >= SATURATED else []


def _silence(simulation: Simulation, index: int, layer: NeuronSpec, record: LayerRecord) -> Silent:
    threshold = np.broadcast_to(record.threshold, record.u.shape)
    reach = record.u / threshold
    sample, step, *neuron = np.unravel_index(int(reach.argmax()), reach.shape)
    place = (sample, step, *neuron)
    largest_u, theta = float(record.u[place]), float(threshold[place])
    received = simulation.received(index)
    leak, synapse = (float(factor[tuple(neuron)]) for factor in (_leak(layer, record), _synapse(layer, record)))
    start = float(np.broadcast_to(getattr(layer, "initial_v_mem", 0.0), record.u.shape[2:])[tuple(neuron)])  # of θ
    kept = start * (1 - leak) ** (float(step) + 1)  # what is left of it, if no bound has lifted v meanwhile
    from_input = largest_u - kept * theta
    # A lower θ lowers a start above 0 along with it.
    enough = from_input / (1 - kept) if 0 < kept < 1 else largest_u
    lower = _rounded_down(enough) if enough > 0 else None
    changes = _with_lower_threshold(layer, lower)
    normalised = bool(getattr(layer, "norm_input", False))
    # Without normalisation all potentials are 1/leak times as large, but for a bound above 0, which stays where it is.
    given = getattr(layer, "min_v_mem", None)
    bound = -math.inf if given is None else float(np.broadcast_to(given, record.u.shape[2:])[tuple(neuron)])
    is_linear = start == 0 or bound == -math.inf  # in its input: what a bound makes of the start isn't known
    if normalised and is_linear and np.max(given or 0.0) <= 0 and from_input / leak + kept * theta >= ROUNDING * theta:
        changes.append({"norm_input": False})
    bias = simulation.weights.get(f"{index}.rec_connect.bias")  # which the layer receives from its second step on
    own = np.trim_zeros(np.moveaxis(received, 1, -1)[(sample, *neuron)])
    is_constant = bias is None and len(own) >= LEAST_SPAN and bool((own == own[0]).all())
    steady = synapse * float(own[0]) / (1 if normalised else leak) if is_constant and leak > 0 else None
    # With its input: a bound below 0 lifts whatever grows with it even more.
    grows = bias is None and bound <= 0 and is_linear and from_input > 0
    return Silent(
        largest_u=largest_u,
        threshold=theta,
        steady_state=None if steady is None else max(steady, bound),
        gets_input=bool(received.any() or (bias is not None and bias.any())),
        lower_threshold=lower,
        sufficient_gain=_rounded_up(ROUNDING * (1 - kept) * theta / from_input, digits=3) if grows and largest_u > 0 else None,
        changes=tuple(_without_explosion(simulation, index, layer, change) for change in changes),
    )


def _with_lower_threshold(layer: NeuronSpec, lower: float | None) -> list[Changes]:
    """Return the remedy of a lower θ; none if the layer has no such field, or is held at a higher θ while it learns."""
    is_held_above = lower is not None and "spike_threshold" in layer.learning and lower < LOWEST_LEARNED_THRESHOLD
    return [] if lower is None or is_held_above or "spike_threshold" not in type(layer).model_fields else [{"spike_threshold": lower}]


def _excess(simulation: Simulation, index: int, layer: NeuronSpec, record: LayerRecord) -> list[Finding]:
    """Return what is excessive in a spiking layer: spikes at every step, or counts cut by its spike function."""
    found: list[Finding] = []
    spiking = record.spikes > 0
    always = _always(spiking, _driven(simulation, index))
    if always.mean() >= SATURATED:
        found.append(_saturation(simulation, index, record, always, (_moderation(simulation, index, layer, record),)))
    most = _most_spikes(layer)
    if most is not None:
        reach = record.u / record.threshold
        cut = float((reach >= most + 1).sum() / spiking.sum())
        if cut > CLIPPED:
            unlimited: Changes = {"spike_fn": {"kind": "MultiSpike"}}
            explodes = _explodes(simulation, index, _changed(layer, unlimited))
            found.append(Clipped("spike_fn", cut, float(reach.max()), () if explodes else (unlimited,)))
    return found


def _saturation(simulation: Simulation, index: int, record: LayerRecord, always: Mask, changes: tuple[Changes, ...]) -> Saturated:
    """Describe the neurons of the mask `always`, (...).

    The numbers are over the whole run if these neurons spike throughout, else over the steps while they are driven.
    """
    spikes = np.moveaxis(record.spikes.astype(np.float64), (0, 1), (-2, -1))[always]
    steps = np.ones(spikes.shape, dtype=bool)
    if ((spikes > 0).mean(axis=(1, 2)) < EVERY_STEP).any():
        steps = np.moveaxis(_driven(simulation, index), (0, 1), (-2, -1))[always]
    return Saturated(
        saturated=int(always.sum()),
        neurons=always.size,
        share=float((spikes[steps] > 0).mean()),
        rate=float(spikes[steps].mean()),
        while_driven=not steps.all(),
        changes=changes,
    )


def _always(spiking: Mask, driven: Mask) -> Mask:
    """Return which neurons, (...), spike at every step: all steps, or only `driven` ones, (batch, time, ...), if there are enough."""
    steps = driven.sum(axis=(0, 1))
    meanwhile = (spiking & driven).sum(axis=(0, 1)) >= EVERY_STEP * steps
    always: Mask = (spiking.mean(axis=(0, 1)) >= EVERY_STEP) | (meanwhile & (steps >= LEAST_SPAN * len(spiking)))
    return always


def _driven(simulation: Simulation, index: int) -> Mask:
    """Return the steps from each neuron's first input to its last, (batch, time, ...).

    All steps if neurons drive each other.
    """
    received = simulation.received(index)
    if f"{index}.rec_connect.weight" in simulation.weights:
        return np.ones(received.shape, dtype=bool)
    fed = received != 0
    begun, lasting = (np.maximum.accumulate(one, axis=1) for one in (fed, fed[:, ::-1]))
    driven: Mask = begun & lasting[:, ::-1]
    return driven


def _moderation(simulation: Simulation, index: int, layer: NeuronSpec, record: LayerRecord) -> Changes:
    """Return a θ that gives the typical neuron a moderate rate.

    Its mean input takes 1/MODERATE_RATE steps to lift v from where a reset leaves it to θ. Each spike needs that much input, so that
    half of the neurons can't spike at every step, whatever caps or inhibits the spikes now. A reset that would subtract less changes too.
    """
    reset = getattr(layer, "reset_fn", None)
    lowest = np.maximum(np.asarray(getattr(layer, "min_v_mem", None) or 0.0), 0.0)
    if isinstance(reset, MembraneReset):
        lowest = np.maximum(lowest, reset.reset_value)
    leak = _leak(layer, record)
    before = np.concatenate([np.zeros_like(record.v[:, :1]), record.v[:, :-1]], axis=1)
    arriving = record.u - (1 - leak) * before + _inhibition(simulation, index, layer, record)
    driven = _driven(simulation, index)
    risen = (np.maximum(arriving - leak * lowest, 0) * driven).sum(axis=(0, 1)) / np.maximum(driven.sum(axis=(0, 1)), 1)
    steps = np.asarray(sum((1 - leak) ** step for step in range(round(1 / MODERATE_RATE))))
    needed = np.maximum(lowest + risen * np.maximum(steps, MARGIN), MARGIN * lowest)
    typical = np.sort(needed, axis=None)[needed.size // 2]
    theta = _rounded_up(max(float(typical), MARGIN * float(np.min(record.threshold))))
    changes: Changes = {"spike_threshold": theta}
    if isinstance(reset, MembraneSubtract) and reset.subtract_value is not None and reset.subtract_value < theta:
        changes["reset_fn"] = {"kind": "MembraneSubtract"}
    return changes


def _inhibition(simulation: Simulation, index: int, layer: NeuronSpec, record: LayerRecord) -> Array:
    """Return what the layer's own spikes take from its potentials, (batch, time, ...) or 0; with fewer spikes it comes back."""
    weight = simulation.weights.get(f"{index}.rec_connect.weight")
    if weight is None:
        return np.zeros(())
    inhibition: Array = record.spikes @ np.maximum(-weight, 0).T * _gain(layer, record)
    return inhibition


def _bound(layer: NeuronSpec, record: LayerRecord) -> list[Finding]:
    bound = getattr(layer, "min_v_mem", None)
    if bound is None:
        return []
    reset = record.u
    if record.does_spike:
        spikes, u, threshold = (torch.from_numpy(values) for values in (record.spikes, record.u, np.asarray(record.threshold)))
        reset = layer.reset_fn(spikes, {"v_mem": u}, threshold)["v_mem"].numpy()  # type: ignore[attr-defined]  # every layer that spikes
    with np.errstate(over="ignore"):  # beyond the largest number of its kind it is infinite, for the layer too
        held = float((reset < np.asarray(bound, dtype=reset.dtype)).mean())
    if held <= CLIPPED:
        return []
    return [Clipped("min_v_mem", held, float(np.max(bound)), ({"min_v_mem": None},), float(np.min(bound)))]


def _most_spikes(layer: NeuronSpec) -> int | None:
    """Return the most spikes per step that the spike function allows; None without a limit."""
    spike_fn = getattr(layer, "spike_fn", None)
    if isinstance(spike_fn, MaxSpike):
        return spike_fn.max_num_spikes_per_bin
    return 1 if isinstance(spike_fn, SingleSpike) else None


def _without_explosion(simulation: Simulation, index: int, layer: NeuronSpec, changes: Changes) -> Changes:
    """Return the changes, with single spikes if recurrent excitation would multiply them without end."""
    explodes = _explodes(simulation, index, _changed(layer, changes))
    return {**changes, "spike_fn": {"kind": "SingleSpike"}} if explodes else changes


def _explodes(simulation: Simulation, index: int, layer: NeuronSpec) -> bool:
    """Return True if spikes multiply without end: their number is unlimited, and each adds more potential than it takes."""
    if _most_spikes(layer) is not None:
        return False
    taken = np.asarray(layer.spike_threshold)  # type: ignore[attr-defined]  # every layer that spikes
    reset = layer.reset_fn  # type: ignore[attr-defined]
    if isinstance(reset, MembraneSubtract) and reset.subtract_value is not None:
        taken = np.minimum(taken, reset.subtract_value)
    weight = simulation.weights.get(f"{index}.rec_connect.weight")
    if weight is None:
        return bool((taken < 0).any())
    excitation = np.maximum(weight, 0)
    most = min(excitation.sum(axis=0).max(), excitation.sum(axis=1).max())
    return bool((most * _gain(layer, simulation.records[index]) >= taken).any())


def _changed(layer: NeuronSpec, changes: Changes) -> NeuronSpec:
    return type(layer)(**{**layer.model_dump(), **changes})


def _leak(layer: NeuronSpec, record: LayerRecord) -> Array:
    """Return 1-α of each neuron, as the layer rounds it, (...); 0 without leak."""
    tau = getattr(layer, "tau_mem", None)
    leak = torch.zeros(()) if tau is None else decay(torch.tensor(tau), is_alpha=False, longest_tau=math.inf)[1]
    return np.broadcast_to(leak.double().numpy(), record.u.shape[2:])


def _synapse(layer: NeuronSpec, record: LayerRecord) -> Array:
    """Return the steady synaptic current of each neuron, (...), for a constant input of 1."""
    tau = getattr(layer, "tau_syn", None)
    return np.broadcast_to(np.ones(()) if tau is None else 1 / np.expm1(1 / np.asarray(tau)), record.u.shape[2:])


def _gain(layer: NeuronSpec, record: LayerRecord) -> Array:
    """Return what an input of 1 in one step adds to each neuron's potential in total, (...)."""
    gain: Array = _synapse(layer, record) * (_leak(layer, record) if getattr(layer, "norm_input", False) else 1.0)
    return gain


def _rounded_down(value: float) -> float:
    """Round down to two significant digits, so that a reachable value stays reachable."""
    digits = 1 - math.floor(math.log10(value))
    return float(math.floor(value * 10.0**digits) / 10.0**digits)


def _rounded_up(value: float, digits: int = 2) -> float:
    """Round up to `digits` significant digits, so that the result is never below `value`."""
    places = digits - 1 - math.floor(math.log10(value))
    return float(math.ceil(value * 10.0**places) / 10.0**places)
