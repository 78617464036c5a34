"""What a view tells is answered once, in order, however often it is told."""

from __future__ import annotations

from typing import Any

import pytest

from app.components.answers import Answers, checked
from app.figures.acts import ConversionAct, PlotAct, RibbonAct, RowsAct


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


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        (RowsAct, {"do": "pick", "layer": 1, "row": 3, "add": False}),
        (RowsAct, {"do": "pick", "layer": 1, "neuron": 3, "add": True}),
        (RowsAct, {"do": "ask", "layer": -2, "row": 0, "time": 99}),
        (RibbonAct, {"do": "select", "layer": None}),
        (PlotAct, {"do": "scrub", "x": None}),
        (ConversionAct, {"do": "start again"}),
    ],
    ids=str,
)
def test_an_act_of_a_view_reaches_its_page_as_it_was_told(kind: Any, act: dict[str, Any]) -> None:
    seen: list[Any] = []
    Answers().take([{"number": 1, **act}], checked("view", kind, seen.append))
    assert seen == [act]


@pytest.mark.parametrize(
    ("kind", "act"),
    [
        (RowsAct, {"do": "pick", "layer": 1, "row": -1, "add": False}),
        (RowsAct, {"do": "pick", "layer": "1", "neuron": 3, "add": True}),
        (RowsAct, {"do": "pick", "layer": 1, "add": True}),
        (RowsAct, {"do": "toggle", "layer": 1, "what": "all"}),
        (RibbonAct, {"do": "remedy", "layer": None}),
        (RibbonAct, {"layer": 1}),
        (PlotAct, {"do": "scrub", "x": 2.5}),
        (PlotAct, {"do": "guess", "x": None}),
        (ConversionAct, {"do": "steps", "steps": "8"}),
    ],
    ids=str,
)
def test_an_act_that_a_view_cannot_tell_reaches_no_page_and_is_logged(
    kind: Any, act: dict[str, Any], caplog: pytest.LogCaptureFixture
) -> None:
    answers, seen = Answers(), []
    answers.take([{"number": 1, **act}, {"number": 2, **act}], checked("view", kind, seen.append))
    assert seen == []
    assert answers.last == 2
    assert "view was told what it doesn't know" in caplog.text
