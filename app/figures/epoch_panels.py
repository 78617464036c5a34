"""Three panels of curves over epochs side by side; in narrow places the first one alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from app.figures.curves import LEAST_WIDTH
from app.figures.style import Figure, Theme, heading, layout

HEIGHT = NARROW_HEIGHT = 128
MARGIN = {"l": 52, "r": 16, "t": 20, "b": 32}
NARROW_MARGIN = {**MARGIN, "t": 38}
"""Margins, with a line at the top for the readout above the heading."""

PANELS = ((0, 0.5), (0.6, 0.74), (0.82, 1))
"""Where they lie along the page, from 0 to 1."""

READOUT = (0.25, 0.58)
"""Where it stands beside the first heading."""


def panels_figure(
    theme: Theme,
    data: Sequence[Any],
    axes: dict[str, Any],
    titles: Sequence[str],
    labels: Sequence[dict[str, Any]],
    levels: Sequence[dict[str, Any]],
) -> Figure:
    """Return the figure of three panels.

    Args:
        axes: of all panels; the first one's are called `xaxis` and `yaxis`.
        titles: one for each panel.
        labels, levels: annotations and lines, each with its axes.
    """
    still = {"dragmode": False}  # a drag chooses an epoch
    return {
        "data": list(data),
        "layout": layout(
            theme,
            HEIGHT,
            **still,
            **axes,
            margin=MARGIN,
            meta={"readout": READOUT, "least": LEAST_WIDTH},
            annotations=[*labels, *(heading(theme, title, 1, x=left) for title, (left, _) in zip(titles, PANELS, strict=True))],
            shapes=list(levels),
        ),
        "narrow": layout(
            theme,
            NARROW_HEIGHT,
            **still,
            xaxis={**axes["xaxis"], "domain": (0, 1)},
            yaxis=axes["yaxis"],
            margin=NARROW_MARGIN,
            annotations=[*(label for label in labels if label["xref"] == "x"), heading(theme, titles[0], 1)],
            shapes=[line for line in levels if line["xref"] == "x"],
        ),
    }
