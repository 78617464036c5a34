"""Words for tasks: name, score, progress of a training. A task without words here is described by its own data."""

from __future__ import annotations

from typing import Any, ClassVar, Generic, TypeVar

from app.words.numbers import LARGEST_IN_DIGITS, capitalised, counted, with_minus
from app.words.parameter import Parameter, Range, Tried
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.tasks import TASK_KINDS, Task
from snncore.experiment.tasks.classification import Classification
from snncore.experiment.tasks.spike_count import OutputSum, SpikeCount
from snncore.experiment.tasks.spike_times import SpikeTimes

SMALL_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")

FURTHER = 4
"""Times as many spikes are suggested next."""

T = TypeVar("T", bound=Task)


def small(number: float) -> str:
    """A whole number, as a word where it is small."""
    return SMALL_NUMBERS[int(number)] if number in range(len(SMALL_NUMBERS)) else f"{number:,g}"


class TaskWords(Generic[T]):
    """Words for a task, made from its own names and numbers. Subclasses have better words for one kind.

    Attributes:
        name: of the kind of task; if empty, the kind itself serves.
    """

    name: ClassVar[str] = ""

    def __init__(self, task: T) -> None:
        self.task = task

    @property
    def axis(self) -> str:
        """Name of the score on an axis."""
        return self.task.score_name

    @property
    def subject(self) -> str:
        """Name of the score at the start of a title or sentence."""
        return self.task.score_name.capitalize()

    def wanted(self, neurons: int, samples: int) -> str:
        """What the output should do, as a sentence."""
        return f"The output should come to a {self.task.score_name} of {self.task.goal:g}."

    def reached(self, score: float) -> str:
        """A score that is the goal."""
        return self.came_to(score)

    def further(self) -> tuple[str, dict[str, Any]] | None:
        """What to ask for once this is reached: a button's label, and the changed fields; None if nothing suggests itself."""
        return None

    def asked(self, samples: int) -> str:
        """The goal, as the end of "learns to answer one input with …"."""
        return f"a {self.task.score_name} of {self.task.goal:g}"

    def number(self, score: float) -> str:
        """The score alone, suitably rounded."""
        return f"{score:.3g}"

    def unit(self, goal: float) -> str:
        """Unit after the number."""
        return f"{self.task.score_name}, {goal:g} wanted"

    def came_to(self, score: float) -> str:
        """A score, named."""
        return f"{self.task.score_name} {self.number(score)}"

    def of_goal(self, score: float, goal: float) -> str:
        """A score that isn't the goal, next to the goal."""
        return f"{self.came_to(score)}, {goal:g} wanted"

    def goal(self, goal: float) -> str:
        return f"{self.task.goal_name} {goal:g}"

    def against(self, goal: float) -> str:
        return f"the {self.task.goal_name} of {goal:g}"

    def between(self, lowest: float, highest: float) -> str:
        """Range of scores of a training that makes no progress."""
        scores = self.number(highest) if lowest == highest else f"{self.number(lowest)} to {self.number(highest)}"
        return f"{self.task.score_name} {scores} for {self.against(self.task.goal).replace('the ', 'a ', 1)}"

    def field(self, name: str) -> str:
        """Name of one of its fields."""
        return name.replace("_", " ")

    def parameter(self, name: str) -> Parameter:
        """Control row for one of the task's fields."""
        return Parameter(capitalised(self.field(name)))

    def value(self, name: str, value: Any) -> str:
        """A value of one of its fields."""
        return f"{value:g}" if isinstance(value, int | float) else str(value)

    def remedy(self, name: str, value: Any) -> str:
        """Label of a button that sets one of its fields."""
        return f"Set the {self.field(name)} to {self.value(name, value)}"


TIMES_APART = "|"
"""Separates the target spikes of two neurons."""

OF_SPIKE_TIMES = {
    "times": Parameter(
        "Target spikes",
        f"Steps of the target spikes, {TIMES_APART} between neurons. A click on the output's row sets or clears one.",
        unit="steps",
    ),
    "tau": Parameter(
        "Time scale of the distance",
        "How many steps off a spike can be and still count towards its target.",
        symbol="τ",
        unit="steps",
        tuned=Range(1.0, 50.0, 0.5),
    ),
    "tolerance": Parameter(
        "Tolerance",
        "Distance at which training stops. A missing spike costs about ½, one that is a step late about 1/τ.",
        tuned=Range(0.0, 5.0, 0.05),
    ),
}


