"""Where the middle of the Training page asks labelled data what to show: a wall of images, a map of points, a curve, or a plain list.

A view is a function of a `Look` (`app/state/recognition.py`): the network with the weights of one moment, and its answers to the first
test samples. It draws one component, in the left half of the page's middle, with `repeated` of `app.components.looks`: up to ten times a
second while the training runs (`look.is_moving`), each time with a look of its own, and once when it is paused or scrubbed to a past epoch.
`look.moment` is the same object as long as the weights are the same. The right half shows the rows of the sample that
`training.recognition` has picked (`pick(number)` for a test sample, `bring(values)` for one of the visitor's own; then `draw("live")` of
`app.widgets.drawing`).

    @data_view("yin_yang")
    def decision_map(look: Look, training: TrainingState) -> None: ...

registers it for data of that kind, in a module that `app/views/training.py` imports.
"""

from __future__ import annotations

from collections.abc import Callable

from app.components.looks import repeated
from app.components.wall import wall
from app.state.recognition import Look
from app.state.training import TrainingState
from app.widgets.drawing import draw
from app.words.recognition import answers_in_words, class_name, wall_title

DataView = Callable[[Look, TrainingState], None]

DATA_VIEWS: dict[str, DataView] = {}
"""Views by kind of data set. Data without one are shown as a wall of images or, if their samples are none, of class names."""


def data_view(kind: str) -> Callable[[DataView], DataView]:
    """Register the decorated function as the view of data of a kind."""

    def add(view: DataView) -> DataView:
        DATA_VIEWS[kind] = view
        return view

    return add


def show_data(look: Look, training: TrainingState) -> None:
    """Draw the view of a training's data."""
    DATA_VIEWS.get(look.task.data.kind, answers_wall)(look, training)


def answers_wall(look: Look, training: TrainingState) -> None:
    """Draw the test samples with the network's answers, mistakes first: as images, or by the names of their classes."""
    repeated(lambda: _wall(training.look(), training))


def _wall(look: Look, training: TrainingState) -> None:
    data, tested = look.task.data, len(look.answerer.halves.test.labels)
    wall(
        "wall",
        look.answers.labels,
        look.answers.classes,
        look.pixels,
        [class_name(data, number) for number in range(data.classes)],
        wall_title(look.answers, data, tested),
        answers_in_words(look.answers, data),
        look.sample,
        training.recognition.pick,
        redraw=lambda: draw("live"),
    )
