"""Plugins are modules that the server's owner names; one that can't be had stops the start with one sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.length import sampled

ROOT = Path(__file__).parents[2]
START_PATIENCE = 300.0
"""Seconds; a start that isn't stopped would go on for ever."""

WRONG = {
    "missing": ("", "gone", "SNN_PLUGINS names gone, which can't be imported: there is no such module on the path."),
    "needs another": (
        "import surely_not_there",
        "mine",
        "mine, which can't be imported: it needs surely_not_there, which isn't installed.",
    ),
    "raises": ("x = 1\ny = x / 0", "mine", "mine.py, line 2: division by zero."),
    "no Python": ("def", "mine", "mine.py, line 1: "),
    "registers wrongly": (
        "from snncore import register_neuron, LIF\nregister_neuron(print, spikes=True)(LIF)",
        "examples.own_neuron, mine",
        "SNN_PLUGINS names mine, which registers wrongly: There is a layer of the kind 'LIF' already; choose another name.",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("wrong", sampled(WRONG, most=2))
def test_a_plugin_that_cannot_be_had_stops_the_start_with_one_sentence(wrong: str, tmp_path: Path) -> None:
    text, plugins, sentence = WRONG[wrong]
    (tmp_path / "mine.py").write_text(text)
    environment = {**os.environ, "SNN_PLUGINS": plugins, "PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "app", "--server.port", "0"]
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=START_PATIENCE)
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert ended.stdout == ""
