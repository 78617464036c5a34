"""Pages come first: a training rests while one is being made, but never for good."""

from __future__ import annotations

import threading
import time

import pytest

from app.server import priority
from app.server.priority import first, page_first
from app.server.runner import TrainingRun
from snncore.experiment.spec import ten_spikes

ENDLESS = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 10_000})


def test_a_training_rests_while_a_page_is_made_and_goes_on_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "LONGEST_REST", 60.0)
    run = TrainingRun(ENDLESS, speed=None)
    with page_first(), page_first():
        run.play()
        while len(run.records) < 2:
            time.sleep(0.005)
        time.sleep(0.2)
        assert len(run.records) == 2
    while len(run.records) < 5:
        time.sleep(0.005)
    run.pause()


def test_a_training_goes_on_after_a_moment_however_many_pages_are_made() -> None:
    run = TrainingRun(ENDLESS, speed=None)
    with page_first():
        run.play()
        while len(run.records) < 4:
            time.sleep(0.005)
    run.pause()


def test_a_page_that_pauses_a_training_does_not_wait_for_its_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "LONGEST_REST", 60.0)
    run = TrainingRun(ENDLESS, speed=None)
    with page_first():
        run.play()
        while len(run.records) < 2:
            time.sleep(0.005)
        paused = threading.Thread(target=run.pause, daemon=True)
        paused.start()
        paused.join(20)
        assert not paused.is_alive()
    assert not run.is_running


def test_a_page_that_waits_for_an_epoch_does_not_wait_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "rest", lambda *_: pytest.fail("nothing is to be trained any more"))
    with page_first():
        run = TrainingRun(ENDLESS, speed=None)
        run.step()
        while run.is_running:
            time.sleep(0.005)
    assert (len(run.records), run.failure) == (2, None)


def test_a_page_that_fails_hinders_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(priority, "LONGEST_REST", 60.0)

    @first
    def broken() -> None:
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        broken()
    done = threading.Event()
    threading.Thread(target=lambda: (priority.rest(), done.set())).start()
    assert done.wait(20)
