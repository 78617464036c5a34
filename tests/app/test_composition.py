"""A session's run, when the next click or key interrupts a callback at one of its looks into Streamlit's session state."""

from __future__ import annotations

import threading
import time

import pytest
import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from app.server.runner import TrainingRun
from app.state import composition as session
from app.state import training as driving
from app.state.desk import Desk, desk
from app.state.history import History
from snncore.errors import ExperimentError
from snncore.experiment import edits as stack
from snncore.experiment.spec import ten_spikes
from tests.app.states import InterruptedState


@pytest.mark.parametrize("looks", range(8))
def test_an_edit_that_is_interrupted_leaves_a_training_that_goes_on(looks: int, monkeypatch: pytest.MonkeyPatch) -> None:
    state = InterruptedState()
    monkeypatch.setattr(st, "session_state", state)
    held = Desk(run=TrainingRun(ten_spikes(), speed=1.0))
    state["desk"] = held
    old = held.run
    assert old
    old.play()
    state.looks = looks
    finished = True
    try:
        driving.edit({"network.1.tau_mem": 20.0})
    except RerunException:
        finished = False
    assert held.run.is_running
    assert finished == (held.run is not old)
    assert old.is_running != finished
    held.run.pause()


def desk_with_training(monkeypatch: pytest.MonkeyPatch, most_bytes: int) -> Desk:
    run = TrainingRun(ten_spikes().replace({"training.epochs": 40, "training.task.target": 10**6}), speed=None, most_bytes=most_bytes)
    run.play()
    while run.is_running:
        time.sleep(0.01)
    held = Desk(run=run)
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=held))
    return held


def test_the_epoch_that_is_looked_at_is_the_one_chosen_until_the_last_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    desk_with_training(monkeypatch, most_bytes=2**28)
    assert driving.seen_record().epoch == 39
    for epoch in (0, 7, 38):
        driving.scrub(epoch)
        assert driving.seen_record().epoch == epoch
    driving.scrub(39)
    assert desk().scrubbed is None
    driving.scrub(5)
    driving.scrub(None)
    assert driving.seen_record().epoch == 39


def test_of_an_epoch_reduced_to_numbers_the_nearest_whole_one_before_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    run = desk_with_training(monkeypatch, most_bytes=TrainingRun(ten_spikes(), speed=None).records[0].nbytes * 12).run
    assert run is not None
    assert run.log.stride == 4
    for epoch, seen in ((0, 0), (3, 0), (4, 4), (30, 28)):
        driving.scrub(epoch)
        assert driving.seen_record().epoch == seen


def test_edits_that_overlap_are_made_one_after_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=Desk()))

    def edit_many() -> None:
        for _ in range(20):
            session.compose(lambda draft: draft.replace({"seeds.weights": draft.seeds.weights + 1}))

    threads = [threading.Thread(target=edit_many) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert session.draft().seeds.weights == 80
    assert desk().experiment.draft == session.draft()
    for _ in range(80):
        session.undo()
    assert session.draft() == ten_spikes().draft


def test_what_changed_while_a_network_trained_does_not_stand_in_the_way_of_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    trained = ten_spikes().changed(7, {"network.3.surrogate_grad_fn": "ATan", "training.lr": 0.02})
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=Desk(history=History(trained.draft), experiment=trained)))
    assert session.compose(lambda draft: stack.remove(draft, 3))
    assert session.complaint() is None
    assert session.draft() == stack.remove(ten_spikes().replace({"training.lr": 0.02}).draft, 3)
    session.undo()
    assert session.draft() == trained.draft


def test_a_network_too_large_is_refused_for_training_before_anything_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=Desk(run=TrainingRun(ten_spikes(), speed=1.0))))
    enormous = ten_spikes().replace({"network.0.out_features": 10**9, "network.2.in_features": 10**9})
    driving.load(enormous.to_json())
    assert str(session.complaint()).startswith("The network has 20,000,000,000 weights; this server takes up to 4,000,000.")
    assert desk().experiment == ten_spikes()


def test_a_network_whose_file_is_missing_can_be_composed_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    fed = stack.feed_file(ten_spikes().draft, "mine.npy", "0" * 32, (1, 100, 16))
    monkeypatch.setattr(st, "session_state", InterruptedState(desk=Desk(history=History(fed))))
    assert session.compose(lambda draft: draft.replace({"network.1.tau_mem": 5.0}))
    assert session.complaint() is None
    with pytest.raises(ExperimentError, match="which is not here"):
        session.simulations()
