"""Weights of other programs act in an Experiment's network as they did there, and a table says which don't."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sinabs.layers
import torch
from torch import nn

from snncore.errors import ExperimentError
from snncore.experiment.parameters import is_weight
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.io.weight_transfer import Match, Order, transfer
from snncore.run.simulation import simulate
from tests.snncore.plain_torch import ann


def acting(experiment: Experiment, files: Any) -> dict[str, Any]:
    return {name: value.detach().numpy() for name, value in experiment.build(files).named_parameters()}


def test_weights_in_order_act_in_the_network() -> None:
    model = ann()
    found = transfer(ten_spikes(), model.state_dict(), "mine.pt", by="order")
    parameters = acting(found.checkpoint.experiment, found.checkpoint.files)
    for own, theirs in (("0.weight", "hidden.weight"), ("0.bias", "hidden.bias"), ("2.weight", "out.weight"), ("2.bias", "out.bias")):
        assert np.array_equal(parameters[own], model.get_parameter(theirs).detach().numpy())
        assert Match(own, theirs, parameters[own].shape, parameters[own].shape) in found.table
    reasons = {row.source: row.reason for row in found.table if row.parameter is None}
    assert set(reasons) == {f"norm.{name}" for name in ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")}
    assert all(reason and "fold it" in reason for reason in reasons.values())


def test_what_does_not_match_stays_drawn_and_the_table_says_why() -> None:
    weights = {"0.weight": torch.ones(64, 16), "2.weight": torch.ones(3, 64), "9.weight": torch.ones(1), "1.tau_mem": torch.tensor(33.0)}
    found = transfer(ten_spikes(), weights, "partly")
    rows = {row.parameter or row.source: row for row in found.table}
    assert [name for name, row in rows.items() if row.is_taken] == ["0.weight", "1.tau_mem"]
    assert rows["2.weight"].reason == "its shape is (3, 64), but the network takes (4, 64)"
    assert rows["2.bias"].reason == "the file has no such name"
    assert rows["9.weight"].reason == "the network has no such name"
    made, drawn = acting(found.checkpoint.experiment, found.checkpoint.files), acting(ten_spikes(), {})
    assert (made["0.weight"] == 1).all()
    assert found.checkpoint.experiment.network[1].tau_mem == 33.0
    for name in ("0.bias", "2.weight", "2.bias"):
        assert np.array_equal(made[name], drawn[name])
    lines = str(found).splitlines()
    assert lines[0].split() == ["network", "file"]
    assert len(lines) == 1 + len(found.table)


@pytest.mark.parametrize(
    ("given", "acts", "held"),
    [
        (-12.0, 0.1, "held at 0.1, since the file has -12"),
        (1e30, 2.0**24, "held at 16777216, since the file has 1e+30"),
        (0.1, 0.1, ""),
        (33.3, 33.3, ""),
    ],
)
@pytest.mark.parametrize("train_alphas", [False, True])
def test_a_constant_out_of_bounds_is_said_to_be_held_where_the_network_has_it(
    given: float, acts: float, held: str, train_alphas: bool
) -> None:
    experiment = ten_spikes().replace({"network.1.train_alphas": train_alphas})
    own = "1.alpha_mem" if train_alphas else "1.tau_mem"
    value = torch.tensor(given)
    if train_alphas:
        value = torch.exp(-1 / value)  # above 1 for a negative τ
        held = held and ("held at 0.99999994, since the file has 1.0869" if given < 0 else "")  # an α may be 1, but for roundings
        acts = 2.0**24 if given < 0 else acts
    found = transfer(experiment, {own: value}, "odd")
    row = next(row for row in found.table if row.parameter == own)
    assert row.is_taken
    assert row.held.startswith(held) if held else row.held == ""
    assert ("held" in str(found)) is bool(held)
    assert found.checkpoint.experiment.network[1].tau_mem == pytest.approx(acts, rel=1e-5)


def test_a_threshold_that_learns_is_said_to_be_held_where_learning_holds_it() -> None:
    experiment = ten_spikes().replace({"network.1.learns": ["spike_threshold"]})
    found = transfer(experiment, {"1.spike_threshold": torch.tensor(0.001)}, "low")
    row = next(row for row in found.table if row.parameter == "1.spike_threshold")
    assert row.held == "held at 0.01, since the file has 0.001"


def test_of_constants_for_each_neuron_those_that_are_held_are_counted() -> None:
    experiment = ten_spikes().replace({"network.1.tau_mem": [10.0] * 64})
    found = transfer(experiment, {"1.tau_mem": torch.linspace(-2, 61, 64)}, "odd")
    assert next(row for row in found.table if row.parameter == "1.tau_mem").held == "3 of 64 values are held at 0.1"


def test_a_network_of_sinabs_spikes_the_same_here() -> None:
    torch.manual_seed(3)
    theirs = nn.Sequential(
        nn.Linear(5, 8),
        sinabs.layers.LIF(tau_mem=6.0, spike_threshold=torch.tensor(0.3)),
        nn.Linear(8, 4),
        sinabs.layers.ALIF(tau_mem=7.0, tau_adapt=20.0, spike_threshold=torch.tensor(0.125)),
    )
    with torch.no_grad():
        for layer in (theirs[0], theirs[2]):
            layer.weight *= 6
        theirs[2].weight[0] = theirs[2].bias[0] = 0  # a silent neuron tells b0 exactly
    experiment = Experiment(
        network=[
            {"kind": "Linear", "in_features": 5, "out_features": 8},
            {"kind": "LIF", "tau_mem": 20.0},
            {"kind": "Linear", "in_features": 8, "out_features": 4},
            {"kind": "ALIF", "tau_mem": 20.0, "tau_adapt": 50.0},
        ],
        input={"shape": (1, 60, 5), "probability": 0.8},
    )
    z = experiment.make_input()
    expected = theirs(z)
    found = transfer(experiment, theirs.state_dict(), "sinabs.pt")
    [simulation] = simulate(found.checkpoint.experiment, dict(found.checkpoint.files))
    assert expected.any()
    assert np.array_equal(simulation.outputs[-1], expected.detach().numpy())
    assert not any("v_mem" in str(row.source) for row in found.table)
    base = next(row for row in found.table if row.parameter == "3.b0")
    assert (base.source, base.is_taken) == ("3.spike_threshold", True)


BY = pytest.mark.parametrize("by", ["name", "order"])

ADAPTIVE = Experiment(
    network=[{"kind": "Linear", "in_features": 5, "out_features": 4}, {"kind": "ALIF", "tau_mem": 20.0, "tau_adapt": 50.0}],
    input={"shape": (1, 60, 5), "probability": 0.8},
)


def adaptive(adapt_scale: float = 1.8, train_alphas: bool = False) -> nn.Sequential:
    """The same network in Sinabs, with other constants."""
    torch.manual_seed(2)
    layer = sinabs.layers.ALIF(
        tau_mem=7.0, tau_adapt=25.0, adapt_scale=adapt_scale, spike_threshold=torch.tensor(0.7), train_alphas=train_alphas
    )
    return nn.Sequential(nn.Linear(5, 4), layer)


def driven(model: nn.Sequential, drive: float | torch.Tensor = 3.0) -> nn.Sequential:
    model[1](drive * torch.ones(2, 40, 4))
    return model


def base_row(model: nn.Module, by: Order) -> tuple[Match, float]:
    """The row of the base threshold, and the threshold in the network."""
    found = transfer(ADAPTIVE, model.state_dict(), "sinabs.pt", by)
    return next(row for row in found.table if row.parameter == "1.b0"), found.checkpoint.experiment.network[1].spike_threshold


@BY
def test_a_base_threshold_names_the_adapt_scale_that_it_takes_for_granted(by: Order) -> None:
    row, base = base_row(driven(adaptive()), by)
    assert row.is_taken
    assert row.remark == "if its adapt_scale was 1.8 too, which Sinabs doesn't save"
    assert base == pytest.approx(0.7, rel=1e-6)
    row, base = base_row(driven(adaptive(), 0.0), by)
    assert (row.remark, base) == ("", pytest.approx(0.7)), "without adaptation it doesn't matter"


@BY
def test_thresholds_that_contradict_the_adapt_scale_give_no_base_and_tell_the_right_one(by: Order) -> None:
    row, base = base_row(driven(adaptive(adapt_scale=0.5), torch.tensor([1.0, 2.0, 3.0, 4.0])), by)
    assert row.source == "1.spike_threshold"
    assert str(row.reason).startswith("with adapt_scale 1.8 its thresholds tell a b0 from ")
    assert str(row.reason).endswith("they fit 0.5")
    assert base == 1.0, "it stays as it was"


@BY
@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (adaptive, "its layer wasn't called before it was saved, so its threshold is empty; call the model once, then save"),
        (lambda: reset(driven(adaptive())), "its threshold is 0, as after a reset; call the model once, then save"),
    ],
    ids=["never called", "reset"],
)
def test_a_layer_that_was_not_called_is_named_as_the_reason_that_its_base_threshold_stays(
    by: Order, model: Callable[[], nn.Module], reason: str
) -> None:
    row, base = base_row(model(), by)
    assert (row.source, row.reason) == ("1.spike_threshold", reason)
    assert base == 1.0


def reset(model: nn.Sequential) -> nn.Sequential:
    model[1].reset_states()
    return model


@BY
def test_a_decay_of_sinabs_gives_the_time_constant(by: Order) -> None:
    found = transfer(ADAPTIVE, driven(adaptive(train_alphas=True)).state_dict(), "alphas.pt", by)
    told = {row.parameter: (row.source, row.is_taken, row.remark) for row in found.table}
    assert told["1.tau_mem"] == ("1.alpha_mem", True, "as τ = -1/ln(α)")
    assert told["1.tau_adapt"] == ("1.alpha_adapt", True, "as τ = -1/ln(α)")
    layer = found.checkpoint.experiment.network[1]
    assert (layer.tau_mem, layer.tau_adapt) == (pytest.approx(7.0), pytest.approx(25.0, rel=1e-5))
    assert not any(row.parameter is None for row in found.table)


@pytest.mark.parametrize("alpha", [0.0, 1.0, 1.2, -0.5])
def test_a_decay_that_no_time_constant_has_is_not_taken(alpha: float) -> None:
    weights = {"0.weight": torch.ones(4, 5), "1.alpha_mem": torch.tensor(alpha)}
    row = next(row for row in transfer(ADAPTIVE, weights, "odd").table if row.parameter == "1.tau_mem")
    assert row.reason == f"its α is {alpha:g}, but a τ has an α above 0 and below 1"


def test_a_network_with_folded_time_takes_weights_too() -> None:
    given = {name: value + 1 for name, value in convolution().build().named_parameters() if name.endswith(("weight", "bias"))}
    found = transfer(convolution(), given, "same")
    made = acting(found.checkpoint.experiment, found.checkpoint.files)
    assert all(np.array_equal(made[name], value.detach().numpy()) for name, value in given.items())


def test_weights_of_another_network_are_refused() -> None:
    other = {"0.weight": torch.ones(3, 3)}
    reason = r"'0\.weight' isn't taken as the weight of Linear 1, since its shape is \(3, 3\)"
    with pytest.raises(ExperimentError, match=f"^Nothing in 'mine' matches the network: {reason}"):
        transfer(ten_spikes(), other, "mine")
    with pytest.raises(ExperimentError, match="try by order"):
        transfer(ten_spikes(), {"a.weight": torch.ones(64, 16)}, "mine")


def test_order_is_not_advised_where_it_was_tried() -> None:
    norm = {f"1.{name}": torch.ones(3) for name in ("weight", "bias", "running_mean", "running_var")}
    with pytest.raises(ExperimentError, match=r"'1\.weight' is left over, since it belongs to a batch norm; fold it"):
        transfer(ten_spikes(), norm, "norm", by="order")


# ---------------------------------------------------------------------------------- what doesn't match, in both ways


WEIGHTS = {"0.weight": torch.ones(64, 16), "0.bias": torch.ones(64), "2.weight": torch.ones(4, 64), "2.bias": torch.ones(4)}
"""Those of the ten-spike network."""


def rows(weights: dict[str, torch.Tensor], by: Order) -> dict[str, str | None]:
    """Why weights aren't taken, None if they are, by their name in the network or else in the file."""
    given = {name if by == "name" else f"own{name}": value for name, value in weights.items()}
    table = transfer(ten_spikes(), given, "mine", by).table
    return {(row.parameter or str(row.source)): row.reason for row in table if not row.parameter or is_weight(row.parameter)}


