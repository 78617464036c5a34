"""A pad to draw a digit on, with what the network gets of it and reads."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.components.kept import seen_theme
from app.components.sent import send
from app.figures.acts import PadAct
from app.figures.style import PALETTES
from snncore.arrays import Array
from snncore.experiment.data.digits import INK_SIDE, WHITE, Ink

_component = component("drawing_pad")


class PadPalette(TypedDict):
    """Colours of the pad; `output` is the answer's bar."""

    text: str
    muted: str
    output: str


class DrawingPad(TypedDict):
    """Data of the view.

    Attributes:
        image: 64 bytes from 0 to 16 in base64, what the network gets; empty without a drawing.
        names: of the classes.
        readouts: one for each class; empty without a drawing.
        answer: the class with the largest.
        says: that, or what is wrong, in a sentence.
        description: the readouts in words.
        drawn: ink of the drawing, packed as `base` is; a pad that was just made shows it.
        base: ink to draw on, 1,024 bits in base64; it counts when `baseNumber` is another than before.
    """

    image: str
    names: Sequence[str]
    readouts: Sequence[float]
    answer: int | None
    says: str
    description: str
    drawn: str
    base: str
    baseNumber: int
    palette: PadPalette
    answered: int


def drawing_pad(
    key: str,
    names: Sequence[str],
    image: Array | None,
    readouts: Array | None,
    says: str,
    drawn: Ink | None,
    base: tuple[int, Ink | None],
    on_draw: Callable[[Ink], None],
    on_take: Callable[[], None],
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Show the pad.

    Args:
        names: of the classes.
        image: what the network gets, (8, 8) in [0, 1]; None without a drawing.
        readouts: (classes,); None without a drawing.
        says: the answer, or what is wrong, in a sentence.
        drawn: ink of the drawing, which a pad that knows nothing of it shows; None without one.
        base: ink to draw on, with a number that counts up whenever it is given.
        on_draw: called with the ink of a drawing, which may be empty.
        on_take: called when a digit of the data is asked for to draw on.
        redraw: called after these; it may end the run.
    """

    def on_act(act: PadAct) -> None:
        if act["do"] == "draw":
            on_draw(ink_of(act["ink"]))
        else:
            on_take()

    theme = seen_theme()
    palette = PALETTES[theme]
    read = [] if readouts is None else [round(float(value), 4) for value in readouts]
    number, ink = base
    data = DrawingPad(
        image="" if image is None else _in_base64(np.rint(image * WHITE).astype(np.uint8)),
        names=names,
        readouts=read,
        answer=None if readouts is None else int(readouts.argmax()),
        says=says,
        description=", ".join(f"{name}: {value:.3g}" for name, value in zip(names, read, strict=False)) or "Nothing is drawn",
        drawn="" if drawn is None else packed_ink(drawn),
        base="" if ink is None else packed_ink(ink),
        baseNumber=number,
        palette=PadPalette(text=palette.text, muted=palette.muted, output=palette.membrane),
        answered=last_answered(key),
    )
    send(_component, key, {**data}, (), answering(key, PadAct, on_act, redraw))


def packed_ink(ink: Ink) -> str:
    """Return ink as bits in base64, the first pixel lowest."""
    return _in_base64(np.packbits(ink, bitorder="little"))


def ink_of(text: str) -> Ink:
    """Return the ink that the browser packed; what isn't 128 bytes is an empty drawing."""
    try:
        content = np.frombuffer(base64.b64decode(text), dtype=np.uint8)
    except ValueError:  # no base64
        content = np.empty(0, dtype=np.uint8)
    if len(content) * 8 != INK_SIDE**2:
        return np.zeros((INK_SIDE, INK_SIDE), dtype=bool)
    ink: Ink = np.unpackbits(content, bitorder="little").reshape(INK_SIDE, INK_SIDE).astype(bool)
    return ink


def _in_base64(values: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> str:
    return base64.b64encode(values.tobytes()).decode()
