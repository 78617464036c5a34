"""Looks at what moves: the browser is sent what is new in some views, again and again, without a run of the page's script.

Streamlit sends some ten messages for each run, and its page goes through all of itself several times for them. So a part of a page that
moves is drawn within `watching`, and those of its views that change by themselves with `repeated`. The browser then asks for these views
again and again (`app/web/looks`), and the thread that answers draws them into the answer. Where anything else of the part would change, the
answer is that Streamlit has to draw it.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypedDict

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.components.kept import Store, kept, lent, one_at_a_time, store
from app.figures.acts import RedrawAct
from app.server.watched import PATH, WATCHED
from snncore.errors import SNNCoreError

log = logging.getLogger(__name__)

_component = component("looks")

KEY = "looks"

Work = Callable[[], object]

_answer: ContextVar[list[bytes] | None] = ContextVar("answer", default=None)
"""Messages of the look that this thread is answering."""


class Looks(TypedDict):
    """Data of the view.

    Attributes:
        address: where to look; null while nothing moves, or if Streamlit draws what does.
        interval: milliseconds between two looks.
        answered: number of the last request to draw that was answered.
    """

    address: str | None
    interval: float
    answered: int


class _OutOfDate(Exception):
    """More has changed than the views that are repeated."""


@dataclass(eq=False)
class Watch:
    """What the browser of one session watches.

    Attributes:
        store: what the session's views keep.
        name: unguessable; its address ends with it.
        around: returns the state that the part shows besides its repeated views; None while it is drawn, or if that was interrupted.
        shown: that state as it was drawn.
        repeats: draw the views.
        undisturbed: does a piece of work while no act changes what the part shows.
    """

    store: Store
    name: str = field(default_factory=lambda: secrets.token_urlsafe(16))
    around: Callable[[], object] | None = None
    shown: object = None
    repeats: list[Work] = field(default_factory=list)
    undisturbed: Callable[[Work], object] = lambda work: work()

    def look(self) -> bytes | None:
        """Return the messages to the views, each after its length (4 bytes, little-endian); None if the part has to be drawn instead.

        There are none while the part is drawn or a view's act is answered.
        """
        with lent(self.store):
            lock = one_at_a_time()
            if not lock.acquire(blocking=False):
                return b""
            messages: list[bytes] = []
            answering_it = _answer.set(messages)
            try:
                self.undisturbed(self._repeat)
            except (_OutOfDate, SNNCoreError):
                return None
            except Exception:
                log.exception("A look failed; the part is drawn instead.")
                return None
            finally:
                _answer.reset(answering_it)
                lock.release()
        return b"".join(part for message in messages for part in (len(message).to_bytes(4, "little"), message))

    def _repeat(self) -> None:
        if self.around is None or self.around() != self.shown:
            raise _OutOfDate
        for draw in self.repeats:
            draw()


def is_sent_with_a_look(message: bytes) -> bool:
    """Send a message to a view with the answer to a look, if this thread is answering one; else return False."""
    messages = _answer.get()
    if messages is None:
        return False
    messages.append(message)
    return True


@contextmanager
def watching(around: Callable[[], object], undisturbed: Callable[[Work], object]) -> Iterator[None]:
    """Draw a part of the page that moves, while no look is answered.

    Args:
        around: returns the state that the part shows besides the views that are repeated. It must not touch Streamlit.
        undisturbed: does a piece of work while nothing changes what the part shows.
    """
    watch = _watch()
    with one_at_a_time():
        watch.around, watch.repeats, watch.undisturbed = None, [], undisturbed
        shown = around()
        yield
        watch.around, watch.shown = around, shown


def repeated(draw: Work) -> None:
    """Draw views, now and with every look.

    Their drawing must not touch Streamlit but through `send`. Their acts are answered by what they gave Streamlit when it drew them last,
    which mustn't depend on what moves.
    """
    _watch().repeats.append(draw)
    draw()


def drawn_only() -> None:
    """Have the part that is being drawn be drawn again where a look is asked for: it shows what can't be repeated."""

    def draw() -> None:
        raise _OutOfDate

    _watch().repeats.append(draw)


def looks(interval: float | None) -> None:
    """Let the browser look at what was drawn last within `watching`.

    Args:
        interval: seconds between two looks; None while nothing moves, or if Streamlit draws what does.
    """
    watch = _watch()
    WATCHED[watch.name] = watch
    address = None if interval is None else f"{PATH}/{watch.name}"
    data = Looks(address=address, interval=1000 * (interval or 0), answered=last_answered(KEY))
    _component(key=KEY, data=data, on_acts_change=answering(KEY, RedrawAct, lambda act: None))


def _watch() -> Watch:
    return kept(KEY, lambda: Watch(store()))
