"""Rows of the Network page's input: its fields, its shape, the seeds and the time step."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from app.widgets.controls import Edit, Panel, Parts
from app.widgets.fields import Edits, add_fields
from app.widgets.session import desk
from app.words.input_parameters import CHANNEL_SHAPE, SAMPLES, TIME_STEP, TIME_STEPS
from app.words.inputs import input_parameters
from app.words.seeds import SEEDS, seed_parameter
from app.words.typed_numbers import Numbers, quoted, times_power_of_ten
from snncore.errors import ExperimentError
from snncore.experiment import edits
from snncore.experiment.inputs import FileSpikes
from snncore.experiment.spec import LONGEST_DT, SHORTEST_DT, Draft
from snncore.experiment.training import Seeds

CHANNELS = 2
"""Index in an input's shape, (batch, time, ...), where a sample's own axes begin."""

LENGTH = re.compile("[0-9]{1,9}")
"""Matches a typed length; numbers with more digits are far beyond what can be simulated."""

BETWEEN_LENGTHS = re.compile(r" *[×x*] *|, +| +")
"""Separates lengths, also in the form of shapes, (2, 8, 8); 2,8 without a blank could be a decimal number."""

LENGTHS = Numbers(is_whole=True, low=1)
MILLISECONDS = Numbers(low=times_power_of_ten(SHORTEST_DT, 3), high=times_power_of_ten(LONGEST_DT, 3))


def add_input(edit: Edit, rows: Panel) -> None:
    """Add the fields of the Network page's input, and its shape."""
    given = desk().composition.present.input
    add_fields(rows, (given, "input", input_parameters(type(given))), Edits(edit, edit))
    if not isinstance(given, FileSpikes):  # the shape of a file is fixed
        _add_shape(rows, given.shape)


def _add_shape(rows: Panel, shape: Sequence[int]) -> None:
    batch, steps, *sample = shape
    for parameter, place, value in ((SAMPLES, 0, batch), (TIME_STEPS, 1, steps)):
        rows.number(parameter, f"input.shape.{place}", value, LENGTHS, partial(_reshape_axis, place))
    rows.text(
        CHANNEL_SHAPE,
        f"input.shape.{CHANNELS}",
        sample,
        lambda lengths: "×".join(map(str, lengths)),
        _lengths,
        lambda changes: _reshape(slice(CHANNELS, None), *changes.values()),
    )


def add_seeds(quick: Edit, edit: Edit, rows: Panel) -> None:
    """Add the seeds of the network, and its time step."""
    draft = desk().composition.present
    for name in SEEDS:
        parameter = seed_parameter(draft, name, shuffles=True)
        rows.number(parameter, f"seeds.{name}", getattr(draft.seeds, name), Numbers.of(Seeds, name), quick)
    rows.number(
        TIME_STEP,
        "dt",
        times_power_of_ten(draft.dt, 3),
        MILLISECONDS,
        lambda changes: edit({"dt": times_power_of_ten(changes["dt"], -3)}),
    )


def _reshape_axis(place: int, changes: dict[str, Any]) -> Parts:
    return _reshape(slice(place, place + 1), list(changes.values()))


def _reshape(axes: slice, lengths: list[int]) -> Parts:
    """Change the lengths of some axes of the input."""

    def reshaped(draft: Draft) -> Draft:
        shape = list(draft.input.shape)
        shape[axes] = lengths
        return edits.reshape(draft, shape)

    held = desk()
    held.attempt(lambda: held.composition.rearrange(reshaped))
    return None


def _lengths(text: str) -> list[int]:
    """Read typed channels. Raises ExperimentError if they aren't lengths."""
    lengths = BETWEEN_LENGTHS.split(text.strip(" ()"))
    if not all(LENGTH.fullmatch(length) for length in lengths):
        raise ExperimentError(f"Channels are {quoted(text)}; they must be whole numbers such as 16 or 2×8×8.")
    return [int(length) for length in lengths]
