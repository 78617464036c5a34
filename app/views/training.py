"""Training page: a spiking network learns a task, with every layer in view."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial

import streamlit as st

from app.components.kept import one_at_a_time, seen_theme
from app.components.looks import looks, repeated, watching
from app.components.plain import alert
from app.components.plot import Plot, plots
from app.components.rows import rows
from app.components.shortcuts import shortcuts
from app.figures.acts import RowsAct
from app.figures.drawer import describe_drawer, drawer_figure
from app.figures.rows import View, describe_rows, picked_neuron, rows_figure
from app.figures.style import Theme
from app.figures.training import Ghost, Guessed, describe_training, training_curves
from app.figures.trials import Trial, describe_trials, trials_figure
from app.server.priority import first
from app.server.runner import TrainingRun
from app.server.watched import are_served
from app.state.desk import NETWORK_PAGE, Desk
from app.state.shown_training import forward_pass, have_the_same_score
from app.state.training import TrainingState
from app.widgets import credit, decision, delays, drawn_digit, phases, surrogate, trained_causes
from app.widgets.drawing import draw, is_drawn, note_drawn, polled
from app.widgets.experiment import experiment_controls
from app.widgets.head import open_menus
from app.widgets.insights import insight_view, prepare_insights
from app.widgets.learned import learned_curves, learned_plots
from app.widgets.messages import messages
from app.widgets.obstacle import obstacle_in_words, remedy_buttons
from app.widgets.own_data import own_data_rows
from app.widgets.seeds import draw_others
from app.widgets.session import desk, file_of, write_link
from app.widgets.story import story
from app.widgets.training_menus import training_menus
from app.words.changes import changes_in_words
from app.words.comparison import trial_in_words
from app.words.layers import layer_names, parameter_names
from app.words.parts import part_name
from app.words.seeds import Seed
from app.words.training import LOOK_BACK, call, why_over
from snncore.explain.first_spike import FirstSpike
from snncore.run.measures import operations_per_epoch
from snncore.run.simulation import Simulation

# They register what stands in the middle of the page.
__all__ = ["credit", "decision", "delays", "drawn_digit", "phases", "surrogate", "trained_causes"]

DRAWER_INTERVAL = 0.5
"""Seconds between updates of the drawer during training: its contents are read over many epochs."""

FINDINGS_INTERVAL = 2.0
"""Seconds between updates of the numbers that findings name."""

SPEEDS: dict[str, float | None] = {"1 epoch/s": 1.0, "4 epochs/s": 4.0, "8 epochs/s": 8.0, "16 epochs/s": 16.0, "full speed": None}

SHORTCUTS = {" ": "drive", ".": "step", "s": "restart", "Escape": "insight_back", "n": "next_phase"}
"""Buttons by the key that presses them."""

A = "A"
"""Name of the pinned training."""


def page() -> None:
    training = desk().training
    with one_at_a_time():
        reason = training.prepare()
    if reason:
        _cannot_train(reason)
        return
    note_drawn(lambda: _around(desk(), open_menus()))
    shortcuts("shortcuts", SHORTCUTS)
    _buttons(training)
    left, right = st.columns([3.2, 1], gap="medium")
    with left:
        polled("live", None if _is_looked_at(training) else training.poll_interval, live_view)
        if not training.trials.runs and training.insight is None:
            _drawer()
    with right, st.container(key="controls"):
        experiment_controls(training.run.in_force)
        draw_others(training.run.experiment, _next_seed, trains=True)
    if "Explain" in open_menus():
        prepare_insights(training)  # last, when what the page shows is on its way


def _cannot_train(reason: str) -> None:
    """Say why the composed network can't be trained, and offer remedies."""
    alert(obstacle_in_words(reason))
    with st.container(horizontal=True):
        remedy_buttons("primary")
        st.page_link(file_of(NETWORK_PAGE), label="Change it on the Network page")
    own_data_rows(desk().composition.present)


@first
def live_view() -> None:
    """Show the part that moves during training: the browser looks at its views, or all of it reruns by itself.

    When training begins or ends, the whole page reruns: after its parts, since Streamlit forgets parts that weren't reached, and drops a
    click on one until it is redrawn. None of those parts is a fragment of its own: Streamlit would forget it, and drop what is told there,
    whenever this part is interrupted before it is reached.
    """
    held = desk()
    training, menus = held.training, open_menus()
    with watching(lambda: _around_views(held, menus), held.guard.look_after):
        with st.container(key="story"):
            story(training)
        with st.container(key="messages"):
            messages()
        _plots()
    looks(training.poll_interval if _is_looked_at(training) else None)
    if not is_drawn():
        st.rerun()


