"""A network run again without causes of a spike, and the search for how many must go until the spike goes too."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from functools import partial
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from snncore import kernels
from snncore.arrays import Array
from snncore.dynamics import State, fed_back, is_summed_in_order
from snncore.errors import ExperimentError
from snncore.explain.spike_causes import Cause, Causes, Rebuilt, Receiver, Source, record_at
from snncore.layers import StatefulLayer
from snncore.layers.models import model_of
from snncore.run.record import LayerRecord
from snncore.run.simulation import Simulation

CAN_GO: tuple[Source, ...] = ("input", "recurrence", "bias", "reset")
"""Sources whose causes can be left out."""

NOT_EVENTS: dict[str, str] = {"initial": "initial state", "bound": "lower bound"}

MOST_VALUES = 2**22
"""Most values that a search keeps at once: neurons run side by side × time steps."""

MOST_LEFT_OUT = 20_000
"""Most causes that a search leaves out together."""

MOST_TRIED = 20_000
"""Most sets of causes that a search tries to prove a minimum."""


@dataclass(frozen=True)
class Without:
    """What became of a neuron when some causes of its potential were left out.

    Attributes:
        subtracted: u without what they gave.
        u: u when the network runs again without them.
        fires: whether the neuron then fires at that step.
        changed: (step, neuron) of the layer's earlier spikes that are more or fewer in the new run, in the order of time. Where there is
            none, `u` and `subtracted` differ by rounding alone, or because a lower bound holds v at other steps.
    """

    subtracted: float
    u: float
    fires: bool
    changed: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Needed:
    """How many spikes must go until a spike goes.

    Attributes:
        causes: a set of received spikes without which it goes, the largest first.
        is_minimum: True if no smaller set would do; else their number is only known to be enough.
    """

    causes: tuple[Cause, ...]
    is_minimum: bool

    @property
    def count(self) -> int:
        return len(self.causes)


def without(simulation: Simulation, found: Causes, left_out: Sequence[Cause]) -> Without:
    """Run the network again without some causes, from the layer that sent them on.

    A spike is left out with all that it does after it was sent; a value of the input becomes 0. A bias is left out in its step alone, for
    the one neuron. Without a reset, u stays as it was.

    Args:
        simulation: the run that `found` explains.
        left_out: some of `found.ranked()`.

    Raises:
        ExperimentError: a cause is the initial state or the lower bound, which are no events; or the run began from a state that an
            earlier run left.
    """
    _first_state(simulation, found)
    wrong = next((cause.source for cause in left_out if cause.source not in CAN_GO), None)
    if wrong:
        raise ExperimentError(f"The {NOT_EVENTS[wrong]} is no event; leave out a spike, a bias or a reset.")
    record, network = record_at(simulation, found.layer), Rebuilt(simulation)
    layer = network.neurons(found.layer)
    sent = network.sent(found.sender).copy()
    for cause in left_out:
        if cause.source == "input":
            sent[found.sample, cause.step].reshape(-1)[cause.sender] = 0
    layer.record_states = True
    run = partial(_run, network, found, torch.from_numpy(sent))
    with torch.no_grad(), ExitStack() as changes:
        biases = [cause for cause in left_out if cause.source == "bias"]
        if biases:
            changes.enter_context(_without_biases(layer, found, biases, _shares(found, layer, record), record.u.shape))
        resets = [cause.step for cause in left_out if cause.source == "reset"]
        if resets:
            layer.reset_fn = _WithoutResets(layer.reset_fn, found, resets)
        fed = [cause for cause in left_out if cause.source == "recurrence"]
        if fed and not resets and is_summed_in_order(layer.rec_connect, torch.from_numpy(record.spikes[:, 0])):
            spikes = _run_without_feedback(layer, record, found, fed, run)
        else:
            if fed:
                changes.enter_context(_without_feedback(layer, found, fed))
            spikes = run()
    u = layer.recordings["u"].numpy()
    shape = (*u.shape[:2], -1)
    before, after = record.spikes.reshape(shape)[found.sample], spikes.reshape(shape)[found.sample]
    changed = np.argwhere(before[: found.step] != after[: found.step]) if record.does_spike else np.empty((0, 2), int)
    return Without(
        subtracted=found.u - sum(cause.value for cause in left_out),
        u=float(u.reshape(shape)[found.sample, found.step, found.neuron]),
        fires=bool(after[found.step, found.neuron] > 0) and record.does_spike,
        changed=tuple((int(step), int(neuron)) for step, neuron in changed),
    )


def needed(simulation: Simulation, found: Causes) -> Needed | None:
    """Search for the fewest received spikes without which a spike goes.

    Candidates are the spikes or values that the neuron received until then; several spikes of one sender in one step count as one. First
    the largest go, one after the other, until the spike is gone. Then all smaller sets are tried, those of spikes against it too, as far
    as `MOST_TRIED` goes. With recurrence the network runs again for each number that is tried: 1, 2, 4 and so on, then numbers between;
    and no other set is tried.

    Args:
        simulation: the run that `found` explains.

    Returns:
        None if the spike stays without all that speak for it, or is still there when the search ends.

    Raises:
        ExperimentError: the neuron doesn't fire at that step; or the run began from a state that an earlier run left.
    """
    if not found.spikes:
        raise ExperimentError(f"Neuron {found.neuron} doesn't fire at step {found.step}; choose a step with a spike.")
    if "recurrence" in found.parts:
        return _needed_with_recurrence(simulation, found)
    tried = _Tried(simulation, found, _first_state(simulation, found))
    speaking = sum(cause.value > 0 for cause in tried.causes)
    count = tried.first_silent(tried.without_first(min(speaking, MOST_LEFT_OUT)))
    if count is None:
        return None
    best, is_minimum = tuple(range(count + 1)), True
    for size in range(1, count + 1):
        if math.comb(len(tried.causes), size) > MOST_TRIED:
            is_minimum = False
            break
        smaller = list(itertools.combinations(range(len(tried.causes)), size))
        place = tried.first_silent(tried.without_sets(smaller))
        if place is not None:
            best = smaller[place]
            break
    return Needed(tuple(tried.causes[place] for place in best), is_minimum)


def _needed_with_recurrence(simulation: Simulation, found: Causes) -> Needed | None:
    """Return how many of the largest causes are enough, the network run again for each number."""
    speaking = [cause for cause in found.ranked("input", "recurrence", most=MOST_LEFT_OUT) if cause.value > 0]

    def fires(count: int) -> bool:
        return without(simulation, found, speaking[:count]).fires

    too_few, enough = 0, 1
    while enough <= len(speaking) and fires(enough):
        if enough == len(speaking):
            return None
        too_few, enough = enough, min(2 * enough, len(speaking))
    if not speaking:
        return None
    while enough - too_few > 1:
        middle = (too_few + enough) // 2
        too_few, enough = (middle, enough) if fires(middle) else (too_few, middle)
    return Needed(tuple(speaking[:enough]), enough == 1)


# ---------------------------------------------------------------------------------------------------- the run again


def _first_state(simulation: Simulation, found: Causes) -> State:
    """Return the state, each (batch, ...), in which a run of the receiving layer begins.

    Raises:
        ExperimentError: the simulation began from another state, one that an earlier run left.
    """
    record, layer = record_at(simulation, found.layer), Rebuilt(simulation).neurons(found.layer)
    z = torch.from_numpy(simulation.received(found.layer)[:, :1].reshape(record.u[:, :1].shape))
    with torch.no_grad():
        layer.hold_parameters()
        state = layer._initial_state(z)
        begun = kernels.scan(layer.step, z, state, layer.step_parameters(z), record=True).recordings
    recorded = {"u": record.u, "i_syn": record.i_syn, "spike_threshold": record.threshold}
    if any(name in begun and not np.array_equal(begun[name].numpy(), cast(Array, seen)[:, :1]) for name, seen in recorded.items()):
        raise ExperimentError("This run began from the state that another left, so it can't be run again alone; choose the first run.")
    return state


def _run(network: Rebuilt, found: Causes, sent: Tensor) -> Array:
    """Run the layers behind the one that sends, and return the receiving layer's output (batch, time, ...)."""
    is_folded = network.simulation.experiment.is_folded
    data = sent.flatten(0, 1) if is_folded else sent
    for place in range(0 if found.sender is None else found.sender + 1, found.layer + 1):
        data = network.module(place)(data)
    output: Array = data.reshape(*sent.shape[:2], *data.shape[2 - is_folded :]).numpy()
    return output


