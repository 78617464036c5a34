"""Messages between the Training page's bar and plots, with buttons: problems and comparisons."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from app.components.plain import alert, sentence
from app.server.runner import PastRun
from app.state.composition import have_the_same_rows
from app.state.shown_training import have_the_same_score
from app.state.training import TrainingState
from app.widgets.session import desk
from app.words.comparison import differences, past_in_words, pinned_in_words, why_in_words
from app.words.findings import training_finding_in_words, training_remedy_in_words
from app.words.parts import part_name
from app.words.weights import given_up_in_words, let_go_in_words
from snncore.diagnosis.remedies import without_normalisation
from snncore.diagnosis.training_findings import Diverged
from snncore.experiment.loaded_weights import weight_shapes
from snncore.io.checkpoint import Checkpoint

MOST_FINDINGS = 2
"""Most findings shown at once; the most urgent come first."""


def messages() -> None:
    held = desk()
    training, run = held.training, held.training.run
    if held.complaint:
        alert(held.complaint)
    let_go = let_go_in_words(held.composition.history.before, held.composition.present)
    if let_go:
        sentence(f"{let_go} Undo (Ctrl+Z) brings them back.")
    if training.trials.runs:
        _trials_row(training)
        return
    if training.given_up:
        _given_up_row(training.given_up, training)
    if run.failure:
        alert(f"{run.failure} The plots show epoch {run.records[-1].epoch}, the last one with a finite loss.")
    offered: set[str] = set()
    for finding in training.findings()[:MOST_FINDINGS]:
        with _row():
            if not isinstance(finding, Diverged):  # already said
                sentence(training_finding_in_words(run.in_force, finding))
            for changes in finding.changes:
                label = training_remedy_in_words(run.in_force, changes)
                act = training.edit if finding.needs_restart else training.change
                if label not in offered:
                    st.button(label, key=f"remedy {label}", on_click=_then_all, args=(act, changes))
                offered.add(label)
    if training.pinned:
        _pinned_row(training.pinned, training)
    if training.asks_why:
        _why_row(training)


def _row() -> Any:
    """Lay out a sentence with its buttons."""
    return st.container(horizontal=True, vertical_alignment="center", gap="small")


def _given_up_row(found: Checkpoint, training: TrainingState) -> None:
    named = found.experiment.checkpoint
    assert named is not None
    held = desk()
    with _row():
        sentence(given_up_in_words(named.name))
        if training.former.of(held.composition.history.before):
            st.button("Undo", key="undo_start_over", on_click=_then_all, args=(held.undo,))
        elif training.former.of(held.composition.history.after):
            st.button("Redo", key="redo_start_over", on_click=_then_all, args=(held.redo,))
        if weight_shapes(training.run.experiment.network) == weight_shapes(found.experiment.network):
            st.button("Go on from them", key="given_up", on_click=_then_all, args=(training.go_on_from_given_up,))


def _pinned_row(pinned: PastRun, training: TrainingState) -> None:
    run = training.run
    found = differences(pinned.experiment, run.experiment)
    with _row():
        has_rows = have_the_same_rows(pinned.experiment, run.experiment)
        curve = "dashed curve" if have_the_same_score(pinned.experiment, run.experiment) else "another task, so its curve isn't drawn"
        rows = "dotted potentials" if has_rows else "its layers or shapes differ, so its rows aren't drawn"
        how = curve if training.asks_why else f"{curve}{',' if has_rows else ';'} {rows}"
        sentence(pinned_in_words(how, past_in_words(pinned), found, "Same as A so far: change something and train."))
        st.button("Unpin A", key="unpin", on_click=_then_all, args=(training.unpin,))


def _why_row(training: TrainingState) -> None:
    run, other = training.run, training.unnormalised_pass()
    if other is None:  # it was switched off meanwhile
        training.ask_why(False)
        return
    with _row():
        if isinstance(other, str):
            sentence(other)
        else:
            seen = training.seen_record
            sentence(why_in_words(run.experiment.in_force(seen.epoch), seen, other))
            st.button("Restart without normalised input", key="denormalise", on_click=_then_all, args=(_denormalise, training))
        st.button("Close", key="close_why", on_click=_then_all, args=(training.ask_why, False))


def _then_all(act: Callable[..., object], *arguments: Any) -> None:
    """Do the act of a message's button, whose effect the controls and plots show too."""
    desk().attempt(lambda: act(*arguments))
    st.rerun()


def _denormalise(training: TrainingState) -> None:
    training.change(without_normalisation(training.run.in_force))
    training.ask_why(False)


def _trials_row(training: TrainingState) -> None:
    trials = training.trials.runs
    done = sum(not trial.is_running for trial in trials.values())
    with _row():
        sentence(f"Each surrogate gradient, from the same weights on the same input: {done} of {len(trials)} done.")
        st.menu_button(
            "Use one of them", list(trials), key="use_trial", format_func=part_name, on_click=_then_all, args=(_use_trial, training)
        )
        st.button("Close", key="close_trials", on_click=_then_all, args=(training.close_trials,))


def _use_trial(training: TrainingState) -> None:
    training.use_trial(st.session_state["use_trial"])
