"""An epoch in its seven phases, one at a time or in slow motion, and the training without one of them."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st

from app.components.focus import focus
from app.components.gallery import Tile, gallery
from app.components.plain import caption, sentence
from app.components.plot import Plot, plots
from app.components.rows import rows
from app.figures.acts import RowsAct
from app.figures.credit import credit_figure, describe_credit
from app.figures.phases import describe_matrices, describe_potentials, matrices, potentials_left
from app.figures.row_kinds import NetworkFigure
from app.figures.rows import View, describe_rows, rows_figure
from app.figures.style import Figure, Theme
from app.figures.thumbnails import Thumbnail
from app.figures.training import Ghost, describe_training, training_curves
from app.state.phases import ORDER, LeftOut, PhasesView, why_not
from app.state.shown_training import forward_pass
from app.state.training import TrainingState
from app.widgets.insights import INSIGHTS, Insight
from app.widgets.session import desk
from app.words.layers import layer_names
from app.words.phases import (
    BACK,
    CODE,
    HELP,
    LABEL,
    LEAVE_OUT,
    NAMES,
    NEXT,
    OUTCOMES,
    PLAY,
    PREDICT,
    STOP,
    WALKING,
    phase_in_words,
    verdict,
)
from snncore.errors import ExperimentError
from snncore.explain import WalkedEpoch
from snncore.explain.phase_left_out import LEAVABLE, Outcome
from snncore.run.epoch import Phase

WHOLE = "all", "with all phases"
"""Name of the training that leaves nothing out."""

STEPS = np.arange(24, dtype=np.float32)
SKETCHES: dict[Outcome, Thumbnail] = {
    "same": Thumbnail("line", np.clip(STEPS - 8, 0, 10).astype(np.float32)),
    "other": Thumbnail("line", np.where(STEPS < 4, 0, 7 + 6 * np.sin(STEPS / 2)).astype(np.float32)),
    "still": Thumbnail("line", np.zeros(24, np.float32)),
}
"""What may happen to the output, drawn: as it learns with all phases, otherwise, or not at all."""


def _why_not(training: TrainingState) -> str | None:
    return why_not(training.run.in_force, training.seen_record.epoch)


def _view(training: TrainingState, theme: Theme) -> None:
    view = training.phases
    asked = view.look_at_left_out(training.run, training.owner, training.composition.files)
    if asked is not None:
        focus("phases_focus")
        _left_out(training, asked, theme)
        return
    view.tick()
    run, epoch = training.run, training.explained_record.epoch
    follows = run.is_running and training.scrubbed is None
    walked = view.walk(run, epoch, training.owner, training.composition.files, follows=follows)
    focus("phases_focus")
    if walked is None:
        sentence(WALKING)
        return
    _strip(view)
    experiment = training.run.experiment.in_force(walked.record.epoch)
    with st.container(horizontal=True, vertical_alignment="center", key="phase_acts"):
        st.button(NEXT, key="next_phase", on_click=_then_all, args=(training, view.next), help="Key: n")
        if view.is_playing:
            st.button(STOP, key="stop_phases", on_click=_then_all, args=(training, view.stop))
        else:
            st.button(PLAY, key="play_phases", on_click=_then_all, args=(training, view.play))
        if view.at in LEAVABLE:
            st.button(LEAVE_OUT, key="leave_out", on_click=_then_all, args=(training, partial(view.leave_out, training.run)))
        caption(f"Epoch {walked.record.epoch} · {CODE[view.at]}")
    sentence(phase_in_words(walked, view.at, experiment))
    _picture(training, walked, theme)


def _strip(view: PhasesView) -> None:
    """Show the phases by name, the present one marked."""
    is_told = st.session_state.get("phase", view.at) != view.at
    if is_told:
        st.session_state["phase"] = view.at
    st.segmented_control(
        LABEL,
        ORDER,
        key="phase",
        default=None if is_told else view.at,  # always there, since a run may be interrupted before it is sent
        format_func=NAMES.__getitem__,
        label_visibility="collapsed",
        on_change=partial(_choose, view),
    )


def _choose(view: PhasesView) -> None:
    chosen: Phase | None = st.session_state["phase"]
    if chosen is not None:  # else the one on display was pressed again
        view.choose(chosen)


def _picture(training: TrainingState, walked: WalkedEpoch, theme: Theme) -> None:
    """Draw what the phase changes."""
    view, run = training.phases, training.run
    experiment = run.experiment.in_force(walked.record.epoch)
    match view.at:
        case Phase.RESET_PARAMETER_GRADIENTS:
            what, left = "gradient", walked.old_gradients
            _plot("phase_gradients", matrices(left, experiment, what, theme), describe_matrices(left, experiment, what))
        case Phase.RESET_STATE_GRADIENTS | Phase.RESET_STATES:
            is_reset = view.at is Phase.RESET_STATES
            figure = potentials_left(walked.left, experiment, is_reset, theme)
            _plot("phase_states", figure, describe_potentials(walked.left, experiment, is_reset))
        case Phase.FORWARD | Phase.LOSS:
            seen = forward_pass(run, walked.record)
            traced = {layer: (neuron,) for layer, neuron in training.traced().items()}
            drawn = rows_figure(seen, View(chosen=traced, is_brief=True), {}, theme)
            groups = drawn.header["groups"]
            if view.at is Phase.FORWARD:
                drawn.header["groups"] = groups[1:]  # the input never changes
                drawn.header["plays"] = view.plays
                for row in (row for group in groups for row in group["rows"]):
                    row["appears"] = "forward"
            else:
                drawn.header["groups"] = groups[-1:]  # the loss reads the output
            drawn.header["back"] = True
            _rows(training, "phase_rows", drawn, describe_rows(seen))
        case Phase.BACKWARD:
            try:
                found = view.credit(walked, run, training.composition.files)
            except ExperimentError as error:
                sentence(str(error))
                return
            drawn = credit_figure(experiment, found, found, None, theme)
            drawn.header["plays"] = view.plays
            _rows(training, "phase_credit", drawn, describe_credit(experiment, found))
        case Phase.UPDATE:
            what, moved = "moved by", walked.moved
            _plot("phase_moves", matrices(moved, experiment, what, theme, view.moved), describe_matrices(moved, experiment, what))


def _plot(key: str, figure: Figure, description: str) -> None:
    if figure["data"]:
        plots(key, [Plot(figure=figure, description=description)])


def _rows(training: TrainingState, key: str, figure: NetworkFigure, description: str) -> None:
    def on_act(act: RowsAct) -> None:
        if act["do"] == "back":
            training.close_insight()

    rows(key, figure, description, on_act=on_act)


# ---------------------------------------------------------------------------------------------------- without a phase


def _left_out(training: TrainingState, asked: LeftOut, theme: Theme) -> None:
    """Ask for a prediction and, once it is made, draw what happens."""
    with st.container(horizontal=True, vertical_alignment="center", key="left_out_acts"):
        st.button(BACK, key="end_leaving_out", on_click=_then_all, args=(training, training.phases.end_leaving_out))
        caption(f"{CODE[asked.phase]} left out")
    if asked.guess is None:
        sentence(PREDICT.format(count=asked.count, phase=NAMES[asked.phase][2:]))
        tiles = [Tile(kind, name, SKETCHES[kind]) for kind, name in OUTCOMES.items()]
        gallery("prediction", tiles, "", lambda kind: _predict(training, kind), label="Prediction")
        return
    done = len(asked.whole) + len(asked.without)
    if asked.job is not None and asked.job.failure:
        sentence(asked.job.failure)
    elif asked.outcome is None:
        sentence(f"Training with and without it, from epoch 0: {done} of {2 * asked.count} epochs.")
    else:
        sentence(verdict(asked.phase, asked.guess, asked.outcome, asked.failure))
    shown, ghost = asked.without or asked.whole[:1], Ghost(WHOLE[0], asked.whole, WHOLE[1])
    if shown:
        names = layer_names(training.run.experiment)
        goals = [record.task.goal for record in shown]
        curves = training_curves(shown, goals, names, theme, ghost=ghost)
        plots("left_out", [Plot(figure=curves, description=describe_training(shown, goals[-1], names, ghost))], grows=True)


def _predict(training: TrainingState, kind: str) -> None:
    outcome = next(outcome for outcome in OUTCOMES if outcome == kind)
    held = desk()
    held.attempt(lambda: training.phases.predict(outcome, training.owner, training.composition.files))


def _then_all(training: TrainingState, act: object) -> None:
    """Do the act of a button, after which the page may move by itself."""
    assert callable(act)
    desk().attempt(act)
    st.rerun()


INSIGHTS["phases"] = Insight(LABEL, HELP, _why_not, _view)
