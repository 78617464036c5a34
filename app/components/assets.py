"""Where components find their files: their own folder, and the folder the server hands out."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import plotly

STATIC = Path(__file__).parents[1] / "static"


COMMENTS = re.compile(r"^\s*(?://[^\n]*|/\*\*.*?\*/[ \t]*)\n|^\s+|[ \t]+//[^\n\"'`]*$", re.MULTILINE | re.DOTALL)
"""Matches comment lines, empty lines, indentation and trailing comments of a JavaScript file."""


def source(component: str, file: str) -> str:
    """Text of a component's file. JavaScript comes without comments and indentation, since Streamlit sends it with every redraw."""
    text = (Path(__file__).parent / component / file).read_text(encoding="utf-8")
    return COMMENTS.sub("", text) if file.endswith(".js") else text


def plotly_url() -> str:
    """Copy the installed plotly.js, once, to where the server serves it, and return its address. No network is needed."""
    served = STATIC / f"plotly-{plotly.__version__}.min.js"
    if not served.exists():
        STATIC.mkdir(exist_ok=True)
        partial = served.with_suffix(".partial")
        shutil.copy(Path(plotly.__file__).parent / "package_data" / "plotly.min.js", partial)
        partial.replace(served)
    return f"app/static/{served.name}"
