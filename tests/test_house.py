"""The house stands as README says: imports go one way, and the README's programs run."""

from __future__ import annotations

import ast
import functools
import re
from collections.abc import Collection, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ARROWS: dict[str, tuple[str, ...]] = {
    # the package, from below
    "snncore.errors": (),
    "snncore.arrays": (),
    "snncore.written_numbers": (),
    "snncore.activation": ("snncore.errors",),
    "snncore.encoders": ("snncore.errors",),
    "snncore.dynamics": ("snncore.activation",),
    "snncore.kernels": ("snncore.dynamics",),
    "snncore.layers": ("snncore.kernels",),
    "snncore.experiment": ("snncore.layers", "snncore.encoders", "snncore.arrays"),
    "snncore.run": ("snncore.experiment",),
    "snncore.diagnosis": ("snncore.run",),
    "snncore.explain": ("snncore.run",),
    "snncore.convert": ("snncore.run",),
    "snncore.io": ("snncore.run", "snncore.written_numbers"),
    "snncore": ("snncore.diagnosis", "snncore.explain", "snncore.convert", "snncore.io"),
    # the app, from below
    "app.words": ("snncore",),
    "app.server": ("snncore",),
    "app.figures": ("app.words",),
    "app.export": ("app.words",),
    "app.state": ("app.server", "app.words"),
    "app.components": ("app.figures", "app.server"),
    "app.widgets": ("app.components", "app.state", "app.export"),
    "app.views": ("app.widgets",),
    "app": ("app.views",),
}
"""What each room of the house may import: those named here, and what they may import themselves."""

STRANGERS = {"snncore": ("streamlit", "plotly"), **dict.fromkeys(("app.words", "app.figures", "app.state"), ("streamlit",))}
"""Libraries that stay out of a room."""


def modules() -> dict[str, Path]:
    """The modules of the package and the app by their dotted names."""
    files = (file for top in ("app", "snncore") for file in sorted((ROOT / top).rglob("*.py")))
    return {".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): file for file in files}


@functools.cache
def nodes_of(file: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(file.read_text())))


@functools.cache
def imports_of(file: Path) -> set[str]:
    """Every name that the file imports, dotted: modules, and what is taken from them."""
    found = set()
    for node in nodes_of(file):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


def room_of(module: str) -> str:
    return max((room for room in ARROWS if module == room or module.startswith(f"{room}.")), key=len)


def below(room: str) -> set[str]:
    """The rooms that may be imported in a room, itself included."""
    return {room}.union(*map(below, ARROWS[room]))


@functools.cache
def arrows() -> dict[str, set[str]]:
    """The modules that each module imports."""
    known = modules()
    return {module: set().union(*(imported(node, known) for node in nodes_of(file))) - {module} for module, file in known.items()}


def imported(node: ast.AST, known: Collection[str]) -> set[str]:
    """The known modules that a statement imports; a package itself only if something in it is taken that is no module."""
    if isinstance(node, ast.Import):
        return {alias.name for alias in node.names}.intersection(known)
    if not isinstance(node, ast.ImportFrom) or not node.module:
        return set()
    taken = {f"{node.module}.{alias.name}" for alias in node.names}
    return taken if taken.issubset(known) else (taken | {node.module}).intersection(known)


def reached(module: str) -> set[str]:
    """The module, and all that it imports through others."""
    found, left = set(), {module}
    while left:
        found |= left
        left = set().union(*(arrows()[name] for name in left)) - found
    return found


def test_imports_go_one_way() -> None:
    for module, imported in arrows().items():
        for name in imported:
            assert room_of(name) in below(room_of(module)), f"{module} imports {name}, which stands above it or beside it"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("from snncore import kernels, simulate", {"snncore", "snncore.kernels"}),
        ("from snncore import kernels, dynamics", {"snncore.kernels", "snncore.dynamics"}),
        ("from snncore.dynamics import Step", {"snncore.dynamics"}),
        ("import snncore.dynamics, os", {"snncore.dynamics"}),
        ("from os import path", set()),
    ],
)
def test_a_package_is_imported_unless_all_that_is_taken_are_modules(statement: str, expected: set[str]) -> None:
    (node,) = ast.parse(statement).body
    assert imported(node, modules()) == expected


