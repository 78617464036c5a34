"""Words of the field that the pages use, each explained in a sentence or two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypedDict

GLOSSARY: dict[str, str] = {
    "spike": "An event without a size: a neuron fires, or it doesn't. All that neurons tell each other is when they spike.",
    "u": "The membrane potential before the reset: what a neuron has gathered up to this step. It is compared with θ.",
    "v": "The membrane potential after the reset: what stays for the next step. Without a spike it equals u.",
    "θ": "The threshold. A neuron whose u reaches θ spikes, and θ is taken off.",
    "τ": "A time constant in steps. After τ steps without input, 37% of the potential is left.",
    "α": "What a membrane keeps from one step to the next: α = exp(−1/τ).",
    "LIF": "Leaky integrate-and-fire: a neuron that sums its input, forgets it with time constant τ_mem, and spikes at θ.",
    "IAF": "Integrate-and-fire: as LIF, but it never forgets.",
    "ALIF": "Adaptive LIF: each spike raises its own threshold for a while.",
    "normalised input": "The input is multiplied by 1 − α, so that a constant input I leads to the potential I for every τ_mem.",
    "surrogate gradient": "A spike is a jump, whose slope is zero. Training takes a smooth slope in its place, and only for learning.",
    "epoch": "One run of the network, and one change of all its weights.",
    "loss": "How far the output is from what it should be, as one number. Training makes it smaller.",
    "learning rate": "How far the weights move in one epoch.",
    "several spikes in one step": "At u ≥ 2 θ a neuron spikes twice or more in one step.",
    "Hz": "Spikes per second. A step lasts dt seconds; a neuron that spikes at every step fires 1/dt times a second.",
}
"""Explanations by word, in the order in which they are listed."""

FORMS: dict[str, str] = {
    "several spikes in one step": r"up to \d+ in one step",
    "spike": "[Ss]pikes?",
    "u": "u|[Mm]embrane potentials?",
    "θ": "θ|[Tt]hresholds?",
    "τ": r"τ(?:_\w+)?",
    "α": r"α(?:_\w+)?",
    "normalised input": "norm_input|[Nn]ormalised input",
    "surrogate gradient": "[Ss]urrogates?(?: gradients?)?",
    "epoch": "[Ee]pochs?",
    "loss": "[Ll]oss",
    "learning rate": "[Ll]earning rates?",
}
"""How words are written in sentences, as patterns that Python and JavaScript read alike; a word without one is written as it is."""

_FORMS_FIRST = [*FORMS, *(word for word in GLOSSARY if word not in FORMS)]

PATTERN = rf"(?<![\w’'])(?:{'|'.join(f'({FORMS.get(word, re.escape(word))})' for word in _FORMS_FIRST)})(?![\w’'])"
"""Finds the words; the group that matches tells which. `\\w` is that of ASCII."""

STEP_OF_THIS_RUN = "Here a step lasts {dt} ms, so that a spike at every step is {fastest} Hz."
"""The end of the explanation of Hz where dt is known."""


class Term(TypedDict):
    """A word with its explanation."""

    word: str
    explanation: str


class Glossary(TypedDict):
    """What the browser is given: `terms` in the order of the pattern's groups."""

    pattern: str
    terms: list[Term]
    ofThisRun: dict[str, str]


def for_the_browser() -> Glossary:
    """The words, and how to find them."""
    terms = [Term(word=word, explanation=GLOSSARY[word]) for word in _FORMS_FIRST]
    return Glossary(pattern=PATTERN, terms=terms, ofThisRun={"Hz": STEP_OF_THIS_RUN})


def split(text: str) -> Iterator[tuple[str, str]]:
    """Yield the parts of a text, each with the word of the glossary that it is, if any. A word counts where it comes first."""
    end, seen = 0, set[str]()
    for found in re.finditer(PATTERN, text, re.ASCII):
        word = _FORMS_FIRST[(found.lastindex or 1) - 1]
        if word in seen:
            continue
        seen.add(word)
        yield text[end : found.start()], ""
        yield found.group(), word
        end = found.end()
    yield text[end:], ""
