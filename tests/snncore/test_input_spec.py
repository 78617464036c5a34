"""Inputs as data: each makes what its encoder makes, from the input seed, and says what it is."""

import json
import math
from typing import Any

import numpy as np
import pytest
import torch

from snncore import encoders
from snncore.errors import ExperimentError
from snncore.experiment.inputs import INPUT_KINDS
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.io.recordings import content_hash

SHAPE, SENSOR, DIGIT = (2, 30, 3), (2, 30, 2, 4, 8), (2, 30, 2, 8, 8)
UPLOADED = np.linspace(-1, 2, 2 * 30 * 3, dtype=np.float32).reshape(SHAPE)
DRAWN = tuple(np.linspace(-0.5, 1.7, 30).tolist())
DIGEST = content_hash(UPLOADED)
FILES = {DIGEST: UPLOADED, "0" * 32: np.zeros(SHAPE, np.float32)}
INPUTS: dict[str, tuple[dict[str, Any], Any]] = {
    "random_spikes": ({"probability": 0.3}, lambda seed: encoders.random_spikes(SHAPE, 0.3, seed)),
    "poisson_spikes": ({"rate": 300.0}, lambda seed: encoders.poisson_spikes(SHAPE, 300.0, 0.002, seed)),
    "latency": ({}, lambda seed: encoders.latency_spikes(SHAPE, seed)),
    "spike_bursts": (
        {"period": 5, "length": 2, "first": 1, "neurons": 2, "period_step": 3, "count": 3},
        lambda seed: encoders.spike_bursts(SHAPE, 5, 2, 1, neurons=2, period_step=3, count=3),
    ),
    "step_current": (
        {"amplitude": 1.5, "start": 3, "stop": 9, "neurons": 1},
        lambda seed: encoders.step_current(SHAPE, 1.5, 3, 9, neurons=1),
    ),
    "ramp_current": ({"last": 2.0}, lambda seed: encoders.ramp_current(SHAPE, 0.0, 2.0)),
    "sine_current": ({"amplitude": 1.0, "period": 7.5}, lambda seed: encoders.sine_current(SHAPE, 1.0, 7.5)),
    "drawn": ({"values": DRAWN}, lambda seed: encoders.drawn_current(SHAPE, DRAWN)),
    "moving_bar": ({"shape": SENSOR, "speed": 1.5}, lambda seed: encoders.moving_bar(SENSOR, speed=1.5)),
    "digit": (
        {"shape": DIGIT, "index": 1796, "rate": 300.0},
        lambda seed: encoders.rate_code(encoders.digit_contrasts(1796, 2), 30, 300.0, 0.002, seed),
    ),
    "file": ({"name": "spikes.npy", "digest": DIGEST}, lambda seed: torch.tensor(UPLOADED)),
}


WEIGHTED = ("random_spikes", "poisson_spikes", "spike_bursts", "drawn", "file")
CURRENTS = ("step_current", "ramp_current", "sine_current", "drawn")


def experiment(**fed: Any) -> Experiment:
    return Experiment(network=[{"kind": "IAF"}], input={"shape": SHAPE, **fed}, dt=0.002, seeds={"input": 5})


def test_every_kind_is_listed():
    assert set(INPUT_KINDS) == {*INPUTS, "sample"}  # a sample needs a task with labelled data


@pytest.mark.parametrize("kind", INPUTS)
def test_input_is_that_of_the_encoder_and_of_its_json(kind):
    fields, expected = INPUTS[kind]
    made = experiment(kind=kind, **fields)
    data = made.make_input(FILES)
    assert data.dtype == torch.float32
    assert data.shape == made.input.shape
    assert torch.equal(data, expected(torch.Generator().manual_seed(5)))
    for compact in (False, True):
        assert Experiment.from_json(made.to_json(compact=compact)) == made
    assert made.input.words
    assert made.build()(data).shape == data.shape


@pytest.mark.parametrize("kind", INPUTS)
def test_input_does_not_depend_on_the_default_dtype(kind):
    made = experiment(kind=kind, **INPUTS[kind][0])
    expected = made.make_input(FILES)
    encoders.digit_images.cache_clear()
    torch.set_default_dtype(torch.float64)
    try:
        data = made.make_input(FILES)
    finally:
        torch.set_default_dtype(torch.float32)
    assert data.dtype == torch.float32
    assert torch.equal(data, expected)


