"""How many trainings compute at once: what is over that waits in its order, and one owner leaves room for others."""

from __future__ import annotations

import itertools
import random
import threading

from app.server.slots import Slots, Turn


class Line:
    """Turns that note when they begin."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self.slots = Slots(most, most_of_one)
        self.begun: list[str] = []
        self.numbers = itertools.count()

    def enter(self, owner: str) -> Turn:
        name = f"{owner}{next(self.numbers)}"
        turn = Turn(owner, lambda: self.begun.append(name))
        self.slots.enter(turn)
        return turn


def test_as_many_begin_as_there_are_places_and_the_others_in_their_order() -> None:
    line = Line(most=2, most_of_one=2)
    turns = [line.enter(owner) for owner in "abcd"]
    assert line.begun == ["a0", "b1"]
    assert [line.slots.place(turn) for turn in turns] == [0, 0, 1, 2]
    line.slots.leave(turns[1])
    assert line.begun == ["a0", "b1", "c2"]
    assert line.slots.place(turns[3]) == 1
    line.slots.leave(turns[0])
    assert line.begun == ["a0", "b1", "c2", "d3"]


def test_one_owner_leaves_room_for_others() -> None:
    line = Line(most=3, most_of_one=2)
    mine = [line.enter("a") for _ in range(4)]
    assert line.begun == ["a0", "a1"]
    line.enter("b")
    assert line.begun == ["a0", "a1", "b4"], "it passes those whose owner has enough"
    line.slots.leave(mine[0])
    assert line.begun == ["a0", "a1", "b4", "a2"]


def test_what_withdraws_never_begins_and_hinders_nobody() -> None:
    line = Line(most=1, most_of_one=1)
    first, second, third = (line.enter(owner) for owner in "abc")
    assert line.slots.withdraw(second)
    assert not line.slots.withdraw(first), "it has begun"
    line.slots.leave(first)
    assert line.begun == ["a0", "c2"]
    assert line.slots.place(third) == 0


def test_with_many_threads_no_more_than_the_most_compute_and_all_get_their_turn() -> None:
    slots = Slots(most=3, most_of_one=2)
    computing: list[str] = []
    seen: list[list[str]] = []
    lock = threading.Lock()

    def compute(owner: str, done: threading.Event, turn: list[Turn]) -> None:
        with lock:
            computing.append(owner)
            seen.append(list(computing))
        threading.Event().wait(random.Random(len(seen)).random() / 500)
        with lock:
            computing.remove(owner)
        slots.leave(turn[0])
        done.set()

    finished = []
    for owner in ["a", "b"] * 40:
        done, turn = threading.Event(), list[Turn]()
        begin = lambda owner=owner, done=done, turn=turn: threading.Thread(target=compute, args=(owner, done, turn)).start()  # noqa: E731
        turn.append(Turn(owner, begin))
        slots.enter(turn[0])
        finished.append(done)
    assert all(done.wait(20) for done in finished)
    assert max(map(len, seen)) <= 3
    assert max(owners.count(owner) for owners in seen for owner in "ab") <= 2
