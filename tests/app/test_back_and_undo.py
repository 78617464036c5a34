"""Back and Forward restore what an entry of the browser's history showed; undo takes back edits and loses no trained epochs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from app.server.runner import TrainingRun
from app.state.address import Query
from app.state.desk import NETWORK_PAGE, NEURON_PAGE, Desk
from app.state.discoveries import DISCOVERIES
from app.state.handover import open_neuron
from app.state.presets import presets
from app.state.training import TrainingState
from app.state.tuned_neuron import DEFAULT
from snncore.experiment.spec import ten_spikes
from snncore.run.simulation import simulate

pytestmark = pytest.mark.slow  # most of them train

LESSON, OTHER_LESSON = DISCOVERIES[:2]
FIRST_LR = ten_spikes().training.lr


@pytest.fixture
def held() -> Iterator[Desk]:
    made = Desk()
    yield made
    made.leave()


@pytest.fixture
def training(held: Desk) -> TrainingState:
    assert held.training.prepare() is None
    return held.training


def trained(training: TrainingState, epochs: int = 3) -> TrainingRun:
    """Train some epochs, and return the training."""
    for _ in range(epochs):
        training.step()
    assert len(training.run.records) == epochs + 1
    return training.run


def left(held: Desk) -> Query:
    """What the present entry of the browser's history has, as a page writes it."""
    held.seen.address.takes_entry(held.seen.history.origin)
    return held.query


# ------------------------------------------------------------------------------------------ Back and Forward


def test_edits_stay_in_their_entry_and_a_lesson_or_preset_begins_one_once(held: Desk) -> None:
    held.turn_to(NEURON_PAGE)
    address, history = held.neuron.address, held.neuron.history
    held.neuron.edit({"network.0.tau_mem": 5.0})
    assert not address.takes_entry(history.origin)
    held.neuron.discover(LESSON)
    assert [address.takes_entry(history.origin) for _ in range(2)] == [True, False]
    held.neuron.undo()
    held.neuron.redo()
    assert not address.takes_entry(history.origin)
    held.turn_to(NETWORK_PAGE)
    held.composition.start_from(presets()[-1].draft)
    assert held.composition.address.takes_entry(held.composition.history.origin)


def test_what_a_page_turned_to_shows_has_its_entry_already(held: Desk) -> None:
    held.turn_to(NETWORK_PAGE)
    open_neuron(held, held.composition.simulate()[0], layer=1, neuron=5)
    held.turn_to(NEURON_PAGE)
    assert not held.neuron.address.takes_entry(held.neuron.history.origin)


def test_back_from_a_lesson_shows_the_neuron_before_it_and_forward_the_lesson_as_it_was_left(held: Desk) -> None:
    held.turn_to(NEURON_PAGE)
    neuron = held.neuron
    neuron.edit({"network.0.tau_mem": 5.0})
    neuron.look_at({"panel": "phase"})
    before = left(held)
    neuron.discover(LESSON)
    neuron.edit({"network.0.tau_mem": 7.0})
    lesson = left(held)
    held.come_back(before)
    assert (neuron.layer.tau_mem, neuron.discovery, neuron.panel) == (5.0, None, "phase")
    held.come_back(lesson)
    assert (neuron.layer.tau_mem, neuron.discovery, neuron.beside) == (7.0, LESSON, LESSON.beside)
    assert held.complaint is None


def test_back_from_a_preset_shows_the_network_before_it_and_its_selection(held: Desk) -> None:
    held.turn_to(NETWORK_PAGE)
    composition = held.composition
    composition.replace({"network.1.tau_mem": 5.0})
    composition.view.select(3)
    before, network = left(held), composition.present
    assert composition.start_from(presets()[-1].draft)
    preset = left(held)
    held.come_back(before)
    assert (composition.present, composition.selected) == (network, 3)
    held.come_back(preset)
    assert composition.present == presets()[-1].draft


def test_an_entry_of_the_usual_draft_has_no_parameters_and_comes_back(held: Desk) -> None:
    held.turn_to(NEURON_PAGE)
    usual = left(held)
    assert usual == {}
    held.neuron.discover(LESSON)
    held.come_back(usual)
    assert held.neuron.experiment == DEFAULT


def test_an_entry_that_the_history_no_longer_has_is_shown_as_another_neuron(held: Desk) -> None:
    held.turn_to(NEURON_PAGE)
    held.neuron.discover(LESSON)
    lesson = left(held)
    held.neuron.undo()
    held.neuron.edit({"network.0.tau_mem": 5.0})
    held.come_back(lesson)
    assert held.neuron.experiment == LESSON.experiment
    held.neuron.undo()
    assert held.neuron.layer.tau_mem == 5.0


def test_an_entry_that_can_not_be_read_leaves_all_as_it_is(held: Desk) -> None:
    held.turn_to(NEURON_PAGE)
    held.neuron.edit({"network.0.tau_mem": 5.0})
    held.come_back({"x": "nonsense"})
    assert "cut off or altered" in str(held.complaint)
    assert held.neuron.layer.tau_mem == 5.0


def test_a_reload_a_moment_after_an_edit_loses_it_not_but_an_older_address_is_taken_as_it_is(held: Desk) -> None:
    held.turn_to(NEURON_PAGE)
    addresses = []
    for tau in range(1, 10):
        held.neuron.edit({"network.0.tau_mem": float(tau)})
        addresses.append(left(held))
    held.reload(addresses[-2])
    assert held.neuron.layer.tau_mem == 9.0
    held.reload(addresses[0])
    assert held.neuron.layer.tau_mem == 1.0


