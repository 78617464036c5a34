"""Whatever a view was sent before, it reads what Python means now, and little more than what changed crosses the line."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.components.sent import Sent
from tests.length import examples
from tests.web.node import Modules

TAKE = """
({ receivedBy }, { key, messages }) => messages.map((text) => {
  const taken = receivedBy(key).take(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));
  return taken && { header: taken.header, arrays: taken.arrays.map((values) => Array.from(values)) };
})
"""

ARRAYS = st.lists(
    st.one_of(
        st.lists(st.integers(0, 1), max_size=40).map(lambda values: np.array(values, dtype=np.uint8)),
        st.lists(st.integers(0, 255), max_size=9).map(lambda values: np.array(values, dtype=np.uint8)),
        st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), max_size=9).map(
            lambda values: np.array(values, dtype=np.float32)
        ),
        st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=9).map(np.array),
        st.lists(st.integers(-(2**31), 2**31 - 1), max_size=9).map(lambda values: np.array(values, dtype=np.int64)),
    ),
    max_size=4,
)
LINES = st.lists(st.fixed_dictionaries({"width": st.integers(1, 2)}), max_size=2)
ROWS = st.lists(st.fixed_dictionaries({"kind": st.sampled_from("ab")}, optional={"lines": LINES}), max_size=3)
HEADERS = st.fixed_dictionaries(
    {"words": st.text(max_size=8), "rows": ROWS},
    optional={"plain": st.lists(st.integers(0, 3), max_size=3), "nested": st.just({"a": [{"b": 1}]})},
)

views = iter(range(10**9))


@pytest.fixture(scope="module")
def received() -> Iterator[Modules]:
    modules = Modules(["lib/received.js"])
    yield modules
    modules.close()


def take(received: Modules, key: str, messages: list[bytes]) -> list[Any]:
    texts = [base64.b64encode(message).decode() for message in messages]
    found: list[Any] = received.evaluate(TAKE, {"key": key, "messages": texts})
    return [one and {**one, "arrays": [list(map(float, values)) for values in one["arrays"]]} for one in found]


def plain(header: dict[str, Any], arrays: list[np.ndarray[Any, Any]]) -> dict[str, Any]:
    return {"header": header, "arrays": [list(map(float, values)) for values in arrays]}


@given(data=st.lists(st.tuples(HEADERS, ARRAYS), min_size=1, max_size=6), lost=st.sets(st.integers(1, 5)))
@examples(200)
def test_every_message_is_read_as_it_was_meant_whatever_was_sent_before(received: Modules, data: list[Any], lost: set[int]) -> None:
    key, is_missing = f"view {next(views)}", False
    sent = Sent(key, patience=0.0, spacing=0.0)
    for number, (header, arrays) in enumerate(data):
        message = sent.message(header, arrays)
        if number in lost:
            is_missing = True
            continue
        (found,) = take(received, key, [message])
        assert found == (None if is_missing else plain(header, arrays))
        if is_missing:
            sent.forget()  # the view asked for all of it
            is_missing = False


def test_what_is_the_same_is_not_sent_again_and_what_grew_is_sent_as_what_was_added() -> None:
    sent = Sent("rows", patience=0.0, spacing=0.0)
    still, growing = np.arange(1000, dtype=np.float32), np.arange(500.0)
    first = sent.message({"rows": [{"words": "as before" * 50}]}, [still, growing])
    again = sent.message({"rows": [{"words": "as before" * 50}]}, [still, growing])
    grown = sent.message({"rows": [{"words": "as before" * 50}]}, [still, np.arange(501.0)])
    assert len(first) > 8000
    assert len(again) < 150
    assert len(grown) - len(again) < 8 + 20


def test_spikes_travel_as_bits() -> None:
    spikes = np.ones(8000, dtype=np.uint8)
    assert len(Sent("rows").message({}, [spikes])) < 1000 + 150


def test_a_message_that_may_not_have_been_sent_is_no_base(received: Modules) -> None:
    sent = Sent("rows", patience=60.0)
    values = np.arange(10.0)
    sent.message({}, [values])
    assert take(received, f"view {next(views)}", [sent.message({}, [values])]) == [plain({}, [values])]


def test_after_a_view_asked_for_all_of_it_all_of_it_is_sent(received: Modules) -> None:
    sent = Sent("rows", patience=0.0, spacing=0.0)
    values = np.arange(10.0)
    sent.message({}, [values])
    assert take(received, "fresh", [sent.message({}, [values])]) == [None]
    sent.forget()
    assert take(received, "fresh", [sent.message({}, [values])]) == [plain({}, [values])]


def test_what_a_view_still_holds_is_built_on_where_it_lacks_a_later_message(received: Modules) -> None:
    sent, key = Sent("rows", patience=0.0, spacing=0.0), f"view {next(views)}"
    still = np.arange(1000.0)
    take(received, key, [sent.message({}, [still])])
    sent.message({}, [still, np.array([1.0])])  # the browser never takes it
    assert take(received, key, [sent.message({}, [still])]) == [None]
    sent.forget(but=received.evaluate("({ receivedBy }, key) => receivedBy(key).held", key))
    message = sent.message({}, [still])
    assert take(received, key, [message]) == [plain({}, [still])]
    assert len(message) < 200


def test_only_now_and_then_a_message_is_offered_as_a_base(received: Modules) -> None:
    sent, key = Sent("rows", patience=0.0, spacing=60.0), f"view {next(views)}"
    first = sent.message({}, [np.arange(3.0)])
    skipped = [sent.message({}, [np.arange(float(size))]) for size in range(20)]
    assert take(received, key, [first, skipped[-1]]) == [plain({}, [np.arange(3.0)]), plain({}, [np.arange(19.0)])]


def test_messages_of_another_session_are_no_base(received: Modules) -> None:
    one, other, key = Sent("rows", 0.0, 0.0), Sent("rows", 0.0, 0.0), f"view {next(views)}"
    take(received, key, [one.message({}, [np.arange(9.0)])])
    other.message({}, [np.ones(9)])
    assert take(received, key, [other.message({}, [np.ones(9)])]) == [None]


def test_messages_that_nothing_is_based_on_any_more_are_forgotten() -> None:
    sent = Sent("rows", patience=0.0, spacing=0.0)
    for number in range(50):
        sent.message({}, [np.array([float(number)])])
    assert len(sent.messages) <= 3


def test_arrays_that_are_as_before_are_the_same_objects_even_where_all_of_it_is_sent(received: Modules) -> None:
    sent = Sent("objects", patience=60.0)
    messages = [sent.message({"words": words}, [np.arange(10.0), np.array([number])]) for number, words in enumerate("ab")]
    compare = """({ receivedBy }, messages) => {
        const [one, other] = messages.map((text) => receivedBy("objects").take(Uint8Array.from(Buffer.from(text, "base64"))));
        return one.arrays.map((values, place) => values === other.arrays[place]);
    }"""
    assert received.evaluate(compare, [base64.b64encode(message).decode() for message in messages]) == [True, False]
