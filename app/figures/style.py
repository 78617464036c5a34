"""One look for every figure: a colour for each meaning in either theme, fonts and axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

Theme = Literal["light", "dark"]
Figure = dict[str, Any]

RowColor = Literal["spikes", "target", "membrane", "compared", "quiet_input", "input", "muted", "synaptic_current"]
"""Colours of a palette that lines and rasters have."""

Ramp = Literal["potential", "input", "difference"]
"""Colours of values from small to large."""

FONT_SIZE = 12
LEFT_MARGIN = 52
RIGHT_MARGIN = 16


@dataclass(frozen=True)
class Palette:
    """Hues after Okabe and Ito, each in a shade of at least 3:1 contrast with the background."""

    background: str
    text: str
    muted: str
    grid: str
    input: str
    quiet_input: str
    """The colour of an input that stands above what it leads to, and never changes."""
    synaptic_current: str
    membrane: str
    spikes: str
    threshold: str
    target: str
    compared: str
    """The colour of A and any other run that is drawn for comparison."""
    negative: str
    positive: str
    """Ends of the diverging scale for weights, gradients and differences; its middle is the background."""


PALETTES: dict[Theme, Palette] = {
    "light": Palette(
        background="#FFFFFF",
        text="#1B1F24",
        muted="#5B6570",
        grid="#E6EAEE",
        input="#00855F",
        quiet_input="#5B9E8A",
        synaptic_current="#2B8CC4",
        membrane="#0072B2",
        spikes="#1B1F24",
        threshold="#CF5A00",
        target="#A86E00",
        compared="#C22F6B",
        negative="#8F3D86",
        positive="#1C7C80",
    ),
    "dark": Palette(
        background="#12161C",
        text="#E8ECF1",
        muted="#9AA5B1",
        grid="#2A313A",
        input="#2BC79A",
        quiet_input="#3E7F6D",
        synaptic_current="#8ED1F5",
        membrane="#4AA3E8",
        spikes="#E8ECF1",
        threshold="#FF8A3D",
        target="#F0B429",
        compared="#FF85AC",
        negative="#D98BCF",
        positive="#5CC6C9",
    ),
}


def layout(theme: Theme, height: int, **more: Any) -> dict[str, Any]:
    """The layout that every figure starts from. The constant `uirevision` keeps zoom across updates."""
    palette = PALETTES[theme]
    font = {"family": "'Source Sans', sans-serif", "size": FONT_SIZE, "color": palette.text}
    return {
        "height": height,
        "autosize": True,
        "uirevision": "kept",
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": font,
        "margin": {"l": LEFT_MARGIN, "r": RIGHT_MARGIN, "t": 24, "b": 34},
        "showlegend": False,
        "hovermode": "closest",
        "hoverlabel": {"bgcolor": palette.background, "bordercolor": palette.muted, "font": font},
        **{"dragmode": "zoom", **more},
    }


def axis(theme: Theme, title: str = "", **more: Any) -> dict[str, Any]:
    palette = PALETTES[theme]
    return {
        "title": {"text": title, "standoff": 6, "font": {"size": FONT_SIZE, "color": palette.muted}},
        "tickfont": {"size": FONT_SIZE - 1, "color": palette.muted},
        "gridcolor": palette.grid,
        "zeroline": False,
        "linecolor": palette.grid,
        "automargin": False,
        "ticklabeloverflow": "allow",  # else plotly measures every label at every redraw
        **more,
    }


def heading(theme: Theme, text: str, y: float, *, x: float = 0.0, align: str = "left") -> dict[str, Any]:
    """A panel's title as an annotation just above it; `y` is the panel's upper edge on paper."""
    return {
        "text": text,
        "x": x,
        "y": y,
        "xref": "paper",
        "yref": "paper",
        "xanchor": align,
        "yanchor": "bottom",
        "showarrow": False,
        "font": {"size": FONT_SIZE, "color": PALETTES[theme].text},
    }


def level(value: float, first: float, last: float, xaxis: str, yaxis: str, color: str, dash: str) -> dict[str, Any]:
    """A line at one value, as a shape: plotly draws it in a fraction of a trace's time."""
    line = {"color": color, "width": 1.5, "dash": dash}
    return {"type": "line", "x0": first, "x1": last, "y0": value, "y1": value, "xref": xaxis, "yref": yaxis, "line": line}
