"""Python and the browser's modules agree on the fields and types of all that they send each other."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.components.wire import SENT, TOLD, WRITTEN, typescript

ROOT = Path(__file__).parents[2]
COMPONENTS = sorted((ROOT / "app/components").glob("*.py"))
TELLING = [path.stem for path in COMPONENTS if "answering(" in path.read_text() and path.stem != "answers"]


def test_the_types_of_the_other_side_are_those_of_python() -> None:
    assert WRITTEN.read_text() == typescript(), "make types writes them again"


@pytest.mark.parametrize("name", TELLING)
def test_a_view_that_tells_is_sent_what_is_answered_and_takes_note_of_it(name: str) -> None:
    assert any(kind.__module__ == f"app.components.{name}" and "answered" in kind.__annotations__ for kind in SENT)
    modules = [path.read_text() for path in (ROOT / "app/web" / name).glob("*.js")]
    assert any("acts.update(send, " in text for text in modules)
    assert any(f'import("../wire.js").{act}' in text for text in modules for act in TOLD), "its acts are those that Python checks"
