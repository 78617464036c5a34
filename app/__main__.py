"""Serves the app: `python -m app`, with the options of `streamlit run`. What takes long to load is begun before the first visitor comes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from streamlit.web import cli


def _prepare() -> None:
    from app.server.process import prepare  # here, since importing torch is what takes long

    prepare()


threading.Thread(target=_prepare, name="preparation").start()
sys.argv = ["streamlit", "run", str(Path(__file__).with_name("main.py")), *sys.argv[1:]]
cli.main()
