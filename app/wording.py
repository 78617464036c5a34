"""What the app says of a run: a layer's name, the status in one sentence, and the milestones worth announcing."""

from __future__ import annotations

from app.runner import TrainingRun
from snncore.diagnose import silence
from snncore.layer_spec import NeuronSpec
from snncore.spec import Experiment


def layer_names(experiment: Experiment) -> list[str]:
    """Names of the neuron layers in order: Hidden LIF, Output LIF; numbered where there are several hidden ones."""
    kinds = [layer.kind for layer in experiment.network if isinstance(layer, NeuronSpec)]
    hidden = [f"Hidden {kind}" if len(kinds) == 2 else f"Hidden {kind} {number}" for number, kind in enumerate(kinds[:-1], start=1)]
    return [*hidden, f"Output {kinds[-1]}"]


def status(run: TrainingRun) -> str:
    """What is happening, in one sentence with its numbers."""
    last, target = run.records[-1], run.experiment.training.task.target
    if run.failure:
        return f"Stopped: training diverged after epoch {last.epoch}."
    if run.has_reached_target:
        return f"{target} spikes at epoch {last.epoch}."
    if not run.is_running and run.has_reached_limit:
        return f"Stopped after {len(run.records)} epochs at {last.spikes:g} of {target} spikes; Train goes on."
    reason = silence(run.records)
    if reason is None:
        return f"Loss {last.loss:g}, largest u/θ of the output {last.layers[-1].largest_u_over_threshold:.2f}."
    names = dict(zip((layer.name for layer in last.layers), layer_names(run.experiment), strict=True))
    whose = "the output" if reason.is_output else names[reason.layer]
    flat = "flat at " if reason.loss_is_flat else ""
    trend = f", {reason.trend}" if reason.trend else ""
    return f"Silent: loss {flat}{reason.loss:g}; largest u/θ of {whose} {reason.largest_u_over_threshold:.2f}{trend}."


def milestone(run: TrainingRun) -> str:
    """Said aloud when it changes; so it holds no number that changes at every epoch."""
    target = run.experiment.training.task.target
    if run.failure:
        return "Training diverged and stopped."
    if run.has_reached_target:
        return f"Reached {target} spikes at epoch {run.records[-1].epoch}."
    if run.is_running:
        return "Training." if not run.records[-1].spikes else "Training: the output spikes."
    return f"Stopped at epoch {run.records[-1].epoch}, {run.records[-1].spikes:g} of {target} spikes."
