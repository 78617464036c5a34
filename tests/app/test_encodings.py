"""How labelled data are encoded is chosen on the Training page, and the input and the network follow."""

from __future__ import annotations

from itertools import pairwise, permutations

import pytest
from streamlit.testing.v1 import AppTest

from snncore.experiment.encodings import ENCODING_KINDS
from snncore.experiment.recognition import digits, digits_convolution, yin_yang
from snncore.experiment.spec import Experiment
from tests.app.pages import TRAINING, desk, fields, opened, shown
from tests.app.said import complaints

pytestmark = pytest.mark.slow  # each runs a page of the app

KINDS = [kind for kind, each in ENCODING_KINDS.items() if not each.takes_time]
ENCODING = "training.task.encoding"


def walk_over_all_pairs(first: str) -> list[str]:
    """Kinds one after another so that each comes once after each other one, beginning after `first`."""
    left, path, found = set(permutations(KINDS, 2)), [first], [""]
    while path:  # Hierholzer's circuit
        ways = sorted(pair for pair in left if pair[0] == path[-1])
        if ways:
            left.remove(ways[0])
            path.append(ways[0][1])
        else:
            found.append(path.pop())
    return found[1:][::-1][1:]


def test_the_walk_takes_every_pair_once() -> None:
    steps = ["current", *walk_over_all_pairs("current")]
    assert sorted(pairwise(steps)) == sorted(permutations(KINDS, 2))


def choose(page: AppTest, kind: str) -> Experiment:
    fields(page)[ENCODING].set_value(kind)
    shown(page.run())
    return desk(page).training.experiment


@pytest.mark.parametrize(
    ("made", "kinds", "one", "two"),
    [
        (digits(), walk_over_all_pairs("current"), (64,), (128,)),
        (digits_convolution(), ["on_off", "latency", "on_off", "current"], (1, 8, 8), (2, 8, 8)),
    ],
)
def test_every_encoding_of_digits_follows_every_other_one_with_a_network_that_fits(
    made: Experiment, kinds: list[str], one: tuple[int, ...], two: tuple[int, ...]
) -> None:
    page = opened(TRAINING, made, more=True)
    for kind in kinds:
        experiment = choose(page, kind)
        assert complaints(page) == []
        assert experiment.training.task.encoding == ENCODING_KINDS[kind]()  # type: ignore[attr-defined]  # a classification's
        assert experiment.input.shape[2:] == (two if kind == "on_off" else one)
        experiment.check_trainable()
    assert experiment == made, "the first encoding brings the first network back"


def test_points_take_every_encoding_but_that_of_images_which_is_not_offered() -> None:
    page = opened(TRAINING, yin_yang(), more=True)
    for kind in ("rate", "current", "latency"):
        assert choose(page, kind).training.task.encoding.kind == kind  # type: ignore[attr-defined]  # a classification's
        assert complaints(page) == []
    assert list(fields(page)[ENCODING].options) == ["Rate code", "Latency code", "Constant current"]


def test_numbers_of_an_encoding_are_edited_beside_it() -> None:
    page = opened(TRAINING, digits(), more=True)
    choose(page, "on_off")
    fields(page)[f"{ENCODING}.rate"].set_value("150")
    shown(page.run())
    assert complaints(page) == []
    assert desk(page).training.experiment.training.task.encoding.rate == 150  # type: ignore[attr-defined]  # a classification's
