"""Why a converted network parts from its artificial one, and what would mend that, as data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from snncore.activation import MaxSpike, MembraneReset, SingleSpike
from snncore.convert.artificial import neuron_places
from snncore.convert.comparison import Compared, ComparedLayer
from snncore.experiment.conversion import Conversion

GOOD = 0.99
"""Agreement from which on nothing needs mending."""

MUCH_SILENT, MUCH_SLOW, MUCH_SATURATED, MUCH_CLIPPED, MUCH_STARTED = 0.4, 0.4, 0.05, 0.03, 0.2
"""Shares of a layer's values from which on a fault is named."""

BETTER = 0.01
"""Agreement that more steps must bring to be worth naming, and what may be missing of the best."""

BEYOND = 1.02
"""A value counts as too large from this multiple of what can be."""

BEST_START, FAR_START = 0.5, 0.25
"""Potential before the first step, as a fraction of θ, that rounds rates to the nearest; and how far from it one is named."""

FaultKind = Literal["silent", "slow", "saturated", "clipped", "reset", "start", "too few steps"]


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        kind: `silent`: neurons whose activation is due at least one spike send none. `slow`: the threshold is so high that they send at
            least one too few. `saturated`: the threshold is so low that neurons
            spike as often as they can. `clipped`: activations above the percentile, which no number of spikes stands for. `reset`: what a
            potential has above θ is lost at each spike. `start`: potentials start so near θ, or so far below it, that rates are rounded up,
            or down. `too few steps`: more steps bring more agreement.
        place: of the layer that has most of it; None for too few steps and the reset.
        share: of the layer's values that have it; for too few steps, the agreement that would be missing.
        changes: of the Experiment that mend it, by path.
    """

    kind: FaultKind
    place: int | None
    share: float
    changes: dict[str, Any]


def faults(compared: Compared) -> tuple[Fault, ...]:
    """Return what parts the two networks, the worst first; nothing where they agree."""
    if compared.agreement >= GOOD:
        return ()
    found = [fault for fault in (_silent(compared) or _slow(compared), _saturated(compared), _clipped(compared)) if fault is not None]
    if found:
        return tuple(sorted(found, key=lambda fault: -fault.share))
    other = _reset(compared) or _start(compared) or _too_few_steps(compared)
    return () if other is None else (other,)


def _silent(compared: Compared) -> Fault | None:
    def share(layer: ComparedLayer, neurons: Any) -> float:
        due = layer.activations * compared.asked >= 1
        return _share(layer.rates == 0, due)

    changes: dict[str, Any] = {}
    for place, neurons in _neurons(compared):
        if neurons.spike_threshold > 1:
            changes[f"network.{place}.spike_threshold"] = 1.0
        if neurons.initial_v_mem < 0:
            changes[f"network.{place}.initial_v_mem"] = BEST_START
    return _worst(compared, "silent", share, MUCH_SILENT, changes)


def _slow(compared: Compared) -> Fault | None:
    def share(layer: ComparedLayer, neurons: Any) -> float:
        due = layer.activations * compared.asked >= 1
        return _share((layer.activations - layer.rates) * compared.asked >= 1, due) if neurons.spike_threshold > 1 else 0.0

    lowered = {f"network.{place}.spike_threshold": 1.0 for place, neurons in _neurons(compared) if neurons.spike_threshold > 1}
    return _worst(compared, "slow", share, MUCH_SLOW, lowered)


def _saturated(compared: Compared) -> Fault | None:
    def share(layer: ComparedLayer, neurons: Any) -> float:
        most = _most_spikes(neurons)
        is_low = (layer.activations <= most * BEYOND) & (layer.activations > most * BEYOND * neurons.spike_threshold)
        return _share(is_low, layer.activations > 0)

    lifted = {f"network.{place}.spike_threshold": 1.0 for place, neurons in _neurons(compared) if neurons.spike_threshold < 1}
    return _worst(compared, "saturated", share, MUCH_SATURATED, lifted)


def _clipped(compared: Compared) -> Fault | None:
    def share(layer: ComparedLayer, neurons: Any) -> float:
        return _share(layer.activations > _most_spikes(neurons) * BEYOND, layer.activations > 0)

    usual = Conversion().percentile
    given = compared.experiment.conversion
    changes = {"conversion.percentile": usual} if given is not None and given.percentile < usual else {}
    return _worst(compared, "clipped", share, MUCH_CLIPPED, changes)


def _reset(compared: Compared) -> Fault | None:
    if compared.asked == 1:  # no step follows for which a reset would matter
        return None
    changes = {
        f"network.{place}.reset_fn": {"kind": "MembraneSubtract", "subtract_value": None}
        for place, neurons in _neurons(compared)
        if isinstance(neurons.reset_fn, MembraneReset)
    }
    return Fault("reset", None, 1 - compared.agreement, changes) if changes else None


def _start(compared: Compared) -> Fault | None:
    if compared.input_synops is not None:  # spikes at random miss by more than the start does
        return None

    def share(layer: ComparedLayer, neurons: Any) -> float:
        if not _starts_far(neurons):
            return 0.0
        too_many = (layer.rates - layer.activations) * compared.asked * np.sign(neurons.initial_v_mem - BEST_START)
        return _share(too_many > 0.5, layer.activations > 0)

    halved = {f"network.{place}.initial_v_mem": BEST_START for place, neurons in _neurons(compared) if _starts_far(neurons)}
    return _worst(compared, "start", share, MUCH_STARTED, halved)


def _starts_far(neurons: Any) -> bool:
    return bool(abs(neurons.initial_v_mem - BEST_START) >= FAR_START)


def _too_few_steps(compared: Compared) -> Fault | None:
    later = compared.agreements[compared.asked :]
    if not later.size or later.max() < compared.agreement + BETTER:
        return None
    enough = GOOD if later.max() >= GOOD else later.max() - BETTER
    steps = compared.asked + 1 + int(np.argmax(later >= enough))
    shape = compared.experiment.input.shape
    return Fault("too few steps", None, float(later.max()) - compared.agreement, {"input.shape": [shape[0], steps, *shape[2:]]})


def _worst(compared: Compared, kind: FaultKind, share: Any, much: float, changes: dict[str, Any]) -> Fault | None:
    """Return the fault of the layer that has most of it; None if none has much, or nothing would mend it."""
    network = compared.experiment.network
    shares = {layer.place: share(layer, network[layer.place]) for layer in compared.layers if layer.does_spike}
    place = max(shares, key=lambda each: shares[each])
    return Fault(kind, place, shares[place], changes) if changes and shares[place] > much else None


def _neurons(compared: Compared) -> list[tuple[int, Any]]:
    experiment = compared.experiment
    return [(place, experiment.network[place]) for place in neuron_places(experiment)]


def _most_spikes(neurons: Any) -> float:
    """Return the most spikes that a neuron may send in one step."""
    if isinstance(neurons.spike_fn, SingleSpike):
        return 1.0
    most = neurons.spike_fn.max_num_spikes_per_bin if isinstance(neurons.spike_fn, MaxSpike) else None
    return np.inf if most is None else float(most)


def _share(these: Any, among: Any) -> float:
    return float((these & among).sum() / max(among.sum(), 1))
