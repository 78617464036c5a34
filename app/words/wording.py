"""What the app says of a run: a layer's name, the status in one sentence, milestones worth announcing, what is wrong with a layer."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from app.figures.row_kinds import counted
from app.server.limits import MOST_EPOCHS, MOST_RUNNING
from app.server.runner import TrainingRun
from app.words.parameters import part_name
from snncore.activation import TrueDerivative
from snncore.diagnosis.layers import Changes, Clipped, Finding, LongMemory, Saturated, Silent
from snncore.diagnosis.training import silence
from snncore.diagnosis.training_findings import (
    Diverged,
    Diverging,
    ExplodingGradient,
    NoGradient,
    NoProgress,
    StaysSilent,
    TrainingFinding,
    UnreachableTarget,
)
from snncore.experiment.layers import NeuronSpec
from snncore.experiment.learnable import Learnable
from snncore.experiment.spec import Experiment
from snncore.run.bptt import EpochRecord
from snncore.run.simulation import Simulation


def layer_names(experiment: Experiment) -> list[str]:
    """Names of the neuron layers in order: Hidden LIF, Output LIF; numbered where there are several hidden ones."""
    kinds = [layer.kind for layer in experiment.network if isinstance(layer, NeuronSpec)]
    hidden = [f"Hidden {kind}" if len(kinds) == 2 else f"Hidden {kind} {number}" for number, kind in enumerate(kinds[:-1], start=1)]
    return [*hidden, f"Output {kinds[-1]}"]


def status(run: TrainingRun) -> str:
    """What is happening, in one sentence with its numbers."""
    last, target = run.records[-1], run.in_force.training.task.target
    if run.failure:
        return f"Stopped: training {f'diverged at epoch {run.divergence.epoch}' if run.divergence else 'failed'}."
    if run.place_in_line:
        return f"Waiting: {MOST_RUNNING} trainings compute at once on this server; this one is {ordinal(run.place_in_line)} in line."
    if run.has_reached_target:
        return f"{target} spikes at epoch {last.epoch}."
    if run.has_reached_end:
        return f"Stopped at {last.spikes:g} of {target} spikes: this server trains up to {MOST_EPOCHS:,} epochs. Restart begins anew."
    if not run.is_running and run.has_reached_limit:
        return f"Stopped after {len(run.records)} epochs at {last.spikes:g} of {target} spikes; Train goes on."
    reason = silence(run.records)
    if reason is None:
        return f"Loss {last.loss:g}, largest u/θ of the output {reach_in_words(last.reach[-1])}."
    names = dict(zip((layer.name for layer in last.layers), layer_names(run.experiment), strict=True))
    whose = "the output" if reason.is_output else names[reason.layer]
    flat = "flat at " if reason.loss_is_flat else ""
    trend = f", {reason.trend}" if reason.trend else ""
    return f"Silent: loss {flat}{reason.loss:g}; largest u/θ of {whose} {reach_in_words(reason.largest_u_over_threshold)}{trend}."


def reach_in_words(value: float) -> str:
    """u/θ with two decimals, or as many more as tell it from 1, where a neuron spikes."""
    decimals = next((decimals for decimals in range(2, 8) if (round(value, decimals) >= 1) == (value >= 1)), 8)
    return f"{round(value, decimals) + 0.0:.{decimals}f}"  # a zero without a sign


def share_in_words(share: float) -> str:
    """A percentage that is 0 or 100 only where it is exactly that."""
    if 0.99 < share < 1:
        return "over 99%"
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"


def look_back(run: TrainingRun, seen: EpochRecord) -> str:
    """What a past epoch held, and where training is now."""
    kept = f" What the layers did is kept for every {ordinal(run.log.stride)} epoch." if run.log.stride > 1 else ""
    now = run.records[-1]
    stands = f"Training is at epoch {now.epoch}, {counted(now.spikes, 'spike')}; Escape returns."
    return f"Looking back: loss {seen.loss:g}. {stands}{kept}"


def ordinal(number: int) -> str:
    """1st, 2nd, ... 20th."""
    ending = "th" if number // 10 % 10 == 1 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def network_status(simulation: Simulation, findings: Mapping[int, Sequence[Finding]]) -> str:
    """Which layers of a network to look into, or how often they spike where nothing was found of any.

    Args:
        findings: of each neuron layer, by its place in the network.
    """
    labels = [simulation.experiment.layer_label(str(index)) for index, found in findings.items() if found]
    if labels:
        more = f" and {len(labels) - 2} more" if len(labels) > 3 else ""
        return f"See {' and '.join(labels[:2] if more else labels)}{more}."
    rates = _mean_rates(simulation)
    if not rates:
        return "No layer of this network spikes."
    if len(rates) > 3:
        return f"Mean rates of {len(rates)} layers: {_three_digits(min(rates.values()))} to {_three_digits(max(rates.values()))} Hz."
    return f"Mean rate{'s' if len(rates) > 1 else ''}: {', '.join(f'{label} {_three_digits(rate)} Hz' for label, rate in rates.items())}."


def _three_digits(number: float) -> str:
    return f"{number:.3g}" if number < 1000 else f"{number:,.0f}"


def network_milestone(simulation: Simulation, findings: Mapping[int, Sequence[Finding]]) -> str:
    """What is said aloud of a network when it changes; without numbers, which change with every edit."""
    has_numbers = not any(findings.values()) and bool(_mean_rates(simulation))
    return "Every neuron layer that can spike does." if has_numbers else network_status(simulation, findings)


def _mean_rates(simulation: Simulation) -> dict[str, float]:
    """Mean firing rate in Hz of each spiking layer, by the layer's label."""
    experiment = simulation.experiment
    spiking = {index: record for index, record in simulation.records.items() if record.does_spike}
    return {
        experiment.layer_label(str(index)): float(record.spikes.mean(dtype=np.float64)) / experiment.dt for index, record in spiking.items()
    }


