"""What an epoch's phases change: matrices of gradients and moves, and the potentials that an epoch left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from app.figures.curves import axis_name
from app.figures.row_kinds import averaged, bin_size
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


def matrices(values: Mapping[str, Array], experiment: Experiment, what: str, theme: Theme, share: float = 1.0) -> Figure:
    """A picture for each weight matrix, each on its own scale around 0, the latest layers if there are many.

    Args:
        values: by parameter name, such as gradients or moves; those with fewer than two axes are left out.
        what: what the values are, for the hover.
        share: how much of the values is drawn, on the scale of the whole.
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
                "z": [[float(f"{value:.3g}") for value in line] for line in share * drawn],
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
    panels = _matrix_panels(shown, experiment)
    return {"data": data, "layout": _beside(panels, theme), "narrow": _below(panels, theme)}


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


def potentials_left(left: Mapping[str, Array], experiment: Experiment, is_reset: bool, theme: Theme) -> Figure:
    """v of each neuron of the first sample as the epoch before left it, or reset: a panel for each layer, the latest if there are many.

    Args:
        left: v by layer name, (batch, ...); an empty one has no panel.
    """
    shown = _first_samples(left)
    palette = PALETTES[theme]
    data = []
    for number, (name, v) in enumerate(shown.items(), start=1):
        data.append(
            {
                "type": "bar",
                "x": np.arange(len(v)),
                "y": (np.zeros_like(v) if is_reset else v).astype(np.float32),
                "xaxis": axis_name("x", number),
                "yaxis": axis_name("y", number),
                "marker": {"color": palette.membrane},
                "hovertemplate": "neuron %{x}<br>v %{y:.3~g}<extra></extra>",
                "meta": {"label": experiment.layer_label(name), "x": "neuron", "value": "v"},
            }
        )
    panels = {
        name: _Panel(f"{experiment.layer_label(name)}, v {'reset' if is_reset else 'as it was left'}", "neuron", "v", _range(v))
        for name, v in shown.items()
    }
    return {"data": data, "layout": _beside(panels, theme), "narrow": _below(panels, theme)}


def describe_potentials(left: Mapping[str, Array], experiment: Experiment, is_reset: bool) -> str:
    """The panels in words, for screen readers."""
    if is_reset:
        return "v of every neuron: at rest."
    said = [f"{experiment.layer_label(name)}: v from {v.min():.3g} to {v.max():.3g}" for name, v in _first_samples(left).items()]
    return f"v that the epoch before left. {'. '.join(said)}."


@dataclass(frozen=True)
class _Panel:
    """A panel's heading, the names of its axes, and the range of its y axis; without one it shows a matrix, from the top down."""

    title: str
    along: str
    up: str
    range: tuple[float, float] | None = None


def _first_samples(left: Mapping[str, Array]) -> dict[str, Array]:
    return dict([(name, v[0].reshape(-1)) for name, v in left.items() if v.size][-MOST_PANELS:])


def _range(v: Array) -> tuple[float, float]:
    low, high = min(float(v.min()), 0.0), max(float(v.max()), 0.0)
    return (low, high) if high > low else (-1.0, 1.0)


def _matrix_panels(shown: Mapping[str, Array], experiment: Experiment) -> dict[str, _Panel]:
    panels = {}
    for name in shown:
        is_kernels = isinstance(experiment.network[int(name.partition(".")[0])], Conv2dSpec)
        source, target = ("kernel weight", "channel") if is_kernels else ("input", "neuron")
        panels[name] = _Panel(parameter_name(experiment, name), source, target)
    return panels


def _drawn(array: Array) -> tuple[Array, int, int]:
    """Return the matrix as it is drawn, and how many rows and columns are drawn as one."""
    size, span = bin_size(len(array), MOST_LINES), bin_size(array.shape[1], MOST_COLUMNS)
    return averaged(array, size, span), size, span


def _beside(panels: Mapping[str, _Panel], theme: Theme) -> dict[str, Any]:
    count = max(len(panels), 1)
    width = (1 - (count - 1) * GAP) / count
    domains = [((place * (width + GAP), place * (width + GAP) + width), (0.0, 1.0)) for place in range(len(panels))]
    return _laid_out(panels, domains, HEIGHT, theme)


def _below(panels: Mapping[str, _Panel], theme: Theme) -> dict[str, Any]:
    count = max(len(panels), 1)
    paper = count * NARROW_PANEL + (count - 1) * NARROW_GAP
    tops = [1 - place * (NARROW_PANEL + NARROW_GAP) / paper for place in range(len(panels))]
    domains = [((0.0, 1.0), (max(top - NARROW_PANEL / paper, 0.0), top)) for top in tops]  # max: rounding may lead below the paper
    return _laid_out(panels, domains, paper + MARGIN["t"] + MARGIN["b"], theme)


Domain = tuple[float, float]


def _laid_out(panels: Mapping[str, _Panel], domains: Sequence[tuple[Domain, Domain]], height: int, theme: Theme) -> dict[str, Any]:
    axes: dict[str, Any] = {}
    annotations = []
    for number, (panel, (across, up)) in enumerate(zip(panels.values(), domains, strict=True), start=1):
        x, y = axis_name("x", number), axis_name("y", number)
        of_y: dict[str, Any] = {"autorange": "reversed", "showgrid": False} if panel.range is None else {"range": panel.range}
        axes[axis_name("xaxis", number)] = axis(theme, panel.along, domain=across, anchor=y, nticks=5, showgrid=False)
        axes[axis_name("yaxis", number)] = axis(theme, panel.up, domain=up, anchor=x, nticks=5, **of_y)
        annotations.append(heading(theme, panel.title, up[1], x=across[0]))
    return layout(theme, height, margin=MARGIN, bargap=0.1, annotations=annotations, **axes)