@pytest.mark.parametrize("kind", INPUTS)
def test_input_may_be_written_to_without_a_trace_in_the_next(kind):
    made = experiment(kind=kind, **INPUTS[kind][0])
    data = made.make_input(FILES)
    expected = data.clone()
    data.add_(1)
    assert torch.equal(made.make_input(FILES), expected)


@pytest.mark.parametrize("kind", WEIGHTED)
@pytest.mark.parametrize("weight", [15.0, 0.1, -2.5, 0.0])
def test_every_value_is_multiplied_by_the_weight(kind, weight):
    made = experiment(kind=kind, **INPUTS[kind][0])
    weighted = made.replace({"input.weight": weight})
    data = weighted.make_input(FILES)
    assert data.dtype == torch.float32
    assert np.array_equal(data.numpy(), made.make_input(FILES).numpy() * np.float32(weight))
    assert weighted.input.words == f"{made.input.words}, weight {weight:g}"
    assert not weighted.input.carries_spikes
    assert made.replace({"input.weight": 1.0}) == made
    assert "weight" not in json.loads(made.to_json(compact=True))["input"]


@pytest.mark.parametrize("kind", INPUTS)
def test_currents_carry_no_spikes_and_the_others_do(kind):
    assert experiment(kind=kind, **INPUTS[kind][0]).input.carries_spikes == (kind not in CURRENTS)


@pytest.mark.parametrize("kind", INPUTS)
def test_draws_are_the_uniform_numbers_of_random_and_poisson_spikes(kind):
    made = experiment(kind=kind, **INPUTS[kind][0])
    draws = made.input.draws(torch.Generator().manual_seed(5), made.dt)
    if kind not in ("random_spikes", "poisson_spikes"):
        assert draws is None
        return
    assert torch.equal(draws, torch.rand(SHAPE, generator=torch.Generator().manual_seed(5)))
    if kind == "random_spikes":
        spikes = (draws > 1 - made.input.probability).float()
    else:
        mean = made.input.rate * made.dt
        below = [sum(math.exp(-mean) * mean**j / math.factorial(j) for j in range(k + 1)) for k in range(12)]  # P(N ≤ k)
        spikes = (draws.double().unsqueeze(-1) >= torch.tensor(below, dtype=torch.float64)).sum(dim=-1).float()
    assert torch.equal(made.make_input(), spikes)
    assert spikes.any()


def test_so_many_poisson_spikes_that_they_are_not_counted_from_draws_have_none():
    for rate, counted in ((500_000.0, True), (500_001.0, False)):
        made = experiment(kind="poisson_spikes", rate=rate)
        assert (made.input.draws(torch.Generator(), made.dt) is not None) == counted
        assert made.make_input().mean() == pytest.approx(1000, rel=0.02)


def test_digits_as_latencies_spike_once_where_they_have_contrast():
    contrasts = encoders.digit_contrasts(7, 2)
    data = experiment(kind="digit", shape=DIGIT, index=7, code="latency").make_input()
    assert torch.equal(data, encoders.latency_code(contrasts, 30))
    assert torch.equal(data.sum(dim=1), (contrasts > 0).float())


@pytest.mark.parametrize(
    ("fed", "equal"),
    [
        (
            {"kind": "spike_bursts", "period": 5},
            {"kind": "spike_bursts", "period": 5, "neurons": None, "period_step": 0, "count": None, "weight": 1.0},
        ),
        ({"kind": "step_current", "amplitude": 1.0}, {"kind": "step_current", "amplitude": 1.0, "neurons": None}),
        ({"kind": "digit", "index": 0, "shape": DIGIT}, {"kind": "digit", "index": 0, "shape": DIGIT, "code": "rate", "rate": 200.0}),
    ],
)
def test_fields_left_out_have_their_default(fed, equal):
    assert experiment(**fed) == experiment(**equal)


