"""Experiments that come with the app: files of a folder in order of name, each saying what to watch."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from pathlib import Path

from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft, Experiment

FOLDER = Path(__file__).parents[2] / "assets" / "presets"
KEYS = ("title", "watch", "experiment")


@dataclass(frozen=True)
class Preset:
    """An Experiment with its title, and one sentence on what to watch."""

    title: str
    watch: str
    experiment: Experiment

    @functools.cached_property
    def draft(self) -> Draft:
        """The Experiment as a Draft."""
        return self.experiment.draft


@functools.cache
def presets() -> tuple[Preset, ...]:
    """Return all presets, read once.

    Raises:
        ExperimentError: a file isn't a preset; the message names it.
    """
    return tuple(map(read, sorted(FOLDER.glob("*.json"))))


def read(file: Path) -> Preset:
    """Read a preset file, `{"title": ..., "watch": ..., "experiment": {...}}`. Raises ExperimentError if it isn't one."""
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ExperimentError(f"{file.name} is not valid JSON: {error}.") from error
    if not isinstance(data, dict) or data.keys() != set(KEYS):
        raise ExperimentError(f"{file.name} is no preset: it must be a JSON object with {', '.join(KEYS)} and nothing else.")
    for name in ("title", "watch"):
        if not isinstance(data[name], str) or not data[name].strip():
            raise ExperimentError(f"{file.name}: {name} is {data[name]!r}; it must be words.")
    try:
        experiment = Experiment.from_json(json.dumps(data["experiment"]))
    except ExperimentError as error:
        raise ExperimentError(f"{file.name}: {error}") from error
    return Preset(data["title"], data["watch"], experiment)
