"""The head of every page: the app's name and its pages, and the menus Compare, Explain and Share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from app.components.copy_link import copy_link
from app.components.focus import focus
from app.components.pictures import pictures
from app.components.plain import caption, definitions, heading
from app.widgets.session import desk
from app.words.comparison import LINK_WITHOUT_A
from app.words.glossary import GLOSSARY

APP = "SNN Playground"
MENUS = ("Compare", "Explain", "Share")


def page_links(pages: Sequence[StreamlitPage], shown: StreamlitPage) -> None:
    """Show the app's name and links to all pages, in the line of Streamlit's own menu; the heading also names the page that is shown."""
    with st.container(horizontal=True, vertical_alignment="center", key="pages"):
        heading(APP, shown.title)
        for page in pages:
            st.page_link(page)


def head_menus(compare: Callable[[], None], explain: Callable[[], None], share: Callable[[], None]) -> None:
    """Show the buttons of the menus, and what the open one holds.

    Args:
        compare, explain, share: each fills its menu while that is open. Around it stands what all pages offer there: the words that they
            use, a link to the page, and pictures of it.
    """
    _menu("Compare", compare)
    _menu("Explain", explain, _glossary)
    _menu("Share", _link, share, _pictures)


def open_menus() -> list[str]:
    """Names of the menus that are open."""
    return [name for name in MENUS if st.session_state.get(_key(name))]


def close_and(act: Callable[..., object], *arguments: Any) -> None:
    """Do the act of a menu's button and close the menus, which would cover what it changed."""
    desk().attempt(lambda: act(*arguments))
    for name in MENUS:
        st.session_state[_key(name)] = False


def pin_button(what: str, pin: Callable[[], object], note: str, can: bool = True) -> None:
    """Show the button that pins what the page shows as A.

    Args:
        what: the page shows, in a word.
        can: whether there is anything to pin.
    """
    key, label = f"menu_pin_{what}", f"Pin this {what} as A"
    st.button(label, key=key, on_click=close_and, args=(pin,), width="stretch", disabled=not can, help=note)


def _key(menu: str) -> str:
    return f"menu_{menu.lower()}"


def _menu(name: str, *fills: Callable[[], None]) -> None:
    opened = st.popover(name, key=_key(name), on_change="rerun")
    if opened.open:
        with opened:
            focus(f"{_key(name)}_focus")
            for fill in fills:
                fill()


def _link() -> None:
    copy_link("copy_link")
    if desk().is_compared:
        caption(LINK_WITHOUT_A)


def _glossary() -> None:
    words = st.expander("Words on these pages", key="glossary", on_change="rerun")
    if words.open:
        with words:
            definitions(GLOSSARY)


def _pictures() -> None:
    pictures("pictures")
