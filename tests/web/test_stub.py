"""The few lines that stand for a component until its module is there, and the address that changes with what the modules say."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.components import assets
from tests.web.node import NODE

MODULE = """
await new Promise((resolve) => setTimeout(resolve, 50));
export default (call) => {
  call.shown.push(call.data);
  return () => call.shown.push(`end of ${call.data}`);
};
"""
CALLS = """
globalThis.document = { baseURI: import.meta.url };
const { default: component } = await import("./stub.mjs");
const shown = [];
process.on("unhandledRejection", ({ message }) => shown.push(message));
const parentElement = {};
const first = component({ data: "first", shown, parentElement });
first();
const second = component({ data: "second", shown, parentElement });
component({ data: "third", shown, parentElement });
await new Promise((resolve) => setTimeout(resolve, 200));
second();
console.log(JSON.stringify({ shown, parentElement }));
"""


def called(folder: Path, module: str) -> dict[str, object]:
    """What becomes of three calls that come before the module does, the first of which ends before that, too."""
    (folder / "module.mjs").write_text(module)
    (folder / "stub.mjs").write_text(assets.STUB % json.dumps("module.mjs"))
    (folder / "calls.mjs").write_text(CALLS)
    run = subprocess.run([NODE, str(folder / "calls.mjs")], capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(run.stdout)
    return found


def test_calls_that_come_before_the_module_keep_their_order_and_one_that_ended_is_left_out(tmp_path: Path) -> None:
    assert called(tmp_path, MODULE) == {"shown": ["second", "third", "end of second"], "parentElement": {"isDrawn": True}}


@pytest.mark.parametrize(
    "module", ["broken(", "export default () => { throw new Error('no canvas'); };"], ids=["no module", "nothing that can be drawn"]
)
def test_a_view_that_cannot_be_loaded_says_so_where_it_would_be(module: str, tmp_path: Path) -> None:
    said = called(tmp_path, module)["parentElement"]
    assert isinstance(said, dict)
    assert said["role"] == "alert"
    assert said["textContent"].startswith("This part of the page could not be loaded (")


def test_what_is_drawn_stays_if_a_later_call_fails_and_the_console_has_the_error(tmp_path: Path) -> None:
    module = "export default ({ data, shown }) => { if (data === 'third') throw new Error('no canvas'); shown.push(data); };"
    assert called(tmp_path, module) == {"shown": ["second", "no canvas"], "parentElement": {"isDrawn": True}}


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder of modules of its own, which is served from another one."""
    folder = tmp_path / "web"
    (folder / "view").mkdir(parents=True)
    (folder / "view" / "view.js").write_text("export default function () {}")
    (folder / "view" / "view.css").write_text(".view { color: red; }")
    monkeypatch.setattr(assets, "WEB", folder)
    monkeypatch.setattr(assets, "STATIC", tmp_path / "static")
    assets.web_url.cache_clear()
    yield folder
    assets.web_url.cache_clear()


def address() -> str:
    assets.web_url.cache_clear()
    return assets.web_url()


def test_the_address_changes_with_every_file_and_with_the_glossary(web: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = [address(), address()]
    assert found[0] == found[1]
    (web / "view" / "view.js").write_text("export default function (call) {}")
    found.append(address())
    (web / "view" / "view.css").rename(web / "view" / "other.css")
    found.append(address())
    monkeypatch.setattr(assets, "for_the_browser", lambda: {"terms": []})
    found.append(address())
    assert len(set(found)) == 4


def test_what_is_served_looks_old_so_that_a_browser_keeps_it(web: Path) -> None:
    served = assets.STATIC / Path(address()).name
    files = [Path(folder) / name for folder, _, names in os.walk(served) for name in names]
    assert sorted(file.name for file in files) == ["glossary.json", "view.css", "view.js"]
    assert {file.stat().st_mtime for file in files} == {0.0}
