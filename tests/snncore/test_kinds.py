"""What isn't a kind of its family is refused by every registry in one sentence, and leaves nothing behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, Literal

import pytest
import torch
from torch import Tensor

import snncore
from snncore.errors import RegistrationError
from snncore.experiment.data import DATA_KINDS
from snncore.experiment.data.yin_yang import YinYang
from snncore.experiment.encodings import ENCODING_KINDS, Encoding
from snncore.experiment.inputs.currents import StepCurrent
from snncore.experiment.spec import FAMILIES, Draft, ten_spikes
from snncore.experiment.tasks import TASK_KINDS, Task


class Loose(Task):
    """Its kind is any text."""

    kind: str = "loose"

    def loss(self, output: Tensor) -> Tensor:
        return output.sum()


class Otherwise(Loose):
    """Its kind isn't the one of its type."""

    kind: Literal["this"] = "that"  # type: ignore[assignment]


class Spaced(Loose):
    kind: Literal["my task"] = "my task"  # type: ignore[assignment]


class Unnamed(Loose):
    kind: Literal[""] = ""  # type: ignore[assignment]


class Undefined(Loose):
    kind: Literal["undefined"] = "undefined"  # type: ignore[assignment]
    rate: Floot = 1.0  # type: ignore[name-defined]  # noqa: F821


class Current(StepCurrent):
    kind: Literal["current"] = "current"  # type: ignore[assignment]


class Plain:
    kind = "plain"


WRONG: dict[str, tuple[Any, str]] = {
    "a kind of any text": (Loose, 'Loose has the kind \'loose\', but not as its type; write `kind: Literal["loose"] = "loose"`.'),
    "another kind than its type": (Otherwise, "Otherwise has the kind 'that', but not as its type"),
    "a kind of two words": (Spaced, "The task kind 'my task' is no name"),
    "an empty kind": (Unnamed, "Unnamed names no kind"),
    "a type that nothing defines": (Undefined, "name 'Floot' is not defined"),
    "an input": (Current, "is no class of tasks; derive a task from Task"),
    "a dict": (dict, "<class 'dict'> is no class of tasks"),
    "a plain class": (Plain, "is no class of tasks"),
    "a number": (3, "3 is no class of tasks"),
    "a function": (lambda output: output.sum(), "is no class of tasks"),
    "a task instead of its class": (ten_spikes().training.task, "is no class of tasks"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_what_is_no_task_is_refused_in_one_sentence_and_leaves_nothing_behind(wrong: str) -> None:
    part, words = WRONG[wrong]
    before = list(TASK_KINDS)
    with pytest.raises(RegistrationError) as caught:
        TASK_KINDS.register(part)
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")
    assert list(TASK_KINDS) == before
    assert Draft.from_json(ten_spikes().to_json()) == ten_spikes().draft


@pytest.mark.parametrize("kinds", FAMILIES, ids=lambda kinds: kinds.noun)
@pytest.mark.parametrize("wrong", [dict, 3, Plain, lambda: None])
def test_every_family_refuses_what_is_not_of_it(kinds: Any, wrong: Any) -> None:
    before = list(kinds)
    with pytest.raises(RegistrationError, match=f"is no class of {kinds.noun}s"):
        kinds.register(wrong)
    assert list(kinds) == before


def test_a_kind_that_no_experiment_can_hold_is_taken_back() -> None:
    class Alone(Task):
        kind: Literal["alone"] = "alone"

        def loss(self, output: Tensor) -> Tensor:
            return output.sum()

        @classmethod
        def __get_pydantic_core_schema__(cls, source: Any, handler: Callable[[Any], Any]) -> Any:
            if "alone" in TASK_KINDS:
                raise TypeError("not among others")
            return handler(source)

    with pytest.raises(RegistrationError, match=r"^No Experiment can hold the task kind 'alone': TypeError: not among others; "):
        TASK_KINDS.register(Alone)
    assert "alone" not in TASK_KINDS
    assert Draft.from_json(ten_spikes().to_json()) == ten_spikes().draft


class Held(Encoding):
    """Each value in every step."""

    title: ClassVar[str] = "Held"
    kind: Literal["held"] = "held"

    def encode(self, values: Tensor, steps: int, dt: float, generator: torch.Generator) -> Tensor:
        return values[:, None].repeat(1, steps, *[1] * (values.dim() - 1))


def encoding(**attributes: Any) -> type[Held]:
    annotations = {"kind": Literal["wrong"], "title": ClassVar[str]}
    return type("Wrong", (Held,), {"__annotations__": annotations, "__module__": __name__, "kind": "wrong", **attributes})


WRONG_ENCODINGS: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": ""}, "Wrong has no title; give it a name for people"),
    "another shape": ({"encode": lambda self, values, *more: values}, "its encode makes float32 (2, 12); it must return float32 (2, 20"),
    "an array": ({"encode": lambda self, values, *more: values.numpy()}, "its encode makes an array, float32 (2, 12)"),
    "another signature": ({"encode": lambda self: None}, "The encoding 'wrong' can't be used: TypeError"),
    "randomness that it hasn't": (
        {"is_random": True, "__annotations__": {"kind": Literal["wrong"], "is_random": ClassVar[bool]}},
        "the same",
    ),
}


@pytest.mark.parametrize("wrong", WRONG_ENCODINGS)
def test_an_encoding_that_does_not_make_what_it_says_is_refused_in_one_sentence(wrong: str) -> None:
    attributes, words = WRONG_ENCODINGS[wrong]
    with pytest.raises(RegistrationError) as caught:
        ENCODING_KINDS.register(encoding(**attributes))
    assert words in str(caught.value)
    assert str(caught.value).endswith(".")
    assert "wrong" not in ENCODING_KINDS


def test_an_encoding_of_ones_own_registers() -> None:
    assert ENCODING_KINDS.register(Held) is Held
    ENCODING_KINDS.remove("held")


def test_a_data_set_without_a_title_is_refused() -> None:
    class Nameless(YinYang):
        title: ClassVar[str] = ""
        kind: Literal["nameless"] = "nameless"  # type: ignore[assignment]

    with pytest.raises(RegistrationError, match="Nameless has no title; give it a name for people"):
        DATA_KINDS.register(Nameless)
    assert "nameless" not in DATA_KINDS


A_MODEL = '''
from snncore.dynamics import lif_step
from snncore.layers.lif import LIF
from snncore.layers.models import neuron_model

@neuron_model(lif_step, spikes=True)
class Added(LIF):
    """As LIF."""
'''

A_TASK = '''
from typing import Literal
from snncore.experiment.tasks.base import TASK_KINDS, Task

@TASK_KINDS.register
class Few(Task):
    """As few spikes as can be."""
    kind: Literal["few"] = "few"
    def loss(self, output):
        return output.sum()
'''

ARE_THERE = """
from snncore.experiment.spec import LAYER_KINDS, TASK_KINDS
assert {"Added", "AddedRecurrent"} <= set(LAYER_KINDS) and "few" in TASK_KINDS
"""


def test_a_model_and_a_task_of_the_package_are_one_file_each_that_is_found(tmp_path: Path) -> None:
    shutil.copytree(Path(snncore.__file__).parent, tmp_path / "snncore", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "snncore" / "layers" / "added.py").write_text(A_MODEL)
    (tmp_path / "snncore" / "experiment" / "tasks" / "few.py").write_text(A_TASK)
    ended = subprocess.run([sys.executable, "-c", ARE_THERE], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
