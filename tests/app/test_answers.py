"""What a view tells is answered once, in order, however often it is told."""

from __future__ import annotations

from typing import Any

import pytest

from app.components.answers import Answers


def acts(*numbers: int) -> list[dict[str, Any]]:
    return [{"number": number} for number in numbers]


def test_an_act_that_is_told_again_is_answered_once_and_those_after_it_too() -> None:
    answers, seen = Answers(), []
    answers.take(acts(1), lambda act: seen.append(act["number"]))
    answers.take(acts(1, 2), lambda act: seen.append(act["number"]))
    answers.take(acts(1), lambda act: seen.append(act["number"]))
    assert seen == [1, 2]
    assert answers.last == 2


def test_an_act_that_fails_is_not_answered_again_and_leaves_those_after_it_to_the_next_telling() -> None:
    answers, seen = Answers(), []

    def answer(act: Any) -> None:
        seen.append(act["number"])
        if act["number"] == 1:
            raise ValueError("it can't be done")

    with pytest.raises(ValueError, match="it can't be done"):
        answers.take(acts(1, 2), answer)
    assert answers.last == 1
    answers.take(acts(1, 2), answer)
    assert seen == [1, 2]


def test_an_act_whose_answer_is_interrupted_is_answered_when_it_is_told_again() -> None:
    answers, seen = Answers(), []

    class Interruption(BaseException):
        """As Streamlit's, which are no Exceptions."""

    def answer(act: Any) -> None:
        seen.append(act["number"])
        if len(seen) == 1:
            raise Interruption

    with pytest.raises(Interruption):
        answers.take(acts(1), answer)
    assert answers.last == 0
    answers.take(acts(1), answer)
    assert seen == [1, 1]