class SpikeCountWords(TaskWords[SpikeCount]):
    name = "Spike count"
    subject = "Output spikes"

    def wanted(self, neurons: int, samples: int) -> str:
        asked = f"{small(self.task.target)} spike{'' if self.task.target == 1 else 's'}"
        together = "" if neurons == 1 and samples == 1 else " between them" if samples == 1 else f" in all {samples} samples together"
        return f"{capitalised(small(neurons))} output neuron{'' if neurons == 1 else 's'} should fire {asked}{together}."

    def reached(self, score: float) -> str:
        return f"{small(score)} spike{'' if score == 1 else 's'}"

    def further(self) -> tuple[str, dict[str, Any]] | None:
        more = FURTHER * max(self.task.target, 1)
        return f"Ask for {more} spikes", {"target": more}

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

    def parameter(self, name: str) -> Parameter:
        note = "Output spikes to learn, all samples, neurons and steps together."
        return Parameter("Target", note, unit="spikes", tuned=Range(0, 50, 1), tries=(Tried(20, "more to learn"),))

    def remedy(self, name: str, value: Any) -> str:
        return f"Set the target to {value:,}"


class OutputSumWords(TaskWords[OutputSum]):
    name = "Output sum"

    def wanted(self, neurons: int, samples: int) -> str:
        who = "The output" if neurons == 1 else f"{capitalised(small(neurons))} outputs"
        over = "over all steps" if samples == 1 else f"over all steps of {samples} samples"
        return f"{who} should sum to {small(self.task.target)} {over}."

    def reached(self, score: float) -> str:
        return f"{self.came_to(score)}, within ½ of {self.task.target:,}"

    def further(self) -> tuple[str, dict[str, Any]] | None:
        more = FURTHER * max(self.task.target, 1)
        return f"Ask for a sum of {more:,}", {"target": more}

    def asked(self, samples: int) -> str:
        return f"an output sum of {self.task.target:,}{'' if samples == 1 else ' in all'}"

    def number(self, score: float) -> str:
        return with_minus(f"{score:,.1f}" if abs(score) < LARGEST_IN_DIGITS else f"{score:.2g}")

    def unit(self, goal: float) -> str:
        return f"of {goal:,}, output sum"

    def of_goal(self, score: float, goal: float) -> str:
        return f"{self.came_to(score)} of {goal:,}"

    def goal(self, goal: float) -> str:
        return f"target {goal}"

    def against(self, goal: float) -> str:
        return f"the target of {goal}"

    def parameter(self, name: str) -> Parameter:
        note = "What the output should add up to, all samples, values and steps together; reached within ½."
        return Parameter("Target", note, tuned=Range(0, 50, 1), tries=(Tried(40, "more to learn"),))

    def remedy(self, name: str, value: Any) -> str:
        return f"Set the target to {value:,}"


class SpikeTimesWords(TaskWords[SpikeTimes]):
    name = "Spike times"
    subject = "Distance from the target spikes"

    def wanted(self, neurons: int, samples: int) -> str:
        return f"{capitalised(small(neurons))} output neuron{'' if neurons == 1 else 's'} should fire {self.asked(samples)}."

    def asked(self, samples: int) -> str:
        return f"{counted(self.task.spikes_wanted(1), 'spike')}{'' if samples == 1 else ' each'} at given steps"

    def unit(self, goal: float) -> str:
        return "distance"

    def field(self, name: str) -> str:
        return {"times": "target spikes", "tau": "τ of the distance"}.get(name, name)

    def parameter(self, name: str) -> Parameter:
        return OF_SPIKE_TIMES[name]

    def value(self, name: str, value: Any) -> str:
        return times_in_words(value) if name == "times" else f"{value:g}"

    def remedy(self, name: str, value: Any) -> str:
        return "Make the target spikes fit" if name == "times" else super().remedy(name, value)


CLASSIFICATION_NOTES = {
    "data": "Samples with labels, some to learn from and the others to be tested with.",
    "encoding": "How a sample's values become spikes or currents in time.",
    "readout": "What is read of each output neuron; the largest is the answer.",
    "criterion": "Cross-entropy of the readouts, or their distance from wanted values.",
    "right": "With the loss “Wanted values”: what the neuron of the sample's class should come to.",
    "others": "With the loss “Wanted values”: what all other output neurons should come to.",
    "penalty": "How much a spike per neuron and step adds to the loss.",
    "accuracy": "Test accuracy at which training stops.",
}


