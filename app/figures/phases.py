"""What an epoch's phases change: matrices of gradients and moves, and the potentials that an epoch left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import numpy as np

from app.figures.curves import axis_name
from app.figures.row_data import RowsGroup, RowsHeader
from app.figures.row_kinds import RowsFigure, averaged, bars, bin_size
from app.figures.rows import NetworkFigure
from app.figures.style import PALETTES, Figure, Theme, axis, heading, layout
from app.words.layers import parameter_name
from snncore.arrays import Array
from snncore.experiment.spec import Experiment
from snncore.experiment.torch_layers import Conv2dSpec

HEIGHT, NARROW_PANEL = 300, 200
MARGIN = {"l": 52, "r": 16, "t": 38, "b": 34}
NARROW_GAP = 60
GAP = 0.1

MOST_PANELS = 4
MOST_LINES, MOST_COLUMNS = 64, 96
"""Most rows and columns of a matrix that is drawn; of a larger one, neighbours are averaged."""


def matrices(values: Mapping[str, Array], experiment: Experiment, what: str, theme: Theme) -> Figure:
    """A picture for each weight matrix, each on its own scale around 0, the latest layers if there are many.

    Args:
        values: by parameter name, such as gradients or moves; those with fewer than two axes are left out.
        what: what the values are, for the hover.
    """
    shown = shown_matrices(values)
    palette = PALETTES[theme]
    colors = [[0.0, palette.negative], [0.5, palette.background], [1.0, palette.positive]]
    data = []
    for number, array in enumerate(shown.values(), start=1):
        drawn, size, span = _drawn(array)
        most = float(np.abs(drawn).max()) or 1.0
        data.append(
            {
                "type": "heatmap",
                "z": [[float(f"{value:.3g}") for value in line] for line in drawn],
                "x0": 0,
                "dx": span,
                "y0": 0,
                "dy": size,
                "zmin": -most,
                "zmax": most,
                "colorscale": colors,
                "showscale": False,
                "xaxis": axis_name("x", number),
                "yaxis": axis_name("y", number),
                "hovertemplate": f"to %{{y}}, from %{{x}}<br>{what} %{{z:.3~g}}<extra></extra>",
            }
        )
    return {"data": data, "layout": _beside(shown, experiment, theme), "narrow": _below(shown, experiment, theme)}


def shown_matrices(values: Mapping[str, Array]) -> dict[str, Array]:
    """Return what `matrices` draws, as (rows, columns) by parameter name."""
    found = {name: array.reshape(len(array), -1) for name, array in values.items() if array.ndim > 1}
    return dict(list(found.items())[-MOST_PANELS:])


def describe_matrices(values: Mapping[str, Array], experiment: Experiment, what: str) -> str:
    """The pictures in words, for screen readers."""
    said = [
        f"{parameter_name(experiment, name)}, {array.shape[0]} by {array.shape[1]}, from {array.min():.3g} to {array.max():.3g}"
        for name, array in shown_matrices(values).items()
    ]
    return f"{what}: {'; '.join(said)}." if said else f"{what}: none."


def potentials_left(left: Mapping[str, Array], experiment: Experiment, is_reset: bool, theme: Theme) -> NetworkFigure:
    """Rows with v of each neuron of the first sample, as the epoch before left it, or reset.

    Args:
        left: v by layer name, (batch, ...); an empty one has no row.
    """
    header = RowsHeader(steps=1, dt=experiment.dt, palette=asdict(PALETTES[theme]), groups=[], other="", back=True)
    figure = RowsFigure(header)
    for name, v in left.items():
        if not v.size:
            continue
        of_sample = v[0].reshape(-1)
        row = bars(figure, of_sample * (not is_reset), f"v, {'reset' if is_reset else 'as the epoch before left it'}", "neuron", "v")
        row["largest"] = float(np.abs(of_sample).max()) or 1.0
        words = f"{len(of_sample)} neurons"
        header["groups"].append(RowsGroup(layer=name, title=experiment.layer_label(name), words=words, rows=[row]))
    return figure


def describe_potentials(left: Mapping[str, Array], experiment: Experiment, is_reset: bool) -> str:
    """The rows in words, for screen readers."""
    if is_reset:
        return "v of every neuron: at rest."
    said = [f"{experiment.layer_label(name)}: v from {v[0].min():.3g} to {v[0].max():.3g}" for name, v in left.items() if v.size]
    return f"v that the epoch before left. {'. '.join(said)}."


def _drawn(array: Array) -> tuple[Array, int, int]:
    """Return the matrix as it is drawn, and how many rows and columns are drawn as one."""
    size, span = bin_size(len(array), MOST_LINES), bin_size(array.shape[1], MOST_COLUMNS)
    return averaged(array, size, span), size, span


def _beside(shown: Mapping[str, Array], experiment: Experiment, theme: Theme) -> dict[str, Any]:
    count = max(len(shown), 1)
    width = (1 - (count - 1) * GAP) / count
    domains = [((place * (width + GAP), place * (width + GAP) + width), (0.0, 1.0)) for place in range(len(shown))]
    return _laid_out(shown, domains, HEIGHT, experiment, theme)


def _below(shown: Mapping[str, Array], experiment: Experiment, theme: Theme) -> dict[str, Any]:
    count = max(len(shown), 1)
    paper = count * NARROW_PANEL + (count - 1) * NARROW_GAP
    tops = [1 - place * (NARROW_PANEL + NARROW_GAP) / paper for place in range(len(shown))]
    domains = [((0.0, 1.0), (max(top - NARROW_PANEL / paper, 0.0), top)) for top in tops]
    return _laid_out(shown, domains, paper + MARGIN["t"] + MARGIN["b"], experiment, theme)


def _laid_out(
    shown: Mapping[str, Array],
    domains: list[tuple[tuple[float, float], tuple[float, float]]],
    height: int,
    experiment: Experiment,
    theme: Theme,
) -> dict[str, Any]:
    axes: dict[str, Any] = {}
    annotations = []
    for number, (name, (across, up)) in enumerate(zip(shown, domains, strict=True), start=1):
        x, y = axis_name("x", number), axis_name("y", number)
        is_kernels = isinstance(experiment.network[int(name.partition(".")[0])], Conv2dSpec)
        source, target = ("kernel weight", "channel") if is_kernels else ("input", "neuron")
        axes[axis_name("xaxis", number)] = axis(theme, source, domain=across, anchor=y, nticks=5, showgrid=False)
        axes[axis_name("yaxis", number)] = axis(theme, target, domain=up, anchor=x, nticks=5, showgrid=False, autorange="reversed")
        annotations.append(heading(theme, parameter_name(experiment, name), up[1], x=across[0]))
    return layout(theme, height, margin=MARGIN, annotations=annotations, **axes)
