"""Sentences on credit through time: the terms of a cell's chain rule, where credit ends, and how much arrives at a layer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypedDict

import numpy as np

from app.words.numbers import LARGEST_IN_DIGITS, counted, share_in_words, three_digits, with_minus
from app.words.parameter import Parameter
from app.words.training_parameters import SURROGATE
from snncore.activation import MembraneReset, MembraneSubtract
from snncore.experiment.spec import Experiment
from snncore.explain import FADED, GROWN, Credit, LayerCredit

CREDIT = "∂L/∂u"

LABEL = "Where the gradient goes"
HELP = "∂L/∂u of every neuron and step, as it runs back through time: where credit flows, dies or explodes."

ALONE = "In this view alone, on the same weights."

HELD = "nothing: the lower bound held"
DETACHED = "left out: the reset is detached"

DETACH_RESET = Parameter("Detach the reset", f"The gradient ignores that a spike resets the membrane; spikes stay as they are. {ALONE}")
TAU = Parameter("Time constant", f"Of all membranes; the spikes change too. {ALONE}", symbol="τ_mem", unit="steps")
OTHER_SURROGATE = Parameter("Surrogate", f"{SURROGATE.note} The spikes stay as they are. {ALONE}")


class ChainTerm(TypedDict):
    """A term of the sum that a cell's value is.

    Attributes:
        name: what it is; `{next}` stands for the next time step.
        over: the second factor of the product that it is: the surrogate's slope, or the value one step later; empty for no product.
        symbols: what stands before the product.
        second: the same before its second factor.
        instead: said instead of the product; may be empty.
    """

    name: str
    over: Literal["slope", "next", ""]
    symbols: str
    second: str
    instead: str


class FlowWords(TypedDict):
    """Sentences for each way in which a flow ends: with no step back, at the first one, and as `Ending` has it."""

    none: str
    at_once: str
    cut: str
    faded: str
    grown: str
    start: str


class ChainWords(TypedDict):
    """Words for the cell of a heatmap that is asked about.

    Attributes:
        ask: what stands there before one is.
        quantity: what its value is.
        cell: which one it is.
        held: said of a product where the lower bound held the potential.
        faded, grown: shares at which its value counts as gone, and as exploded.
    """

    ask: str
    quantity: str
    cell: str
    held: str
    flow: FlowWords
    faded: float
    grown: float


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
    """Caption under the credit of labelled data, which is that of one sample, and of one that isn't learned."""
    return f"For test sample {sample} only, with the current weights; training learns from batches of {batch_size} training samples."


def gone_in_words(experiment: Experiment, layer: int, neuron: int, step: int) -> str:
    """Sentence on a cell that was asked about and isn't there."""
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


def chain_words(ask: str) -> ChainWords:
    """Words for a cell that is asked about, and what stands there before one is."""
    back = "Going back, it"
    return {
        "ask": ask,
        "quantity": CREDIT,
        "cell": "neuron {neuron} of {layer}, step {step}",
        "held": HELD,
        "flow": {
            "none": "Step 0 is the first: there is nothing to pass credit on to.",
            "at_once": f"{back} stops at step {{step}}: that step passes on × {{last}}.",
            "cut": f"{back} stops at step {{step}} after {{passed}}: that step passes on × {{last}}.",
            "faded": f"{back} fades × {{factor}} a step: under {share_in_words(FADED)} is left at step {{step}}, after {{back}}.",
            "grown": f"{back} explodes × {{factor}} a step: over {GROWN:g} times as much at step {{step}}.",
            "start": f"{back} reaches step 0 at {{left}} of its size, × {{factor}} a step.",
        },
        "faded": FADED,
        "grown": GROWN,
    }


def chain_terms(experiment: Experiment, layer: int, parts: Iterable[str], above: int | None) -> list[ChainTerm]:
    """Return what each part of a cell's credit is, and which product.

    Args:
        parts: their names, as in `LayerCredit.parts`.
        above: place of the next neuron layer; None if the layer is the last.
    """
    source = "the loss" if above is None else experiment.layer_label(str(above))
    does_spike = experiment.network[layer].does_spike
    emitted, slope = ("s", "σ′") if does_spike else ("output", "1")
    detached = DETACHED if getattr(experiment.network[layer], "detach_reset", False) else ""
    terms: dict[str, ChainTerm] = {
        "output": _term(f"own {'spike' if does_spike else 'output'}, through {source}", "slope", f"∂L/∂{emitted} · {slope} = "),
        "read": _term("u, read by the loss"),
        "decay": _term("what stays in u[{next}]", "next", _decay_symbols(experiment, layer)),
        "reset": _term("what its reset takes from u[{next}]", "next", _reset_symbols(experiment, layer), instead=detached),
        "adaptation": _term("later thresholds that its spikes raise"),
        "recurrence": _term("its spikes, fed back", "slope", second="σ′ "),
        "synapse": _term("its spikes, in later synaptic currents", "slope", second="σ′ "),
    }
    return [terms.get(name) or _term(name) for name in parts]


def _term(name: str, over: Literal["slope", "next", ""] = "", symbols: str = "", second: str = "", instead: str = "") -> ChainTerm:
    return {"name": name, "over": over, "symbols": symbols, "second": second, "instead": instead}


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
