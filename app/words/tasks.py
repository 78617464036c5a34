"""What the app says of a task: its name, its score, how far a training has come. One without words here is told by its own data."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from app.words.numbers import capitalised, counted
from snncore.experiment.tasks import Task
from snncore.experiment.tasks.spike_count import SpikeCount
from snncore.experiment.tasks.spike_times import SpikeTimes

SMALL_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

T = TypeVar("T", bound=Task)


class TaskWords(Generic[T]):
    """The words of one task, here made of its own names and numbers; words of a kind of its own say it better.

    Attributes:
        name: what the kind of task is called; else as in its data.
    """

    name: ClassVar[str] = ""

    def __init__(self, task: T) -> None:
        self.task = task

    @property
    def axis(self) -> str:
        """What the score is called on an axis."""
        return self.task.score_name

    @property
    def subject(self) -> str:
        """What the score is, at the beginning of a title or sentence."""
        return self.task.score_name.capitalize()

    @property
    def call(self) -> str:
        """The label of the button that trains it."""
        return "Train it"

    def asked(self, samples: int) -> str:
        """What the network learns, as the end of "learns to answer one input with …"."""
        return f"a {self.task.score_name} of {self.task.goal:g}"

    def number(self, score: float) -> str:
        """The score alone, with the digits it deserves."""
        return f"{score:.3g}"

    def unit(self, goal: float) -> str:
        """What stands behind the number."""
        return f"{self.task.score_name}, {goal:g} wanted"

    def came_to(self, score: float) -> str:
        return f"{self.task.score_name} {self.number(score)}"

    def of_goal(self, score: float, goal: float) -> str:
        """A score that isn't the goal, beside it."""
        return f"{self.came_to(score)}, {goal:g} wanted"

    def goal(self, goal: float) -> str:
        return f"{self.task.goal_name} {goal:g}"

    def against(self, goal: float) -> str:
        return f"the {self.task.goal_name} of {goal:g}"

    def between(self, lowest: float, highest: float) -> str:
        """The range of scores of a training that gets nowhere."""
        scores = self.number(highest) if lowest == highest else f"{self.number(lowest)} to {self.number(highest)}"
        return f"{self.task.score_name} {scores} for {self.against(self.task.goal).replace('the ', 'a ', 1)}"

    def field(self, name: str) -> str:
        """What one of its fields is called."""
        return name.replace("_", " ")

    def label(self, name: str) -> str:
        """What the control of one of its fields is called, with its unit."""
        return capitalised(self.field(name))

    def note(self, name: str) -> str:
        """What one of its fields means, in a sentence; empty where nothing is known."""
        return ""

    def value(self, name: str, value: Any) -> str:
        """A value of one of its fields."""
        return f"{value:g}" if isinstance(value, int | float) else str(value)

    def remedy(self, name: str, value: Any) -> str:
        """The label of a button that sets one of its fields."""
        return f"Set the {self.field(name)} to {self.value(name, value)}"


class SpikeCountWords(TaskWords[SpikeCount]):
    name = "Spike count"
    subject = "Output spikes"

    @property
    def call(self) -> str:
        target = self.task.target
        return f"Train it to fire {SMALL_NUMBERS[target] if target < len(SMALL_NUMBERS) else target}"

    def asked(self, samples: int) -> str:
        return f"{counted(self.task.target, 'spike')}{'' if samples == 1 else ' in all'}"

    def number(self, score: float) -> str:
        return f"{score:g}"

    def unit(self, goal: float) -> str:
        return f"of {goal} spikes"

    def came_to(self, score: float) -> str:
        return counted(score, "spike")

    def of_goal(self, score: float, goal: float) -> str:
        return f"{score:g} of {goal} spikes"

    def goal(self, goal: float) -> str:
        return f"target {goal}"

    def against(self, goal: float) -> str:
        return f"the target of {goal}"

    def between(self, lowest: float, highest: float) -> str:
        count = f"{lowest:g} to {highest:g}" if lowest < highest else f"{highest:g}"
        return f"{count} spikes for a target of {self.task.target:,}"

    def label(self, name: str) -> str:
        return "Target (spikes)"

    def note(self, name: str) -> str:
        return "Output spikes to learn, all samples, neurons and steps together."

    def remedy(self, name: str, value: Any) -> str:
        return f"Set the target to {value:,}"


class SpikeTimesWords(TaskWords[SpikeTimes]):
    name = "Spike times"
    subject = "Distance from the target spikes"
    call = "Train it to spike on time"

    def asked(self, samples: int) -> str:
        return f"{counted(self.task.spikes_wanted(1), 'spike')}{'' if samples == 1 else ' each'} at given steps"

    def unit(self, goal: float) -> str:
        return "distance"

    def field(self, name: str) -> str:
        return {"times": "target spikes", "tau": "τ of the distance"}.get(name, name)

    def label(self, name: str) -> str:
        return {"times": "Target spikes (steps)", "tau": "τ (steps)", "tolerance": "Tolerance"}[name]

    def note(self, name: str) -> str:
        return {
            "times": f"Of each output neuron, neurons apart by {TIMES_APART}. A click on the output's spikes sets or clears one.",
            "tau": "Of the distance: how many steps a spike may be off and still be felt by its target.",
            "tolerance": "Distance at which training stops. A missing spike costs about ½, one that is a step late about 1/τ.",
        }[name]

    def value(self, name: str, value: Any) -> str:
        return times_in_words(value) if name == "times" else f"{value:g}"

    def remedy(self, name: str, value: Any) -> str:
        return "Make the target spikes fit" if name == "times" else super().remedy(name, value)


TASK_WORDS: dict[str, type[TaskWords[Any]]] = {"spike_count": SpikeCountWords, "spike_times": SpikeTimesWords}
"""By kind."""


def task_words(task: Task) -> TaskWords[Any]:
    """The words of a task."""
    return TASK_WORDS.get(task.kind, TaskWords)(task)


def task_name(kind: str) -> str:
    """What a kind of task is called."""
    return TASK_WORDS.get(kind, TaskWords).name or capitalised(kind.replace("_", " "))


TIMES_APART = "|"
"""Stands between the target spikes of two neurons."""

LONGEST_LISTED = 40
"""Characters of target spikes that are written out; of longer ones their number is told."""


def times_in_words(times: Any) -> str:
    """Target spikes, neuron by neuron: "(20, 50 | 35)"; of many, how many."""
    listed = f"({times_in_text(times)})"
    return listed if len(listed) <= LONGEST_LISTED else counted(sum(map(len, times)), "spike")


def times_in_text(times: Any) -> str:
    """Target spikes as they are typed: "20, 50, 80 | 35, 65", or "20 | | 35" where a neuron has none."""
    return TIMES_APART.join(f" {', '.join(map(str, steps))} " if steps else " " for steps in times).strip()
