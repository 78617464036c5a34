"""Figures show what the record holds, in colours that can be told from the background."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np
import pytest

from app.figures.style import PALETTES, Theme, packed
from app.figures.training import describe_training, training_curves
from app.wording import layer_names
from snncore.bptt import EpochRecord, train
from snncore.spec import ten_spikes

LEAST_CONTRAST = 3.0


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


def test_figures_are_plain_json(records: list[EpochRecord]) -> None:
    assert json.loads(json.dumps(training_curves(records, [10] * len(records), layer_names(ten_spikes()), "light"))) is not None


def test_the_curves_hold_spikes_loss_and_reach_of_every_epoch(records: list[EpochRecord]) -> None:
    figure = training_curves(records, [10] * len(records), ["Hidden LIF", "Output LIF"], "light")
    spikes, loss, hidden, output = figure["data"]
    target, threshold = figure["layout"]["shapes"]
    assert unpacked(spikes["y"]).tolist() == [record.spikes for record in records]
    assert (target["y0"], target["y1"]) == (10, 10)
    assert unpacked(loss["y"]).tolist() == [record.loss for record in records]
    assert unpacked(hidden["y"]).tolist() == [record.layers[0].largest_u_over_threshold for record in records]
    assert unpacked(output["y"]).tolist() == [record.layers[1].largest_u_over_threshold for record in records]
    assert (threshold["y0"], threshold["y1"]) == (1, 1)


def test_what_changed_while_it_trained_is_marked_on_the_curve(records: list[EpochRecord]) -> None:
    targets = [10] * 12 + [8] * (len(records) - 12)
    words = {5: "learning rate 0.001 → 0.01", 12: "target 10 → 8"}
    figure = training_curves(records, targets, ["Hidden LIF", "Output LIF"], "light", words)
    marks = next(trace for trace in figure["data"] if trace["mode"] == "markers")
    assert dict(zip(marks["x"], marks["text"], strict=True)) == words
    levels = [(shape["x0"], shape["x1"], shape["y0"]) for shape in figure["layout"]["shapes"] if shape["xref"] == "x"]
    assert levels == [(0, 12, 10), (12, 40, 8)]
    assert json.dumps(figure, allow_nan=False)


def test_the_curves_are_told_in_words(records: list[EpochRecord]) -> None:
    words = describe_training(records, 10, ["Hidden LIF", "Output LIF"])
    assert "First output spike at epoch 32; at epoch 39, 5 of 10 spikes, loss 25, " in words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("color", ["text", "muted", "input", "synaptic_current", "membrane", "threshold", "target", "negative", "positive"])
def test_every_color_stands_out_from_the_background(theme: Theme, color: str) -> None:
    palette = PALETTES[theme]
    lighter, darker = sorted((_luminance(getattr(palette, color)), _luminance(palette.background)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST


def _luminance(color: str) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
