"""A training on labelled data beneath the page: its moments, the answers at each of them, the sample that is shown, and own files."""

from __future__ import annotations

import time
from io import BytesIO

import numpy as np
import pytest
import torch

from app.server.runner import Owner, TrainingRun
from app.state.composition import Composition
from app.state.files import KeptFiles
from app.state.recognition import MOST_SHOWN, Recognition
from app.state.training import TrainingState
from app.words.recognition import course, most_common_mistake, own_data_in_words, untrained, wall_title
from app.words.training import status
from snncore.errors import SNNCoreError
from snncore.experiment.recognition import digits, remember, yin_yang
from snncore.experiment.spec import Experiment
from snncore.run.bptt import train
from snncore.run.labelled import Answers, answer
from snncore.run.measures import per_sample
from tests.app.waiting import until as wait_until

SHORT = remember(5).replace({"training.epochs": 4})


def trained(experiment: Experiment = SHORT) -> TrainingState:
    """A visitor's training, paused after its epochs."""
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(experiment.draft)
    assert state.prepare() is None
    state.run.speed = None
    state.train()
    wait_until(lambda: not state.run.is_running)
    return state


def own_npz(samples: int = 30, **arrays: np.ndarray) -> bytes:
    random, labels = np.random.RandomState(0), np.arange(samples) % 3
    file = BytesIO()
    np.savez(file, **{"x": random.uniform(size=(samples, 4)) + np.eye(4)[labels], "y": labels, **arrays})
    return file.getvalue()


# ------------------------------------------------------------------------------------------------------ the training


def test_a_batch_at_a_time_comes_to_the_same_epoch() -> None:
    whole = trained().run
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(SHORT.draft)
    state.prepare()
    learning, batches = 512 // 64, 512 // 64 + 256 // 64
    for done in range(1, learning):
        state.step_batch()
        wait_until(lambda: not state.run.is_running)
        assert (len(state.run.records), state.run.batches) == (1, (done, batches))
        assert status(state.run).endswith(f"Epoch 1: batch {done} of {batches}.")
    state.step_batch()
    wait_until(lambda: not state.run.is_running)
    assert state.run.batches == (0, 0)
    one, other = whole.records[1], state.run.records[1]
    assert one.measures == other.measures
    assert all(np.array_equal(values, other.parameters[name]) for name, values in one.parameters.items())


def test_batches_of_the_test_half_are_told_as_such() -> None:
    run = TrainingRun(SHORT, speed=None)
    assert course(run.experiment, run.records[0], (9, 12), is_testing=True).endswith("Epoch 1: testing, batch 9 of 12.")


def test_the_moment_of_a_training_paused_within_an_epoch_has_the_weights_of_that_batch() -> None:
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(SHORT.draft)
    state.prepare()
    state.step_batch()
    wait_until(lambda: not state.run.is_running)
    moment = state.run.moment()
    assert (moment.epoch, moment.done) == (1, 1)
    model = state.run._trainer.model
    assert all(np.array_equal(moment.parameters[name], values.detach().numpy()) for name, values in model.named_parameters())
    assert not np.array_equal(moment.parameters["0.weight"], state.run.records[0].parameters["0.weight"])


def test_weights_are_shown_within_an_epoch_while_it_is_watched() -> None:
    run = TrainingRun(yin_yang().replace({"training.epochs": 50}), speed=None)
    run.play()
    try:
        seen = set()
        until = time.monotonic() + 20
        while time.monotonic() < until and not any(done for _, done in seen):
            moment = run.moment()
            seen.add((moment.epoch, moment.done))
            time.sleep(0.01)
        assert any(done for _, done in seen)
    finally:
        run.pause()


def test_a_training_that_diverged_within_an_epoch_shows_its_last_whole_one() -> None:
    state = trained(digits().replace({"training.lr": 1e30, "training.optimiser": "SGD"}))
    assert state.run.failure
    assert state.run.failure.startswith("Training diverged at epoch 1")
    look = state.look()
    assert (look.moment.epoch, look.moment.batches) == (0, 0)
    assert look.answers.accuracy == state.run.records[0].score
    assert state.traced().keys() == {1, 3}


# ------------------------------------------------------------------------------------------------------- the answers


