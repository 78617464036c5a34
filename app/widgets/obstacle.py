"""Why the composed network can't be trained, and the buttons that mend it: the same on the Network and the Training page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import streamlit as st

from app.state.trainability import remedies
from app.widgets.session import desk
from snncore.errors import ExperimentError
from snncore.experiment.spec import Draft

NOT_YET = "This network can't be trained yet; the page says why, and what helps."
"""Help of a button that trains. A tooltip is Markdown, so it holds no reason, which may name a file of someone else."""


def obstacle() -> str | None:
    """Return why the composed network can't be trained; None if it can.

    It is cheap enough for every redraw: nothing is computed but the forward pass that the Network page shows.
    """
    held = desk()
    reason = held.training.obstacle
    if reason is None:
        try:
            held.composition.simulate()
        except ExperimentError as error:
            return str(error)
    return reason


def obstacle_in_words(reason: str) -> str:
    return f"This network can't be trained yet. {reason}"


def remedy_buttons(kind: Literal["primary", "secondary"]) -> None:
    """Show a button for each edit after which the network can be trained."""
    held = desk()
    for remedy in remedies(held.composition.present, held.files):
        st.button(remedy.label, type=kind, on_click=_mend, args=(remedy.mend,))


def _mend(mend: Callable[[Draft], Draft]) -> None:
    held = desk()
    held.attempt(lambda: held.composition.compose(mend))
