"""What was composed can be taken back step by step and done again, until something else is composed."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from app.state.history import LONGEST, History
from snncore.experiment.spec import Draft, ten_spikes

FIRST = ten_spikes().draft


def draft(number: int) -> Draft:
    return FIRST.replace({"seeds.weights": number})


def test_it_begins_with_nothing_to_undo_or_redo() -> None:
    history = History(FIRST)
    assert history.present is FIRST
    assert (history.can_undo, history.can_redo) == (False, False)
    assert history.undo() is FIRST
    assert history.redo() is FIRST


def test_steps_are_undone_and_redone_in_order() -> None:
    history = History(draft(0))
    for number in (1, 2, 3):
        history.add(draft(number))
    assert [history.undo() for _ in range(3)] == [draft(2), draft(1), draft(0)]
    assert (history.can_undo, history.can_redo) == (False, True)
    assert [history.redo() for _ in range(3)] == [draft(1), draft(2), draft(3)]
    assert (history.can_undo, history.can_redo) == (True, False)


def test_another_step_forgets_what_was_undone() -> None:
    history = History(draft(0))
    history.add(draft(1))
    history.add(draft(2))
    history.undo()
    history.add(draft(3))
    assert history.present == draft(3)
    assert not history.can_redo
    assert [history.undo(), history.undo()] == [draft(1), draft(0)]


def test_a_draft_like_the_present_one_is_no_step() -> None:
    history = History(draft(0))
    history.add(draft(1))
    history.undo()
    history.add(draft(0))
    assert (history.can_undo, history.can_redo) == (False, True)


def test_the_oldest_steps_go_first() -> None:
    history = History(draft(0))
    for number in range(1, LONGEST + 50):
        history.add(draft(number))
    assert history.present == draft(LONGEST + 49)
    steps = 0
    while history.can_undo:
        history.undo()
        steps += 1
    assert steps == LONGEST - 1
    assert history.present == draft(50)


DRAFTS = [draft(number) for number in range(4)]


@given(st.lists(st.sampled_from(["undo", "redo", 0, 1, 2, 3]), max_size=40))
def test_it_does_what_two_piles_of_drafts_do(steps: list[str | int]) -> None:
    history, past, future = History(DRAFTS[0]), [DRAFTS[0]], []
    for step in steps:
        if step == "undo":
            future += [past.pop()] if len(past) > 1 else []
            assert history.undo() == past[-1]
        elif step == "redo":
            past += [future.pop()] if future else []
            assert history.redo() == past[-1]
        elif DRAFTS[int(step)] != past[-1]:
            past, future = [*past, DRAFTS[int(step)]], []
            history.add(past[-1])
        else:
            history.add(past[-1])
        assert (history.present, history.can_undo, history.can_redo) == (past[-1], len(past) > 1, bool(future))
