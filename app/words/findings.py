"""Words for problems of a layer or training, and labels of the buttons that fix them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from app.words.layers import SYMBOLS
from app.words.numbers import counted, reach_in_words, share_in_words, told_apart
from app.words.parts import part_in_words, part_name
from app.words.tasks import task_words
from snncore.activation import TrueDerivative
from snncore.diagnosis.layers import Changes, Clipped, Finding, LongMemory, Saturated, Silent
from snncore.diagnosis.training_findings import (
    Diverged,
    Diverging,
    ExplodingGradient,
    NoGradient,
    NoProgress,
    SaturatedLayer,
    SilentLayer,
    StaysSilent,
    TrainingFinding,
    UnreachableTarget,
)
from snncore.experiment.spec import Experiment


def findings_in_words(findings: Sequence[Finding]) -> str:
    """Problems of a layer, with numbers; empty if there are none."""
    return " ".join(_finding_in_words(finding) for finding in findings)


def remedy_in_words(changes: Changes) -> str:
    """Label of the button that applies the changes."""
    words = []
    for name, value in changes.items():
        if value is None:
            words.append(f"remove {name}")
        elif isinstance(value, bool):
            words.append(f"switch {SYMBOLS.get(name, name)} {'on' if value else 'off'}")
        elif isinstance(value, dict):
            words.append(f"set {SYMBOLS[name]} to {part_in_words(value)}")
        else:
            words.append(f"set {SYMBOLS.get(name, name)} to {value:g}")
    sentence = " and ".join(words)
    return sentence[0].upper() + sentence[1:]


def _finding_in_words(finding: Finding) -> str:
    match finding:
        case Silent(gets_input=False):
            return "Silent: nothing but zeros reaches it. Change its input, or what comes before it."
        case Silent(lower_threshold=None, largest_u=0):
            return "Silent: u never rises above 0; what reaches it is zero or inhibits it."
        case Silent(lower_threshold=None):
            return f"Silent: u never rises above 0 (largest {finding.largest_u:.3g}); what reaches it inhibits it."
        case Silent():
            largest, threshold = told_apart(finding.largest_u, finding.threshold)
            steady = "" if finding.steady_state is None else f"; under its constant input v tends to {finding.steady_state:.3g}"
            gain = "" if finding.sufficient_gain is None else f"{finding.sufficient_gain:.3g}× its input or "
            return f"Silent: largest u {largest} < θ {threshold}{steady}; {gain}θ ≤ {finding.lower_threshold:g} makes it spike."
        case Saturated():
            who = "the neuron spikes" if finding.neurons == 1 else f"{finding.saturated} of {finding.neurons} neurons spike"
            often = "at every step" if finding.share == 1 else f"in {share_in_words(finding.share)} of the steps"
            span = " from the first input to the last" if finding.while_driven else ""
            return f"Saturated: {who} {often}{span}, {finding.rate:.3g} spikes per step{'' if finding.neurons == 1 else ' and neuron'}."
        case Clipped(by="min_v_mem"):
            varies = finding.lowest is not None and finding.lowest < finding.largest
            bound = f"bounds {finding.lowest:g} to {finding.largest:g} hold" if varies else f"bound {finding.largest:g} holds"
            return f"Clipped: the lower {bound} v up at {share_in_words(finding.share)} of its values."
        case Clipped():
            cut = f"the limit of spikes per step cut the count in {share_in_words(finding.share)} of the steps with spikes"
            return f"Clipped: u reached {finding.largest:.3g} θ, and {cut}."
        case LongMemory():
            lost = -100 * math.expm1(-1 / finding.tau)
            return f"τ_mem {finding.tau:g} is far longer than the run of {finding.steps} steps: v loses {lost:.2g}% per step."


def training_finding_in_words(experiment: Experiment, finding: TrainingFinding) -> str:
    """A training's problem, in one sentence with numbers."""
    match finding:
        case UnreachableTarget():
            samples = f"{finding.samples} samples × " if finding.samples > 1 else ""
            each = f"{counted(finding.most_per_step, 'spike')} per step"
            outputs = counted(finding.outputs, "output")
            possible = f"{samples}{outputs} × {counted(finding.steps, 'step')} × {each} allow {finding.most:,}"
            return f"The target of {finding.target:,} spikes can't be reached: {possible}."
        case Diverged():
            label = experiment.layer_label(finding.layer)
            return f"Training diverged at epoch {finding.epoch}: the {finding.quantity} of {label} is not finite."
        case Diverging():
            best = f"loss {finding.best_loss:.3g} at epoch {finding.best_epoch}, {finding.loss:.3g} now"
            return f"The loss runs away: {best}; the learning rate of {experiment.training.lr:g} is too large."
        case ExplodingGradient():
            taken = _what_the_reset_takes(experiment, finding.layer)
            return (
                f"The gradient explodes in {experiment.layer_label(finding.layer)}: on its way back through time |α·(1-{taken}·σ')| "
                f"multiplies it by up to {finding.factor:.3g} per step, by {finding.product:.2g} over {finding.steps} steps."
            )
        case NoGradient(overshoot=(epoch, spikes)):
            lost = f"so far below θ that σ' is {finding.largest_surrogate:.2g} there"
            return f"{_norm_in_words(finding)}: after {spikes:,g} spikes at epoch {epoch}, too large an update took the output {lost}."
        case NoGradient():
            return f"{_norm_in_words(finding)}: {_surrogate_in_words(experiment, finding)}."
        case StaysSilent(overshoot=(epoch, spikes)):
            lost = f"{_whose(experiment, finding)} down to a largest u/θ of {reach_in_words(finding.largest_u_over_threshold)}"
            return f"Silent for {finding.epochs} epochs: after {spikes:,g} spikes at epoch {epoch}, too large an update took {lost}."
        case StaysSilent():
            reach = f"largest u/θ of {_whose(experiment, finding)} {reach_in_words(finding.largest_u_over_threshold)}"
            pace = "not rising" if finding.epochs_to_go is None else f"{finding.epochs_to_go:,.0f} epochs from 1 at the present pace"
            return f"Silent for {finding.epochs} epochs: {reach}, {pace}."
        case NoProgress():
            scores = task_words(experiment.task).between(finding.fewest, finding.most)
            return f"No better than loss {finding.best_loss:g} since epoch {finding.best_epoch}: {scores}."
        case SilentLayer():
            label = experiment.layer_label(finding.layer)
            return f"{label} has been silent for every sample of {counted(finding.epochs, 'epoch')}: {_why_silent(finding.found)}."
        case SaturatedLayer():
            _, _, why = _finding_in_words(finding.found).partition(": ")
            return f"{experiment.layer_label(finding.layer)} is saturated, so that samples look alike to what follows: {why}"
    raise TypeError(f"{type(finding).__name__} has no words.")


