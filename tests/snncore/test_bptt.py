"""Training through time: one record per epoch, seven phases in order, stopping and resuming, the end at zero loss, divergence."""

import dataclasses
import gc
import itertools
import math
import weakref
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch
from torch import nn

from snncore.activation import MembraneReset
from snncore.errors import ExperimentError
from snncore.experiment.spec import ten_spikes
from snncore.experiment.tasks.spike_count import SpikeCount
from snncore.layers import IAF, LIF, IAFSqueeze
from snncore.run.bptt import EpochRecord, Phase, Trainer, epochs, train

PHASES = list(Phase)
DATA = (torch.rand(2, 20, 4, generator=torch.Generator().manual_seed(0)) > 0.2).float()
TASK = SpikeCount(target=41)
"""A number of spikes that the network below neither starts with nor reaches within the epochs run here."""


class Session:
    """A small network, its optimiser, and its training."""

    def __init__(self, optimiser: type[torch.optim.Optimizer] = torch.optim.Adam) -> None:
        torch.manual_seed(0)
        self.model = nn.Sequential(nn.Linear(4, 6), LIF(5.0), nn.Linear(6, 3), LIF(5.0, reset_fn=MembraneReset()))
        with torch.no_grad():
            self.model[0].weight.mul_(5)
            self.model[2].weight.abs_().mul_(5)
        self.optimiser = optimiser(self.model.parameters(), lr=1e-3)

    def train(self, count: int, first_epoch: int = 0, **settings: Callable) -> Iterator[EpochRecord]:
        return itertools.islice(epochs(self.model, DATA, TASK, self.optimiser, first_epoch=first_epoch, **settings), count)

    def parameters(self) -> list[torch.Tensor]:
        return [parameter.detach().clone() for parameter in self.model.parameters()]


def assert_same_parameters(first: list[torch.Tensor], second: list[torch.Tensor]) -> None:
    assert all(torch.equal(a, b) for a, b in zip(first, second, strict=True))


def assert_same_records(first: list[EpochRecord], second: list[EpochRecord]) -> None:
    for one, other in zip(first, second, strict=True):
        np.testing.assert_equal(dataclasses.asdict(one), dataclasses.asdict(other))


def test_network_of_these_tests_spikes_and_learns():
    session = Session()
    before = {name: p.detach().clone() for name, p in session.model.named_parameters() if p.requires_grad}
    records = list(session.train(3))
    assert all(layer.spikes.any() for record in records for layer in record.layers)
    assert all(record.loss > 0 for record in records)
    assert not any(torch.equal(p, before[name]) for name, p in session.model.named_parameters() if p.requires_grad)


def test_there_is_one_record_per_epoch():
    assert [record.epoch for record in Session().train(4)] == [0, 1, 2, 3]
    assert [record.epoch for record in Session().train(2, first_epoch=7)] == [7, 8]


def test_seven_phases_are_told_in_order():
    told = []
    list(Session().train(3, on_phase=told.append))
    assert told == PHASES * 3
    assert [phase.name for phase in PHASES] == [
        "RESET_PARAMETER_GRADIENTS",
        "RESET_STATE_GRADIENTS",
        "RESET_STATES",
        "FORWARD",
        "LOSS",
        "BACKWARD",
        "UPDATE",
    ]


def test_each_phase_does_what_it_says():
    session = Session()
    list(session.train(1))
    weight, lif = session.model[0].weight, session.model[1]
    seen = {}

    def look(phase: Phase) -> None:
        seen[phase] = {
            "weight": weight.detach().clone(),
            "gradient": weight.grad is not None,
            "state in graph": lif.v_mem.requires_grad,
            "state at rest": not lif.v_mem.any(),
        }

    list(session.train(1, on_phase=look))
    facts = {name: [seen[phase][name] for phase in PHASES] for name in ("gradient", "state at rest", "state in graph")}
    assert facts["gradient"] == [True, False, False, False, False, False, True]
    assert facts["state at rest"] == [False, False, False, True, False, False, False]
    assert facts["state in graph"] == [False, False, False, False, True, True, True]
    assert all(torch.equal(seen[phase]["weight"], seen[PHASES[0]]["weight"]) for phase in PHASES)
    assert not torch.equal(weight, seen[Phase.UPDATE]["weight"])


@pytest.mark.slow
@pytest.mark.parametrize("optimiser", [torch.optim.Adam, torch.optim.RMSprop])
@pytest.mark.parametrize("phase", PHASES, ids=[phase.name for phase in PHASES])
def test_training_stopped_before_any_phase_has_changed_nothing_and_resumes_identically(phase, optimiser):
    whole, halted = Session(optimiser), Session(optimiser)
    expected = list(whole.train(5))
    asked = itertools.count()
    stop_at = 2 * len(PHASES) + PHASES.index(phase)
    records = []
    for record in halted.train(5, stop=lambda: next(asked) == stop_at):
        records.append(record)
        at_record = halted.parameters()
    assert len(records) == 2
    assert_same_parameters(halted.parameters(), at_record)
    records += halted.train(3, first_epoch=2)
    assert_same_records(records, expected)
    assert_same_parameters(halted.parameters(), whole.parameters())


