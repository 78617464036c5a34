"""Visitors share a conversion's work and its limit, nobody shares own weights or data, and work ends when nothing waits for it."""

from __future__ import annotations

import io
import time

import numpy as np
import pytest

from app.server.results import Results
from app.state import conversion_work
from app.state.conversion import ConversionState
from app.state.conversion_work import Artificial
from app.state.desk import Desk
from app.state.own_data import OwnData
from snncore.experiment.training import OF_THE_TASK
from tests.app.conversion_page import DENSE, PATIENCE, SMALL, VIEW, begun, own_network, settled, weights_file
from tests.app.pages import CONVERSION, desk, opened, received_by, run, told

pytestmark = pytest.mark.usefixtures("as_in_the_app")


@pytest.fixture
def state() -> ConversionState:
    return begun()


def another_seed(seed: int) -> dict[str, int]:
    return {"seeds.weights": seed, "training.epochs": 1}


def test_who_starts_alike_is_spared_the_training_and_the_comparison(state: ConversionState) -> None:
    other = Desk().conversion
    other.open(SMALL.draft)
    other.prepare()
    assert not other.work.is_busy
    assert other.artificial is state.artificial
    assert other.shown is state.shown


def test_own_weights_are_nobody_elses(state: ConversionState) -> None:
    state.bring("own.pt", weights_file(own_network(64, 128, 64, 10)))
    settled(state)
    assert state.artificial is not None
    assert state.is_current
    other = Desk().conversion
    other.open(state.present)  # from its link, which names the weights
    settled(other)
    assert other.artificial is None
    assert other.shown is None
    assert "links carry no weights" in str(other.work.failure)


def test_what_is_learned_from_own_data_is_nobody_elses() -> None:
    file, rng = io.BytesIO(), np.random.default_rng(0)
    np.savez(file, x=rng.random((400, 64)), y=np.arange(400) % 10)
    data, _ = OwnData().read("own.npz", file.getvalue())
    own, other = Desk().conversion, Desk().conversion
    own.files.keep(data.digest, data.files)
    own.open(SMALL.replace({f"{OF_THE_TASK}data": data.data_set().model_dump()}).draft)
    assert settled(own).is_current
    other.open(own.present)
    settled(other)
    assert other.artificial is None
    assert other.shown is None


def test_what_visitors_share_has_a_limit_and_each_keeps_the_network_that_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    first = begun()
    artificial = first.artificial
    assert artificial is not None
    shared: Results[Artificial] = Results(2 * artificial.nbytes, lambda found: found.nbytes)
    monkeypatch.setattr(conversion_work, "trained", shared)
    other = begun(SMALL.replace(another_seed(11)))
    for seed in range(12, 16):
        other.edit(another_seed(seed))
        settled(other)
        assert shared.nbytes <= 2 * artificial.nbytes
    assert shared.nbytes > 0
    assert first.artificial is artificial


def test_nobody_goes_on_with_a_training_that_another_has_finished() -> None:
    slow = SMALL.replace({"seeds.weights": 501, "training.epochs": 60})
    first, second = Desk().conversion, Desk().conversion
    for each in (first, second):
        each.open(slow.draft)
        each.prepare()
    settled(first)
    second.prepare()
    assert second.artificial is not None
    assert not second.work.is_training
    assert settled(second).is_current


def test_an_undo_ends_what_nothing_waits_for_any_more(state: ConversionState) -> None:
    state.edit({"seeds.weights": 502, "training.epochs": 200})
    state.prepare()
    assert state.work.is_training
    state.undo()
    state.prepare()
    assert state.is_current
    assert not state.work.is_busy


def test_who_trains_the_network_again_takes_it_from_nobody_else(state: ConversionState) -> None:
    artificial, other = state.artificial, begun()
    other.train_again()
    assert other.artificial is None
    assert state.artificial is artificial
    settled(other)
    assert other.artificial is not None


def test_a_picked_neuron_runs_with_the_weights_of_the_comparison_that_is_shown(state: ConversionState) -> None:
    state.pick(1, 3, 0)
    before = state.neuron()
    assert state.shown is not None
    shown = state.shown
    state.edit(another_seed(1))
    state.work._train(state.experiment)
    while state.artificial is None:
        time.sleep(0.02)
        state.work._collect()
    assert state.shown is shown, "the next network is trained, and not compared yet"
    state._simulated = None
    after = state.neuron()
    assert before is not None
    assert after is not None
    np.testing.assert_array_equal(before[0].received(1), after[0].received(1))


def test_a_failed_training_is_no_failure_of_the_next_experiment() -> None:
    state = Desk().conversion
    state.open(SMALL.replace({"training.lr": 1e30}).draft)
    state.prepare()
    assert state.work._training is None or state.work._training[1].join(PATIENCE)
    state.edit({"training.lr": SMALL.training.lr})
    settled(state)
    assert state.work.failure is None
    assert state.is_current
    state.undo()
    settled(state)
    assert state.work.failure


def test_stopped_work_begins_again_by_its_button_or_an_edit() -> None:
    page = opened(CONVERSION, DENSE.replace({"seeds.weights": 77, "training.epochs": 200}))
    state = desk(page).conversion
    assert {"label": "Stop", "do": "stop"} in received_by(page, VIEW)[0]["news"]["actions"]
    page = told(page, VIEW, {"do": "stop"})
    begun = time.monotonic()
    while state.work.is_busy:
        assert time.monotonic() - begun < PATIENCE
        time.sleep(0.02)
    page = run(page)
    assert state.artificial is None
    assert not state.work.is_busy, "it stays stopped"
    header, _ = received_by(page, VIEW)
    assert header["news"]["actions"] == [{"label": "Start again", "do": "start again"}]
    assert header["news"]["status"].startswith("Stopped")
    told(page, VIEW, {"do": "start again"})
    state.prepare()
    assert state.work.is_busy
    state.stop()
    state.edit({"training.epochs": 1})
    settled(state)
    assert state.is_current