# ------------------------------------------------------------------------------------------------------- the bar


def _buttons(training: TrainingState) -> None:
    """Let a button act on the present training, which an edit may have replaced since the button was drawn."""
    run, cause = training.run, _first_spike(training)
    with st.container(horizontal=True, vertical_alignment="center", width="content", key="buttons"):
        with st.container(key="drive", width="content"):
            if run.is_running:
                st.button("Pause", type="primary", on_click=_act, args=(TrainingState.pause,), help=_with_key("Space"))
            elif cause:
                look = partial(TrainingState.look_at_first_spike, cause=cause)
                st.button(LOOK_BACK, type="primary", on_click=_act, args=(look,), help=_with_key("Space"))
            else:
                st.button(
                    call(run),
                    type="primary",
                    on_click=_act,
                    args=(TrainingState.train,),
                    disabled=run.is_over,
                    help=why_over(run) or _with_key("Space"),
                )
        cannot_step = run.is_running or run.has_reached_end or run.failure is not None
        step = ("+1 batch", TrainingState.step_batch) if training.is_labelled else ("+1 epoch", TrainingState.step)
        st.button(step[0], key="step", on_click=_act, args=(step[1],), disabled=cannot_step, help=_with_key("."))
        st.button(
            "Restart", key="restart", on_click=_act, args=(TrainingState.restart,), help=f"Same weights, from epoch 0. {_with_key('s')}"
        )
        _speed(run)
        with one_at_a_time():
            traced = training.traced()
        training_menus(training, traced)
        st.toggle("Controls", key="controls_open")


def _first_spike(training: TrainingState) -> FirstSpike | None:
    """What made the output fire, once the goal is reached, until the visitor has looked back at it."""
    return training.cause() if training.run.has_reached_target and not training.has_seen_first_spike else None


def _is_looked_at(training: TrainingState) -> bool:
    """Whether the browser looks at what moves; else the part reruns by itself, as more than its views changes or no look is answered."""
    is_explained = training.asks_why or training.insight is not None
    return are_served() and training.run.is_running and not (is_explained or training.trials.runs or training.delays.are_running)


def _around(held: Desk, menus: list[str]) -> object:
    """Return everything the buttons and controls show besides edited values, and the interval of updates."""
    training, run = held.training, held.training.run
    return (
        run.is_running,
        run.is_over,
        run.has_reached_end,
        run.failure is not None,
        held.complaint,
        run.in_force.task,
        tuple(trial.id for trial in training.trials.runs.values()),
        training.trials.are_running,
        training.poll_interval,
        _is_looked_at(training),
        (training.is_labelled, run.batches[1] > 0 and not run.is_running),
        training.insight,
        run.is_running or training.phases.has_walked,  # it may be there before the page asks when to look again
        _first_spike(training) is not None,
        (run.id, training.cause() is not None) if menus else None,
    )


def _around_views(held: Desk, menus: list[str]) -> object:
    """Return everything that the part which moves shows besides its views, and what the address depends on.

    Findings name numbers that change with every diagnosis: these are drawn now and then.
    """
    findings = [(type(finding), finding.changes) for finding in held.training.findings()]
    said = time.monotonic() // FINDINGS_INTERVAL if findings else 0
    return _around(held, menus), held.page, findings, said, held.holds_more_than_its_link


def _with_key(key: str) -> str:
    return f"Key: {key}, while a plot has the focus"


def _speed(run: TrainingRun) -> None:
    speed = st.selectbox("Speed", list(SPEEDS), index=list(SPEEDS.values()).index(run.speed), width=125, label_visibility="collapsed")
    run.speed = SPEEDS[speed]


def _act(act: Callable[[TrainingState], None]) -> None:
    held = desk()
    held.attempt(lambda: act(held.training))


def _next_seed(name: Seed) -> None:
    held = desk()
    held.attempt(lambda: held.training.edit({f"seeds.{name}": getattr(held.training.run.experiment.seeds, name) + 1}))


# ------------------------------------------------------------------------------------------------- plots


def _plots() -> None:
    training = desk().training
    theme = seen_theme()
    if training.trials.runs:
        _trials(training.trials.runs, theme)
    else:
        curves, rest = (_learned_curves, learned_plots) if training.is_labelled else (_curves, _network)
        repeated(lambda: curves(training))
        if not insight_view(training, theme):
            rest(training)
    write_link()  # last, since the address can wait and the plots can't


