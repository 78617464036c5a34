"""The first spike of a training is explained by running the network again with one part exchanged, and plain simulations agree."""

from __future__ import annotations

import pytest

from snncore.experiment.parameters import Parameters
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.explain.first_spike import first_spike
from snncore.run.bptt import EpochRecord, train
from snncore.run.simulation import simulate
from tests.length import sampled

OUTPUT_PART = ("2.", "3.")
"""Beginnings of the names of the ten-spike network's output weights and output layer."""


def until_it_fires(experiment: Experiment) -> list[EpochRecord]:
    records = []
    for record in train(experiment):
        records.append(record)
        if record.spikes:
            break
    return records


def largest(experiment: Experiment, sample: int, neuron: int, hidden: Parameters, output: Parameters) -> float:
    """u/θ of an output neuron, with the hidden part of some parameters and the output's part of others."""
    parameters = {name: (output if name.startswith(OUTPUT_PART) else hidden)[name] for name in hidden}
    layer = simulate(experiment, parameters=parameters)[0].records[3]
    return float((layer.u / layer.threshold)[sample, :, neuron].max())


@pytest.mark.slow
@pytest.mark.parametrize("seed", sampled(range(20), most=6))
def test_each_part_alone_comes_as_far_as_a_plain_simulation_of_it(seed: int) -> None:
    experiment = ten_spikes().replace({"seeds.weights": seed})
    records = until_it_fires(experiment)
    found = first_spike(experiment, records)
    assert found
    output = records[-1].layers[-1].spikes[found.sample]
    assert found.epoch == records[-1].epoch
    assert not output[: found.step].any()
    assert output[found.step, found.neuron] > 0
    old, new = records[0].parameters, records[-1].parameters
    for told, hidden, of_output in (
        (found.before, old, old),
        (found.hidden_alone, new, old),
        (found.output_alone, old, new),
        (found.together, new, new),
    ):
        assert told == largest(experiment, found.sample, found.neuron, hidden, of_output)
    assert found.before < 1 <= found.together
    assert found.hidden_learned
    assert found.output_learned
    assert found.hidden_spikes == (records[0].layers[0].spikes.sum(), records[-1].layers[0].spikes.sum())


def test_a_weight_from_a_neuron_that_never_fired_has_not_changed() -> None:
    records = until_it_fires(ten_spikes())
    found = first_spike(ten_spikes(), records)
    assert found
    assert found.sources
    fired = {neuron for record in records[:-1] for neuron in record.layers[0].spikes[0].any(axis=0).nonzero()[0]}
    assert found.sources.fired == found.sources.changed == found.sources.changed_and_fired == len(fired) == 28


def test_where_the_hidden_part_is_fixed_the_output_weights_alone_did_it() -> None:
    experiment = ten_spikes().replace({"network.0.learns": (), "network.1.learns": (), "training.lr": 1e-2})
    found = first_spike(experiment, until_it_fires(experiment))
    assert found
    assert found.hidden_alone == found.before
    assert found.output_alone == found.together
    assert not found.hidden_learned
    assert found.output_learned
    assert found.hidden_spikes
    assert found.hidden_spikes[0] == found.hidden_spikes[1]


def test_without_a_hidden_layer_nothing_is_said_of_one() -> None:
    network = [{"kind": "Linear", "in_features": 16, "out_features": 4}, {"kind": "LIF", "tau_mem": 10.0, "spike_threshold": 3.0}]
    experiment = ten_spikes().replace({"network": network})
    found = first_spike(experiment, until_it_fires(experiment))
    assert found
    assert found.hidden_spikes is None
    assert found.sources is None
    assert found.hidden_alone == found.before
    assert found.output_alone == found.together


def test_nothing_is_explained_before_it_fires_or_where_it_always_did() -> None:
    records = until_it_fires(ten_spikes())
    assert first_spike(ten_spikes(), records[:-1]) is None
    eager = ten_spikes().replace({"network.3.spike_threshold": 0.05})
    assert first_spike(eager, until_it_fires(eager)) is None
    assert first_spike(ten_spikes(), [*records[:-1], records[-1].reduced()]) is None


def test_spikes_that_its_weights_do_not_bring_again_are_not_explained() -> None:
    experiment = ten_spikes().replace({"seeds.input": 5})
    assert first_spike(experiment, until_it_fires(ten_spikes())) is None
