"""A packet of rows unpacks to the same figure."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from app.components.rows import packet
from app.figures.row_kinds import RowsFigure
from snncore.run.simulation import simulate
from tests.app.drawn_rows import Values, all_rows, drawn, experiment, linear, networks, neurons, opened, shuffled, simulation_of


def unpacked(content: bytes) -> tuple[dict[str, Any], list[Values]]:
    """By the packet's own description: the length of the header in 4 bytes, the header as JSON, the arrays at their offsets."""
    begin = 4 + int.from_bytes(content[:4], "little")
    header = json.loads(content[4:begin], parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    arrays = []
    for entry in header.pop("arrays"):
        start = begin + entry["offset"]
        arrays.append(np.frombuffer(content[start : start + entry["bytes"]], {"u1": "<u1", "f4": "<f4"}[entry["dtype"]]))
    assert begin + sum(array.nbytes for array in arrays) == len(content)
    return header, arrays


@networks
def test_a_packet_unpacks_to_the_same_figure(name: str) -> None:
    simulation = simulation_of(name)
    for heatmaps in (frozenset[int](), frozenset(simulation.records)):
        figure = drawn(simulation, opened(simulation, chosen=2, heatmaps=heatmaps), shuffled(name))
        header, arrays = unpacked(packet(figure, "in words"))
        assert header == {**json.loads(json.dumps(figure.header)), "description": "in words"}
        assert len(arrays) == len(figure.arrays)
        for found, put in zip(arrays, figure.arrays, strict=True):
            assert np.array_equal(found, put.ravel())
            assert np.isfinite(found).all()


@networks
def test_every_array_that_a_row_names_is_in_the_packet(name: str) -> None:
    simulation = simulation_of(name)
    figure = drawn(simulation, opened(simulation))
    named = [row[key] for row in all_rows(figure) for key in ("z", "counts") if key in row]
    named += [line[key] for row in all_rows(figure) for line in row.get("lines", ()) for key in ("u", "v") if line[key] is not None]
    named += [level["values"] for row in all_rows(figure) for level in row.get("thresholds", ()) if "values" in level]
    assert sorted(named) == list(range(len(figure.arrays)))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_no_json_is_no_packet(number: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        packet(RowsFigure({"range": number}), "")


@pytest.mark.filterwarnings("ignore:overflow", "ignore:invalid value")
@pytest.mark.parametrize("more", [{"dt": 1e-9}, {"input": {"kind": "step_current", "shape": (1, 100, 6), "amplitude": 1e38}}])
def test_numbers_at_the_end_of_float32_still_make_a_packet(more: dict[str, Any]) -> None:
    simulation = simulate(experiment(linear(6, 5), neurons("LIF", 5), **more))[0]
    unpacked(packet(drawn(simulation, opened(simulation)), ""))