def test_stop_is_asked_before_each_phase_and_the_phase_not_told():
    told = []
    asked = itertools.count()
    assert list(Session().train(5, stop=lambda: next(asked) == 3, on_phase=told.append)) == []
    assert told == PHASES[:3]


def test_record_is_of_the_forward_pass_with_the_weights_before_the_update():
    session, twin = Session(), Session()
    (record,) = session.train(1)
    lifs = [twin.model[1], twin.model[3]]
    for lif in lifs:
        lif.record_states = True
    hidden = lifs[0](twin.model[0](DATA))
    output = lifs[1](twin.model[2](hidden))
    TASK.loss(output).backward()
    assert record.spikes == output.sum().item()
    assert record.loss == (record.spikes - TASK.target) ** 2
    assert [layer.name for layer in record.layers] == ["1", "3"]
    for layer, lif, spikes in zip(record.layers, lifs, (hidden, output), strict=True):
        np.testing.assert_array_equal(layer.spikes, spikes.detach().numpy())
        np.testing.assert_array_equal(layer.u, lif.recordings["u"].detach().numpy())
        np.testing.assert_array_equal(layer.v, lif.recordings["v_mem"].detach().numpy())
        assert layer.threshold == 1.0
        assert layer.largest_u_over_threshold == layer.u.max()
    expected = {name: parameter.grad.norm().item() for name, parameter in twin.model.named_parameters() if parameter.grad is not None}
    assert record.gradient_norms == expected
    assert {"0.weight", "1.tau_mem", "3.tau_mem"} <= set(expected)


def test_largest_u_is_relative_to_the_threshold_of_its_neuron():
    model = nn.Sequential(nn.Linear(4, 2), IAF(spike_threshold=torch.tensor([0.5, 4.0])))
    (record,) = itertools.islice(epochs(model, DATA, TASK, torch.optim.SGD(model.parameters(), lr=0.0)), 1)
    layer = record.layers[0]
    assert layer.threshold.tolist() == [0.5, 4.0]
    assert layer.largest_u_over_threshold == max(layer.u[..., 0].max() / 0.5, layer.u[..., 1].max() / 4.0)


def test_squeezed_layer_is_recorded_with_batch_and_time_apart():
    model = nn.Sequential(nn.Flatten(0, 1), nn.Linear(4, 3), IAFSqueeze(batch_size=2))
    (record,) = itertools.islice(epochs(model, DATA, TASK, torch.optim.SGD(model.parameters(), lr=0.0)), 1)
    assert record.layers[0].spikes.shape == record.layers[0].u.shape == (2, 20, 3)


def test_training_ends_at_zero_loss(one_thread):
    records = list(train(ten_spikes()))
    assert records[-1].loss == 0
    assert records[-1].spikes == 10
    assert all(record.loss > 0 for record in records[:-1])
    assert len(records) < ten_spikes().training.epochs


def test_training_runs_no_more_epochs_than_the_experiment_says():
    assert len(list(train(ten_spikes().replace({"training.epochs": 3})))) == 3


def test_records_are_plain_arrays_and_stay_as_they_were():
    steps = Session().train(3)
    record = next(steps)
    for layer in record.layers:
        assert {type(value) for value in (layer.spikes, layer.u, layer.v, layer.threshold)} == {np.ndarray}
    before = {name: value.copy() for name, value in vars(record.layers[0]).items() if isinstance(value, np.ndarray)}
    list(steps)
    for name, value in before.items():
        np.testing.assert_array_equal(getattr(record.layers[0], name), value)


def test_recorded_threshold_is_the_one_before_the_update():
    model = nn.Sequential(nn.Linear(4, 2), IAF(spike_threshold=0.25))
    threshold = model[1].spike_threshold.requires_grad_()
    records = list(itertools.islice(epochs(model, DATA, TASK, torch.optim.SGD([threshold], lr=1e-6)), 3))
    assert records[0].layers[0].threshold == 0.25
    assert len({float(record.layers[0].threshold) for record in records} | {threshold.item()}) == 4


def test_records_do_not_hold_the_graph():
    session = Session()
    inputs = []
    session.model[2].register_forward_hook(lambda module, args, output: inputs.append(weakref.ref(args[0])))
    records = list(session.train(2))
    gc.collect()
    assert len(inputs) == len(records) == 2
    assert all(held() is None for held in inputs)
    assert not any(getattr(lif, name).requires_grad for lif in (session.model[1], session.model[3]) for name in lif.state_names)


# ------------------------------------------------------------------------------------------- changes while it trains

CHANGES = (
    {"training.lr": 0.02},
    {"training.optimiser": "Adam"},
    {"training.task.target": 3},
    {"network.3.surrogate_grad_fn": "FastSigmoid"},
)


