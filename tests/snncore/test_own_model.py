"""A neuron model that the package doesn't know gets scan, recording, recurrence, squeeze, copy, text and JSON from what is there."""

import copy
from dataclasses import dataclass

import pytest
import torch

from snncore.activation import MembraneSubtract, MultiSpike, SingleExponential
from snncore.dynamics import LIFParameters, Step
from snncore.experiment.layers import neuron_spec
from snncore.layers.lif import SpikingMembrane
from snncore.layers.recurrent import Recurrent
from snncore.layers.squeeze import Squeeze
from tests.snncore.models import NEURONS, rec_connect


@dataclass(frozen=True)
class FadingParameters(LIFParameters):
    kept: float


def fading_step(z, state, p):
    """After a spike a fraction of u is kept."""
    u = p.alpha_mem * state["v_mem"] + z
    s = p.spike_fn.apply(u, p.spike_threshold, p.surrogate_grad_fn)
    return Step(s, {"u": u}, {**state, "v_mem": torch.where(s > 0, p.kept * u, u)})


class Fading(SpikingMembrane):
    def __init__(self, tau_mem, kept=0.5, spike_threshold=1.0, shape=None, record_states=False):
        super().__init__(tau_mem, None, None, False, False, shape, record_states)
        self._init_spiking(spike_threshold, MultiSpike, MembraneSubtract(), SingleExponential())
        self.kept = kept

    @property
    def step(self):
        return fading_step

    def step_parameters(self, z):
        return FadingParameters(**self._spiking_parameters(z), kept=self.kept)


class FadingRecurrent(Recurrent, Fading):
    pass


class FadingSqueeze(Squeeze, Fading):
    pass


def data() -> torch.Tensor:
    return torch.rand(2, 30, NEURONS, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("make", [lambda: Fading(8.0), lambda: FadingRecurrent(8.0, rec_connect=rec_connect())], ids=["plain", "recurrent"])
def test_chunks_copies_and_rebuilt_layers_equal_one_long_run(make):
    whole, chunked = make(), make()
    spikes = whole(data())
    assert spikes.any()
    first = chunked(data()[:, :11])
    twin = copy.deepcopy(chunked)
    assert torch.equal(torch.cat([first, twin(data()[:, 11:])], dim=1), spikes)
    rebuilt = type(whole)(**whole.arg_dict)
    rebuilt.reset_states()
    assert torch.equal(rebuilt(data()), spikes)
    assert repr(rebuilt) == repr(whole)
    assert "kept=0.5" in repr(whole)


def test_it_is_recorded_squeezed_and_trained():
    plain, squeezed = Fading(8.0, record_states=True), FadingSqueeze(8.0, batch_size=2)
    spikes = plain(data())
    assert torch.equal(squeezed(data().flatten(0, 1)), spikes.flatten(0, 1))
    u, v = plain.recordings["u"], plain.recordings["v_mem"]
    assert torch.equal(v, torch.where(spikes > 0, 0.5 * u, u))
    spikes.sum().backward()
    assert plain.tau_mem.grad.isfinite()


def test_it_is_data():
    spec = neuron_spec(Fading)
    layer = spec(tau_mem=[3.0, 8.0, 20.0], kept=0.25)
    assert spec(**layer.model_dump()) == layer
    built = layer.build(torch.Generator(), torch.Generator())
    assert torch.equal(built(data()), Fading(torch.tensor([3.0, 8.0, 20.0]), kept=0.25)(data()))
    with pytest.raises(ValueError, match=r"tau_mem is 0; it must be at least 0.1"):
        spec(tau_mem=0)
