"""A radio group of tiles to choose the kind of input, each with a small picture."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from app.components.answers import answers_of
from app.components.assets import source
from app.figures.style import PALETTES, Theme
from app.figures.thumbnails import Thumbnail

_component = st.components.v2.component(
    "gallery", css=source("gallery", "gallery.css"), js=source("gallery", "gallery.js"), isolate_styles=False
)

FULL = 255
"""The level of the largest value."""


@dataclass(frozen=True)
class Tile:
    """Attributes:
    kind: passed to `on_choose` when the tile is chosen.
    thumbnail: None while it is being made.
    """

    kind: str
    name: str
    thumbnail: Thumbnail | None


def gallery(key: str, tiles: Sequence[Tile], chosen: str, on_choose: Callable[[str], None]) -> None:
    """Show the tiles in rows, with the `chosen` kind marked.

    Args:
        on_choose: called with the kind of a tile that wasn't chosen, before the page runs again.
    """
    answers = answers_of(key)

    def choose() -> None:
        told = st.session_state[key].get("choice")
        answers.take([told] if told else [], lambda choice: on_choose(choice["kind"]))

    theme: Theme = st.context.theme.type or "light"
    palette = PALETTES[theme]
    _component(
        key=key,
        data={
            "tiles": [_as_data(tile) for tile in tiles],
            "chosen": chosen,
            "answered": answers.last,
            "palette": {"input": palette.input, "muted": palette.muted, "grid": palette.grid},
        },
        on_choice_change=choose,
    )


def _as_data(tile: Tile) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": tile.kind, "name": tile.name}
    if tile.thumbnail is None:
        return told
    levels, zero = _levels(tile.thumbnail)
    picture = {
        "drawing": tile.thumbnail.drawing,
        "shape": levels.shape,
        "levels": base64.b64encode(levels.tobytes()).decode(),
        "zero": zero,
    }
    return {**told, "picture": picture}


def _levels(thumbnail: Thumbnail) -> tuple[np.ndarray[Any, np.dtype[np.uint8]], int]:
    """Return the values as bytes, and the byte that stands for 0.

    A line uses all bytes, from its lowest value (or 0) to its highest. Spikes and pixels are drawn by their size: 0 stays 0, and no other
    value becomes 0.
    """
    values = thumbnail.values
    if thumbnail.drawing == "line":
        low, high = min(values.min(), 0.0), max(values.max(), 0.0)
        scaled = (np.append(values, 0.0) - low) / ((high - low) or 1.0) * FULL
        *levels, zero = np.rint(scaled).astype(np.uint8)
        return np.array(levels), int(zero)
    size = np.abs(values)
    return np.ceil(size / (size.max() or 1.0) * FULL).astype(np.uint8), 0
