"""Where a visitor brings labelled data of their own, and what they are."""

from __future__ import annotations

from typing import Any

import streamlit as st

from app.components.plain import caption
from app.state.files import labelled_file
from app.widgets.controls import Panel, Parts, panel
from app.widgets.session import desk
from app.widgets.uploads import upload
from app.words.labelled_parameters import BIN_WIDTH
from app.words.recognition import own_data_in_words
from app.words.typed_numbers import Numbers
from snncore.experiment.data.file import LabelledFile
from snncore.experiment.spec import Draft

FILE = "labelled_file"
"""Key of the file that was brought."""

LARGEST_UPLOAD = 32
"""Most megabytes of a file; unfolded they take several times as much."""

OF_SPIKES = (".h5", ".hdf5")
"""Endings of files that hold times of spikes."""

NOTE = (
    ".npz with x (samples, features) or (samples, time, …) and whole-numbered y; .csv with a column label; "
    ".h5 with spikes/times, spikes/units and labels, counted in steps of the bin width."
)

UNCHANGED = "Nothing changes until a file is here."


def own_data_rows(draft: Draft) -> None:
    """Show where a file is brought, if own data are learned or to be chosen, and how they are split."""
    training, data = desk().training, labelled_file(draft)
    if data is None and not training.own_data.is_asked:
        return
    caption(UNCHANGED if data is None else own_data_in_words(draft))
    upload(FILE, "Labelled data", training.bring_labelled, ["npz", "csv", "h5", "hdf5"], LARGEST_UPLOAD, NOTE)
    if any(name.lower().endswith(OF_SPIKES) for name in _names(data)):
        panel("bin width", "Labelled data", _add_bin_width)


def _names(data: LabelledFile | None) -> list[str]:
    """Names of the file that was brought, even if it was refused, and of the one that is learned."""
    given = st.session_state.get(FILE)
    return [*([given.name] if given else []), *([data.name] if data else [])]


def _add_bin_width(rows: Panel) -> None:
    rows.number(BIN_WIDTH, "bin_width", desk().training.own_data.bin_width, Numbers(above=0), _set_bin_width)


def _set_bin_width(changes: dict[str, Any]) -> Parts:
    """Count the spikes of the present file again; if that is refused, the width stays as it was."""
    held = desk()
    own = held.training.own_data
    before, own.bin_width = own.bin_width, changes["bin_width"]
    given = st.session_state.get(FILE)
    if given is None or not given.name.lower().endswith(OF_SPIKES):
        return ()
    if not held.attempt(lambda: held.training.bring_labelled(given.name, given.getvalue())):
        own.bin_width = before
    return None
