"""The layers of a plain ANN are read from its weights, where their order is known."""

from __future__ import annotations

import numpy as np
import pytest

from app.state.own_layers import dense_layers


def weights(**shapes: tuple[int, int]) -> dict[str, np.ndarray[tuple[int, ...], np.dtype[np.float32]]]:
    return {f"{name}.weight": np.zeros(shape, np.float32) for name, shape in shapes.items()}


def sizes(*names: str) -> list[tuple[int, int]]:
    given = weights(**{name: (8, 8) if "body" in name else (10, 8) if "head" in name else (8, 64) for name in names})
    return [(layer["in_features"], layer["out_features"]) for layer in dense_layers(given, {"kind": "IAF"}) if layer["kind"] == "Linear"]


def test_numbers_in_names_tell_the_order() -> None:
    assert sizes("enter0", "body1", "body2", "head3") == [(64, 8), (8, 8), (8, 8), (8, 10)]


def test_without_numbers_the_order_is_known_if_there_is_only_one() -> None:
    assert sizes("enter", "body", "head") == [(64, 8), (8, 8), (8, 10)]
    assert sizes("enter", "body_a", "body_b", "head") == [], "which comes first isn't known"


@pytest.mark.parametrize("names", [("enter",), ("head", "enter"), ("enter", "body", "enter_again")])
def test_what_is_no_chain_of_two_or_more_has_no_layers(names: tuple[str, ...]) -> None:
    assert sizes(*names) == []
