"""Widgets that each edit one field of an Experiment, by its path. The page decides what an edit does.

Each is given its present value even if the session state holds it too: when the browser recreates a widget, because a part of the page came
without it, it reports its initial value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import streamlit as st

from app.components.plain import caption
from app.widgets.session import desk
from app.words.typed_numbers import Numbers, written

T = TypeVar("T")
Edit = Callable[[dict[str, Any]], Any]
"""Takes new values of fields, by path."""


def number(
    label: str, path: str, value: float | None, note: str, edit: Edit, numbers: Numbers, optional: bool = False, **widget: Any
) -> None:
    """Show a field for a number. An `optional` one may be empty; `widget` holds arguments of `st.text_input`."""

    def read(text: str) -> float | None:
        return None if optional and not text.strip() else numbers.read(text, label)

    text_field(label, path, value, written, read, lambda found: edit({path: found}), **widget)
    if note:
        caption(note)


def text_field(
    label: str, path: str, value: T, write: Callable[[T], str], read: Callable[[str], T], take: Callable[[T], object], **widget: Any
) -> None:
    """Show a field for one or more numbers, typed as text.

    In `st.number_input` browsers drop a decimal comma: 0,01 would become 1.

    Args:
        write: turns the present value into text.
        read: turns the typed text into a value. If it raises ExperimentError, the page says so, and the field shows the present value.
        take: called with the value.
    """
    text = write(value)
    key = _filled(path, text)
    st.text_input(label, text, key=key, on_change=_take, args=(path, key, text, read, take), autocomplete="off", **widget)


def _take(path: str, key: str, shown: str, read: Callable[[str], Any], take: Callable[[Any], object]) -> None:
    typed, held = st.session_state[key], desk()
    if typed == shown and key != _key(path, held.composition.revision):
        return  # nobody typed: the browser sends the text of a field that Streamlit has forgotten meanwhile
    found: list[Any] = []
    if not held.attempt(lambda: found.append(read(typed))):
        st.rerun()  # the whole page, even if only a fragment is running
    take(*found)


def slider(label: str, path: str, value: float, note: str, edit: Edit, low: float, high: float, step: float, **widget: Any) -> None:
    """Show a slider from `low` to `high`, extended to the present value if needed."""
    key = _filled(path, value)
    st.slider(
        label, min(low, value), max(high, value), value, key=key, step=step, on_change=lambda: edit({path: st.session_state[key]}), **widget
    )
    caption(note)


def toggle(label: str, path: str, value: bool, note: str, edit: Edit) -> None:
    key = _filled(path, value)
    st.toggle(label, value, key=key, on_change=lambda: edit({path: st.session_state[key]}))
    caption(note)


def choice(label: str, path: str, value: str, options: Sequence[str], note: str, edit: Edit, words: Callable[[str], str] = str) -> None:
    key = _filled(path, value)
    st.selectbox(label, options, options.index(value), key=key, format_func=words, on_change=lambda: edit({path: st.session_state[key]}))
    if note:
        caption(note)


def choices(
    label: str, path: str, values: Sequence[str], options: Sequence[str], note: str, edit: Edit, words: Callable[[str], str] = str
) -> None:
    """Show a choice of any number of options, in any order."""
    key = _filled(path, list(values))
    st.multiselect(label, list(options), list(values), key=key, format_func=words, on_change=lambda: edit({path: st.session_state[key]}))
    caption(note)


def _filled(path: str, value: Any) -> str:
    """Return the widget's key, after resetting its value to the present one: refused values aren't kept."""
    key = key_of(path)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value  # only if they differ: setting a value overrides a drag in the browser
    return key


def key_of(path: str) -> str:
    """Return the key of a field's widget; it changes with the revision, for example after an undo."""
    return _key(path, desk().composition.revision)


def _key(path: str, revision: int) -> str:
    return f"edit {path} #{revision}" if revision else f"edit {path}"
