"""What was changed while an Experiment trained: in force from its epoch on, whatever order it is told in, at the cost of one part each."""

from __future__ import annotations

import json
from itertools import permutations
from typing import Any

import pytest
import torch

from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.run.bptt import train


def change(epoch: int, field: str, value: Any) -> dict[str, Any]:
    return {"epoch": epoch, "field": field, "value": value}


def with_changes(*changes: dict[str, Any]) -> Experiment:
    data = json.loads(ten_spikes().to_json())
    data["training"]["changes"] = list(changes)
    return Experiment.from_json(json.dumps(data))


def test_a_change_is_in_force_from_its_epoch_on_and_no_other_field_with_it() -> None:
    made = with_changes(change(2, "training.lr", 0.5), change(5, "network.1.learns", []), change(5, "training.task.target", 3))
    first = ten_spikes().replace({"training.lr": 0.5})
    both = first.replace({"network.1.learns": [], "training.task.target": 3})
    assert [made.in_force(epoch) for epoch in (-1, 0, 1)] == [ten_spikes()] * 3
    assert [made.in_force(epoch) for epoch in (2, 3, 4)] == [first] * 3
    assert [made.in_force(epoch) for epoch in (5, 6, 2**53)] == [both] * 3
    assert made.settled == both


def test_changes_are_made_in_the_order_of_their_epochs_in_whatever_order_they_come() -> None:
    changes = change(1, "training.lr", 0.1), change(4, "training.lr", 0.4), change(9, "training.optimiser", "SGD")
    made = with_changes(*changes)
    assert [made.in_force(epoch).training.lr for epoch in (0, 1, 3, 4, 20)] == [0.001, 0.1, 0.1, 0.4, 0.4]
    for order in permutations(changes):
        assert with_changes(*order) == made


def test_of_two_changes_of_one_field_at_one_epoch_the_later_is_made_and_kept() -> None:
    made = with_changes(change(3, "training.lr", 0.1), change(3, "training.optimiser", "SGD"), change(3, "training.lr", 0.2))
    assert made == with_changes(change(3, "training.lr", 0.2), change(3, "training.optimiser", "SGD"))
    assert made.in_force(3).training.lr == 0.2


def test_a_training_with_its_changes_out_of_order_is_the_same_training() -> None:
    changes = change(1, "training.lr", 0.1), change(2, "training.lr", 0.01), change(2, "training.task.target", 40)
    in_order, out_of_order = (with_changes(*order).replace({"training.epochs": 4}) for order in (changes, changes[::-1]))
    assert [record.loss for record in train(in_order)] == [record.loss for record in train(out_of_order)]


@pytest.mark.parametrize("inputs", [16, 17])
def test_a_draft_whose_changes_can_not_be_made_is_refused_whether_its_layers_fit_or_not(inputs: int) -> None:
    data = json.loads(ten_spikes().to_json())
    data["network"][0]["in_features"] = inputs
    data["training"]["changes"] = [change(7, "network.0.learns", ["tau_mem"])]
    with pytest.raises(ExperimentError, match=r"the change at epoch 7: Linear 1: learns names 'tau_mem'"):
        Draft.from_json(json.dumps(data))


def test_each_change_builds_only_the_layer_that_it_changes() -> None:
    """So that n changes of a network of m layers cost n + m layers, not n × m."""
    registered: list[str] = []
    hook = torch.nn.modules.module.register_module_parameter_registration_hook(lambda module, name, parameter: registered.append(name))
    layers, changes = 100, 200
    data = {
        "network": [{"kind": "LIF", "tau_mem": 5.0}] * layers,
        "input": {"shape": [1, 2, 1], "probability": 0.5},
        "training": {"changes": [change(epoch, f"network.{epoch % layers}.surrogate_grad_fn", "ATan") for epoch in range(changes)]},
    }
    try:
        made = Experiment.from_json(json.dumps(data))
        of_a_layer = len(list(made.network[0].build(torch.Generator(), torch.Generator()).parameters()))
        assert 0 < len(registered) <= (layers + changes + 1) * of_a_layer
        registered.clear()
        for epoch in range(changes):
            made.in_force(epoch)
        assert not registered
    finally:
        hook.remove()
