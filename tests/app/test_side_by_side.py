"""Variants beside each other have one scale for each quantity."""

from __future__ import annotations

import numpy as np

from app.figures.side_by_side import share_scales
from snncore.run.simulation import simulate
from tests.app.drawn_rows import drawn, experiment, linear, neurons, opened, row_of, values_of

TAUS = (2.0, 40.0)


def test_rows_of_the_same_quantity_have_one_scale_that_holds_all() -> None:
    made = experiment(linear(6, 5), neurons("LIF", 5, spike_threshold=0.1))
    simulations = [simulate(made.replace({"network.1.tau_mem": tau}))[0] for tau in TAUS]
    figures = [drawn(simulation, opened(simulation)) for simulation in simulations]
    before = [row_of(figure, 1, "traces", "potential u of")["range"] for figure in figures]
    assert before[0] != before[1]
    share_scales(figures)
    (one, other) = (row_of(figure, 1, "traces", "potential u of")["range"] for figure in figures)
    assert one == other == (min(low for low, _ in before), max(high for _, high in before))
    rates = [row_of(figure, 1, "bars", "Rate") for figure in figures]
    highest = max(np.abs(values_of(figure, row)).max() for figure, row in zip(figures, rates, strict=True))
    assert [row["largest"] for row in rates] == [highest, highest]
