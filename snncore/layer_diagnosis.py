"""Why a layer of a simulation is silent, saturated or clipped, in numbers, with the parameters that would change it.

The words are left to whoever shows them; `snncore.diagnose` does the same for a training.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from snncore.activation import MaxSpike, SingleSpike
from snncore.layer_spec import NeuronSpec
from snncore.record import LayerRecord
from snncore.simulation import Simulation

EVERY_STEP = 0.95
"""Share of the time steps from which on a neuron counts as spiking at every step."""

SATURATED = 0.5
"""Share of such neurons from which on a layer counts as saturated."""

CLIPPED = 0.05
"""Share of values from which on a bound or a limit is worth a word."""

MODERATE_RATE = 0.2
"""Spikes per neuron and step that a remedy aims at."""

LONG_MEMORY = 10
"""A time constant of so many runs is as good as no leak."""

Changes = dict[str, Any]
"""Fields of a layer with the values that would mend it."""


@dataclass(frozen=True)
class Silent:
    """No neuron spikes.

    Attributes:
        largest_u: of the neuron that comes closest to its threshold.
        threshold: θ of that neuron.
        steady_state: v to which its mean input alone would lead it; None without leak.
        gets_input: whether anything but zeros reaches the layer.
        lower_threshold: a θ at which that neuron would spike; None where u never rises above 0.
        changes: remedies, the most direct first.
    """

    largest_u: float
    threshold: float
    steady_state: float | None
    gets_input: bool
    lower_threshold: float | None
    changes: tuple[Changes, ...] = ()


@dataclass(frozen=True)
class Saturated:
    """`saturated` of `neurons` spike at every step; `rate` is the layer's mean, in spikes per neuron and step."""

    saturated: int
    neurons: int
    rate: float
    changes: tuple[Changes, ...] = field(default=())


@dataclass(frozen=True)
class Clipped:
    """A limit cuts what the neurons do: `min_v_mem` holds v up at `share` of all values, or `spike_fn` cuts that share of the steps with
    spikes, in which u reached up to `largest` thresholds.
    """

    by: str
    share: float
    largest: float
    changes: tuple[Changes, ...] = field(default=())


@dataclass(frozen=True)
class LongMemory:
    """The membrane forgets next to nothing during the run of `steps` time steps; `alpha` is exp(-1/τ)."""

    tau: float
    alpha: float
    steps: int
    changes: tuple[Changes, ...] = field(default=())


Finding = Silent | Saturated | Clipped | LongMemory


def diagnose(simulation: Simulation) -> dict[int, tuple[Finding, ...]]:
    """What there is to say of each neuron layer, by its place in the network, the gravest first; nothing of a layer in good order."""
    return {index: tuple(_findings(simulation, index, record)) for index, record in simulation.records.items()}


def _findings(simulation: Simulation, index: int, record: LayerRecord) -> list[Finding]:
    layer = simulation.experiment.network[index]
    assert isinstance(layer, NeuronSpec)
    found: list[Finding] = []
    if record.does_spike:
        found += [_silence(simulation, index, layer, record)] if not record.spikes.any() else _excess(layer, record)
    found += _bound(layer, record)
    steps = record.u.shape[1]
    tau = getattr(layer, "tau_mem", None)
    if isinstance(tau, float) and tau > LONG_MEMORY * steps:
        found.append(LongMemory(tau, math.exp(-1 / tau), steps, ({"tau_mem": max(1.0, steps / LONG_MEMORY)},)))
    return found


def _silence(simulation: Simulation, index: int, layer: NeuronSpec, record: LayerRecord) -> Silent:
    threshold = np.broadcast_to(record.threshold, record.u.shape)
    reach = record.u / threshold
    sample, step, *neuron = np.unravel_index(int(reach.argmax()), reach.shape)
    place = (sample, step, *neuron)
    largest_u, theta = float(record.u[place]), float(threshold[place])
    received = simulation.received(index)
    lower = _rounded_down(largest_u) if largest_u > 0 else None
    changes: list[Changes] = [] if lower is None else [{"spike_threshold": lower}]
    gain = _dc_gain(layer, tuple(int(axis) for axis in neuron), received.shape[2:])
    if getattr(layer, "norm_input", False) and gain.leak is not None and largest_u / gain.leak >= theta:
        changes.append({"norm_input": False})
    return Silent(
        largest_u=largest_u,
        threshold=theta,
        steady_state=None if gain.total is None else gain.total * float(np.moveaxis(received, 1, -1)[(sample, *neuron)].mean()),
        gets_input=bool(received.any()),
        lower_threshold=lower,
        changes=tuple(changes),
    )


def _excess(layer: NeuronSpec, record: LayerRecord) -> list[Finding]:
    """Of a layer that spikes: whether it does so all the time, and whether its spike function cuts counts."""
    found: list[Finding] = []
    spiking = record.spikes > 0
    always = spiking.mean(axis=1) >= EVERY_STEP
    rate = float(record.spikes.mean())
    if always.mean() >= SATURATED:
        theta = float(np.max(record.threshold)) * max(rate / MODERATE_RATE, 2.0)
        found.append(Saturated(int(always.sum()), always.size, rate, ({"spike_threshold": float(f"{theta:.2g}")},)))
    most = _most_spikes(layer)
    if most is not None:
        reach = record.u / record.threshold
        cut = float((reach >= most + 1).sum() / spiking.sum())
        if cut > CLIPPED:
            found.append(Clipped("spike_fn", cut, float(reach.max()), ({"spike_fn": {"kind": "MultiSpike"}},)))
    return found


def _bound(layer: NeuronSpec, record: LayerRecord) -> list[Finding]:
    bound = getattr(layer, "min_v_mem", None)
    if bound is None:
        return []
    held = float((record.v <= np.asarray(bound, dtype=record.v.dtype)).mean())
    return [Clipped("min_v_mem", held, float(np.min(bound)), ({"min_v_mem": None},))] if held > CLIPPED else []


def _most_spikes(layer: NeuronSpec) -> int | None:
    """The most spikes per step that the spike function lets through; None where there is no limit."""
    spike_fn = getattr(layer, "spike_fn", None)
    if isinstance(spike_fn, MaxSpike):
        return spike_fn.max_num_spikes_per_bin
    return 1 if isinstance(spike_fn, SingleSpike) else None


@dataclass(frozen=True)
class _Gain:
    """Factors from a constant input to the potential: `leak` is 1-α, `total` that of the whole neuron; None without leak."""

    leak: float | None
    total: float | None


def _dc_gain(layer: NeuronSpec, neuron: tuple[int, ...], shape: tuple[int, ...]) -> _Gain:
    def of_neuron(name: str) -> float | None:
        value = getattr(layer, name, None)
        return None if value is None else float(np.broadcast_to(np.asarray(value), shape)[neuron])

    tau_mem, tau_syn = of_neuron("tau_mem"), of_neuron("tau_syn")
    if tau_mem is None:
        return _Gain(None, None)
    leak = -math.expm1(-1 / tau_mem)
    synapse = 1.0 if tau_syn is None else math.exp(-1 / tau_syn) / -math.expm1(-1 / tau_syn)
    return _Gain(leak, synapse if getattr(layer, "norm_input", False) else synapse / leak)


def _rounded_down(value: float) -> float:
    """To two significant digits, so that what shall be reached is reached."""
    digits = 1 - math.floor(math.log10(value))
    return float(math.floor(value * 10.0**digits) / 10.0**digits)
