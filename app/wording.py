"""What the app says of a run: a layer's name, the status in one sentence, milestones worth announcing, what is wrong with a layer."""

from __future__ import annotations

from collections.abc import Sequence

from app.runner import TrainingRun
from snncore.bptt import EpochRecord
from snncore.diagnose import silence
from snncore.layer_diagnosis import Changes, Clipped, Finding, LongMemory, Saturated, Silent
from snncore.layer_spec import NeuronSpec
from snncore.spec import Experiment


def layer_names(experiment: Experiment) -> list[str]:
    """Names of the neuron layers in order: Hidden LIF, Output LIF; numbered where there are several hidden ones."""
    kinds = [layer.kind for layer in experiment.network if isinstance(layer, NeuronSpec)]
    hidden = [f"Hidden {kind}" if len(kinds) == 2 else f"Hidden {kind} {number}" for number, kind in enumerate(kinds[:-1], start=1)]
    return [*hidden, f"Output {kinds[-1]}"]


def status(run: TrainingRun) -> str:
    """What is happening, in one sentence with its numbers."""
    last, target = run.records[-1], run.in_force.training.task.target
    if run.failure:
        return f"Stopped: training diverged after epoch {last.epoch}."
    if run.has_reached_target:
        return f"{target} spikes at epoch {last.epoch}."
    if not run.is_running and run.has_reached_limit:
        return f"Stopped after {len(run.records)} epochs at {last.spikes:g} of {target} spikes; Train goes on."
    reason = silence(run.records)
    if reason is None:
        return f"Loss {last.loss:g}, largest u/θ of the output {last.reach[-1]:.2f}."
    names = dict(zip((layer.name for layer in last.layers), layer_names(run.experiment), strict=True))
    whose = "the output" if reason.is_output else names[reason.layer]
    flat = "flat at " if reason.loss_is_flat else ""
    trend = f", {reason.trend}" if reason.trend else ""
    return f"Silent: loss {flat}{reason.loss:g}; largest u/θ of {whose} {reason.largest_u_over_threshold:.2f}{trend}."


def look_back(run: TrainingRun, seen: EpochRecord) -> str:
    """What an epoch that is past held, and where training has come to."""
    kept = f" What the layers did is kept of every {_ordinal(run.stride)} epoch." if run.stride > 1 else ""
    now = run.records[-1]
    stands = f"Training stands at epoch {now.epoch} with {now.spikes:g} spikes; Escape or the curve's end leads back there."
    return f"Looking back: loss {seen.loss:g}. {stands}{kept}"


def _ordinal(number: int) -> str:
    return {2: "2nd"}.get(number, f"{number}th")


def milestone(run: TrainingRun) -> str:
    """Said aloud when it changes; so it holds no number that changes at every epoch."""
    target = run.in_force.training.task.target
    if run.failure:
        return "Training diverged and stopped."
    if run.has_reached_target:
        return f"Reached {target} spikes at epoch {run.records[-1].epoch}."
    if run.is_running:
        return "Training." if not run.records[-1].spikes else "Training: the output spikes."
    return f"Stopped at epoch {run.records[-1].epoch}, {run.records[-1].spikes:g} of {target} spikes."


CHANGED = {"training.lr": "learning rate", "training.optimiser": "optimiser", "training.task.target": "target"}


def changes_in_words(experiment: Experiment) -> dict[int, str]:
    """What was changed while the Experiment trained, by the epoch from which on it holds: "learning rate 0.001 → 0.01"."""
    said: dict[int, list[str]] = {}
    for change in experiment.training.changes:
        before, after = (_field_in_words(experiment.in_force(epoch), change.field) for epoch in (change.epoch - 1, change.epoch))
        what = CHANGED.get(change.field, "surrogate gradient")
        sentence = f"{what} {before} → {after}"
        if sentence not in said.setdefault(change.epoch, []):
            said[change.epoch].append(sentence)
    return {epoch: ", ".join(sentences) for epoch, sentences in said.items()}


def _field_in_words(experiment: Experiment, path: str) -> str:
    value: object = experiment
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, tuple) else getattr(value, part)
    return f"{value:g}" if isinstance(value, int | float) else value if isinstance(value, str) else type(value).__name__


SYMBOLS = {"spike_threshold": "θ", "tau_mem": "τ_mem"}


def findings_in_words(findings: Sequence[Finding]) -> str:
    """What is wrong with a layer, in numbers; nothing where nothing is."""
    return " ".join(_finding_in_words(finding) for finding in findings)


def remedy_in_words(changes: Changes) -> str:
    """What a button says that applies the changes."""
    words = []
    for name, value in changes.items():
        if value is None:
            words.append(f"Remove {name}")
        elif isinstance(value, bool):
            words.append(f"Switch {name} {'on' if value else 'off'}")
        elif isinstance(value, dict):
            words.append(f"Use {value['kind']}")
        else:
            words.append(f"Set {SYMBOLS.get(name, name)} to {value:g}")
    return " and ".join(words)


def _finding_in_words(finding: Finding) -> str:
    match finding:
        case Silent(gets_input=False):
            return "Silent: nothing but zeros reaches it. See what comes before."
        case Silent(lower_threshold=None):
            return f"Silent: u never rises above 0 (largest {finding.largest_u:.3g}); its input holds it down."
        case Silent():
            steady = "" if finding.steady_state is None else f", steady-state v {finding.steady_state:.3g}"
            factor = finding.threshold / finding.largest_u
            return (
                f"Silent: largest u {finding.largest_u:.3g} < θ {finding.threshold:.3g}{steady}; "
                f"needs {factor:.3g}× the input or θ ≤ {finding.lower_threshold:g}."
            )
        case Saturated():
            return f"Saturated: {finding.saturated} of {finding.neurons} neurons spike at every step, {finding.rate:.3g} spikes per step."
        case Clipped(by="min_v_mem"):
            return f"Clipped: the lower bound {finding.largest:g} holds v at {finding.share:.0%} of all values."
        case Clipped():
            return f"Clipped: u reached {finding.largest:.3g} θ, but the spike function cut the count at {finding.share:.0%} of the spikes."
        case LongMemory():
            return f"α = {finding.alpha:.6g}: τ_mem {finding.tau:g} is far longer than the run of {finding.steps} steps."
