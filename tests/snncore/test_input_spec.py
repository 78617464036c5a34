"""Inputs as data: each makes what its encoder makes, from the input seed, and says what it is."""

import json
from typing import Any, get_args

import pytest
import torch

from snncore import encoders
from snncore.errors import ExperimentError
from snncore.input_spec import INPUT_KINDS, InputSpec
from snncore.spec import Experiment

SHAPE, SENSOR = (2, 30, 3), (2, 30, 2, 4, 8)
INPUTS: dict[str, tuple[dict[str, Any], Any]] = {
    "random_spikes": ({"probability": 0.3}, lambda seed: encoders.random_spikes(SHAPE, 0.3, seed)),
    "poisson_spikes": ({"rate": 300.0}, lambda seed: encoders.poisson_spikes(SHAPE, 300.0, 0.002, seed)),
    "spike_bursts": ({"period": 5, "length": 2}, lambda seed: encoders.spike_bursts(SHAPE, 5, 2)),
    "step_current": ({"amplitude": 1.5, "start": 3}, lambda seed: encoders.step_current(SHAPE, 1.5, 3)),
    "ramp_current": ({"last": 2.0}, lambda seed: encoders.ramp_current(SHAPE, 0.0, 2.0)),
    "sine_current": ({"amplitude": 1.0, "period": 7.5}, lambda seed: encoders.sine_current(SHAPE, 1.0, 7.5)),
    "moving_bar": ({"shape": SENSOR, "speed": 1.5}, lambda seed: encoders.moving_bar(SENSOR, speed=1.5)),
}


def experiment(**fed: Any) -> Experiment:
    return Experiment(network=[{"kind": "IAF"}], input={"shape": SHAPE, **fed}, dt=0.002, seeds={"input": 5})


def test_every_kind_is_listed():
    union, _ = get_args(InputSpec)
    assert {kind.model_fields["kind"].default for kind in get_args(union)} == set(INPUT_KINDS) == set(INPUTS)


@pytest.mark.parametrize("kind", INPUTS)
def test_input_is_that_of_the_encoder_and_of_its_json(kind):
    fields, expected = INPUTS[kind]
    made = experiment(kind=kind, **fields)
    data = made.make_input()
    assert data.dtype == torch.float32
    assert torch.equal(data, expected(torch.Generator().manual_seed(5)))
    for compact in (False, True):
        assert Experiment.from_json(made.to_json(compact=compact)) == made
    assert made.input.words
    assert made.build()(data).shape == data.shape


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
        ({"kind": "moving_bar"}, "input: moving bar: the shape is .*two-polarity sensor"),
        ({"kind": "sine_current", "amplitude": 1.0, "period": 5.0, "phase": 1.0}, "'input.phase' is not a field it knows"),
    ],
)
def test_input_that_cannot_be_made_is_refused_in_one_sentence(fed, words):
    with pytest.raises(ExperimentError, match=words):
        experiment(**fed)
