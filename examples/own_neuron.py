"""A custom neuron model: leaky integrate-and-fire that rests for a while after each spike.

`python -m examples.own_neuron` compares its rates with those of `LIF`. `SNN_PLUGINS=examples.own_neuron python -m app` adds it to the app.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from snncore import Experiment, FieldWords, SpikingMembrane, register_neuron, simulate
from snncore.activation import MembraneReset, SingleExponential, SingleSpike, SurrogateGradient
from snncore.dynamics import LIFParameters, State, Step
from snncore.errors import ParameterError


@dataclass(frozen=True)
class RefractoryParameters(LIFParameters):
    rest: int


def refractory_step(z: Tensor, state: State, p: RefractoryParameters) -> Step:
    """Compute u[t] = α v[t-1] + (1-α) z[t], or 0 while it rests; a spike sets v to 0 and starts a rest of `p.rest` steps."""
    left = state["rest_left"]
    u = torch.where(left > 0, 0.0, p.alpha_mem * state["v_mem"] + p.input_gain * z)
    s = p.spike_fn.apply(u, p.spike_threshold, p.surrogate_grad_fn)
    rested = torch.where(s.detach() > 0, float(p.rest), (left - 1).clamp(min=0))
    return Step(s, {"u": u}, {**p.reset_fn(s, state | {"v_mem": u}, p.spike_threshold), "rest_left": rested})


REST = FieldWords("Refractory period", "After a spike it ignores its input for so long.", "t_ref", "steps", low=0, high=50, step=1)


@register_neuron(refractory_step, spikes=True, words={"rest": REST}, sentence="LIF that rests after each spike, so its rate has a limit.")
class RefractoryLIF(SpikingMembrane):
    """LIF with a refractory period of `rest` time steps, ≥ 0."""

    def __init__(
        self,
        tau_mem: float | Tensor,
        rest: int = 5,
        spike_threshold: float | Tensor = 1.0,
        surrogate_grad_fn: SurrogateGradient = SingleExponential(),  # noqa: B008 (frozen)
        shape: tuple[int, ...] | None = None,
        record_states: bool = False,
    ) -> None:
        super().__init__(tau_mem, None, None, False, True, shape, record_states)
        if rest < 0:
            raise ParameterError(f"RefractoryLIF: rest is {rest}; it must be at least 0 time steps.")
        self._init_spiking(spike_threshold, SingleSpike(), MembraneReset(), surrogate_grad_fn)
        self._add_state("rest_left")
        self.rest = rest

    def step_parameters(self, z: Tensor) -> RefractoryParameters:
        return RefractoryParameters(**self._spiking_parameters(z), rest=self.rest)


def rates(amplitudes: tuple[float, ...] = (1.5, 3.0, 10.0, 100.0)) -> dict[str, list[float]]:
    """Return the spikes per 100 steps at each constant current, for LIF and two refractory periods."""
    layers = {
        "LIF": {"kind": "LIF", "tau_mem": 20.0, "spike_fn": "SingleSpike", "reset_fn": "MembraneReset"},
        "rest 5": {"kind": "RefractoryLIF", "tau_mem": 20.0, "rest": 5},
        "rest 20": {"kind": "RefractoryLIF", "tau_mem": 20.0, "rest": 20},
    }
    found: dict[str, list[float]] = {}
    for name, layer in layers.items():
        for amplitude in amplitudes:
            fed = {"kind": "step_current", "shape": (1, 1000, 1), "amplitude": amplitude, "start": 0}
            (run,) = simulate(Experiment(network=[layer], input=fed))
            found.setdefault(name, []).append(100 * float(run.records[0].spikes.mean()))
    return found


if __name__ == "__main__":
    print("Spikes per 100 steps at a constant current of 1.5, 3, 10 and 100:")
    for name, values in rates().items():
        print(f"{name:>8}", *(f"{value:6.1f}" for value in values))
