"""The order of samples on the wall, the size of its cells, and how answers are counted."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from snncore.run.labelled import Answers
from tests.web.node import Modules

RANDOM = np.random.RandomState(0)
LABELS, SAID = RANDOM.randint(4, size=60), RANDOM.randint(4, size=60)


@pytest.fixture(scope="module")
def modules() -> Iterator[Modules]:
    made = Modules(["wall/order.js"])
    yield made
    made.close()


def test_mistakes_come_first_and_each_part_keeps_the_order_of_the_data(modules: Modules) -> None:
    order = modules.evaluate("({ ordered }, [labels, said]) => ordered(labels, said)", [LABELS.tolist(), SAID.tolist()])
    wrong = np.flatnonzero(LABELS != SAID)
    right = np.flatnonzero(LABELS == SAID)
    assert order == [*wrong, *right]


def test_one_pair_of_class_and_answer_is_shown_alone(modules: Modules) -> None:
    order = modules.evaluate("({ ordered }, [labels, said]) => ordered(labels, said, [1, 2])", [LABELS.tolist(), SAID.tolist()])
    assert order == np.flatnonzero((LABELS == 1) & (SAID == 2)).tolist()


def test_the_confusion_matrix_is_that_of_the_package(modules: Modules) -> None:
    counts = modules.evaluate("({ confusion }, [labels, said]) => confusion(labels, said, 4)", [LABELS.tolist(), SAID.tolist()])
    assert counts == Answers(LABELS, np.eye(4, dtype=np.float32)[SAID]).confusion.tolist()


@pytest.mark.parametrize(("count", "width", "height"), [(360, 450, 390), (12, 450, 390), (500, 360, 200), (1, 30, 30), (0, 300, 300)])
def test_cells_are_never_smaller_than_a_finger_and_fit_the_width(modules: Modules, count: int, width: int, height: int) -> None:
    grid = modules.evaluate("({ cells }, [count, width, height]) => cells(count, width, height, 24, 56)", [count, width, height])
    assert 24 <= grid["size"] <= 56
    assert grid["columns"] * grid["size"] <= width
    assert grid["columns"] * grid["rows"] >= count
    if grid["rows"] * grid["size"] > height:
        assert grid["columns"] == width // 24, "only where all of the smallest don't fit, the wall scrolls"
