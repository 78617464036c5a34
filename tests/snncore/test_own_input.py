"""A kind of input of one's own registers, is simulated, saved and opened like any other; one that lacks something is refused."""

from __future__ import annotations

import json
from types import ModuleType
from typing import Any, ClassVar, Literal

import numpy as np
import pytest
import torch
from torch import Tensor

from snncore.errors import ExperimentError, RegistrationError
from snncore.experiment import edits
from snncore.experiment.field_words import FieldWords
from snncore.experiment.inputs import INPUT_KINDS, CurrentInput, Files
from snncore.experiment.part import Shape
from snncore.experiment.spec import FAMILIES, Draft, ten_spikes
from snncore.run.simulation import simulate


def test_an_input_of_ones_own_is_simulated_saved_and_opened(own_input: ModuleType) -> None:
    made = edits.feed(ten_spikes().draft, "sawtooth")
    assert made.input == own_input.Sawtooth(shape=(1, 100, 16), period=20)
    for compact in (False, True):
        assert Draft.from_json(made.to_json(compact=compact)) == made
    experiment = ten_spikes().replace({"input": made.input.model_dump()})
    (simulation,) = simulate(experiment)
    assert simulation.input[0, :, 3].tolist() == pytest.approx([(step % 20 + 1) / 20 for step in range(100)])
    assert experiment.replace({"input.peak": 3.0}).make_input().max() == 3
    with pytest.raises(ExperimentError, match=r"input\.period is 0"):
        experiment.replace({"input.period": 0})


def test_without_its_kind_an_experiment_says_which_is_missing(own_input: ModuleType) -> None:
    saved = edits.feed(ten_spikes().draft, "sawtooth").to_json()
    INPUT_KINDS.remove("sawtooth")
    try:
        with pytest.raises(ExperimentError, match="'sawtooth' is not a known input; use one of random_spikes, poisson_spikes") as refusal:
            Draft.from_json(saved)
    finally:
        INPUT_KINDS.register(own_input.Sawtooth)
    assert str(refusal.value).count(".") == 1, "one sentence"
    assert json.loads(saved)["input"]["period"] == 20, "and what was saved is as it was"


def test_a_name_that_is_taken_is_refused(own_input: ModuleType) -> None:
    with pytest.raises(RegistrationError, match="The input kind 'sawtooth' is taken by Sawtooth; choose another name"):
        INPUT_KINDS.register(own_input.Sawtooth)


def test_an_input_that_does_not_say_whether_it_is_random_is_refused() -> None:
    class Unsaid(CurrentInput):
        kind: Literal["unsaid"] = "unsaid"

        @classmethod
        def usual(cls, shape: Shape) -> dict[str, Any]:
            return {}

    with pytest.raises(RegistrationError, match="The input 'unsaid' can't be used: Unsaid has no make, words; define"):
        INPUT_KINDS.register(Unsaid)
    assert "unsaid" not in INPUT_KINDS


@pytest.mark.parametrize(
    ("described", "refusal"),
    [
        (("peak",), "Other: field_words doesn't describe period; add a FieldWords for each field."),
        (("peak", "period", "slope"), "Other: field_words describes slope, which it doesn't have; remove that."),
        ((), "Other: field_words doesn't describe peak, period; add a FieldWords for each field."),
    ],
)
def test_words_that_do_not_suit_the_fields_are_refused(described: tuple[str, ...], refusal: str, own_input: ModuleType) -> None:
    class Other(own_input.Sawtooth):  # type: ignore[misc,name-defined]
        kind: Literal["other"] = "other"  # type: ignore[assignment]
        field_words: ClassVar = {name: FieldWords(name, "A note.") for name in described}

    with pytest.raises(RegistrationError) as error:
        INPUT_KINDS.register(Other)
    assert str(error.value) == refusal
    assert "other" not in INPUT_KINDS


def test_an_input_without_a_kind_is_refused() -> None:
    class Nameless(CurrentInput):
        pass

    with pytest.raises(RegistrationError, match="Nameless names no kind"):
        INPUT_KINDS.register(Nameless)


