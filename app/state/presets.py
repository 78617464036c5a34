"""The Experiments that come with the app, each with what to watch in it: the files of a folder, in the order of their names."""

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
    """An Experiment, what it is called, and what to watch in it: one sentence."""

    title: str
    watch: str
    experiment: Experiment

    @functools.cached_property
    def draft(self) -> Draft:
        """The same as a Draft."""
        return self.experiment.draft


@functools.cache
def presets() -> tuple[Preset, ...]:
    """All of them, read once.

    Raises:
        ExperimentError: a file that is no preset; names the file.
    """
    return tuple(map(read, sorted(FOLDER.glob("*.json"))))


def read(file: Path) -> Preset:
    """The preset in a file `{"title": ..., "watch": ..., "experiment": {...}}`. Raises ExperimentError where it is none."""
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