def test_answers_of_a_past_epoch_are_those_of_its_weights() -> None:
    state = trained()
    for epoch in (0, 2):
        state.scrub(epoch)
        look, record = state.look(), state.run.records[epoch]
        expected = answer(state.run.experiment, parameters=record.parameters)
        assert np.array_equal(look.answers.classes, expected.classes[:MOST_SHOWN])
        assert look.answers.accuracy == record.score
        assert (look.moment.epoch, look.moment.batches) == (epoch, 0)


def test_a_look_stays_the_same_while_the_weights_and_the_sample_do() -> None:
    state = trained()
    first = state.look()
    assert state.look() is first
    state.recognition.pick(3)
    other = state.look()
    assert other is not first
    assert other.answers is first.answers or np.array_equal(other.answers.readouts, first.answers.readouts)
    assert (other.sample, other.label) == (3, int(first.answers.labels[3]))


def test_a_look_stays_the_same_after_a_change_while_training() -> None:
    state = trained(yin_yang().replace({"training.epochs": 1}))
    assert state.change({"training.task.penalty": 0.5})
    state.step()
    wait_until(lambda: not state.run.is_running)
    look = state.look()
    assert look.task.penalty == 0.5
    assert state.look() is look


def test_a_drawing_of_ones_own_is_more_than_the_link_holds() -> None:
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(SHORT.draft)
    assert state.prepare() is None
    assert not state.is_walked
    values = state.look().answerer.halves.test.values
    state.recognition.bring(values[0].numpy())
    assert state.is_walked
    state.recognition.pick(0)
    assert not state.is_walked


def test_the_sample_that_is_shown_gets_the_answer_that_stands_on_the_wall() -> None:
    experiment = yin_yang().replace({"training.epochs": 2})
    state = trained(experiment)
    for sample in (0, 7, 160):
        state.recognition.pick(sample)
        look, shown = state.look(), state.sample_pass()
        assert shown.input.shape == experiment.input.shape
        read = look.task.read_so_far(torch.from_numpy(shown.outputs[-1]))[0, -1]
        np.testing.assert_allclose(read, look.answers.readouts[sample], rtol=1e-4, atol=1e-5)


def test_a_sample_of_ones_own_is_shown_in_place_of_a_test_sample() -> None:
    state = trained(yin_yang().replace({"training.epochs": 2}))
    values = state.look().answerer.halves.test.values
    state.recognition.pick(5)
    of_the_data = state.sample_pass()
    state.recognition.bring(values[5].numpy())
    assert state.look().sample is None
    assert np.array_equal(state.sample_pass().outputs[-1], of_the_data.outputs[-1])


def test_a_pinned_network_is_shown_the_same_sample() -> None:
    state = trained()
    state.pin()
    found = state.pinned_sample_pass(state.look())
    assert found is not None
    beside, epoch = found
    assert epoch == state.run.records[-1].epoch
    assert np.array_equal(beside.outputs[-1], state.sample_pass().outputs[-1])


def test_a_change_within_an_epoch_takes_force_at_the_next_and_keeps_what_was_learned() -> None:
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(SHORT.draft)
    state.prepare()
    state.step_batch()
    wait_until(lambda: not state.run.is_running)
    assert state.change({"training.task.penalty": 0.5})
    assert [(change.epoch, change.field) for change in state.run.experiment.training.changes] == [(2, "training.task.penalty")]
    assert state.run.batches[0] == 1


def test_spikes_of_a_sample_are_those_of_a_run() -> None:
    state = trained()
    record = state.run.records[0]
    cost = per_sample(state.run.experiment, record)
    state.scrub(0)
    look = state.look()
    halves = look.answerer.halves
    _, outputs = look.answerer.activity(look.answerer.encoded(halves.train.values), record.parameters)
    assert cost.spikes == pytest.approx(outputs[1].sum() / len(halves.train.labels), rel=1e-4)
    assert cost.operations == pytest.approx(2 * cost.spikes)


# ----------------------------------------------------------------------------------------------------------- in words


def test_the_most_common_mistake_is_named_with_how_often_it_happens() -> None:
    data = yin_yang().task.data
    labels, said = np.array([0, 0, 0, 1, 2]), np.array([1, 1, 0, 1, 0])
    found = Answers(labels, np.eye(3, dtype=np.float32)[said])
    assert most_common_mistake(found, data) == "most often Yin is taken for Yang, 2 of 3"
    assert wall_title(found, data, 5).startswith("2 of 5 right; most often")
    assert wall_title(found, data, 100).startswith("The first 5 of 100 test samples: 2 of 5 right")
    assert most_common_mistake(Answers(labels, np.eye(3, dtype=np.float32)[labels]), data) == ""


