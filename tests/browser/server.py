"""The real app in a process of its own, as `make run` starts it."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from app.components.assets import STATIC, plotly_url, web_url

ROOT = Path(__file__).parents[2]
START_PATIENCE = 90.0
BANNER = ("You can now view your Streamlit app in your browser.", "URL: http://", "Uvicorn server started on")
"""What Streamlit prints when all is well."""

IN_ONE = r"(?:(?!Exception in ASGI application).)*?"
LEFT = re.compile(
    rf"Exception in ASGI application\n{IN_ONE}starlette_websocket\.py{IN_ONE}"
    r'WebSocketDisconnected: Cannot call "send" once a close message has been sent\.\n',
    re.DOTALL,
)
"""What Streamlit prints where a tab is closed just as it connects: it takes that for a message of the wrong kind."""

GONE = "Couldn't find fragment with id"
"""What Streamlit prints where a view asks just as its page is left or drawn anew: nobody is there any more who waits for the answer."""


@dataclass(frozen=True)
class Server:
    url: str
    pid: int
    log: Path

    def complaints(self) -> list[str]:
        """The log's lines beside the banner and what Streamlit itself gets wrong."""
        lines = (line.strip() for line in LEFT.sub("", self.log.read_text()).splitlines())
        return [line for line in lines if line and not any(part in line for part in (*BANNER, GONE))]


@contextlib.contextmanager
def serve(module: str = "app", script: str | None = None, port: int | None = None, **environment: str) -> Iterator[Server]:
    """Starts the app, another module that serves it, or another script, waits until it answers, and ends it.

    Args:
        port: on which it serves; None: a free one.
        environment: variables that it has beside those of this process.
    """
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "server.log"
        port = port or _free_port()
        program = [module] if script is None else ["streamlit", "run", script]
        command = [sys.executable, "-m", *program, "--server.port", str(port)]
        started = {"cwd": ROOT, "env": {**os.environ, **environment}}
        with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, **started) as process:
            server = Server(f"http://localhost:{port}/", process.pid, log)
            try:
                _wait_until_it_answers(server, process)
                yield server
            finally:
                process.terminate()


@contextlib.contextmanager
def serve_page(folder: Path, text: str) -> Iterator[Server]:
    """Serves a page of its own, written into an empty folder, with what the app's components load; its log has to stay empty."""
    (folder / "page.py").write_text(text)
    plotly_url()
    web_url()
    shutil.copytree(STATIC, folder / "static")  # Streamlit hands out the folder beside its script
    with serve(script=str(folder / "page.py")) as running:
        yield running
        said = running.complaints()
        assert not said, "\n".join(said)


def _wait_until_it_answers(server: Server, process: subprocess.Popen[bytes]) -> None:
    limit = time.monotonic() + START_PATIENCE
    while time.monotonic() < limit and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError, ConnectionError), urllib.request.urlopen(f"{server.url}_stcore/health") as answer:
            if answer.status == 200:
                return
        time.sleep(0.1)
    raise RuntimeError(f"The app didn't start:\n{server.log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("localhost", 0))
        port: int = probe.getsockname()[1]
        return port
