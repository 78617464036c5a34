"""Causes of a membrane potential: what each input, spike, bias and reset gave to u of one neuron at one step, so that their sum is u.

Between resets u is linear in everything that reached the neuron. So each cause has a value, `K[t'] w x`, with the share `K` that the leak
and the synaptic current leave of it. A hard reset, or the lower bound, ends the history: whatever was before it changes nothing in v.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, cast

import numpy as np
import torch
from torch import Tensor, nn

from snncore import kernels
from snncore.activation import MembraneReset, MembraneSubtract
from snncore.arrays import Array
from snncore.dynamics import MembraneParameters
from snncore.errors import ExperimentError
from snncore.experiment.parameters import put
from snncore.explain.credit_assignment import check_place
from snncore.layers import NEURON_MODELS, StatefulLayer
from snncore.layers.models import model_of
from snncore.run.record import LayerRecord
from snncore.run.simulation import Simulation

Source = Literal["input", "recurrence", "bias", "reset", "initial", "bound"]


@dataclass(frozen=True)
class Cause:
    """One contribution to u, such as a received spike.

    Attributes:
        source: the part that it belongs to, as in `Causes.parts`.
        step: when it was sent, or happened.
        sender: who sent it, counted in the layer or input that sends; 0 in parts without a sender.
        value: how much it contributed.
    """

    source: Source
    step: int
    sender: int
    value: float


@dataclass(frozen=True)
class Causes:
    """What u of one neuron at one step is the sum of.

    Attributes:
        layer, neuron, step, sample: where; neurons of several axes are numbered through.
        sender: place of the neuron layer that sends the input; None if that is the network's input.
        parts: what each source gave, (step + 1, senders), by the step in which it was sent. Each is there where the layer has it:

            - `input`: the spikes or values of the layer that sends, or of the network's input, through the weights between.
            - `recurrence`: the layer's own spikes fed back, which arrive one step later.
            - `bias`: the biases between, and of the recurrent connection, by the step in which they act; one sender.
            - `reset`: what the neuron's own spikes took, or the value that a hard reset left; one sender.
            - `initial`: the state before the first step; one sender.
            - `bound`: the value at which the lower bound held v; one sender.
        u: the potential that was recorded.
        threshold: θ of that step; infinite for a layer that never spikes.
        spikes: spikes of the neuron in that step.
        history_from: the first step whose u counts; what was before is lost.
        ended_by: what ended the history before; None if it goes back to the first step.
    """

    layer: int
    neuron: int
    step: int
    sample: int
    sender: int | None
    parts: dict[Source, Array]
    u: float
    threshold: float
    spikes: float
    history_from: int
    ended_by: Literal["reset", "bound"] | None

    @property
    def total(self) -> float:
        """The sum of all parts, which is u but for the rounding of each step."""
        return float(sum(part.sum() for part in self.parts.values()))

    @property
    def missing(self) -> float:
        """How far u is below θ; negative where it is above."""
        return self.threshold - self.u

    def ranked(self, *sources: Source, most: int | None = None) -> list[Cause]:
        """Return the causes that gave anything, the largest in size first.

        Args:
            sources: the parts to look at; all if none is named.
            most: number of causes; None: all.
        """
        found = [
            cause for source, part in self.parts.items() if not sources or source in sources for cause in _causes_in(source, part, most)
        ]
        return sorted(found, key=lambda cause: -abs(cause.value))[:most]


def causes(simulation: Simulation, layer: int, neuron: int, step: int, sample: int = 0) -> Causes:
    """Return what u of a neuron at a step is the sum of, whether or not it fired.

    Args:
        simulation: a run with all outputs, as `simulate` returns it.
        layer: place of a neuron layer in the network.

    Raises:
        ExperimentError: there is no such neuron layer, neuron, step or sample; the layer's model or reset is one of your own, whose
            potential isn't known to be a sum; or the simulation doesn't hold all outputs and parameters.
    """
    record = record_at(simulation, layer)
    batch, steps = record.u.shape[:2]
    check_place((batch, steps, int(np.prod(record.u.shape[2:]))), sample, step, neuron)
    network = Rebuilt(simulation)
    receiver = Receiver(network.neurons(layer), record, sample, neuron)
    sender = network.sender_of(layer)
    weighted, bias = network.weighted(sender, layer, neuron, sample, step)
    history_from, ended_by = receiver.history(step)
    shares = receiver.shares(step, history_from)
    parts: dict[Source, Array] = {"input": shares[:, None] * weighted}
    biases = np.full(step + 1, bias)
    if "i_rec" in receiver.layer.state_names:
        recurrent, own_bias = _row([cast(nn.Module, receiver.layer.rec_connect).double()], record.u.shape[2:], neuron)
        spikes = record.spikes[sample].reshape(steps, -1)[:step].astype(np.float64)
        parts["recurrence"] = np.concatenate([shares[1:, None] * recurrent * spikes, np.zeros((1, len(recurrent)))])
        biases[1:] += own_bias
    parts["bias"] = (shares * biases)[:, None]
    if record.does_spike:
        parts["reset"] = receiver.taken(step, history_from, ended_by)[:, None]
    parts["initial"] = receiver.initial(simulation.received(layer), step, history_from)[:, None]
    if receiver.bound is not None:
        bounded = np.zeros((step + 1, 1))
        if ended_by == "bound":
            bounded[history_from - 1] = receiver.bound * receiver.alpha ** (step - history_from + 1)
        parts["bound"] = bounded
    return Causes(
        layer=layer,
        neuron=neuron,
        step=step,
        sample=sample,
        sender=sender,
        parts=parts,
        u=float(receiver.u[step]),
        threshold=float(receiver.threshold[step]),
        spikes=float(receiver.spikes[step]),
        history_from=history_from,
        ended_by=ended_by,
    )


def record_at(simulation: Simulation, layer: int) -> LayerRecord:
    """Return the record of a neuron layer; raise ExperimentError if there is none."""
    if layer not in simulation.records:
        places = ", ".join(map(str, simulation.records)) or "none"
        raise ExperimentError(f"Layer {layer} of the network has no neurons; layers with neurons are {places}, counted from 0.")
    return simulation.records[layer]


class Rebuilt:
    """The network of a simulation, built again with its parameters, and what its layers sent."""

    def __init__(self, simulation: Simulation) -> None:
        if len(simulation.outputs) < len(simulation.experiment.network) or not simulation.parameters:
            raise ExperimentError("This run holds the output of its last layer alone; simulate the Experiment to have those of all layers.")
        self.simulation = simulation
        self.model = simulation.experiment.replace({"checkpoint": None}).build().eval()
        put(simulation.parameters, self.model)

    def module(self, place: int) -> nn.Module:
        return self.model.get_submodule(str(place))

    def neurons(self, place: int) -> StatefulLayer:
        return cast(StatefulLayer, self.module(place))

    def sender_of(self, layer: int) -> int | None:
        """Return the place of the neuron layer before; None if the network's input comes before."""
        return max((place for place in self.simulation.records if place < layer), default=None)

    def sent(self, sender: int | None) -> Array:
        """Return what a layer, or the input, sent, (batch, time, ...)."""
        return self.simulation.input if sender is None else self.simulation.outputs[sender]

    def weighted(self, sender: int | None, layer: int, neuron: int, sample: int, step: int) -> tuple[Array, float]:
        """Return what each sender's values were to the input of a neuron up to a step, (step + 1, senders), and its bias."""
        between = [copy.deepcopy(self.module(place)).double() for place in range(0 if sender is None else sender + 1, layer)]
        sent = self.sent(sender)
        weights, bias = _row(between, sent.shape[2:], neuron)
        return weights * sent[sample, : step + 1].reshape(step + 1, -1).astype(np.float64), bias


