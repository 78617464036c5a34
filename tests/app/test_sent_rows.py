"""What is sent of rows is read as the same figure."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest

from app.components.sent import Sent
from app.figures.row_kinds import RowsFigure
from snncore.run.simulation import simulate
from tests.app.drawn_rows import all_rows, drawn, experiment, linear, networks, neurons, opened, shuffled, simulation_of
from tests.app.messages import read


def message(figure: RowsFigure[Any]) -> bytes:
    return Sent("rows").message(figure.header, figure.arrays)


@networks
def test_a_message_is_read_as_the_same_figure(name: str) -> None:
    simulation = simulation_of(name)
    for heatmaps in (frozenset[int](), frozenset(simulation.records)):
        figure = drawn(simulation, opened(simulation, chosen=2, heatmaps=heatmaps), shuffled(name))
        header, arrays = read(message(figure))
        assert header == json.loads(json.dumps(figure.header, default=asdict))
        assert len(arrays) == len(figure.arrays)
        for found, put in zip(arrays, figure.arrays, strict=True):
            assert np.array_equal(found, put.ravel())
            assert np.isfinite(found).all()


@networks
def test_every_array_that_a_row_names_is_sent(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, opened(simulation))
    named = [row[key] for row in all_rows(figure) for key in ("z", "counts") if key in row]
    named += [line[key] for row in all_rows(figure) for line in row.get("lines", ()) for key in ("u", "v") if line[key] is not None]
    named += [level["values"] for row in all_rows(figure) for level in row.get("thresholds", ()) if "values" in level]
    assert sorted(named) == list(range(len(figure.arrays)))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_no_json_is_not_sent(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        message(RowsFigure({"range": number}))


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("more", [{"dt": 1e-9}, {"input": {"kind": "step_current", "shape": (1, 100, 6), "amplitude": 1e38}}])
def test_numbers_at_the_end_of_float32_are_still_sent(more: dict[str, Any]) -> None:
    simulation = simulate(experiment(linear(6, 5), neurons("LIF", 5), **more))[0]
    read(message(drawn(simulation, opened(simulation))))
