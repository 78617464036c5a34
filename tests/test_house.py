"""The house stands as README says: imports go one way, and the README's programs run."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
NEVER = {
    "snncore": ("streamlit", "plotly", "app"),
    "snncore/activation.py": ("snncore.dynamics", "snncore.layers", "snncore.kernels"),
    "snncore/dynamics.py": ("snncore.layers", "snncore.kernels"),
    "snncore/kernels": ("snncore.layers", "snncore.experiment", "snncore.run"),
    "snncore/layers": ("snncore.run", "snncore.experiment"),
    "app/figures": ("streamlit",),
    "app/server": ("app.views", "app.figures"),
}
"""What may not be imported where."""


def imports_of(file: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(file.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


@pytest.mark.parametrize(("place", "forbidden"), NEVER.items())
def test_imports_go_one_way(place: str, forbidden: tuple[str, ...]) -> None:
    path = ROOT / place
    files = [path] if path.is_file() else sorted(path.rglob("*.py"))
    assert files
    for file in files:
        for module in imports_of(file):
            assert not any(module == name or module.startswith(f"{name}.") for name in forbidden), f"{file} imports {module}"


MARKDOWN = "it takes Markdown, and may hold what others wrote; use app.components.plain"
FORBIDDEN = {
    "number_input": "browsers drop a decimal comma; use app.widgets.controls.number",
    **dict.fromkeys(("error", "warning", "info", "success", "toast", "exception"), MARKDOWN),
}
"""Calls of Streamlit that no page makes."""


@pytest.mark.parametrize(("forbidden", "why"), FORBIDDEN.items())
def test_no_page_uses_what_reads_numbers_or_text_otherwise_than_they_are_written(forbidden: str, why: str) -> None:
    for file, node in streamlit_attributes():
        assert node.attr != forbidden, f"{file}:{node.lineno} uses st.{forbidden}: {why}"


def test_markdown_is_written_out_in_the_source() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and takes_markdown(node.func):
                is_literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
                assert is_literal, f"{file}:{node.lineno} computes what it shows: {MARKDOWN}"


def test_what_a_page_looks_at_by_itself_is_declared_where_an_edit_declares_it_again() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        polls = [node.lineno for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.keyword) and node.arg == "run_every"]
        assert not polls or file.name == "drawing.py", (
            f"{file}:{polls[0]} is forgotten by the browser with the next edit; use app.widgets.drawing.polled"
        )


def takes_markdown(function: ast.AST) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in ("markdown", "caption", "write") and is_streamlit(function.value)


def streamlit_attributes() -> Iterator[tuple[Path, ast.Attribute]]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Attribute) and is_streamlit(node.value):
                yield file, node


def is_streamlit(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "st"


def test_the_programs_of_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert len(programs) == 2
    for program in programs:
        exec(program, {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("torch.Size([1, 100, 4])")
    assert lines[-1].startswith("51 10.0 0.0 ")


def test_every_picture_of_the_readme_is_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert pictures
    assert all((ROOT / picture).exists() for picture in pictures)
