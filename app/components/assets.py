"""What the browser loads from the app itself: the modules of `app/web` with the glossary that they mark words by, and plotly.js.

All are copied once to the folder that Streamlit serves, under names that change with their content.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import plotly
import streamlit as st

from app.words.glossary import for_the_browser

STATIC = Path(__file__).parents[1] / "static"
WEB = Path(__file__).parents[1] / "web"

GLOSSARY = "glossary.json"
"""The glossary's file, beside the folders of the modules."""

LONG_AGO = (0, 0)
"""Times of the copies. Streamlit sends no Cache-Control, and without one a browser keeps a file for a tenth of the time since its last
change: these for years, where the time of the copy would have it fetched again after minutes."""

STUB = """\
const loading = import(new URL(%s, document.baseURI));
export default (call) => {
  const place = call.parentElement;
  let end, over;
  const draw = (view) => {
    if (over) return;
    end = view.default(call);
    place.isDrawn = true;
  };
  loading.then(draw).catch((error) => {
    if (place.isDrawn) throw error;
    const textContent = `This part of the page could not be loaded (${error.message}). Reload the page.`;
    Object.assign(place, { role: "alert", textContent });
  });
  return () => ((over = true), end?.());
};
"""
"""A component's own JavaScript, which Streamlit sends with every redraw. Calls that come before the module keep their order. What is drawn
already stays, and errors that come after it are the browser console's.
"""


def component(name: str) -> Callable[..., Any]:
    """Return the component whose module is `app/web/<name>/<name>.js`."""
    address = json.dumps(f"{web_url()}/{name}/{name}.js")
    declared: Callable[..., Any] = st.components.v2.component(name, js=STUB % address, isolate_styles=False)
    return declared


@cache
def web_url() -> str:
    """Copy the modules of `app/web`, and the glossary, to where the server serves them and return their address."""
    files = sorted(path for path in WEB.rglob("*") if path.suffix in {".js", ".css"} and not path.name.endswith(".d.ts"))
    glossary = json.dumps(for_the_browser())
    content = hashlib.sha256(glossary.encode())
    for path in files:
        content.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    served = STATIC / f"web-{content.hexdigest()[:16]}"
    if not served.exists():
        STATIC.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=STATIC) as partial:
            for path in files:
                _copy(path, Path(partial) / "web" / path.relative_to(WEB))
            (Path(partial) / "web" / GLOSSARY).write_text(glossary)
            os.utime(Path(partial) / "web" / GLOSSARY, LONG_AGO)
            with contextlib.suppress(OSError):  # another server was faster
                (Path(partial) / "web").rename(served)
    return f"app/static/{served.name}"


@cache
def plotly_url() -> str:
    """Copy the installed plotly.js to where the server serves it and return its address. No network is needed."""
    served = STATIC / f"plotly-{plotly.__version__}.min.js"
    if not served.exists():
        STATIC.mkdir(exist_ok=True)
        partial = served.with_suffix(".partial")
        _copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", partial)
        partial.replace(served)
    return f"app/static/{served.name}"


def _copy(source: Path, copy: Path) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, copy)
    os.utime(copy, LONG_AGO)
