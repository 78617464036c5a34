"""What is said of credit through time: the terms of a cell's chain rule, where credit ends, and how much arrives at a layer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from app.words.numbers import LARGEST_IN_DIGITS, counted, share_in_words, three_digits, with_minus
from app.words.parameter import Parameter
from app.words.training_parameters import SURROGATE
from snncore.activation import MembraneReset, MembraneSubtract
from snncore.experiment.spec import Experiment
from snncore.explain import Cell, Credit, Flow, LayerCredit

CREDIT = "∂L/∂u"

LABEL = "Where the gradient goes"
HELP = "∂L/∂u of every neuron and step, as it runs back through time: where credit flows, dies or explodes."

ALONE = "In this view alone, on the same weights."

HELD = "nothing: the lower bound held"
DETACHED = "left out: the reset is detached"

DETACH_RESET = Parameter("Detach the reset", f"The gradient ignores that a spike resets the membrane; spikes stay as they are. {ALONE}")
TAU = Parameter("Time constant", f"Of all membranes; the spikes change too. {ALONE}", symbol="τ_mem", unit="steps")
OTHER_SURROGATE = Parameter("Surrogate", f"{SURROGATE.note} The spikes stay as they are. {ALONE}")


@dataclass(frozen=True)
class Term:
    """One term of a sum: its value, the numbers it is the product of, and what it is. Numbers may be empty."""

    value: str
    numbers: str
    name: str


def credit_in_words(epoch: int, loss: float, is_empty: bool) -> str:
    """What the rows show, and what to do."""
    if is_empty and not loss:
        return f"The loss of epoch {epoch} is 0, so nothing has to change and no gradient runs back. Click an earlier epoch on the curves."
    if is_empty:
        return f"No gradient arrives anywhere at epoch {epoch}, loss {_number(loss)}: no surrogate reaches a potential."
    return (
        f"∂L/∂u at epoch {epoch}, loss {_number(loss)}: how the loss would change with each potential. It is computed from right to left. "
        "Click a cell for its chain rule."
    )


def sample_alone_in_words(sample: int, batch_size: int) -> str:
    """What is said of credit of labelled data: it is that of one sample, which isn't even learned."""
    return f"For test sample {sample} only, with the current weights; training learns from batches of {batch_size} training samples."


def gone_in_words(experiment: Experiment, layer: int, neuron: int, step: int) -> str:
    """What is said of a cell that was asked about and isn't there."""
    is_layer = layer < len(experiment.network)
    name = experiment.layer_label(str(layer)) if is_layer else f"layer {layer + 1}"
    return f"Neuron {neuron} of {name} at step {step} is no longer there; click another cell."


def changed_in_words(found: Credit[int], trained: Credit[int]) -> str:
    """What a change on the same weights did to the spikes and the loss."""
    spikes = [[layer.record.spikes for layer in credit.layers.values()] for credit in (found, trained)]
    is_same = all(np.array_equal(one, other) for one, other in zip(*spikes, strict=True))
    loss, before = _number(found.loss), _number(trained.loss)
    of_loss = f"same loss {loss}" if found.loss == trained.loss else f"loss {loss} instead of {before}"
    rest = "; only the gradient differs" if is_same and found.loss == trained.loss else ""
    return f"Changed: {'same' if is_same else 'other'} spikes, {of_loss}{rest}. Colours as in the training."


def cell_in_words(experiment: Experiment, layer: int, neuron: int, step: int, cell: Cell) -> Term:
    """The cell whose credit is the sum."""
    return Term(_number(cell.u), CREDIT, f"neuron {neuron} of {experiment.layer_label(str(layer))}, step {step}")