def _learned_curves(training: TrainingState) -> None:
    learned_curves(training, _redraw_scrubbed)


def _curves(training: TrainingState) -> None:
    run = training.run
    experiment, records = run.experiment, run.records[:]
    names = layer_names(experiment)
    pinned = training.pinned
    ghost = Ghost(A, pinned.records, course=pinned.log.course) if pinned and have_the_same_score(pinned.experiment, experiment) else None
    asks, guessed = training.guess.is_asked(run), training.guess.of(run)
    guess = Guessed(guessed) if asks or guessed is not None else None
    course, changes = run.log.course, changes_in_words(experiment)
    curves = training_curves(records, course.goals(len(records)), names, seen_theme(), changes, ghost, guess, course)
    plots(
        "curves",
        [Plot(figure=curves, description=describe_training(records, records[-1].task.goal, names, ghost))],
        training.scrubbed,
        training.scrub,
        on_guess=lambda epoch: training.guess.make(training.run, epoch),
        guesses=asks,
        redraw=_redraw_scrubbed,
        grows=True,
    )


def _network(training: TrainingState) -> None:
    repeated(lambda: _rows(training))


def _rows(training: TrainingState) -> None:
    """Draw the network's activity at the epoch on display."""
    run, seen = training.run, training.seen_record
    experiment = run.experiment
    shown = forward_pass(run, seen)
    other, other_name = _beside(training, seen.epoch)
    is_last = training.scrubbed is None
    marks = (run.in_force.task if is_last else seen.task).marks
    view = View(
        chosen={layer: (neuron,) for layer, neuron in training.traced().items()},
        is_brief=True,
        marks={len(experiment.network) - 1: marks} if marks else {},
        can_mark=is_last,
        can_ask=True,
    )
    figure = rows_figure(shown, view, {}, seen_theme(), other, other_name)
    rows("rows", figure, describe_rows(shown), on_act=_act_on_rows)


def _redraw_scrubbed() -> None:
    """Redraw the drawer too, which shows the chosen epoch; while the training moves it does so by itself."""
    if st.session_state.get("drawer") and not desk().training.is_moving:
        draw("live", "drawer")


def _beside(training: TrainingState, epoch: int) -> tuple[Simulation | None, str]:
    """Return the simulation drawn for comparison, and its name."""
    if training.asks_why:
        other = training.unnormalised_pass()
        return (None if isinstance(other, str) else other), "without normalised input"
    found = training.pinned_pass(epoch)
    if found is None:
        return None, ""
    other, its_epoch = found
    return other, f"{A}, epoch {its_epoch}"


def _trials(trials: dict[str, TrainingRun], theme: Theme) -> None:
    task = next(iter(trials.values())).in_force.task
    shown = [Trial(part_name(name), trial_in_words(trial), trial.records[:], task) for name, trial in trials.items()]
    plots("trials", [Plot(figure=trials_figure(shown, task.goal, theme), description=describe_trials(shown, task.goal))], grows=True)


def _drawer() -> None:
    drawer = st.expander("Gradients, rates, weights, time constants", key="drawer", on_change="rerun")
    if not drawer.open:
        return
    with drawer:
        polled("drawer", DRAWER_INTERVAL if desk().training.is_moving else None, _drawer_plots)


@first
def _drawer_plots() -> None:
    training = desk().training
    run = training.run
    experiment, records = run.experiment, run.records[:]
    names, parameters = layer_names(experiment), parameter_names(experiment, records[0].parameters)
    operations = operations_per_epoch(experiment, records, run.input)
    figure = drawer_figure(records, names, parameters, experiment.dt, seen_theme(), training.scrubbed, operations)
    plots("drawer_plots", [Plot(figure=figure, description=describe_drawer(records, names, parameters, experiment.dt))])


def _act_on_rows(act: RowsAct) -> None:
    """Select a neuron, or set or clear a target spike of an output neuron."""
    held = desk()
    if act["do"] == "pick":
        record = next((record for record in held.training.seen_record.layers if record.name == str(act["layer"])), None)
        if record:  # else another network has taken its place since
            held.training.picked[act["layer"]] = picked_neuron(act, record, sample=0)
    elif act["do"] == "ask":
        held.attempt(lambda: trained_causes.ask_of_training(held.training, act))
    elif act["do"] == "mark":
        held.attempt(lambda: held.training.toggle_mark(act["neuron"], act["time"]))


page()