def parameter_names(experiment: Experiment, parameters: Iterable[str]) -> dict[str, str]:
    """What parameters of the network are called: "Linear 1 weights" for "0.weight", "LIF 2 τ_mem" for "1.tau_mem"."""
    return {name: _parameter_name(experiment, name) for name in parameters}


def _parameter_name(experiment: Experiment, name: str) -> str:
    index, _, path = name.partition(".")
    field = path.rpartition(".")[2]
    what = {"weight": "weights", "b0": "θ", "rec_connect": "recurrent weights", **SYMBOLS}.get(field, field)
    return f"{_layer_name(experiment, index)} {'recurrent ' if path.startswith('rec_connect.') else ''}{what}"


def milestone(run: TrainingRun) -> str:
    """Said aloud when it changes; so it holds no number that changes at every epoch."""
    target = run.in_force.training.task.target
    if run.failure:
        return f"Training {'diverged and stopped' if run.divergence else 'stopped on an error'}."
    if run.has_reached_target:
        return f"Reached {target} spikes at epoch {run.records[-1].epoch}."
    if run.place_in_line:
        return "Waiting to train."
    if run.is_running:
        return "Training." if not run.records[-1].spikes else "Training: the output spikes."
    return f"Stopped at epoch {run.records[-1].epoch}, {run.records[-1].spikes:g} of {target} spikes."


CHANGED = {"training.lr": "learning rate", "training.optimiser": "optimiser", "training.task.target": "target"}


def changes_in_words(experiment: Experiment) -> dict[int, str]:
    """What was changed while the Experiment trained, by the epoch from which on it holds: "learning rate 0.001 → 0.01, LIF 2 θ learns"."""
    said: dict[int, list[str]] = {}
    for change in experiment.training.changes:
        before, after = experiment.in_force(change.epoch - 1), experiment.in_force(change.epoch)
        for sentence in _change_in_words(before, after, change.field):
            if sentence not in said.setdefault(change.epoch, []):
                said[change.epoch].append(sentence)
    return {epoch: ", ".join(sentences) for epoch, sentences in said.items()}


def _change_in_words(before: Experiment, after: Experiment, field: str) -> list[str]:
    if field.endswith(".learns"):
        return learning_in_words(before, after, int(field.split(".")[1]))
    what = CHANGED.get(field, "surrogate gradient")
    old, new = before.at(field), after.at(field)
    if isinstance(old, dict) and isinstance(new, dict) and old["kind"] == new["kind"]:
        return [f"{what} {name} {value:g} → {new[name]:g}" for name, value in old.items() if value != new[name]]
    return [f"{what} {_field_in_words(before, field)} → {_field_in_words(after, field)}"]


def learning_in_words(before: Experiment, after: Experiment, index: int) -> list[str]:
    """A phrase for each parameter of a layer that learns in one of them and not in the other: "LIF 2 θ learns"."""
    old, new = before.network[index], after.network[index]
    if not (isinstance(old, Learnable) and isinstance(new, Learnable)):
        return []
    phrases = []
    for name in (name for name in new.learnable if name in old.learnable):
        called = _parameter_name(after, f"{index}.{name}")
        if name in new.learning and name not in old.learning:
            phrases.append(f"{called} {'learn' if called.endswith('weights') else 'learns'}")
        elif name in old.learning and name not in new.learning:
            phrases.append(f"{called} fixed")
    return phrases