def terms(experiment: Experiment, layer: int, step: int, cell: Cell, above: int | None) -> list[Term]:
    """The parts of a cell's credit, each with the product that it is.

    Args:
        above: place of the next neuron layer; None if the layer is the last.
    """
    source = "the loss" if above is None else experiment.layer_label(str(above))
    does_spike = experiment.network[layer].does_spike
    emitted, slope = ("s", "σ′") if does_spike else ("output", "1")
    names = {
        "output": f"own {'spike' if does_spike else 'output'}, through {source}",
        "read": "u, read by the loss",
        "decay": f"what stays in u[{step + 1}]",
        "reset": f"what its reset takes from u[{step + 1}]",
        "adaptation": "later thresholds that its spikes raise",
        "recurrence": "its spikes, fed back",
        "synapse": "its spikes, in later synaptic currents",
    }
    found = []
    for name, value in cell.parts.items():
        numbers = ""
        if name == "output" and cell.slope:
            numbers = f"∂L/∂{emitted} · {slope} = {_number(value / cell.slope)} · {_number(cell.slope)}"
        elif name in ("recurrence", "synapse") and cell.slope:
            numbers = f"{_number(value / cell.slope)} · σ′ {_number(cell.slope)}"
        elif name in ("decay", "reset") and cell.next and cell.is_held:
            numbers = HELD
        elif name == "decay" and cell.next:
            numbers = f"{_decay_symbols(experiment, layer)}{_number(value / cell.next)} · {_number(cell.next)}"
        elif name == "reset" and cell.next and getattr(experiment.network[layer], "detach_reset", False):
            numbers = DETACHED
        elif name == "reset" and cell.next:
            numbers = f"{_reset_symbols(experiment, layer)}{_number(value / cell.next)} · {_number(cell.next)}"
        found.append(Term(_signed(value), numbers, names.get(name, name)))
    return found


def _decay_symbols(experiment: Experiment, layer: int) -> str:
    """What the decay's factor is; empty where a spike sets the potential, of which nothing decays then."""
    reset = getattr(experiment.network[layer], "reset_fn", None)
    return "" if isinstance(reset, MembraneReset) else "α · ∂L/∂u = "


def _reset_symbols(experiment: Experiment, layer: int) -> str:
    """What the reset's factor is made of; empty where it subtracts nothing, or keeps its own ways."""
    reset = getattr(experiment.network[layer], "reset_fn", None)
    if not isinstance(reset, MembraneSubtract):
        return ""
    return f"−α{'θ' if reset.subtract_value is None else 'd'}σ′ · ∂L/∂u = "


def flow_in_words(found: Flow, step: int) -> str:
    """Where a cell's credit ends on its way back through the membrane, and by which factor."""
    back = step - found.step
    if not step:
        return "Step 0 is the first: there is nothing to pass credit on to."
    a_step = f"× {_number(found.factor)} a step"
    if found.ended_by == "cut":
        before = "" if back == 1 else f" after {counted(back - 1, 'step')}"
        return f"Going back, it stops at step {found.step}{before}: that step passes on × {_number(found.last)}."
    if found.ended_by == "faded":
        return f"Going back, it fades {a_step}: under 1% is left at step {found.step}, after {counted(back, 'step')}."
    if found.ended_by == "grown":
        return f"Going back, it explodes {a_step}: over 100 times as much at step {found.step}."
    left = share_in_words(abs(found.left)) if abs(found.left) <= 1 else f"× {_number(abs(found.left))}"
    return f"Going back, it reaches step 0 with {left} of itself, {a_step}."


def arriving_in_words(neurons: int, norm: float, share: float | None, above: str, factor: float, of_trained: float | None) -> str:
    """How much credit a layer gets, and how much of it goes one step back.

    Args:
        share: the norm as a share of that of the layer `above`; None for the last layer.
        factor: what one step back through the membrane usually passes on.
        of_trained: the norm as a multiple of the one in the training; None if nothing was changed.
    """
    parts = [counted(neurons, "neuron")]
    if not norm:
        parts.append("no credit arrives")
        return " · ".join(parts)
    compared = "" if of_trained is None else f", × {_number(of_trained)} of the training's"
    parts.append(f"‖∂L/∂u‖ {_number(norm)}{compared}")
    if share is not None:
        parts.append(f"× {_number(share)} of {above}'s")
    parts.append(f"one step back keeps × {_number(factor)}")
    return " · ".join(parts)


def describe_layer(label: str, layer: LayerCredit) -> str:
    """A layer's credit, for screen readers."""
    return f"{label}: from {_number(float(layer.u.min()))} to {_number(float(layer.u.max()))}"


def _number(value: float) -> str:
    """Three digits: 0.163, −5.35, 1,220, 3.2e+12."""
    return with_minus(three_digits(value) if abs(value) < LARGEST_IN_DIGITS else f"{value:.3g}") if value else "0"


def _signed(value: float) -> str:
    return f"+{_number(value)}" if value > 0 else _number(value)
