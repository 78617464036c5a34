"""Lessons of the Neuron page: Experiments in which one gesture demonstrates one law."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from snncore.experiment.inputs import SpikeBursts, StepCurrent
from snncore.experiment.layers import ALIFSpec, ExpLeakSpec, LIFSpec
from snncore.experiment.spec import Experiment


@dataclass(frozen=True)
class Discovery:
    """A lesson.

    Attributes:
        sentence: what to drag, and what happens then.
        beside: the variant for comparison, as in `app.state.tuned_neuron.TunedNeuron`.
    """

    title: str
    sentence: str
    experiment: Experiment
    beside: str = ""


def _pulses(**fields: Any) -> SpikeBursts:
    return SpikeBursts(shape=(1, 200, 1), **{"first": 20, **fields})


DISCOVERIES = (
    Discovery(
        "Leak against integration",
        "Drag the second pulse to the right: with wider gaps the LIF forgets one pulse before the next and falls silent, the IAF keeps all "
        "of them and still fires.",
        Experiment(network=(LIFSpec(tau_mem=20.0, norm_input=False),), input=_pulses(period=5, weight=0.4)),
        beside="leak",
    ),
    Discovery(
        "Memory",
        "Drag the second pulse away from the first: after n steps αⁿ of the first is left, and from n = 9 on the two together no longer "
        "reach θ.",
        Experiment(network=(LIFSpec(tau_mem=20.0, norm_input=False),), input=_pulses(period=5, weight=0.6, count=2)),
    ),
    Discovery(
        "Normalised input",
        "Drag τ_mem: with normalised input a constant input I leads to v = I whatever τ_mem is, without it (dashed) to I/(1-α), which "
        "grows with τ_mem.",
        Experiment(network=(ExpLeakSpec(tau_mem=20.0, norm_input=True),), input=StepCurrent(shape=(1, 200, 1), amplitude=0.5, start=10)),
        beside="norm_input",
    ),
    Discovery(
        "u and v",
        "Press +1 time step: one spike takes one θ from u, and as spikes per step is set to one, v stays above θ; set it "
        "to any number, and v stays below.",
        Experiment(
            network=(LIFSpec(tau_mem=20.0, spike_fn={"kind": "SingleSpike"}),),
            input=StepCurrent(shape=(1, 100, 1), amplitude=30.0, start=20, stop=60),
        ),
    ),
    Discovery(
        "τ_syn, a second filter",
        "Drag τ_syn: the pulse reaches the membrane spread over time, so that u peaks the later the longer τ_syn is; without it (dashed) "
        "at once.",
        Experiment(network=(ExpLeakSpec(tau_mem=20.0, tau_syn=10.0),), input=_pulses(period=10, count=1)),
        beside="tau_syn",
    ),
    Discovery(
        "Adaptation",
        "Drag the adaptation strength: every spike raises θ for a while, so that the intervals grow from spike to spike; without "
        "adaptation (dashed) they stay the same.",
        Experiment(
            network=(ALIFSpec(tau_mem=20.0, tau_adapt=100.0, adapt_scale=5.0),),
            input=StepCurrent(shape=(1, 300, 1), amplitude=2.5, start=20),
        ),
        beside="adaptation",
    ),
)
