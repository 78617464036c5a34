"""The spike-times task: van Rossum's distance, what a wrong spike costs, and which times fit which network."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
import torch
from torch import Tensor

from snncore.errors import ExperimentError, MisfitError
from snncore.experiment.spec import Draft, Experiment, ten_spikes
from snncore.experiment.tasks.spike_times import SpikeTimes, exponential_filter
from snncore.run.bptt import Trainer, train


def trains(times: list[list[int]], steps: int, dtype: torch.dtype = torch.float64) -> Tensor:
    """One sample of spike trains, (1, time, neurons)."""
    made = torch.zeros(1, steps, len(times), dtype=dtype)
    for neuron, each in enumerate(times):
        made[0, each, neuron] = 1
    return made


def timed(times: Any, **more: Any) -> Experiment:
    """The ten-spike network, with spike times as its task."""
    return ten_spikes().replace({"training.task": {"kind": "spike_times", "times": times, **more}})


# ------------------------------------------------------------------------------------------------------ the filter


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 7, 3), (3, 64, 2), (1, 1000, 2), (2, 33, 2, 3, 2)])
@pytest.mark.parametrize("tau", [0.1, 1.0, 10.0, 1e6])
def test_the_filter_is_the_recursion_step_by_step(shape: tuple[int, ...], tau: float) -> None:
    spikes = torch.randint(0, 3, shape, generator=torch.Generator().manual_seed(0)).double()
    slow = torch.zeros_like(spikes)
    trace = torch.zeros_like(spikes[:, 0])
    for step in range(shape[1]):
        trace = math.exp(-1 / tau) * trace + spikes[:, step]
        slow[:, step] = trace
    torch.testing.assert_close(exponential_filter(spikes, tau), slow, rtol=1e-12, atol=1e-12)


def test_the_gradient_flows_through_the_filter() -> None:
    output = torch.rand(2, 37, 3, dtype=torch.float64, requires_grad=True, generator=torch.Generator().manual_seed(0))
    assert torch.autograd.gradcheck(SpikeTimes(times=((3, 5), (), (36,)), tau=4.0).loss, (output,))


# ---------------------------------------------------------------------------------------------------- the distance


def test_the_distance_of_the_targets_themselves_is_zero_and_reached() -> None:
    task = SpikeTimes(times=((4, 9), (7,)))
    assert task.loss(trains([[9, 4], [7]], 20)).item() == 0
    assert task.spikes_wanted(samples=3) == 9


@pytest.mark.parametrize("tau", [1.0, 10.0, 100.0])
def test_a_spike_that_is_missing_or_too_many_costs_about_a_half(tau: float) -> None:
    steps = int(40 * tau)
    whole = 1 / (tau * (1 - math.exp(-2 / tau)))
    assert SpikeTimes(times=((0,),), tau=tau).loss(trains([[]], steps)).item() == pytest.approx(whole)
    assert SpikeTimes(times=((),), tau=tau).loss(trains([[0]], steps)).item() == pytest.approx(whole)
    assert abs(whole - 0.5) <= 1 / tau


@pytest.mark.parametrize("late", [1, 3, 50])
def test_a_late_spike_costs_more_the_later_it_is_up_to_two_spikes(late: int) -> None:
    tau = 10.0
    loss = SpikeTimes(times=((5,),), tau=tau).loss(trains([[5 + late]], 1000)).item()
    assert loss == pytest.approx(2 * (1 - math.exp(-late / tau)) / (tau * (1 - math.exp(-2 / tau))))


def test_the_distance_is_a_mean_over_samples_and_a_sum_over_neurons() -> None:
    task = SpikeTimes(times=((5,), (5,)))
    silent, one = trains([[], []], 300), trains([[5], []], 300)
    each = task.loss(one).item()
    assert task.loss(silent).item() == pytest.approx(2 * each)
    assert task.loss(torch.cat([silent, one])).item() == pytest.approx(1.5 * each)


def test_neurons_of_a_picture_count_in_the_order_of_the_flattened_output() -> None:
    task = SpikeTimes(times=((1,), (2,), (3,), (4,)))
    assert task.loss(trains([[1], [2], [3], [4]], 9).unflatten(2, (1, 2, 2))).item() == 0


# ------------------------------------------------------------------------------------------------- what is refused

BAD = [
    ({"times": [[1, 5, 1], []]}, "output neuron 0 is to spike at step 1 twice; name each step once"),
    ({"times": [[-1]]}, r"training\.task\.times\.0\.0 is -1; it should be greater than or equal to 0"),
    ({"times": [[True]]}, r"training\.task\.times\.0\.0 is True; it should be a valid integer"),
    ({"times": [["5"]]}, r"training\.task\.times\.0\.0 is '5'; it should be a valid integer"),
    ({"times": [[2.5]]}, r"training\.task\.times\.0\.0 is 2\.5; it should be a valid integer"),
    ({"times": 5}, r"training\.task\.times is 5"),
    ({}, r"training\.task\.times is missing; give it a value"),
    ({"times": [], "tau": 0.05}, r"training\.task\.tau is 0\.05; it should be greater than or equal to 0\.1"),
    ({"times": [], "tolerance": -1}, r"training\.task\.tolerance is -1"),
    ({"times": [], "target": 3}, r"'training\.task\.target' is not a field it knows"),
]


@pytest.mark.parametrize(("fields", "words"), BAD)
def test_times_that_can_not_be_are_refused_in_one_sentence(fields: dict[str, Any], words: str) -> None:
    data = {**ten_spikes().model_dump(), "training": {"task": {"kind": "spike_times", **fields}}}
    with pytest.raises(ExperimentError, match=words) as caught:
        Experiment.from_json(json.dumps(data))
    assert "\n" not in str(caught.value)


MISFITS = [
    ([[5], [6]], "The task has target spikes for 2, but the network has 4 output neurons; give a list for each.", ((5,), (6,), (), ())),
    ([[1]] * 5, "The task has target spikes for 5, but the network has 4 output neurons; give a list for each.", ((1,),) * 4),
    (
        [[], [7, 100], [200], []],
        "The task asks output neuron 1 to spike at step 100, but the run has 100 steps; use steps from 0 to 99.",
        ((), (7,), (), ()),
    ),
]


@pytest.mark.parametrize(("times", "sentence", "fitted"), MISFITS)
def test_times_that_do_not_fit_the_network_can_be_composed_but_not_trained_and_the_remedy_fits(times, sentence, fitted) -> None:
    made = timed(times)
    with pytest.raises(ExperimentError) as caught:
        next(train(made))
    assert str(caught.value) == sentence
    assert made.task_misfit is not None
    assert made.task_misfit.remedy == {"times": fitted}
    mended = made.replace({f"training.task.{name}": value for name, value in made.task_misfit.remedy.items()})
    mended.check_trainable()


def test_tasks_that_have_measured_something_compare_as_before() -> None:
    one, same = SpikeTimes(times=((1, 2), (3,))), SpikeTimes(times=((1, 2), (3,)))
    other = SpikeTimes(times=((1, 4), (3,)))
    for task in (one, same, other):
        task.loss(torch.zeros(1, 10, 2))
    assert one == same
    assert one != other


def test_a_loss_of_an_output_that_does_not_fit_says_so() -> None:
    with pytest.raises(MisfitError, match="the run has 4 steps"):
        SpikeTimes(times=((4,),)).loss(torch.zeros(1, 4, 1))


def test_a_change_to_times_that_do_not_fit_is_refused_and_training_goes_on() -> None:
    trainer = Trainer(timed([[5], [], [], []]))
    list(trainer.epochs(1))
    with pytest.raises(ExperimentError, match="From epoch 1 on: The task has target spikes for 1"):
        trainer.change({"training.task.times": [[5]]})
    assert [record.epoch for record in trainer.epochs(1)] == [1]


def test_an_output_that_never_spikes_has_no_times() -> None:
    data = timed([[5]] * 4).model_dump()
    experiment = Experiment(**{**data, "network": [*data["network"][:3], {"kind": "ExpLeak", "tau_mem": 5.0}]})
    with pytest.raises(ExperimentError, match=r"ExpLeak 4 doesn't spike, so it has no spike times; end the network with LIF"):
        experiment.check_trainable()


# --------------------------------------------------------------------------------------------------- as data


def test_the_order_in_which_steps_are_named_makes_no_difference() -> None:
    assert SpikeTimes(times=((9, 2, 5),)) == SpikeTimes(times=((2, 5, 9),))


def test_what_is_saved_is_what_is_opened_also_where_the_times_were_changed() -> None:
    made = timed([[20, 50], [], [7], []], tau=5.0).changed(3, {"training.task.times": ((1,), (), (), ()), "training.task.tolerance": 0.5})
    for text in (made.to_json(), made.to_json(compact=True)):
        assert Experiment.from_json(text) == made
    assert made.in_force(2).training.task == SpikeTimes(times=((20, 50), (), (7,), ()), tau=5.0)
    assert made.in_force(3).training.task == SpikeTimes(times=((1,), (), (), ()), tau=5.0, tolerance=0.5)
    assert json.loads(made.draft.to_json(compact=True))["training"]["task"]["kind"] == "spike_times"


def test_a_task_without_a_kind_counts_spikes_and_old_texts_stay_byte_by_byte() -> None:
    old = {
        "network": [{"kind": "LIF", "tau_mem": 5.0}],
        "input": {"shape": [1, 9, 1], "probability": 0.5},
        "training": {"task": {"target": 4}},
    }
    opened = Draft.from_json(json.dumps(old))
    assert opened.training.task.goal == 4
    assert '"training":{"task":{"kind":"spike_count","target":4}}' in opened.to_json(compact=True)
    assert "task" not in ten_spikes().to_json(compact=True)


def test_a_mark_that_is_toggled_twice_is_gone_again() -> None:
    task = SpikeTimes(times=((5, 9), ()))
    assert task.toggled(1, 3) == {"times": ((5, 9), (3,))}
    assert task.toggled(0, 5) == {"times": ((9,), ())}
    assert SpikeTimes(**task.toggled(0, 7)).toggled(0, 7) == {"times": task.times}


@pytest.mark.parametrize("shape", [(1, 100, 4), (3, 5, 2, 2, 2), (1, 1, 1), (1, 2, 9)])
def test_the_usual_times_fit_any_output(shape: tuple[int, ...]) -> None:
    task = SpikeTimes.fitting(shape)
    assert task.misfit(shape) is None
    assert all(task.times)


# -------------------------------------------------------------------------------------------------- its training


def test_it_stops_at_the_tolerance_and_the_last_record_is_within_it() -> None:
    experiment = timed([[5], [], [], []], tolerance=0.6)
    records = list(train(experiment))
    assert len(records) == 1, "silence is one missing spike away"
    assert records[0].is_reached
    assert 0 < records[0].score <= 0.6
    assert len(list(train(timed([[5], [], [], []], tolerance=0.5).replace({"training.epochs": 3})))) == 3


def test_a_record_is_measured_anew_by_another_task() -> None:
    record = next(train(timed([[5], [], [], []])))
    other = record.measured_by(SpikeTimes(times=((5, 50), (), (), ())))
    assert other.score == pytest.approx(2 * record.score, rel=0.1)
    assert record.measured_by(record.task) is record
