"""The path of a curve."""

from __future__ import annotations

import math
from collections.abc import Iterator

import pytest

from tests.web.node import Modules


@pytest.fixture(scope="module")
def path_module() -> Iterator[Modules]:
    modules = Modules(["plot/path.js"])
    yield modules
    modules.close()


@pytest.mark.parametrize(
    ("y", "path"),
    [
        ([1, 2, 3], "M0.0,1.0L1.0,2.0L2.0,3.0"),
        ([1, math.nan, 3], "M0.0,1.0M2.0,3.0"),
        ([math.nan, 2, 3], "M1.0,2.0L2.0,3.0"),
        ([1, 2, -math.inf], "M0.0,1.0L1.0,2.0"),
        ([math.nan] * 3, ""),
    ],
)
def test_a_line_has_a_gap_where_its_value_is_not_on_the_axis(path_module: Modules, y: list[float], path: str) -> None:
    said = [str(value) for value in y]  # JSON has no NaN
    draw = "({ pathThrough }, said) => pathThrough([0, 1, 2], said.map((text) => Number(text.replace('inf', 'Infinity'))))"
    assert path_module.evaluate(draw, said) == path
