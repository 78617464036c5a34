"""A neuron's input in JavaScript, run by Node: every value against `snncore`, and what can be dragged of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch
from pydantic import TypeAdapter

from snncore.experiment.inputs import InputSpec
from tests.web.node import Modules

DT = 1e-3
CASES = 60
MADE = ("step_current", "ramp_current", "sine_current", "spike_bursts", "random_spikes", "poisson_spikes", "drawn")
INPUT: TypeAdapter[Any] = TypeAdapter(InputSpec)
Array = npt.NDArray[np.float32]
Evaluate = Callable[..., Any]

STIMULI = """({ stimulus }, cases) => cases.map(({ input, base }) => {
    const z = Float32Array.from(base.z);
    return Array.from(stimulus(input, { ...base, z, draws: base.draws && Float32Array.from(base.draws) }));
})"""

HANDLES = """({ stimulusHandles }, cases) => cases.map(({ input, time, value }) =>
    stimulusHandles(input, input.shape[1]).map(({ set, ...handle }) => ({ ...handle, changes: set(time, value) })))"""
"""The handles of each input, and what would change if each were dragged to a place."""


@pytest.fixture(scope="module")
def evaluate() -> Iterator[Evaluate]:
    """Calls a function of JavaScript, given as its text, on what the modules export and one value."""
    modules = Modules(["neuron/stimulus.js", "neuron/stimulus_handles.js"])
    yield modules.evaluate
    modules.close()


def random_input(kind: str, draw: np.random.Generator, shape: tuple[int, int, int] | None = None) -> Any:
    """An input of a kind with fields that are no float32 numbers, or steps within and beyond the run."""
    _, steps, neurons = shape = shape or (1, int(draw.integers(1, 150)), int(draw.integers(1, 5)))
    start, stop, length = (int(draw.integers(0, 1.2 * steps + 1)) for _ in range(3))
    strength = [float(draw.normal(0, 10.0 ** draw.integers(-2, 3))) for _ in range(2)]
    served = None if draw.random() < 0.5 else int(draw.integers(1, neurons + 1))
    drawn = torch.rand(shape, generator=seed()).flatten()
    boundary = 1 - float(drawn[int(draw.integers(len(drawn)))]) + float(draw.choice([-1e-10, 0.0, 1e-10]))  # 1 - p rounds to a number drawn
    fields: dict[str, dict[str, Any]] = {
        "step_current": {"amplitude": strength[0], "start": start, "stop": draw.choice([0, stop, None]), "neurons": served},
        "ramp_current": {"first": strength[0], "last": strength[1]},
        "sine_current": {"amplitude": strength[0], "offset": strength[1], "period": float(draw.uniform(0.3, 300))},
        "spike_bursts": {
            "first": start,
            "length": max(length // 4, 1),
            "period": max(length // 4, 1) + int(draw.integers(0, 20)),
            "period_step": int(draw.choice([0, 1, 40])),
            "count": None if draw.random() < 0.5 else int(draw.integers(1, 5)),
            "neurons": served,
        },
        "random_spikes": {"probability": float(draw.choice([0.0, 1.0, 0.8, boundary]))},
        "poisson_spikes": {"rate": float(draw.choice([0.0, 10.0 ** draw.uniform(0, 5.9)]))},
        "drawn": {"values": draw.normal(0, 3, steps).tolist()},
        "file": {"name": "spikes.npy", "digest": "0" * 32},
        "latency": {},
    }
    if kind in ("spike_bursts", "random_spikes", "poisson_spikes", "drawn", "file"):
        fields[kind]["weight"] = float(draw.choice([1.0, draw.normal(0, 5)]))
    return INPUT.validate_python({"kind": kind, "shape": shape, **fields[kind]})


def another_input(spec: Any, draw: np.random.Generator) -> Any:
    """Of the same kind and shape, with other fields."""
    while (other := random_input(spec.kind, draw, spec.shape)) == spec:
        pass
    return other


def seed() -> torch.Generator:
    return torch.Generator().manual_seed(5)


def values(spec: Any) -> Array:
    """What snncore makes of an input, (neurons, steps) one row after the other."""
    made: Array = spec.make(seed(), DT, {})[0].T.numpy().ravel()
    return made


def base(spec: Any, z: Array) -> dict[str, Any]:
    """What the page is told of the input that Python has made."""
    draws = spec.draws(seed(), DT)
    flat = None if draws is None else draws[0].T.flatten().tolist()
    return {"input": spec.model_dump(mode="json"), "z": z.tolist(), "draws": flat, "dt": DT}


def made(evaluate: Evaluate, given: list[tuple[Any, dict[str, Any]]]) -> list[npt.NDArray[np.float64]]:
    """The values of inputs, each beside what Python had made before."""
    found = evaluate(STIMULI, [{"input": spec.model_dump(mode="json"), "base": before} for spec, before in given])
    return [np.array(one, dtype=np.float64) for one in found]


# ------------------------------------------------------------------------------------------------------- against snncore


@pytest.mark.parametrize("kind", MADE)
def test_every_value_while_dragging_equals_that_of_snncore(kind: str, evaluate: Evaluate) -> None:
    draw = np.random.default_rng(MADE.index(kind))
    specs = [random_input(kind, draw) for _ in range(CASES)]
    before = [another_input(spec, draw) for spec in specs]
    given = [(spec, base(old, np.full(np.prod(spec.shape), 77, np.float32))) for spec, old in zip(specs, before, strict=True)]
    seen = set()
    for spec, found in zip(specs, made(evaluate, given), strict=True):
        expected = values(spec).astype(np.float64)
        seen |= set(expected)
        if kind == "sine_current":  # Math.sin isn't torch's
            assert (np.abs(found - expected) <= 2 * np.spacing(np.float32(abs(spec.amplitude) + abs(spec.offset)))).all(), spec
        else:
            np.testing.assert_array_equal(found, expected, repr(spec))
    assert len(seen) > CASES / 3


@pytest.mark.parametrize("kind", [*MADE, "latency", "file"])
def test_what_python_made_is_kept_where_nothing_changed(kind: str, evaluate: Evaluate) -> None:
    draw = np.random.default_rng(0)
    spec = random_input(kind, draw)
    z = draw.normal(size=np.prod(spec.shape)).astype(np.float32)
    (found,) = made(evaluate, [(spec, base(spec, z))])
    np.testing.assert_array_equal(found, z.astype(np.float64))


def test_what_cannot_be_made_in_the_browser_stays_what_python_made(evaluate: Evaluate) -> None:
    draw = np.random.default_rng(1)
    shape = (1, 30, 2)
    z = draw.normal(size=60).astype(np.float32)
    current = base(random_input("step_current", draw, shape), z)
    longer = (random_input("ramp_current", draw, (1, 40, 2)), current)
    undrawn = [(random_input(kind, draw, shape), current) for kind in ("random_spikes", "poisson_spikes", "latency", "file")]
    silent = random_input("file", draw, shape)
    unknown = (silent, base(silent.model_copy(update={"weight": 0.0}), z))
    for found in made(evaluate, [longer, *undrawn, unknown]):
        np.testing.assert_array_equal(found, z.astype(np.float64))


def test_at_probability_1_every_number_makes_a_spike(evaluate: Evaluate) -> None:
    spec = INPUT.validate_python({"kind": "random_spikes", "probability": 1, "shape": (1, 2, 1)})
    told = base(spec.model_copy(update={"probability": 0.5}), np.zeros(2, np.float32)) | {"draws": [0.0, 0.5]}
    (found,) = made(evaluate, [(spec, told)])
    assert found.tolist() == [1, 1]


def test_a_file_is_multiplied_by_its_weight(evaluate: Evaluate) -> None:
    draw = np.random.default_rng(2)
    file = random_input("file", draw, (1, 50, 1))
    content = draw.normal(size=50).astype(np.float32)
    for before in (1.0, 0.37):
        told = base(file.model_copy(update={"weight": before}), np.float32(before) * content)
        (found,) = made(evaluate, [(file.model_copy(update={"weight": 2.3}), told)])
        expected = np.float32(2.3) * content
        assert (np.abs(found - expected) <= (0 if before == 1 else 1) * np.spacing(np.abs(expected))).all()


# ------------------------------------------------------------------------------------------------------- what is dragged


@pytest.mark.parametrize("kind", MADE)
def test_wherever_a_handle_is_dragged_the_input_is_one_that_snncore_takes(kind: str, evaluate: Evaluate) -> None:
    draw = np.random.default_rng(MADE.index(kind))
    specs = [random_input(kind, draw) for _ in range(4 * CASES)]
    places = [{"time": float(draw.uniform(-50, 250)), "value": float(draw.normal(0, 10.0 ** draw.integers(-2, 8)))} for _ in specs]
    cases = [{"input": spec.model_dump(mode="json"), **place} for spec, place in zip(specs, places, strict=True)]
    for spec, handles in zip(specs, evaluate(HANDLES, cases), strict=True):
        assert len({handle["name"] for handle in handles}) == len(handles)
        for handle in handles:
            assert 0 <= handle["time"] <= spec.shape[1]
            changes = {path.removeprefix("input."): value for path, value in handle["changes"].items()}
            assert changes
            changed = INPUT.validate_python({**spec.model_dump(), **changes})
            for name, value in changes.items():
                assert getattr(changed, name) == value, "a field of this input"
                assert value is None or value == round(value, 2)
        shown = {
            "step_current": 3,
            "spike_bursts": 1 if getattr(spec, "count", 0) == 1 else 2,
            "ramp_current": 2,
            "sine_current": 2,
            "drawn": 0,
        }
        assert len(handles) == shown.get(kind, 1)


DRAGS: list[tuple[dict[str, Any], str, tuple[float, float], dict[str, Any]]] = [
    ({"kind": "step_current", "amplitude": 1.5, "start": 20, "stop": 60}, "amplitude", (0, 2.345), {"input.amplitude": 2.35}),
    ({"kind": "step_current", "amplitude": 1.5, "start": 20, "stop": 60}, "start", (31.4, 0), {"input.start": 31}),
    ({"kind": "step_current", "amplitude": 1.5, "start": 20, "stop": 60}, "start", (70, 0), {"input.start": 59}),
    ({"kind": "step_current", "amplitude": 1.5, "start": 20, "stop": 60}, "stop", (5, 0), {"input.stop": 21}),
    ({"kind": "step_current", "amplitude": 1.5, "start": 20, "stop": 60}, "stop", (100, 0), {"input.stop": None}),
    ({"kind": "spike_bursts", "period": 10, "first": 5}, "first", (8.6, 3), {"input.first": 9, "input.weight": 3}),
    ({"kind": "spike_bursts", "period": 10, "first": 5}, "second", (29.6, 3), {"input.period": 25}),
    ({"kind": "spike_bursts", "period": 10, "first": 5, "length": 4}, "second", (3, 0), {"input.period": 4}),
    ({"kind": "ramp_current", "last": 2}, "first", (50, -1), {"input.first": -1}),
    ({"kind": "ramp_current", "last": 2}, "last", (50, -1), {"input.last": -1}),
    ({"kind": "sine_current", "amplitude": 1, "offset": 0.5, "period": 20}, "offset", (9, 2), {"input.offset": 2}),
    (
        {"kind": "sine_current", "amplitude": 1, "offset": 0.5, "period": 20},
        "peak",
        (8.1, 2),
        {"input.amplitude": 1.5, "input.period": 32.5},
    ),
    ({"kind": "random_spikes", "probability": 0.1}, "weight", (9, 2), {"input.weight": 2}),
    ({"kind": "poisson_spikes", "rate": 100}, "weight", (9, 2), {"input.weight": 2}),
]


@pytest.mark.parametrize(("input", "name", "place", "changes"), DRAGS)
def test_a_handle_changes_what_it_is_named_after(
    input: dict[str, Any], name: str, place: tuple[float, float], changes: dict[str, Any], evaluate: Evaluate
) -> None:
    shown = INPUT.validate_python({"shape": (1, 100, 1), **input}).model_dump(mode="json")
    (handles,) = evaluate(HANDLES, [{"input": shown, "time": place[0], "value": place[1]}])
    assert [handle["changes"] for handle in handles if handle["name"] == name] == [changes]


@pytest.mark.parametrize("kind", MADE)
def test_a_handle_that_stays_changes_nothing(kind: str, evaluate: Evaluate) -> None:
    usual = {
        "step_current": {"amplitude": 1.5, "start": 20, "stop": 60},
        "ramp_current": {"first": 0.5, "last": 2.0},
        "sine_current": {"amplitude": 1.25, "offset": 0.5, "period": 30.0},
        "spike_bursts": {"period": 10, "first": 5, "weight": 4.0},
        "random_spikes": {"probability": 0.2, "weight": 7.5},
        "poisson_spikes": {"rate": 100.0, "weight": 0.5},
        "drawn": {"values": [0.5] * 100},
    }
    spec = INPUT.validate_python({"kind": kind, "shape": (1, 100, 1), **usual[kind]})
    shown = spec.model_dump(mode="json")
    (handles,) = evaluate(HANDLES, [{"input": shown, "time": 0, "value": 0}])
    stays = [{"input": shown, "time": handle["time"], "value": handle["value"]} for handle in handles]
    for place, handles in enumerate(evaluate(HANDLES, stays)):
        for path, value in handles[place]["changes"].items():
            assert value == shown[path.removeprefix("input.")], path


def test_a_stroke_draws_a_straight_line_either_way_and_leaves_the_rest(evaluate: Evaluate) -> None:
    strokes = "({ drawStroke }, cases) => cases.map(([values, from, to]) => drawStroke(values, from, to))"
    values, left, right = [9.0] * 6, {"time": 1, "value": 0.5}, {"time": 4, "value": 1.0}
    along, back, dot, long = evaluate(
        strokes, [[values, left, right], [values, right, left], [values, right, right], [[0.0] * 3, left, right]]
    )
    assert along == back == [9, 0.5, 0.67, 0.83, 1, 9]
    assert dot == [9, 9, 9, 9, 1, 9]
    assert long[:3] == [0, 0.5, 0.67]