def _shares(found: Causes, layer: StatefulLayer, record: LayerRecord) -> Array:
    return Receiver(layer, record, found.sample, found.neuron).shares(found.step, found.history_from)


@contextmanager
def _without_biases(layer: StatefulLayer, found: Causes, biases: Sequence[Cause], shares: Array, shape: tuple[int, ...]) -> Iterator[None]:
    """Take the neuron's bias out of the layer's input at some steps."""

    def take_out(_: nn.Module, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        z = arguments[0].clone()
        by_step = z.view(*shape[:2], -1)
        for cause in biases:
            by_step[found.sample, cause.step, found.neuron] -= cause.value / shares[cause.step]
        return (z,)

    hook = layer.register_forward_pre_hook(take_out)
    try:
        yield
    finally:
        hook.remove()


def _run_without_feedback(layer: Any, record: LayerRecord, found: Causes, spikes: Sequence[Cause], run: Callable[[], Array]) -> Array:
    """Run the network with some spikes of one sample not fed back: what each sends is taken out of the input of the next step.

    A spike that isn't sent any more without an earlier one has nothing to be taken out; so the network runs until just what it sends
    there is taken out, each time right up to a later step.
    """
    place = ([cause.step for cause in spikes], [cause.sender for cause in spikes])
    weights = layer.rec_connect.weight.detach().t()[place[1]]
    shape = (*record.spikes.shape[:2], -1)
    taken = record.spikes.reshape(shape)[found.sample][place]

    def take_out(_: nn.Module, arguments: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        z = arguments[0].clone()
        by_step = z.view(shape)[found.sample]
        arrives = torch.tensor(place[0]) + 1
        by_step.index_add_(0, arrives, -torch.from_numpy(taken)[:, None] * weights)
        return (z,)

    hook = layer.register_forward_pre_hook(take_out)
    try:
        while True:
            layer.reset_states()
            output = run()
            sent = output.reshape(shape)[found.sample][place]
            if np.array_equal(sent, taken):
                return output
            taken = sent
    finally:
        hook.remove()


@contextmanager
def _without_feedback(layer: Any, found: Causes, spikes: Sequence[Cause]) -> Iterator[None]:
    """Keep some of the layer's spikes from being fed back. The connection is called once a step."""
    connection = layer.rec_connect
    layer.rec_connect = _WithoutSpikes(connection, found.sample, spikes)
    try:
        yield
    finally:
        layer.rec_connect = connection


class _WithoutSpikes(nn.Module):
    """A connection that some spikes of one sample don't pass; it sums the others in the same order. It is called once a step."""

    def __init__(self, connection: nn.Module, sample: int, spikes: Sequence[Cause]) -> None:
        super().__init__()
        self.connection = connection
        self.sample = sample
        self.at_step: dict[int, list[int]] = {}
        for cause in spikes:
            self.at_step.setdefault(cause.step, []).append(cause.sender)
        self.steps = itertools.count()

    def forward(self, s: Tensor) -> Tensor:
        s = s.clone()
        s[self.sample].view(-1)[self.at_step.get(next(self.steps), [])] = 0
        return fed_back(self.connection, s)


class _WithoutResets:
    """A reset that leaves one neuron as it was at some steps. It is called once a step."""

    def __init__(self, reset: Any, found: Causes, steps: Sequence[int]) -> None:
        self.reset = reset
        self.found = found
        self.left_out = set(steps)
        self.steps = itertools.count()

    def __call__(self, s: Tensor, state: dict[str, Tensor], threshold: Tensor) -> dict[str, Tensor]:
        after: dict[str, Tensor] = self.reset(s, state, threshold)
        if next(self.steps) not in self.left_out:
            return after
        u, v = state["v_mem"], after["v_mem"].clone()
        place = (self.found.sample, *map(int, np.unravel_index(self.found.neuron, u.shape[1:])))
        v[place] = u[place]
        return {**after, "v_mem": v}


# ------------------------------------------------------------------------------------- many runs of one neuron side by side


class _Tried:
    """One neuron of a layer without recurrence, run without sets of causes, many sets side by side."""

    def __init__(self, simulation: Simulation, found: Causes, first_state: State) -> None:
        record, network = record_at(simulation, found.layer), Rebuilt(simulation)
        layer = network.neurons(found.layer)
        receiver = Receiver(layer, record, found.sample, found.neuron)
        model = model_of(type(layer))
        assert model is not None
        self.step = model.step
        self.parameters = _of_one(receiver.parameters, record.u.shape[2:], found.neuron)
        self.first_state = {name: value[found.sample].reshape(-1)[found.neuron] for name, value in first_state.items()}
        received = simulation.received(found.layer)
        self.z = torch.from_numpy(receiver.of_steps(received.reshape(*received.shape[:2], -1))[: found.step + 1].copy())
        self.most = max(1, MOST_VALUES // len(self.z))
        weighted, _ = network.weighted(found.sender, found.layer, found.neuron, found.sample, found.step)
        gave = found.parts["input"]
        received_at = np.flatnonzero(weighted)
        order = np.argsort(-gave.reshape(-1)[received_at], kind="stable")[: MOST_TRIED + MOST_LEFT_OUT]
        places = [divmod(int(place), weighted.shape[1]) for place in received_at[order]]
        self.causes = [Cause("input", step, sender, float(gave[step, sender])) for step, sender in places]
        """All that the neuron received, the largest first; of what is before the history too, which gave nothing. Of very many, the first
        ones, which are too many to try all sets of."""
        self._steps = torch.tensor([step for step, _ in places], dtype=torch.long)
        self._inputs = torch.tensor([weighted[place] for place in places], dtype=self.z.dtype)

    def without_first(self, count: int) -> Iterator[Tensor]:
        """Yield the inputs (sets, time) without the first cause, the first two, and so on, some sets at a time."""
        z = self.z.unsqueeze(0)
        for begin in range(0, count, self.most):
            places = slice(begin, min(begin + self.most, count))
            taken = torch.zeros(places.stop - begin, len(self.z), dtype=z.dtype)
            taken[torch.arange(len(taken)), self._steps[places]] = self._inputs[places]
            part = z - taken.cumsum(0)
            yield part
            z = part[-1:]

    def without_sets(self, sets: Sequence[tuple[int, ...]]) -> Iterator[Tensor]:
        """Yield the inputs (sets, time) without each set of causes, all of one size."""
        for begin in range(0, len(sets), self.most):
            places = torch.tensor(sets[begin : begin + self.most])
            yield self.z.repeat(len(places), 1).scatter_add(1, self._steps[places], -self._inputs[places])

    def first_silent(self, parts: Iterator[Tensor]) -> int | None:
        """Return the place of the first input with which the neuron is silent at the last step; None if there is none."""
        before = 0
        for z in parts:
            state = {name: value.repeat(len(z)) for name, value in self.first_state.items()}
            with torch.no_grad():
                output = kernels.scan(self.step, z, state, self.parameters).output
            silent = (output[:, -1] == 0).nonzero()
            if len(silent):
                return before + int(silent[0])
            before += len(z)
        return None


def _of_one(parameters: Any, shape: tuple[int, ...], neuron: int) -> Any:
    """Return a step's parameters for one neuron of a layer."""
    tensors = {field.name: getattr(parameters, field.name) for field in fields(parameters)}
    own = {name: value.detach().expand(shape).reshape(-1)[neuron] for name, value in tensors.items() if isinstance(value, Tensor)}
    return replace(parameters, **own)
