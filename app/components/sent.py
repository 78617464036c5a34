"""Sends a view what changed since it was last sent something: equal parts by their number, parts that have grown by what was added.

A message is bytes: the length of its head (4 bytes, little-endian), the head as JSON, and the bodies of its parts. Its parts are the header
of the view's data as JSON, the types of the arrays as JSON, the objects in the header's lists, as JSON each, and the arrays.
`app/web/lib/received.js` is the other end. A view that lacks what a message is based on says which ones it holds.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import asdict, dataclass, field, is_dataclass
from typing import Any, Literal, NamedTuple, TypeAlias, TypedDict

import numpy as np
import streamlit as st

from app.components.kept import kept, one_at_a_time
from app.components.looks import is_sent_with_a_look

SENT_AFTER = 1.0
"""Seconds after which a message has surely been sent, even by a busy server. Streamlit drops what it hasn't sent when it draws again."""

OFFERED_EVERY = 3.0
"""Seconds between two messages that later ones may be based on, unless they are whole. Of messages that come together a slow browser takes
only the last, and must ask if a later one is based on another.
"""

NUMBER_BITS = 52
"""Bits of a first message's random number: a browser counts further without rounding, and tells an older message of the same session from
one of another session (`isOlder` in `app/web/lib/received.js`)."""

TYPES = {"u1": "u1", "f8": "f8", "i4": "i4", "i8": "i4"}
"""Types that arrays of a type travel as; all others travel as float32."""

_ENCODER = json.JSONEncoder(separators=(",", ":"), allow_nan=False)

Arrays = Sequence[np.ndarray[Any, Any]]
Entry: TypeAlias = Literal[0] | tuple[int, int, int]


class Part(NamedTuple):
    """What is kept of a part that was sent."""

    size: int
    digest: bytes

    @classmethod
    def of(cls, content: bytes) -> Part:
        return cls(len(content), hashlib.blake2b(content, digest_size=12).digest())


class SentHead(TypedDict):
    """Head of a message.

    Attributes:
        view: its name in the browser.
        number: of the message.
        isOffered: whether later messages may be based on it.
        base: number of the message that it is based on; None if it is whole.
        parts: how each is sent: which part of the base it begins like, how many bytes of that part it has, and how many follow; 0 if it is
            the part at the same place.
    """

    view: str
    number: int
    isOffered: bool
    base: int | None
    parts: list[Entry]


@dataclass
class Message:
    """A message that later ones may be based on.

    Attributes:
        number: counts the messages to one view, from a random number: a browser may hold those of an earlier session.
        at: when it was made, on the monotonic clock.
    """

    number: int
    at: float
    parts: list[Part]

    def __post_init__(self) -> None:
        self.places = {part: place for place, part in enumerate(self.parts)}


@dataclass
class Sent:
    """The messages to one view in one session that later ones may be based on, oldest first.

    Attributes:
        view: its name in the browser.
        patience: seconds after which a message counts as sent.
        spacing: seconds between two of the messages.
    """

    view: str
    patience: float = SENT_AFTER
    spacing: float = OFFERED_EVERY
    messages: list[Message] = field(default_factory=list)
    count: int = field(default_factory=lambda: secrets.randbits(NUMBER_BITS))

    def message(self, header: Mapping[str, Any], arrays: Arrays) -> bytes:
        """Return the next message."""
        contents = _contents(header, arrays)
        base, now = self._base(), time.monotonic()
        made = Message(self.count, now, [Part.of(content) for content in contents])
        entries: list[Entry] = []
        bodies = []
        for place, (content, part) in enumerate(zip(contents, made.parts, strict=True)):
            source, kept = _kept(base, place, content, part) if base else (0, 0)
            is_as_before = source == place and kept == part.size and base is not None
            entries.append(0 if is_as_before else (source, kept, part.size - kept))
            bodies.append(content[kept:])
        self.count += 1
        is_offered = base is None or now - self.messages[-1].at >= self.spacing
        if is_offered:
            self.messages.append(made)
        told = SentHead(view=self.view, number=made.number, isOffered=is_offered, base=base.number if base else None, parts=entries)
        head = _json(told)
        return b"".join((len(head).to_bytes(4, "little"), head, *bodies))

    def forget(self, but: Container[int] = ()) -> None:
        """Base no later message on what was sent so far, except for the messages with these numbers."""
        self.messages = [message for message in self.messages if message.number in but]

    def _base(self) -> Message | None:
        """Return the newest message that was surely sent. The one before stays, for a view that turns out to lack it."""
        until = time.monotonic() - self.patience
        place = max((place for place, one in enumerate(self.messages) if one.at <= until), default=None)
        if place is None:
            return None
        base = self.messages[place]
        del self.messages[: max(place - 1, 0)]
        return base


def send(component: Callable[..., Any], key: str, header: Mapping[str, Any], arrays: Arrays, on_acts_change: Callable[[], None]) -> None:
    """Draw the component under `key` in this session; its view asks for the parts that it lacks."""
    sent, lock = kept(f"{key} sent", lambda: Sent(key)), one_at_a_time()

    def forget() -> None:
        told = st.session_state.get(key) or {}  # it may have gone with its page
        with lock:
            sent.forget(but=told.get("lacking") or ())

    with lock:
        message = sent.message(header, arrays)
    if not is_sent_with_a_look(message):
        component(key=key, data=message, on_acts_change=on_acts_change, on_lacking_change=forget)


def _kept(base: Message, place: int, content: bytes, part: Part) -> tuple[int, int]:
    """Return which part of `base` begins like this one, and how many bytes of it do."""
    equal = base.places.get(part)
    if equal is not None:
        return equal, part.size
    before = base.parts[place] if place < len(base.parts) else None
    if before and before.size < part.size and Part.of(content[: before.size]) == before:
        return place, before.size
    return 0, 0


def _contents(header: Mapping[str, Any], arrays: Arrays) -> list[bytes]:
    held: list[Any] = []

    def without_lists(value: Any) -> Any:
        """The value, where a list of objects is named by the places of what it holds, and a dataclass is an object of its fields."""
        if value is None or isinstance(value, (str, int, float)):
            return value
        if is_dataclass(value) and not isinstance(value, type):
            return asdict(value)
        if isinstance(value, Mapping):
            return {name: without_lists(each) for name, each in value.items()}
        if isinstance(value, (list, tuple)) and value and all(isinstance(each, Mapping) for each in value):
            named = [without_lists(each) for each in value]
            held.extend(named)
            return {"$held": [len(held) - len(named), len(held)]}
        return value

    told = without_lists(header)
    packed = [_packed(values) for values in arrays]
    types = [kind for kind, _ in packed]
    return [*(_json(each) for each in (told, types, *held)), *(content for _, content in packed)]


def _json(value: Any) -> bytes:
    return _ENCODER.encode(value).encode()


def _packed(values: np.ndarray[Any, Any]) -> tuple[str, bytes]:
    """Name of the little-endian type that an array travels as, and its bytes; bytes that are 0 or 1 travel as bits."""
    if values.dtype == np.uint8 and values.size and values.max() <= 1:
        return f"b{values.size}", np.packbits(values, bitorder="little").tobytes()
    kind = TYPES.get(values.dtype.str.lstrip("<>|="), "f4")
    return kind, np.ascontiguousarray(values, dtype=f"<{kind}").tobytes()
