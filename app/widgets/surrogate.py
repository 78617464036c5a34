"""The surrogate gradient of a training: where its potentials lie under it, and the true loss as one weight moves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from app.components.focus import focus
from app.components.plain import caption, sentence
from app.components.plot import Plot, plots
from app.figures.loss_over_weight import describe_gradients, describe_staircase, gradient_bars, staircase
from app.figures.style import Theme
from app.figures.surrogate import describe_surrogate, surrogate_figure
from app.state.surrogate import Shown, Weights
from app.state.training import TrainingState
from app.widgets.controls import Panel
from app.widgets.drawing import draw_itself
from app.widgets.insights import INSIGHTS, Insight
from app.widgets.session import attempt, desk
from app.words.layer_parameters import PART_PARAMETERS
from app.words.parameter import Parameter
from app.words.parts import firsts, part_name
from app.words.surrogate import DROP, HELP, TAKE, TAKE_HELP, TITLE, optimiser_in_words, shares_in_words, staircase_in_words
from app.words.typed_numbers import Numbers
from snncore.errors import ExperimentError

LAYER = Parameter("Layer", "Whose potentials and surrogate are shown.")
TRIED = Parameter("Try", "Another surrogate, drawn beside the layer's own; nothing changes until it is used.")
NEURON = Parameter("Into neuron", "Whose incoming weights are shown; of a convolution, the channel.", has_slider=False)


def _why_not(training: TrainingState) -> str | None:
    if training.surrogate.layers(training.run.in_force):
        return None
    return "No layer of this network spikes, so none has a surrogate gradient."


def _view(training: TrainingState, theme: Theme) -> None:
    shown = training.explained_pass()
    weight = _weight_of(training, shown)
    focus("surrogate_focus")
    _controls(training, shown, weight if isinstance(weight, Weights) else None)
    left, right = st.columns(2, gap="medium")
    with left:
        _potentials(training, shown, theme)
    with right:
        if isinstance(weight, str):
            sentence(weight)
        else:
            _weight(training, shown, weight, theme)


def _weight_of(training: TrainingState, shown: Shown) -> Weights | str:
    """Return the weights into the neuron that is looked at, or why there are none."""
    view, files = training.surrogate, training.composition.files
    try:
        weights = view.weights(shown, training.traced(), files)
        view.over_weight(shown, weights, files)
    except ExperimentError as error:
        return str(error)
    return weights


def _controls(training: TrainingState, shown: Shown, weights: Weights | None) -> None:
    view, experiment = training.surrogate, shown.experiment
    rows = Panel("surrogate_rows")
    places = view.layers(experiment)
    if len(places) > 1:
        present = str(view.layer_of(experiment))

        def look_at(changes: dict[str, Any]) -> None:
            attempt(lambda: view.look_at(int(changes["layer"])))

        rows.choice(LAYER, "layer", present, list(map(str, places)), look_at, experiment.layer_label)
    _add_tried(rows, training, shown)

    def look_into(changes: dict[str, Any]) -> None:
        attempt(lambda: view.look_into(int(changes["neuron"])))

    if weights is not None:
        numbers = Numbers(is_whole=True, low=0, high=len(shown.parameters[weights.name]) - 1)
        rows.number(NEURON, "neuron", weights.neuron, numbers, look_into)
    rows.show("Surrogate", lambda _: draw_itself())


def _add_tried(rows: Panel, training: TrainingState, shown: Shown) -> None:
    """Add the surrogate that is tried, or the layer's own, and its numbers."""
    view, experiment = training.surrogate, shown.experiment
    present = view.tried or experiment.at(f"network.{view.layer_of(experiment)}.surrogate_grad_fn")
    kinds = firsts("surrogate_grad_fn")
    if present["kind"] not in kinds:
        return

    def change(changes: dict[str, Any]) -> None:
        told = {path.rpartition(".")[2]: value for path, value in changes.items()}
        desk().attempt(lambda: view.try_surrogate(experiment, told))

    rows.choice(TRIED, "tried.kind", present["kind"], list(kinds), change, part_name)
    for name, value in present.items():
        if name != "kind":
            words = replace(PART_PARAMETERS[name], has_slider=False)
            rows.number(words, f"tried.{name}", value, words.numbers, change)


def _potentials(training: TrainingState, shown: Shown, theme: Theme) -> None:
    """Draw the layer's potentials under its surrogate and the tried one."""
    view, experiment = training.surrogate, shown.experiment
    place = view.layer_of(experiment)
    layer: Any = experiment.network[place]
    other = view.tried_of(experiment)
    tried = None if other is None else view.surrogate_of(other)
    given = (layer.spike_fn, view.surrogate_of(experiment), layer.spike_threshold, shown.records[place])
    plots("surrogate", [Plot(figure=surrogate_figure(*given, theme, tried), description=describe_surrogate(*given))])
    shares, of_tried = view.shares(shown)
    with st.container(horizontal=True, vertical_alignment="center", key="surrogate_shares"):
        caption(shares_in_words(_name(given[1]), shares, of_tried, "" if tried is None else _name(tried)))
        if tried is not None:
            st.button(TAKE, key="use_tried", on_click=_take, args=(training,), help=TAKE_HELP)
            st.button(DROP, key="drop_tried", on_click=attempt, args=(view.drop_tried,))
    caption(optimiser_in_words(experiment.training.optimiser))


def _weight(training: TrainingState, shown: Shown, weights: Weights, theme: Theme) -> None:
    """Draw the gradients of a neuron's weights, and the true loss as one of them moves."""
    view = training.surrogate
    found, place = view.over_weight(shown, weights, training.composition.files), view.place_of(weights)
    source = "input" if weights.sender is None else f"neuron of {shown.experiment.layer_label(str(weights.sender))}"
    target = f"neuron {weights.neuron} of {shown.experiment.layer_label(str(view.layer_of(shown.experiment)))}"
    bars = gradient_bars(weights.gradients, place, source, target, theme, weights.tried)
    described = describe_gradients(weights.gradients, place, source, target)

    def pick(place: int | None) -> None:
        attempt(lambda: view.pick(place))

    plots("surrogate_gradients", [Plot(figure=bars, description=described)], view.picked, pick, redraw=draw_itself)
    tried = None if weights.tried is None else float(weights.tried[place])
    plots("surrogate_staircase", [Plot(figure=staircase(found, theme, tried), description=describe_staircase(found))])
    caption(staircase_in_words(found, has_goal=found.loss == 0))


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
