"""Weights of other programs act in an Experiment's network as they did there, and a table says which don't."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sinabs.layers
import torch
from torch import nn

from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.io.weight_transfer import Match, transfer
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


def test_a_network_with_folded_time_takes_weights_too() -> None:
    given = {name: value + 1 for name, value in convolution().build().named_parameters() if name.endswith(("weight", "bias"))}
    found = transfer(convolution(), given, "same")
    made = acting(found.checkpoint.experiment, found.checkpoint.files)
    assert all(np.array_equal(made[name], value.detach().numpy()) for name, value in given.items())


def test_weights_of_another_network_are_refused() -> None:
    other = {"0.weight": torch.ones(3, 3)}
    with pytest.raises(ExperimentError, match=r"^Nothing in 'mine' matches the network: its shape is \(3, 3\)"):
        transfer(ten_spikes(), other, "mine")
    with pytest.raises(ExperimentError, match="try by order"):
        transfer(ten_spikes(), {"a.weight": torch.ones(64, 16)}, "mine")
