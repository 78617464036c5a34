"""Keys that press a page's buttons while one of its plots has the focus."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from app.components.assets import component

_component = component("shortcuts")


class Shortcuts(TypedDict):
    """Data of the view; `buttons` as in `shortcuts`."""

    buttons: dict[str, str]


def shortcuts(key: str, buttons: Mapping[str, str]) -> None:
    """Let keys press buttons: `buttons` maps the browser's name of a key to a button's Streamlit key."""
    _component(key=key, data=Shortcuts(buttons=dict(buttons)))
