"""The decision over a plane in the middle of the Training page, for data whose samples are points."""

from __future__ import annotations

from app.components.decision_map import decision_map
from app.components.kept import kept, seen_theme
from app.components.looks import repeated
from app.figures.acts import MapAct
from app.figures.decision_map import Plane, decision_figure, describe_decision
from app.state.decision import Decision, coarseness
from app.state.recognition import Look
from app.state.training import TrainingState
from app.widgets.data_views import answers_wall, data_view
from app.widgets.drawing import draw
from app.words.recognition import class_name
from snncore.run.decision_map import MOST_CLASSES


@data_view("yin_yang")
def decision(look: Look, training: TrainingState) -> None:
    """Draw the decision, with a map for each hidden neuron."""
    repeated(lambda: _decision(training.look(), training))


def _decision(look: Look, training: TrainingState) -> None:
    held = kept("decision maps", Decision)
    theme = seen_theme()
    data, found = look.task.data, held.map(look)
    shown = len(look.answers.labels)
    plane = Plane(
        names=[class_name(data, number) for number in range(data.classes)],
        layers={place: look.experiment.layer_label(str(place)) for place in found.counts},
        points=look.answerer.halves.test.values[:shown, :2].numpy(),
        labels=look.answers.labels,
        answers=look.answers.classes,
        steps=look.experiment.input.shape[1],
    )
    header, arrays = decision_figure(found, plane, look.sample, theme, coarseness(found.side, look.is_moving), held.sent(look))
    decision_map("decision", header, arrays, describe_decision(found, plane), lambda act: _act(act, training), redraw=lambda: draw("live"))


@data_view("file")
def own_points(look: Look, training: TrainingState) -> None:
    """Draw the decision over own data with two values a sample, unless there are too many classes; other data as a wall."""
    data = look.task.data
    (decision if data.is_plane and data.classes <= MOST_CLASSES else answers_wall)(look, training)


def _act(act: MapAct, training: TrainingState) -> None:
    if act["do"] == "pick":
        training.recognition.pick(act["sample"])
    else:
        training.picked[act["layer"]] = act["neuron"]
