"""The question why a neuron fired, or didn't, as a visitor follows it back from cause to cause, and what is known of it."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np

from app.state.kept import is_same
from snncore.errors import ExperimentError
from snncore.explain import CAN_GO, Cause, Causes, Needed, Without, causes, needed, without
from snncore.explain.spike_causes import Source
from snncore.run.record import LayerRecord, neurons_by_time
from snncore.run.simulation import Simulation

INPUT = -1
"""Stands for the network's input, where a layer's place is named."""

MOST_OFFERED = 12
"""Causes that can be left out by name, the largest."""


@dataclass(frozen=True)
class Question:
    """Which potential is to be explained: that of a neuron, in the layer at a place in the network, at a step."""

    layer: int
    neuron: int
    step: int


@dataclass(frozen=True)
class Explanation:
    """What is known of a question.

    Attributes:
        found: the causes of u.
        chosen, without: the cause that was chosen, and what becomes of the neuron without it; None also where that was refused.
        is_counted: whether it was searched how many spikes must go.
        fewest: what that search found.
        refusal: why the network can't run again without causes; None if nothing was refused.
    """

    found: Causes
    chosen: Cause | None
    without: Without | None
    is_counted: bool
    fewest: Needed | None
    refusal: str | None = None


def sender_of(found: Causes, source: Source) -> int | None:
    """Return the place of the layer whose neurons send a part of u; None for the network's input, and for parts that nobody sends."""
    return {"input": found.sender, "recurrence": found.layer}.get(source)


def of_interest(record: LayerRecord, layer: int, neuron: int, sample: int) -> Question:
    """Return the question about a neuron's last spike or, if it was silent, about its largest u."""
    fired = np.flatnonzero(neurons_by_time(record.spikes, sample)[neuron]) if record.does_spike else np.empty(0)
    step = int(fired[-1]) if len(fired) else int(neurons_by_time(record.u, sample)[neuron].argmax())
    return Question(layer, neuron, step)


@dataclass
class Why:
    """Attributes:
    trail: the questions so far, the present one last; none while nothing is asked.
    chosen: source, step and sender of the cause that was chosen; None without one.
    is_counted: whether it is to be said how many spikes must go.
    has_missed: whether the last choice was of something that gave nothing.
    """

    trail: list[Question] = field(default_factory=list)
    chosen: tuple[Source, int, int] | None = None
    is_counted: bool = False
    has_missed: bool = False
    _known: tuple[object, Explanation] | None = None
    _fewest: tuple[object, Needed | None] | None = None

    @property
    def is_asked(self) -> bool:
        return bool(self.trail)

    def ask(self, question: Question) -> None:
        """Ask a question, and remember the one before."""
        self.trail.append(question)
        self._start_over()

    def back(self) -> None:
        """Return to the question before, or from the first one to none."""
        if self.trail:
            self.trail.pop()
        self._start_over()

    def end(self) -> None:
        self.trail, self._known, self._fewest = [], None, None
        self._start_over()

    def choose(self, simulation: Simulation, sample: int, layer: int, senders: range, steps: range) -> None:
        """Choose the largest cause among some senders and steps of a layer, or of the `INPUT`. Chosen again, it becomes the question."""
        found = self.explain(simulation, sample).found
        source: Source = "recurrence" if layer == found.layer else "input"
        within = slice(steps.start, steps.stop), slice(senders.start, senders.stop)
        given = found.parts.get(source, np.empty((0, 0)))[within]
        self.has_missed = not given.any()
        if self.has_missed:
            return
        step, sender = np.unravel_index(int(np.abs(given).argmax()), given.shape)
        place = source, steps.start + int(step), senders.start + int(sender)
        if place == self.chosen:
            self.go_on(found)
        else:
            self.chosen = place

    def turn_to(self, step: int) -> None:
        """Ask about the same neuron at another step, in place of the present question."""
        if self.trail and step != self.trail[-1].step:
            self.trail[-1] = replace(self.trail[-1], step=step)
            self._start_over()

    def offered(self, found: Causes) -> list[Cause]:
        """Return the largest causes that can be left out, and the chosen one."""
        offered = found.ranked(*CAN_GO, most=MOST_OFFERED)
        chosen = self._cause(found)
        return offered if chosen is None or chosen in offered else [*offered, chosen]

    def leave_out(self, cause: Cause | None) -> None:
        """Choose a cause by name; None: none."""
        self.chosen = None if cause is None else (cause.source, cause.step, cause.sender)
        self.has_missed = False

    def go_on(self, found: Causes) -> None:
        """Ask why the chosen spike was sent, if a neuron sent it."""
        if self.chosen is None:
            return
        source, step, sender = self.chosen
        layer = sender_of(found, source)
        if layer is not None:
            self.ask(Question(layer, sender, step))

    def count(self) -> None:
        """Have it said how many spikes must go."""
        self.is_counted = True

    def explain(self, simulation: Simulation, sample: int) -> Explanation:
        """Answer the present question for a sample of a simulation. The last answer is kept.

        What can't be run again leaves the causes told, with the reason beside them.

        Raises:
            ExperimentError: the neuron or step is no longer there, or its causes can't be told.
        """
        asked = (simulation, sample, self.trail[-1], self.chosen, self.is_counted)
        if self._known is not None and is_same(self._known[0], asked):
            return self._known[1]
        layer, neuron, step = self.trail[-1].layer, self.trail[-1].neuron, self.trail[-1].step
        found = causes(simulation, layer, neuron, step, sample)
        chosen = self._cause(found)
        can_count = self.is_counted and found.spikes > 0
        try:
            lost = without(simulation, found, [chosen]) if chosen else None
            fewest = self._counted(simulation, sample, found) if can_count else None
            explanation = Explanation(found, chosen, lost, can_count, fewest)
        except ExperimentError as error:
            explanation = Explanation(found, chosen, None, False, None, refusal=str(error))
        self._known = asked, explanation
        return explanation

    def is_there(self, simulation: Simulation) -> bool:
        """Return True if the simulation has the neuron and the step of the present question."""
        asked = self.trail[-1]
        if asked.layer not in simulation.records:
            return False
        _, steps, *neurons = simulation.records[asked.layer].u.shape
        return asked.step < steps and asked.neuron < math.prod(neurons)

    def _counted(self, simulation: Simulation, sample: int, found: Causes) -> Needed | None:
        """Return how many spikes must go. The last answer is kept, since the search is long and depends on no chosen cause."""
        asked = (simulation, sample, self.trail[-1])
        if self._fewest is None or not is_same(self._fewest[0], asked):
            self._fewest = asked, needed(simulation, found)
        return self._fewest[1]

    def _start_over(self) -> None:
        self.chosen, self.is_counted, self.has_missed = None, False, False

    def _cause(self, found: Causes) -> Cause | None:
        """Return the chosen cause; None if there is none, or it gives nothing after an edit."""
        if self.chosen is None:
            return None
        source, step, sender = self.chosen
        part = found.parts.get(source, np.empty((0, 0)))
        if step >= len(part) or sender >= part.shape[1] or not part[step, sender]:
            return None
        return Cause(source, step, sender, float(part[step, sender]))
