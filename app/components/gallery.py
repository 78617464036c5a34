"""A radio group of tiles to choose from, each with a small picture: kinds of input, or what may happen."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypedDict

import numpy as np
import streamlit as st

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.figures.acts import ChooseAct
from app.figures.style import PALETTES, Theme
from app.figures.thumbnails import Drawing, Thumbnail

_component = component("gallery")

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


class GalleryPicture(TypedDict):
    """A thumbnail with its values as bytes in base64, `levels`; the byte `zero` stands for 0."""

    drawing: Drawing
    shape: Sequence[int]
    levels: str
    zero: int


class GalleryTile(TypedDict):
    """A tile; `picture` is None while it is being made."""

    kind: str
    name: str
    picture: GalleryPicture | None


class GalleryPalette(TypedDict):
    """Colours of the pictures."""

    input: str
    muted: str
    grid: str


class Gallery(TypedDict):
    """Data of the view. `label` is the group's name; `chosen` the kind of the marked tile, which may be none of them."""

    label: str
    tiles: Sequence[GalleryTile]
    chosen: str
    palette: GalleryPalette
    answered: int


def gallery(key: str, tiles: Sequence[Tile], chosen: str, on_choose: Callable[[str], None], label: str = "Input") -> None:
    """Show the tiles in rows, with the `chosen` kind marked.

    Args:
        on_choose: called with the kind of a tile that wasn't chosen, before the page runs again.
        label: name of the group, for screen readers.
    """
    theme: Theme = st.context.theme.type or "light"
    palette = PALETTES[theme]
    data = Gallery(
        label=label,
        tiles=[_as_data(tile) for tile in tiles],
        chosen=chosen,
        palette=GalleryPalette(input=palette.input, muted=palette.muted, grid=palette.grid),
        answered=last_answered(key),
    )
    _component(key=key, data=data, on_acts_change=answering(key, ChooseAct, lambda act: on_choose(act["kind"])))


def _as_data(tile: Tile) -> GalleryTile:
    if tile.thumbnail is None:
        return GalleryTile(kind=tile.kind, name=tile.name, picture=None)
    levels, zero = _levels(tile.thumbnail)
    picture = GalleryPicture(
        drawing=tile.thumbnail.drawing, shape=levels.shape, levels=base64.b64encode(levels.tobytes()).decode(), zero=zero
    )
    return GalleryTile(kind=tile.kind, name=tile.name, picture=picture)


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
