"""What is drawn of a decision: few bytes, of what was computed, coarsely while the training runs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.figures.decision_map import FULL, Plane, decision_figure, describe_decision
from app.figures.style import Theme
from app.server.runner import TrainingRun
from app.state.decision import IN_TURN, MOVING_SIDE, STEADY, Decision, coarseness, side_of
from app.state.recognition import Look, Recognition
from snncore.experiment.inputs import NO_FILES
from snncore.experiment.recognition import yin_yang
from snncore.run.decision_map import OUTSIDE, DecisionMap

SIDE = 6


@pytest.fixture(scope="module")
def run() -> TrainingRun:
    return TrainingRun(yin_yang(), speed=None)


def found() -> DecisionMap:
    random = np.random.RandomState(0)
    classes = random.randint(3, size=(SIDE, SIDE)).astype(np.uint8)
    classes[0, 0] = classes[5, 5] = OUTSIDE
    inside = classes != OUTSIDE
    return DecisionMap(
        classes=classes,
        margins=random.uniform(0, 2, (SIDE, SIDE)).astype(np.float32) * inside,
        times=np.where(inside, random.randint(30, size=(SIDE, SIDE)), -1).astype(np.int32),
        timing="settled",
        counts={1: random.randint(5, size=(40, SIDE, SIDE)).astype(np.float32) * inside},
    )


PLANE = Plane(
    names=["Yin", "Yang", "dots"],
    layers={1: "LIF 2"},
    points=np.array([[0.0, 1.0], [0.5, 0.25]]),
    labels=np.array([0, 2]),
    answers=np.array([0, 1]),
    steps=60,
)


def test_what_is_drawn_is_what_was_computed_as_bytes() -> None:
    decision = found()
    header, (classes, margins, times, xs, ys, labels, answers, hidden) = decision_figure(decision, PLANE, 1, "light", coarse=1)
    inside = decision.classes != OUTSIDE
    assert all(each.dtype == np.uint8 for each in (classes, margins, times, xs, ys, labels, answers, hidden))
    assert np.array_equal(classes, decision.classes)
    shown = margins[inside] / FULL * header["largest"]
    assert np.allclose(shown, np.minimum(decision.margins[inside], header["largest"]), atol=header["largest"] / FULL)
    assert np.array_equal(np.rint(times[inside] / FULL * 59), decision.times[inside])
    assert (margins[~inside] == OUTSIDE).all()
    assert (times[~inside] == OUTSIDE).all()
    counts = hidden.reshape(40, SIDE, SIDE)
    assert np.allclose(counts[:, inside] / FULL * header["hidden"][0]["most"], decision.counts[1][:, inside], atol=0.02)
    assert (xs.tolist(), ys.tolist()) == ([0, 128], [255, 64])
    assert (labels.tolist(), answers.tolist()) == ([0, 2], [0, 1])
    assert header["picked"] == 1


def test_points_taken_together_have_the_mean_of_those_inside() -> None:
    decision = found()
    header, (*_, hidden) = decision_figure(decision, PLANE, None, "light", coarse=2)
    block = decision.counts[1][7, :2, :2].ravel()[1:]  # the first of the four is outside
    (drawn,) = header["hidden"]
    shown = hidden.reshape(40, 3, 3)[7, 0, 0] / FULL * drawn["most"]
    assert shown == pytest.approx(block.mean(), abs=0.02)
    assert drawn["side"] == 3


def test_neurons_in_turn_are_sent_alone() -> None:
    header, (*_, hidden) = decision_figure(found(), PLANE, None, "light", 1, sent=[3, 39, 50])
    assert header["hidden"][0]["sent"] == [3, 39]
    assert header["is_moving"]
    assert len(hidden) == 2 * SIDE**2


def test_the_maps_are_told_in_words() -> None:
    words = describe_decision(found(), PLANE)
    assert "1 of 2 test samples are wrong" in words
    assert "of 40 neurons of LIF 2" in words


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_classes_have_colours_of_their_own(theme: Theme) -> None:
    header, _ = decision_figure(found(), PLANE, None, theme, 1)
    assert len({each["color"] for each in header["classes"]}) == 3


# -------------------------------------------------------------------------------------------------- at which fineness


def look(run: TrainingRun, is_moving: bool) -> Look:
    return replace(Recognition().look(run, NO_FILES, None), is_moving=is_moving)


def test_a_map_is_finer_once_the_training_rests(run: TrainingRun) -> None:
    decision = Decision()
    moving, resting = (look(run, is_moving) for is_moving in (True, False))
    coarse = decision.map(moving)
    assert coarse.side <= MOVING_SIDE
    assert decision.map(resting).side > coarse.side
    for seen in (moving, resting):
        assert side_of(seen) % coarseness(side_of(seen), seen.is_moving) == 0


def test_a_moment_is_mapped_once(run: TrainingRun) -> None:
    decision, seen = Decision(), look(run, True)
    assert decision.map(seen) is decision.map(seen)


def test_a_map_of_a_large_network_is_coarse(run: TrainingRun) -> None:
    large = yin_yang().replace({"network.0.out_features": 4000, "network.2.in_features": 4000, "training.batch_size": 20})
    seen = look(run, True)
    assert side_of(replace(seen, experiment=large)) < side_of(seen)


def test_all_neurons_are_painted_in_turn_and_some_always(run: TrainingRun) -> None:
    decision, painted, always = Decision(), set(), set(range(STEADY))
    for _ in range(-(-120 // IN_TURN) + 1):
        seen = look(run, True)
        decision.map(seen)
        sent = decision.sent(seen)
        assert sent is not None
        assert always <= set(sent)
        assert len(sent) <= STEADY + IN_TURN
        painted |= set(sent)
    assert painted == set(range(120))
    assert decision.sent(look(run, False)) is None


def test_a_frame_of_a_running_training_is_small(run: TrainingRun) -> None:
    seen = look(run, True)
    decision = Decision()
    found = decision.map(seen)
    plane = Plane(
        names=["Yin", "Yang", "dots"],
        layers={1: "LIF 2"},
        points=seen.answerer.halves.test.values[:, :2].numpy(),
        labels=seen.answers.labels,
        answers=seen.answers.classes,
        steps=60,
    )
    _, arrays = decision_figure(found, plane, 0, "light", coarseness(found.side, True), decision.sent(seen))
    assert sum(array.nbytes for array in (*arrays[:3], *arrays[6:])) < 16_000, "bytes that may differ from moment to moment"
