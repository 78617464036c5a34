"""The causes of a spike of the network that is trained, in place of the Training page's rows."""

from __future__ import annotations

from app.figures.acts import AskAct
from app.figures.style import Theme
from app.state.training import TrainingState
from app.state.why import of_interest
from app.widgets.causes import causes_view, clicked
from app.widgets.insights import INSIGHTS, Insight
from app.words.causes import HELP, LABEL, SPIKE_GONE
from snncore.errors import ExperimentError
from snncore.experiment.layers import NeuronSpec

SAMPLE = 0
"""The one that the rows show."""


def ask_of_training(training: TrainingState, act: AskAct) -> None:
    """Pause, and ask about a spike that was clicked in the rows.

    Raises:
        ExperimentError: the spike is gone with its epoch, or a potential became infinite or NaN.
    """
    training.run.pause()  # else the next epoch would be asked about
    asked = clicked(training.whole_pass(training.seen_record), SAMPLE, act)
    if asked is None:
        raise ExperimentError(SPIKE_GONE)
    training.open_insight("causes")
    training.why.ask(asked)


def _view(training: TrainingState, theme: Theme) -> None:
    why, simulation = training.why, training.explained_simulation()
    if not why.is_asked:
        place = max(simulation.records)
        why.ask(of_interest(simulation.records[place], place, training.traced()[place], SAMPLE))
    causes_view(why, simulation, SAMPLE, lambda: _back(training), has_way_out=True)


def _why_not(training: TrainingState) -> str | None:
    has_neurons = any(isinstance(layer, NeuronSpec) for layer in training.run.experiment.network)
    return None if has_neurons else "This network has no neurons, so no spike has a cause in it."


def _has_before(training: TrainingState) -> bool:
    return len(training.why.trail) > 1


def _back(training: TrainingState) -> None:
    """Return to the question before, or from the first one to the rows."""
    if _has_before(training):
        training.why.back()
    else:
        training.close_insight()


INSIGHTS["causes"] = Insight(LABEL, HELP, _why_not, _view, _has_before, _back)
