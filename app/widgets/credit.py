"""Credit through time in place of the Training page's rows, and switches that redraw it on the same weights."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import streamlit as st

from app.components.plain import caption, sentence
from app.components.rows import rows
from app.figures.acts import RowsAct
from app.figures.credit import cells_of, credit_figure, describe_credit
from app.figures.style import Theme
from app.state.credit import MOST_QUICK, SURROGATE, WIDTHS, CreditView, Explained, layers_with, value_in, why_no_credit
from app.state.surrogate import Shown
from app.state.training import TrainingState
from app.widgets.controls import Panel, Parts
from app.widgets.drawing import draw_itself
from app.widgets.insights import INSIGHTS, Insight
from app.widgets.session import attempt
from app.words.credit import (
    ALONE,
    DETACH_RESET,
    HELP,
    LABEL,
    OTHER_SURROGATE,
    TAU,
    changed_in_words,
    credit_in_words,
    gone_in_words,
    sample_alone_in_words,
)
from app.words.layer_parameters import LAYER_PARAMETERS, PART_PARAMETERS
from app.words.parts import firsts, part_name


def credit_view(training: TrainingState, theme: Theme) -> None:
    """Show credit of the epoch that is explained.

    Raises:
        ExperimentError: it can't be computed; then nothing is shown.
    """
    view, shown = training.credit, training.explained_pass()
    with nullcontext() if _is_quick(shown) else st.spinner("Following the gradient back through time"):
        explained = view.explain(shown, training.composition.files)
    _switches(view, shown)
    if shown.sample is not None:
        caption(sample_alone_in_words(shown.sample, shown.experiment.training.batch_size))
    if explained.refusal:
        sentence(f"That can't be shown, so this is the training's own gradient. {explained.refusal}")
    elif view.changes:
        with st.container(horizontal=True, vertical_alignment="center", key="credit_changed"):
            caption(changed_in_words(explained.credit, explained.trained))
            st.button("As trained", key="credit_as_trained", on_click=attempt, args=(view.change_back,))
    if view.gone is not None:
        sentence(gone_in_words(explained.experiment, view.gone.layer, view.gone.neuron, view.gone.step))
    place = view.place
    cell = (place.layer, place.neuron, place.step) if place else None
    is_empty = not any(layer.u.any() for layer in explained.credit.layers.values())
    ask = credit_in_words(shown.epoch, explained.credit.loss, is_empty)
    rows(
        "credit",
        credit_figure(explained.experiment, explained.credit, explained.trained, cell, theme, ask),
        describe_credit(explained.experiment, explained.credit),
        on_act=lambda act: attempt(lambda: _act(training, explained, act)),
    )


def _switches(view: CreditView, shown: Shown) -> None:
    """Show controls that change the network on the same weights, for this view alone."""
    experiment = shown.experiment
    panel = Panel("credit_switches")

    def present(name: str) -> Any:
        """The value that is shown of a field; None where no layer has it."""
        found = layers_with(experiment, name)
        return view.changes.get(name, value_in(shown, found[0][0], name)) if found else None

    def change(name: str, value: Any) -> Parts:
        attempt(lambda: view.change(name, value, shown))
        return None

    detached = present("detach_reset")
    if detached is not None:
        panel.switch(DETACH_RESET, "detach_reset", detached, lambda changes: change("detach_reset", changes["detach_reset"]))
    surrogate = present(SURROGATE)
    kinds = firsts(SURROGATE)
    if surrogate is not None and surrogate["kind"] in kinds:
        panel.choice(
            OTHER_SURROGATE,
            SURROGATE,
            surrogate["kind"],
            list(kinds),
            lambda changes: change(SURROGATE, kinds[changes[SURROGATE]]),
            part_name,
        )
        width = next((name for name in WIDTHS if name in surrogate), None)
        if width:
            of_part = PART_PARAMETERS[width]
            path = f"{SURROGATE}.{width}"
            words = replace(of_part, name=f"Its {of_part.name.lower()}", note=f"{of_part.note} {ALONE}", has_slider=False)
            panel.number(
                words, path, surrogate[width], of_part.numbers, lambda changes: change(SURROGATE, {**surrogate, width: changes[path]})
            )
    tau = present("tau_mem")
    if tau is not None:
        numbers = LAYER_PARAMETERS["tau_mem"].numbers
        panel.number(replace(TAU, has_slider=False), "tau_mem", tau, numbers, lambda changes: change("tau_mem", changes["tau_mem"]))
    panel.show("On the same weights", lambda _: draw_itself())


def _act(training: TrainingState, explained: Explained, act: RowsAct) -> None:
    if act["do"] == "back":
        training.close_insight()
    elif act["do"] == "ask":
        layer, row, step = act["layer"], act["row"], act["time"]
        found = explained.credit.layers.get(layer)
        cells = (range(row, row + 1), range(step, step + 1)) if found is None else cells_of(found, row, step)
        training.credit.ask(explained, layer, *cells)


def _is_quick(shown: Shown) -> bool:
    return sum(layer.u.size for layer in shown.records.values()) <= MOST_QUICK


def _prepare(training: TrainingState) -> None:
    if not training.is_labelled:
        shown = training.explained_pass()
        if _is_quick(shown):
            training.credit.explain(shown, training.composition.files)


def _why_not(training: TrainingState) -> str | None:
    return why_no_credit(training.run.in_force)


INSIGHTS["credit"] = Insight(LABEL, HELP, _why_not, credit_view, prepare=_prepare)
