"""What opens in the middle of the Training page in place of the rows, to show why the training does what it does: one row of a table each.

An insight registers itself in `INSIGHTS`, in a module that `app/views/training.py` imports. The menu Explain has a button for each. Its
view is drawn below the curves, at the epoch on display, again whenever the page is. Opening one pauses the training; whoever trains on
sees the view follow, an epoch a second at most (`training.explained_record`).
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from app.components.plain import sentence, title
from app.figures.style import Theme
from app.state.training import TrainingState
from app.widgets.head import close_and
from snncore.errors import ExperimentError


@dataclass(frozen=True)
class Insight:
    """Something that explains a training.

    Attributes:
        label: of its button in the menu.
        help: what it shows, in a sentence.
        why_not: returns the sentence that says why it can't be opened; None if it can.
        view: draws it; if it raises ExperimentError, before anything is drawn. Escape in what it draws calls `back`, and what it draws
            takes the focus, as rows with `back` in their header do.
        has_before: whether something else was shown in it before, to which `back` returns.
        back: returns to that, or closes the insight.
        prepare: computes beforehand what opening it would wait for, if that is worthwhile.
    """

    label: str
    help: str
    why_not: Callable[[TrainingState], str | None]
    view: Callable[[TrainingState, Theme], None]
    has_before: Callable[[TrainingState], bool] = lambda training: False
    back: Callable[[TrainingState], None] = TrainingState.close_insight
    prepare: Callable[[TrainingState], object] = lambda training: None


INSIGHTS: dict[str, Insight] = {}
"""By name, in the order of the menu."""


def insight_buttons(training: TrainingState) -> None:
    """Show the menu's buttons that open each insight."""
    for name, insight in INSIGHTS.items():
        reason = insight.why_not(training)
        st.button(
            insight.label,
            key=f"insight {name}",
            on_click=close_and,
            args=(training.open_insight, name),
            width="stretch",
            disabled=reason is not None,
            help=reason or f"{insight.help} Training pauses meanwhile.",
        )


def prepare_insights(training: TrainingState) -> None:
    """Compute, while the visitor looks at the menu, what opening an insight would wait for; what can't be is said when it is opened."""
    if training.insight is not None or training.run.is_running:
        return
    for insight in INSIGHTS.values():
        if insight.why_not(training) is None:
            with contextlib.suppress(ExperimentError):
                insight.prepare(training)


def insight_view(training: TrainingState, theme: Theme) -> bool:
    """Show the insight that is open, and the way back.

    Returns:
        False if the rows are to be shown: none is open, or it can't be told, which is said.
    """
    if training.insight is None:
        return False
    insight = INSIGHTS[training.insight]
    with st.container(key="insight"):
        head = st.container(horizontal=True, vertical_alignment="center", key="insight_head")
        reason = insight.why_not(training)
        if reason is None:
            try:
                insight.view(training, theme)
            except ExperimentError as error:
                reason = str(error)
        with head:
            if reason is None:
                title(insight.label)
            else:
                sentence(reason)
            back = insight.back if reason is None else TrainingState.close_insight
            way = "Back" if insight.has_before(training) else "Back to the rows"
            label = way if reason is None else "Close"
            st.button(label, key="insight_back", on_click=back, args=(training,), help="Key: Escape, in the plots")
    return reason is None
