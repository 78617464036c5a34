"""One training for each delay, drawn as it ends."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from app.figures.delays import delays_figure, describe_delays
from app.server.runner import Owner
from app.state.composition import Composition
from app.state.delays import DELAYS, Delays, Remembered
from app.state.training import TrainingState
from snncore.errors import ExperimentError
from snncore.experiment.inputs import NO_FILES
from snncore.experiment.recognition import remember
from snncore.experiment.spec import ten_spikes
from tests.app.waiting import until

SHORT = remember(30).replace({"training.epochs": 2})


@dataclass(frozen=True)
class Begun:
    delays: Delays

    def end(self) -> list[Remembered]:
        until(lambda: not self.delays.are_running)
        return self.delays.remembered()


@pytest.fixture
def begun() -> Begun:
    delays = Delays()
    delays.begin(SHORT, Owner("visitor"), NO_FILES)
    return Begun(delays)


def test_each_delay_is_learned_by_what_adapts_and_by_lif(begun: Begun) -> None:
    assert begun.delays.are_running
    found = begun.end()
    assert [(each.neurons, each.delay) for each in found] == [(name, delay) for delay in DELAYS for name in ("ALIF", "LIF")]
    assert all(each.is_over and each.accuracy is not None for each in found)
    for (_, delay), run in begun.delays.runs.items():
        assert run.experiment.training.task.data.delay == delay
        assert run.experiment.input.shape[1] == 40 + delay


def test_a_network_of_lif_alone_is_trained_alone() -> None:
    delays = Delays()
    delays.begin(remember(30, adapts=False).replace({"training.epochs": 1}), Owner("visitor"), NO_FILES)
    assert {each.neurons for each in Begun(delays).end()} == {"LIF"}


def test_stopping_keeps_what_they_came_to(begun: Begun) -> None:
    begun.delays.stop()
    assert not begun.delays.are_running
    assert len(begun.delays.remembered()) == 2 * len(DELAYS)


def test_another_delay_of_the_network_keeps_them_and_any_other_edit_forgets_them(begun: Begun) -> None:
    begun.delays.follow(remember(120).replace({"training.epochs": 2}))
    assert begun.delays.runs
    begun.delays.follow(SHORT.replace({"network.1.tau_mem": 10.0}))
    assert not begun.delays.runs
    assert not begun.delays.are_running


def test_another_task_forgets_them(begun: Begun) -> None:
    begun.delays.follow(ten_spikes())
    assert not begun.delays.runs


def test_what_cannot_be_trained_changes_nothing(begun: Begun) -> None:
    before = begun.delays.runs
    with pytest.raises(ExperimentError, match="have a delay"):
        begun.delays.begin(ten_spikes(), Owner("visitor"), NO_FILES)
    assert begun.delays.runs is before


def test_the_page_moves_while_they_run() -> None:
    state = TrainingState(Composition(), Owner("visitor"))
    state.composition.start_from(SHORT.draft)
    state.prepare()
    state.delays.begin(state.experiment, state.owner, NO_FILES)
    assert state.is_moving
    assert state.is_walked, "a reload would lose them"
    state.leave()
    assert not state.is_moving
    assert not state.is_walked


def test_a_training_that_diverges_says_so_and_no_line_leads_to_it() -> None:
    delays = Delays()
    delays.begin(SHORT.replace({"training.lr": 1e38}), Owner("visitor"), NO_FILES)
    found = Begun(delays).end()
    assert found[0].failure
    assert "diverged" in found[0].failure
    assert "failed: Training diverged" in describe_delays(found)
    figure = delays_figure(found, DELAYS, "light")
    assert not any(trace["x"] for trace in figure["data"] if "lines" in trace["mode"])


FOUND = [
    Remembered("ALIF", 25, 1.0, 3, is_over=True),
    Remembered("LIF", 25, 0.98, 5, is_over=True),
    Remembered("ALIF", 50, 0.7, 2, is_over=False),
    Remembered("LIF", 50, None, 0, is_over=False),
]


def test_lines_lead_to_what_is_over_alone() -> None:
    figure = delays_figure(FOUND, DELAYS, "light")
    lines = {trace["name"]: trace["x"] for trace in figure["data"] if "lines" in trace["mode"]}
    assert lines == {"ALIF": [25], "LIF": [25]}
    hollow = [trace for trace in figure["data"] if trace["mode"] == "markers" and trace["x"]]
    assert [(trace["x"], trace["marker"]["symbol"]) for trace in hollow] == [([50], "circle-open")]


def test_the_delays_are_told_in_words() -> None:
    words = describe_delays(FOUND)
    assert "ALIF over 25 steps 100.0% after 3 epochs" in words
    assert "ALIF over 50 steps 70.0% after 2 epochs, still learning" in words
    assert "LIF over 50 steps not begun" in words
    assert "70.0% after 1 epoch," in describe_delays([Remembered("ALIF", 25, 0.7, 1, is_over=False)])
    assert "nothing is trained" in describe_delays([])