# ----------------------------------------------------------------------------------------------------------- own data


def test_own_data_come_with_a_network_that_fits_and_are_learned() -> None:
    files = KeptFiles()
    state = TrainingState(Composition(files), Owner("visitor"))
    state.prepare()
    state.bring_labelled("mine.npz", own_npz())
    assert state.prepare() is None
    assert own_data_in_words(state.experiment.draft) == (
        "mine.npz: samples of 4 values in 3 classes; 24 to learn, 6 to be tested; constant current."
    )
    state.run.speed = None
    state.train()
    wait_until(lambda: not state.run.is_running)
    assert state.run.records[-1].score > state.run.records[0].score


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (own_npz(y=np.full(30, 0.5)), "labels are whole numbers from 0"),
        (own_npz(y=np.arange(30) % 3 * 2), "number the classes from 0 without gaps"),
        (own_npz(y=np.arange(29) % 3), "30 samples but 29 labels"),
        (own_npz(x=np.full((30, 4), np.nan)), "NaN and infinity must be replaced"),
        (own_npz(1), "it has one sample"),
        (own_npz(y=np.r_[np.zeros(29), 1]), "mine.npz: class 1 has one sample; give at least two of each class"),
        (own_npz(x=np.zeros((30, 60_000))), "takes up to 4,000,000"),
        (b"no zip", "save it again"),
    ],
    ids=["half", "gap", "lengths", "nan", "one", "a single sample", "wide", "broken"],
)
def test_a_file_that_cannot_be_learned_is_refused_and_nothing_is_lost(content: bytes, words: str) -> None:
    state = trained()
    experiment, run = state.experiment, state.run
    with pytest.raises(SNNCoreError, match=words):
        state.bring_labelled("mine.npz", content)
    assert state.prepare() is None
    assert (state.experiment, state.run) == (experiment, run)
    assert not state.composition.files


@pytest.mark.parametrize(("classes", "each"), [(40, 10), (3, 4), (2, 3)])
def test_few_own_samples_of_each_class_are_taken(classes: int, each: int) -> None:
    state = TrainingState(Composition(KeptFiles()), Owner("visitor"))
    state.prepare()
    count = classes * each
    state.bring_labelled("mine.npz", own_npz(x=np.random.RandomState(0).uniform(size=(count, 4)), y=np.arange(count) % classes))
    assert state.prepare() is None
    assert state.experiment.training.task.data.classes == classes


def test_own_data_with_time_say_what_was_read_as_time() -> None:
    state = TrainingState(Composition(KeptFiles()), Owner("visitor"))
    state.prepare()
    state.bring_labelled("mine.npz", own_npz(x=np.random.RandomState(0).uniform(size=(30, 28, 27))))
    assert own_data_in_words(state.experiment.draft) == (
        "mine.npz: samples of 28 time steps of 27 values in 3 classes; 24 to learn, 6 to be tested; as given. "
        "Are they images, without time? Save x.reshape(len(x), -1)."
    )


def test_a_link_to_own_data_asks_for_the_file_and_takes_it() -> None:
    first = TrainingState(Composition(KeptFiles()), Owner("visitor"))
    first.prepare()
    first.bring_labelled("mine.npz", own_npz())
    other = TrainingState(Composition(KeptFiles()), Owner("another"))
    other.composition.open(first.experiment.draft)
    reason = other.prepare()
    assert reason is not None
    assert "Upload it again" in reason
    other.bring_labelled("renamed.npz", own_npz())
    assert other.prepare() is None
    assert other.experiment == first.experiment


def test_a_sample_that_is_gone_with_other_data_gives_way_to_the_last_one() -> None:
    recognition = Recognition()
    recognition.pick(400)
    run = TrainingRun(SHORT, speed=None)
    assert recognition.look(run, {}, None).sample == 255


def test_a_network_that_begins_with_weights_of_a_file_is_not_called_untrained() -> None:
    begun = digits().replace({"checkpoint": {"name": "converted", "digest": 32 * "0"}})
    record = next(iter(train(digits().replace({"training.epochs": 1}))))
    assert "Untrained, it guesses" in untrained(digits(), record)
    assert "With the weights that it begins with" in untrained(begun, record)
