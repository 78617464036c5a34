"""Plots that change: `Plotly.react` on lasting nodes, so that zoom, hover and focus survive every update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from app.components.assets import plotly_url, source

_component = st.components.v2.component("plot", css=source("plot", "plot.css"), js=source("plot", "plot.js"), isolate_styles=False)


@dataclass(frozen=True)
class Plot:
    """A plotly figure as a dict with `layout.height`, and the layout for `narrow` places if that is another; and what it shows in words."""

    figure: dict[str, Any]
    description: str


def plots(key: str, shown: Sequence[Plot]) -> None:
    """Draws plots one below the other, all in one go; their number stays."""
    _component(
        key=key,
        data={"plots": [{"figure": plot.figure, "description": plot.description} for plot in shown], "plotly": plotly_url()},
    )
