"""Further curves of a training: gradient norms, firing rates, weight distributions, time constants and thresholds, synaptic operations."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from app.figures.curves import LEAST_WIDTH, LINE_DASHES, MOST_POINTS, SeenIn, Values, axis_name, curve, dash_from_the_end, epoch_span
from app.figures.panels import Named, Panel, grid_height, laid_out, one_below_the_other, stacked_height, two_by_two
from app.figures.style import PALETTES, Figure, Palette, Theme, layout
from app.words.numbers import three_digits
from snncore.run.bptt import EpochRecord

MARGIN = {"l": 52, "r": 16, "t": 38, "b": 32}
"""Margins, with a line at the top for the readout above the headings."""

MOST_SEEN = 60
"""Most whole records whose weights are used, spread over the training."""

MOST_WEIGHTS = 2_000
"""Most weights of a parameter that are used, spread over it."""

MOST_LABELLED = 4
"""Layers up to which each has its name below the norms, not its number alone."""

QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)
BAND_OPACITY = 0.14
NORMS, RATES, WEIGHTS, CONSTANTS, LOSS, REACH, BY_LAYER, OPERATIONS = range(1, 9)
"""Numbers of the panels' axes."""


def drawer_figure(
    records: Sequence[EpochRecord],
    layer_names: Sequence[str],
    parameter_names: Mapping[str, str],
    dt: float,
    theme: Theme,
    epoch: int | None = None,
    operations: Values | None = None,
) -> Figure:
    """Return the panels over epochs, and the gradient norms from layer to layer. When stacked, loss and largest u/θ come first.

    The distribution uses at most `MOST_WEIGHTS` weights of each parameter, in at most `MOST_SEEN` whole records.

    Args:
        parameter_names: names to show, by the parameters' names in the records.
        dt: length of a time step in seconds.
        epoch: the one whose norms are drawn from layer to layer; None: the last that has any above 0.
        operations: synaptic operations of each epoch; None if they can't be counted.
    """
    palette = PALETTES[theme]
    panels = [
        _norms(records, parameter_names, palette),
        _rates(records, layer_names, dt, palette),
        _weights(records, parameter_names, palette),
        _constants(records, parameter_names, palette),
        _norms_by_layer(records, parameter_names, _last_that_learns(records) if epoch is None else epoch, palette),
        *([] if operations is None else [_operations(operations, palette)]),
    ]
    above = [_loss(records, palette), *([_reach(records, layer_names, palette)] if records[0].reach else [])]
    stacked = [*above, *panels]
    span = epoch_span(len(records))
    heights = [MARGIN["t"] + height + MARGIN["b"] for height in (grid_height(len(panels)), stacked_height(len(stacked)))]
    beside, below = two_by_two(len(panels)), one_below_the_other(len(stacked))
    return {
        "data": [trace for panel in stacked for trace in panel.traces],
        "layout": layout(theme, heights[0], margin=MARGIN, meta={"least": LEAST_WIDTH}, **laid_out(panels, beside, span, theme)),
        "narrow": layout(theme, heights[1], margin=MARGIN, **laid_out(stacked, below, span, theme)),
    }


def describe_drawer(records: Sequence[EpochRecord], layer_names: Sequence[str], parameter_names: Mapping[str, str], dt: float) -> str:
    """The panels in words, for screen readers."""
    first, last = records[0], records[-1]
    norms = [f"{parameter_names[name]} {norm:.3g}" for name, norm in last.gradient_norms.items()]
    if not any(last.gradient_norms.values()):
        norms = ["all zero" if norms else "none"]
    rates = [f"{name} {three_digits(rate / dt)} Hz" for name, rate in zip(layer_names, last.rates, strict=True)]
    constants = [f"{parameter_names[name]} {value:.4g} (first {first.constants[name]:.4g})" for name, value in last.constants.items()]
    _, quantiles = _weight_quantiles([next(record for record in reversed(records) if record.is_whole)])
    weights = [f"{parameter_names[name]} {_spread_in_words(found[0])}" for name, found in quantiles.items()]
    said = {"gradient norms": norms, "firing rates": rates, "weights": weights, "time constants and thresholds": constants}
    parts = [f"{what}: {', '.join(numbers)}" for what, numbers in said.items() if numbers]
    return f"Over {last.epoch + 1} epochs, at the last one {'; '.join(parts)}."