def values_of(made: Any) -> Any:
    """A kind's `make` that returns what a function of the input and the generator returns."""
    return lambda self, generator, dt, files: made(self, generator)


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "no title": ({"title": ""}, "Wrong has no title; give it a name for people"),
    "no words": ({"field_words": {}}, "Wrong: field_words doesn't describe peak, period; add a FieldWords for each field."),
    "words of another type": ({"field_words": {"peak": "Peak", "period": "Period"}}, "Wrong: its field_words are {'peak': 'Peak'"),
    "words in a list": ({"field_words": ["peak", "period"]}, "Wrong: its field_words are ['peak', 'period']"),
    "a usual field that it hasn't": (
        {"usual": classmethod(lambda cls, shape: {"period": 5, "slope": 1})},
        "what usual gives can't be an input: slope",
    ),
    "a field that usual leaves out": ({"usual": classmethod(lambda cls, shape: {})}, "what usual gives can't be an input: period"),
    "values that can't be made": ({"make": values_of(lambda self, generator: 1 / 0)}, "can't be made: ZeroDivisionError: division by zero"),
    "another signature": ({"make": lambda self: None}, "can't be made: TypeError"),
    "another shape": (
        {"make": values_of(lambda self, generator: torch.zeros(2))},
        "makes float32 (2,); its make must return float32 (1, 100",
    ),
    "another dtype": ({"make": values_of(lambda self, generator: torch.zeros(self.shape).double())}, "makes float64 (1, 100, 16)"),
    "an array": ({"make": values_of(lambda self, generator: torch.zeros(self.shape).numpy())}, "makes an array, float32 (1, 100, 16)"),
    "infinite values": ({"make": values_of(lambda self, generator: torch.full(self.shape, float("inf")))}, "values that aren't finite"),
    "torch's random numbers": ({"make": values_of(lambda self, generator: torch.rand(self.shape))}, "draws random numbers of torch"),
    "NumPy's random numbers": (
        {"make": values_of(lambda self, generator: torch.full(self.shape, np.random.rand()))},  # noqa: NPY002
        "draws random numbers of NumPy",
    ),
    "random numbers of its own": (
        {"make": values_of(lambda self, generator: torch.full(self.shape, np.random.default_rng().random()))},
        "other values for the same seed",
    ),
    "randomness that it denies": (
        {"make": values_of(lambda self, generator: torch.rand(self.shape, generator=generator))},
        "other values for another seed, but is_random says False",
    ),
    "a lively that fails": ({"lively": classmethod(lambda cls, shape, mean, dt: 1 / 0)}, "its lively ended in ZeroDivisionError"),
    "a lively of another signature": ({"lively": classmethod(lambda cls: None)}, "its lively ended in TypeError"),
    "a lively that is a number": ({"lively": classmethod(lambda cls, shape, mean, dt: mean)}, "its lively returns float; it must"),
    "a lively field that it hasn't": (
        {"lively": classmethod(lambda cls, shape, mean, dt: {"period": 5, "slope": mean})},
        "what lively gives can't be an input: slope",
    ),
    "a lively input that can't be made": (
        {
            "lively": classmethod(lambda cls, shape, mean, dt: {"period": 5, "peak": mean}),
            "make": values_of(lambda self, generator: torch.zeros(1, 100, 16)),
        },
        "makes float32 (1, 100, 16); its make must return float32 (1, 100, 1)",
    ),
    "draws that fail": ({"draws": lambda self, generator, dt: 1 / 0}, "its draws ended in ZeroDivisionError"),
    "draws of another shape": ({"draws": lambda self, generator, dt: torch.zeros(2)}, "its draws returns float32 (2,); it must"),
    "draws above 1": ({"draws": lambda self, generator, dt: torch.ones(self.shape)}, "its draws returns numbers outside of [0, 1)"),
    "randomness that it hasn't": ({"is_random": lambda self, dt: True}, "the same values for another seed, but is_random says True"),
}


@pytest.mark.parametrize("wrong", WRONG)
def test_an_input_that_does_not_make_what_it_says_is_refused_in_one_sentence(wrong: str, own_input: ModuleType) -> None:
    attributes, refusal = WRONG[wrong]
    annotations = {"kind": Literal["wrong"], "field_words": ClassVar[Any]}
    made = type("Wrong", (own_input.Sawtooth,), {"__annotations__": annotations, "__module__": __name__, "kind": "wrong", **attributes})
    with pytest.raises(RegistrationError) as error:
        INPUT_KINDS.register(made)
    assert refusal in str(error.value)
    assert "\n" not in str(error.value)
    assert str(error.value).endswith(".")
    assert "wrong" not in INPUT_KINDS


@pytest.mark.parametrize("kinds", FAMILIES, ids=lambda kinds: kinds.noun)
def test_every_kind_of_the_package_passes_the_trial_of_those_from_outside(kinds: Any) -> None:
    for part in kinds.values():
        assert part.is_built_in()
        part.try_kind()


def test_an_input_that_fails_later_is_named_in_one_sentence(own_input: ModuleType) -> None:
    class Late(own_input.Sawtooth):  # type: ignore[misc,name-defined]
        kind: Literal["late"] = "late"  # type: ignore[assignment]

        def make(self, generator: torch.Generator, dt: float, files: Files) -> Tensor:
            return super().make(generator, dt, files)[:, : 10 if self.period == 7 else 200]

    INPUT_KINDS.register(Late)
    try:
        with pytest.raises(
            ExperimentError, match=r"^The input 'late' makes float32 \(1, 10, 16\); its make must return float32 \(1, 100, 16\)\.$"
        ):
            ten_spikes().replace({"input": {"kind": "late", "shape": (1, 100, 16), "period": 7}}).make_input()
    finally:
        INPUT_KINDS.remove("late")
