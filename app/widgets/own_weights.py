"""Where a visitor brings weights of their own into the layers of a page, and which of them were taken."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import cast

from app.components.plain import caption, definitions
from app.state.own_weights import Matching, OwnWeights
from app.widgets.controls import Panel, Parts, panel
from app.widgets.uploads import Take, take_upload, upload
from app.words.weights import MATCHING, MATCHINGS, matched_in_words, transfer_table
from snncore.experiment.spec import Draft
from snncore.io import checkpoint

NOTE = "A .pt file of torch's model.state_dict(), or safetensors; no code in it is run. Or what was saved here."


def own_weights(key: str, label: str, found: OwnWeights, draft: Draft, bring: Take) -> None:
    """Show where a file is brought, how it is matched, and what came of the last one while its weights act.

    Args:
        key: names the uploader.
        draft: the network that the page shows.
    """
    upload(key, label, bring, ["pt", "pth", "safetensors", "json"], checkpoint.LARGEST_FILE // 2**20, NOTE)
    panel(f"matching {key}", "Own weights", partial(_add_matching, key, found, bring))
    acting = found.acting(draft)
    if acting:
        caption(matched_in_words(*acting))
        definitions(transfer_table(acting[0]))


def _add_matching(key: str, found: OwnWeights, bring: Take, rows: Panel) -> None:
    def choose(changes: dict[str, str]) -> Parts:
        found.matching = cast(Matching, changes["matching"])
        take_upload(key, bring)
        return None

    options: Sequence[str] = list(MATCHINGS)
    rows.choice(MATCHING, "matching", found.matching, options, choose, MATCHINGS.__getitem__)