# ----------------------------------------------------------------------------------------------------- panels


def _norms(records: Sequence[EpochRecord], names: Mapping[str, str], palette: Palette) -> Panel:
    """Gradient norms on a logarithmic axis, whose lower end marks epochs with zero norms."""
    color = palette.positive
    found = dict.fromkeys(name for record in records for name in record.gradient_norms)
    norms = {name: np.array([record.gradient_norms.get(name, math.nan) for record in records]) for name in found}
    looks = {name: LINE_DASHES[index % len(LINE_DASHES)] for index, name in enumerate(norms)}
    traces = [curve(values, NORMS, color, names[name], "gradient norm", dash=looks[name]) for name, values in norms.items()]
    positive = [values[values > 0] for values in norms.values()]
    low, high = _decades(np.concatenate(positive)) if norms else (0, 1)
    if norms:
        traces += _zeros({names[name]: values for name, values in norms.items()}, 10.0**low, color)
    are_zero = {name: not len(above) for name, above in zip(norms, positive, strict=True)}
    is_all_zero = all(are_zero.values())
    remark = "" if not is_all_zero else ": all zero" if norms else ": none"
    legend = [Named(names[name] + (": all zero" if are_zero[name] and not is_all_zero else ""), color, looks[name]) for name in norms]
    y = {"type": "log", "range": [low, high], "exponentformat": "power"}
    return Panel(NORMS, f"Gradient norm{remark}", "norm", y, traces, legend)


