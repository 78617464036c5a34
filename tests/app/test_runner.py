"""Trainings in the background: what they compute doesn't depend on when they are paused, and they end when they should."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable

import pytest
import torch

from app.server import runner
from app.server.jobs import Job
from app.server.runner import Owner, TrainingRun
from snncore.errors import ExperimentError
from snncore.experiment.spec import Experiment, ten_spikes
from snncore.run.bptt import train

pytestmark = pytest.mark.slow  # each trains in the background

EXPERIMENT = ten_spikes().replace({"training.epochs": 12})


def wait_until(condition: Callable[[], bool], patience: float = 30.0) -> None:
    limit = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < limit, "waited in vain"
        time.sleep(0.005)


def spikes_and_gradients(run: TrainingRun) -> list[tuple[float, dict[str, float]]]:
    return [(record.spikes, record.gradient_norms) for record in run.records]


def test_epoch_0_is_there_from_the_start() -> None:
    run = TrainingRun(EXPERIMENT, speed=None)
    assert [record.epoch for record in run.records] == [0]
    assert not run.is_running


def test_a_run_records_what_training_without_a_runner_yields() -> None:
    run = TrainingRun(EXPERIMENT, speed=None)
    run.play()
    wait_until(lambda: not run.is_running)
    expected = [(record.spikes, record.gradient_norms) for record in train(EXPERIMENT)]
    assert spikes_and_gradients(run) == expected
    assert run.has_reached_limit


def test_pausing_at_any_moment_changes_nothing_of_what_is_computed() -> None:
    run = TrainingRun(EXPERIMENT, speed=None)
    for attempt in itertools.count(1):
        run.play()
        time.sleep(0.004 * attempt)
        run.pause()
        assert not run.is_running
        if run.has_reached_limit:
            break
    whole = TrainingRun(EXPERIMENT, speed=None)
    whole.play()
    wait_until(lambda: not whole.is_running)
    assert spikes_and_gradients(run) == spikes_and_gradients(whole)


def test_pause_holds() -> None:
    run = TrainingRun(EXPERIMENT, speed=None)
    run.play()
    wait_until(lambda: len(run.records) >= 3)
    run.pause()
    held = len(run.records)
    time.sleep(0.2)
    assert len(run.records) == held


def test_a_step_adds_one_epoch() -> None:
    run = TrainingRun(EXPERIMENT, speed=1.0)
    for count in (2, 3, 4):
        run.step()
        wait_until(lambda: not run.is_running)
        assert len(run.records) == count


def test_a_run_that_was_changed_while_it_ran_can_be_repeated() -> None:
    run = TrainingRun(EXPERIMENT, speed=None)
    run.step()
    run.change({"training.lr": 0.02})
    run.play()
    wait_until(lambda: len(run.records) >= 5)
    run.change({"network.1.surrogate_grad_fn": "ATan", "training.task.target": 40})
    wait_until(lambda: not run.is_running)
    assert len(run.records) == 12
    assert [change.field for change in run.experiment.training.changes] == [
        "training.lr",
        "network.1.surrogate_grad_fn",
        "training.task.target",
    ]
    again = Experiment.from_json(run.experiment.to_json())
    assert spikes_and_gradients(run) == [(record.spikes, record.gradient_norms) for record in train(again)]
    assert spikes_and_gradients(run) != [(record.spikes, record.gradient_norms) for record in train(EXPERIMENT)]


def test_a_change_that_cannot_be_made_leaves_a_training_that_goes_on() -> None:
    run = TrainingRun(ten_spikes(), speed=1.0)
    run.play()
    for changes in ({"network.1.tau_mem": 20.0}, {"training.lr": -1.0}, {"network.0.surrogate_grad_fn": "ATan"}):
        with pytest.raises(ExperimentError):
            run.change(changes)
        assert run.is_running
        assert run.experiment == ten_spikes()
    run.pause()


def test_training_stops_by_itself_where_the_target_is_reached() -> None:
    run = TrainingRun(ten_spikes(), speed=None)
    run.play()
    wait_until(lambda: not run.is_running, patience=60)
    assert run.has_reached_target
    assert run.records[-1].spikes == 10
    reached = len(run.records)
    run.play()
    assert len(run.records) == reached


def test_speed_is_kept_and_can_be_changed_while_it_runs() -> None:
    run = TrainingRun(ten_spikes(), speed=0.1)
    run.play()
    wait_until(lambda: len(run.records) == 2)
    time.sleep(0.5)
    assert len(run.records) == 2, "at an epoch every ten seconds the next one isn't due"
    run.pause()
    run.speed = None
    run.play()
    wait_until(lambda: len(run.records) > 5)
    run.pause()


def test_a_training_whose_owner_left_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "ABSENCE_GRACE", 0.1)
    monkeypatch.setattr(runner, "PRESENCE_INTERVAL", 0.02)
    present = threading.Event()
    present.set()
    endless = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 10**6})
    run = TrainingRun(endless, None, Owner("somebody", present.is_set))
    run.play()
    time.sleep(0.4)
    assert run.is_running, "while the owner is there it goes on"
    present.clear()
    wait_until(lambda: not run.is_running)


def test_other_work_outlives_a_short_absence_as_a_training_does(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "PRESENCE_INTERVAL", 0.0)
    looks, absent, gone = itertools.count(), threading.Event(), threading.Event()

    def is_present() -> bool:
        next(looks)
        return not gone.is_set() and not absent.is_set()

    def work(stop: Callable[[], bool]) -> str | None:
        absent.set()
        assert not stop(), "a moment's absence ends nothing"
        absent.clear()
        assert not stop()
        gone.set()
        monkeypatch.setattr(runner, "ABSENCE_GRACE", 0.0)
        wait_until(stop)
        return None

    job = Job(Owner("somebody", is_present), work)
    assert job.join(30.0)
    assert job.failure is None
    assert next(looks) > 2
    assert job.result is None


def test_a_diverging_run_says_where_and_keeps_its_good_epochs() -> None:
    run = TrainingRun(ten_spikes().replace({"training.lr": 1e30}), speed=None)
    run.play()
    wait_until(lambda: not run.is_running)
    assert run.failure == (
        "Training diverged at epoch 1: the loss from the spikes of LIF 4 is not finite. "
        "Lower the learning rate or the surrogate's grad_scale."
    )
    assert [record.epoch for record in run.records] == [0]
    run.play()
    run.step()
    assert len(run.records) == 1


def test_an_experiment_whose_first_epoch_is_not_finite_is_refused() -> None:
    tiny = {"network.1.spike_threshold": 1e-38, "network.3.spike_threshold": 1e-38}
    with pytest.raises(ExperimentError, match="diverged at epoch 0"):
        TrainingRun(ten_spikes().replace(tiny), speed=None)


def test_runs_side_by_side_equal_runs_one_after_another() -> None:
    experiments: list[Experiment] = [EXPERIMENT.replace({"seeds.weights": seed}) for seed in range(4)]
    together = [TrainingRun(experiment, speed=None) for experiment in experiments]
    for run in together:
        run.play()
    wait_until(lambda: not any(run.is_running for run in together))
    for run, experiment in zip(together, experiments, strict=True):
        assert [record.spikes for record in run.records] == [record.spikes for record in train(experiment)]


def test_runs_leave_torchs_global_generator_alone() -> None:
    torch.manual_seed(5)
    before = torch.get_rng_state()
    run = TrainingRun(EXPERIMENT, speed=None)
    run.play()
    wait_until(lambda: not run.is_running)
    assert torch.equal(torch.get_rng_state(), before)


def test_more_trainings_than_places_wait_and_all_get_their_turn() -> None:
    endless = EXPERIMENT.replace({"training.task.target": 10**6, "training.epochs": 10**4})
    runs = [TrainingRun(endless, None, Owner(str(number // 3))) for number in range(9)]
    for run in runs:
        run.play()
    assert all(run.is_running for run in runs)
    waiting = [run for run in runs if run.place_in_line]
    assert [run.place_in_line for run in waiting] == [1, 2, 3, 4, 5]
    assert waiting[0] is runs[2], "of one owner, two compute at once"
    assert all(len(run.records) == 1 for run in waiting)
    waiting[1].pause()
    assert not waiting[1].is_running
    assert [run.place_in_line for run in waiting] == [1, 0, 2, 3, 4]
    for run in [run for run in runs if not run.place_in_line]:
        run.pause()
    wait_until(lambda: all(len(waiting[number].records) > 1 for number in (0, 2, 3)))
    assert waiting[4].place_in_line == 1, "of the same owner as the two before it"
    waiting[2].pause()
    wait_until(lambda: len(waiting[4].records) > 1)
    for run in runs:
        run.pause()
    assert not any(run.is_running for run in runs)


def test_a_training_that_begins_later_is_the_same() -> None:
    later = TrainingRun(EXPERIMENT, speed=None, begins_later=True)
    assert later.records == []
    later.play()
    wait_until(lambda: not later.is_running)
    assert spikes_and_gradients(later) == [(record.spikes, record.gradient_norms) for record in train(EXPERIMENT)]


def test_a_past_training_stays_as_it_was() -> None:
    run = TrainingRun(EXPERIMENT, speed=None)
    run.step()
    past = run.past()
    run.change({"training.lr": 0.5})
    run.play()
    wait_until(lambda: not run.is_running)
    assert past.experiment == EXPERIMENT
    assert [record.epoch for record in past.records] == [0, 1]
    assert past.records[1] is run.records[1]


def test_whole_records_stay_within_their_bytes_evenly_spread_and_the_numbers_of_all_epochs_stay() -> None:
    long = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 70})
    reference = TrainingRun(long, speed=None)
    epoch = reference.records[0].nbytes
    run = TrainingRun(long, speed=None, most_bytes=20 * epoch)
    for each in (reference, run):
        each.play()
        wait_until(lambda each=each: not each.is_running)
    assert all(record.is_whole for record in reference.records)
    assert [record.epoch for record in run.records if record.is_whole] == [*range(0, 69, 4), 69]
    assert run.log.stride == 4
    assert sum(record.nbytes for record in run.records) <= 20 * epoch
    assert [(record.spikes, record.loss, record.reach) for record in run.records] == [
        (record.spikes, record.loss, record.reach) for record in reference.records
    ]
