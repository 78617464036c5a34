"""The same layer of neurons in five libraries: LIF with τ_mem = 10 steps, θ = 1 and a reset, each run over time as its own documents do.

`contestants()` gives what a benchmark times in turn. The peers differ in detail (normalisation of the input, surrogate, how much the reset
takes away, whether τ is trained), not in what there is to compute: a decay, an addition, a comparison and a reset per neuron and step.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # of the peers' own imports
    import norse.torch as norse
    import sinabs.layers
    import snntorch
    from spikingjelly.activation_based import functional, neuron

from snncore.layers import LIF, ALIFRecurrent, LIFRecurrent

TAU_MEM = 10.0


@dataclass(frozen=True)
class Contestant:
    """A layer under test.

    Attributes:
        run: input -> spikes of one call from the resting state.
        time_first: whether it takes (time, batch, neurons) instead of (batch, time, neurons).
    """

    name: str
    run: Callable[[Tensor], Tensor]
    time_first: bool


def contestants() -> list[Contestant]:
    """snncore first."""
    return [
        Contestant("snncore", _resetting(LIF(TAU_MEM)), time_first=False),
        Contestant("Sinabs", _resetting(sinabs.layers.LIF(TAU_MEM)), time_first=False),
        Contestant("SpikingJelly", _spikingjelly(), time_first=True),
        Contestant("Norse", _norse(), time_first=True),
        Contestant("snnTorch", _snntorch(), time_first=True),
    ]


def recurrent_contestants(neurons: int) -> list[Contestant]:
    """snncore's LIFRecurrent first; then its ALIFRecurrent, and Sinabs's LIFRecurrent. Connections begin as torch draws them."""
    made = [
        ("snncore", LIFRecurrent(TAU_MEM, rec_connect=torch.nn.Linear(neurons, neurons))),
        ("snncore's ALIF", ALIFRecurrent(TAU_MEM, 100.0, rec_connect=torch.nn.Linear(neurons, neurons))),
        ("Sinabs", sinabs.layers.LIFRecurrent(TAU_MEM, rec_connect=torch.nn.Linear(neurons, neurons))),
    ]
    return [Contestant(name, _resetting(layer), time_first=False) for name, layer in made]


def _resetting(layer: LIF | sinabs.layers.LIF) -> Callable[[Tensor], Tensor]:
    def run(z: Tensor) -> Tensor:
        layer.zero_grad()
        layer.reset_states()
        spikes: Tensor = layer(z)
        return spikes

    return run


def _spikingjelly() -> Callable[[Tensor], Tensor]:
    layer = neuron.LIFNode(tau=TAU_MEM, v_reset=None, step_mode="m")

    def run(z: Tensor) -> Tensor:
        functional.reset_net(layer)
        spikes: Tensor = layer(z)
        return spikes

    return run


def _norse() -> Callable[[Tensor], Tensor]:
    steps_per_second = 1000.0
    parameters = norse.LIFBoxParameters(tau_mem_inv=torch.tensor(steps_per_second / TAU_MEM))
    layer = norse.Lift(norse.LIFBoxCell(parameters, dt=1 / steps_per_second))

    def run(z: Tensor) -> Tensor:
        spikes: Tensor = layer(z)[0]
        return spikes

    return run


def _snntorch() -> Callable[[Tensor], Tensor]:
    layer = snntorch.Leaky(beta=math.exp(-1 / TAU_MEM))

    def run(z: Tensor) -> Tensor:
        membrane = layer.reset_mem()
        spikes = []
        for z_t in z:
            s, membrane = layer(z_t, membrane)
            spikes.append(s)
        return torch.stack(spikes)

    return run
