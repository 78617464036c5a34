"""Base of all tasks: a loss on the network's output, a score with a goal, and facts about its course for diagnoses."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, NamedTuple, Protocol, Self

import torch
from pydantic import ValidationError
from torch import Tensor

from snncore.errors import MisfitError, RegistrationError, in_a_line
from snncore.experiment.errors import abbreviated
from snncore.experiment.kinds import Kinds
from snncore.experiment.part import Part, Shape
from snncore.experiment.trial import tried

OVERSTEPPING = 0.25
"""Steps count as too large if a score that should fall rises in at least this share of the epochs."""


TRIAL = (1, 10, 3)
"""Shape (batch, time, neurons) of the output for trying a task."""


class Outcome(Protocol):
    """The numbers of one epoch that a task judges; `snncore.run.bptt.EpochRecord` has them."""

    @property
    def spikes(self) -> float: ...
    @property
    def loss(self) -> float: ...
    @property
    def measures(self) -> Mapping[str, float]: ...


class Task(Part):
    """Base of the tasks. Each has a field `kind` with its name, and is registered in `TASK_KINDS`.

    A subclass must define `loss`. Everything else has a default: the score is the loss, and its goal is 0.

    Attributes:
        score_name, score_unit: name of the score, and its unit, which may be empty.
        goal_name: name of the goal.
        changeable: names of the fields that may change during training.
        is_labelled: whether it has labelled data, which are learned in batches, instead of measuring the answer to one fixed input; only
            a `Classification` has.
        needs_spikes: why the network must end with a spiking layer, as the end of "it doesn't spike, so …"; None if it needn't.
        of_values: the task, with the same fields, that it is at an output that doesn't spike; None if it stays the same.
    """

    if TYPE_CHECKING:
        kind: str

    score_name: ClassVar[str] = "loss"
    score_unit: ClassVar[str] = ""
    goal_name: ClassVar[str] = "goal"
    changeable: ClassVar[tuple[str, ...]] = ()
    is_labelled: ClassVar[bool] = False
    needs_spikes: ClassVar[str | None] = None
    of_values: ClassVar[type[Task] | None] = None

    @classmethod
    def check_kind(cls) -> None:
        wrong = next(
            (name for name in ("score_name", "goal_name") if not (isinstance(getattr(cls, name), str) and getattr(cls, name))), None
        )
        if wrong:
            raise RegistrationError(f"{cls.__name__}: its {wrong} is {getattr(cls, wrong)!r}; give it a text.")
        if not isinstance(cls.score_unit, str):
            raise RegistrationError(f"{cls.__name__}: its score_unit is {cls.score_unit!r}; give it a text, which may be empty.")
        if not isinstance(cls.changeable, tuple):
            raise RegistrationError(f"{cls.__name__}: its changeable is {cls.changeable!r}; give a tuple of names of fields.")
        unknown = [str(name) for name in cls.changeable if name not in cls.model_fields]
        if unknown:
            raise RegistrationError(f"{cls.__name__}: its changeable names {', '.join(unknown)}, which it doesn't have; name its fields.")
        if cls.of_values is not None and not (isinstance(cls.of_values, type) and issubclass(cls.of_values, Task)):
            raise RegistrationError(f"{cls.__name__}: its of_values is {cls.of_values!r}; give a class of tasks, or leave it out.")

    @classmethod
    def try_kind(cls) -> None:
        """Measure a silent output by a usual task; raise RegistrationError if that gives no loss, score or goal."""
        if cls.is_labelled:
            raise RegistrationError(
                f"{cls.__name__} sets is_labelled but isn't a Classification; derive it from that, or leave is_labelled out."
            )
        task = cls._usual()
        for measured in (task, task.at_output(False)):
            if not measured.misfit(TRIAL):
                measured._try()
                measured._try_answers()

    @classmethod
    def _usual(cls) -> Self:
        try:
            return cls.fitting(TRIAL)
        except ValidationError as error:
            needed = ", ".join(name for name, field in cls.model_fields.items() if field.is_required())
            what = f"{needed} has no default" if needed else in_a_line(error)
            raise RegistrationError(f"{cls.__name__}: no usual task can be made: {what}; give defaults, or define fitting.") from error

    def _try(self) -> None:
        name, output = type(self).__name__, torch.zeros(TRIAL, requires_grad=True)
        try:
            loss, drawn_from = tried(lambda: self.loss(output))
        except Exception as error:
            problem = "it defines no loss" if isinstance(error, NotImplementedError) else f"its loss ended in {in_a_line(error)}"
            raise RegistrationError(f"{name}: {problem}; loss(output) must return a scalar of an output {TRIAL}.") from error
        if not isinstance(loss, Tensor) or loss.shape != ():
            given = f"a tensor {tuple(loss.shape)}" if isinstance(loss, Tensor) else repr(loss)
            raise RegistrationError(f"{name}: its loss is {given}; it must be a tensor that is a scalar, ().")
        if not (loss.isfinite() and loss.requires_grad):
            what = "has no gradient" if loss.isfinite() else f"is {loss.item()}"
            raise RegistrationError(f"{name}: the loss of a silent output {what}; it must be finite, and have a gradient.")
        if drawn_from:
            raise RegistrationError(f"{name}: its loss draws random numbers of {drawn_from}, which no seed of an Experiment decides.")
        try:
            measures = self.measure(output.detach())
            if not (isinstance(measures, dict) and all(isinstance(each, str) and _is_number(measures[each]) for each in measures)):
                raise RegistrationError(f"{name}: its measure returns {abbreviated(measures)}; it must return a dict of numbers by name.")
            outcome = _Trial(0.0, loss.item(), measures)
            for what, number in {"score": self.score(outcome), "goal": self.goal}.items():
                if not _is_number(number):
                    raise RegistrationError(f"{name}: its {what} is {number!r}; it must be a number.")
            self.is_reached(outcome)
        except RegistrationError:
            raise
        except KeyError as error:
            raise RegistrationError(f"{name}: it reads the measure {error}, which its measure(output) doesn't return; add it.") from error
        except Exception as error:
            raise RegistrationError(f"{name}: the score of a silent output ended in {in_a_line(error)}; correct the task.") from error

    def _try_answers(self) -> None:
        """Ask what diagnoses and pages ask; raise RegistrationError if that fails, or if an answer is of another type."""
        fields = "a dict of its fields with values that they can have"
        for what, ask, is_right, wanted in (
            ("spikes_wanted", lambda: self.spikes_wanted(1), lambda given: given is None or _is_number(given), "a number, or None"),
            ("silent_loss", lambda: self.silent_loss(TRIAL), _is_number, "a number"),
            ("oversteps", lambda: self.oversteps([0.0, 1.0, 0.0]), lambda given: isinstance(given, bool), "True or False"),
            ("within", lambda: self.within(1), self._can_have, fields),
            ("toggled", lambda: self.toggled(0, 0), self._can_have, fields),
            ("marks", lambda: self.marks, _are_marks, "a tuple with a tuple of steps for each output neuron"),
        ):
            try:
                given = ask()
            except Exception as error:
                raise RegistrationError(f"{type(self).__name__}: its {what} ended in {in_a_line(error)}; correct it.") from error
            if not is_right(given):
                raise RegistrationError(f"{type(self).__name__}: its {what} gives {abbreviated(given)}; it must be {wanted}.")

    def _can_have(self, fields: object) -> bool:
        """Return True if these are fields of the task that may be changed so."""
        if not isinstance(fields, dict):
            return False
        try:
            type(self).model_validate({**self.model_dump(), **fields})
        except ValidationError:
            return False
        return True

    def loss(self, output: Tensor) -> Tensor:
        """Return the loss of an output (batch, time, ...), a scalar with a gradient."""
        raise NotImplementedError

    def measure(self, output: Tensor) -> dict[str, float]:
        """Return further measures of an output, besides spikes and loss, by name."""
        return {}

    def score(self, outcome: Outcome) -> float:
        """Return the score of an epoch, in `score_unit`."""
        return outcome.loss

    def train_score(self, outcome: Outcome) -> float | None:
        """Return the score on the samples that were learned from; None without labelled data."""
        return None

    @property
    def goal(self) -> float:
        """Return the score to aim for."""
        return 0.0

    def is_reached(self, outcome: Outcome) -> bool:
        """Return True if an epoch reached the goal, so that training stops."""
        return self.score(outcome) <= self.goal

    # ------------------------------------------------------------------------------- how it fits a network

    @classmethod
    def fitting(cls, shape: Shape) -> Self:
        """Return a task with usual values for an output of `shape`, (batch, time, ...)."""
        return cls.model_validate({})

    def at_output(self, does_spike: bool) -> Task:
        """Return the task as it measures an output that spikes, or one that doesn't."""
        return self if does_spike or self.of_values is None else self.of_values(**self.model_dump(exclude={"kind"}))

    def misfit(self, shape: Shape) -> MisfitError | None:
        """Return why an output can't be measured; the remedy holds task fields that would fit.

        Args:
            shape: (batch, time, ...) of the output.
        """
        return None

    def input_misfit(self, shape: Shape) -> str | None:
        """Return why an input of `shape` (batch, time, ...) isn't one of the task's samples, or None; without a full stop."""
        return None

    # ------------------------------------------------------------------------- what diagnosis asks about its course

    def spikes_wanted(self, samples: int) -> int | None:
        """Return the output spikes of an epoch that reaches the goal, all `samples` together; None if unknown."""
        return None

    def within(self, most: int) -> dict[str, Any]:
        """Return fields that ask for at most `most` output spikes; none if there aren't any."""
        return {}

    def silent_loss(self, shape: Shape) -> float:
        """Return the loss of an output of `shape`, (batch, time, ...), without a spike."""
        return self.loss(torch.zeros(shape)).item()

    def oversteps(self, scores: Sequence[float]) -> bool:
        """Return True if consecutive scores show steps past the goal and back."""
        rises = sum(after > before for before, after in itertools.pairwise(scores))
        return rises >= OVERSTEPPING * len(scores)

    # ------------------------------------------------------------------------------------------- display

    @property
    def marks(self) -> tuple[tuple[int, ...], ...]:
        """Return for each output neuron the steps marked in its row."""
        return ()

    def toggled(self, neuron: int, step: int) -> dict[str, Any]:
        """Return fields that set or clear an output neuron's mark at a step; none if nothing can be marked."""
        return {}


def _is_number(given: object) -> bool:
    return isinstance(given, int | float) and not isinstance(given, bool)


def _are_marks(given: object) -> bool:
    each = given if isinstance(given, tuple) else (None,)
    return all(isinstance(steps, tuple) and all(isinstance(step, int) for step in steps) for steps in each)


class _Trial(NamedTuple):
    """The outcome of a trial."""

    spikes: float
    loss: float
    measures: Mapping[str, float]


class HasLoss(Protocol):
    """The least that a training can be given: a loss."""

    def loss(self, output: Tensor) -> Tensor:
        """Return a scalar with a gradient; the output is (batch, time, ...)."""
        ...


class OwnLoss(Task):
    """Any object with a `loss`, as a task that is reached at loss 0."""

    kind: Literal["own_loss"] = "own_loss"
    _given: HasLoss

    def __init__(self, given: HasLoss) -> None:
        super().__init__(kind="own_loss")
        self._given = given

    def loss(self, output: Tensor) -> Tensor:
        return self._given.loss(output)


TASK_KINDS: Kinds[Task] = Kinds("task", Task)
"""All kinds of task that a network may be trained for."""

if TYPE_CHECKING:
    TaskSpec = Task
else:
    TaskSpec = Annotated[Any, TASK_KINDS]
