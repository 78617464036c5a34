"""Figures of a network's variants beside each other, on the same scales, so that they are compared at a glance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from app.figures.row_kinds import NetworkFigure


def share_scales(figures: Sequence[NetworkFigure]) -> None:
    """Give the rows that show the same of each figure one scale, which holds them all."""
    found: dict[tuple[Any, ...], list[tuple[NetworkFigure, Any]]] = {}
    for figure in figures:
        for name, row in _scaled_rows(figure):
            found.setdefault(name, []).append((figure, row))
    for rows in found.values():
        if rows[0][1]["kind"] == "bars":
            largest = max(float(np.abs(figure.arrays[row["z"]]).max()) for figure, row in rows)
            for _, row in rows:
                row["largest"] = largest
        else:
            ends = np.array([row["range"] for _, row in rows])
            for _, row in rows:
                row["range"] = float(ends[:, 0].min()), float(ends[:, 1].max())


def _scaled_rows(figure: NetworkFigure) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield rows that have a scale, each with a name that is the same in figures of variants: their other rows may differ in number."""
    for group in figure.header["groups"]:
        seen: dict[tuple[Any, ...], int] = {}
        for row in group["rows"]:
            if row["kind"] in ("traces", "heatmap", "bars"):
                alike = group["layer"], row["kind"], row["axis"]  # all of these have one
                seen[alike] = seen.get(alike, 0) + 1
                yield (*alike, seen[alike]), row
