"""The known results on spiking neurons hold, and the page that tells of them tells of all."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from benchmarks.laws import LAWS, Law

PAGE = Path(__file__).parents[2] / "docs" / "laws.md"


@pytest.mark.parametrize(
    "law", [pytest.param(law, marks=() if law.is_exact else pytest.mark.slow) for law in LAWS], ids=lambda law: law.name
)
def test_a_law_holds(law: Law) -> None:
    for case in law.cases():
        assert case.holds, f"{case.of}: {case.expected} expected, {case.measured} measured"
        assert not law.is_exact or case.tolerance <= 1e-5


def test_the_page_tells_of_every_law_and_its_pictures_are_there() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert re.findall(r"^## (.+)$", page, re.MULTILINE) == [law.name for law in LAWS]
    for law in LAWS:
        assert law.statement[1:] in page
    pictures = re.findall(r"\]\((laws/.+?\.svg)\)", page)
    assert len(pictures) == 5
    assert all((PAGE.parent / picture).is_file() for picture in pictures)
