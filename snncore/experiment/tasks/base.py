"""What every task is: a loss on the network's output, a score with a goal, and what others need to know of its course."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, Self

import torch
from torch import Tensor

from snncore.errors import MisfitError
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import Part, Shape

OVERSTEPPING = 0.25
"""Share of epochs in which a score rises that should fall, from which on the steps count as too large."""


class Outcome(Protocol):
    """The numbers of one epoch that a task is judged by; `snncore.run.bptt.EpochRecord` has them."""

    @property
    def spikes(self) -> float: ...
    @property
    def loss(self) -> float: ...
    @property
    def measures(self) -> Mapping[str, float]: ...


class Task(Part):
    """Base of the tasks. Each has a field `kind` with its name, and is registered in `TASK_KINDS`.

    A subclass must have a `loss`. All else has a meaning of its own here: the score is the loss, and it is reached at 0.

    Attributes:
        score_name, score_unit: what the score is called, and its unit, which may be empty.
        goal_name: what the score that is aimed at is called.
        changeable: names of the fields that may change while it trains.
        needs_spikes: why the network must end with a layer that spikes, as the end of "it doesn't spike, so …"; None where it needn't.
    """

    if TYPE_CHECKING:
        kind: str

    score_name: ClassVar[str] = "loss"
    score_unit: ClassVar[str] = ""
    goal_name: ClassVar[str] = "goal"
    changeable: ClassVar[tuple[str, ...]] = ()
    needs_spikes: ClassVar[str | None] = None

    def loss(self, output: Tensor) -> Tensor:
        """A scalar with a gradient; the output is (batch, time, ...)."""
        raise NotImplementedError

    def measure(self, output: Tensor) -> dict[str, float]:
        """What is recorded of an output besides its spikes and loss, by name."""
        return {}

    def score(self, outcome: Outcome) -> float:
        """How well an epoch went, in `score_unit`."""
        return outcome.loss

    @property
    def goal(self) -> float:
        """The score that is aimed at."""
        return 0.0

    def is_reached(self, outcome: Outcome) -> bool:
        """Return True if an epoch did what is asked for, so that training stops."""
        return self.score(outcome) <= self.goal

    # ------------------------------------------------------------------------------- how it fits a network

    @classmethod
    def fitting(cls, shape: Shape) -> Self:
        """A task for an output of `shape`, (batch, time, ...), with usual values."""
        return cls.model_validate({})

    def misfit(self, shape: Shape) -> MisfitError | None:
        """Why an output of `shape`, (batch, time, ...), can't be measured; its remedy are fields of the task that would fit."""
        return None

    # ------------------------------------------------------------------------- what diagnosis asks about its course

    def spikes_wanted(self, samples: int) -> int | None:
        """Output spikes in an epoch that did what is asked for, all samples together; None where that isn't known."""
        return None

    def within(self, most: int) -> dict[str, Any]:
        """Fields with values that ask for at most `most` output spikes; none where there are no such."""
        return {}

    def silent_loss(self, shape: Shape) -> float:
        """The loss of an output of `shape`, (batch, time, ...), without a spike."""
        return self.loss(torch.zeros(shape)).item()

    def oversteps(self, scores: Sequence[float]) -> bool:
        """Return True if the scores of consecutive epochs show steps that are too large: they lead past the goal and back."""
        rises = sum(after > before for before, after in itertools.pairwise(scores))
        return rises >= OVERSTEPPING * len(scores)

    # ------------------------------------------------------------------------------------------- what is shown

    @property
    def marks(self) -> tuple[tuple[int, ...], ...]:
        """Of each output neuron, the steps that are marked on its row."""
        return ()

    def toggled(self, neuron: int, step: int) -> dict[str, Any]:
        """Fields with which an output neuron's mark at a step is set, or cleared; none where nothing can be marked."""
        return {}


TASK_KINDS: Kinds[Task] = Kinds("task")
"""Everything that a network may be trained for."""

if TYPE_CHECKING:
    TaskSpec = Task
else:
    TaskSpec = Annotated[Any, TASK_KINDS]