def test_back_to_a_training_brings_its_epochs(held: Desk, training: TrainingState) -> None:
    run, before = trained(training), left(held)
    held.turn_to(NETWORK_PAGE)
    held.composition.start_from(presets()[-1].draft)
    held.turn_to("")
    assert training.prepare() is None
    assert training.run is not run
    held.come_back(before)
    assert training.prepare() is None
    assert training.run is run
    assert training.given_up is None


# ----------------------------------------------------------------------------------------------------- links


def test_a_neuron_opened_from_a_network_travels_with_its_input(held: Desk) -> None:
    open_neuron(held, simulate(ten_spikes())[0], layer=3, neuron=2)
    held.turn_to(NEURON_PAGE)
    other = Desk(page=NEURON_PAGE)
    other.open(NEURON_PAGE, held.query)
    assert other.neuron.experiment == held.neuron.experiment
    assert np.array_equal(other.neuron.simulation().records[0].u, held.neuron.simulation().records[0].u)
    assert other.neuron.lacks == ""


@pytest.mark.parametrize("damage", [lambda carried: "", lambda carried: carried[:-9], lambda carried: "A" * 7_000, lambda carried: "!"])
def test_without_its_input_the_neuron_is_shown_with_another_and_the_page_knows(held: Desk, damage: Callable[[str], str]) -> None:
    open_neuron(held, simulate(ten_spikes())[0], layer=3, neuron=2)
    held.turn_to(NEURON_PAGE)
    other = Desk(page=NEURON_PAGE)
    other.open(NEURON_PAGE, {**held.query, "input": damage(held.query["input"])})
    assert other.complaint is None
    assert other.neuron.lacks == "LIF 4, neuron 2, with the input it received"
    assert other.neuron.layer == held.neuron.layer
    assert other.neuron.simulation().records[0].spikes.sum() > 0
    other.neuron.discover(OTHER_LESSON)
    assert other.neuron.lacks == ""


# ------------------------------------------------------------------------------------------------------ undo


def test_undo_takes_back_the_last_edit_of_the_page_on_display(held: Desk) -> None:
    held.composition.replace({"network.1.tau_mem": 5.0})
    held.neuron.edit({"network.0.tau_mem": 7.0})
    held.turn_to(NEURON_PAGE)
    held.undo()
    assert held.neuron.experiment == DEFAULT
    assert held.composition.present.network[1].tau_mem == 5.0
    held.redo()
    assert held.neuron.layer.tau_mem == 7.0
    held.turn_to(NETWORK_PAGE)
    held.undo()
    assert held.composition.present == ten_spikes().draft
    held.redo()
    assert held.composition.present.network[1].tau_mem == 5.0


def test_an_edit_that_started_over_is_undone_with_the_epochs_before_it_and_redone_with_those_after(training: TrainingState) -> None:
    before = trained(training)
    training.edit({"network.1.tau_mem": 5.0})
    after = trained(training, 2)
    training.undo()
    assert training.run is before
    assert training.composition.present == ten_spikes().draft
    training.redo()
    assert training.run is after
    assert len(after.records) == 3


def test_an_edit_before_the_first_epoch_is_undone(training: TrainingState) -> None:
    training.edit({"network.1.tau_mem": 5.0})
    training.undo()
    assert training.run.experiment == ten_spikes()
    training.redo()
    assert training.run.experiment.network[1].tau_mem == 5.0


def test_a_setting_changed_while_it_trained_changes_back_and_all_epochs_stay(training: TrainingState) -> None:
    run = trained(training)
    training.change({"training.lr": 0.01})
    training.step()
    training.undo()
    assert training.run is run
    assert (len(run.records), run.in_force.training.lr) == (5, FIRST_LR)
    assert [(change.epoch, change.value) for change in run.experiment.training.changes] == [(4, 0.01), (5, FIRST_LR)]
    training.redo()
    assert run.in_force.training.lr == 0.01
    assert training.prepare() is None
    assert training.run is run


def test_a_setting_changed_and_changed_back_at_one_epoch_leaves_no_trace(training: TrainingState) -> None:
    run = trained(training)
    training.change({"training.lr": 0.01})
    training.undo()
    assert run.experiment == ten_spikes()


def test_a_restart_is_undone_until_something_is_trained(training: TrainingState) -> None:
    run = trained(training)
    training.restart()
    training.undo()
    assert training.run is run
    training.restart()
    trained(training, 1)
    training.undo()
    assert training.run is not run


def test_an_edit_after_a_restart_is_undone_with_the_epochs_before_both(training: TrainingState) -> None:
    run = trained(training)
    training.restart()
    training.edit({"network.1.tau_mem": 5.0})
    training.undo()
    assert training.run is run


def test_undo_of_a_training_that_has_epochs_says_that_it_started_over_and_redo_brings_them(training: TrainingState) -> None:
    training.edit({"network.1.tau_mem": 5.0})
    run = trained(training)
    training.undo()
    assert training.given_up is not None
    assert training.former.of(training.composition.history.after) is run
    training.redo()
    assert training.run is run
    assert training.given_up is None


def test_what_runs_goes_on_running_after_undo(training: TrainingState) -> None:
    training.edit({"training.task.target": 10**6, "training.epochs": 10_000})
    training.train()
    training.edit({"network.1.tau_mem": 5.0})
    assert training.run.is_running
    training.undo()
    assert training.run.is_running
    assert training.run.experiment.network[1].tau_mem == 10.0


def test_undo_where_nothing_was_done_does_nothing(held: Desk, training: TrainingState) -> None:
    run = trained(training)
    for page in ("", NETWORK_PAGE, NEURON_PAGE):
        held.turn_to(page)
        held.undo()
        held.redo()
    assert training.run is run
    assert held.neuron.experiment == DEFAULT
