"""What learns is what an Experiment says, from the start and after changes while it trains; all the rest keeps its value."""

from __future__ import annotations

import itertools
import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from snncore.errors import ExperimentError
from snncore.experiment.edits import fitting_layer
from snncore.experiment.layers import NEURON_SPECS
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.layers.bounds import LOWEST_LEARNED_THRESHOLD
from snncore.run.bptt import EpochRecord, Trainer, train

OPTIMISERS = ["RMSprop", "Adam", "SGD"]
WEIGHTS = ["network.0", "network.2"]
NEURONS = ["network.1", "network.3"]
EVERYTHING_FIXED = {f"{layer}.learns": () for layer in (*WEIGHTS, *NEURONS)}


def alone(layer: dict[str, Any], steps: int = 5) -> Experiment:
    shape = (1, steps, 3, 4, 4) if layer["kind"] == "Conv2d" else (1, steps, 3)
    return Experiment(network=[layer], input={"shape": shape, "probability": 0.5})


def learning(model: nn.Module) -> set[str]:
    return {name for name, parameter in model.named_parameters() if parameter.requires_grad}


def moved(records: list[EpochRecord]) -> set[str]:
    """The parameters that are others in the last record than in the first."""
    first, last = records[0].parameters, records[-1].parameters
    return {name for name in first if not np.array_equal(first[name], last[name])}


def assert_same_course(one: list[EpochRecord], other: list[EpochRecord]) -> None:
    assert [record.gradient_norms for record in one] == [record.gradient_norms for record in other]
    np.testing.assert_equal([record.parameters for record in one], [record.parameters for record in other])


# ----------------------------------------------------------------------------------------------------- as data

CONNECTION = {"in_features": 3, "out_features": 3}
LINEAR = {"kind": "Linear", **CONNECTION}
CONV = {"kind": "Conv2d", "in_channels": 3, "out_channels": 2, "kernel_size": 2}
LIF = {"kind": "LIF", "tau_mem": 5.0, "tau_syn": 3.0}
ALIF = {"kind": "ALIF", "tau_mem": 5.0, "tau_adapt": 9.0}
RECURRENT = {"kind": "IAFRecurrent", "rec_connect": CONNECTION}

HELD = [
    (LINEAR, {"weight": {"weight"}, "bias": {"bias"}}),
    ({**LINEAR, "bias": False}, {"weight": {"weight"}}),
    (CONV, {"weight": {"weight"}, "bias": {"bias"}}),
    ({**CONV, "bias": False}, {"weight": {"weight"}}),
    (LIF, {"tau_mem": {"tau_mem"}, "tau_syn": {"tau_syn"}, "spike_threshold": {"spike_threshold"}}),
    (
        {**LIF, "train_alphas": True},
        {"tau_mem": {"alpha_mem"}, "tau_syn": {"alpha_syn"}, "spike_threshold": {"spike_threshold"}},
    ),
    (ALIF, {"tau_mem": {"tau_mem"}, "tau_adapt": {"tau_adapt"}, "spike_threshold": {"b0"}}),
    ({**ALIF, "train_alphas": True}, {"tau_mem": {"alpha_mem"}, "tau_adapt": {"alpha_adapt"}, "spike_threshold": {"b0"}}),
    ({"kind": "ExpLeak", "tau_mem": 5.0}, {"tau_mem": {"tau_mem"}}),
    ({"kind": "IAF"}, {"spike_threshold": {"spike_threshold"}}),
    (RECURRENT, {"spike_threshold": {"spike_threshold"}, "rec_connect": {"rec_connect.weight", "rec_connect.bias"}}),
]


@pytest.mark.parametrize(("layer", "held"), HELD, ids=[json.dumps(layer) for layer, _ in HELD])
def test_each_name_stands_for_its_parameters_and_no_others(layer: dict[str, Any], held: dict[str, set[str]]) -> None:
    spec = alone(layer).network[0]
    assert isinstance(spec, Learnable)
    assert set(spec.learnable) == held.keys()
    for count in range(len(held) + 1):
        for names in itertools.combinations(held, count):
            made = alone({**layer, "learns": names})
            assert learning(made.build().get_submodule("0")) == set().union(*(held[name] for name in names))


@pytest.mark.parametrize("kind", ["Linear", "Conv2d", *NEURON_SPECS])
def test_by_default_all_but_thresholds_learn(kind: str) -> None:
    layer = fitting_layer(kind, (3, 4, 4) if kind == "Conv2d" else (3,))
    assert isinstance(layer, Learnable)
    named = alone(layer.model_dump() | {"learns": [name for name in layer.learnable if name != "spike_threshold"]})
    assert learning(alone(layer.model_dump()).build()) == learning(named.build())


def test_in_a_folded_network_learns_what_is_named() -> None:
    made = convolution().replace({"network.0.learns": ["bias"], "network.1.learns": [], "network.3.learns": ["spike_threshold"]})
    assert learning(made.build()) == {"0.bias", "2.weight", "2.bias", "3.spike_threshold", "5.weight", "5.bias"}


