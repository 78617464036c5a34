"""A linear layer's first weights as data: each kind's matrix, and that a layer's kind of weights changes no other layer."""

import json
import math
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor, nn

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment.spec import Experiment
from snncore.experiment.torch_layers import LinearSpec
from snncore.experiment.weights import RandomWeights

CONSTANT = {"kind": "constant", "value": 0.25}
INHIBITION = {"kind": "diagonal", "diagonal": 0.0, "others": -2.0}
CHAIN = {"kind": "chain", "groups": 3, "value": 0.5}
STRUCTURED = [CONSTANT, {"kind": "diagonal"}, INHIBITION, CHAIN, {**CHAIN, "offset": -2}]


def experiment(first: dict[str, Any], recurrent: dict[str, Any] | None = None, inputs: int = 7, neurons: int = 5) -> Experiment:
    """Linear, a recurrent layer, and another Linear: the first two with these weights."""
    connection = {"in_features": neurons, "out_features": neurons, "weights": recurrent or {"kind": "random"}}
    return Experiment(
        network=(
            {"kind": "Linear", "in_features": inputs, "out_features": neurons, "weights": first},
            {"kind": "LIFRecurrent", "tau_mem": 5.0, "rec_connect": connection},
            {"kind": "Linear", "in_features": neurons, "out_features": 3},
        ),
        input={"shape": (1, 4, inputs), "probability": 0.5},
    )


def parameters(first: dict[str, Any], recurrent: dict[str, Any] | None = None) -> dict[str, Tensor]:
    return dict(experiment(first, recurrent).build().named_parameters())


def matrix(weights: dict[str, Any], outputs: int, inputs: int) -> list[list[float]]:
    built = LinearSpec(in_features=inputs, out_features=outputs, weights=weights).build(torch.Generator(), torch.Generator())
    assert isinstance(built, nn.Linear)
    return built.weight.tolist()


sizes = st.integers(1, 12)
values = st.floats(-100, 100, width=32)


@given(st.floats(0, 100, width=32))
def test_gain_scales_the_weights_that_torch_draws_and_leaves_the_bias(gain):
    with torch.random.fork_rng():
        torch.manual_seed(0)
        drawn = nn.Linear(7, 5)
    scaled = parameters({"kind": "random", "gain": gain})
    assert torch.equal(scaled["0.weight"], drawn.weight * gain)
    assert torch.equal(scaled["0.bias"], drawn.bias)


@given(sizes, sizes, values)
def test_constant_weights_are_one_value(outputs, inputs, value):
    assert matrix({"kind": "constant", "value": value}, outputs, inputs) == [[value] * inputs] * outputs


@given(sizes, sizes, values, values)
def test_diagonal_weights_tell_the_neuron_of_the_same_number_from_the_others(outputs, inputs, diagonal, others):
    expected = [[diagonal if n == m else others for m in range(inputs)] for n in range(outputs)]
    assert matrix({"kind": "diagonal", "diagonal": diagonal, "others": others}, outputs, inputs) == expected


def test_diagonal_weights_pass_every_input_on_by_default():
    assert matrix({"kind": "diagonal"}, 4, 4) == torch.eye(4).tolist()


def bounds(count: int, groups: int) -> list[int]:
    """Where each group begins, and the last one ends."""
    return [math.ceil(g * count / groups) for g in range(groups + 1)]


@given(st.data(), st.integers(2, 12), st.integers(2, 12), values)
def test_a_chain_leads_from_each_group_to_the_one_at_the_offset_and_from_the_last_nowhere(data, outputs, inputs, value):
    groups = data.draw(st.integers(2, min(outputs, inputs)))
    offset = data.draw(st.integers(1 - groups, groups - 1))
    neurons, sources = bounds(outputs, groups), bounds(inputs, groups)
    expected = torch.zeros(outputs, inputs)
    for g in range(max(0, -offset), min(groups, groups - offset)):
        expected[neurons[g + offset] : neurons[g + offset + 1], sources[g] : sources[g + 1]] = value
    assert matrix({"kind": "chain", "groups": groups, "value": value, "offset": offset}, outputs, inputs) == expected.tolist()


@given(st.integers(2, 12), st.integers(2, 40))
def test_groups_of_a_chain_are_of_nearly_equal_size(groups, count):
    groups = min(groups, count)
    within = matrix({"kind": "chain", "groups": groups, "value": 1.0, "offset": 0}, count, count)
    sizes_of_groups = {int(sum(row)) for row in within}
    assert max(sizes_of_groups) - min(sizes_of_groups) <= 1
    assert len({tuple(row) for row in within}) == groups


def test_normal_weights_have_their_distribution():
    linear = LinearSpec(in_features=300, out_features=200, weights={"kind": "normal", "mean": 2.0, "std": 0.5})
    weight = linear.build(torch.Generator().manual_seed(1), torch.Generator()).weight.detach()
    quantiles = torch.linspace(0.01, 0.99, 9)
    normal = 2 + 0.5 * math.sqrt(2) * torch.erfinv(2 * quantiles - 1)
    torch.testing.assert_close(weight.flatten().quantile(quantiles), normal, rtol=0, atol=0.02)
    assert weight.isfinite().all()