def test_imports_name_their_modules_in_full() -> None:
    for module, file in modules().items():
        relative = [node.lineno for node in nodes_of(file) if isinstance(node, ast.ImportFrom) and node.level]
        assert not relative, f"{module}, line {relative[0]}: write the import from snncore or app on"


@pytest.mark.parametrize("room", STRANGERS)
def test_rooms_keep_strangers_out_also_behind_what_they_import(room: str) -> None:
    known = modules()
    for module in known:
        if module == room or module.startswith(f"{room}."):
            for name in reached(module):
                found = {name.partition(".")[0] for name in imports_of(known[name])}.intersection(STRANGERS[room])
                assert not found, f"{module} imports {', '.join(found)}{'' if name == module else f' through {name}'}"


def test_no_files_import_each_other_in_a_circle() -> None:
    left = dict(arrows())
    while True:
        leaves = {module for module, imported in left.items() if not imported & left.keys()}
        if not leaves:
            break
        left = {module: imported for module, imported in left.items() if module not in leaves}
    assert not left, f"these import each other: {', '.join(sorted(left))}"


def test_what_tests_share_is_in_modules_without_tests() -> None:
    files = {file: imports_of(file) for file in sorted((ROOT / "tests").rglob("*.py"))}
    of_tests = re.compile(r"tests\.([a-z_]+\.)*test_[a-z_]+$")
    assert {str(file): name for file, names in files.items() for name in names if of_tests.match(name)} == {}
    assert sum("tests.app.waiting" in names for names in files.values()) > 5, "imports of other modules are seen"


MARKDOWN = "it takes Markdown, and may hold what others wrote; use app.components.plain"
FORBIDDEN = {
    "number_input": "browsers drop a decimal comma; use app.widgets.controls.Panel.number",
    **dict.fromkeys(("error", "warning", "info", "success", "toast", "exception"), MARKDOWN),
}
"""Calls of Streamlit that no page makes."""


@pytest.mark.parametrize(("forbidden", "why"), FORBIDDEN.items())
def test_no_page_uses_what_reads_numbers_or_text_otherwise_than_they_are_written(forbidden: str, why: str) -> None:
    for file, node in streamlit_attributes():
        assert node.attr != forbidden, f"{file}:{node.lineno} uses st.{forbidden}: {why}"


def test_markdown_is_written_out_in_the_source() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in nodes_of(file):
            if isinstance(node, ast.Call) and takes_markdown(node.func):
                is_literal = bool(node.args) and isinstance(node.args[0], ast.Constant)
                assert is_literal, f"{file}:{node.lineno} computes what it shows: {MARKDOWN}"


def test_what_a_page_looks_at_by_itself_is_declared_where_an_edit_declares_it_again() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        polls = [node.lineno for node in nodes_of(file) if isinstance(node, ast.keyword) and node.arg == "run_every"]
        assert not polls or file.name == "drawing.py", (
            f"{file}:{polls[0]} is forgotten by the browser with the next edit; use app.widgets.drawing.polled"
        )


def test_pages_are_turned_in_one_way_that_an_interruption_cannot_lose() -> None:
    turns = [str(file.relative_to(ROOT)) for file, node in streamlit_attributes() if node.attr == "switch_page"]
    assert turns == ["app/widgets/session.py"], "use app.widgets.session.turning_button or go_after"


def test_no_function_of_the_app_reads_a_name_that_is_bound_again_after_it_was_made() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for outer in nodes_of(file):
            if isinstance(outer, FUNCTIONS):
                for inner in (node for node in own_nodes(outer) if isinstance(node, FUNCTIONS)):
                    again = bound_after(outer, inner.end_lineno) & read_from_outside(inner)
                    assert not again, f"{file}:{inner.lineno} reads {', '.join(again)}, which is something else by the time it is called"


