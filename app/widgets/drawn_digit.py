"""The digits of a training: the wall of answers, and beneath it a pad to draw one's own."""

from __future__ import annotations

import streamlit as st
import torch

from app.components.drawing_pad import drawing_pad
from app.components.looks import repeated
from app.state.recognition import Look
from app.state.training import TrainingState
from app.widgets.data_views import answers_wall, data_view
from app.widgets.drawing import draw
from app.words.recognition import class_name

HINT = "Draw a digit with mouse, finger or keys: the network reads it as you draw."


@data_view("digits")
def digits_view(look: Look, training: TrainingState) -> None:
    """Draw the wall or, where it is asked for, the pad in its place."""
    if st.toggle("Draw your own", key="draws_own"):
        repeated(lambda: _pad(training.look(), training))
    else:
        answers_wall(look, training)


def _pad(look: Look, training: TrainingState) -> None:
    drawn = training.drawn
    names = [class_name(look.task.data, number) for number in range(look.task.data.classes)]
    readouts = None
    if drawn.values is not None:
        shown = look.answerer.encoded(torch.as_tensor(drawn.values)[None])
        readouts = look.answerer.readouts(shown, look.moment.parameters)[0]
    says = drawn.complaint or (HINT if readouts is None else f"The network reads {names[int(readouts.argmax())]}.")
    drawing_pad(
        "pad",
        names,
        drawn.values,
        readouts,
        says,
        drawn.ink,
        drawn.base,
        on_draw=lambda ink: drawn.draw(ink, training.recognition),
        on_take=lambda: drawn.take(look, training.recognition),
        redraw=lambda: draw("live"),
    )
