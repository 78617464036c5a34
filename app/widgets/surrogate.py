"""The surrogate gradient of a training: where its potentials lie under it, and the true loss as one weight moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import streamlit as st

from app.components.plain import caption, sentence
from app.components.plot import Plot, plots
from app.figures.loss_over_weight import describe_gradients, describe_staircase, gradient_bars, staircase
from app.figures.style import Theme
from app.figures.surrogate import describe_surrogate, surrogate_figure
from app.state.surrogate import Shown
from app.state.training import TrainingState
from app.widgets.controls import Panel
from app.widgets.insights import INSIGHTS, Insight
from app.widgets.session import desk
from app.words.layer_parameters import PART_PARAMETERS, part_name
from app.words.parameter import Parameter
from app.words.surrogate import DROP, HELP, TAKE, TAKE_HELP, TITLE, optimiser_in_words, shares_in_words, staircase_in_words
from app.words.training_parameters import SURROGATE
from app.words.typed_numbers import Numbers
from snncore.activation import SURROGATES
from snncore.errors import ExperimentError

LAYER = Parameter("Layer", "Whose potentials and surrogate are shown.")
NEURON = Parameter("Into neuron", "Whose incoming weights are shown; of a convolution, the channel.", has_slider=False)


def _why_not(training: TrainingState) -> str | None:
    if training.surrogate.layers(training.run.in_force):
        return None
    return "No layer of this network spikes, so none has a surrogate gradient."


def _view(training: TrainingState, theme: Theme) -> None:
    shown = training.shown_pass()
    left, right = st.columns(2, gap="medium")
    with left:
        _potentials(training, shown, theme)
    with right:
        _weight(training, shown, theme)


def _potentials(training: TrainingState, shown: Shown, theme: Theme) -> None:
    """Draw the layer's potentials under its surrogate and the tried one."""
    view, experiment = training.surrogate, shown.experiment
    place = view.layer_of(experiment)
    layer: Any = experiment.network[place]
    other = view.tried_of(experiment)
    tried = None if other is None else getattr(other.network[place], "surrogate_grad_fn")  # noqa: B009  (not every layer has one)
    given = (layer.spike_fn, layer.surrogate_grad_fn, layer.spike_threshold, shown.records[place])
    plots("insight_surrogate", [Plot(figure=surrogate_figure(*given, theme, tried), description=describe_surrogate(*given))])
    shares, of_tried = view.shares(shown)
    sentence(shares_in_words(_name(layer.surrogate_grad_fn), shares, of_tried, "" if tried is None else _name(tried)))
    rows = Panel("insight_surrogate_fields")
    _add_layer(rows, training, shown)
    _add_tried(rows, training, shown)
    rows.show("Surrogate to try", lambda _: None)
    if tried is not None:
        with st.container(horizontal=True):
            st.button(TAKE, key="use_tried", on_click=_take, args=(training,), help=TAKE_HELP)
            st.button(DROP, key="drop_tried", on_click=view.drop_tried)


def _add_layer(rows: Panel, training: TrainingState, shown: Shown) -> None:
    view, experiment = training.surrogate, shown.experiment
    places = view.layers(experiment)
    if len(places) > 1:
        rows.choice(
            LAYER,
            "layer",
            str(view.layer_of(experiment)),
            list(map(str, places)),
            lambda changes: _look(lambda: view.look_at(int(changes["layer"]))),
            experiment.layer_label,
        )


def _add_tried(rows: Panel, training: TrainingState, shown: Shown) -> None:
    """Add the surrogate that is tried, or the layer's own, and its numbers."""
    view, experiment = training.surrogate, shown.experiment
    own = experiment.at(f"network.{view.layer_of(experiment)}.surrogate_grad_fn")
    present = view.tried or own
    words = replace(SURROGATE, name="Surrogate to try", note=f"Drawn beside the layer's own; nothing changes until {TAKE!r} is pressed.")

    def change(changes: dict[str, Any]) -> None:
        _look(lambda: view.try_surrogate(experiment, {path.rpartition(".")[2]: value for path, value in changes.items()}))

    rows.choice(words, "tried.kind", present["kind"], [surrogate.__name__ for surrogate in SURROGATES], change, part_name)
    for name, value in present.items():
        if name != "kind":
            rows.number(PART_PARAMETERS[name], f"tried.{name}", value, PART_PARAMETERS[name].numbers, change)


def _weight(training: TrainingState, shown: Shown, theme: Theme) -> None:
    """Draw the gradients of a neuron's weights, and the true loss as one of them moves."""
    view, files = training.surrogate, training.composition.files
    try:
        weights = view.weights(shown, training.traced(), files)
        found = view.over_weight(shown, weights, files)
    except ExperimentError as error:
        sentence(str(error))
        return
    place = view.place_of(weights)
    source, target = "input", f"neuron {weights.neuron} of {shown.experiment.layer_label(str(view.layer_of(shown.experiment)))}"
    plots(
        "insight_gradients",
        [
            Plot(
                figure=gradient_bars(weights.gradients, place, source, target, theme, weights.tried),
                description=describe_gradients(weights.gradients, place, source, target),
            )
        ],
        place,
        view.pick,
    )
    tried = None if weights.tried is None else float(weights.tried[place])
    plots("insight_staircase", [Plot(figure=staircase(found, theme, tried), description=describe_staircase(found))])
    sentence(staircase_in_words(found))
    caption(optimiser_in_words(shown.experiment.training.optimiser))
    rows = Panel("insight_neuron")
    most = len(shown.parameters[weights.name]) - 1
    numbers = Numbers(is_whole=True, low=0, high=most)
    rows.number(NEURON, "neuron", weights.neuron, numbers, lambda changes: _look(lambda: view.look_into(int(changes["neuron"]))))
    rows.show("Weight", lambda _: None)


def _look(act: Callable[[], object]) -> None:
    desk().attempt(act)


def _take(training: TrainingState) -> None:
    """Take over the surrogate that is tried; the controls show it too."""
    view = training.surrogate
    held = desk()
    if held.attempt(lambda: training.change(view.changes(training.run.in_force))):
        view.drop_tried()
    st.rerun()


def _name(surrogate: Any) -> str:
    return part_name(type(surrogate).__name__)


INSIGHTS["surrogate"] = Insight(TITLE, HELP, _why_not, _view)
