"""Experiments as data: to JSON and back, the same spikes from the same Experiment, seeds that are torch's, changes by path."""

import itertools
import json
import random

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError
from torch import nn

from snncore.activation import MaxSpike, MembraneReset, PeriodicExponential
from snncore.errors import ExperimentError
from snncore.experiment.edits import mend
from snncore.experiment.layers import IAFSpec, LIFSpec, LinearSpec
from snncore.experiment.spec import Draft, Experiment, RandomSpikes, ten_spikes
from snncore.layers import ALIF, IAF, LIF
from snncore.run.bptt import train
from tests.length import examples
from tests.snncore.drawn_layers import neuron_layers
from tests.snncore.models import MODELS, RECURRENT


def entirely_different() -> Experiment:
    """An Experiment of which no field has its default."""
    activations = {"spike_fn": MaxSpike(2), "reset_fn": MembraneReset(0.1), "surrogate_grad_fn": PeriodicExponential(0.3, 2.0)}
    shared = {"tau_syn": 4.0, "spike_threshold": 0.5, "min_v_mem": -1.0, **activations}
    return Experiment(
        dt=0.002,
        network=(
            LinearSpec(in_features=5, out_features=3, bias=False, learns=()),
            LIFSpec(tau_mem=7.5, train_alphas=True, norm_input=False, learns=("tau_syn", "spike_threshold"), **shared),
            IAFSpec(learns=("spike_threshold",), **shared),
        ),
        input=RandomSpikes(shape=(2, 12, 5), probability=0.3),
        training={
            "task": {"kind": "spike_count", "target": 7},
            "optimiser": "Adam",
            "lr": 0.02,
            "epochs": 5,
            "changes": [{"epoch": 2, "field": "training.lr", "value": 0.01}],
        },
        seeds={"weights": 4, "input": 5, "noise": 6},
    )


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    widths = draw(st.lists(st.integers(1, 9), min_size=2, max_size=4))
    network = []
    for before, after in itertools.pairwise(widths):
        network.append({"kind": "Linear", "in_features": before, "out_features": after, "bias": draw(st.booleans())})
        network.append(draw(neuron_layers((*MODELS, *RECURRENT), after)))
    network.append(draw(neuron_layers((LIF, IAF, ALIF, *RECURRENT), widths[-1])))
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 9)), widths[0])
    return Experiment(
        network=network,
        input={"shape": shape, "probability": draw(st.floats(0, 1))},
        training={"lr": draw(st.floats(1e-9, 1e9)), "epochs": draw(st.integers(1, 1000))},
        seeds={"weights": draw(st.integers(0, 2**53 - 1)), "input": draw(st.integers(0, 2**53 - 1))},
    )


@given(experiments(), st.booleans())
def test_experiment_returns_from_json_as_it_was(experiment, compact):
    assert Experiment.from_json(experiment.to_json(compact=compact)) == experiment


@examples(50)
@given(experiments())
def test_experiment_builds_the_layers_that_it_names(experiment):
    model = experiment.build()
    assert [type(layer).__name__ for layer in model] == [layer.kind for layer in experiment.network]
    z = experiment.make_input()
    assert model(z).shape[:2] == z.shape[:2]
    for layer, spec in zip(model, experiment.network, strict=True):
        for name, value in spec.model_dump().items():
            if name.startswith("tau") or name in ("spike_threshold", "min_v_mem", "adapt_scale"):
                built = layer.arg_dict[name]
                assert (built is None) == (value is None), name
                if value is not None:
                    torch.testing.assert_close(built, torch.tensor(value), rtol=1e-4, atol=0)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("make", [ten_spikes, entirely_different])
def test_named_experiments_return_from_json_as_they_were(make, compact):
    again = Experiment.from_json(make().to_json(compact=compact))
    assert again == make()
    assert again.to_json(compact=compact) == make().to_json(compact=compact)


def test_full_json_names_every_field():
    data = json.loads(ten_spikes().to_json())
    assert data.keys() == Experiment.model_fields.keys()
    assert data["network"][1].keys() == LIFSpec.model_fields.keys()
    assert data["network"][1]["surrogate_grad_fn"] == {"kind": "SingleExponential", "grad_width": 0.5, "grad_scale": 1.0}


