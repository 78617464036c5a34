"""A long curve is drawn through few points, and shows what the whole one does."""

from __future__ import annotations

import numpy as np
import pytest

from app.figures.curves import MOST_POINTS, curve, drawn_places


@pytest.mark.parametrize("count", [1, 2, 599, MOST_POINTS])
def test_a_short_curve_is_drawn_point_for_point(count: int) -> None:
    assert drawn_places(np.random.default_rng(0).random(count)).tolist() == list(range(count))


@pytest.mark.parametrize("count", [MOST_POINTS + 1, 1_000, 9_999, 10_000])
def test_a_long_curve_keeps_its_ends_and_every_peak_and_dip(count: int) -> None:
    flat = np.ones(count)
    for place in range(0, count, 97):
        for value in (0.0, 2.0):
            flat[place] = value
            places = drawn_places(flat)
            assert len(places) <= MOST_POINTS
            assert (np.diff(places) > 0).all()
            assert (places[0], places[-1]) == (0, count - 1)
            assert place in places
        flat[place] = 1.0


def test_the_drawn_lowest_and_highest_are_those_of_every_stretch() -> None:
    values = np.random.default_rng(1).random(9_000)
    places = drawn_places(values)
    longest = np.diff(places).max()
    for start in range(0, 9_000 - 100, 100):
        near = places[(places >= start - longest) & (places < start + 100 + longest)]
        assert values[near].max() >= values[start : start + 100].max()
        assert values[near].min() <= values[start : start + 100].min()


def test_what_is_missing_hides_no_peak_or_dip_and_leaves_a_gap() -> None:
    values = np.ones(5_000)
    values[1_000:2_000] = np.nan
    for near in (range(986, 1_000), range(2_000, 2_006)):
        values[near[0]], values[near[-1]] = 7.0, -7.0
    drawn = values[drawn_places(values)]
    assert (drawn == 7.0).sum() == 2
    assert (drawn == -7.0).sum() == 2
    assert np.isnan(drawn).any()


def test_a_thinned_curve_holds_the_epochs_of_its_values() -> None:
    values = np.random.default_rng(2).random(2_000).astype(np.float32)
    trace = curve(values, 1, "#000000", "Output", "spikes")
    epochs = trace["x"]
    assert np.array_equal(trace["y"], values[epochs])
    every_third = curve(values, 1, "#000000", "Output", "spikes", epochs=3 * np.arange(2_000))
    assert np.array_equal(every_third["x"], 3 * epochs)
    said = curve(values, 1, "#000000", "Output", "spikes", words=lambda place: f"at {place}")["text"]
    assert said == [f"at {epoch}" for epoch in epochs]
