"""Calls the pure modules of `app/web` in Node, the one that Playwright brings, so that the machine needs none."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from playwright._impl._driver import compute_driver_executable

WEB = Path(__file__).parents[2] / "app" / "web"
LOOP = Path(__file__).with_name("evaluate.mjs")

NODE = str(compute_driver_executable()[0])


class Modules:
    """What some modules export, in a Node of their own."""

    def __init__(self, files: Sequence[str]) -> None:
        command = [NODE, str(LOOP), *(str(WEB / file) for file in files)]
        self._node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def evaluate(self, function: str, value: Any = None) -> Any:
        """Return what a function of JavaScript, given as its text, returns for the modules' exports and a value, both as JSON.

        Raises:
            RuntimeError: the function threw, with its message.
        """
        assert self._node.stdin
        assert self._node.stdout
        self._node.stdin.write(json.dumps({"function": function, "value": value}, allow_nan=False) + "\n")
        self._node.stdin.flush()
        answer = json.loads(self._node.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")

    def close(self) -> None:
        assert self._node.stdin
        self._node.stdin.close()
        self._node.wait()
