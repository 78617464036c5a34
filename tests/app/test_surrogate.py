"""The surrogate gradient as a figure: its curve is the one that training uses, its bars are the run, its words say the same."""

from __future__ import annotations

from typing import Any, get_args

import numpy as np
import pytest
import torch

from app.figures.style import PALETTES, Theme
from app.figures.surrogate import describe_surrogate, surrogate_figure
from app.state.tuned_neuron import DEFAULT
from snncore.activation import SURROGATES, MaxSpike, MultiSpike, SingleExponential, SingleSpike, TrueDerivative
from snncore.run.record import LayerRecord
from snncore.run.simulation import simulate
from tests.app.plain import as_json

RECORD = simulate(DEFAULT)[0].records[0]


def record_at(*potentials: float) -> LayerRecord:
    u = np.array(potentials, dtype=np.float32).reshape(1, -1, 1)
    return LayerRecord("0", np.zeros_like(u), u, u, None, np.array(1.0), float(u.max()))


@pytest.mark.parametrize("threshold", [0.3, 1.0, 2.5])
@pytest.mark.parametrize("surrogate", [surrogate() for surrogate in SURROGATES], ids=lambda made: type(made).__name__)
def test_the_curve_is_the_gradient_that_a_spike_passes_back(surrogate: Any, threshold: float) -> None:
    _, curve, *_ = surrogate_figure(MultiSpike(), surrogate, threshold, RECORD, "light")["data"]
    u = torch.tensor(curve["x"], dtype=torch.float32, requires_grad=True)
    assert u.min().item() == pytest.approx(-threshold)
    assert u.max().item() == pytest.approx(3 * threshold)
    layer: Any = DEFAULT.network[0]
    layer.spike_fn.apply(u, threshold, surrogate).sum().backward()
    assert u.grad is not None
    assert np.array_equal(curve["y"], u.grad.numpy())


@pytest.mark.parametrize("threshold", [1e-6, 1e6])
def test_a_threshold_of_any_size_has_a_curve(threshold: float) -> None:
    bars, curve, *_ = surrogate_figure(MultiSpike(), SingleExponential(), threshold, RECORD, "light")["data"]
    for values in (curve["x"], bars["x"]):
        assert np.allclose(np.diff(values), np.ptp(values) / (len(values) - 1), rtol=1e-2)


def test_bars_hold_the_share_of_the_run_at_their_potentials() -> None:
    record = record_at(0.5, 0.5, 0.5, -0.5, 7.0)
    bars, *_ = surrogate_figure(MultiSpike(), SingleExponential(), 1.0, record, "light")["data"]
    places, shares = bars["x"], bars["y"]
    assert shares.sum() == pytest.approx(80.0)
    assert shares.max() == pytest.approx(60.0)
    assert abs(places[shares.argmax()] - 0.5) <= bars["width"]
    assert "20% of them lie beyond" in describe_surrogate(MultiSpike(), SingleExponential(), 1.0, record)


@pytest.mark.parametrize(("spike_fn", "jumps"), [(MultiSpike(), [1, 2, 3]), (MaxSpike(2), [1, 2]), (SingleSpike(), [1])])
def test_the_spike_function_its_own_slope_and_the_surrogate_stand_over_the_same_u(spike_fn: Any, jumps: list[int]) -> None:
    theta = 0.7
    figure = surrogate_figure(spike_fn, SingleExponential(), theta, RECORD, "light")
    bars, surrogate, spikes, slope = figure["data"]
    assert np.array_equal(surrogate["x"], spikes["x"])
    counts = [spikes["y"][np.searchsorted(spikes["x"], (jump + 0.01) * theta)] for jump in jumps if jump < 3]
    assert counts == [jump for jump in jumps if jump < 3]
    steep = slope["x"][slope["y"] > 0]
    assert steep == pytest.approx([jump * theta for jump in jumps], abs=0.011 * theta)
    assert set(slope["y"][slope["y"] <= 0]) == {0.0}
    lower, upper = figure["layout"]["yaxis2"]["domain"], figure["layout"]["yaxis"]["domain"]
    assert bars["yaxis"] == "y2"
    assert lower[1] < upper[0], "the histogram lies below"
    assert figure["layout"]["xaxis"]["range"] == figure["layout"]["xaxis2"]["range"]


@pytest.mark.parametrize("theme", get_args(Theme))
def test_the_threshold_is_dashed_where_it_lies_in_its_colour(theme: Theme) -> None:
    (line,) = surrogate_figure(MultiSpike(), SingleExponential(), 0.7, RECORD, theme)["layout"]["shapes"]
    assert line["x0"] == line["x1"] == 0.7
    assert line["line"]["dash"] == "dash"
    assert line["line"]["color"] == PALETTES[theme].threshold


def test_the_figure_is_plain_data_that_a_browser_reads() -> None:
    figure = surrogate_figure(MultiSpike(), SingleExponential(), 0.7, RECORD, "dark")
    assert as_json(figure)


def test_words_name_the_largest_slope_and_how_much_of_the_run_is_near_it() -> None:
    words = describe_surrogate(MultiSpike(), SingleExponential(grad_width=0.5, grad_scale=3.0), 2.0, record_at(2.0, 2.1, -50.0, -60.0))
    assert "largest, 3, at u 2 with θ 2" in words
    assert "50% of the run's potentials" in words
    assert "0 at every u" in describe_surrogate(MultiSpike(), TrueDerivative(), 1.0, RECORD)
