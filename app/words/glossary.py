"""Words of the field that the pages use, each explained in a sentence or two."""

from __future__ import annotations

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
    "several spikes in one step": "A u of 2 θ or more is worth two spikes or more: a neuron may spike more than once in a step.",
    "Hz": "Spikes per second. A step lasts dt seconds; a neuron that spikes at every step fires 1/dt times a second.",
}
"""Explanations by word, in the order in which they are listed."""
