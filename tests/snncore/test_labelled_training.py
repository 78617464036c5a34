"""Labelled data learned in batches: what an epoch learns and records, wherever it is stopped, and a network's answers."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from snncore.diagnosis.training import findings
from snncore.diagnosis.training_findings import Diverged
from snncore.errors import DivergenceError, ExperimentError
from snncore.experiment.recognition import digits
from snncore.experiment.spec import ten_spikes
from snncore.run.bptt import EpochRecord, Trainer, train
from snncore.run.epoch import Phase
from snncore.run.labelled import Answerer, LabelledEpoch, answer
from tests.snncore.labelled import DATA, FILES, LEAK, LIF, LINEAR, OUT, learned, made


def same(one: EpochRecord, other: EpochRecord) -> bool:
    numbers = (one.loss, one.spikes, one.measures, one.gradient_norms, one.rates) == (
        *(other.loss, other.spikes, other.measures, other.gradient_norms, other.rates),
    )
    return numbers and all(np.array_equal(values, other.parameters[name]) for name, values in one.parameters.items())


def stops(*numbers: int) -> Callable[[], bool]:
    """A `stop` that says yes at these of its calls."""
    calls = itertools.count()
    return lambda: next(calls) in numbers


# --------------------------------------------------------------------------------------------------------- the record


def test_a_record_has_weights_and_numbers_but_no_layers() -> None:
    record, *_ = learned(made())
    assert record.layers == ()
    assert record.is_whole
    assert set(record.parameters) == {name for name, _ in made().build().named_parameters()}
    assert record.reduced().parameters == {}
    assert len(record.rates) == 2
    assert record.nbytes == sum(values.nbytes for values in record.parameters.values())


def test_the_score_is_the_accuracy_on_the_test_half_with_the_records_weights() -> None:
    experiment = made()
    for record in learned(experiment):
        found = answer(experiment, FILES, parameters=record.parameters)
        assert record.score == found.accuracy == (found.classes == found.labels).mean()
        assert record.measures["test loss"] == pytest.approx(
            experiment.training.task.loss_of(torch.from_numpy(found.readouts), torch.from_numpy(found.labels)).item(), rel=1e-5
        )


def test_loss_and_train_score_are_means_over_the_samples_that_were_learned() -> None:
    experiment = made(task={"encoding": {"kind": "current"}}, optimiser="SGD", lr=1e-30, epochs=2)
    _, record = learned(experiment)
    found = answer(experiment, FILES, half="train")
    expected = experiment.training.task.loss_of(torch.from_numpy(found.readouts), torch.from_numpy(found.labels))
    assert record.loss == pytest.approx(expected.item(), rel=1e-5)
    assert record.train_score == found.accuracy


def test_another_task_has_no_train_score() -> None:
    assert next(train(ten_spikes())).train_score is None


def test_it_learns_what_is_there_to_learn() -> None:
    records = learned(made(epochs=12))
    assert records[-1].score >= 0.85
    assert records[-1].loss < records[0].loss / 2


def test_the_penalty_lowers_the_rates() -> None:
    plain, fined = learned(made(epochs=6)), learned(made(epochs=6, task={"penalty": 5.0}))
    assert fined[-1].rates[0] < plain[-1].rates[0] / 2


@pytest.mark.parametrize("readout", ["spike_count", "first_spike", "mean_potential", "largest_potential"])
@pytest.mark.parametrize("criterion", ["cross_entropy", "counts"])
def test_every_readout_and_loss_trains_a_spiking_output(readout: str, criterion: str) -> None:
    experiment = made(LINEAR, LIF, OUT, LIF, task={"readout": readout, "criterion": criterion, "right": 6.0, "others": 0.0}, epochs=6)
    first, *_, last = learned(experiment)
    assert last.gradient_norms["0.weight"] > 0
    assert last.loss < first.loss


def test_training_stops_at_the_wanted_accuracy() -> None:
    records = learned(made(epochs=20, task={"accuracy": 0.6}))
    assert [record.is_reached for record in records] == [False] * (len(records) - 1) + [True]
    assert len(records) < 20


def test_diverging_training_names_layer_and_epoch() -> None:
    with pytest.raises(DivergenceError, match="epoch 1"):
        learned(made(optimiser="SGD", lr=1e38))


# ----------------------------------------------------------------------------------------------------------- batches


def test_every_sample_is_learned_and_tested_once_in_an_epoch() -> None:
    trainer = Trainer(made(), FILES)
    halves = DATA.make(FILES)
    epoch = LabelledEpoch(1, trainer.experiment, trainer.model, halves, trainer.optimiser)
    assert epoch.batches == 4 + 1
    phases: list[Phase] = []
    epoch.run(on_phase=phases.append)
    assert phases == [*Phase] * 4
    assert epoch.done == 5


@pytest.mark.parametrize("batch_size", [1, 72, 1000])
def test_any_size_of_batch_is_taken(batch_size: int) -> None:
    assert len(learned(made(epochs=2, batch_size=batch_size, task={"encoding": {"kind": "current"}}))) == 2


def test_a_network_that_folds_time_learns_the_same() -> None:
    current = {"encoding": {"kind": "current"}}
    plain, folded = learned(made(task=current)), learned(made({"kind": "Flatten"}, LINEAR, LIF, OUT, LEAK, shape=(1, 2, 3), task=current))
    assert [record.score for record in folded] == [record.score for record in plain]
    np.testing.assert_allclose(folded[-1].parameters["1.weight"], plain[-1].parameters["0.weight"], rtol=1e-3, atol=1e-5)


def test_equal_experiments_learn_equally_and_other_input_seeds_otherwise() -> None:
    one, again, other = learned(made()), learned(made()), learned(made().replace({"seeds.input": 1}))
    assert all(map(same, one, again))
    assert not same(one[0], other[0])


# ----------------------------------------------------------------------------------------------- stopped and changed


def asked_in_an_epoch() -> int:
    """How often an epoch asks whether to stop."""
    calls = itertools.count()
    trainer = begun()
    list(trainer.epochs(1, stop=lambda: next(calls) < 0))
    return next(calls)


def begun() -> Trainer:
    """A training that has shown its untrained network."""
    trainer = Trainer(made(), FILES)
    assert len(list(trainer.epochs(1))) == 1
    return trainer


def test_losses_of_the_untrained_and_the_trained_network_have_the_same_penalty() -> None:
    plain, fined = (
        learned(made(lr=1e-30, optimiser="SGD", task={"encoding": {"kind": "current"}, "penalty": penalty})) for penalty in (0, 5)
    )
    first, second, _ = (fined[epoch].loss - plain[epoch].loss for epoch in range(3))
    assert first == pytest.approx(second, rel=1e-4)
    assert first > 0.1


def test_activity_of_one_thread_is_kept_by_that_thread_alone() -> None:
    answerer = Answerer(made(), FILES)
    shown = answerer.sample("test", 0)
    layer = answerer._model.get_submodule("1")
    others: list[threading.Thread] = []
    watching: list[int] = []

    def watch(*_: object) -> None:
        if not others:
            others.append(threading.Thread(target=answerer.activity, args=(shown.repeat(3, 1, 1),)))
            others[0].start()
            others[0].join(0.2)  # time enough to add its hooks, were it let in
            watching.append(len(layer._forward_hooks))

    layer.register_forward_hook(watch)
    _, outputs = answerer.activity(shown)
    others[0].join()
    assert watching == [2]
    assert outputs[1].shape[0] == 1


def test_epoch_0_shows_the_untrained_network() -> None:
    experiment = made()
    first, *_ = learned(experiment)
    own = {name: parameter.detach().numpy() for name, parameter in experiment.build(FILES).named_parameters()}
    assert all(np.array_equal(values, own[name]) for name, values in first.parameters.items())
    assert first.score == answer(experiment, FILES).accuracy
    assert first.train_score == answer(experiment, FILES, half="train").accuracy
    assert first.gradient_norms == {}
    assert first.rates[0] > 0


@pytest.mark.parametrize(("steps", "tested"), [(20, 1360), (20_000, 100)])
def test_a_large_network_is_first_tested_with_as_many_samples_as_take_little_time(steps: int, tested: int) -> None:
    shape = {"input.shape": (1, steps, 64), "training.batch_size": 1}
    experiment = digits().replace(shape)
    trainer = Trainer(experiment)
    seen: list[tuple[int, int]] = []
    list(trainer.epochs(1, stop=lambda: bool(seen), on_batch=lambda: seen.append(trainer.batches)))
    (_, batches), *_ = seen
    assert 1 <= batches <= tested
    assert batches == tested or steps > 20


def test_batches_are_counted_while_an_epoch_lasts() -> None:
    trainer = begun()
    seen: list[tuple[int, int]] = []
    list(trainer.epochs(1, on_batch=lambda: seen.append(trainer.batches)))
    assert seen == [(done, 5) for done in range(1, 6)]
    assert trainer.batches == (0, 0)


@pytest.mark.slow
def test_an_epoch_goes_on_alike_wherever_it_was_stopped() -> None:
    (_, plain, *_) = learned(made())
    for number in range(asked_in_an_epoch() - 1):  # the last call comes after the epoch
        trainer = begun()
        assert list(trainer.epochs(1, stop=stops(number))) == []
        (record,) = trainer.epochs(1)
        assert same(record, plain)


def test_stopping_within_a_batch_undoes_nothing_that_earlier_batches_learned() -> None:
    trainer = begun()
    first = trainer.model.get_parameter("0.weight").detach().clone()
    list(trainer.epochs(1, stop=stops(8 + 4)))  # eight questions for the first batch
    one_learned = trainer.model.get_parameter("0.weight").detach().clone()
    assert not torch.equal(first, one_learned)
    list(trainer.epochs(1, stop=stops(5)))
    assert torch.equal(trainer.model.get_parameter("0.weight"), one_learned)


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [{"training.lr": 0.1}, {"training.batch_size": 7}, {"training.task.penalty": 3.0}, {"training.schedule": "cosine"}],
    ids=str,
)
def test_a_change_takes_force_at_the_next_epoch(changes: dict[str, Any]) -> None:
    plain, changed = learned(made(epochs=4)), learned(made(epochs=4).changed(2, changes))
    assert [same(one, other) for one, other in zip(plain, changed, strict=True)] == [True, True, False, False]
    trainer = Trainer(made(epochs=4), FILES)
    records = [*trainer.epochs(1), *trainer.epochs(1, stop=stops(12))]
    trainer.change(changes)  # in the middle of epoch 1
    records += trainer.epochs(3)
    assert all(map(same, records, changed))


def test_the_cosine_schedule_falls_from_the_learning_rate_towards_0_and_begins_again() -> None:
    training = made(schedule="cosine", epochs=4, lr=1.0).training
    assert [training.learning_rate(epoch) for epoch in range(1, 4)] == pytest.approx([1, 0.75, 0.25])  # epoch 0 learns nothing
    again = [1, 0.5 + 0.5**1.5, 0.5, 0.5 - 0.5**1.5]
    assert [training.learning_rate(epoch) for epoch in range(4, 9)] == pytest.approx([*again, 1])
    unlabelled = ten_spikes().replace({"training.schedule": "cosine", "training.epochs": 4, "training.lr": 1.0}).training
    assert [unlabelled.learning_rate(epoch) for epoch in range(5)] == pytest.approx([*again, 1])
    trainer = Trainer(made(schedule="cosine", epochs=4, lr=0.01), FILES)
    rates = [trainer.optimiser.param_groups[0]["lr"] for _ in trainer.epochs(4)]
    assert rates == pytest.approx([training.learning_rate(epoch) / 100 for epoch in range(4)])


# ------------------------------------------------------------------------------------------------------------ answers


def test_answers_count_labels_by_answer() -> None:
    found = answer(made(), FILES, half="train")
    assert found.readouts.shape == (72, 3)
    assert found.confusion.sum() == 72
    assert found.confusion.trace() / 72 == pytest.approx(found.accuracy)
    assert found.confusion.sum(axis=1).tolist() == np.bincount(found.labels).tolist()


def test_a_task_without_labelled_data_has_no_answers() -> None:
    with pytest.raises(ExperimentError, match="The task spike_count has no labelled data to answer"):
        answer(ten_spikes())


def test_own_data_that_are_not_here_are_missed_before_anything_is_trained() -> None:
    with pytest.raises(ExperimentError, match=r"The labelled data are the file 'mine\.npz', which is not here"):
        Trainer(made())


def test_a_diagnosis_finds_what_ended_a_training_of_labelled_data() -> None:
    assert findings(made(), learned(made(epochs=1))) == []
    (found,) = findings(made(), [], DivergenceError(2, "1", "membrane potential"))
    assert (type(found), found.needs_restart) == (Diverged, True)
