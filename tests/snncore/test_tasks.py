"""The spike-count task: the squared distance of all output spikes, or of the sum of other outputs, from the target."""

from dataclasses import replace

import pytest
import torch

from snncore.experiment.spec import Experiment, convolution, ten_spikes
from snncore.experiment.tasks.spike_count import OutputSum, SpikeCount
from snncore.run.bptt import train


@pytest.mark.parametrize("target", [0, 4, 10])
def test_loss_is_the_squared_distance_of_the_count_from_the_target(target):
    output = torch.tensor([[[1.0, 0.0], [2.0, 1.0]], [[0.0, 0.0], [0.0, 3.0]]])
    assert SpikeCount(target=target).loss(output).item() == (7 - target) ** 2


def test_gradient_is_twice_the_distance_for_every_spike():
    output = torch.ones(1, 3, 2, requires_grad=True)
    SpikeCount(target=10).loss(output).backward()
    assert output.grad.flatten().tolist() == [-8.0] * 6


def test_target_is_ten_unless_given():
    assert SpikeCount().loss(torch.ones(1, 10, 1)).item() == 0.0


# ------------------------------------------------------------------------------------- an output that doesn't spike


def ending_in(last):
    """The ten-spike network with another last layer."""
    data = ten_spikes().model_dump()
    return Experiment(**{**data, "network": [*data["network"][:3], last]})


LINEAR, LEAKY = {"kind": "Linear", "in_features": 4, "out_features": 3}, {"kind": "ExpLeak", "tau_mem": 10.0}


@pytest.mark.parametrize(
    ("experiment", "measured"), [(ten_spikes(), SpikeCount()), (convolution(), OutputSum()), (ending_in(LEAKY), OutputSum())]
)
def test_the_output_decides_whether_spikes_are_counted_or_values_added_up(experiment, measured):
    assert experiment.training.task == SpikeCount()
    assert experiment.task == measured
    (record,) = train(experiment.replace({"training.epochs": 1}))
    assert record.task == measured
    assert record.does_spike == isinstance(measured, SpikeCount)


def test_the_target_is_kept_and_a_file_says_the_same_of_both_outputs():
    made = convolution().replace({"training.task.target": 7})
    assert made.task == OutputSum(target=7)
    assert '"task":{"kind":"spike_count","target":7}' in made.to_json(compact=True)
    assert Experiment.from_json(made.to_json()).task == OutputSum(target=7)


@pytest.mark.parametrize("last", [LINEAR, LEAKY])
def test_the_loss_is_the_squared_distance_of_the_sum_of_the_output_that_the_record_holds(last):
    experiment = ending_in(last)
    (record,) = train(experiment.replace({"training.epochs": 1}))
    output = experiment.build()(experiment.make_input()).detach()
    assert torch.equal(torch.from_numpy(record.output), output)
    assert record.score == record.spikes == output.sum().item() != 0
    assert record.loss == pytest.approx((output.sum().item() - 10) ** 2)
    assert not record.fires
    assert record.measured_by(OutputSum(target=3)).loss == pytest.approx((output.sum().item() - 3) ** 2)
    assert record.reduced().output.size == 0


@pytest.mark.parametrize(
    ("came_to", "is_reached"), [(9.49, False), (9.51, True), (10.0, True), (10.49, True), (10.51, False), (-10.0, False)]
)
def test_a_sum_is_reached_where_it_rounds_to_the_target(came_to, is_reached):
    (record,) = train(convolution().replace({"training.epochs": 1}))
    assert OutputSum().is_reached(replace(record, spikes=came_to)) == is_reached


def test_the_convolutional_network_of_the_quickstart_learns_its_sum():
    records = list(train(convolution()))
    assert records[-1].is_reached
    assert abs(records[-1].spikes - 10) < 0.5 < min(abs(record.spikes - 10) for record in records[:-1])


def test_the_output_keeps_no_memory_of_its_own_where_it_is_the_last_layers_spikes():
    spiking, summed = (next(train(made)) for made in (ten_spikes(), ending_in(LINEAR)))
    assert spiking.nbytes == sum(layer.nbytes for layer in spiking.layers) + sum(values.nbytes for values in spiking.parameters.values())
    assert summed.nbytes == summed.output.nbytes + sum(part.nbytes for part in (*summed.layers, *summed.parameters.values()))
