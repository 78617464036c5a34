"""The neuron models in JavaScript, run by Node: every number of every step against `snncore`, and formulas against runs."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
import torch

from app.figures.neuron import neuron_data
from app.words.layer_parameters import LAYER_PARAMETERS
from snncore.activation import MaxSpike, MembraneReset, MembraneSubtract, MultiSpike, SingleSpike
from snncore.experiment.layers import ALIFSpec, ExpLeakSpec, IAFSpec, LIFSpec, NeuronSpec
from tests.web.node import Modules

NEURONS, STEPS = 6, 120
SPECS = {"LIF": LIFSpec, "IAF": IAFSpec, "ExpLeak": ExpLeakSpec, "ALIF": ALIFSpec}
SPIKE_FUNCTIONS = (MultiSpike(), MaxSpike(1), MaxSpike(3), SingleSpike())
Array = npt.NDArray[np.float32]
Evaluate = Callable[..., Any]


RUNS = """({ decayTable, parametersInForce, scan }, runs) => runs.map(({ neuron, rows }) => {
    const run = scan(Float32Array.from(rows.flat()), rows.length, parametersInForce(neuron, decayTable(neuron.decays)));
    const arrays = ["i", "u", "v", "b", "s", "theta"].map((name) => [name, Array.from(run[name])]);
    return Object.fromEntries(arrays);
})"""
"""Runs of neurons, each on an input of one row for each."""


@pytest.fixture(scope="module")
def evaluate() -> Iterator[Evaluate]:
    """Calls a function of JavaScript, given as its text, on what the modules export and one value."""
    modules = Modules(["neuron/parameters.js", "neuron/scan.js", "neuron/response.js"])
    yield modules.evaluate
    modules.close()


# ------------------------------------------------------------------------------------------------------- against snncore


def random_layer(
    kind: str, spike_fn: Any, resets: bool, bounded: bool, normalised: bool, synapse: bool, draw: np.random.Generator
) -> NeuronSpec:
    """A layer of a kind; what it has no parameter for is left out."""
    theta = float(draw.uniform(0.1, 2))
    subtract = MembraneSubtract(None if draw.random() < 0.5 else float(draw.uniform(-0.2, 1.5) * theta))
    fields = {
        "tau_mem": float(10 ** draw.uniform(-1, 3)),
        "tau_syn": float(10 ** draw.uniform(-1, 2)) if synapse else None,
        "tau_adapt": float(10 ** draw.uniform(-1, 3)),
        "adapt_scale": float(draw.uniform(-1, 5)),
        "spike_threshold": theta,
        "spike_fn": spike_fn,
        "reset_fn": MembraneReset(float(draw.uniform(-1, 1.2) * theta)) if resets else subtract,
        "min_v_mem": float(draw.uniform(-1, 0.3)) if bounded else None,
        "initial_v_mem": float(draw.uniform(-1, 1)) if draw.random() < 0.5 else 0.0,
        "norm_input": normalised,
        "train_alphas": bool(draw.random() < 0.3),
    }
    spec = SPECS[kind]
    layer: NeuronSpec = spec(**{name: value for name, value in fields.items() if name in spec.model_fields})
    return layer


def random_input(draw: np.random.Generator) -> Array:
    """Currents of either sign, a steady one, spikes, weighted spikes, large currents, and none, one for each neuron, (NEURONS, STEPS)."""
    spikes = draw.random((2, STEPS)) < 0.3
    rows = (
        draw.normal(0, 2, STEPS),
        np.full(STEPS, draw.uniform(-1, 5)),
        spikes[0] * draw.integers(1, 4, STEPS),
        spikes[1] * draw.normal(0.5, 3, STEPS),
        draw.normal(0, 10.0 ** draw.integers(2, 7), STEPS),
        np.zeros(STEPS),
    )
    return np.stack(rows).astype(np.float32)


def recorded(spec: NeuronSpec, z: Array) -> dict[str, Array]:
    """What the layer keeps of an input, all (neurons, steps)."""
    layer = spec.build(torch.Generator(), torch.Generator())
    layer.record_states = True
    sample = torch.from_numpy(z.T[None].copy())
    with torch.no_grad():
        spikes = layer(sample)
    kept = {"i": layer.recordings.get("i_syn", sample), "u": layer.recordings["u"], "v": layer.recordings["v_mem"]}
    if spec.does_spike:
        threshold = torch.tensor(spec.spike_threshold)
        kept |= {"s": spikes, "theta": layer.recordings.get("spike_threshold", threshold.expand_as(sample))}
    if "b" in layer.recordings:
        kept["b"] = layer.recordings["b"]
    return {name: values[0].T.numpy() for name, values in kept.items()}


def assert_equal_runs(evaluate: Evaluate, layers: list[NeuronSpec], neurons: list[dict[str, Any]], draw: np.random.Generator) -> float:
    """Every layer beside its neuron in JavaScript, on inputs of its own; how many spikes there were."""
    inputs = [random_input(draw) for _ in layers]
    runs = evaluate(RUNS, [{"neuron": neuron, "rows": z.tolist()} for neuron, z in zip(neurons, inputs, strict=True)])
    spikes = 0.0
    for layer, z, run in zip(layers, inputs, runs, strict=True):
        expected = recorded(layer, z)
        for name, values in expected.items():
            found = np.array(run[name]).reshape(NEURONS, STEPS)  # float64, so that nothing is rounded to what is expected
            np.testing.assert_array_equal(found, values.astype(np.float64), f"{name} of {layer!r}")
        spikes += float(expected["s"].sum()) if layer.does_spike else sum(run["s"])
    return spikes


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPECS)
def test_every_number_of_every_step_equals_that_of_snncore(kind: str, evaluate: Evaluate) -> None:
    draw = np.random.default_rng(list(SPECS).index(kind))
    settings = [setting for setting in product(SPIKE_FUNCTIONS, *[(False, True)] * 4) for _ in range(2)]
    layers = [random_layer(kind, *setting, draw=draw) for setting in settings]
    spikes = assert_equal_runs(evaluate, layers, [neuron_data(layer) for layer in layers], draw)
    assert spikes > 100 * len(layers) if layers[0].does_spike else spikes == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", SPECS)
def test_a_dragged_slider_gives_the_steps_of_the_layer_that_it_stands_for(kind: str, evaluate: Evaluate) -> None:
    draw = np.random.default_rng(10 + list(SPECS).index(kind))
    before = random_layer(kind, MultiSpike(), False, True, True, True, draw)
    dragged = [
        {
            name: slider.low + slider.step * int(draw.integers(round((slider.high - slider.low) / slider.step) + 1))
            for name, slider in LAYER_PARAMETERS.items()
            if slider.widget == "slider" and name in type(before).model_fields
        }
        for _ in range(50)
    ]
    layers = [before.model_copy(update=fields) for fields in dragged]
    assert_equal_runs(evaluate, layers, [{**neuron_data(before), **fields} for fields in dragged], draw)


def test_a_time_constant_that_the_table_lacks_is_one_rounding_off_at_most(evaluate: Evaluate) -> None:
    taus = np.random.default_rng(0).uniform(0.1, 200, 1000)
    found = np.array(evaluate("({ decay }, taus) => taus.map((tau) => decay(tau, new Map()))", taus.tolist()))
    expected = torch.exp(-1 / torch.from_numpy(taus).float()).numpy()
    assert (found == found.astype(np.float32)).all()
    assert (np.abs(found - expected) <= np.spacing(expected)).all()


def test_the_table_has_the_word_on_every_time_constant_of_the_layer(evaluate: Evaluate) -> None:
    taus = [0.1, 0.7, 3.3, 12.34, 47.11, 99.9, 1234.5]  # no float32 numbers
    tables = [neuron_data(ExpLeakSpec(tau_mem=tau))["decays"]["taus"] for tau in taus]
    cases = [[tau, {"taus": table, "alphas": [0.5] * len(table)}] for tau, table in zip(taus, tables, strict=True)]
    found = evaluate("({ decay, decayTable }, cases) => cases.map(([tau, decays]) => decay(tau, decayTable(decays)))", cases)
    assert found == [0.5] * len(taus)


@pytest.mark.parametrize("spike_fn", SPIKE_FUNCTIONS)
def test_a_potential_that_equals_the_threshold_spikes(spike_fn: Any, evaluate: Evaluate) -> None:
    (run,) = evaluate(RUNS, [{"neuron": neuron_data(IAFSpec(spike_threshold=0.5, spike_fn=spike_fn)), "rows": [[0.25] * 4]}])
    assert run["s"] == [0, 1, 0, 1]
    assert run["v"] == [0.25, 0, 0.25, 0]


def test_a_run_leaves_the_finite_numbers_where_float32_does(evaluate: Evaluate) -> None:
    largest = float(np.finfo(np.float32).max)
    tiny = neuron_data(IAFSpec(spike_threshold=1e-30))
    overflow, endless, finite = evaluate(
        RUNS,
        [
            {"neuron": neuron_data(IAFSpec(spike_fn=SingleSpike())), "rows": [[largest] * 3]},
            {"neuron": tiny, "rows": [[0.0, 0.0, 1e20]]},  # more spikes than there are numbers
            {"neuron": tiny, "rows": [[1e-29] * 3]},
        ],
    )
    assert overflow["u"][-1] is endless["s"][-1] is None, "JSON's word for no number"
    assert None not in finite["u"] + finite["s"]


def test_an_input_that_is_no_rows_of_one_length_is_refused(evaluate: Evaluate) -> None:
    run = {"neuron": neuron_data(IAFSpec()), "rows": [[0.0] * 3, [0.0] * 4]}
    with pytest.raises(RuntimeError, match="7 values are no rows of one length for 2 neurons"):
        evaluate(RUNS, [run])


# ------------------------------------------------------------------------------------------------------- read off a run


def test_times_intervals_and_rates_are_read_off_the_spikes(evaluate: Evaluate) -> None:
    read = """({ spikeTimes, spikeIntervals, timeToFirstSpike, rate }, trains) => trains.map((train) => {
        const s = Float32Array.from(train);
        const times = spikeTimes(s);
        return [times, spikeIntervals(times), timeToFirstSpike(times), rate(s)];
    })"""
    burst, single, silent = evaluate(read, [[0, 2, 0, 0, 1, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 0]])
    assert burst == [[1, 4, 5], [3, 1], 1, 0.5]
    assert single == [[0], [], 0, 0.25]
    assert silent == [[], [], None, 0]


CONSTANT = """({ decayTable, parametersInForce, scan, steadyState, firingRate, fICurve }, { cases, settling, steps }) =>
    cases.map(({ neuron, current }) => {
        const p = parametersInForce(neuron, decayTable(neuron.decays));
        const run = scan(new Float32Array(settling + steps).fill(current), 1, p);
        return {
            v: run.v.at(-1),
            steady: String(steadyState(Math.fround(current), p)),
            measured: fICurve([current], p, steps, settling)[0],
            formula: firingRate(Math.fround(current), p),
            most: Math.max(...run.s),
        };
    })"""
"""What theory says of a constant input from rest, beside what a run of so many steps shows after it has settled."""


def under_constant_input(
    evaluate: Evaluate, layers: list[NeuronSpec], currents: list[float], settling: int, steps: int
) -> list[dict[str, Any]]:
    cases = [{"neuron": neuron_data(layer), "current": current} for layer, current in zip(layers, currents, strict=True)]
    found: list[dict[str, Any]] = evaluate(CONSTANT, {"cases": cases, "settling": settling, "steps": steps})
    return found


def test_the_steady_state_is_where_a_run_without_spikes_ends(evaluate: Evaluate) -> None:
    draw = np.random.default_rng(0)
    layers, currents = [], []
    for kind, normalised, synapse, bound in product(("LIF", "ExpLeak", "ALIF"), (False, True), (None, 6.5), (None, -0.4, 0.3)):
        fields = {
            "tau_mem": 12.5,
            "tau_syn": synapse,
            "tau_adapt": 20.0,
            "min_v_mem": bound,
            "norm_input": normalised,
            "spike_threshold": 1e6,
        }
        spec = SPECS[kind]
        for current in (float(draw.uniform(0.1, 3)), float(draw.uniform(-3, -0.1)), 0.0):
            layers.append(spec(**{name: value for name, value in fields.items() if name in spec.model_fields}))
            currents.append(current)
    for layer, current, found in zip(layers, currents, under_constant_input(evaluate, layers, currents, 0, 2000), strict=True):
        assert found["v"] == pytest.approx(float(found["steady"]), rel=1e-4), (layer, current)


def test_without_leak_there_is_no_steady_state_but_at_no_input(evaluate: Evaluate) -> None:
    layer = IAFSpec(spike_threshold=1e6, tau_syn=4.0)
    rising, falling, resting = under_constant_input(evaluate, [layer] * 3, [0.5, -0.5, 0.0], 0, 1000)
    assert (rising["steady"], falling["steady"], resting["steady"]) == ("Infinity", "-Infinity", "0")
    assert rising["v"] == -falling["v"] > 1000
    assert resting["v"] == 0


@pytest.mark.slow
def test_the_firing_rate_is_that_of_a_long_run(evaluate: Evaluate) -> None:
    draw = np.random.default_rng(1)
    layers, currents = [], []
    resets = (MembraneReset(), MembraneReset(-1.5), MembraneReset(0.2), MembraneSubtract())
    for kind, spike_fn, reset_fn, synapse, bound in product(("LIF", "IAF"), SPIKE_FUNCTIONS, resets, (None, 3.0), (None, -0.3)):
        if kind == "LIF" and reset_fn == MembraneSubtract():
            continue
        leak = {"tau_mem": float(draw.uniform(1, 30)), "norm_input": bool(draw.random() < 0.5)} if kind == "LIF" else {}
        theta = float(draw.uniform(0.3, 1.5))
        for current in draw.uniform(-0.5, 3, 4) * theta:
            layer = SPECS[kind](**leak, spike_fn=spike_fn, reset_fn=reset_fn, tau_syn=synapse, min_v_mem=bound, spike_threshold=theta)
            layers.append(layer)
            currents.append(float(current))
    settling, steps = 500, 4000
    spiking = 0
    for layer, current, found in zip(layers, currents, under_constant_input(evaluate, layers, currents, settling, steps), strict=True):
        assert found["formula"] == pytest.approx(found["measured"], abs=1.01 * max(found["most"], 1) / steps), (layer, current)
        spiking += found["formula"] > 0
    assert spiking > 200


def test_no_firing_rate_is_claimed_where_no_formula_says_it_but_that_of_silence(evaluate: Evaluate) -> None:
    layers = [
        LIFSpec(tau_mem=10.0),
        ALIFSpec(tau_mem=10.0, tau_adapt=20.0, reset_fn=MembraneReset()),
        LIFSpec(tau_mem=10.0, reset_fn=MembraneReset(1.2)),
        LIFSpec(tau_mem=10.0, reset_fn=MembraneReset(), min_v_mem=1.0),
        IAFSpec(reset_fn=MembraneSubtract(0.5)),
        IAFSpec(min_v_mem=0.1),
    ]
    assert [found["formula"] for found in under_constant_input(evaluate, layers, [1.5] * 6, 0, 100)] == [None] * 6
    silent = under_constant_input(evaluate, layers, [-0.5] * 6, 0, 100)
    assert [found["formula"] for found in silent] == [0, 0, 0, None, 0, 0]
    assert [found["measured"] for found in silent if found["formula"] == 0] == [0] * 5


def test_the_f_i_curve_counts_the_spikes_of_each_current_after_it_has_settled(evaluate: Evaluate) -> None:
    currents = [0.0, 0.4, 1.2, 3.3]
    curves = """({ decayTable, parametersInForce, scan, fICurve, rowOf }, { neuron, currents }) => {
        const p = parametersInForce(neuron, decayTable(neuron.decays));
        const run = scan(Float32Array.from(currents.flatMap((current) => Array(300).fill(current))), currents.length, p);
        const counted = currents.map((_, neuron) => rowOf(run, run.s, neuron).slice(100).reduce((sum, s) => sum + s, 0));
        return { counted, curve: fICurve(currents, p, 200, 100) };
    }"""
    adaptive = ALIFSpec(tau_mem=10.0, tau_adapt=50.0, spike_threshold=0.3, spike_fn=MultiSpike())
    found = evaluate(curves, {"neuron": neuron_data(adaptive), "currents": currents})
    assert found["curve"] == [count / 200 for count in found["counted"]]
    assert found["counted"] == sorted(found["counted"])
    assert found["counted"][-1] > 0
