"""Sentences on the causes of a spike, or of a silence."""

from __future__ import annotations

from app.words.numbers import capitalised, counted, listed, told_apart, with_minus
from app.words.parameter import Parameter
from snncore.experiment.spec import Draft
from snncore.explain import Cause, Causes, Needed, Without

OWN: dict[str, str] = {"bias": "the bias", "reset": "its own reset"}
"""Names of one cause that nobody sent."""

SEEN = 1e-3
"""Share of u from which a difference is told: three digits are shown."""

UNSENT: dict[str, str] = {"bias": "biases", "reset": "its own resets", "initial": "what it began with", "bound": "the lower bound"}
"""Names of the parts of u that nobody sent."""

LABEL = "What moved a neuron"
HELP = "Its last spike, or the step at which it came closest to one, with what each input gave. Or click a spike."

LEAVE_OUT = Parameter("Leave out", "The network is run again without it. A click on a spike below chooses it.")
NOTHING_LEFT_OUT = "nothing"

SPIKE_GONE = "That spike no longer exists: training has continued. Click another."

NOTHING_GIVEN = "What you clicked gave nothing to this u: it came later, was lost before, or no weight leads from it."

MOST_LARGEST = 5
"""Causes that are named one by one."""


def sender_in_words(draft: Draft, sender: int | None) -> str:
    """The layer that sends, or the input."""
    return "the input" if sender is None else draft.layer_label(str(sender))


def potential_in_words(draft: Draft, found: Causes) -> str:
    """What u was, and whether that made the neuron fire."""
    who = f"Neuron {found.neuron} of {draft.layer_label(str(found.layer))}"
    if found.missing == float("inf"):
        return f"{who} had u {_number(found.u)} at step {found.step}."
    if found.spikes:
        several = "" if found.spikes == 1 else f" {found.spikes:g} times"
        u, theta = map(with_minus, told_apart(found.u, found.threshold))
        return f"{who} fired{several} at step {found.step}: u reached {u}, θ was {theta}."
    return f"{who} was silent at step {found.step}: u was {_number(found.u)}, {_number(found.missing)} short of θ."


def parts_in_words(draft: Draft, found: Causes) -> str:
    """What each source gave to u, the largest first, and where the history begins."""
    parts = sorted(((source, float(part.sum())) for source, part in found.parts.items() if part.any()), key=lambda part: -abs(part[1]))
    named = [f"{_signed(value)} from {_source(draft, found, source)}" for source, value in parts]
    ended = {"reset": "a hard reset", "bound": "the lower bound", None: ""}[found.ended_by]
    arrives = any(part[: found.history_from].any() for source, part in found.parts.items() if source in ("input", "recurrence", "bias"))
    remembered = "v remembers, but not the synaptic current" if arrives else "u remembers"
    history = f" Before step {found.history_from}, {ended} ended what {remembered}." if found.ended_by else ""
    return f"That is {listed(named)}.{history}" if named else f"Nothing reached it.{history}"


def largest_in_words(found: Causes) -> str:
    """The largest causes that a neuron or channel sent, one by one; empty if there are none."""
    sent = found.ranked("input", "recurrence", most=MOST_LARGEST)
    return f"Largest: {' · '.join(cause_in_words(found, cause) for cause in sent)}" if sent else ""


def chosen_in_words(draft: Draft, found: Causes, cause: Cause, again: Without) -> str:
    """What a cause gave, and what becomes of the neuron without it."""
    layer = found.layer if cause.source == "recurrence" else found.sender
    who = capitalised(_sender(found, cause))
    sent = f"{who if cause.source in OWN else f'{who} of {sender_in_words(draft, layer)}'}, at step {cause.step},"
    if not again.changed and not _is_bounded_elsewhere(again):
        return f"{sent} gave {_signed(cause.value)}. Without it u is {_number(again.u)}: {_ending(found, again)}."
    if not again.changed:
        return (
            f"{sent} gave {_signed(cause.value)}; less that, u is {_number(again.subtracted)}. Run again without it, the lower bound "
            f"holds v at other steps, and u is {_number(again.u)}: {_ending(found, again)}."
        )
    earlier = counted(len(again.changed), "earlier spike")
    differs = "differs" if len(again.changed) == 1 else "differ"
    return (
        f"{sent} gave {_signed(cause.value)}; less that, u is {_number(again.subtracted)}. "
        f"Run again without it, {earlier} of the layer {differs} too, and u is {_number(again.u)}: {_ending(found, again)}."
    )


def fewest_in_words(fewest: Needed | None) -> str:
    """How many received spikes must go until the spike goes."""
    if fewest is None:
        return "No set of received spikes was found without which it stays silent."
    if fewest.count == 1:
        return "One spike fewer would keep it silent."
    bound = "" if fewest.is_minimum else "; perhaps a smaller number would too, as not all sets were tried"
    return f"{fewest.count} spikes fewer would keep it silent{bound}."


def _ending(found: Causes, again: Without) -> str:
    if found.missing == float("inf"):
        return "it never fires anyway"
    return "it fires" if again.fires else "it stays silent"


def _source(draft: Draft, found: Causes, source: str) -> str:
    if source in UNSENT:
        return UNSENT[source]
    count = int((found.parts["input" if source == "input" else "recurrence"] != 0).sum())
    if source == "recurrence":
        return f"{counted(count, 'spike')} fed back"
    is_spikes = found.sender is not None or draft.carries_spikes
    return f"{counted(count, 'spike' if is_spikes else 'value')} of {sender_in_words(draft, found.sender)}"


def cause_in_words(found: Causes, cause: Cause) -> str:
    """A cause, and what it gave."""
    return f"{_signed(cause.value)} {_sender(found, cause)}, step {cause.step}"


def _is_bounded_elsewhere(again: Without) -> bool:
    return abs(again.u - again.subtracted) > SEEN * max(abs(again.u), abs(again.subtracted))


def _sender(found: Causes, cause: Cause) -> str:
    if cause.source in OWN:
        return OWN[cause.source]
    return f"{'channel' if cause.source == 'input' and found.sender is None else 'neuron'} {cause.sender}"


def _number(value: float) -> str:
    return with_minus(f"{value:.3g}")


def _signed(value: float) -> str:
    return with_minus(f"{value:+.2g}")
