"""Sinabs 3.1.3 as the oracle: configurations that both packages can build, Sinabs's run of one, and what there is to compare."""

from dataclasses import dataclass
from typing import Any

import sinabs.activation as theirs
import sinabs.layers
import torch
from hypothesis import strategies as st
from sinabs.layers.functional.lif import lif_forward_single

import snncore.activation as ours
from snncore.layers import IAF, LIF

SPIKE_FUNCTIONS = [
    (ours.MultiSpike(), theirs.MultiSpike),
    (ours.SingleSpike(), theirs.SingleSpike),
    (ours.MaxSpike(1), theirs.MaxSpike(1)),
    (ours.MaxSpike(3), theirs.MaxSpike(3)),
    (ours.MaxSpike(), theirs.MaxSpike()),
]
RESETS = [
    (ours.MembraneSubtract(), theirs.MembraneSubtract()),
    (ours.MembraneSubtract(0.6), theirs.MembraneSubtract(0.6)),
    (ours.MembraneReset(), theirs.MembraneReset()),
]
SURROGATES = [
    (ours.SingleExponential(), theirs.SingleExponential()),
    (ours.SingleExponential(0.2, 2.0), theirs.SingleExponential(0.2, 2.0)),
    (ours.PeriodicExponential(), theirs.PeriodicExponential()),
    (ours.PeriodicExponential(0.3, 2.0), theirs.PeriodicExponential(0.3, 2.0)),
    (ours.Heaviside(), theirs.Heaviside()),
    (ours.Heaviside(0.3), theirs.Heaviside(0.3)),
    (ours.Gaussian(), theirs.Gaussian()),
    (ours.Gaussian(0.1, 0.8, 2.0), theirs.Gaussian(0.1, 0.8, 2.0)),
    (ours.MultiGaussian(), theirs.MultiGaussian()),
    (ours.MultiGaussian(0.1, 0.4, 0.3, 4.0, 2.0), theirs.MultiGaussian(0.1, 0.4, 0.3, 4.0, 2.0)),
]
"""(snncore's, Sinabs's) of each kind. A hard reset to another value than 0 is wrong in Sinabs and not among them."""


@dataclass(frozen=True)
class Configuration:
    """Arguments that both packages take, those of the activations as pairs."""

    arguments: dict[str, Any]
    activations: dict[str, tuple[Any, Any]]

    @property
    def is_integrator(self) -> bool:
        return "tau_mem" not in self.arguments

    def layer(self, **settings: Any) -> LIF:
        kind = IAF if self.is_integrator else LIF
        return kind(**self.arguments, **{name: pair[0] for name, pair in self.activations.items()}, **settings)

    def oracle(self) -> sinabs.layers.LIF:
        kind = sinabs.layers.IAF if self.is_integrator else sinabs.layers.LIF
        tensors = {"spike_threshold": torch.as_tensor(self.arguments["spike_threshold"])}
        return kind(**{**self.arguments, **tensors}, **{name: pair[1] for name, pair in self.activations.items()})


def per_neuron(values: st.SearchStrategy[float], neurons: int) -> st.SearchStrategy[float | torch.Tensor]:
    """One value for all neurons, or one for each."""
    return values | st.lists(values, min_size=neurons, max_size=neurons).map(torch.tensor)


@st.composite
def configurations(draw: st.DrawFn, neurons: int = 3) -> Configuration:
    taus = per_neuron(st.floats(0.3, 300.0), neurons)
    arguments: dict[str, Any] = {
        "tau_syn": draw(st.none() | taus),
        "spike_threshold": draw(per_neuron(st.floats(0.1, 3.0), neurons)),
        "min_v_mem": draw(st.none() | st.floats(-2.0, 0.0)),
    }
    if draw(st.sampled_from(["IAF", "LIF", "LIF", "LIF"])) == "LIF":
        arguments |= {"tau_mem": draw(taus), "norm_input": draw(st.booleans()), "train_alphas": draw(st.booleans())}
    activations = {
        "spike_fn": draw(st.sampled_from(SPIKE_FUNCTIONS)),
        "reset_fn": draw(st.sampled_from(RESETS)),
        "surrogate_grad_fn": draw(st.sampled_from(SURROGATES)),
    }
    return Configuration(arguments, activations)


@st.composite
def inputs(draw: st.DrawFn, neurons: int = 3) -> torch.Tensor:
    """Noise, or multiples of an eighth that meet thresholds exactly: (batch, time, neurons)."""
    shape = (draw(st.integers(1, 3)), draw(st.integers(1, 25)), neurons)
    numbers = torch.Generator().manual_seed(draw(st.integers(0, 2**32 - 1)))
    if draw(st.booleans()):
        return torch.randint(-16, 32, shape, generator=numbers) / 8
    return draw(st.floats(-0.5, 1.0)) + draw(st.floats(0.1, 3.0)) * torch.randn(shape, generator=numbers)


def run_oracle(layer: sinabs.layers.LIF, z: torch.Tensor) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Spikes and last state of Sinabs; with a lower bound, of its step and `min_v_mem where r ≤ min_v_mem, else r`."""
    if layer.min_v_mem is None:
        spikes = layer(z)
        return spikes, dict(layer.named_buffers())
    state = {name: torch.zeros(z.shape[0], *z.shape[2:]) for name, _ in layer.named_buffers()}
    names, outputs = tuple(state), []
    alphas = {"alpha_mem": layer.alpha_mem_calculated, "alpha_syn": layer.alpha_syn_calculated}
    activations = {name: getattr(layer, name) for name in ("spike_threshold", "spike_fn", "reset_fn", "surrogate_grad_fn")}
    for z_t in z.unbind(dim=1):
        spikes, state = lif_forward_single(z_t, state=state, min_v_mem=None, norm_input=layer.norm_input, **alphas, **activations)
        state["v_mem"] = torch.where(state["v_mem"] <= layer.min_v_mem, layer.min_v_mem, state["v_mem"])
        outputs.append(spikes)
    return torch.stack(outputs, dim=1), {name: state[name] for name in names}
