"""Figures show what the record holds, in colours that can be told from the background."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from app.figures.style import PALETTES, Theme
from app.figures.training import Ghost, describe_training, training_curves
from app.words.layers import layer_names
from snncore.experiment.spec import convolution, ten_spikes
from snncore.run.bptt import EpochRecord, train
from tests.app.plain import as_json

LEAST_CONTRAST = 3.0


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    return list(train(ten_spikes().replace({"training.epochs": 40})))


@pytest.mark.slow
def test_figures_are_plain_json_but_for_the_arrays_of_their_traces(records: list[EpochRecord]) -> None:
    figure = training_curves(records, [10] * len(records), layer_names(ten_spikes()), "light")
    assert as_json(figure)


def test_the_curves_hold_spikes_loss_and_reach_of_every_epoch(records: list[EpochRecord]) -> None:
    figure = training_curves(records, [10] * len(records), ["LIF 2", "LIF 4"], "light")
    spikes, loss, hidden, output = figure["data"]
    target, threshold = figure["layout"]["shapes"]
    assert spikes["y"].tolist() == [record.spikes for record in records]
    assert (target["y0"], target["y1"]) == (10, 10)
    assert loss["y"].tolist() == [record.loss for record in records]
    assert hidden["y"].tolist() == [record.layers[0].largest_u_over_threshold for record in records]
    assert output["y"].tolist() == [record.layers[1].largest_u_over_threshold for record in records]
    assert (threshold["y0"], threshold["y1"]) == (1, 1)


def test_the_curve_of_a_sum_goes_below_zero_and_speaks_of_no_output_spikes() -> None:
    experiment = convolution().replace({"training.epochs": 2})
    summed = list(train(experiment))
    figure = training_curves(summed, [10, 10], layer_names(experiment), "light")
    scores = figure["data"][0]["y"]
    least, most = figure["layout"]["yaxis"]["range"]
    assert least < scores.min() < 0 < scores.max() < most
    assert figure["layout"]["yaxis2"]["range"][0] == figure["layout"]["yaxis3"]["range"][0] == 0
    words = [figure["layout"]["yaxis"]["title"]["text"], *(note["text"] for note in figure["layout"]["annotations"])]
    assert words == ["output sum", "target 10", *words[2:]]
    assert {"Peaks, others dashed", "potential / θ"} <= {*words, figure["layout"]["yaxis3"]["title"]["text"]}
    described = describe_training(summed, 10, layer_names(experiment))
    assert described.startswith("Output sum, loss and largest u over threshold per epoch. At epoch 1, output sum ")
    assert "spike" not in described.lower() + str(words).lower()


def test_what_changed_while_it_trained_is_marked_on_the_curve(records: list[EpochRecord]) -> None:
    targets = [10] * 12 + [8] * (len(records) - 12)
    words = {5: "learning rate 0.001 → 0.01", 12: "target 10 → 8"}
    figure = training_curves(records, targets, ["LIF 2", "LIF 4"], "light", words)
    marks = next(trace for trace in figure["data"] if trace["mode"] == "markers")
    assert dict(zip(marks["x"], marks["text"], strict=True)) == words
    levels = [(shape["x0"], shape["x1"], shape["y0"]) for shape in figure["layout"]["shapes"] if shape["xref"] == "x"]
    assert levels == [(0, 12, 10), (12, 40, 8)]
    assert as_json(figure)


def test_a_long_training_is_drawn_from_its_first_epoch_to_its_last(records: list[EpochRecord]) -> None:
    many = [replace(records[epoch % 40], epoch=epoch).reduced() for epoch in range(10_000)]
    figure = training_curves(many, [10] * len(many), ["LIF 2", "LIF 4"], "light")
    for trace in figure["data"]:
        epochs = trace["x"]
        assert len(epochs) <= 600
        assert (epochs[0], epochs[-1]) == (0, 9_999)
    assert len(as_json(figure)) < 100_000


def test_a_pinned_training_is_drawn_beneath_in_a_line_of_its_own_and_named_at_its_ends(records: list[EpochRecord]) -> None:
    names, pinned = ["LIF 2", "LIF 4"], [replace(record, spikes=record.spikes * 9, loss=500.0) for record in records * 2]
    alone = training_curves(records, [10] * len(records), names, "light")
    figure = training_curves(records, [10] * len(records), names, "light", ghost=Ghost("A", pinned))
    own, beneath = figure["data"][: len(alone["data"])], figure["data"][len(alone["data"]) :]
    assert as_json(own) == as_json(alone["data"])
    assert [trace["y"][-1] for trace in beneath] == [45, 500, np.float32(records[-1].reach[-1])]
    assert all(trace["zorder"] < 0 and "A, pinned" in trace["hovertemplate"] for trace in beneath)
    assert {trace["line"]["dash"] for trace in beneath}.isdisjoint(trace["line"]["dash"] for trace in own)
    labels = [label for label in figure["layout"]["annotations"] if label["text"] == "A"]
    assert [(label["x"], label["y"]) for label in labels] == [(79, 45), (79, 500), (79, records[-1].reach[-1])]
    assert figure["layout"]["xaxis"]["range"][1] >= 79
    assert figure["layout"]["yaxis"]["range"][1] >= 45
    assert figure["layout"]["yaxis2"]["range"][1] >= 500
    words = describe_training(records, 10, names, Ghost("A", pinned))
    assert words.endswith("Beneath it A, pinned: at epoch 39, 45 spikes, loss 500.")


def test_in_narrow_places_the_spikes_are_drawn_alone(records: list[EpochRecord]) -> None:
    ghost = Ghost("A", records)
    figure = training_curves(records, [10] * len(records), ["LIF 2", "LIF 4"], "light", {3: "target 8 → 10"}, ghost)
    seen = [trace["meta"]["label"] for trace in figure["data"] if trace["meta"].get("only") != "wide"]
    assert seen == ["Output", "A, pinned", "Changed"]
    assert not any(name.startswith(("xaxis", "yaxis")) for name in figure["narrow"] if name not in ("xaxis", "yaxis"))
    assert {label["xref"] for label in figure["narrow"]["annotations"]} == {"x", "paper"}


def test_the_curves_are_told_in_words(records: list[EpochRecord]) -> None:
    words = describe_training(records, 10, ["LIF 2", "LIF 4"])
    assert "First output spike at epoch 32; at epoch 39, 5 of 10 spikes, loss 25, " in words


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(
    "color", ["text", "muted", "input", "synaptic_current", "membrane", "threshold", "target", "compared", "negative", "positive"]
)
def test_every_color_stands_out_from_the_background(theme: Theme, color: str) -> None:
    palette = PALETTES[theme]
    lighter, darker = sorted((_luminance(getattr(palette, color)), _luminance(palette.background)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= LEAST_CONTRAST


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_spikes_are_drawn_in_the_colour_of_text(theme: Theme) -> None:
    assert PALETTES[theme].spikes == PALETTES[theme].text


def _luminance(color: str) -> float:
    """Relative luminance as the Web Content Accessibility Guidelines define it."""
    channels = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
