"""Where a visitor brings weights of their own into the layers of a page, and which of them were taken."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import cast

import streamlit as st

from app.components.plain import caption, definitions
from app.state.own_weights import Matching, OwnWeights
from app.widgets.controls import Panel, Parts, panel
from app.widgets.session import desk
from app.words.weights import MATCHING, MATCHINGS, matched_in_words, transfer_table
from snncore.experiment.spec import Draft
from snncore.io import checkpoint

Bring = Callable[[str, bytes], object]
"""Takes a file's name and content."""

NOTE = "A .pt file of torch's model.state_dict(), or safetensors; no code in it is run. Or what was saved here."


def own_weights(key: str, label: str, found: OwnWeights, draft: Draft, bring: Bring) -> None:
    """Show where a file is brought, how it is matched, and what came of the last one while its weights act.

    Args:
        key: names the uploader.
        draft: the network that the page shows.
    """
    st.file_uploader(
        label,
        type=["pt", "pth", "safetensors", "json"],
        key=key,
        on_change=_bring,
        args=(key, bring),
        max_upload_size=checkpoint.LARGEST_FILE // 2**20,
        help=NOTE,
    )
    panel(f"matching {key}", "Own weights", partial(_add_matching, key, found, bring))
    acting = found.acting(draft)
    if acting:
        caption(matched_in_words(*acting))
        definitions(transfer_table(draft, acting[0]))


def _add_matching(key: str, found: OwnWeights, bring: Bring, rows: Panel) -> None:
    def choose(changes: dict[str, str]) -> Parts:
        given = st.session_state.get(key)
        found.matching = cast(Matching, changes["matching"])
        if given is not None:
            desk().attempt(lambda: bring(given.name, given.getvalue()))
        return None

    options: Sequence[str] = list(MATCHINGS)
    rows.choice(MATCHING, "matching", found.matching, options, choose, MATCHINGS.__getitem__)


def _bring(key: str, bring: Bring) -> None:
    given, held = st.session_state[key], desk()
    if given is None:
        held.drop_complaint()  # the file that was refused is taken away
    else:
        held.attempt(lambda: bring(given.name, given.getvalue()))