def test_what_learns_decides_no_weight() -> None:
    plain, other = ten_spikes().build(), ten_spikes().replace({**EVERYTHING_FIXED, "network.3.learns": ["spike_threshold"]}).build()
    assert all(torch.equal(plain.get_parameter(name), parameter) for name, parameter in other.named_parameters())


@pytest.mark.parametrize(("layer", "held"), HELD, ids=[json.dumps(layer) for layer, _ in HELD])
def test_names_are_turned_into_the_value_with_which_they_learn(layer: dict[str, Any], held: dict[str, set[str]]) -> None:
    spec = alone(layer).network[0]
    assert isinstance(spec, Learnable)
    assert spec.learns_for(spec.learning) is None
    for count in range(len(held) + 1):
        for names in itertools.combinations(held, count):
            value = spec.learns_for([*names, "something else"])
            assert set(alone({**layer, "learns": value}).network[0].learning) == set(names)


def test_compact_json_leaves_out_the_default_and_keeps_all_else() -> None:
    made = ten_spikes().replace({"network.0.learns": [], "network.1.learns": ["spike_threshold"]})
    learns = [layer.get("learns") for layer in json.loads(made.to_json(compact=True))["network"]]
    assert learns == [[], ["spike_threshold"], None, None]
    assert "learns" not in ten_spikes().to_json(compact=True)


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        ({**LINEAR, "learns": ["weights"]}, "learns names 'weights', but all that the layer can learn is weight, bias."),
        ({**LINEAR, "bias": False, "learns": ["bias"]}, "learns names 'bias', but all that the layer can learn is weight."),
        (
            {"kind": "LIF", "tau_mem": 5.0, "learns": ["tau_mem", "tau_syn"]},
            "learns names 'tau_syn', but all that the layer can learn is tau_mem, spike_threshold.",
        ),
        ({"kind": "IAF", "learns": ["tau_mem"]}, "learns names 'tau_mem', but all that the layer can learn is spike_threshold."),
        ({**LIF, "learns": "tau_mem"}, "learns is 'tau_mem'; it must be a list of names of parameters, or null for all but thresholds."),
        ({**LIF, "learns": [1]}, "learns is [1]; it must be a list of names of parameters, or null for all but thresholds."),
        (
            {"kind": "IAFRecurrent", "rec_connect": {**CONNECTION, "learns": ["weight"]}},
            "rec_connect has learns of its own; name rec_connect in the learns of the layer instead.",
        ),
    ],
)
def test_names_that_a_layer_does_not_have_are_refused_with_those_that_it_has(layer: dict[str, Any], words: str) -> None:
    with pytest.raises(ExperimentError) as caught:
        alone(layer)
    assert str(caught.value) == f"{layer['kind']} 1: {words}"


def test_an_experiment_with_changes_of_what_learns_returns_from_json_as_it_was() -> None:
    made = ten_spikes().changed(3, {"network.0.learns": ("weight",), "network.3.learns": None})
    assert Experiment.from_json(made.to_json(compact=True)) == made


# ------------------------------------------------------------------------------------------------ while it trains


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_threshold_that_alone_learns_is_all_that_moves(optimiser: str) -> None:
    made = ten_spikes().replace({**EVERYTHING_FIXED, "network.3.learns": ["spike_threshold"], "training.optimiser": optimiser})
    records = list(itertools.islice(train(made), 4))
    assert [set(record.gradient_norms) for record in records] == [{"3.spike_threshold"}] * 4
    assert moved(records) == {"3.spike_threshold"}


@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_parameter_fixed_while_training_keeps_its_value_until_it_learns_again(optimiser: str) -> None:
    trainer = Trainer(ten_spikes().replace({"training.optimiser": optimiser, "training.lr": 1e-4}))
    before = list(trainer.epochs(3))
    trainer.change({"network.0.learns": ["bias"], "network.3.learns": ["spike_threshold"]})
    fixed = list(trainer.epochs(3))
    trainer.change({"network.0.learns": None, "network.3.learns": None})
    after = list(trainer.epochs(3))
    default = {"0.weight", "0.bias", "1.tau_mem", "2.weight", "2.bias", "3.tau_mem"}
    meanwhile = {"0.bias", "1.tau_mem", "2.weight", "2.bias", "3.spike_threshold"}
    assert [set(record.gradient_norms) for record in before + fixed + after] == [default] * 3 + [meanwhile] * 3 + [default] * 3
    assert [moved(before), moved(fixed), moved(after)] == [default, meanwhile, default]
    np.testing.assert_array_equal(after[0].parameters["0.weight"], fixed[0].parameters["0.weight"])


@pytest.mark.slow
@pytest.mark.parametrize("optimiser", OPTIMISERS)
def test_a_training_in_which_what_learns_was_changed_repeats_from_its_experiment(optimiser: str) -> None:
    trainer = Trainer(ten_spikes().replace({"training.optimiser": optimiser, "training.lr": 1e-4}))
    records = list(trainer.epochs(3))
    trainer.change({"network.0.learns": (), "network.3.learns": ("tau_mem", "spike_threshold")})
    trainer.change({"network.1.surrogate_grad_fn": "FastSigmoid"})
    records += trainer.epochs(2)
    trainer.change({"network.0.learns": None})
    records += trainer.epochs(3)
    again = Experiment.from_json(trainer.experiment.to_json(compact=True))
    assert_same_course(list(itertools.islice(train(again), 8)), records)