FUNCTIONS = (ast.FunctionDef, ast.Lambda)


def own_nodes(function: ast.AST) -> Iterator[ast.AST]:
    """What stands in a function, but not in the functions and comprehensions within it; these themselves too."""
    for node in ast.iter_child_nodes(function):
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)):
            yield from own_nodes(node)


def bound_after(function: ast.AST, line: int) -> set[str]:
    stored = (node for node in own_nodes(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    return {node.id for node in stored if node.lineno > line}


def read_from_outside(function: ast.FunctionDef | ast.Lambda) -> set[str]:
    names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
    own = {node.id for node in names if isinstance(node.ctx, ast.Store)} | {
        node.arg for node in ast.walk(function) if isinstance(node, ast.arg)
    }
    return {node.id for node in names} - own


HOVERS = {
    "exports.py": {"offered.note"},
    "head.py": {"note"},
    "insights.py": {"insight.help", "reason"},
    "uploads.py": {"note"},
}
"""Words of the app's own, by file, that a tooltip may show though they come from elsewhere in it."""

SAID_ON_HOVER = {"_with_key", "draw_help", "why_over"}
"""Functions that say the app's own words, and no name of a file, an experiment or a model from outside."""


def test_tooltips_are_written_out_in_the_source() -> None:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in nodes_of(file):
            if isinstance(node, ast.keyword) and node.arg == "help":
                assert is_own_text(node.value, file.name), f"{file}:{node.value.lineno} computes a tooltip: {MARKDOWN}"


def is_own_text(node: ast.expr, file: str) -> bool:
    """Whether an expression is made of literals, constants, and words that are listed as the app's own."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name) if name.isupper():
            return True
        case ast.BoolOp(values=parts) | ast.JoinedStr(values=parts):
            return all(is_own_text(part, file) for part in parts)
        case ast.IfExp(body=one, orelse=other):
            return is_own_text(one, file) and is_own_text(other, file)
        case ast.FormattedValue(value=value):
            return is_own_text(value, file)
        case ast.Call(func=ast.Name(id=name)):
            return name in SAID_ON_HOVER
    return ast.unparse(node) in HOVERS.get(file, ())


def takes_markdown(function: ast.AST) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in ("markdown", "caption", "write") and is_streamlit(function.value)


def streamlit_attributes() -> Iterator[tuple[Path, ast.Attribute]]:
    for file in sorted((ROOT / "app").rglob("*.py")):
        for node in nodes_of(file):
            if isinstance(node, ast.Attribute) and is_streamlit(node.value):
                yield file, node


def is_streamlit(node: ast.AST) -> bool:
    return isinstance(node, ast.Name) and node.id == "st"


@pytest.mark.slow
def test_the_programs_of_the_readme_run(capsys: pytest.CaptureFixture[str]) -> None:
    programs = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), flags=re.DOTALL)
    assert len(programs) == 4
    for program in programs:
        exec(program, {})
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("torch.Size([1, 100, 4])")
    assert any(line.startswith("51 10.0 0.0 ") for line in lines)
    assert re.match(r"epoch 10: 9[789]\.\d% of 360 test digits", lines[-2])
    assert re.match(r"off by 0\.0\d\d at most", lines[-1])


def test_every_picture_of_the_readme_is_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    assert pictures
    assert all((ROOT / picture).exists() for picture in pictures)


def test_every_file_that_the_documents_name_is_there() -> None:
    for document in (ROOT / "docs" / "architecture.md", ROOT / "docs" / "dynamics.md", ROOT / "CONTRIBUTING.md", ROOT / "README.md"):
        text = document.read_text()
        named = re.findall(r"`((?:snncore|app|tests|docs|examples)/[\w./]*)`", text)
        linked = re.findall(r"\]\((?!http|#)([^)#]+)", text)
        missing = [name for name in named if "my_" not in name and name != "docs/api/" and not (ROOT / name).exists()]
        missing += [name for name in linked if not (document.parent / name).exists()]
        assert not missing, f"{document.name} names {missing}"