def test_compact_json_is_one_line_without_defaults():
    text = ten_spikes().to_json(compact=True)
    assert json.loads(text) == {
        "version": 1,
        "network": [
            {"kind": "Linear", "in_features": 16, "out_features": 64},
            {"kind": "LIF", "tau_mem": 10.0},
            {"kind": "Linear", "in_features": 64, "out_features": 4},
            {"kind": "LIF", "tau_mem": 10.0},
        ],
        "input": {"kind": "random_spikes", "shape": [1, 100, 16], "probability": 0.8},
        "seeds": {"input": 1, "noise": 2},
    }
    assert "\n" not in text
    assert " " not in text


def test_every_field_reaches_the_layers():
    model = entirely_different().build()
    linear, lif, iaf = model
    assert linear.bias is None
    assert type(lif) is LIF
    assert type(iaf) is IAF
    assert lif.tau_mem_calculated.item() == pytest.approx(7.5)
    assert lif.train_alphas
    assert not lif.norm_input
    for layer in (lif, iaf):
        assert layer.tau_syn_calculated.item() == pytest.approx(4.0)
        assert layer.spike_threshold.item() == 0.5
        assert layer.min_v_mem.item() == -1.0
        assert (layer.spike_fn, layer.reset_fn) == (MaxSpike(2), MembraneReset(0.1))
        assert layer.surrogate_grad_fn == PeriodicExponential(0.3, 2.0)
    learning = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert learning == {"1.alpha_syn", "1.spike_threshold", "2.spike_threshold"}


@pytest.mark.parametrize(("name", "kind"), [("SGD", torch.optim.SGD), ("Adam", torch.optim.Adam), ("RMSprop", torch.optim.RMSprop)])
def test_optimiser_is_the_one_named_over_all_parameters(name, kind):
    experiment = ten_spikes().replace({"training.optimiser": name, "training.lr": 0.25})
    model = experiment.build()
    optimiser = experiment.make_optimiser(model)
    assert type(optimiser) is kind
    (group,) = optimiser.param_groups
    assert group["lr"] == 0.25
    assert [id(p) for p in group["params"]] == [id(p) for p in model.parameters()]


@examples(25)
@given(experiments())
def test_same_experiment_gives_the_same_spikes(experiment):
    again = Experiment.from_json(experiment.to_json(compact=True))
    assert torch.equal(again.make_input(), experiment.make_input())
    assert torch.equal(again.build()(again.make_input()), experiment.build()(experiment.make_input()))


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**53 - 1])
@pytest.mark.parametrize("bias", [True, False])
def test_weights_are_those_of_torch_after_manual_seed(seed, bias):
    built = ten_spikes().replace({"seeds.weights": seed, "network.0.bias": bias}).build()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        expected = nn.Sequential(nn.Linear(16, 64, bias=bias), LIF(10.0), nn.Linear(64, 4), LIF(10.0))
    assert built.state_dict().keys() == expected.state_dict().keys()
    for name, value in expected.state_dict().items():
        assert torch.equal(built.state_dict()[name], value), name


@pytest.mark.parametrize("seed", [0, 1, 12345, 2**53 - 1])
def test_input_is_that_of_torch_after_manual_seed(seed):
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        expected = (torch.rand(1, 100, 16) > 0.2).float()
    assert torch.equal(ten_spikes().replace({"seeds.input": seed}).make_input(), expected)


def test_replace_changes_nothing_else():
    old = entirely_different()
    data = old.replace({"training.lr": 0.5}).model_dump()
    data["training"]["lr"] = old.training.lr
    assert data == old.model_dump()


def test_each_seed_changes_only_what_it_is_for():
    plain, weights, data = ten_spikes(), ten_spikes().replace({"seeds.weights": 9}), ten_spikes().replace({"seeds.input": 9})
    assert not torch.equal(weights.build()[0].weight, plain.build()[0].weight)
    assert torch.equal(weights.make_input(), plain.make_input())
    assert torch.equal(data.build()[0].weight, plain.build()[0].weight)
    assert not torch.equal(data.make_input(), plain.make_input())


