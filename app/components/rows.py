"""Rows of rasters, potentials and other quantities on canvases, sharing one time axis and cursor."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np

from app.components.answers import Act, answering, last_answered
from app.components.assets import component
from app.figures.row_data import RowsHeader
from app.figures.row_kinds import RowsFigure
from app.figures.rows import NetworkFigure

_component = component("rows")


class Rows(RowsHeader):
    """Header of the view's packet; `description` has the figure in words."""

    description: str
    answered: int


def rows(
    key: str,
    figure: NetworkFigure,
    description: str,
    on_act: Callable[[Act], None] = lambda act: None,
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Draw a figure of `app.figures.rows`. Zoom, cursor and hover survive a redraw.

    Args:
        description: of the figure, in words.
        on_act: called once with each act:
            `{"do": "pick", "layer": place, "row" or "neuron": number, "add": bool}` when a neuron is picked,
            `{"do": "toggle", "layer": place, "what": "open" or "heatmap"}`,
            `{"do": "remedy", "layer": place, "remedy": number}` when one of a layer's remedies is pressed,
            `{"do": "mark", "neuron": number, "time": step}` for a click on a raster that takes marks.
        redraw: called after that; it may end the run.
    """
    header = Rows(**figure.header, description=description, answered=last_answered(key))
    _component(key=key, data=packet(RowsFigure(header, figure.arrays), description), on_acts_change=answering(key, on_act, redraw))


def packet(figure: RowsFigure[Any], description: str) -> bytes:
    """Pack the figure for `app/web/lib/packet.js`: the header's length (4 bytes, little-endian), the header as JSON, the arrays."""
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