@BY
def test_weights_that_all_match_are_all_taken(by: Order) -> None:
    assert rows(WEIGHTS, by) == dict.fromkeys(WEIGHTS)


@BY
@pytest.mark.parametrize("shape", [(16, 64), (65, 16), (64, 16, 1), (1024,), (1,), (0,)])
def test_a_weight_of_another_shape_stays_even_where_it_has_as_many_values(by: Order, shape: tuple[int, ...]) -> None:
    found = rows({**WEIGHTS, "0.weight": torch.ones(shape)}, by)
    assert found == {**dict.fromkeys(WEIGHTS), "0.weight": f"its shape is {shape}, but the network takes (64, 16)"}


@BY
def test_a_bias_that_a_layer_lacks_is_missing_from_that_layer_alone(by: Order) -> None:
    found = rows({name: value for name, value in WEIGHTS.items() if name != "0.bias"}, by)
    reason = "the file has no such name" if by == "name" else "its layer in the file has no bias"
    assert found == {**dict.fromkeys(WEIGHTS), "0.bias": reason}


@BY
def test_a_layer_that_the_file_lacks_stays(by: Order) -> None:
    found = rows({name: value for name, value in WEIGHTS.items() if name.startswith("0.")}, by)
    reason = "the file has no such name" if by == "name" else "the file has no layer left for it"
    assert found == {**dict.fromkeys(WEIGHTS), "2.weight": reason, "2.bias": reason}


@BY
def test_a_layer_that_the_file_has_more_is_left(by: Order) -> None:
    found = rows({**WEIGHTS, "4.weight": torch.ones(2, 4)}, by)
    extra, reason = ("4.weight", "name") if by == "name" else ("own4.weight", "layer left for it")
    assert {name: why for name, why in found.items() if name != extra} == dict.fromkeys(WEIGHTS)
    assert str(found[extra]).startswith("the network has no ")
    assert str(found[extra]).endswith(reason)


def test_in_order_a_layer_in_front_moves_all_others_and_each_says_why_it_does_not_fit() -> None:
    found = rows({"pre.weight": torch.ones(64, 16), **WEIGHTS}, "order")
    assert found["0.weight"] is None
    assert found["2.weight"] == "its shape is (64, 16), but the network takes (4, 64)"
    assert found["own2.weight"] == "the network has no layer left for it"