class Receiver:
    """One neuron of a layer in one sample: its parameters in force, and what was recorded of it, each (time,)."""

    def __init__(self, layer: StatefulLayer, record: LayerRecord, sample: int, neuron: int) -> None:
        model, reset = model_of(type(layer)), getattr(layer, "reset_fn", None)
        if model is None or model.step not in kernels.STEPS or type(reset) not in (MembraneSubtract, MembraneReset, type(None)):
            known = ", ".join(name for name, model in NEURON_MODELS.items() if model.step in kernels.STEPS)
            raise ExperimentError(
                f"The potential of {type(layer).__name__} isn't known to be a sum; causes are told of {known} and their recurrent forms, "
                f"with MembraneSubtract or MembraneReset."
            )
        shape = record.u.shape
        self.layer = layer
        self.reset = reset
        self.place = (sample, neuron)
        self.parameters: MembraneParameters = layer.step_parameters(torch.empty(1, 1, *shape[2:]))
        self.u, self.v, self.spikes, self.threshold = map(self.of_steps, (record.u, record.v, record.spikes, _over(record)))
        self.i_syn = None if record.i_syn is None else self.of_steps(record.i_syn)
        self._shape = shape[2:]
        p = self.parameters
        self.alpha = self._own(p.alpha_mem)
        self.gain = 1.0 if p.input_gain is None else self._own(p.input_gain)
        self.beta = None if p.alpha_syn is None else self._own(p.alpha_syn)
        self.bound = None if p.min_v_mem is None else self._own(p.min_v_mem)

    def of_steps(self, values: Array) -> Array:
        """Return the neuron's values (time,) of (batch, time, ...)."""
        sample, neuron = self.place
        steps: Array = values[sample].reshape(values.shape[1], -1)[:, neuron]
        return steps

    def _own(self, value: Tensor) -> float:
        return value.detach().expand(self._shape).reshape(-1)[self.place[1]].item()

    def history(self, step: int) -> tuple[int, Literal["reset", "bound"] | None]:
        """Return the first step whose u still counts at `step`, and what ended the history before."""
        bounded = np.zeros(step, dtype=bool) if self.bound is None else self.v[:step] <= np.float32(self.bound)
        reset = self.spikes[:step] > 0 if isinstance(self.reset, MembraneReset) else np.zeros(step, dtype=bool)
        ended = np.flatnonzero(bounded | reset)
        if not len(ended):
            return 0, None
        return int(ended[-1]) + 1, "bound" if bounded[ended[-1]] else "reset"

    def currents(self, step: int, history_from: int) -> Array:
        """Return the share of each step's synaptic current, or input without one, in u, (step + 1,)."""
        kept = np.where(np.arange(step + 1) >= history_from, self.gain * self.alpha ** np.arange(step, -1, -1.0), 0.0)
        if self.beta is None:
            return kept
        for before in range(step - 1, -1, -1):
            kept[before] += self.beta * kept[before + 1]
        return kept

    def shares(self, step: int, history_from: int) -> Array:
        """Return the share of each step's input in u, (step + 1,): K."""
        currents = self.currents(step, history_from)
        return currents if self.beta is None else self.beta * currents

    def taken(self, step: int, history_from: int, ended_by: str | None) -> Array:
        """Return what the resets gave, (step + 1,); all but the value of a hard reset is negative."""
        given = np.zeros(step + 1)
        left = self.alpha ** np.arange(step, -1, -1.0)
        if isinstance(self.reset, MembraneReset):
            if ended_by == "reset":
                given[history_from - 1] = self.reset.reset_value * left[history_from - 1]
            return given
        value = cast(MembraneSubtract, self.reset).subtract_value
        taken = self.spikes[:step].astype(np.float64) * (self.threshold[:step] if value is None else value)
        given[:step] = -taken * left[:step]
        given[:history_from] = 0
        return given

    def initial(self, received: Array, step: int, history_from: int) -> Array:
        """Return what the state before the first step gave, (step + 1,), all at step 0.

        It is what u and the synaptic current have beyond the first input, in the arithmetic of the layer, so exactly 0 if it was 0.
        """
        given = np.zeros(step + 1)
        current = z = self.of_steps(received.reshape(*received.shape[:2], -1))[0]
        if self.beta is not None and self.i_syn is not None:
            current = self.i_syn[0]
            given[0] += float(current - np.float32(self.beta) * z) * self.currents(step, history_from)[0]
        if history_from == 0:
            driven = current if self.parameters.input_gain is None else np.float32(self.gain) * current
            given[0] += float(self.u[0] - driven) * self.alpha**step
        return given


def _row(modules: Sequence[nn.Module], shape: tuple[int, ...], neuron: int) -> tuple[Array, float]:
    """Return the weights (senders,) and the bias with which layers that only weigh and add lead to a neuron."""
    x = torch.zeros(1, *shape, dtype=torch.float64, requires_grad=True)
    z = x
    for module in modules:
        z = module(z)
    z = z.reshape(-1)[neuron]
    (weights,) = torch.autograd.grad(z, x)
    return weights.reshape(-1).numpy(), z.item()


def _causes_in(source: Source, part: Array, most: int | None) -> Iterator[Cause]:
    """Yield the causes in a part, or no more than the largest of them."""
    places = np.flatnonzero(part)
    if most is not None and len(places) > most:
        sizes = np.abs(part.reshape(-1)[places])
        places = np.sort(places[np.argpartition(-sizes, most)[:most]])
    for place in places:
        step, sender = divmod(int(place), part.shape[1])
        yield Cause(source, step, sender, float(part[step, sender]))


def _over(record: LayerRecord) -> Array:
    return np.broadcast_to(record.threshold, record.u.shape)
