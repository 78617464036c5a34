"""Buttons that draw other weights, another input or other noise."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import streamlit as st

from app.words.seeds import SEED_OF, Seed, can_draw, draw_help
from snncore.experiment.spec import Draft


def draw_others(draft: Draft, draw: Callable[[Seed], None], labels: Iterable[str] = SEED_OF, trains: bool = False) -> None:
    """Show a button for each seed that would change something.

    Args:
        draw: called with the seed to increase.
        labels: of the seeds to offer, keys of `SEED_OF`.
        trains: whether the page trains, so that the order of its batches counts too.
    """
    offered = [label for label in labels if can_draw(draft, SEED_OF[label], trains)]
    if not offered:
        return
    with st.container(horizontal=True, gap="small", key="draw_others"):
        for label in offered:
            st.button(label, on_click=draw, args=(SEED_OF[label],), help=draw_help(draft, SEED_OF[label], trains))
