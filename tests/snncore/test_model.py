"""What is done to all spiking layers of a model at once, however the model is nested."""

import pytest
import torch
from torch import nn

import snncore
from snncore.layers import IAF, LIF, LIFSqueeze
from snncore.layers.model import spiking_layers


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(3, 3), LIF(10.0), nn.Sequential(IAF(tau_syn=5.0)))
        self.extra = nn.ModuleDict({"last": LIF(5.0)})

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.extra["last"](self.inner(z))


MODELS = {
    "bare layer": (lambda: LIF(10.0), {""}),
    "sequence": (lambda: nn.Sequential(nn.Linear(3, 3), LIF(10.0), LIFSqueeze(5.0, batch_size=2)), {"1", "2"}),
    "nested": (lambda: nn.Sequential(Block(), IAF()), {"0.inner.1", "0.inner.2.0", "0.extra.last", "1"}),
    "no spiking layer": (lambda: nn.Linear(3, 3), set()),
}


@pytest.fixture(params=MODELS)
def model(request):
    torch.manual_seed(0)
    built = MODELS[request.param][0]()
    for layer in spiking_layers(built).values():
        z = 5 * torch.rand(2, 10, 3, requires_grad=True)
        layer(z.flatten(0, 1) if isinstance(layer, LIFSqueeze) else z).sum().backward()
    return built


def states(model: nn.Module) -> list[torch.Tensor]:
    return [getattr(layer, name) for layer in spiking_layers(model).values() for name in layer.state_names]


@pytest.mark.parametrize("name", MODELS)
def test_spiking_layers_are_found_by_name_in_order(name):
    build, names = MODELS[name]
    found = spiking_layers(build())
    assert set(found) == names
    assert list(found) == [module for module, _ in build().named_modules() if module in names]


def test_reset_reaches_every_layer(model):
    snncore.reset_states(model)
    assert not any(state.any() or state.requires_grad for state in states(model))


def test_randomised_reset_reaches_every_layer_and_is_that_of_its_generator(model):
    def draw() -> list[torch.Tensor]:
        snncore.reset_states(model, randomize=True, generator=torch.Generator().manual_seed(3))
        return states(model)

    untouched = torch.get_rng_state()
    for first, second in zip(draw(), draw(), strict=True):
        assert torch.equal(first, second)
        assert (first > 0).all()
        assert (first < 1).all()
    assert torch.equal(torch.get_rng_state(), untouched)


def test_zero_grad_detaches_every_layer_and_keeps_every_value(model):
    before = [state.detach().clone() for state in states(model)]
    snncore.zero_grad(model)
    for state, value in zip(states(model), before, strict=True):
        assert not state.requires_grad
        assert torch.equal(state, value)
    for layer in spiking_layers(model).values():
        assert all(parameter.grad is None for parameter in layer.parameters())
