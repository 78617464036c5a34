"""A session's run, when the next click or key interrupts a callback at one of its looks into Streamlit's session state."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, RerunException

from app import session
from app.history import History
from app.runner import TrainingRun
from snncore import stack
from snncore.errors import ExperimentError
from snncore.spec import ten_spikes


class InterruptedState(dict[str, Any]):
    """Session state that lets `looks` accesses through; at the next, the script is asked to begin anew."""

    looks = 10**6

    def __getitem__(self, key: str) -> Any:
        return self._then(super().__getitem__, key)

    def __setitem__(self, key: str, value: Any) -> None:
        self._then(super().__setitem__, key, value)

    def __contains__(self, key: object) -> bool:
        return bool(self._then(super().__contains__, key))

    def __getattr__(self, key: str) -> Any:
        return self[key]

    def __setattr__(self, key: str, value: Any) -> None:
        if key == "looks":
            super().__setattr__(key, value)
        else:
            self[key] = value

    def _then(self, access: Any, *arguments: Any) -> Any:
        self.looks -= 1
        if self.looks < 0:
            raise RerunException(RerunData())
        return access(*arguments)


@pytest.mark.parametrize("looks", range(8))
def test_an_edit_that_is_interrupted_leaves_a_training_that_goes_on(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    state = InterruptedState()
    monkeypatch.setattr(st, "session_state", state)
    desk = session.Desk(run=TrainingRun(ten_spikes(), speed=1.0))
    state["desk"] = desk
    old = desk.run
    assert old
    old.play()
    state.looks = looks
    finished = True
    try:
        session.edit({"network.1.tau_mem": 20.0})
    except RerunException:
        finished = False
    assert desk.run.is_running
    assert finished == (desk.run is not old)
    assert old.is_running != finished
    desk.run.pause()


def desk_with_training(monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> session.Desk:
    run = TrainingRun(ten_spikes().replace({"training.epochs": 40, "training.task.target": 10**6}), speed=None, most_bytes=most_bytes)
    run.play()
    while run.is_running:
        time.sleep(0.01)
    desk = session.Desk(run=run)
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=desk))
    return desk


def test_the_epoch_that_is_looked_at_is_the_one_chosen_until_the_last_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    desk_with_training(monkeypatch, most_bytes=2**28)
    assert session.seen_record().epoch == 39
    for epoch in (0, 7, 38):
        session.scrub(epoch)
        assert session.seen_record().epoch == epoch
    session.scrub(39)
    assert session.desk().scrubbed is None
    session.scrub(5)
    session.scrub(None)
    assert session.seen_record().epoch == 39


def test_of_an_epoch_reduced_to_numbers_the_nearest_whole_one_before_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk_with_training(monkeypatch, most_bytes=TrainingRun(ten_spikes(), speed=None).records[0].nbytes * 12).run
    assert run is not None
    assert run.stride == 4
    for epoch, seen in ((0, 0), (3, 0), (4, 4), (30, 28)):
        session.scrub(epoch)
        assert session.seen_record().epoch == seen


def test_edits_that_overlap_are_made_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=session.Desk()))

    def edit_many() -> None:
        for _ in range(20):
            session.compose(lambda draft: draft.replace({"seeds.weights": draft.seeds.weights + 1}))

    threads = [threading.Thread(target=edit_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.draft().seeds.weights == 80
    assert session.desk().experiment.draft == session.draft()
    for _ in range(80):
        session.undo()
    assert session.draft() == ten_spikes().draft


def test_what_changed_while_a_network_trained_does_not_stand_in_the_way_of_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    trained = ten_spikes().changed(7, {"network.3.surrogate_grad_fn": "ATan", "training.lr": 0.02})
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=session.Desk(history=History(trained.draft), experiment=trained)))
    assert session.compose(lambda draft: stack.remove(draft, 3))
    assert session.complaint() is None
    assert session.draft() == stack.remove(ten_spikes().replace({"training.lr": 0.02}).draft, 3)
    session.undo()
    assert session.draft() == trained.draft


def test_a_network_too_large_is_refused_for_training_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=session.Desk(run=TrainingRun(ten_spikes(), speed=1.0))))
    enormous = ten_spikes().replace({"network.0.out_features": 10**9, "network.2.in_features": 10**9})
    session.load(enormous.to_json())
    assert str(session.complaint()).startswith("The network has 20,000,000,000 weights; this server takes up to 4,000,000.")
    assert session.desk().experiment == ten_spikes()


def test_a_network_whose_file_is_missing_can_be_composed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = stack.feed_file(ten_spikes().draft, "mine.npy", "0" * 32, (1, 100, 16))
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=session.Desk(history=History(fed))))
    assert session.compose(lambda draft: draft.replace({"network.1.tau_mem": 5.0}))
    assert session.complaint() is None
    with pytest.raises(ExperimentError, match="which is not here"):
        session.simulations()