@pytest.mark.slow
@pytest.mark.parametrize("changes", CHANGES, ids=[next(iter(changes)) for changes in CHANGES])
def test_a_change_acts_from_its_epoch_on_and_never_before(changes):
    plain = ten_spikes().replace({"training.epochs": 8})
    before, after = list(train(plain)), list(train(plain.changed(5, changes)))
    assert [record.loss for record in after[:5]] == [record.loss for record in before[:5]]
    assert [record.gradient_norms for record in after[:5]] == [record.gradient_norms for record in before[:5]]
    assert [record.gradient_norms for record in after[5:]] != [record.gradient_norms for record in before[5:]]


def test_a_change_at_epoch_0_is_the_same_as_having_had_it_from_the_start():
    for changes in CHANGES:
        changed = list(train(ten_spikes().replace({"training.epochs": 5}).changed(0, changes)))
        edited = list(train(ten_spikes().replace({"training.epochs": 5, **changes})))
        assert [record.gradient_norms for record in changed] == [record.gradient_norms for record in edited]


def test_a_trainer_that_is_changed_between_epochs_repeats_from_its_experiment():
    trainer = Trainer(ten_spikes())
    records = list(trainer.epochs(3))
    trainer.change({"training.lr": 0.01})
    trainer.change({"training.lr": 0.02})
    records += trainer.epochs(3)
    assert [change.model_dump() for change in trainer.experiment.training.changes] == [{"epoch": 3, "field": "training.lr", "value": 0.02}]
    again = list(itertools.islice(train(trainer.experiment), 6))
    assert [record.gradient_norms for record in again] == [record.gradient_norms for record in records]


@pytest.mark.parametrize("field", ["network.1.tau_mem", "seeds.weights", "training.epochs", "training.lr.x"])
def test_what_cannot_be_changed_while_training_runs_is_refused_with_its_name(field):
    with pytest.raises(ExperimentError, match="field"):
        ten_spikes().changed(3, {field: 1})


def test_a_change_to_a_value_that_cannot_be_is_refused_with_its_epoch():
    with pytest.raises(ExperimentError, match=r"the change at epoch 3: training.lr is -1"):
        ten_spikes().changed(3, {"training.lr": -1.0})


def test_the_norm_of_a_finite_gradient_is_finite_though_its_square_leaves_float32():
    steep = {"network.1.surrogate_grad_fn": {"kind": "SingleExponential", "grad_scale": 1e28}, "input.shape": (1, 1, 16)}
    (record,) = train(ten_spikes().replace({**steep, "training.epochs": 1}))
    norms = record.gradient_norms
    assert max(norms.values()) > 1e25
    assert all(map(math.isfinite, norms.values()))


# ------------------------------------------------------------------------------------ what records hold of parameters


def values_of(model: nn.Module) -> dict[str, np.ndarray]:
    return {name: parameter.detach().clone().numpy() for name, parameter in model.named_parameters()}


def test_a_record_holds_every_parameter_as_its_epoch_began_and_keeps_it():
    session = Session()
    began, records = [values_of(session.model)], []
    for record in session.train(4):
        records.append(record)
        began.append(values_of(session.model))
    for record, values in zip(records, began, strict=False):
        np.testing.assert_equal(record.parameters, values)
    assert all(not np.array_equal(one["0.weight"], other["0.weight"]) for one, other in itertools.pairwise(began))


def test_with_the_parameters_of_a_record_a_network_does_what_the_record_says():
    *_, last = Session().train(5)
    model = Session().model
    model.load_state_dict({name: torch.from_numpy(values) for name, values in last.parameters.items()}, strict=False)
    again = next(epochs(model, DATA, TASK, torch.optim.SGD(model.parameters(), lr=0.0)))
    assert (again.loss, again.spikes, again.gradient_norms) == (last.loss, last.spikes, last.gradient_norms)
    for one, other in zip(again.layers, last.layers, strict=True):
        np.testing.assert_array_equal(one.u, other.u)
        np.testing.assert_array_equal(one.spikes, other.spikes)


def test_time_constants_and_thresholds_of_a_record_are_means_of_its_parameters():
    (record,) = Session().train(1)
    assert record.constants.keys() == {name for name in record.parameters if name.endswith(("tau_mem", "spike_threshold"))}
    assert record.constants == {name: record.parameters[name].mean() for name in record.constants}


def test_a_record_that_is_reduced_to_its_numbers_holds_no_parameters_and_all_numbers():
    (record,) = Session().train(1)
    reduced = record.reduced()
    assert reduced.parameters == {}
    for name in ("epoch", "spikes", "loss", "gradient_norms", "reach", "rates", "constants"):
        assert getattr(reduced, name) == getattr(record, name)
    assert reduced.nbytes == 0
    assert record.nbytes > sum(values.nbytes for values in record.parameters.values())
