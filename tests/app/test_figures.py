"""Figures show what the record holds, in colours that can be told from the background."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from app.figures.network import describe_network, network_rows, raster_height, trace_with_resets
from app.figures.style import PALETTES, Theme, packed
from app.figures.training import describe_training, training_curves
from app.wording import layer_names
from snncore.bptt import EpochRecord, train
from snncore.record import LayerRecord
from snncore.spec import Experiment, ten_spikes

LEAST_CONTRAST = 3.0
ADAPTIVE = {"kind": "ALIF", "tau_mem": 10.0, "tau_adapt": 30.0, "spike_threshold": 0.3}
LEAKY = {"kind": "ExpLeak", "tau_mem": 10.0, "norm_input": True}


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    return list(train(ten_spikes().replace({"training.epochs": 40})))


def unpacked(array: dict[str, str]) -> np.ndarray[Any, Any]:
    values = np.frombuffer(base64.b64decode(array["bdata"]), dtype=np.dtype(array["dtype"]))
    return values.reshape([int(length) for length in array["shape"].split(", ")]) if "shape" in array else values


@pytest.mark.parametrize("dtype", [np.uint8, np.int32, np.int64, np.float32, np.float64])
def test_packed_arrays_unpack_to_the_same_values(dtype: type) -> None:
    values = np.arange(12).reshape(3, 4).astype(dtype)
    assert np.array_equal(unpacked(packed(values)), values)
    assert np.array_equal(unpacked(packed(values[0])), values[0])
    assert packed(values)["dtype"] != "i8", "plotly.js knows no 64-bit integers"


def test_a_trace_shows_u_at_every_step_and_a_drop_to_v_where_it_was_reset() -> None:
    u, v = np.array([0.5, 1.25, 0.75, 2.5]), np.array([0.5, 0.25, 0.75, 0.5])
    times, values = trace_with_resets(u, v)
    assert times.tolist() == [0, 1, 1, 2, 3, 3]
    assert values.tolist() == [0.5, 1.25, 0.25, 0.75, 2.5, 0.5]


def figure_of_hidden(layer: dict[str, Any]) -> tuple[dict[str, Any], LayerRecord, int, str]:
    """Figure of the first epoch with another hidden layer, that layer's record and its selected neuron, and the words."""
    experiment = ten_spikes().replace({"training.epochs": 1})
    experiment = Experiment(**{**experiment.model_dump(), "network": [experiment.network[0], layer, *experiment.network[2:]]})
    (record,) = train(experiment)
    inputs, names = experiment.make_input().numpy(), layer_names(experiment)
    busiest = int(record.layers[0].spikes.sum(axis=(0, 1)).argmax())
    figure = network_rows(inputs, record.layers, names, {"1": busiest, "3": 2}, "light")
    return figure, record.layers[0], busiest, describe_network(inputs, record.layers, names)


def test_a_threshold_that_adapts_is_a_line_of_its_own() -> None:
    figure, hidden, neuron, words = figure_of_hidden(ADAPTIVE)
    line = next(trace for trace in figure["data"] if trace["line"]["color"] == PALETTES["light"].threshold)
    assert np.array_equal(unpacked(line["y"]), hidden.threshold[0, :, neuron])
    assert len(np.unique(unpacked(line["y"]))) > 2
    assert len(figure["layout"]["shapes"]) == 1, "the output's own"
    assert "Hidden ALIF: " in words


def test_a_layer_that_never_spikes_has_no_raster_and_no_threshold() -> None:
    figure, hidden, _, words = figure_of_hidden(LEAKY)
    assert len(figure["rasters"]) == 2
    assert len(figure["layout"]["shapes"]) == 1
    assert f"u of 64 neurons between {hidden.u.min():.2f} and" in words
    assert json.dumps(figure, allow_nan=False)


def test_rows_show_input_potentials_and_spikes_of_the_record(records: list[EpochRecord]) -> None:
    experiment = ten_spikes()
    inputs = experiment.make_input().numpy()
    layers = records[-1].layers
    figure = network_rows(inputs, layers, layer_names(experiment), {"1": 7, "3": 2}, "light")
    rasters = [unpacked(raster["z"]) for raster in figure["rasters"]]
    assert np.array_equal(rasters[0], inputs[0].T)
    assert np.array_equal(rasters[1], layers[0].spikes[0].T)
    assert np.array_equal(rasters[2], layers[1].spikes[0].T)
    hidden = next(trace for trace in figure["data"] if trace.get("meta", {}).get("label") == "Hidden LIF neuron 7")
    times = unpacked(hidden["x"])
    first_at_each_step = np.concatenate([[True], np.diff(times) > 0])
    assert np.array_equal(unpacked(hidden["y"])[first_at_each_step], layers[0].u[0, :, 7])


def test_figures_are_plain_json(records: list[EpochRecord]) -> None:
    experiment = ten_spikes()
    names = layer_names(experiment)
    for figure in (
        training_curves(records, 10, names, "light"),
        network_rows(experiment.make_input().numpy(), records[0].layers, names, {"1": 0, "3": 0}, "dark"),
    ):
        assert json.loads(json.dumps(figure)) is not None


def test_the_curves_hold_spikes_loss_and_reach_of_every_epoch(records: list[EpochRecord]) -> None:
    figure = training_curves(records, 10, ["Hidden LIF", "Output LIF"], "light")
    spikes, loss, hidden, output = figure["data"]
    target, threshold = figure["layout"]["shapes"]
    assert unpacked(spikes["y"]).tolist() == [record.spikes for record in records]
    assert (target["y0"], target["y1"]) == (10, 10)
    assert unpacked(loss["y"]).tolist() == [record.loss for record in records]
    assert unpacked(hidden["y"]).tolist() == [record.layers[0].largest_u_over_threshold for record in records]
    assert unpacked(output["y"]).tolist() == [record.layers[1].largest_u_over_threshold for record in records]
    assert (threshold["y0"], threshold["y1"]) == (1, 1)


def test_curve_and_network_are_told_in_words(records: list[EpochRecord]) -> None:
    words = describe_training(records, 10, ["Hidden LIF", "Output LIF"])
    assert "First output spike at epoch 32; at epoch 39, 5 of 10 spikes, loss 25, " in words
    words = describe_network(ten_spikes().make_input().numpy(), records[0].layers, ["Hidden LIF", "Output LIF"])
    assert "Input: 1286 spikes." in words
    assert "Hidden LIF: 5 spikes of 64 neurons" in words


def test_larger_rasters_are_never_lower() -> None:
    heights = [raster_height(neurons) for neurons in (1, 4, 5, 16, 17, 64, 65, 10_000)]
    assert heights == sorted(heights)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("color", ["text", "muted", "input", "synaptic_current", "membrane", "threshold", "target"])
def test_every_color_stands_out_from_the_background(theme: Theme, color: str) -> None:
    palette = PALETTES[theme]
    lighter, darker = sorted((_luminance(getattr(palette, color)), _luminance(palette.background)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST


def _luminance(color: str) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
