"""Looks: what a browser that watches a training is answered, while it goes on and where more than its views has changed."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from starlette.requests import Request
from streamlit.testing.v1 import AppTest

from app.components.kept import Store, lent, one_at_a_time
from app.components.looks import KEY, Watch, drawn_only, repeated, watching
from app.server import watched
from app.state.presets import presets
from snncore.errors import ExperimentError
from tests.app.messages import head, read
from tests.app.pages import TRAINING, component_of, data_of, desk, kept_by_views, opened, press, run, told
from tests.app.training_page import run_of
from tests.app.waiting import until
from tests.browser.training_page import ENDLESS

TRIES = 20


@pytest.fixture(autouse=True)
def _served(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "_are_served", True)


@pytest.fixture
def page() -> Iterator[AppTest]:
    """A page on which a training goes on."""
    made = opened(TRAINING, ENDLESS)
    yield press(made, "Train them")
    run_of(made).pause()


def messages(content: bytes) -> list[bytes]:
    found = []
    while content:
        size = int.from_bytes(content[:4], "little")
        found.append(content[4 : 4 + size])
        content = content[4 + size :]
    return found


def forget(page: AppTest) -> None:
    """Have all views be sent everything."""
    for name, value in kept_by_views(page).items():
        if name.endswith(" sent"):
            value.forget()


def watch_of(page: AppTest) -> Watch:
    found: Watch = kept_by_views(page)[KEY]
    return found


def until_looked(page: AppTest) -> bytes:
    """What a look sends, once nothing else has changed since the page was drawn, such as its address."""
    for _ in range(TRIES):
        content = watch_of(page).look()
        if content:
            return content
        run(page)
        forget(page)
    raise AssertionError("no look was answered")


def looked(page: AppTest) -> dict[str, dict[str, Any]]:
    """Headers that a look sends, by view."""
    forget(page)
    return {head(message)[0]["view"]: read(message)[0] for message in messages(until_looked(page))}


def number_of(message: bytes) -> int:
    number: int = head(message)[0]["number"]
    return number


def test_a_look_sends_what_moves_as_it_is_then(page: AppTest) -> None:
    records = run_of(page).records
    shown = len(records)
    until(lambda: len(records) > shown + 3)
    found = looked(page)
    assert list(found) == ["count", "curves", "rows"]
    assert int(found["count"]["unit"].split("epoch ")[1]) > shown
    assert found["rows"]["groups"]


def test_the_browser_looks_while_a_training_goes_on_and_streamlit_draws_nothing_by_itself(page: AppTest) -> None:
    data = data_of(page, KEY)
    assert data["address"] == f"look/{watch_of(page).name}"
    assert data["interval"] == 1000 * desk(page).training.poll_interval  # type: ignore[operator]
    assert not page.session_state["drawn"].polled
    press(page, "Pause")
    assert data_of(page, KEY)["address"] is None


@pytest.mark.parametrize("name", ["Digits", "Yin-Yang"])
def test_what_stands_in_the_middle_of_labelled_data_is_looked_at(name: str) -> None:
    preset = next(preset for preset in presets() if name in preset.title)
    page = press(opened(TRAINING, preset.draft), "Train it")
    try:
        assert list(looked(page)) == ["count", "curves", {"Digits": "wall", "Yin-Yang": "decision"}[name], "rows"]
    finally:
        run_of(page).pause()


def test_where_more_has_changed_the_page_has_to_be_drawn(page: AppTest) -> None:
    assert until_looked(page)
    run_of(page).pause()
    assert watch_of(page).look() is None


def test_while_the_part_is_drawn_there_is_nothing_new(page: AppTest) -> None:
    watch, found = watch_of(page), []
    with lent(watch.store), one_at_a_time():
        other = Thread(target=lambda: found.append(watch.look()))
        other.start()
        other.join()
    assert found == [b""]
    assert until_looked(page)


@pytest.mark.parametrize(("error", "is_logged"), [(ExperimentError("It became infinite."), False), (KeyError("of the app's own"), True)])
def test_a_look_that_fails_has_the_page_drawn(page: AppTest, caplog: pytest.LogCaptureFixture, error: Exception, is_logged: bool) -> None:
    def fail() -> None:
        raise error

    watch = watch_of(page)
    watch.repeats.append(fail)
    with caplog.at_level(logging.ERROR):
        assert watch.look() is None
    assert ("A look failed" in caplog.text) == is_logged
    watch.repeats.pop()
    assert until_looked(page)


def test_what_can_not_be_repeated_is_drawn_at_each_look() -> None:
    store: Store = {}
    with lent(store), watching(lambda: 0, lambda work: work()):
        repeated(lambda: None)
        drawn_only()
    assert store[KEY].look() is None


def test_a_guess_that_was_asked_for_after_the_last_drawing_counts() -> None:
    page = opened(TRAINING)
    assert not desk(page).training.guess.is_asked(run_of(page))
    run_of(page).step()
    until(lambda: desk(page).training.guess.is_asked(run_of(page)))
    told(page, "curves", {"do": "guess", "x": 30})
    assert desk(page).training.guess.of(run_of(page)) == 30


def test_messages_of_looks_and_of_drawings_are_numbered_as_they_are_made(page: AppTest) -> None:
    numbers = []
    for _ in range(2):
        content = until_looked(page)
        numbers += [number_of(component_of(page, "rows").bytes), number_of(messages(content)[-1])]
        run(page)
    assert numbers == sorted(set(numbers))


def test_the_server_answers_with_what_is_new_and_says_what_it_does_not_know(page: AppTest) -> None:
    (route,) = watched.routes("/base/")
    assert route.path == "/base/look/{name}"
    for _ in range(TRIES):
        found = watched._answer(asked(watch_of(page).name))
        if found.status_code != watched.DRAW:
            break
        run(page)
    assert (found.status_code, found.headers["Cache-Control"]) == (200, "no-store")
    assert messages(bytes(found.body))
    assert watched._answer(asked("unknown")).status_code == watched.DRAW


def test_a_server_of_another_kind_lets_streamlit_draw_what_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watched, "_are_served", False)
    page = press(opened(TRAINING, ENDLESS), "Train them")
    try:
        assert data_of(page, KEY)["address"] is None
        assert page.session_state["drawn"].polled == {"live"}
        assert component_of(page, "rows").bytes
    finally:
        run_of(page).pause()


def asked(name: str) -> Request:
    return Request({"type": "http", "path_params": {"name": name}})