def _field_in_words(experiment: Experiment, path: str) -> str:
    value = experiment.at(path)
    return part_name(value["kind"]) if isinstance(value, dict) else value if isinstance(value, str) else f"{value:g}"


SYMBOLS = {"spike_threshold": "θ", "tau_mem": "τ_mem", "tau_syn": "τ_syn", "tau_adapt": "τ_adapt"}


def findings_in_words(findings: Sequence[Finding]) -> str:
    """What is wrong with a layer, in numbers; nothing where nothing is."""
    return " ".join(_finding_in_words(finding) for finding in findings)


def remedy_in_words(changes: Changes) -> str:
    """What a button says that applies the changes."""
    words = []
    for name, value in changes.items():
        if value is None:
            words.append(f"remove {name}")
        elif isinstance(value, bool):
            words.append(f"switch {name} {'on' if value else 'off'}")
        elif isinstance(value, dict):
            words.append(f"use {value['kind']}")
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
            largest, threshold = _told_apart(finding.largest_u, finding.threshold)
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
            cut = f"spike_fn cut the count in {share_in_words(finding.share)} of the steps with spikes"
            return f"Clipped: u reached {finding.largest:.3g} θ, and {cut}."
        case LongMemory():
            lost = -100 * math.expm1(-1 / finding.tau)
            return f"τ_mem {finding.tau:g} is far longer than the run of {finding.steps} steps: v loses {lost:.2g}% per step."


def _told_apart(value: float, limit: float) -> tuple[str, str]:
    """Two numbers with three digits, or as many more as show which is the larger."""
    pairs = ((f"{value:.{digits}g}", f"{limit:.{digits}g}") for digits in range(3, 17))
    return next((pair for pair in pairs if pair[0] != pair[1]), (repr(value), repr(limit)))


def training_finding_in_words(experiment: Experiment, finding: TrainingFinding) -> str:
    """What is wrong with a training, in one sentence with its numbers."""
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
                f"The gradient explodes in {_layer_name(experiment, finding.layer)}: on its way back through time |α·(1-{taken}·σ')| "
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
            count = f"{finding.fewest:g} to {finding.most:g}" if finding.fewest < finding.most else f"{finding.most:g}"
            of_target = f"{count} spikes for a target of {experiment.training.task.target:,}"
            return f"No better than loss {finding.best_loss:g} since epoch {finding.best_epoch}: {of_target}."
    raise TypeError(f"{type(finding).__name__} has no words.")


def training_remedy_in_words(experiment: Experiment, changes: dict[str, Any]) -> str:
    """What a button says that applies changes of the Experiment; what is the same for several layers once."""
    differ = len({value["grad_scale"] for value in changes.values() if isinstance(value, dict) and "grad_scale" in value}) > 1
    first, *more = dict.fromkeys(_change_to_make(experiment, path, value, differ) for path, value in changes.items())
    return " and ".join([first, *(phrase[0].lower() + phrase[1:] for phrase in more)])


def _change_to_make(experiment: Experiment, path: str, value: Any, names_layers: bool) -> str:
    match path.split("."):
        case ["training", "lr"]:
            return f"Set the learning rate to {value:g}"
        case ["training", "task", "target"]:
            return f"Set the target to {value:,}"
        case ["network", index, "spike_threshold"]:
            return f"Set θ of {_layer_name(experiment, index)} to {value:g}"
        case ["network", _, "spike_fn"]:
            return f"{remedy_in_words({'spike_fn': value})} for the output"
        case ["network", index, "surrogate_grad_fn" | "reset_fn" as field]:
            present = experiment.at(f"network.{index}.{field}")
            if "grad_scale" in present and value == {**present, "grad_scale": value.get("grad_scale")}:
                whose = f" of {_layer_name(experiment, index)}" if names_layers else ""
                return f"Set grad_scale{whose} to {value['grad_scale']:g}"
            return f"Use {'the default ' if value['kind'] == present['kind'] else ''}{value['kind']}"
        case [*_, field]:
            return remedy_in_words({field: value})
    raise ValueError(f"{path!r} has no words.")


def _layer_name(experiment: Experiment, module_name: str) -> str:
    index = int(module_name)
    return f"{experiment.network[index].kind} {index + 1}"


def _whose(experiment: Experiment, finding: StaysSilent) -> str:
    return "the output" if finding.is_output else _layer_name(experiment, finding.layer)


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
    return f"{part_name(surrogate.__name__)} of {_layer_name(experiment, finding.layer)} is {most} {where}"


def _what_the_reset_takes(experiment: Experiment, module_name: str) -> str:
    step = experiment.network[int(module_name)].reset_fn.subtract_value  # type: ignore[union-attr]  # no other reset lets gradients grow
    return "θ" if step is None else f"{step:g}"
