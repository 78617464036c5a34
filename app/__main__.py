"""Serves the app: `python -m app`, with the options of `streamlit run`. It loads slow modules before the first visitor comes."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from streamlit.web import cli

from app.server import plugins


def _prepare() -> None:
    from app.server.process import prepare  # here, since importing torch takes long

    prepare()


preparation = threading.Thread(target=_prepare, name="preparation")
preparation.start()
if plugins.names():
    preparation.join()  # a plugin that can't be loaded stops the start before the server reports ready
sys.argv = ["streamlit", "run", str(Path(__file__).with_name("serve.py")), *sys.argv[1:]]
cli.main()
