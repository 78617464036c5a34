"""Rows of rasters, potentials and other quantities on canvases, sharing one time axis and cursor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from app.components.answers import answers_of
from app.components.assets import source
from app.figures.row_kinds import RowsFigure

SOURCES = ("packet.js", "color.js", "time_axis.js", "zoom.js", "tiles.js", "draw.js", "cursor.js", "marks.js", "input.js", "rows.js")

_component = st.components.v2.component(
    "rows", css=source("rows", "rows.css"), js="\n".join(source("rows", file) for file in SOURCES), isolate_styles=False
)


def rows(
    key: str,
    figure: RowsFigure,
    description: str,
    on_pick: Callable[[dict[str, Any]], None] = lambda pick: None,
    on_toggle: Callable[[dict[str, Any]], None] = lambda toggle: None,
    on_remedy: Callable[[dict[str, Any]], None] = lambda remedy: None,
    on_mark: Callable[[int, int], None] = lambda neuron, step: None,
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw a figure of `app.figures.rows`. Zoom, cursor and hover survive a redraw.

    Args:
        description: of the figure, in words.
        on_pick: called with `{"layer": place, "row" or "neuron": number, "add": bool}` when a neuron is picked.
        on_toggle: called with `{"layer": place, "what": "open" or "heatmap"}`.
        on_remedy: called with `{"layer": place, "remedy": number}` when one of a layer's remedies is pressed.
        on_mark: called with a neuron and a step, once per click on a raster that takes marks.
        redraw: called after that; it may end the run.
    """
    answers = answers_of(key)
    shown = RowsFigure({**figure.header, "answered": answers.last}, figure.arrays)

    def mark() -> None:
        answers.take(st.session_state[key].get("marked") or [], lambda told: on_mark(int(told["neuron"]), int(told["time"])))
        redraw()

    def told(name: str, listener: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        def tell() -> None:
            value = st.session_state[key].get(name)
            if value:
                listener(dict(value))

        return tell

    _component(
        key=key,
        data=packet(shown, description),
        on_picked_change=told("picked", on_pick),
        on_toggled_change=told("toggled", on_toggle),
        on_remedied_change=told("remedied", on_remedy),
        on_marked_change=mark,
    )


def packet(figure: RowsFigure, description: str) -> bytes:
    """Pack the figure for packet.js: the header's length (4 bytes, little-endian), the header as JSON, the arrays."""
    blobs = [_as_bytes(values) for values in figure.arrays]
    offsets = np.cumsum([0, *(len(blob) for _, blob in blobs)])
    entries = [
        {"dtype": dtype, "offset": int(offset), "bytes": len(blob)} for (dtype, blob), offset in zip(blobs, offsets[:-1], strict=True)
    ]
    header = json.dumps({**figure.header, "description": description, "arrays": entries}, separators=(",", ":"), allow_nan=False).encode()
    return b"".join((len(header).to_bytes(4, "little"), header, *(blob for _, blob in blobs)))


def _as_bytes(values: np.ndarray[Any, Any]) -> tuple[str, bytes]:
    """Convert to a little-endian type that JavaScript has: bytes or float32."""
    kind = "u1" if values.dtype == np.uint8 else "f4"
    return kind, np.ascontiguousarray(values, dtype=f"<{kind}").tobytes()
