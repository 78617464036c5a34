"""Digits that come from the pad are answered as the data's are."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import numpy as np
import pytest
import torch

from app.components.drawing_pad import ink_of, packed_ink
from app.server.runner import Owner, TrainingRun
from app.state.composition import Composition
from app.state.drawn_digit import DrawnDigit
from app.state.recognition import Look, Recognition
from app.state.training import TrainingState
from snncore.experiment.data.digits import Digits, ink_of_digit
from snncore.experiment.inputs import NO_FILES
from snncore.experiment.recognition import digits, yin_yang
from snncore.run.bptt import train
from snncore.run.labelled import Answerer
from tests.web.node import Modules

THROUGH = """
({ bitsOf, inked, packed }, { pen, bases }) => bases.map((base) => {
    const ink = bitsOf(Uint8Array.from(atob(base), (letter) => letter.charCodeAt(0)));
    return packed(inked([], pen, ink.slice()));
})
"""
"""What the pad does with a digit that is taken to be drawn on."""

DRAWN = "({ fitted, packed }, drawings) => drawings.map((strokes) => packed(fitted(strokes)))"


def arc(x: float, y: float, across: float, down: float, begin: float, end: float) -> list[tuple[float, float]]:
    """Points of an arc, in shares of the pad; angles in degrees, from the right downwards."""
    angles = np.radians(np.linspace(begin, end, 25))
    return list(zip(x + across * np.cos(angles), y + down * np.sin(angles), strict=True))


BY_HAND = {
    0: [arc(0.5, 0.5, 0.2, 0.3, -90, 270)],
    1: [[(0.4, 0.3), (0.52, 0.2), (0.5, 0.8)]],
    2: [[*arc(0.5, 0.35, 0.17, 0.15, 180, 370), (0.32, 0.8), (0.7, 0.8)]],
    3: [[*arc(0.48, 0.35, 0.16, 0.15, -150, 90), *arc(0.48, 0.65, 0.18, 0.15, -90, 150)]],
    4: [[(0.45, 0.2), (0.3, 0.55), (0.7, 0.55)], [(0.6, 0.3), (0.6, 0.85)]],
    5: [[(0.65, 0.2), (0.4, 0.2), (0.38, 0.45), *arc(0.5, 0.6, 0.17, 0.18, -120, 140)]],
    6: [[(0.6, 0.2), (0.42, 0.45), *arc(0.5, 0.65, 0.15, 0.17, 180, 540)]],
    7: [[(0.3, 0.2), (0.7, 0.2), (0.45, 0.8)]],
    8: [[*arc(0.5, 0.35, 0.13, 0.14, 90, 450), *arc(0.5, 0.65, 0.16, 0.16, -90, 270)]],
    9: [[*arc(0.5, 0.38, 0.15, 0.16, 0, 360), (0.65, 0.38), (0.6, 0.8)]],
}
"""Strokes of each digit."""


@pytest.fixture(scope="module")
def ink() -> Iterator[Modules]:
    modules = Modules(["drawing_pad/ink.js", "lib/bits.js"])
    yield modules
    modules.close()


@pytest.fixture(scope="module")
def trained() -> tuple[Answerer, dict[str, np.ndarray]]:
    *_, last = train(digits())
    return Answerer(digits()), dict(last.parameters)


def answers(trained: tuple[Answerer, dict[str, np.ndarray]], drawn: list[np.ndarray]) -> np.ndarray:
    answerer, parameters = trained
    return answerer.readouts(answerer.encoded(torch.from_numpy(np.stack(drawn))), parameters).argmax(axis=1)


def received(text: str) -> np.ndarray:
    """What the network gets of ink that came from the browser."""
    drawn = DrawnDigit()
    drawn.draw(ink_of(text), Recognition())
    assert drawn.values is not None
    return drawn.values


def test_a_hundred_test_digits_sent_through_the_pad_keep_their_answers(
    ink: Modules, trained: tuple[Answerer, dict[str, np.ndarray]]
) -> None:
    values = list(Digits().make().test.values.numpy()[:100])
    sent = ink.evaluate(THROUGH, {"pen": 4, "bases": [packed_ink(ink_of_digit(image)) for image in values]})
    given, drawn = answers(trained, values), answers(trained, [received(text) for text in sent])
    assert (given == drawn).mean() >= 0.95


def test_digits_that_are_drawn_with_a_pen_are_recognised(ink: Modules, trained: tuple[Answerer, dict[str, np.ndarray]]) -> None:
    sent = ink.evaluate(DRAWN, list(BY_HAND.values()))
    found = answers(trained, [received(text) for text in sent])
    assert (found == list(BY_HAND)).sum() >= 8, found


def test_a_drawing_is_shown_and_an_empty_one_takes_nothing_away() -> None:
    drawn, recognition = DrawnDigit(), Recognition()
    drawn.draw(ink_of_digit(Digits().make().test.values.numpy()[0]), recognition)
    shown = recognition.own
    assert shown is not None
    drawn.draw(np.zeros((32, 32), dtype=bool), recognition)
    assert drawn.values is None
    assert drawn.complaint == "The pad is empty, so there is nothing to recognise; draw a digit."
    assert recognition.own is shown


@pytest.mark.parametrize("text", ["", base64.b64encode(b"short").decode(), base64.b64encode(bytes(5000)).decode(), "no base64!"])
def test_what_is_no_ink_is_an_empty_drawing(text: str) -> None:
    assert not ink_of(text).any()


def test_the_picked_digit_is_taken_to_be_drawn_on() -> None:
    run = TrainingRun(digits(), speed=None)
    recognition, drawn = Recognition(), DrawnDigit()
    recognition.pick(7)
    seen: Look = recognition.look(run, NO_FILES, None)
    drawn.take(seen, recognition)
    number, base = drawn.base
    assert number == 1
    assert base is not None
    assert np.array_equal(base, ink_of_digit(Digits().make().test.values.numpy()[7]))


def test_a_drawing_gives_way_to_data_that_it_is_no_sample_of() -> None:
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(digits().draft)
    state.prepare()
    state.recognition.bring(np.zeros((8, 8), np.float32))
    state.sample_pass()
    state.begin(yin_yang())
    assert state.sample_pass().input.shape == (1, 60, 5)
    assert state.look().sample == 0
