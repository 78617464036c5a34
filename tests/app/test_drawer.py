"""The drawer's panels hold what the records do, in units that a person reads, and nothing in them vanishes silently."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from app.figures.drawer import describe_drawer, drawer_figure
from app.figures.style import Figure
from app.figures.training import training_curves
from app.figures.trials import Trial, trials_figure
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import EpochRecord, train
from tests.app.plain import as_json

LAYERS = ["LIF 2", "LIF 4"]
NAMES = {
    "0.weight": "Linear 1 weights",
    "0.bias": "Linear 1 bias",
    "1.tau_mem": "LIF 2 τ_mem",
    "1.alpha_mem": "LIF 2 α_mem",
    "1.spike_threshold": "LIF 2 θ",
    "2.weight": "Linear 3 weights",
    "2.bias": "Linear 3 bias",
    "3.tau_mem": "LIF 4 τ_mem",
    "3.spike_threshold": "LIF 4 θ",
}
DT = 1e-3


@pytest.fixture(scope="module")
def records() -> list[EpochRecord]:
    return list(train(ten_spikes().replace({"training.epochs": 40})))


def drawer(records: list[EpochRecord]) -> Figure:
    return drawer_figure(records, LAYERS, NAMES, DT, "light")


def traces(figure: Figure, what: str) -> dict[str, dict[str, Any]]:
    """The traces that tell of `what`, by the name of whose value it is."""
    named = (trace for trace in figure["data"] if "meta" in trace)
    return {trace["meta"]["label"]: trace for trace in named if trace["meta"]["value"] == what}


def texts(layout: dict[str, Any]) -> list[str]:
    return [annotation["text"] for annotation in layout["annotations"]]


def test_gradient_norms_are_those_of_the_records_and_each_is_named(records: list[EpochRecord]) -> None:
    figure = drawer(records)
    shown = traces(figure, "gradient norm")
    for name in records[0].gradient_norms:
        norms = np.float32([record.gradient_norms[name] for record in records])
        assert np.array_equal(shown[NAMES[name]]["y"], norms)
        assert NAMES[name] in texts(figure["layout"])
        low, high = figure["layout"]["yaxis"]["range"]
        assert 10.0**low <= norms.min()
        assert norms.max() <= 10.0**high
    assert len({trace["line"]["dash"] for trace in shown.values()}) == len(shown)


def test_the_norms_of_one_epoch_lead_from_layer_to_layer(records: list[EpochRecord]) -> None:
    names = {f"{layer}.weight": f"Linear {layer + 1} weights" for layer in (8, 0, 2, 4, 6)}
    deep = [replace(record, gradient_norms={name: 10.0 ** -int(name[0]) for name in sorted(names)}) for record in records]
    deep[7] = replace(deep[7], gradient_norms={**deep[7].gradient_norms, "0.weight": 0.0})
    for epoch, first in ((None, 1.0), (7, None)):
        figure = drawer_figure(deep, LAYERS, {**NAMES, **names}, DT, "light", epoch)
        (trace,) = traces(figure, "norm").values()
        assert trace["x"].tolist() == [1, 3, 5, 7, 9]
        assert trace["y"][1:] == pytest.approx([1e-2, 1e-4, 1e-6, 1e-8])
        assert np.isnan(trace["y"][0]) if first is None else trace["y"][0] == first
        shown = f"Gradient norm by layer at epoch {39 if epoch is None else epoch}"
        assert shown + (", zero in Linear 1" if first is None else "") in texts(figure["layout"])


def test_without_a_choice_the_norms_are_those_of_the_last_epoch_that_has_any(records: list[EpochRecord]) -> None:
    none = dict.fromkeys(records[0].gradient_norms, 0.0)
    ends_at_zero = [*records[:-2], *(replace(record, gradient_norms=none) for record in records[-2:])]
    assert "Gradient norm by layer at epoch 37" in texts(drawer(ends_at_zero)["layout"])
    nothing = [replace(record, gradient_norms=none) for record in records]
    assert "Gradient norm by layer at epoch 39: all zero" in texts(drawer(nothing)["layout"])


def test_synaptic_operations_of_each_epoch_are_drawn_where_they_can_be_counted(records: list[EpochRecord]) -> None:
    assert traces(drawer(records), "synaptic operations") == {}
    operations = np.arange(40.0)
    figure = drawer_figure(records, LAYERS, NAMES, DT, "light", operations=operations)
    (trace,) = traces(figure, "synaptic operations").values()
    assert np.array_equal(trace["y"], operations)
    assert "Synaptic operations, 39 at the last epoch" in texts(figure["layout"])


def test_norms_that_are_zero_are_said(records: list[EpochRecord]) -> None:
    weights_get_none = [replace(record, gradient_norms={**record.gradient_norms, "0.weight": 0.0}) for record in records]
    assert "Linear 1 weights: all zero" in texts(drawer(weights_get_none)["layout"])
    none = dict.fromkeys(records[0].gradient_norms, 0.0)
    ends_at_zero = [*records[:-1], replace(records[-1], gradient_norms=none)]
    (marks,) = traces(drawer(ends_at_zero), "zero").values()
    assert (marks["x"].tolist(), marks["text"]) == ([39], ["all zero"])
    nothing = [replace(record, gradient_norms=none) for record in records]
    assert "Gradient norm: all zero" in texts(drawer(nothing)["layout"])
    assert "gradient norms: all zero" in describe_drawer(nothing, LAYERS, NAMES, DT)
    assert "Gradient norm: none" in texts(drawer([replace(record, gradient_norms={}) for record in records])["layout"])


def test_a_parameter_that_learns_for_a_while_has_a_norm_for_that_while(records: list[EpochRecord]) -> None:
    later = [replace(record, gradient_norms={} if record.epoch < 10 else record.gradient_norms) for record in records]
    norms = traces(drawer(later), "gradient norm")["Linear 1 bias"]["y"]
    assert np.isnan(norms[:10]).all()
    assert np.isfinite(norms[10:]).all()


def test_rates_are_in_hertz(records: list[EpochRecord]) -> None:
    shown = traces(drawer(records), "rate in Hz")
    assert list(shown) == LAYERS
    steps = records[-1].layers[1].spikes.shape[1]
    neurons = records[-1].layers[1].spikes[0, 0].size
    assert shown["LIF 4"]["y"][-1] == pytest.approx(records[-1].spikes / (neurons * steps * DT))


def test_weights_are_told_by_their_quantiles(records: list[EpochRecord]) -> None:
    figure = drawer(records)
    shown = traces(figure, "median")
    for name in ("0.weight", "2.weight"):
        lowest, low, median, high, highest = np.quantile(
            [record.parameters[name].ravel() for record in records], (0.05, 0.25, 0.5, 0.75, 0.95), axis=1
        )
        assert shown[NAMES[name]]["y"] == pytest.approx(median)
        assert f"90 % within {lowest[-1]:.3g} to {highest[-1]:.3g}" in shown[NAMES[name]]["text"][-1]
        bands = [trace["y"] for trace in figure["data"] if trace.get("fill")]
        for below, above in ((lowest, highest), (low, high)):
            assert any(np.allclose(band, [*below, *above[::-1]]) for band in bands)


def test_of_a_long_training_few_whole_records_are_looked_at_and_the_first_and_last_are_among_them(records: list[EpochRecord]) -> None:
    many = [replace(records[epoch % 40], epoch=epoch) for epoch in range(3_000)]
    many = [record if record.epoch % 7 == 0 or record.epoch == 2_999 else record.reduced() for record in many]
    many = [replace(record, gradient_norms={"0.weight": float(record.epoch < 100), "2.weight": 1.0}) for record in many]
    figure = drawer(many)
    epochs = traces(figure, "median")["Linear 1 weights"]["x"]
    assert len(epochs) <= 60
    assert (epochs[0], epochs[-1]) == (0, 2_999)
    assert all(many[epoch].is_whole for epoch in epochs)
    assert all(len(trace["x"]) <= 600 for trace in figure["data"])


def test_time_constants_and_thresholds_tell_change_and_value(records: list[EpochRecord]) -> None:
    figure = drawer(records)
    tau = traces(figure, "change in %")["LIF 2 τ_mem"]
    first, last = (record.constants["1.tau_mem"] for record in (records[0], records[-1]))
    assert tau["y"][-1] == pytest.approx(100 * (last / first - 1), rel=1e-4)
    assert tau["text"][-1].startswith(f"{last:.4g} steps, ")
    assert f"LIF 2 τ_mem {last:.3g}" in texts(figure["layout"])
    assert "τ (steps), θ: change since epoch 0" in texts(figure["layout"])
    trained_alpha = [replace(record, constants={"1.alpha_mem": 0.9, "1.spike_threshold": 1.0}) for record in records]
    assert "α, θ: change since epoch 0" in texts(drawer(trained_alpha)["layout"])


def test_a_legend_with_too_many_names_says_how_many_more_there_are(records: list[EpochRecord]) -> None:
    names = {f"{layer}.weight": f"Linear {layer} weights" for layer in range(9)}
    deep = [replace(record, gradient_norms=dict.fromkeys(names, 1.0)) for record in records]
    figure = drawer_figure(deep, LAYERS, {**NAMES, **names}, DT, "light")
    assert "and 3 more" in texts(figure["layout"])


def test_in_narrow_places_loss_and_reach_stand_above_the_panels(records: list[EpochRecord]) -> None:
    figure = drawer(records)
    assert [trace["meta"]["value"] for trace in figure["data"][:3]] == ["loss", "largest u/θ", "largest u/θ"]
    assert all(trace["meta"]["only"] == "narrow" for trace in figure["data"][:3])
    narrow = texts(figure["narrow"])
    assert narrow.index("Loss") < narrow.index("Largest u/θ") < narrow.index("Gradient norm")
    assert "Loss" not in texts(figure["layout"])


def test_the_panels_are_told_in_words(records: list[EpochRecord]) -> None:
    words = describe_drawer(records, LAYERS, NAMES, DT)
    assert f"Linear 1 weights {records[-1].gradient_norms['0.weight']:.3g}" in words
    assert f"LIF 4 {records[-1].rates[1] / DT:.3g} Hz" in words
    assert "Linear 3 weights median " in words
    assert f"LIF 2 τ_mem {records[-1].constants['1.tau_mem']:.4g} (first 10)" in words


def figures(records: list[EpochRecord]) -> Iterator[Figure]:
    yield training_curves(records, [10] * len(records), LAYERS, "light")
    yield drawer(records)
    yield drawer(records[:1])
    yield drawer_figure(records, LAYERS, NAMES, DT, "dark", 3, np.arange(40.0))
    for count in (1, 4, 7, 8):
        yield trials_figure([Trial(str(number), "waiting", records) for number in range(count)], 10, "dark")


def test_in_either_layout_every_trace_has_its_panel_and_no_two_panels_overlap(records: list[EpochRecord]) -> None:
    for figure in figures(records):
        assert as_json(figure)
        for kind, unseen in (("layout", "narrow"), ("narrow", "wide")):
            shown = figure[kind]
            seen = [trace for trace in figure["data"] if trace.get("meta", {}).get("only") != unseen]
            axes = {(trace.get("xaxis", "x"), trace.get("yaxis", "y")) for trace in seen}
            assert {f"{name[0]}axis{name[1:]}" for pair in axes for name in pair} == {name for name in shown if name[1:5] == "axis"}
            places = [[shown[f"{name[0]}axis{name[1:]}"].get("domain", (0, 1)) for name in pair] for pair in axes]
            for index, (across, along) in enumerate(places):
                assert 0 <= across[0] < across[1] <= 1 + 1e-9
                assert 0 <= along[0] < along[1] <= 1 + 1e-9
                for other_across, other_along in places[:index]:
                    assert not (_overlap(across, other_across) and _overlap(along, other_along))


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