def training_remedy_in_words(experiment: Experiment, changes: dict[str, Any]) -> str:
    """Label of the button that applies changes of the Experiment; equal changes of several layers appear once."""
    differ = len({value["grad_scale"] for value in changes.values() if isinstance(value, dict) and "grad_scale" in value}) > 1
    first, *more = dict.fromkeys(_change_to_make(experiment, path, value, differ) for path, value in changes.items())
    return " and ".join([first, *(phrase[0].lower() + phrase[1:] for phrase in more)])


def _change_to_make(experiment: Experiment, path: str, value: Any, names_layers: bool) -> str:
    match path.split("."):
        case ["training", "lr"]:
            return f"Set the learning rate to {value:g}"
        case ["training", "task", name]:
            return task_words(experiment.task).remedy(name, value)
        case ["network", index, "spike_threshold"]:
            return f"Set θ of {experiment.layer_label(index)} to {value:g}"
        case ["network", _, "spike_fn"]:
            return f"{remedy_in_words({'spike_fn': value})} for the output"
        case ["network", index, "surrogate_grad_fn" | "reset_fn" as field]:
            present = experiment.at(f"network.{index}.{field}")
            if "grad_scale" in present and value == {**present, "grad_scale": value.get("grad_scale")}:
                whose = f" of {experiment.layer_label(index)}" if names_layers else ""
                return f"Set grad_scale{whose} to {value['grad_scale']:g}"
            is_alike = field == "surrogate_grad_fn" and value["kind"] == present["kind"]  # and its numbers aren't those it begins with
            return f"Set the {SYMBOLS[field]} to {'its default' if is_alike else part_in_words(value)}"
        case [*_, field]:
            return remedy_in_words({field: value})
    raise ValueError(f"{path!r} has no words.")


def _why_silent(found: Silent) -> str:
    if not found.gets_input:
        return "nothing but zeros reaches it"
    if found.lower_threshold is None:
        return "u never rises above 0; what reaches it inhibits it"
    largest, threshold = told_apart(found.largest_u, found.threshold)
    return f"its largest u is {largest}, below θ {threshold}"


def _whose(experiment: Experiment, finding: StaysSilent) -> str:
    return "the output" if finding.is_output else experiment.layer_label(finding.layer)


def _norm_in_words(finding: NoGradient) -> str:
    if finding.largest_norm is None:
        return "No parameter has a gradient"
    return "All gradients are zero" if finding.largest_norm == 0 else f"The gradients vanish (largest norm {finding.largest_norm:.2g})"


def _surrogate_in_words(experiment: Experiment, finding: NoGradient) -> str:
    if finding.layer is None:
        return f"the surrogates aren't why, as |σ'| reaches at least {finding.largest_surrogate:.2g} in every layer"
    surrogate = type(experiment.network[int(finding.layer)].surrogate_grad_fn)  # type: ignore[union-attr]  # every layer that spikes
    where = "everywhere" if surrogate is TrueDerivative else "at all potentials reached"
    most = "0" if finding.largest_surrogate == 0 else f"at most {finding.largest_surrogate:.2g}"
    label, name = experiment.layer_label(finding.layer), part_name(surrogate.__name__)
    return f"the surrogate gradient of {label}, {name}, is {most} {where}"


def _what_the_reset_takes(experiment: Experiment, module_name: str) -> str:
    step = experiment.network[int(module_name)].reset_fn.subtract_value  # type: ignore[union-attr]  # no other reset lets gradients grow
    return "θ" if step is None else f"{step:g}"
