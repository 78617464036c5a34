"""Styles that a browser takes long to apply stay out of the page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.components.assets import WEB

COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
SELECTORS = re.compile(r"([^{};]+)\{")
OF_FEW = (".st-key-buttons",)
"""What these hold is little, and seldom changes."""


def parts(selector: str, between: str) -> list[str]:
    """What stands between some letters, outside of parentheses."""
    found, depth = [""], 0
    for letter in selector:
        depth += (letter == "(") - (letter == ")")
        if depth == 0 and letter in between:
            found.append("")
        else:
            found[-1] += letter
    return [part for part in found if part.strip()]


def asks_for_all_below(selector: str) -> bool:
    """Whether `:has()` stands in a part of the selector that isn't its last: the browser styles all below such a part anew."""
    return any(":has(" in part and not part.startswith(OF_FEW) for part in parts(selector.strip(), " \n>+~")[:-1])


@pytest.mark.parametrize(
    ("selector", "expected"),
    [
        (".stMain:has(.drive) .headline", True),
        ("body:has(input:checked) > .controls", True),
        (".page:not(:has(.a .b)) .rows", True),
        (".stColumn:has(.wall .head)", False),
        (".stColumn .wall:has(> .head)", False),
        (".st-key-buttons:not(:has(button)) > .last", False),
    ],
)
def test_such_parts_are_found(selector: str, expected: bool) -> None:
    assert asks_for_all_below(selector) == expected


@pytest.mark.parametrize("path", sorted(WEB.rglob("*.css")), ids=lambda path: path.name)
def test_no_has_stands_before_the_last_part_of_a_selector(path: Path) -> None:
    selectors = [selector for found in SELECTORS.findall(COMMENT.sub("", path.read_text())) for selector in parts(found, ",")]
    assert selectors
    assert [selector.strip() for selector in selectors if asks_for_all_below(selector)] == []
