"""A desk is found again after a reload, by its own browser alone; what nobody comes back to is ended and forgotten."""

from __future__ import annotations

import gc
import threading
import weakref

import pytest

from app.server import registry
from app.server.limits import MOST_RUNNING
from app.server.registry import Desks
from app.server.runner import TrainingRun
from app.state.desk import Desk
from snncore.experiment.spec import ten_spikes

ENDLESS = ten_spikes().replace({"training.task.target": 10**6, "training.epochs": 10_000})


class DeskOfATab(Desk):
    """A desk whose tab is there or gone, without a server that could tell."""

    def __init__(self, browser: str, has_tab: bool = True) -> None:
        super().__init__(browser)
        self.has_tab = has_tab

    def is_attended(self) -> bool:
        return self.has_tab


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 0.05)
    monkeypatch.setattr(registry, "SWEEP_INTERVAL", 0.02)


def test_a_reload_finds_the_desk_again_with_its_training() -> None:
    desks = Desks()
    desk = DeskOfATab(browser="mine")
    desk.training.present_run = TrainingRun(ENDLESS, speed=None, owner=desk.training.owner)
    desk.training.run.play()
    desks.keep(desk)
    desk.has_tab = False
    found = desks.claim(desk.id, "mine", "new")
    assert found is desk
    assert desk.session == "new"
    assert desk.training.run.is_running
    desk.leave()
    assert not desk.training.run.is_running


@pytest.mark.parametrize("browser", ["theirs", "", "mine "])
def test_another_browser_gets_nothing_whatever_address_it_was_sent(browser: str) -> None:
    desks = Desks()
    desk = DeskOfATab(browser="mine", has_tab=False)
    desks.keep(desk)
    assert desks.claim(desk.id, browser, "new") is None
    assert desks.claim(desk.id, "mine", "new") is desk


def test_a_browser_that_tells_nothing_of_itself_gets_nothing() -> None:
    desks = Desks()
    desk = DeskOfATab(browser="", has_tab=False)
    desks.keep(desk)
    assert desks.claim(desk.id, "", "new") is None


def test_a_second_tab_gets_nothing_while_the_first_one_is_there() -> None:
    desks = Desks()
    desk = DeskOfATab(browser="mine")
    desks.keep(desk)
    assert desks.claim(desk.id, "mine", "new") is None


def test_a_tab_that_goes_a_moment_later_makes_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "PATIENCE", 20.0)
    desks = Desks()
    desk = DeskOfATab(browser="mine")
    desks.keep(desk)
    threading.Timer(0.1, setattr, (desk, "has_tab", False)).start()
    assert desks.claim(desk.id, "mine", "new") is desk


def test_what_nobody_comes_back_to_is_ended_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "KEPT", 0.1)
    threads = threading.active_count()
    desks = Desks()
    stays, goes = DeskOfATab(browser="a"), DeskOfATab(browser="b")
    one, another = (TrainingRun(ENDLESS, speed=None, owner=goes.training.owner) for _ in range(2))
    goes.training.present_run, goes.training.trials.runs = one, {"another": another}
    for run in (one, another):
        run.play()
    for desk in (stays, goes):
        desks.keep(desk)
    goes.has_tab = False
    pause = threading.Event()
    while len(desks) > 1 or one.is_running or another.is_running:
        pause.wait(0.02)
    assert desks.claim(goes.id, "b", "new") is None
    stays.has_tab = False
    while len(desks):
        pause.wait(0.02)
    while threading.active_count() > threads:
        pause.wait(0.02)


@pytest.mark.slow
def test_two_hundred_starts_and_stops_leave_threads_registry_places_and_memory_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "KEPT", 0.0)
    desks = Desks()
    threads = {thread.name for thread in threading.enumerate()}
    left: list[weakref.ref[object]] = []
    for number in range(200):
        desk = DeskOfATab(browser="mine")
        desks.keep(desk)
        desk.training.present_run = TrainingRun(ENDLESS, speed=None, owner=desk.training.owner)
        desk.training.run.play()
        desk.training.run.pause()
        desk.training.run.play()
        left += [weakref.ref(desk), weakref.ref(desk.training.run), weakref.ref(desk.training.run.records[0])]
        if number % 2:
            desk.training.run.pause()
        desk.has_tab = False
        desks.sweep()
    del desk
    gc.collect()
    assert [reference() for reference in left if reference()] == []
    assert len(desks) == 0
    assert {thread.name for thread in threading.enumerate()} - threads <= {"desks"}, "which ends by itself"
    after = [TrainingRun(ENDLESS, speed=None) for _ in range(MOST_RUNNING)]
    for run in after:
        run.play()
    assert [run.place_in_line for run in after] == [0] * MOST_RUNNING, "no place is lost"
    for run in after:
        run.pause()
