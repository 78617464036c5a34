"""Sinabs 3.1.3 as the oracle: configurations that both packages can build, Sinabs's run of one, and what there is to compare."""

from dataclasses import dataclass
from typing import Any

import sinabs.activation as theirs
import sinabs.layers
import torch
from hypothesis import strategies as st
from sinabs.layers.functional.lif import lif_forward_single

import snncore.activation as ours
import snncore.layers
from snncore.layers import StatefulLayer
from tests.snncore.models import NEURONS, per_neuron, rec_connect

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
    """A layer by the name that both packages give it, arguments that both take, and those of the activations as pairs."""

    name: str
    arguments: dict[str, Any]
    activations: dict[str, tuple[Any, Any]]

    def layer(self, **settings: Any) -> StatefulLayer:
        chosen = {name: pair[0] for name, pair in self.activations.items()}
        layer: StatefulLayer = getattr(snncore.layers, self.name)(**self.arguments, **chosen, **settings, **self._connected())
        return layer

    def oracle(self) -> sinabs.layers.StatefulLayer:
        chosen = {name: pair[1] for name, pair in self.activations.items()}
        tensors = {name: torch.as_tensor(value) for name, value in self.arguments.items() if name == "spike_threshold"}
        return getattr(sinabs.layers, self.name)(**{**self.arguments, **tensors}, **chosen, **self._connected())

    def _connected(self) -> dict[str, Any]:
        return {"rec_connect": rec_connect()} if self.name.endswith("Recurrent") else {}


@st.composite
def configurations(draw: st.DrawFn, names: tuple[str, ...] = ("LIF", "LIF", "LIF", "IAF"), neurons: int = NEURONS) -> Configuration:
    name = draw(st.sampled_from(names))
    taus = per_neuron(st.floats(0.3, 300.0), neurons)
    arguments: dict[str, Any] = {"min_v_mem": draw(st.none() | st.floats(-2.0, 0.0))}
    if not name.startswith("IAF"):
        arguments |= {"tau_mem": draw(taus), "norm_input": draw(st.booleans()), "train_alphas": draw(st.booleans())}
    if name == "ExpLeak":
        return Configuration(name, arguments, {})
    arguments |= {"spike_threshold": draw(per_neuron(st.floats(0.1, 3.0), neurons)), "tau_syn": draw(st.none() | taus)}
    if name.startswith("ALIF"):
        arguments |= {"tau_adapt": draw(taus), "adapt_scale": draw(st.floats(0.0, 3.0))}
        one_synapse = st.none() | st.floats(0.3, 300.0)  # Sinabs asks whether a tensor is true
        arguments["tau_syn"] = None if arguments["norm_input"] else draw(one_synapse)  # and scales the stored current at every step
    activations = {
        "spike_fn": draw(st.sampled_from(SPIKE_FUNCTIONS)),
        "reset_fn": draw(st.sampled_from(RESETS)),
        "surrogate_grad_fn": draw(st.sampled_from(SURROGATES)),
    }
    return Configuration(name, arguments, activations)


@st.composite
def inputs(draw: st.DrawFn, neurons: int = NEURONS) -> torch.Tensor:
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
