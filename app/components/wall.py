"""A wall of labelled samples with a network's answers, mistakes first, and the same as a confusion matrix."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from app.components.answers import answering, last_answered
from app.components.assets import component
from app.components.kept import seen_theme
from app.components.sent import send
from app.figures.acts import PickSampleAct
from app.figures.style import PALETTES, Palette

_component = component("wall")

Pixels = NDArray[np.uint8]
Numbers = NDArray[np.int64]


class Wall(TypedDict):
    """Header of what the view is sent. The arrays are labels and answers, one a sample, and then, of images, their pixels.

    Attributes:
        title: what is shown, with how many answers are right.
        description: the answers in words.
        names: of the classes.
        size: height and width of an image; null where samples aren't images.
        picked: number of the sample that is marked; null for none.
    """

    title: str
    description: str
    names: Sequence[str]
    size: tuple[int, int] | None
    picked: int | None
    palette: Palette
    answered: int


def wall(
    key: str,
    labels: Numbers,
    answers: Numbers,
    pixels: Pixels | None,
    names: Sequence[str],
    title: str,
    description: str,
    picked: int | None,
    on_pick: Callable[[int], None],
    redraw: Callable[[], None] = lambda: None,
) -> None:
    """Show samples with their answers.

    Args:
        labels, answers: class of each sample, and what it is taken for, (samples,).
        pixels: of images, (samples, height, width); None for samples of any other kind.
        names: of the classes.
        picked: number of the sample that is marked.
        on_pick: called with the number of a sample that was clicked.
        redraw: called after that; it may end the run.
    """
    theme = seen_theme()
    header = Wall(
        title=title,
        description=description,
        names=names,
        size=None if pixels is None else (pixels.shape[1], pixels.shape[2]),
        picked=picked,
        palette=PALETTES[theme],
        answered=last_answered(key),
    )
    kind = np.uint8 if len(names) <= 256 else np.int32
    arrays = [labels.astype(kind), answers.astype(kind), *([] if pixels is None else [pixels.ravel()])]
    send(_component, key, header, arrays, answering(key, PickSampleAct, lambda act: on_pick(act["sample"]), redraw))