@pytest.mark.parametrize("weights", STRUCTURED)
def test_structured_weights_have_no_bias_and_are_trained(weights):
    built = parameters(weights, weights)
    for name in ("0", "1.rec_connect"):
        assert not built[f"{name}.bias"].any()
        assert built[f"{name}.weight"].requires_grad
        assert built[f"{name}.weight"].is_leaf
    model = experiment(weights, weights).build()
    model(torch.ones(1, 4, 7)).sum().backward()
    assert all(parameter.grad is not None for name, parameter in model.named_parameters() if name.startswith("0"))


@pytest.mark.parametrize("weights", [{"kind": "random", "gain": 3.0}, {"kind": "normal"}, *STRUCTURED])
def test_a_kind_of_weights_changes_no_other_layer(weights):
    plain, first, recurrent = parameters({"kind": "random"}), parameters(weights), parameters({"kind": "random"}, weights)
    assert [name for name in plain if not torch.equal(first[name], plain[name]) and not name.startswith("0.")] == []
    assert [name for name in plain if not torch.equal(recurrent[name], plain[name]) and "rec_connect" not in name] == []
    assert not torch.equal(first["0.weight"], plain["0.weight"])
    assert not torch.equal(recurrent["1.rec_connect.weight"], plain["1.rec_connect.weight"])


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("weights", [{"kind": "random", "gain": 0.5}, {"kind": "normal", "std": 0.5}, *STRUCTURED])
def test_weights_return_from_json_as_they_were(weights, compact):
    made = experiment(weights, weights)
    assert Experiment.from_json(made.to_json(compact=compact)) == made


def test_compact_json_leaves_out_what_torch_draws():
    linear, recurrent, _ = json.loads(experiment({"kind": "random"}, INHIBITION).to_json(compact=True))["network"]
    assert linear == {"kind": "Linear", "in_features": 7, "out_features": 5}
    assert recurrent["rec_connect"]["weights"] == {"kind": "diagonal", "diagonal": 0.0, "others": -2.0}


def test_weights_are_random_where_none_are_named():
    assert LinearSpec(in_features=2, out_features=2).weights == RandomWeights(gain=1.0)


def test_weights_are_changed_by_path():
    changed = experiment(CONSTANT).replace({"network.0.weights": CHAIN}).replace({"network.0.weights.groups": 5})
    assert changed == experiment({**CHAIN, "groups": 5})


@pytest.mark.parametrize(
    ("weights", "words"),
    [
        ("random", ["weights is 'random'", '"kind"', "random, normal, constant, diagonal, chain"]),
        ({"kind": "ring"}, ["weights is {'kind': 'ring'}", '"kind"', "random, normal, constant, diagonal, chain"]),
        ({"kind": ["chain"]}, ["random, normal, constant, diagonal, chain"]),
        ({"value": 1.0}, ['"kind"', "random, normal, constant, diagonal, chain"]),
        (None, ["weights is None", "random, normal, constant, diagonal, chain"]),
        ({"kind": "constant"}, ["value is missing", "give it a value"]),
        ({"kind": "constant", "value": math.nan}, ["value is nan", "finite"]),
        ({"kind": "constant", "value": 1e300}, ["value is 1e+300", "less than or equal to 1000000"]),
        ({"kind": "random", "gain": -1.0}, ["gain is -1", "greater than or equal to 0"]),
        ({"kind": "random", "value": 1.0}, ["value", "not a field it knows", "remove it"]),
        ({"kind": "chain", "groups": 1, "value": 1.0}, ["groups is 1", "greater than or equal to 2"]),
        ({"kind": "chain", "groups": 6, "value": 1.0}, ["a chain of 6 groups", "5 out_features", "set groups to at most 5"]),
        ({"kind": "chain", "groups": 3, "value": 1.0, "offset": 3}, ["no group is 3 ahead in a chain of 3", "set offset between -2 and 2"]),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_what_would(weights, words):
    with pytest.raises(ExperimentError) as caught:
        experiment(weights)
    assert [word for word in ["Linear 1", *words] if word not in str(caught.value)] == [], caught.value


def test_weights_of_a_recurrent_connection_that_do_not_fit_name_it():
    with pytest.raises(ExperimentError, match=r"LIFRecurrent 2: rec_connect: .* set groups to at most 5"):
        experiment({"kind": "random"}, {**CHAIN, "groups": 9})


@given(st.integers(2, 9), st.integers(-8, 8), sizes, sizes)
def test_what_is_offered_for_a_chain_that_does_not_fit_does_fit(groups, offset, outputs, inputs):
    chain = {"kind": "chain", "groups": groups, "value": 1.0, "offset": max(1 - groups, min(offset, groups - 1))}
    layer = LinearSpec(in_features=inputs, out_features=outputs, weights=chain)
    if groups <= min(inputs, outputs):
        assert layer.output_shape((inputs,)) == (outputs,)
    else:
        with pytest.raises(MisfitError, match=f"a chain of {groups} groups") as caught:
            layer.output_shape((inputs,))
        assert LinearSpec(**{**layer.model_dump(), **caught.value.remedy}).output_shape((inputs,)) == (outputs,)