def test_fixed_from_epoch_0_is_the_same_as_fixed_from_the_start() -> None:
    changes = {"network.0.learns": [], "network.1.learns": ["spike_threshold"]}
    changed, edited = ten_spikes().changed(0, changes), ten_spikes().replace(changes)
    assert_same_course(list(itertools.islice(train(changed), 4)), list(itertools.islice(train(edited), 4)))


@pytest.mark.parametrize("train_alphas", [False, True])
def test_a_change_reaches_the_parameters_that_the_layer_holds(train_alphas: bool) -> None:
    layer = {"tau_mem": 5.0, "tau_adapt": 9.0, "spike_threshold": 0.3, "train_alphas": train_alphas}
    network = [{**LINEAR, "weights": {"kind": "constant", "value": 1.0}}, {"kind": "ALIFRecurrent", **layer, "rec_connect": CONNECTION}]
    made = Experiment(network=network, input={"shape": (1, 30, 3), "probability": 0.5}, training={"task": {"target": 1000}})
    trainer = Trainer(made)
    next(trainer.epochs(1))
    trainer.change({"network.0.learns": [], "network.1.learns": ["tau_adapt", "spike_threshold", "rec_connect"]})
    records = list(trainer.epochs(3))
    adapt = "1.alpha_adapt" if train_alphas else "1.tau_adapt"
    assert set(records[0].gradient_norms) == {adapt, "1.b0", "1.rec_connect.weight", "1.rec_connect.bias"}
    assert moved(records) == set(records[0].gradient_norms)


# -------------------------------------------------------------------------------------------------- nothing learns


def test_a_network_in_which_nothing_learns_is_refused_for_training_and_may_be_built() -> None:
    made = ten_spikes().replace(EVERYTHING_FIXED)
    assert learning(made.build()) == set()
    with pytest.raises(ExperimentError, match=r"^Nothing in the network learns; let a parameter learn \(Linear 1 has weight, bias\)"):
        Trainer(made)
    Trainer(made.replace({"network.1.learns": ["spike_threshold"]}))


def test_a_change_after_which_nothing_would_learn_is_refused_and_all_stays_as_it_was() -> None:
    trainer, twin = Trainer(ten_spikes()), Trainer(ten_spikes())
    records = list(trainer.epochs(3))
    with pytest.raises(ExperimentError, match=r"^From epoch 3 on nothing in the network learns; let a parameter learn"):
        trainer.change(EVERYTHING_FIXED)
    assert trainer.experiment == ten_spikes()
    assert_same_course(records + list(trainer.epochs(3)), list(twin.epochs(6)))


def test_a_change_noted_in_an_experiment_after_which_nothing_learns_is_refused_before_it_trains() -> None:
    with pytest.raises(ExperimentError, match=r"^From epoch 5 on nothing"):
        ten_spikes().changed(5, EVERYTHING_FIXED).check_trainable()


def test_what_has_no_effect_on_the_output_has_no_gradient_and_stays() -> None:
    made = alone({**RECURRENT, "learns": ["rec_connect"]}, steps=1)
    records = list(itertools.islice(train(made), 2))
    assert [record.gradient_norms for record in records] == [{}, {}]
    assert moved(records) == set()


# ----------------------------------------------------------------------------------------------------- thresholds


UNCOUPLED = {"kind": "IAFRecurrent", "rec_connect": {**CONNECTION, "weights": {"kind": "constant", "value": 0.0}}}


@pytest.mark.parametrize("layer", [{"kind": "LIF", "tau_mem": 5.0}, {"kind": "IAF"}, ALIF, UNCOUPLED], ids=lambda layer: layer["kind"])
def test_a_threshold_that_learns_is_held_above_0_at_any_learning_rate(layer: dict[str, Any]) -> None:
    network = [
        {**LINEAR, "weights": {"kind": "constant", "value": 1.0}, "learns": []},
        {**layer, "spike_threshold": [0.5, 0.7, 3.0], "learns": ["spike_threshold"]},
    ]
    training = {"task": {"target": 10**6}, "optimiser": "SGD", "lr": 1e3}
    made = Experiment(network=network, input={"shape": (1, 20, 3), "probability": 0.5}, training=training)
    name = "1.b0" if layer["kind"] == "ALIF" else "1.spike_threshold"
    first, second = itertools.islice(train(made), 2)
    assert first.parameters[name].min() == 0.5
    assert second.parameters[name].min() == np.float32(LOWEST_LEARNED_THRESHOLD)


def test_a_threshold_that_does_not_learn_may_be_lower() -> None:
    made = ten_spikes().replace({"network.3.spike_threshold": 0.001, "training.task.target": 10**6})
    assert [record.parameters["3.spike_threshold"] for record in itertools.islice(train(made), 2)] == [np.float32(0.001)] * 2