class ClassificationWords(TaskWords[Classification]):
    name = "Labelled data"
    subject = "Test accuracy"

    def wanted(self, neurons: int, samples: int) -> str:
        return f"Of {self.task.data.classes} output neurons, the one of the sample's class should answer."

    def asked(self, samples: int) -> str:
        return f"the class of each sample of {self.task.data.title or self.task.data.kind}"

    def number(self, score: float) -> str:
        return f"{score:.1%}"

    def unit(self, goal: float) -> str:
        return f"of {self.task.data.counts[1]:,} test samples right"

    def came_to(self, score: float) -> str:
        return f"{self.number(score)} of the test samples right"

    def of_goal(self, score: float, goal: float) -> str:
        return self.came_to(score) if goal == 1 else f"{self.came_to(score)}, {self.number(goal)} wanted"

    def goal(self, goal: float) -> str:
        return f"wanted {self.number(goal)}"

    def against(self, goal: float) -> str:
        return f"the wanted {self.number(goal)}"

    def between(self, lowest: float, highest: float) -> str:
        right = self.number(highest) if lowest == highest else f"{self.number(lowest)} to {self.number(highest)}"
        return f"{right} of the test samples right"

    def field(self, name: str) -> str:
        return {
            "data": "data set",
            "criterion": "loss",
            "right": "wanted readout of the right class",
            "others": "wanted readout of the other classes",
            "penalty": "penalty on firing rates",
            "accuracy": "wanted accuracy",
        }.get(name, super().field(name))

    def parameter(self, name: str) -> Parameter:
        tuned = {"penalty": Range(0, 2, 0.01), "accuracy": Range(0, 1, 0.01)}.get(name)
        tries = (Tried(0.2, "fewer spikes, often as accurate"),) if name == "penalty" else ()
        return Parameter(capitalised(self.field(name)), CLASSIFICATION_NOTES[name], tuned=tuned, tries=tries)

    def value(self, name: str, value: Any) -> str:
        if isinstance(value, dict):
            return str(value["kind"]).replace("_", " ")
        return self.number(value) if name == "accuracy" else super().value(name, value).replace("_", " ")


TASK_WORDS: dict[str, type[TaskWords[Any]]] = {
    "spike_count": SpikeCountWords,
    "output_sum": OutputSumWords,
    "spike_times": SpikeTimesWords,
    "classification": ClassificationWords,
}
"""Words for each kind of task."""


def task_words(task: Task) -> TaskWords[Any]:
    """Return the words for a task."""
    return TASK_WORDS.get(task.kind, TaskWords)(task)


def task_name(kind: str, does_spike: bool = True) -> str:
    """Name of a kind of task at an output that spikes, or one that doesn't."""
    of_values = TASK_KINDS[kind].of_values
    if of_values and not does_spike:
        kind = of_values.model_fields["kind"].default
    return TASK_WORDS.get(kind, TaskWords).name or capitalised(kind.replace("_", " "))


LONGEST_LISTED = 40
"""Most characters of target spikes that are written out; longer lists show their number."""


OWN_DATA = "file"
"""Kind of the data set that a visitor brings."""

LEARNED_NAMES = {"digits": "Digits", "yin_yang": "Yin-Yang", "remember": "Remember", OWN_DATA: "Own labelled data"}
"""Names of labelled data in the choice of what is learned, in its order; data sets from outside follow by their titles."""


WATCH: dict[str, str] = {
    "spike_count": "Watch u of the output climb towards θ; only its first spike makes the loss fall.",
    "output_sum": "Watch the output grow until its sum is the target.",
    "spike_times": "Watch the output's spikes move to the marked steps while the distance falls.",
    "digits": "Watch the mistakes, first on the wall, become fewer; click a digit to see its outputs race.",
    "yin_yang": "Watch the decision take the shape of the data while it learns.",
    "remember": "Watch the accuracy leave chance once the network carries the bit across the delay.",
    OWN_DATA: "Watch both accuracies: if only the training accuracy rises, the network is memorising its samples.",
}
"""What to watch, by kind of data or of task."""


def watch(task: Task) -> str:
    """One sentence on what to watch while a network learns a task; empty for one that nobody has described."""
    return WATCH.get(task.data.kind if isinstance(task, Classification) else task.kind, "")


def learned_name(kind: str, task: Task, does_spike: bool) -> str:
    """Name of what may be learned: of a data set, or of a kind of task; a number of spikes is called by it."""
    if kind in LEARNED_NAMES:
        return LEARNED_NAMES[kind]
    if kind in DATA_KINDS:
        return DATA_KINDS[kind].title
    if kind == "spike_count" and does_spike:
        target = task.target if isinstance(task, SpikeCount) else SpikeCount().target
        return f"{capitalised(small(target))} spike{'' if target == 1 else 's'}"
    return task_name(kind, does_spike)


def times_in_words(times: Any) -> str:
    """Target spikes by neuron, "(20, 50 | 35)", or just their number if there are many."""
    listed = f"({times_in_text(times)})"
    return listed if len(listed) <= LONGEST_LISTED else counted(sum(map(len, times)), "spike")


def times_in_text(times: Any) -> str:
    """Target spikes as typed: "20, 50, 80 | 35, 65", or "20 | | 35" if a neuron has none."""
    return TIMES_APART.join(f" {', '.join(map(str, steps))} " if steps else " " for steps in times).strip()