def test_global_random_numbers_are_untouched():
    before = torch.get_rng_state(), random.getstate(), np.random.get_state()[1].tolist()  # noqa: NPY002
    experiment = ten_spikes().replace({"training.epochs": 2})
    experiment.build()
    experiment.make_input()
    assert len(list(train(experiment))) == 2
    assert torch.equal(torch.get_rng_state(), before[0])
    assert random.getstate() == before[1]
    assert np.random.get_state()[1].tolist() == before[2]  # noqa: NPY002


def test_training_does_not_depend_on_the_global_random_numbers():
    experiment = ten_spikes().replace({"training.epochs": 2})
    torch.manual_seed(1)
    first = [record.loss for record in train(experiment)]
    torch.manual_seed(2)
    assert [record.loss for record in train(experiment)] == first


def test_experiment_cannot_be_changed_in_place():
    experiment = ten_spikes()
    with pytest.raises(ValidationError, match="frozen"):
        experiment.dt = 1.0
    with pytest.raises(ValidationError, match="frozen"):
        experiment.network[1].tau_mem = 20.0


def test_replace_gives_a_new_experiment_and_leaves_the_old():
    old = ten_spikes()
    new = old.replace({"network.1.tau_mem": 20.0, "training.lr": 0.01, "network.3.surrogate_grad_fn.grad_width": 0.25})
    assert new.network[1].tau_mem == 20.0
    assert new.training.lr == 0.01
    assert new.network[3].surrogate_grad_fn.grad_width == 0.25
    assert new.network[3].tau_mem == old.network[3].tau_mem
    assert old == ten_spikes()
    assert new.replace({"network.1.tau_mem": 10.0, "training.lr": 0.001, "network.3.surrogate_grad_fn.grad_width": 0.5}) == old


@pytest.mark.parametrize(
    "path",
    [
        "",
        "tau_mem",
        "network.0",
        "network.9.tau_mem",
        "network.-1.tau_mem",
        "network.x.tau_mem",
        "network.0.tau_mem",
        "training.rate",
        "seeds.weights.more",
    ],
)
def test_replace_refuses_a_path_that_is_no_field(path):
    with pytest.raises(ExperimentError) as caught:
        ten_spikes().replace({path: 3.0})
    assert repr(path) in str(caught.value)


def test_layers_are_called_by_number_and_kind():
    assert ten_spikes().layer_label("0") == "Linear 1"
    assert entirely_different().layer_label("2") == "IAF 3"


def test_a_network_with_nothing_to_learn_is_refused_for_training_in_words():
    integrator = Experiment(network=[{"kind": "IAF"}], input={"kind": "random_spikes", "shape": [1, 10, 4], "probability": 0.5})
    with pytest.raises(ExperimentError, match="put a Linear or Conv2d into it"):
        integrator.check_trainable()
    Experiment(network=[{"kind": "LIF", "tau_mem": 5.0}], input=integrator.input).check_trainable()  # its time constant learns


def test_a_connection_in_a_layer_is_called_as_the_layer() -> None:
    recurrent = {"kind": "LIFRecurrent", "tau_mem": 5.0, "rec_connect": {"in_features": 4, "out_features": 4}}
    experiment = Experiment(**{**dict(ten_spikes()), "network": (*ten_spikes().network[:3], recurrent)})
    assert experiment.layer_label("3.rec_connect") == experiment.layer_label("3") == "LIFRecurrent 4"


def test_a_layer_that_would_have_to_be_larger_than_any_can_be_is_a_misfit_and_no_other_error():
    shape = (1, 1, 2**31 - 1, 2**31 - 1, 2)
    layers = [{"kind": "Flatten"}, {"kind": "Linear", "in_features": 3, "out_features": 3}]
    draft = Draft(network=layers, input={"kind": "latency", "shape": shape})
    assert "set in_features to" in draft.first_misfit
    assert draft.fits()[1].shape is None
    with pytest.raises(ExperimentError, match="which no Linear can have"):
        mend(draft, 1)
