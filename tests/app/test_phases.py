"""An epoch in its phases as a visitor walks through it, and the training without one of them; words and figures of it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest

from app.figures.phases import MOST_COLUMNS, MOST_LINES, describe_matrices, describe_potentials, matrices, potentials_left
from app.figures.style import PALETTES
from app.server import runner
from app.server.runner import Owner, TrainingRun
from app.state.composition import Composition
from app.state.phases import FEWEST_EPOCHS, ORDER, PACE, LeftOut, PhasesView, epochs_without, why_not
from app.state.training import TrainingState
from app.words.phases import CODE, HAPPENED, NAMES, OUTCOMES, WHY, phase_in_words, verdict
from snncore.errors import ExperimentError
from snncore.experiment.inputs import NO_FILES
from snncore.experiment.recognition import yin_yang
from snncore.experiment.spec import ten_spikes
from snncore.explain import WalkedEpoch, walk_epoch
from snncore.explain.phase_left_out import LEAVABLE, Outcome
from snncore.run.epoch import Phase
from tests.app.plain import as_json
from tests.app.waiting import until

SHORT = ten_spikes().replace({"training.epochs": 12})
ENDLESS = ten_spikes().replace({"training.epochs": 10_000, "training.task.target": 10**6})
OWNER = Owner("visitor")


@pytest.fixture(scope="module")
def walked() -> WalkedEpoch:
    found = walk_epoch(ten_spikes(), 40)
    assert found is not None
    return found


@pytest.fixture
def run() -> TrainingRun:
    made = TrainingRun(SHORT, None)
    made.play()
    until(lambda: not made.is_running)
    return made


def seen(view: PhasesView, run: TrainingRun, epoch: int) -> WalkedEpoch:
    until(lambda: view.walk(run, epoch, OWNER, NO_FILES) is not None)
    found = view.walk(run, epoch, OWNER, NO_FILES)
    assert found is not None
    return found


# ------------------------------------------------------------------------------------------------------------- state


def test_the_epoch_that_is_walked_through_is_the_trainings_and_leaves_it_as_it_is(run: TrainingRun) -> None:
    view, before = PhasesView(), run.records[:]
    found = seen(view, run, 7)
    assert found.record.loss == before[7].loss
    assert found.record.gradient_norms == before[7].gradient_norms
    assert run.records == before
    assert seen(view, run, 7) is found, "it is kept"
    assert seen(view, run, 8).record.epoch == 8


def test_while_the_network_trains_a_walk_still_finishes_and_is_shown_until_the_next() -> None:
    run, view = TrainingRun(ENDLESS, None), PhasesView()
    run.play()
    until(lambda: len(run.records) > 40)
    seen_epochs = []
    for _ in range(3):
        last = len(seen_epochs)
        while len(seen_epochs) == last:
            found = view.walk(run, len(run.records) - 1, OWNER, NO_FILES, follows=True)
            assert found is not None or not seen_epochs, "what is there stays"
            if found is not None and found.record.epoch not in seen_epochs:
                seen_epochs.append(found.record.epoch)
    assert seen_epochs == sorted(seen_epochs)
    until(lambda: view.walk(run, 3, OWNER, NO_FILES) is not None)
    assert seen(view, run, 3).record.epoch == 3, "the visitor asks for another one, while it trains"
    run.pause()
    until(lambda: not run.is_running)
    assert seen(view, run, 1).record.epoch == 1
    view.end()


def test_next_goes_through_all_seven_and_begins_again() -> None:
    view, gone = PhasesView(), []
    for _ in range(8):
        gone.append(view.at)
        view.next()
    assert gone == [*ORDER, ORDER[0]]


def test_rows_run_once_for_each_time_that_their_phase_is_entered() -> None:
    runs = []
    for view in (PhasesView(), PhasesView()):
        for _ in range(14):
            view.next()
            if view.at in (Phase.FORWARD, Phase.BACKWARD):
                runs.append(view.plays)
    assert len(runs) == len({*runs}) == 8, "a view that is opened again runs too"


def test_a_browser_that_still_tells_the_phase_that_slow_motion_left_leads_nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    view = PhasesView(at=Phase.BACKWARD)
    view.play()
    now[0] += PACE
    view.tick()
    view.choose(Phase.BACKWARD)
    assert view.at is Phase.UPDATE
    view.choose(Phase.FORWARD)
    assert view.at is Phase.FORWARD, "another one was chosen"
    now[0] += PACE
    view.choose(Phase.BACKWARD)
    assert view.at is Phase.BACKWARD, "it was left long ago"


def test_slow_motion_shows_each_phase_for_its_time_and_ends_with_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    view = PhasesView(at=ORDER[-1])
    view.play()
    assert view.at is ORDER[0], "it begins again"
    assert view.is_moving
    for phase in ORDER[1:]:
        now[0] += PACE / 2
        view.tick()
        assert view.at is not phase
        now[0] += PACE / 2
        view.tick()
        assert view.at is phase
    now[0] += PACE
    view.tick()
    assert view.at is ORDER[-1]
    assert not view.is_moving


def test_in_slow_motion_the_weights_move_by_and_by_and_else_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    view = PhasesView(at=Phase.BACKWARD)
    view.play()
    view.next()
    moved = []
    for _ in range(6):
        moved.append(view.moved)
        now[0] += PACE / 6
    assert moved == sorted(moved)
    assert (moved[0], moved[-1]) == (0.0, 1.0)
    assert 0 < moved[2] < 1
    view.go_to(Phase.UPDATE)
    view.stop()
    assert view.moved == 1.0


def test_slow_motion_shows_the_backward_phase_for_its_time_once_its_gradient_is_there(
    run: TrainingRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = PhasesView(at=Phase.BACKWARD)
    walked = seen(view, run, 3)
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    view.play()
    now[0] += PACE - 0.1
    view.credit(walked, run, NO_FILES)
    now[0] += PACE - 0.1
    view.tick()
    assert view.at is Phase.BACKWARD
    now[0] += 0.1
    view.tick()
    assert view.at is Phase.UPDATE


def test_a_prediction_is_locked_and_then_both_are_trained(run: TrainingRun) -> None:
    view = PhasesView(at=Phase.UPDATE)
    view.leave_out(run)
    assert view.left_out is not None
    assert view.left_out.job is None, "nothing is trained before there is a prediction"
    view.predict("same", OWNER, NO_FILES)
    view.predict("still", OWNER, NO_FILES)
    until(lambda: not view.is_moving)
    assert view.left_out.guess == "same"
    assert view.left_out.outcome == "still"
    assert len(view.left_out.whole) == len(view.left_out.without) == 12
    assert [record.loss for record in view.left_out.whole] == [record.loss for record in run.records]
    view.end_leaving_out()
    assert view.left_out is None


def test_a_prediction_that_was_cut_short_while_nobody_watched_is_found_out_later(run: TrainingRun, monkeypatch: pytest.MonkeyPatch) -> None:
    view = PhasesView(at=Phase.UPDATE)
    view.leave_out(run)
    with monkeypatch.context() as patched:
        patched.setattr(runner, "ABSENCE_GRACE", 0.0)
        view.predict("same", Owner("away", is_present=lambda: False), NO_FILES)
        until(lambda: not view.is_moving)
    assert view.left_out is not None
    assert view.left_out.outcome is None
    assert view.look_at_left_out(run, OWNER, NO_FILES) is view.left_out
    until(lambda: not view.is_moving)
    assert view.look_at_left_out(run, OWNER, NO_FILES) is view.left_out
    assert not view.is_moving, "what is found out isn't begun again"
    assert (view.left_out.guess, view.left_out.outcome) == ("same", "still")
    assert len(view.left_out.whole) == len(view.left_out.without) == 12


def test_what_was_found_out_about_a_training_is_gone_once_that_is_changed(run: TrainingRun) -> None:
    view = PhasesView(at=Phase.UPDATE)
    view.leave_out(run)
    view.predict("same", OWNER, NO_FILES)
    until(lambda: not view.is_moving)
    run.change({"training.lr": 0.5})
    assert view.look_at_left_out(run, OWNER, NO_FILES) is None
    assert view.left_out is None


def test_credit_in_the_backward_phase_has_the_limits_of_the_credit_view(run: TrainingRun, monkeypatch: pytest.MonkeyPatch) -> None:
    view = PhasesView(at=Phase.BACKWARD)
    walked = seen(view, run, 3)
    with monkeypatch.context() as patched:
        patched.setattr("app.state.credit.MOST_STEPS", 199)
        with pytest.raises(ExperimentError, match="200 steps over all layers; credit is computed for 199 at most"):
            view.credit(walked, run, NO_FILES)
    assert view.credit(walked, run, NO_FILES).layers


def test_without_forward_there_is_nothing_to_leave_out_and_the_question_before_stays(run: TrainingRun) -> None:
    view = PhasesView(at=Phase.BACKWARD)
    view.leave_out(run)
    asked = view.left_out
    view.go_to(Phase.FORWARD)
    with pytest.raises(ExperimentError, match="nothing to measure"):
        view.leave_out(run)
    assert view.left_out is asked


def test_a_training_that_diverges_without_a_phase_says_where_and_is_over() -> None:
    huge = SHORT.replace({"training.optimiser": "SGD", "training.lr": 1e21})  # each update is as large as float32 just holds
    asked = LeftOut(Phase.RESET_PARAMETER_GRADIENTS, huge, 12)
    asked.begin(OWNER, NO_FILES)
    until(lambda: not asked.is_running)
    assert len(asked.whole) == 12
    assert asked.failure is not None
    assert f"epoch {len(asked.without) - 1}" in asked.failure or f"epoch {len(asked.without)}" in asked.failure
    assert asked.outcome == "other"


@pytest.mark.parametrize(("experiment", "epoch", "said"), [(yin_yang(), 0, "labelled data"), (ten_spikes(), 10**7, "too long")])
def test_what_cannot_be_walked_through_says_so_in_a_sentence(experiment: object, epoch: int, said: str) -> None:
    assert said in (why_not(experiment, epoch) or "")  # type: ignore[arg-type]
    assert why_not(ten_spikes(), 100) is None


def test_work_is_bounded_before_it_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    assert epochs_without(ten_spikes()) == 100
    assert epochs_without(ten_spikes().replace({"training.epochs": 3})) == 3
    monkeypatch.setattr("app.state.phases.MOST_WORK", 1_000_000)
    with pytest.raises(ExperimentError, match="takes too long to be trained twice"):
        epochs_without(ten_spikes().replace({"training.epochs": FEWEST_EPOCHS}))


def test_closing_or_opening_another_insight_ends_what_goes_on() -> None:
    training = TrainingState(Composition(SHORT), OWNER)
    assert training.prepare() is None
    training.open_insight("phases")
    training.phases.play()
    assert training.is_moving
    training.open_insight("surrogate")
    assert not training.is_moving
    training.open_insight("phases")
    training.phases.play()
    training.close_insight()
    assert not training.is_moving


# ------------------------------------------------------------------------------------------------------------- words


def test_every_phase_has_its_words(walked: WalkedEpoch) -> None:
    assert set(NAMES) == set(CODE) == set(Phase)
    assert set(WHY) == set(LEAVABLE)
    assert set(OUTCOMES) == set(HAPPENED) == set(get_args(Outcome))
    said = {phase: phase_in_words(walked, phase, ten_spikes()) for phase in Phase}
    assert len(set(said.values())) == len(Phase)
    assert "Linear 3 bias" in said[Phase.RESET_PARAMETER_GRADIENTS]
    assert f"{np.abs(walked.left['1']).max():.3g} in LIF 2" in said[Phase.RESET_STATES]
    assert f"LIF 4 sends {walked.record.spikes:.0f} spikes" in said[Phase.FORWARD]
    assert f"the loss is {walked.record.loss:g}" in said[Phase.LOSS]
    assert f"{walked.record.gradient_norms['2.bias']:.3g} at Linear 3 bias" in said[Phase.BACKWARD]
    assert f"Linear 1 weights by {np.linalg.norm(walked.moved['0.weight']):.3g}" in said[Phase.UPDATE]


def test_before_the_first_epoch_there_is_nothing_to_clear_and_without_gradients_nothing_moves() -> None:
    first = walk_epoch(ten_spikes(), 0)
    assert first is not None
    assert "nothing to clear" in phase_in_words(first, Phase.RESET_PARAMETER_GRADIENTS, ten_spikes())
    assert "nothing to reset" in phase_in_words(first, Phase.RESET_STATES, ten_spikes())
    still = replace(first, moved={}, record=replace(first.record, gradient_norms={}))
    assert "nothing moves" in phase_in_words(still, Phase.UPDATE, ten_spikes())
    assert "no gradient arrives" in phase_in_words(still, Phase.BACKWARD, ten_spikes())


def test_a_verdict_says_what_happened_and_whether_it_was_predicted() -> None:
    assert verdict(Phase.UPDATE, "still", "still", None).startswith("As you said: nothing moves from epoch to epoch. Gradients are")
    wrong = verdict(Phase.RESET_STATE_GRADIENTS, "other", "same", None)
    assert wrong.startswith("You said “It learns, but differently”, but every epoch is the same as with it.")
    assert "Each epoch's gradients" not in verdict(Phase.RESET_PARAMETER_GRADIENTS, "same", "same", None), (
        "no reason for what didn't happen"
    )
    assert "LIF 2 broke." in verdict(Phase.RESET_PARAMETER_GRADIENTS, "same", "other", "LIF 2 broke.")


# ----------------------------------------------------------------------------------------------------------- figures


def test_each_weight_matrix_has_a_picture_on_its_own_scale_around_0(walked: WalkedEpoch) -> None:
    figure = matrices(walked.moved, ten_spikes(), "moved by", "light")
    palette = PALETTES["light"]
    assert len(figure["data"]) == 2
    for trace, name in zip(figure["data"], ("0.weight", "2.weight"), strict=True):
        assert np.allclose(trace["z"], walked.moved[name], rtol=1e-2)
        assert trace["zmax"] == -trace["zmin"] == np.abs(walked.moved[name]).max()
        assert [color for _, color in trace["colorscale"]] == [palette.negative, palette.background, palette.positive]
    assert as_json(figure)
    assert "Linear 1 weights, 64 by 16" in describe_matrices(walked.moved, ten_spikes(), "Moves")


def test_moves_that_are_made_in_part_are_drawn_on_the_scale_of_the_whole(walked: WalkedEpoch) -> None:
    whole, half = (matrices(walked.moved, ten_spikes(), "moved by", "light", share)["data"] for share in (1.0, 0.5))
    for trace, other in zip(whole, half, strict=True):
        assert np.allclose(np.array(other["z"]), np.array(trace["z"]) / 2, rtol=1e-2)
        assert (other["zmin"], other["zmax"]) == (trace["zmin"], trace["zmax"])


def test_a_large_matrix_is_averaged() -> None:
    (trace,) = matrices({"0.weight": np.ones((500, 1000), np.float32)}, ten_spikes(), "gradient", "dark")["data"]
    assert len(trace["z"]) <= MOST_LINES
    assert len(trace["z"][0]) <= MOST_COLUMNS
    assert trace["dx"] * len(trace["z"][0]) >= 1000


def test_potentials_are_those_that_were_left_and_then_0_on_the_same_scale(walked: WalkedEpoch) -> None:
    left, reset = (potentials_left(walked.left, ten_spikes(), is_reset, "light") for is_reset in (False, True))
    assert np.array_equal(left["data"][0]["y"], walked.left["1"][0])
    assert not any(trace["y"].any() for trace in reset["data"])
    assert [left["layout"][name]["range"] for name in ("yaxis", "yaxis2")] == [
        reset["layout"][name]["range"] for name in ("yaxis", "yaxis2")
    ]
    assert "LIF 2: v from" in describe_potentials(walked.left, ten_spikes(), False)
    assert "at rest" in describe_potentials(walked.left, ten_spikes(), True)


def test_nothing_left_is_drawn_as_nothing() -> None:
    empty = {"1": np.empty(0, np.float32)}
    assert potentials_left(empty, ten_spikes(), False, "light")["data"] == []
    assert matrices({}, ten_spikes(), "gradient", "light")["data"] == []