@pytest.mark.parametrize(
    ("fed", "words"),
    [
        ({"kind": "spike_bursts", "period": 5}, "a spike every 5 steps"),
        (
            {"kind": "spike_bursts", "period": 5, "length": 2, "period_step": 3, "neurons": 2},
            "a burst of 2 spikes every 5 steps, 3 more for each next neuron in the first 2 neurons",
        ),
        (
            {"kind": "spike_bursts", "period": 5, "count": 3, "neurons": 1, "weight": 4.0},
            "a spike every 5 steps, up to 3 times in the first neuron, weight 4",
        ),
        ({"kind": "spike_bursts", "period": 5, "length": 2, "first": 7, "count": 1}, "a burst of 2 spikes at step 7"),
        ({"kind": "step_current", "amplitude": 1.5}, "a constant current of 1.5"),
        ({"kind": "step_current", "amplitude": 1.5, "neurons": 1}, "a constant current of 1.5 in the first neuron"),
        (
            {"kind": "step_current", "amplitude": 1.5, "start": 3, "stop": 9, "neurons": 2},
            "a current of 1.5 from step 3 to 9 in the first 2 neurons",
        ),
        ({"kind": "drawn", "values": DRAWN, "weight": 2.0}, "a current drawn by hand, between -0.5 and 1.7, weight 2"),
        ({"kind": "digit", "index": 4, "shape": (1, *DIGIT[1:])}, "ON and OFF spikes of handwritten digit no. 4, up to 200 Hz"),
        (
            {"kind": "digit", "index": 4, "shape": DIGIT, "code": "latency"},
            "ON and OFF spikes of handwritten digits from no. 4 on, stronger contrasts sooner",
        ),
        ({"kind": "file", "name": "spikes.npy", "digest": DIGEST}, "from the file 'spikes.npy'"),
    ],
)
def test_words_name_every_number_in_force(fed, words):
    assert experiment(**fed).input.words == words


@pytest.mark.parametrize(
    ("shape", "holds", "words"),
    [
        ((1, 100, 16), "events", "events, in 100 time steps, 16 neurons, 1 sample"),
        ((3, 1, 1), "counts", "spike counts, in 1 time step, 1 neuron, 3 samples"),
        ((1, 2000, 2, 8, 16), "currents", "currents, in 2,000 time steps, 2 × 8 × 16 (channels × height × width), 1 sample"),
        ((2, 9, 4, 5), None, "9 time steps, 4 × 5, 2 samples"),
    ],
)
def test_a_file_says_what_it_was_read_as(shape, holds, words):
    fed = Experiment(network=[{"kind": "IAF"}], input={"kind": "file", "name": "a", "digest": DIGEST, "shape": shape, "holds": holds})
    assert fed.input.read_as == words
    assert Experiment.from_json(fed.to_json(compact=True)) == fed
    assert fed.input.carries_spikes == (holds != "currents")


def test_a_file_saved_before_it_was_noted_what_it_holds_is_opened():
    made = experiment(kind="file", name="x.npy", digest=DIGEST)
    written = json.loads(made.to_json())
    del written["input"]["holds"]
    assert Experiment.from_json(json.dumps(written)) == made
    assert "holds" not in json.loads(made.to_json(compact=True))["input"], "so that its link stays the same"


@pytest.mark.parametrize("holds", ["values", "", 1, ["events"]])
def test_a_file_holds_nothing_else(holds):
    with pytest.raises(ExperimentError, match="holds"):
        experiment(kind="file", name="x.npy", digest=DIGEST, holds=holds)


def test_a_file_that_is_not_here_is_asked_for():
    for files in ((), ({},), ({"1" * 32: UPLOADED},)):
        with pytest.raises(ExperimentError) as refusal:
            experiment(kind="file", name="x.npy", digest=DIGEST).make_input(*files)
        assert str(refusal.value) == (
            "The input is the file 'x.npy', which is not here: links carry no files. Upload it again, or choose another input."
        )


def test_a_file_of_another_shape_is_refused():
    with pytest.raises(ExperimentError) as refusal:
        experiment(kind="file", name="x.npy", digest=DIGEST, shape=(2, 90, 1)).make_input(FILES)
    assert str(refusal.value) == ("The input's shape is (2, 90, 1), but that of the file 'x.npy' is (2, 30, 3); set it to that.")