def _zeros(norms: Mapping[str, Values], low: float, color: str) -> list[dict[str, Any]]:
    """Marks at epochs where norms are zero, unless they always are; a logarithmic axis can't show zeros."""
    zero = np.array([values == 0 for values in norms.values()])
    epochs = np.flatnonzero(zero[~zero.all(axis=1)].any(axis=0))
    if not len(epochs):
        return []
    epochs = epochs[:: -(-len(epochs) // MOST_POINTS)]
    names = np.array(list(norms))
    words = ["all zero" if zero[:, epoch].all() else f"zero: {', '.join(names[zero[:, epoch]])}" for epoch in epochs]
    return [
        {
            "type": "scatter",
            "mode": "markers",
            "x": epochs,
            "y": np.full(len(epochs), low),
            "xaxis": axis_name("x", NORMS),
            "yaxis": axis_name("y", NORMS),
            "marker": {"symbol": "triangle-down-open", "size": 7, "color": color},
            "cliponaxis": False,
            "text": words,
            "hovertemplate": "epoch %{x}<br>%{text}<extra></extra>",
            "meta": {"label": "Gradient norm", "x": "epoch", "value": "zero"},
        }
    ]


def _norms_by_layer(records: Sequence[EpochRecord], names: Mapping[str, str], epoch: int, palette: Palette) -> Panel:
    """The norms of weights at one epoch from layer to layer, on the scale of all epochs: so one sees them vanish or explode."""
    record = records[epoch]
    weights = [name for name in record.gradient_norms if name.endswith("weight")]
    norms = np.array([record.gradient_norms[name] for name in weights])
    layers = np.array([int(name.partition(".")[0]) + 1 for name in weights])
    every = np.array([norm for each in records for name, norm in each.gradient_norms.items() if norm > 0 and name.endswith("weight")])
    labels = [names[name].removesuffix(" weights") for name in weights]
    zero = [label for label, norm in zip(labels, norms, strict=True) if norm == 0]
    zeros = "" if not zero else ": all zero" if len(zero) == len(weights) else f", zero in {', '.join(zero)}"
    trace = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": layers,
        "y": np.where(norms > 0, norms, np.nan).astype(np.float32),
        "xaxis": axis_name("x", BY_LAYER),
        "yaxis": axis_name("y", BY_LAYER),
        "line": {"color": palette.positive, "width": 1.5},
        "marker": {"color": palette.positive, "size": 6},
        "cliponaxis": False,
        "text": [f"{names[name]} {norm:.3g}" for name, norm in zip(weights, norms, strict=True)],
        "hovertemplate": f"epoch {record.epoch}<br>%{{text}}<extra></extra>",
        "meta": {"label": f"Epoch {record.epoch}", "x": "layer", "value": "norm"},
    }
    title = f"Gradient norm by layer at epoch {record.epoch}{zeros}"
    ends = (int(layers.min()), int(layers.max())) if len(layers) else (1, 1)
    x = {
        "range": [ends[0] - 0.5, ends[1] + 0.5],
        "tickmode": "array",
        "tickvals": layers.tolist(),
        "ticktext": labels if len(labels) <= MOST_LABELLED else [str(layer) for layer in layers],
    }
    low, high = _decades(every)
    return Panel(BY_LAYER, title, "norm", {"type": "log", "range": [low, high], "exponentformat": "power"}, [trace], along="layer", x=x)


def _last_that_learns(records: Sequence[EpochRecord]) -> int:
    """Place of the last record with a gradient: at the end, where the task is reached, there is none."""
    return next((place for place in reversed(range(len(records))) if any(records[place].gradient_norms.values())), len(records) - 1)


def _operations(operations: Values, palette: Palette) -> Panel:
    traces = [curve(operations, OPERATIONS, palette.input, "Network", "synaptic operations")]
    y = {"range": [0, max(1.1 * float(operations.max()), 1.0)]}
    return Panel(OPERATIONS, f"Synaptic operations, {operations[-1]:,.0f} at the last epoch", "per epoch", y, traces)


def _rates(records: Sequence[EpochRecord], layer_names: Sequence[str], dt: float, palette: Palette) -> Panel:
    rates = np.array([record.rates for record in records]) / dt
    traces, legend = _of_layers(rates, layer_names, RATES, palette.spikes, "rate in Hz")
    return Panel(RATES, "Firing rate", "Hz", {"range": [0, max(1.1 * float(rates.max()), 1.0)]}, traces, legend)


def _weights(records: Sequence[EpochRecord], names: Mapping[str, str], palette: Palette) -> Panel:
    epochs, quantiles = _weight_quantiles([record for record in records if record.is_whole])
    bands, medians, legend = [], [], []
    for index, (name, found) in enumerate(quantiles.items()):
        dash = LINE_DASHES[index % len(LINE_DASHES)]
        lowest, low, median, high, highest = found.T
        bands += [_band(epochs, lowest, highest, palette.text, dash), _band(epochs, low, high, palette.text, dash)]
        said = [_spread_in_words(spread) for spread in found]
        medians.append(curve(median, WEIGHTS, palette.text, names[name], "median", epochs=epochs, dash=dash, words=said.__getitem__))
        legend.append(Named(names[name], palette.text, dash))
    most = max((float(np.abs(found).max()) for found in quantiles.values()), default=1.0) or 1.0
    title = "Weights: median, 25–75 %, 5–95 %"
    return Panel(WEIGHTS, title, "weight", {"range": [-1.1 * most, 1.1 * most], "nticks": 6}, [*bands, *medians], legend)


def _constants(records: Sequence[EpochRecord], names: Mapping[str, str], palette: Palette) -> Panel:
    """Relative changes, since τ in steps, α and θ share no scale; legend and hover tell the values."""
    traces, legend, extremes = [], [], [-1.0, 1.0]
    for index, name in enumerate(records[0].constants):
        values = np.array([record.constants[name] for record in records])
        change = 100 * (values / values[0] - 1)
        extremes += [1.1 * float(change.min()), 1.1 * float(change.max())]
        unit = " steps" if ".tau_" in name else ""
        said = partial(_change_in_words, values, change, unit)
        color, dash = _color_of(name, palette), LINE_DASHES[index % len(LINE_DASHES)]
        traces.append(curve(change, CONSTANTS, color, names[name], "change in %", dash=dash, words=said))
        legend.append(Named(f"{names[name]} {values[-1]:.3g}", color, dash))
    kinds = ", ".join(dict.fromkeys(_kind(name) for name in records[0].constants))
    return Panel(CONSTANTS, f"{kinds}: change since epoch 0", "%", {"range": [min(extremes), max(extremes)]}, traces, legend)


def _loss(records: Sequence[EpochRecord], palette: Palette) -> Panel:
    losses = np.array([record.loss for record in records])
    traces = [curve(losses, LOSS, palette.text, "Training", "loss", only="narrow")]
    return Panel(LOSS, "Loss", "loss", {"range": [0, max(1.1 * float(losses.max()), 1.0)]}, traces)


def _reach(records: Sequence[EpochRecord], layer_names: Sequence[str], palette: Palette) -> Panel:
    reach = np.array([record.reach for record in records])
    traces, legend = _of_layers(reach, layer_names, REACH, palette.membrane, "largest u/θ", only="narrow")
    return Panel(REACH, "Largest u/θ", "u/θ", {"range": [0, max(1.25, 1.1 * float(reach.max()))]}, traces, legend)


def _of_layers(
    values: Values, layer_names: Sequence[str], panel: int, color: str, what: str, only: SeenIn | None = None
) -> tuple[list[dict[str, Any]], list[Named]]:
    """A curve for each layer and its name; values (epochs, layers)."""
    legend = [Named(name, color, dash_from_the_end(index, len(layer_names))) for index, name in enumerate(layer_names)]
    traces = [curve(values[:, index], panel, color, named.name, what, dash=named.dash, only=only) for index, named in enumerate(legend)]
    return traces, legend


# ----------------------------------------------------------------------------------------------------- numbers


def _weight_quantiles(whole: Sequence[EpochRecord]) -> tuple[Values, dict[str, Values]]:
    """Epochs (n,) and, by parameter, the `QUANTILES` of its weights (n, 5)."""
    places = np.unique(np.linspace(0, len(whole) - 1, MOST_SEEN).astype(int))
    seen = [whole[place] for place in places]
    names = [name for name in seen[0].parameters if name.endswith(".weight")]
    quantiles = {}
    for name in names:
        step = -(-seen[0].parameters[name].size // MOST_WEIGHTS)
        weights = np.array([record.parameters[name].ravel()[::step] for record in seen])
        quantiles[name] = np.quantile(weights, QUANTILES, axis=1).T
    return np.array([record.epoch for record in seen]), quantiles


def _spread_in_words(quantiles: Values) -> str:
    lowest, low, median, high, highest = (f"{value:.3g}" for value in quantiles)
    return f"median {median}, half within {low} to {high}, 90 % within {lowest} to {highest}"


def _change_in_words(values: Values, change: Values, unit: str, place: int) -> str:
    return f"{values[place]:.4g}{unit}, {change[place]:+.2g} %"


def _decades(positive: Values) -> tuple[int, int]:
    """Exponents of the powers of ten between which the values lie."""
    if not len(positive):
        return 0, 1
    low, high = math.floor(math.log10(positive.min())), math.ceil(math.log10(positive.max()))
    return low, max(high, low + 1)


def _kind(constant: str) -> str:
    """Symbol of a parameter with its unit."""
    field = constant.rpartition(".")[2]
    return "τ (steps)" if field.startswith("tau_") else "α" if field.startswith("alpha_") else "θ"


def _color_of(constant: str, palette: Palette) -> str:
    """Colour of the quantity to which a time constant or threshold belongs."""
    field = constant.rpartition(".")[2]
    return {"mem": palette.membrane, "syn": palette.synaptic_current}.get(field.rpartition("_")[2], palette.threshold)


def _band(epochs: Values, low: Values, high: Values, color: str, dash: str) -> dict[str, Any]:
    """The area between two curves."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": np.concatenate([epochs, epochs[::-1]]),
        "y": np.concatenate([low, high[::-1]]),
        "xaxis": axis_name("x", WEIGHTS),
        "yaxis": axis_name("y", WEIGHTS),
        "fill": "toself",
        "fillcolor": color,
        "line": {"color": color, "width": 1, "dash": dash},
        "opacity": BAND_OPACITY,
        "hoverinfo": "skip",
    }
