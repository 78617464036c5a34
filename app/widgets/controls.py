"""Widgets that edit one field of an Experiment each, by its path. What an edit does is the page's.

Each begins with the value in force also where that is in the session state: a widget that the browser makes anew, since a part of the page
came without it, says what it begins with.
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
"""Takes fields with their new values, by path."""


def number(
    label: str, path: str, value: float | None, note: str, edit: Edit, numbers: Numbers, optional: bool = False, **widget: Any
) -> None:
    """A field for a number, which may be left empty where it is `optional`; `widget` is what `st.text_input` takes."""

    def read(text: str) -> float | None:
        return None if optional and not text.strip() else numbers.read(text, label)

    text_field(label, path, value, written, read, lambda found: edit({path: found}), **widget)
    if note:
        caption(note)


def text_field(
    label: str, path: str, value: T, write: Callable[[T], str], read: Callable[[str], T], take: Callable[[T], object], **widget: Any
) -> None:
    """A field for one or more numbers, typed as text.

    In `st.number_input` browsers drop a decimal comma: 0,01 would become 1.

    Args:
        write: makes text of what is in force.
        read: makes a value of what was typed. Where it raises ExperimentError, the page says so, and the field shows what is in force.
        take: called with the value.
    """
    text = write(value)
    key = _filled(path, text)
    st.text_input(label, text, key=key, on_change=_take, args=(path, key, text, read, take), autocomplete="off", **widget)


def _take(path: str, key: str, shown: str, read: Callable[[str], Any], take: Callable[[Any], object]) -> None:
    typed, held = st.session_state[key], desk()
    if typed == shown and key != _key(path, held.composition.revision):
        return  # nobody typed: the browser tells what a field showed that Streamlit has forgotten meanwhile
    found: list[Any] = []
    if not held.attempt(lambda: found.append(read(typed))):
        st.rerun()  # the whole page, even if only a fragment of it is running
    take(*found)


def slider(label: str, path: str, value: float, note: str, edit: Edit, low: float, high: float, step: float, **widget: Any) -> None:
    """A slider from `low` to `high`, or to the value where it lies beyond."""
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
    """Any number of the options, in whatever order."""
    key = _filled(path, list(values))
    st.multiselect(label, list(options), list(values), key=key, format_func=words, on_change=lambda: edit({path: st.session_state[key]}))
    caption(note)


def _filled(path: str, value: Any) -> str:
    """The widget's key, and in it the value in force: what was refused is not kept."""
    key = key_of(path)
    if key not in st.session_state or st.session_state[key] != value:
        st.session_state[key] = value  # only then: what is set here overrules what is being moved in the browser
    return key


def key_of(path: str) -> str:
    """The key of a field's widget; after an undo, say, it is another widget's."""
    return _key(path, desk().composition.revision)


def _key(path: str, revision: int) -> str:
    return f"edit {path} #{revision}" if revision else f"edit {path}"