def test_an_experiment_with_a_huge_input_is_read_without_making_it():
    huge = (1, 1, 2, 10**9, 10**9)
    for fed in ({"kind": "moving_bar"}, {"kind": "step_current", "amplitude": 1.0, "neurons": 10**15}):
        assert experiment(**fed, shape=huge).input.shape == huge


def test_input_without_a_kind_is_random_spikes():
    assert experiment(probability=0.3) == experiment(kind="random_spikes", probability=0.3)
    assert json.loads(experiment(probability=0.3).to_json())["input"]["kind"] == "random_spikes"


@pytest.mark.parametrize(
    ("fed", "words"),
    [
        ({"kind": "noise"}, "'noise' is not a known input; use one of random_spikes, poisson_spikes"),
        ({"kind": "poisson_spikes"}, "input.rate is missing"),
        ({"kind": "poisson_spikes", "rate": -3.0}, "input.rate is -3.0; it should be greater than or equal to 0"),
        ({"kind": "spike_bursts", "period": 3, "length": 4}, "input: length is 4, more than the period of 3 steps"),
        ({"kind": "spike_bursts", "period": 3, "neurons": 4}, "input: neurons is 4, but the input has 3; use a number from 1 to 3"),
        ({"kind": "spike_bursts", "period": 3, "neurons": 0}, "input.neurons is 0; it should be greater than or equal to 1"),
        ({"kind": "spike_bursts", "period": 3, "period_step": -1}, "input.period_step is -1; it should be greater than or equal to 0"),
        ({"kind": "step_current", "amplitude": 1.0, "neurons": 4}, "input: neurons is 4, but the input has 3"),
        ({"kind": "spike_bursts", "period": 3, "count": 0}, "input.count is 0; it should be greater than or equal to 1"),
        ({"kind": "spike_bursts", "period": 3, "weight": math.inf}, "input.weight is inf; it should be a finite number"),
        (
            {"kind": "random_spikes", "probability": 0.5, "weight": 1e7},
            "input.weight is 10000000.0; it should be less than or equal to 100000",
        ),
        ({"kind": "sine_current", "amplitude": 1.0, "period": 5.0, "weight": 2.0}, "'input.weight' is not a field it knows"),
        ({"kind": "drawn"}, "input.values is missing"),
        ({"kind": "drawn", "values": DRAWN[:9]}, "input: 9 values are drawn, but the input has 30 time steps; give one for each step"),
        ({"kind": "drawn", "values": (1.0,) * 1001}, "input.values has 1,001 entries; use at most 1,000"),
        ({"kind": "drawn", "values": (*DRAWN[:29], math.nan)}, "input.values.29 is nan; it should be a finite number"),
        ({"kind": "digit", "index": 1}, r"input: shape is \(2, 30, 3\); a digit's ON and OFF spikes have \(batch, time, 2, 8, 8\)"),
        ({"kind": "digit", "index": 1797, "shape": DIGIT}, "input.index is 1797; it should be less than 1797"),
        ({"kind": "digit", "index": 1, "code": "phase", "shape": DIGIT}, "input.code is 'phase'; it should be 'rate' or 'latency'"),
        ({"kind": "file", "name": "x.npy"}, "input.digest is missing"),
        ({"kind": "file", "name": "x.npy", "digest": "abc"}, "input.digest is 'abc'; string should match pattern"),
        ({"kind": "file", "name": "x" * 101, "digest": DIGEST}, "input.name is 'x.*; string should have at most 100 characters"),
        ({"kind": "moving_bar"}, "input: moving bar: the shape is .*two-polarity sensor"),
        ({"kind": "sine_current", "amplitude": 1.0, "period": 5.0, "phase": 1.0}, "'input.phase' is not a field it knows"),
    ],
)
def test_input_that_cannot_be_made_is_refused_in_one_sentence(fed, words):
    with pytest.raises(ExperimentError, match=words):
        experiment(**fed)


@pytest.mark.parametrize("fields", [{"kind": "step_current", "amplitude": 1e39}, {"kind": "ramp_current", "last": 1e39}])
def test_a_current_beyond_what_can_be_computed_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ExperimentError, match="1e\\+39"):
        ten_spikes().replace({"input": {**fields, "shape": (1, 10, 16)}})
